//! The C interface for firmware: `include/portcullis_embedded.h` says what a program in C has to know. A program in Rust uses
//! the crate `portcullis`.
#![no_std]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod crl;
mod store;
mod verify;

use core::panic::PanicInfo;

pub use portcullis_abi::*;

pub use self::crl::*;
pub use self::store::*;
pub use self::verify::*;

#[cfg(not(any(
    feature = "ed25519",
    feature = "p256",
    feature = "p384",
    feature = "rsa"
)))]
compile_error!(
    "one of the features rsa, p256, p384 and ed25519 is needed: without, no signature can be verified"
);

/// The library is made so that nothing comes here. Should anything, the device hangs, for its watchdog to find, and lets nobody
/// pass.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
