//! Objects that C holds by pointers: each pointer that was given out is one reference of an `Arc`.

use std::sync::Arc;

use portcullis_abi::{Problem, guard};

/// Hands an object out. Whoever gets it gives it back to [`free`].
pub(crate) fn give<T>(object: Arc<T>) -> *const T {
    Arc::into_raw(object)
}

/// Looks at an object.
///
/// # Errors
///
/// Null.
///
/// # Safety
///
/// `object` is null, or comes from [`give`] and is not freed during `'o`.
pub(crate) unsafe fn borrow<'o, T>(object: *const T, what: &'static str) -> Result<&'o T, Problem> {
    // SAFETY: it is null, or points to what an `Arc` keeps alive as long as the caller promises.
    unsafe { object.as_ref() }.ok_or(Problem::Null(what))
}

/// Takes a reference more to an object.
///
/// # Errors
///
/// Null.
///
/// # Safety
///
/// That of [`borrow`], until this returns.
pub(crate) unsafe fn share<T>(object: *const T, what: &'static str) -> Result<Arc<T>, Problem> {
    if object.is_null() {
        return Err(Problem::Null(what));
    }
    // SAFETY: it comes from `Arc::into_raw`, and the caller's reference keeps the count above zero meanwhile.
    unsafe { Arc::increment_strong_count(object) };
    // SAFETY: it comes from `Arc::into_raw`, and takes over the reference that was just added.
    Ok(unsafe { Arc::from_raw(object) })
}

/// Takes an object back. Null is fine.
///
/// # Safety
///
/// `object` is null, or comes from [`give`] and has not been given back.
pub(crate) unsafe fn free<T>(object: *const T) {
    if object.is_null() {
        return;
    }
    _ = guard(|| {
        // SAFETY: it comes from `Arc::into_raw`, and takes over the reference that was given out with it.
        drop(unsafe { Arc::from_raw(object) });
        Ok(())
    });
}
