//! The border itself: what goes wrong inside becomes a number, a panic too.

use crate::error::{PORTCULLIS_OK, PortcullisError, Problem};
use crate::text::Text;

/// Does what a function of the interface is for.
pub fn guard(body: impl FnOnce() -> Result<(), Problem>) -> PortcullisError {
    match caught(body) {
        Ok(()) => PORTCULLIS_OK,
        Err(problem) => problem.code(),
    }
}

/// The same, and says in `detail` what went wrong.
pub fn guard_telling(
    detail: Text<'_>,
    body: impl FnOnce() -> Result<(), Problem>,
) -> PortcullisError {
    let Err(problem) = caught(body) else {
        detail.cut(&"");
        return PORTCULLIS_OK;
    };
    guard(|| {
        detail.cut(&problem);
        Err(problem)
    })
}

/// There is no panic in the library that is known. Should there be one, it must not run into frames of C, and it must not end a
/// server.
#[cfg(feature = "std")]
fn caught(body: impl FnOnce() -> Result<(), Problem>) -> Result<(), Problem> {
    // A store whose filling panicked is locked for ever after (its mutex is poisoned), and all else is never half done.
    let body = core::panic::AssertUnwindSafe(body);
    std::panic::catch_unwind(body).unwrap_or(Err(Problem::Panic))
}

/// Without the standard library a panic ends in the panic handler, which does not return.
#[cfg(not(feature = "std"))]
fn caught(body: impl FnOnce() -> Result<(), Problem>) -> Result<(), Problem> {
    body()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use core::mem::MaybeUninit;

    use super::*;

    #[test]
    fn a_panic_ends_at_the_border() {
        assert_eq!(guard(|| panic!("inside")), 15);
        let mut room = [MaybeUninit::uninit(); 64];
        assert_eq!(guard_telling(Text::new(&mut room), || panic!("inside")), 15);
        // SAFETY: `guard_telling` has written a string.
        let told = unsafe { core::ffi::CStr::from_ptr(room.as_ptr().cast()) };
        assert_eq!(told, c"the library has a bug, which ended the call");
    }

    #[test]
    fn what_went_wrong_is_told_and_nothing_where_nothing_did() {
        let mut room = [MaybeUninit::uninit(); 64];
        let code = guard_telling(Text::new(&mut room), || Err(Problem::Null("the store")));
        assert_eq!(code, 1);
        // SAFETY: `guard_telling` has written a string.
        let told = unsafe { core::ffi::CStr::from_ptr(room.as_ptr().cast()) };
        assert_eq!(told, c"null is given for the store");
        assert_eq!(guard_telling(Text::new(&mut room), || Ok(())), 0);
        // SAFETY: `guard_telling` has written a string.
        let told = unsafe { core::ffi::CStr::from_ptr(room.as_ptr().cast()) };
        assert_eq!(told, c"");
    }
}
