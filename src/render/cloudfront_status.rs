//! The verdict in CloudFront's words.

use core::fmt;
use core::str::FromStr;

use crate::status::{FailureReason, VerifyStatus};

/// The field `connectionStatus` of CloudFront's connection log, as its documentation lists the
/// codes.
///
/// CloudFront knows no CRLs: a client that a connection function has found revoked is *rejected*.
///
/// ```
/// use portcullis::{CloudFrontStatus, FailureReason, VerifyStatus};
///
/// let status = VerifyStatus::Failed(FailureReason::ClientCertPurposeInvalid);
/// let status = CloudFrontStatus::from_status(status).expect("CloudFront has a word for it");
/// assert_eq!(status.as_str(), "Failed:ClientCertIntentInvalid");
/// assert_eq!("Failed:ClientCertIntentInvalid".parse(), Ok(status));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CloudFrontStatus {
    /// The client may pass.
    Success,
    /// More certificates presented than may be.
    ClientCertMaxChainDepthExceeded,
    /// The certificates are larger than may be.
    ClientCertMaxSizeExceeded,
    /// No trusted path.
    ClientCertUntrusted,
    /// A certificate is not valid yet.
    ClientCertNotYetValid,
    /// A certificate is not valid any more.
    ClientCertExpired,
    /// The type of the key.
    ClientCertTypeUnsupported,
    /// A certificate that can't be read.
    ClientCertInvalid,
    /// The certificate is for something else than client authentication.
    ClientCertIntentInvalid,
    /// A check of one's own said no.
    ClientCertRejected,
    /// There is no certificate.
    ClientCertMissing,
    /// An error of TCP.
    TcpError,
    /// The connection took too long.
    TcpTimeout,
    /// A connection function failed.
    ConnectionFunctionError,
    /// A connection function said no.
    ConnectionFunctionDenied,
    /// CloudFront's own error.
    Internal,
    /// Everything else.
    UnmappedConnectionError,
}

impl CloudFrontStatus {
    /// Every one, in the order of the documentation.
    pub const ALL: [Self; 17] = [
        Self::Success,
        Self::ClientCertMaxChainDepthExceeded,
        Self::ClientCertMaxSizeExceeded,
        Self::ClientCertUntrusted,
        Self::ClientCertNotYetValid,
        Self::ClientCertExpired,
        Self::ClientCertTypeUnsupported,
        Self::ClientCertInvalid,
        Self::ClientCertIntentInvalid,
        Self::ClientCertRejected,
        Self::ClientCertMissing,
        Self::TcpError,
        Self::TcpTimeout,
        Self::ConnectionFunctionError,
        Self::ConnectionFunctionDenied,
        Self::Internal,
        Self::UnmappedConnectionError,
    ];

    /// CloudFront's word for a verdict. None for what it has no word for: a CRL that can't be used,
    /// and keys and algorithms that are not allowed.
    ///
    /// `Failed:UnmappedConnectionError` is ALB's word for a client without certificate, for which
    /// CloudFront has one of its own.
    #[must_use]
    pub const fn from_status(status: VerifyStatus) -> Option<Self> {
        let VerifyStatus::Failed(reason) = status else {
            return Some(Self::Success);
        };
        Some(match reason {
            FailureReason::ClientCertMaxChainDepthExceeded => Self::ClientCertMaxChainDepthExceeded,
            FailureReason::ClientCertMaxSizeExceeded => Self::ClientCertMaxSizeExceeded,
            FailureReason::ClientCertUntrusted => Self::ClientCertUntrusted,
            FailureReason::ClientCertNotYetValid => Self::ClientCertNotYetValid,
            FailureReason::ClientCertExpired => Self::ClientCertExpired,
            FailureReason::ClientCertTypeUnsupported => Self::ClientCertTypeUnsupported,
            FailureReason::ClientCertInvalid => Self::ClientCertInvalid,
            FailureReason::ClientCertPurposeInvalid => Self::ClientCertIntentInvalid,
            FailureReason::ClientCertCrlHit | FailureReason::ClientCertRejected => {
                Self::ClientCertRejected
            }
            FailureReason::UnmappedConnectionError => Self::ClientCertMissing,
            FailureReason::ClientCertCrlProcessingError | FailureReason::ClientCertIncompatible => {
                return None;
            }
        })
    }

    /// ALB's word for it, or the nearest.
    pub const fn status(self) -> VerifyStatus {
        VerifyStatus::Failed(match self {
            Self::Success => return VerifyStatus::Success,
            Self::ClientCertMaxChainDepthExceeded => FailureReason::ClientCertMaxChainDepthExceeded,
            Self::ClientCertMaxSizeExceeded => FailureReason::ClientCertMaxSizeExceeded,
            Self::ClientCertUntrusted => FailureReason::ClientCertUntrusted,
            Self::ClientCertNotYetValid => FailureReason::ClientCertNotYetValid,
            Self::ClientCertExpired => FailureReason::ClientCertExpired,
            Self::ClientCertTypeUnsupported => FailureReason::ClientCertTypeUnsupported,
            Self::ClientCertInvalid => FailureReason::ClientCertInvalid,
            Self::ClientCertIntentInvalid => FailureReason::ClientCertPurposeInvalid,
            Self::ClientCertRejected | Self::ConnectionFunctionDenied => {
                FailureReason::ClientCertRejected
            }
            Self::ClientCertMissing
            | Self::TcpError
            | Self::TcpTimeout
            | Self::ConnectionFunctionError
            | Self::Internal
            | Self::UnmappedConnectionError => FailureReason::UnmappedConnectionError,
        })
    }

    /// `Success`, or `Failed:` and the code; `Display` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::ClientCertMaxChainDepthExceeded => "Failed:ClientCertMaxChainDepthExceeded",
            Self::ClientCertMaxSizeExceeded => "Failed:ClientCertMaxSizeExceeded",
            Self::ClientCertUntrusted => "Failed:ClientCertUntrusted",
            Self::ClientCertNotYetValid => "Failed:ClientCertNotYetValid",
            Self::ClientCertExpired => "Failed:ClientCertExpired",
            Self::ClientCertTypeUnsupported => "Failed:ClientCertTypeUnsupported",
            Self::ClientCertInvalid => "Failed:ClientCertInvalid",
            Self::ClientCertIntentInvalid => "Failed:ClientCertIntentInvalid",
            Self::ClientCertRejected => "Failed:ClientCertRejected",
            Self::ClientCertMissing => "Failed:ClientCertMissing",
            Self::TcpError => "Failed:TcpError",
            Self::TcpTimeout => "Failed:TcpTimeout",
            Self::ConnectionFunctionError => "Failed:ConnectionFunctionError",
            Self::ConnectionFunctionDenied => "Failed:ConnectionFunctionDenied",
            Self::Internal => "Failed:Internal",
            Self::UnmappedConnectionError => "Failed:UnmappedConnectionError",
        }
    }
}

impl fmt::Display for CloudFrontStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CloudFrontStatus {
    type Err = ParseCloudFrontStatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or(ParseCloudFrontStatusError(()))
    }
}

/// A text that is none of CloudFront's documented codes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseCloudFrontStatusError(());

impl fmt::Display for ParseCloudFrontStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a connection status of CloudFront")
    }
}

impl core::error::Error for ParseCloudFrontStatusError {}
