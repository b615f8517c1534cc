//! The verdict as a number.

use core::ffi::{CStr, c_char};

use portcullis::{FailureReason, VerifyStatus};

/// A verdict: one of `PORTCULLIS_STATUS_*`. Zero is not success, so memory that was only cleared lets nobody pass.
pub type PortcullisStatus = u32;

/// Everything else; no client certificate at all, and a call that failed, too.
pub const PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR: PortcullisStatus = 0;
/// The chain leads to a certificate of the store and every check passed. The client may pass once its handshake is complete.
pub const PORTCULLIS_STATUS_SUCCESS: PortcullisStatus = 1;
/// More certificates presented than the depth limit.
pub const PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED: PortcullisStatus = 2;
/// The presented certificates are larger than the limit.
pub const PORTCULLIS_STATUS_CLIENT_CERT_MAX_SIZE_EXCEEDED: PortcullisStatus = 3;
/// The leaf or an issuing CA of the path is on a CRL.
pub const PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT: PortcullisStatus = 4;
/// A CRL that decides could not be used.
pub const PORTCULLIS_STATUS_CLIENT_CERT_CRL_PROCESSING_ERROR: PortcullisStatus = 5;
/// No trusted path.
pub const PORTCULLIS_STATUS_CLIENT_CERT_UNTRUSTED: PortcullisStatus = 6;
/// A certificate of the path is not valid yet.
pub const PORTCULLIS_STATUS_CLIENT_CERT_NOT_YET_VALID: PortcullisStatus = 7;
/// A certificate of the path is not valid any more.
pub const PORTCULLIS_STATUS_CLIENT_CERT_EXPIRED: PortcullisStatus = 8;
/// The leaf's key is of a type that is not allowed.
pub const PORTCULLIS_STATUS_CLIENT_CERT_TYPE_UNSUPPORTED: PortcullisStatus = 9;
/// A presented certificate does not parse.
pub const PORTCULLIS_STATUS_CLIENT_CERT_INVALID: PortcullisStatus = 10;
/// The certificate is not for authenticating TLS clients.
pub const PORTCULLIS_STATUS_CLIENT_CERT_PURPOSE_INVALID: PortcullisStatus = 11;
/// The application said no; this library never says so by itself.
pub const PORTCULLIS_STATUS_CLIENT_CERT_REJECTED: PortcullisStatus = 12;
/// A key size or signature algorithm that the policy does not allow.
pub const PORTCULLIS_STATUS_CLIENT_CERT_INCOMPATIBLE: PortcullisStatus = 13;

/// The verdict in ALB's words: "Success", "Failed:ClientCertUntrusted", ... The string is static. A number that is none of
/// `PORTCULLIS_STATUS_*` is "Failed:UnmappedConnectionError".
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn portcullis_status_str(status: PortcullisStatus) -> *const c_char {
    let known = KNOWN.iter().find(|known| known.number == status);
    known.map_or(UNMAPPED, |known| known.text).as_ptr()
}

/// The number of a verdict.
#[must_use]
pub fn status_number(status: VerifyStatus) -> PortcullisStatus {
    let known = KNOWN.iter().find(|known| known.status == status);
    // A code that this library doesn't know is not success.
    known.map_or(PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR, |known| {
        known.number
    })
}

struct Known {
    number: PortcullisStatus,
    status: VerifyStatus,
    text: &'static CStr,
}

macro_rules! failed {
    ($number:ident, $reason:ident, $text:literal) => {
        Known {
            number: $number,
            status: VerifyStatus::Failed(FailureReason::$reason),
            text: $text,
        }
    };
}

const UNMAPPED: &CStr = c"Failed:UnmappedConnectionError";

/// The most frequent first.
#[rustfmt::skip]
static KNOWN: [Known; 14] = [
    Known { number: PORTCULLIS_STATUS_SUCCESS, status: VerifyStatus::Success, text: c"Success" },
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_UNTRUSTED, ClientCertUntrusted, c"Failed:ClientCertUntrusted"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_EXPIRED, ClientCertExpired, c"Failed:ClientCertExpired"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT, ClientCertCrlHit, c"Failed:ClientCertCrlHit"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED, ClientCertMaxChainDepthExceeded, c"Failed:ClientCertMaxChainDepthExceeded"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_MAX_SIZE_EXCEEDED, ClientCertMaxSizeExceeded, c"Failed:ClientCertMaxSizeExceeded"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_CRL_PROCESSING_ERROR, ClientCertCrlProcessingError, c"Failed:ClientCertCrlProcessingError"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_NOT_YET_VALID, ClientCertNotYetValid, c"Failed:ClientCertNotYetValid"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_TYPE_UNSUPPORTED, ClientCertTypeUnsupported, c"Failed:ClientCertTypeUnsupported"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_INVALID, ClientCertInvalid, c"Failed:ClientCertInvalid"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_PURPOSE_INVALID, ClientCertPurposeInvalid, c"Failed:ClientCertPurposeInvalid"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_REJECTED, ClientCertRejected, c"Failed:ClientCertRejected"),
    failed!(PORTCULLIS_STATUS_CLIENT_CERT_INCOMPATIBLE, ClientCertIncompatible, c"Failed:ClientCertIncompatible"),
    failed!(PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR, UnmappedConnectionError, c"Failed:UnmappedConnectionError"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What C reads of a status.
    fn text(number: PortcullisStatus) -> &'static CStr {
        // SAFETY: it is a static string.
        unsafe { CStr::from_ptr(portcullis_status_str(number)) }
    }

    #[test]
    fn every_status_has_a_number_of_its_own_and_the_words_of_the_library() {
        let failed = FailureReason::ALL.map(VerifyStatus::Failed);
        let mut seen = [false; 14];
        for status in failed.into_iter().chain([VerifyStatus::Success]) {
            let number = status_number(status);
            assert_eq!(text(number).to_str(), Ok(status.as_str()));
            let seen = &mut seen[usize::try_from(number).unwrap()];
            assert!(!*seen, "{status} shares its number");
            *seen = true;
        }
        assert_eq!(seen, [true; 14]);
    }

    #[test]
    fn nothing_but_success_reads_as_success() {
        assert_eq!(PORTCULLIS_STATUS_SUCCESS, 1);
        for number in [0, 2, 14, 15, u32::MAX] {
            assert_ne!(text(number), c"Success", "{number}");
        }
        assert_eq!(text(14), c"Failed:UnmappedConnectionError");
    }
}
