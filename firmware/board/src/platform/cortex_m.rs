//! MPS2 AN386, a Cortex-M4.

#[path = "memory.rs"]
mod memory;

use core::ptr;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::register::msp;
use cortex_m_semihosting::debug::{self, ExitStatus};

pub use cortex_m_rt::entry;

use crate::Ending;

/// A counter of instructions.
#[derive(Clone, Copy, Debug)]
pub struct Instructions(u32);

impl Instructions {
    /// Starts to count.
    pub fn start() -> Self {
        if let Some(peripherals) = cortex_m::Peripherals::take() {
            let mut clock = peripherals.SYST;
            clock.set_clock_source(SystClkSource::Core);
            clock.set_reload(CLOCK_MASK);
            clock.clear_current();
            clock.enable_counter();
        }
        Self(SYST::get_current())
    }

    /// How many instructions there were since. More than 671 million are counted modulo that.
    pub fn count(self) -> usize {
        // It counts down.
        let ticks = self.0.wrapping_sub(SYST::get_current()) & CLOCK_MASK;
        ticks as usize * INSTRUCTIONS_IN_A_TICK
    }
}

pub(crate) fn exit(ending: Ending) -> ! {
    while register(UART_STATE) & TRANSMITTER_FULL != 0 {}
    debug::exit(match ending {
        Ending::Done => ExitStatus::Ok(()),
        Ending::Failed => ExitStatus::Err(()),
    });
    loop {
        cortex_m::asm::bkpt();
    }
}

pub(crate) fn write(octet: u8) {
    // Transmitter and receiver on, at a rate that QEMU doesn't look at.
    set(UART_CONTROL, 3);
    set(UART_DIVISOR, 16);
    while register(UART_STATE) & TRANSMITTER_FULL != 0 {}
    set(UART_DATA, u32::from(octet));
}

pub(crate) fn read() -> u8 {
    set(UART_CONTROL, 3);
    while register(UART_STATE) & RECEIVER_FULL == 0 {}
    register(UART_DATA).to_le_bytes()[0]
}

#[inline(always)]
pub(crate) fn stack_pointer() -> usize {
    msp::read() as usize
}

pub(crate) fn stack_end() -> usize {
    ptr::addr_of!(_stack_end).expose_provenance()
}

fn set(address: usize, value: u32) {
    // SAFETY: the address is that of a register of the board's UART, which nothing else in the image uses.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) };
}

fn register(address: usize) -> u32 {
    // SAFETY: as above.
    unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// The vectors of the board's interrupts, none of which is on. Without this there would be vectors for
/// as many as a Cortex-M4 can have, 240.
// SAFETY: the name and the section are those that cortex-m-rt asks for, and each is the address of a handler.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); INTERRUPTS] = [DefaultHandler; INTERRUPTS];

unsafe extern "C" {
    /// cortex-m-rt's, which loops.
    fn DefaultHandler();
    /// Where the stack must not grow past; cortex-m-rt's linker script puts it above the statics.
    safe static _stack_end: u32;
}

/// How many interrupts the board has.
const INTERRUPTS: usize = 32;
/// What a SysTick counter can hold.
const CLOCK_MASK: u32 = 0x00ff_ffff;
/// With `-icount shift=0`, QEMU lets an instruction take 1 ns; the board's clock runs at 25 MHz.
const INSTRUCTIONS_IN_A_TICK: usize = 40;

/// The first UART of the board (CMSDK APB UART).
const UART_DATA: usize = 0x4000_4000;
const UART_STATE: usize = 0x4000_4004;
const UART_CONTROL: usize = 0x4000_4008;
const UART_DIVISOR: usize = 0x4000_4010;
const TRANSMITTER_FULL: u32 = 1;
const RECEIVER_FULL: u32 = 2;
