//! What both images do: run every case, and say what came out and how much stack it took.

#![forbid(unsafe_code)]
#![no_std]

use board::{Ending, console, exit, stack};
use cases::{CASES, Case};

/// Prints a line for each case, its fields parted by tabs: name, rules, status that is expected, status,
/// bytes of stack.
pub fn run(mut verify: impl FnMut(&Case) -> &'static str) -> ! {
    for case in &CASES {
        let (status, stack) = stack::peak(|| verify(case));
        console::write_line(
            &[case.name, case.rules.name(), case.expected, status],
            &[stack],
        );
    }
    exit(Ending::Done)
}
