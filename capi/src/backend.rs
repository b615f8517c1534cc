//! Whose signature algorithms are used.

use core::ffi::{CStr, c_char};

/// Whose signature algorithms it was built with: "aws-lc-rs" or "ring". The string is static.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn portcullis_backend() -> *const c_char {
    BACKEND.as_ptr()
}

#[cfg(feature = "aws-lc-rs")]
const BACKEND: &CStr = c"aws-lc-rs";
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
const BACKEND: &CStr = c"ring";

#[cfg(feature = "aws-lc-rs")]
pub(crate) use portcullis::signature::AWS_LC_RS as ALGORITHMS;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) use portcullis::signature::RING as ALGORITHMS;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("the feature aws-lc-rs or ring is needed: without, no signature can be verified");
