//! The verdict in HAProxy's numbers.

use super::openssl_verify::OpensslVerify;
use crate::check::Check;
use crate::explain::{Explanation, Position};
use crate::status::VerifyStatus;

/// What HAProxy's fetches tell of a client's certificate: `ssl_c_used`, `ssl_c_verify`, `ssl_c_err`,
/// `ssl_c_ca_err` and `ssl_c_ca_err_depth`.
///
/// **`ssl_c_verify` is 0 for a client without certificate too.** Only together with `ssl_c_used` does
/// 0 mean that the client may pass. So it is told only of a client that presented none: by
/// [`without_certificate`](Self::without_certificate), or from an [`Explanation`]. From a status alone
/// nothing but a success is 0.
///
/// ```
/// use portcullis::{FailureReason, HaproxyVerify, VerifyStatus};
///
/// let revoked = HaproxyVerify::from(VerifyStatus::Failed(FailureReason::ClientCertCrlHit));
/// assert_eq!((revoked.ssl_c_used(), revoked.ssl_c_verify()), (1, 23));
/// let unknown = HaproxyVerify::from(VerifyStatus::Failed(FailureReason::UnmappedConnectionError));
/// assert_eq!((unknown.ssl_c_used(), unknown.ssl_c_verify()), (1, 1));
/// let missing = HaproxyVerify::without_certificate();
/// assert_eq!((missing.ssl_c_used(), missing.ssl_c_verify()), (0, 0));
/// assert!(!missing.is_success());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct HaproxyVerify {
    /// None if there is no certificate.
    result: Option<OpensslVerify>,
    /// Of the certificate on which the check failed, the client's own at 0.
    depth: Option<u8>,
}

impl HaproxyVerify {
    /// Of a client that presented no certificate.
    #[must_use]
    pub const fn without_certificate() -> Self {
        Self {
            result: None,
            depth: Some(0),
        }
    }

    /// 1 if the client presented a certificate, 0 if not.
    #[must_use]
    pub const fn ssl_c_used(self) -> u16 {
        match self.result {
            Some(_) => 1,
            None => 0,
        }
    }

    /// The result of the verification; 0 if there was nothing wrong, **or nothing to verify**.
    #[must_use]
    pub const fn ssl_c_verify(self) -> u16 {
        match self.result {
            Some(result) => result.code(),
            None => 0,
        }
    }

    /// The error on the client's own certificate; 0 if that has none. Known from an
    /// [`Explanation`] only.
    #[must_use]
    pub const fn ssl_c_err(self) -> Option<u16> {
        match self.depth {
            Some(0) => Some(self.ssl_c_verify()),
            Some(_) => Some(0),
            None => None,
        }
    }

    /// The error on one of the CAs; 0 if they have none. Known from an [`Explanation`] only.
    #[must_use]
    pub const fn ssl_c_ca_err(self) -> Option<u16> {
        match self.depth {
            Some(0) => Some(0),
            Some(_) => Some(self.ssl_c_verify()),
            None => None,
        }
    }

    /// How far from the client's own certificate that CA is; 0 if they have no error. Known from an
    /// [`Explanation`] only.
    #[must_use]
    pub const fn ssl_c_ca_err_depth(self) -> Option<u8> {
        self.depth
    }

    /// Whether the client may pass: it presented a certificate, and there was nothing wrong.
    #[must_use]
    pub fn is_success(self) -> bool {
        self.result == Some(OpensslVerify::OK)
    }

    const fn new(result: OpensslVerify) -> Self {
        Self {
            result: Some(result),
            depth: None,
        }
    }
}

/// `Failed:UnmappedConnectionError` is 1, *unspecified*: a client without certificate has it, and so has
/// one that was not verified, since the store does not know the time.
impl From<VerifyStatus> for HaproxyVerify {
    fn from(status: VerifyStatus) -> Self {
        Self::new(status.into())
    }
}

impl From<&Explanation<'_>> for HaproxyVerify {
    fn from(explanation: &Explanation<'_>) -> Self {
        if explanation.check() == Some(Check::Presence) {
            return Self::without_certificate();
        }
        Self {
            depth: depth(explanation),
            ..Self::new(explanation.into())
        }
    }
}

/// Where in the path the certificate is on which the check failed; 0 if it failed on none, as OpenSSL
/// has it.
fn depth(explanation: &Explanation<'_>) -> Option<u8> {
    let Some(failed) = explanation.failed_at() else {
        return Some(0);
    };
    let in_path = explanation.path().position(|step| step.position == failed);
    let depth = match (in_path, failed) {
        (Some(depth), _) => depth,
        (None, Position::Presented(index)) => index,
        (None, Position::Store(_)) => return None,
    };
    u8::try_from(depth).ok()
}
