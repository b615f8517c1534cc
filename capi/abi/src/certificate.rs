//! What logs and headers tell of a certificate, in ALB's words.

use core::ffi::{c_char, c_void};
use core::fmt;

use portcullis::Certificate;

use crate::error::{PortcullisError, Problem};
use crate::guard::guard;
use crate::memory::{octets, write};
use crate::text::Text;

/// Writes a certificate's subject as ALB's logs and headers have it, pure ASCII: "CN=User2,OU=BLOG,O=SKYARCH".
///
/// `text` gets all of it, with a NUL, or if `size` is too small the empty string; `needed`, unless it is null, gets the octets
/// that it takes, the NUL included. To ask for that alone, give null and 0.
///
/// Nothing is verified: whose certificate that is, the status says, and the handshake.
///
/// # Safety
///
/// `certificate` is `length` octets of DER, `text` is `size` octets to write, `needed` is null or can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_subject(
    certificate: *const c_void,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    unsafe { tell(certificate, length, text, size, needed, |it| it.subject()) }
}

/// Writes a certificate's issuer, as portcullis_subject writes the subject.
///
/// # Safety
///
/// That of portcullis_subject.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_issuer(
    certificate: *const c_void,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    unsafe { tell(certificate, length, text, size, needed, |it| it.issuer()) }
}

/// Writes a certificate's serial number in upper hex, "03A5B1", in the way of portcullis_subject.
///
/// # Safety
///
/// That of portcullis_subject.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_serial_number(
    certificate: *const c_void,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    unsafe { tell(certificate, length, text, size, needed, |it| it.serial()) }
}

/// Writes a certificate's validity, "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z", in the way of
/// portcullis_subject.
///
/// # Safety
///
/// That of portcullis_subject.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_validity(
    certificate: *const c_void,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    unsafe { tell(certificate, length, text, size, needed, |it| it.validity()) }
}

/// # Safety
///
/// That of [`portcullis_subject`].
unsafe fn tell<'c, T: fmt::Display>(
    certificate: *const c_void,
    length: usize,
    text: *mut c_char,
    size: usize,
    needed: *mut usize,
    part: impl FnOnce(&Certificate<'c>) -> T,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let text = unsafe { Text::at(text, size) };
        // SAFETY: as the caller promises.
        let der = unsafe { octets(certificate, length, "the certificate") };
        let parsed = der.and_then(|der| Certificate::parse(der).map_err(Problem::Certificate));
        let (told, octets) = match parsed {
            Ok(certificate) => match text.whole(&part(&certificate)) {
                Ok(octets) => (Ok(()), octets),
                Err(Problem::Buffer(octets)) => (Err(Problem::Buffer(octets)), octets),
                Err(other) => (Err(other), 0),
            },
            // So that nobody takes for the subject what was there before.
            Err(problem) => {
                text.cut(&"");
                (Err(problem), 0)
            }
        };
        // SAFETY: as the caller promises.
        unsafe { write(needed, octets) };
        told
    })
}
