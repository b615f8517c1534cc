//! Peak stack of a call: the free stack is painted, the call is made, and the paint that is left is looked for.

use core::ops::Range;
use core::ptr;

use crate::platform;

/// Makes the call and says how many bytes of stack it took at its deepest.
///
/// The frame of the call itself is counted, the one of this function is not.
#[inline(never)]
pub fn peak<T>(call: impl FnOnce() -> T) -> (T, usize) {
    let free = free_stack();
    for word in free.clone().step_by(WORD) {
        let word = ptr::with_exposed_provenance_mut::<u32>(word);
        // SAFETY: the word lies between the end of the stack's region and the stack pointer, so nothing owns it.
        unsafe { word.write_volatile(PAINT) };
    }

    let value = out_of_line(call);

    let deepest = free.clone().step_by(WORD).find(|&word| {
        let word = ptr::with_exposed_provenance::<u32>(word);
        // SAFETY: as above; each word was written by the loop above, and again by whatever the call put there.
        unsafe { word.read_volatile() != PAINT }
    });
    (value, free.end - deepest.unwrap_or(free.end))
}

/// Keeps the frame of the call below the stack pointer that the caller has seen.
#[inline(never)]
fn out_of_line<T>(call: impl FnOnce() -> T) -> T {
    call()
}

#[inline(always)]
fn free_stack() -> Range<usize> {
    platform::stack_end()..platform::stack_pointer()
}

const PAINT: u32 = 0xA5A5_5A5A;
const WORD: usize = size_of::<u32>();
