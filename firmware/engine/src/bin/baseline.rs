//! The image without the library: what it takes is not the engine's.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use core::hint::black_box;

use cases::{ALGORITHMS, Case, ROOT};
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    black_box((ROOT, ALGORITHMS));
    engine::run(|case: &Case| {
        black_box((case.rules, case.chain, case.now));
        "not asked"
    })
}
