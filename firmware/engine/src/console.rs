//! Text for whoever started QEMU, without `core::fmt`: what the images link should be the engine's doing.

use cortex_m_semihosting::debug::{self, ExitStatus};
use cortex_m_semihosting::hio::{self, HostStream};

/// The host's standard output; where there is none, what is written is lost.
pub struct Console(Option<HostStream>);

impl Console {
    /// Opens the host's standard output.
    pub fn open() -> Self {
        Self(hio::hstdout().ok())
    }

    /// Writes the text.
    pub fn write(&mut self, text: &str) {
        if let Some(stream) = &mut self.0 {
            let _ = stream.write_all(text.as_bytes());
        }
    }

    /// Writes the number in decimal.
    pub fn write_number(&mut self, number: usize) {
        if number >= 10 {
            self.write_number(number / 10);
        }
        self.write(DIGITS[number % 10]);
    }
}

/// Leaves QEMU.
pub fn exit(status: ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::bkpt();
    }
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
