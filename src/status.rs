//! The verdict, in ALB's words.

use core::fmt;
use core::str::FromStr;

/// What is said of a client's certificate chain; field 11 of ALB's connection log.
///
/// The strings of [`as_str`](Self::as_str) are AWS's and are part of this crate's interface.
///
/// ```
/// use portcullis::{FailureReason, VerifyStatus};
///
/// let status = VerifyStatus::Failed(FailureReason::ClientCertUntrusted);
/// assert_eq!(status.to_string(), "Failed:ClientCertUntrusted");
/// assert_eq!("Failed:ClientCertUntrusted".parse(), Ok(status));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub enum VerifyStatus {
    /// The chain leads to a certificate of the trust store and every check passed.
    Success,
    /// The first check that failed, in ALB's order.
    Failed(FailureReason),
}

impl VerifyStatus {
    /// `Success`, or `Failed:` and the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Failed(reason) => reason.status_str(),
        }
    }

    /// Whether the client may pass.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success)
    }

    /// Why the client may not pass.
    #[must_use]
    pub const fn failure(self) -> Option<FailureReason> {
        match self {
            Self::Success => None,
            Self::Failed(reason) => Some(reason),
        }
    }
}

impl fmt::Display for VerifyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for VerifyStatus {
    type Err = ParseStatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == Self::Success.as_str() {
            return Ok(Self::Success);
        }
        let code = text.strip_prefix(FAILED).ok_or(ParseStatusError(()))?;
        code.parse().map(Self::Failed)
    }
}

/// The thirteen codes with which ALB refuses a client certificate.
///
/// AWS may add codes, and then so does this enum.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FailureReason {
    /// More certificates presented than the chain depth limit, which is 4.
    ClientCertMaxChainDepthExceeded,
    /// The presented certificates are larger than the limit, which is 64 KiB.
    ClientCertMaxSizeExceeded,
    /// The leaf or an issuing CA of the path is on a CRL.
    ClientCertCrlHit,
    /// A CRL that decides could not be used.
    ClientCertCrlProcessingError,
    /// No trusted path: unknown issuer, bad signature, not a CA, path length, keyCertSign missing,
    /// name constraints, unhandled critical extension, self-signed leaf that is not in the store.
    ClientCertUntrusted,
    /// A certificate of the path is not valid yet.
    ClientCertNotYetValid,
    /// A certificate of the path is not valid any more.
    ClientCertExpired,
    /// The leaf's key is of another type than RSA or ECDSA on P-256, P-384 or P-521.
    ClientCertTypeUnsupported,
    /// A presented certificate does not parse.
    ClientCertInvalid,
    /// The extended key usage, key usage or nsCertType does not allow TLS client authentication.
    ClientCertPurposeInvalid,
    /// The application's own check said no.
    ClientCertRejected,
    /// A key size or signature algorithm that the policy does not allow.
    ClientCertIncompatible,
    /// Everything else; no client certificate at all, too.
    UnmappedConnectionError,
}

impl FailureReason {
    /// Every code, in the order of AWS's documentation.
    pub const ALL: [Self; 13] = [
        Self::ClientCertMaxChainDepthExceeded,
        Self::ClientCertMaxSizeExceeded,
        Self::ClientCertCrlHit,
        Self::ClientCertCrlProcessingError,
        Self::ClientCertUntrusted,
        Self::ClientCertNotYetValid,
        Self::ClientCertExpired,
        Self::ClientCertTypeUnsupported,
        Self::ClientCertInvalid,
        Self::ClientCertPurposeInvalid,
        Self::ClientCertRejected,
        Self::ClientCertIncompatible,
        Self::UnmappedConnectionError,
    ];

    /// The code alone: `ClientCertUntrusted`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let status = self.status_str();
        status.strip_prefix(FAILED).unwrap_or(status)
    }

    const fn status_str(self) -> &'static str {
        match self {
            Self::ClientCertMaxChainDepthExceeded => "Failed:ClientCertMaxChainDepthExceeded",
            Self::ClientCertMaxSizeExceeded => "Failed:ClientCertMaxSizeExceeded",
            Self::ClientCertCrlHit => "Failed:ClientCertCrlHit",
            Self::ClientCertCrlProcessingError => "Failed:ClientCertCrlProcessingError",
            Self::ClientCertUntrusted => "Failed:ClientCertUntrusted",
            Self::ClientCertNotYetValid => "Failed:ClientCertNotYetValid",
            Self::ClientCertExpired => "Failed:ClientCertExpired",
            Self::ClientCertTypeUnsupported => "Failed:ClientCertTypeUnsupported",
            Self::ClientCertInvalid => "Failed:ClientCertInvalid",
            Self::ClientCertPurposeInvalid => "Failed:ClientCertPurposeInvalid",
            Self::ClientCertRejected => "Failed:ClientCertRejected",
            Self::ClientCertIncompatible => "Failed:ClientCertIncompatible",
            Self::UnmappedConnectionError => "Failed:UnmappedConnectionError",
        }
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FailureReason {
    type Err = ParseStatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        known.ok_or(ParseStatusError(()))
    }
}

/// A text that is none of ALB's status strings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseStatusError(());

impl fmt::Display for ParseStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a TLS verify status of ALB")
    }
}

impl core::error::Error for ParseStatusError {}

const FAILED: &str = "Failed:";

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn every_status_reads_back_from_its_string() {
        let failed = FailureReason::ALL.map(VerifyStatus::Failed);
        for status in failed.into_iter().chain([VerifyStatus::Success]) {
            assert_eq!(status.to_string().parse(), Ok(status));
        }
        for reason in FailureReason::ALL {
            assert_eq!(reason.to_string().parse(), Ok(reason));
            assert_eq!(
                VerifyStatus::Failed(reason).to_string(),
                std::format!("Failed:{reason}")
            );
        }
    }

    #[test]
    fn other_strings_are_refused() {
        for text in [
            "",
            "success",
            "Success ",
            "Failed",
            "Failed:",
            "Failed:Success",
            "ClientCertUntrusted",
        ] {
            assert!(text.parse::<VerifyStatus>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_status_is_one_byte() {
        assert_eq!(size_of::<VerifyStatus>(), 1);
    }
}
