//! Prints a line for each case of the firmware images, its fields parted by tabs: name, status that is expected, status.
//!
//! `cargo run -p parity --example verdicts -- rustcrypto` or `aws-lc-rs`

use std::process::ExitCode;

use portcullis::signature::{AWS_LC_RS, RUSTCRYPTO};
use verdicts::CASES;

fn main() -> ExitCode {
    let algorithms = match std::env::args().nth(1).as_deref() {
        Some("rustcrypto") => RUSTCRYPTO,
        Some("aws-lc-rs") => AWS_LC_RS,
        _ => {
            eprintln!("name the algorithms: rustcrypto or aws-lc-rs");
            return ExitCode::FAILURE;
        }
    };
    for case in &CASES {
        let status = case.status(algorithms);
        println!("{}\t{}\t{status}", case.name, case.expected);
    }
    ExitCode::SUCCESS
}
