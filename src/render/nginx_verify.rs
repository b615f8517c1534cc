//! The verdict in nginx's words.

use core::fmt;
use core::str::FromStr;

use super::openssl_verify::OpensslVerify;
use crate::check::Check;
use crate::explain::Explanation;
use crate::status::{FailureReason, VerifyStatus};

/// The value of nginx's variable `$ssl_client_verify`: `SUCCESS`, `FAILED:` and a reason, or `NONE`
/// for a client without certificate.
///
/// Configurations that let clients do without a certificate let `NONE` pass. So it is told only of a
/// client that presented none: by [`NginxVerify::None`], or from an [`Explanation`]. From a status
/// alone nothing but a success comes to anything other than `FAILED:`.
///
/// ```
/// use portcullis::{FailureReason, NginxVerify, VerifyStatus};
///
/// let status = VerifyStatus::Failed(FailureReason::ClientCertCrlHit);
/// assert_eq!(NginxVerify::from(status).to_string(), "FAILED:certificate revoked");
/// let read: NginxVerify = "FAILED:certificate revoked".parse()?;
/// assert_eq!(read.status(), status);
/// # Ok::<(), portcullis::ParseNginxVerifyError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NginxVerify {
    /// Why it may not pass, in OpenSSL's words.
    Failed(OpensslVerify),
    /// There is no certificate.
    None,
    /// It may pass.
    Success,
}

impl NginxVerify {
    /// ALB's word for it, or the nearest.
    pub const fn status(self) -> VerifyStatus {
        match self {
            Self::Failed(result) => match result.status() {
                // `FAILED:ok` is no success.
                VerifyStatus::Success => UNMAPPED,
                failed @ VerifyStatus::Failed(_) => failed,
            },
            Self::None => UNMAPPED,
            Self::Success => VerifyStatus::Success,
        }
    }
}

/// `Failed:UnmappedConnectionError` is *unspecified* here: a client without certificate has it, and so
/// has one that was not verified, since the store does not know the time.
impl From<VerifyStatus> for NginxVerify {
    fn from(status: VerifyStatus) -> Self {
        match status {
            VerifyStatus::Success => Self::Success,
            failed @ VerifyStatus::Failed(_) => Self::Failed(failed.into()),
        }
    }
}

impl From<&Explanation<'_>> for NginxVerify {
    fn from(explanation: &Explanation<'_>) -> Self {
        match explanation.check() {
            None => Self::Success,
            Some(Check::Presence) => Self::None,
            Some(_) => Self::Failed(explanation.into()),
        }
    }
}

impl fmt::Display for NginxVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(result) => write!(f, "{FAILED}{result}"),
            Self::None => f.write_str(NONE),
            Self::Success => f.write_str(SUCCESS),
        }
    }
}

/// Reads what nginx writes, with any version of OpenSSL.
impl FromStr for NginxVerify {
    type Err = ParseNginxVerifyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            SUCCESS => return Ok(Self::Success),
            NONE => return Ok(Self::None),
            _ => {}
        }
        let reason = text.strip_prefix(FAILED).and_then(OpensslVerify::from_text);
        let reason = reason.filter(|reason| *reason != OpensslVerify::OK);
        reason.map(Self::Failed).ok_or(ParseNginxVerifyError(()))
    }
}

/// A text that is no value of `$ssl_client_verify`, or has a reason that is not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseNginxVerifyError(());

impl fmt::Display for ParseNginxVerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a known value of nginx's $ssl_client_verify")
    }
}

impl core::error::Error for ParseNginxVerifyError {}

const UNMAPPED: VerifyStatus = VerifyStatus::Failed(FailureReason::UnmappedConnectionError);

const FAILED: &str = "FAILED:";
const NONE: &str = "NONE";
const SUCCESS: &str = "SUCCESS";
