//! QEMU's `virt`, with a core of RV32IMAC.

use core::arch::asm;
use core::ptr;

use riscv::register::minstret;

pub use riscv_rt::entry;

use crate::Ending;

/// A counter of instructions.
#[derive(Clone, Copy, Debug)]
pub struct Instructions(usize);

impl Instructions {
    /// Starts to count.
    pub fn start() -> Self {
        Self(minstret::read())
    }

    /// How many instructions there were since.
    pub fn count(self) -> usize {
        minstret::read().wrapping_sub(self.0)
    }
}

pub(crate) fn exit(ending: Ending) -> ! {
    let code: u32 = match ending {
        Ending::Done => 0x5555,
        Ending::Failed => 1 << 16 | 0x3333,
    };
    // SAFETY: the address is that of the board's test device, which ends QEMU.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(TEST_DEVICE).write_volatile(code) };
    loop {
        riscv::asm::wfi();
    }
}

pub(crate) fn write(octet: u8) {
    while register(UART_LINE_STATUS) & TRANSMITTER_EMPTY == 0 {}
    // SAFETY: the address is that of a register of the board's UART, which nothing else in the image uses.
    unsafe { ptr::with_exposed_provenance_mut::<u8>(UART_DATA).write_volatile(octet) };
}

pub(crate) fn read() -> u8 {
    while register(UART_LINE_STATUS) & DATA_READY == 0 {}
    register(UART_DATA)
}

#[inline(always)]
pub(crate) fn stack_pointer() -> usize {
    let pointer;
    // SAFETY: a register is read and nothing else touched.
    unsafe { asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// The heap, which is empty, begins where the statics end.
pub(crate) fn stack_end() -> usize {
    ptr::addr_of!(__sheap).expose_provenance()
}

fn register(address: usize) -> u8 {
    // SAFETY: the address is that of a register of the board's UART, which nothing else in the image uses.
    unsafe { ptr::with_exposed_provenance::<u8>(address).read_volatile() }
}

unsafe extern "C" {
    /// The end of the statics, by riscv-rt's linker script.
    safe static __sheap: u32;
}

/// SiFive's test device.
const TEST_DEVICE: usize = 0x0010_0000;
/// The board's UART (NS16550A).
const UART_DATA: usize = 0x1000_0000;
const UART_LINE_STATUS: usize = 0x1000_0005;
const DATA_READY: u8 = 1;
const TRANSMITTER_EMPTY: u8 = 1 << 5;
