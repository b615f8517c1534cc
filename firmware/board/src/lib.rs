//! The boards that QEMU plays: MPS2 AN386 with a Cortex-M4, and `virt` with a 32-bit RISC-V core.
//!
//! Text goes through the board's UART, without `core::fmt`: what the images link should be the library's doing.

#![no_std]

pub mod console;
pub mod stack;

#[cfg(target_arch = "arm")]
#[path = "platform/cortex_m.rs"]
mod platform;
#[cfg(target_arch = "riscv32")]
#[path = "platform/riscv.rs"]
mod platform;

use core::panic::PanicInfo;

pub use crate::platform::{Instructions, entry};

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// QEMU's exit code is 0.
    Done,
    /// QEMU's exit code is another.
    Failed,
}

/// Leaves QEMU.
pub fn exit(ending: Ending) -> ! {
    platform::exit(ending)
}

/// Ends the run as a failure. The message is left alone: it would bring `core::fmt` in.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    console::write("panic\n");
    exit(Ending::Failed)
}
