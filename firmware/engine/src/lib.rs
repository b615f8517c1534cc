//! What both images do: run every case, and say what came out and how much stack it took.

#![no_std]

pub mod console;
pub mod stack;

use core::panic::PanicInfo;

use cases::{CASES, Case};
use cortex_m_semihosting::debug::ExitStatus;

use crate::console::Console;

/// Prints a line for each case, its fields parted by tabs: name, rules, status that is expected, status,
/// bytes of stack.
pub fn run(mut verify: impl FnMut(&Case) -> &'static str) -> ! {
    let mut console = Console::open();
    for case in &CASES {
        let (status, stack) = stack::peak(|| verify(case));
        for field in [case.name, case.rules.name(), case.expected, status] {
            console.write(field);
            console.write("\t");
        }
        console.write_number(stack);
        console.write("\n");
    }
    console::exit(ExitStatus::Ok(()))
}

/// Ends the run as a failure. The message is left alone: it would bring `core::fmt` in.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    Console::open().write("panic\n");
    console::exit(ExitStatus::Err(()))
}
