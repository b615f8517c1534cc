//! What s2n-tls calls its errors.

use core::ffi::{CStr, c_int};
use core::fmt;

use s2n_tls_sys::{s2n_errno_location, s2n_error_get_type, s2n_error_type, s2n_strerror_name};

/// Why there is no server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SetupError {
    /// The list of this number can't be read.
    Crl(usize),
    /// Something else, by s2n-tls's name for it.
    Other(&'static str),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crl(index) => write!(f, "s2n-tls can't read list {index}"),
            Self::Other(name) => write!(f, "s2n-tls: {name}"),
        }
    }
}

impl core::error::Error for SetupError {}

/// The last error of this thread.
pub(crate) struct LastError(c_int);

impl LastError {
    #[expect(unsafe_code, reason = "s2n-tls keeps its last error behind a pointer")]
    pub(crate) fn take() -> Self {
        // SAFETY: the address of a variable of this thread, which lives as long as the thread.
        Self(unsafe { core::mem::take(&mut *s2n_errno_location()) })
    }

    /// Whether the peer has to send more before anything can be said.
    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    pub(crate) fn is_blocked(&self) -> bool {
        // SAFETY: takes any number.
        let kind = unsafe { s2n_error_get_type(self.0) };
        u32::try_from(kind) == Ok(s2n_error_type::BLOCKED)
    }

    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    pub(crate) fn name(&self) -> &'static str {
        // SAFETY: takes any number, and answers with text that is never freed.
        let name = unsafe { CStr::from_ptr(s2n_strerror_name(self.0)) };
        name.to_str().unwrap_or("an error without a name")
    }
}

/// What a function of s2n-tls has answered.
pub(crate) fn check(status: c_int) -> Result<(), SetupError> {
    match status {
        0 => Ok(()),
        _ => Err(SetupError::Other(LastError::take().name())),
    }
}
