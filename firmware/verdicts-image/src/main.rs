//! Prints a line for each case, its fields parted by tabs: name, status that is expected, status.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use board::{Ending, console, entry, exit};
use portcullis::signature::RUSTCRYPTO;
use verdicts::CASES;

#[entry]
fn main() -> ! {
    let mut ending = Ending::Done;
    for case in &CASES {
        let status = case.status(RUSTCRYPTO);
        console::write(case.name);
        console::write("\t");
        console::write(case.expected);
        console::write("\t");
        console::write(status);
        console::write("\n");
        if status != case.expected {
            ending = Ending::Failed;
        }
    }
    exit(ending)
}
