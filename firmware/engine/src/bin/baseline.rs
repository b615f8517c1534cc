//! The image without the library: what it takes is not the engine's.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use core::hint::black_box;

use board::entry;
use cases::{ALGORITHMS, Case, ROOT};

#[entry]
fn main() -> ! {
    black_box((ROOT, ALGORITHMS));
    engine::run(|case: &Case| {
        black_box((case.rules, case.chain, case.now));
        "not asked"
    })
}
