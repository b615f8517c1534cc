//! Which version this is.

use core::ffi::{CStr, c_char};

/// The version of the library: "0.1.0". The string is static.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn portcullis_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"unknown",
        };
    VERSION.as_ptr()
}
