//! Why a call failed, as a number and in words.

use core::ffi::{CStr, c_char};
use core::fmt;

use portcullis::{CertificateError, CrlError, CrlFault, StoreError};

/// What became of a call: `PORTCULLIS_OK` or one of `PORTCULLIS_ERROR_*`. There may be more of them in a later version.
pub type PortcullisError = u32;

/// It did what it is for.
pub const PORTCULLIS_OK: PortcullisError = 0;
/// A pointer is null that must not be.
pub const PORTCULLIS_ERROR_NULL: PortcullisError = 1;
/// A length is greater than `PTRDIFF_MAX` allows, or runs past the end of memory.
pub const PORTCULLIS_ERROR_LENGTH: PortcullisError = 2;
/// A policy, choice or limit that there is not, or a value out of its range.
pub const PORTCULLIS_ERROR_VALUE: PortcullisError = 3;
/// A time before 1970, or a system clock that says so.
pub const PORTCULLIS_ERROR_TIME: PortcullisError = 4;
/// The store is in use, so it stays as it is.
pub const PORTCULLIS_ERROR_SEALED: PortcullisError = 5;
/// Choices and limits come before the first certificate.
pub const PORTCULLIS_ERROR_ORDER: PortcullisError = 6;
/// PEM that cannot be read.
pub const PORTCULLIS_ERROR_PEM: PortcullisError = 7;
/// A certificate that does not parse.
pub const PORTCULLIS_ERROR_CERTIFICATE: PortcullisError = 8;
/// A CA certificate that the store refuses: too large, or with a key that could verify nothing.
pub const PORTCULLIS_ERROR_CA: PortcullisError = 9;
/// The store holds as many CA certificates, CRLs or entries as it can.
pub const PORTCULLIS_ERROR_FULL: PortcullisError = 10;
/// A CRL that does not parse, or is too large.
pub const PORTCULLIS_ERROR_CRL: PortcullisError = 11;
/// The CRL was added, cannot be trusted, and lets no certificate of its issuer pass. Do not put such a store in the place of one
/// that serves.
pub const PORTCULLIS_ERROR_CRL_UNUSABLE: PortcullisError = 12;
/// The text does not fit into the buffer.
pub const PORTCULLIS_ERROR_BUFFER: PortcullisError = 13;
/// Memory that is too small or not aligned for a store.
pub const PORTCULLIS_ERROR_MEMORY: PortcullisError = 14;
/// The library has a bug, which ended the call.
pub const PORTCULLIS_ERROR_PANIC: PortcullisError = 15;

/// What an error means, in English. The string is static.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn portcullis_error_str(error: PortcullisError) -> *const c_char {
    let text: &CStr = match error {
        PORTCULLIS_OK => c"no error",
        PORTCULLIS_ERROR_NULL => c"a pointer is null",
        PORTCULLIS_ERROR_LENGTH => c"a length is too large",
        PORTCULLIS_ERROR_VALUE => c"there is no such policy, choice or limit",
        PORTCULLIS_ERROR_TIME => c"the time is before 1970",
        PORTCULLIS_ERROR_SEALED => c"the store is in use and can no longer be changed",
        PORTCULLIS_ERROR_ORDER => c"choices and limits come before certificates",
        PORTCULLIS_ERROR_PEM => c"the PEM cannot be read",
        PORTCULLIS_ERROR_CERTIFICATE => c"a certificate does not parse",
        PORTCULLIS_ERROR_CA => c"the store refuses a CA certificate",
        PORTCULLIS_ERROR_FULL => c"the store is full",
        PORTCULLIS_ERROR_CRL => c"the CRL cannot be read",
        PORTCULLIS_ERROR_CRL_UNUSABLE => {
            c"the CRL cannot be used, and no certificate of its issuer passes"
        }
        PORTCULLIS_ERROR_BUFFER => c"the text does not fit into the buffer",
        PORTCULLIS_ERROR_MEMORY => c"the memory is too small or not aligned",
        PORTCULLIS_ERROR_PANIC => c"the library has a bug, which ended the call",
        _ => c"an unknown error",
    };
    text.as_ptr()
}

/// Why a call failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// This is not there.
    Null(&'static str),
    /// This is too long.
    Length(&'static str),
    /// This is not known.
    Value(&'static str),
    /// Before 1970.
    Time,
    /// In use.
    Sealed,
    /// Too late for knobs.
    Order,
    /// A bundle of certificates is refused.
    #[cfg(feature = "std")]
    Bundle(portcullis::pem::BundleError),
    /// A certificate does not parse.
    Certificate(CertificateError),
    /// A CA certificate is refused.
    Ca(StoreError),
    /// A CRL is refused.
    Crl(CrlError),
    /// A CRL is there, and unusable.
    CrlUnusable(CrlFault),
    /// A text needs so many octets, the NUL at the end included.
    Buffer(usize),
    /// Memory for a store that cannot hold it.
    Memory,
    /// A bug.
    Panic,
}

impl Problem {
    /// As a number.
    #[must_use]
    pub const fn code(&self) -> PortcullisError {
        match self {
            Self::Null(_) => PORTCULLIS_ERROR_NULL,
            Self::Length(_) => PORTCULLIS_ERROR_LENGTH,
            Self::Value(_) => PORTCULLIS_ERROR_VALUE,
            Self::Time => PORTCULLIS_ERROR_TIME,
            Self::Sealed => PORTCULLIS_ERROR_SEALED,
            Self::Order => PORTCULLIS_ERROR_ORDER,
            #[cfg(feature = "std")]
            Self::Bundle(portcullis::pem::BundleError::Certificate { error, .. }) => of_ca(error),
            #[cfg(feature = "std")]
            Self::Bundle(_) => PORTCULLIS_ERROR_PEM,
            Self::Certificate(_) => PORTCULLIS_ERROR_CERTIFICATE,
            Self::Ca(error) => of_ca(error),
            Self::Crl(CrlError::TooManyCrls { .. } | CrlError::TooManyEntries { .. }) => {
                PORTCULLIS_ERROR_FULL
            }
            Self::Crl(CrlError::BrokenPem | CrlError::OtherPem | CrlError::MoreThanOne) => {
                PORTCULLIS_ERROR_PEM
            }
            Self::Crl(_) => PORTCULLIS_ERROR_CRL,
            Self::CrlUnusable(_) => PORTCULLIS_ERROR_CRL_UNUSABLE,
            Self::Buffer(_) => PORTCULLIS_ERROR_BUFFER,
            Self::Memory => PORTCULLIS_ERROR_MEMORY,
            Self::Panic => PORTCULLIS_ERROR_PANIC,
        }
    }
}

const fn of_ca(error: &StoreError) -> PortcullisError {
    match error {
        StoreError::TooManyCas { .. } => PORTCULLIS_ERROR_FULL,
        StoreError::Certificate(_) => PORTCULLIS_ERROR_CERTIFICATE,
        _ => PORTCULLIS_ERROR_CA,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(what) => write!(f, "null is given for {what}"),
            Self::Length(what) => write!(f, "the length of {what} is too large"),
            Self::Value(what) => write!(f, "{what} is none that there is"),
            Self::Time => f.write_str("the time is before 1970"),
            Self::Sealed => f.write_str("the store is in use and can no longer be changed"),
            Self::Order => f.write_str("choices and limits come before certificates"),
            #[cfg(feature = "std")]
            Self::Bundle(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::Ca(error) => error.fmt(f),
            Self::Crl(error) => error.fmt(f),
            Self::CrlUnusable(fault) => fault.fmt(f),
            Self::Buffer(needed) => write!(f, "the text needs {needed} octets"),
            Self::Memory => f.write_str("the memory is too small or not aligned"),
            Self::Panic => f.write_str("the library has a bug, which ended the call"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_words_of_its_own_and_other_numbers_have_none() {
        // SAFETY: these are static strings.
        let text = |code| unsafe { CStr::from_ptr(portcullis_error_str(code)) };
        for code in 0..16 {
            assert_ne!(text(code), c"an unknown error", "{code}");
            for other in 0..code {
                assert_ne!(text(code), text(other), "{code} and {other}");
            }
        }
        for code in [16, u32::MAX] {
            assert_eq!(text(code), c"an unknown error");
        }
    }
}
