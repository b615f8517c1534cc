//! Reads keys, messages and signatures from the UART and writes a digit for each: 1 if the signature is right, else 0.
//!
//! Each of the three comes after its length in two octets, the lower first. A key of 65,535 octets ends the run.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use board::{Ending, console, entry, exit};
use portcullis::pki_types::SignatureVerificationAlgorithm;
use portcullis::signature::EcdsaVerification;
use static_cell::ConstStaticCell;

static BUFFERS: ConstStaticCell<[[u8; ROOM]; 3]> = ConstStaticCell::new([[0; ROOM]; 3]);

#[entry]
fn main() -> ! {
    let Some([key, message, signature]) = BUFFERS.try_take() else {
        exit(Ending::Failed);
    };
    loop {
        let Some(key) = receive(key) else {
            console::write("\n");
            exit(Ending::Done);
        };
        let (Some(message), Some(signature)) = (receive(message), receive(signature)) else {
            exit(Ending::Failed);
        };
        let verified =
            EcdsaVerification::P256_SHA256_CORTEX_M4.verify_signature(key, message, signature);
        console::write(match verified {
            Ok(()) => "1",
            Err(_) => "0",
        });
    }
}

fn receive(buffer: &mut [u8]) -> Option<&[u8]> {
    let mut length = [0; 2];
    console::read(&mut length);
    let octets = buffer.get_mut(..usize::from(u16::from_le_bytes(length)))?;
    console::read(octets);
    Some(octets)
}

const ROOM: usize = 8192;
