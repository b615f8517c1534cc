//! Shows that the library links where there is neither std nor an allocator, on a machine that can run the result.
//!
//! The exit code is the number of cases that came out wrong.

#![no_main]
#![no_std]

use core::ffi::{c_char, c_int};
use core::panic::PanicInfo;

use cases::{CASES, ROOT, Rules};

/// What the C runtime calls.
// SAFETY: nothing else in this program is called `main`, and the signature is the one that C asks for.
#[unsafe(no_mangle)]
pub extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
    let mut alb = cases::store(Rules::Alb);
    let mut rfc5280 = cases::store(Rules::Rfc5280);
    let mut wrong = 0;
    for store in [&mut alb, &mut rfc5280] {
        wrong += c_int::from(store.add_ca(ROOT).is_err());
    }
    for case in &CASES {
        let store = match case.rules {
            Rules::Alb => &alb,
            Rules::Rfc5280 => &rfc5280,
        };
        wrong += c_int::from(store.verify_at(case.chain, case.now).as_str() != case.expected);
    }
    wrong
}

/// Ends the program in a way that no exit code does.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: `abort` takes nothing and does not return.
    unsafe { abort() }
}

#[link(name = "c")]
unsafe extern "C" {
    fn abort() -> !;
}
