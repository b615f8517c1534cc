//! The board's UART, which is QEMU's standard input and output.

use crate::platform;

/// Writes the text.
pub fn write(text: &str) {
    for octet in text.bytes() {
        platform::write(octet);
    }
}

/// Writes the number in decimal.
pub fn write_number(number: usize) {
    if number >= 10 {
        write_number(number / 10);
    }
    let digit = u8::try_from(number % 10).unwrap_or(0);
    platform::write(b'0' + digit);
}

/// Writes a line of fields parted by tabs, then numbers.
pub fn write_line(fields: &[&str], numbers: &[usize]) {
    for field in fields {
        write(field);
        write("\t");
    }
    for (index, number) in numbers.iter().enumerate() {
        if index > 0 {
            write("\t");
        }
        write_number(*number);
    }
    write("\n");
}

/// Waits for octets until the buffer is full.
pub fn read(buffer: &mut [u8]) {
    for octet in buffer {
        *octet = platform::read();
    }
}
