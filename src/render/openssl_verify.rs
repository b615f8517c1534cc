//! The verdict as OpenSSL's verifier has it, on which those of nginx and HAProxy stand.

use core::fmt;

use crate::check::Check;
use crate::crl::CrlFault;
use crate::explain::{Explanation, Position};
use crate::status::{FailureReason, VerifyStatus};

/// OpenSSL's result of a verification: a number, `X509_V_OK` or one of `X509_V_ERR_...`, and its
/// text.
///
/// From an [`Explanation`] it is exact: which check failed decides. From a status it is what that
/// status means most often. OpenSSL has no number for some of ALB's statuses, since it ends the
/// handshake there (a certificate that can't be read, a message that is too large) or lets pass; those
/// are 1, *unspecified*, and 28, *rejected*.
///
/// OpenSSL checks in another order, so of a chain with two faults it may name the other one.
///
/// ```
/// use portcullis::{FailureReason, OpensslVerify, VerifyStatus};
///
/// let status = VerifyStatus::Failed(FailureReason::ClientCertExpired);
/// assert_eq!(OpensslVerify::from(status).code(), 10);
/// assert_eq!(OpensslVerify::from(status).to_string(), "certificate has expired");
/// assert_eq!(OpensslVerify::from_code(10).map(OpensslVerify::status), Some(status));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct OpensslVerify {
    row: Row,
}

type Row = (u16, &'static str, Meaning);

impl OpensslVerify {
    /// `X509_V_OK`.
    pub const OK: Self = Self {
        row: (0, "ok", Meaning::Success),
    };

    /// The result of this number; none for a number that says nothing of a client's certificate.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        find(|(known, ..)| *known == code)
    }

    /// The result of this text, which older versions of OpenSSL may have written.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let renamed = RENAMED.iter().find(|(old, _)| *old == text);
        let text = renamed.map_or(text, |(_, new)| new);
        find(|(_, known, _)| *known == text)
    }

    /// The number, which does not change from version to version.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.row.0
    }

    /// The text, as OpenSSL 3 has it; `Display` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row.1
    }

    /// ALB's word for it, or the nearest.
    pub const fn status(self) -> VerifyStatus {
        match self.row.2 {
            Meaning::Success => VerifyStatus::Success,
            Meaning::Failed(reason) => VerifyStatus::Failed(reason),
        }
    }

    fn of(code: u16) -> Self {
        Self::from_code(code).unwrap_or(UNSPECIFIED)
    }
}

/// [`FailureReason::UnmappedConnectionError`] is *unspecified*; that there was no certificate is not
/// for OpenSSL to say.
impl From<VerifyStatus> for OpensslVerify {
    fn from(status: VerifyStatus) -> Self {
        let VerifyStatus::Failed(reason) = status else {
            return Self::OK;
        };
        Self::of(match reason {
            FailureReason::ClientCertMaxChainDepthExceeded => 22,
            FailureReason::ClientCertCrlHit => 23,
            FailureReason::ClientCertCrlProcessingError => 3,
            FailureReason::ClientCertUntrusted => 20,
            FailureReason::ClientCertNotYetValid => 9,
            FailureReason::ClientCertExpired => 10,
            FailureReason::ClientCertTypeUnsupported => 28,
            FailureReason::ClientCertPurposeInvalid => 26,
            FailureReason::ClientCertRejected => 50,
            FailureReason::ClientCertIncompatible => 68,
            FailureReason::ClientCertMaxSizeExceeded
            | FailureReason::ClientCertInvalid
            | FailureReason::UnmappedConnectionError => 1,
        })
    }
}

impl From<&Explanation<'_>> for OpensslVerify {
    fn from(explanation: &Explanation<'_>) -> Self {
        let Some(check) = explanation.check() else {
            return Self::OK;
        };
        Self::of(match check {
            Check::Issuer => 20,
            Check::SelfSignedLeaf => 18,
            Check::Signature => 7,
            Check::NotBefore => 9,
            Check::NotAfter => 10,
            Check::ChainDepth => 22,
            Check::Revocation => 23,
            Check::CrlSign => 35,
            Check::CrlUsability => match explanation.crl_fault() {
                Some(CrlFault::CriticalExtension | CrlFault::CriticalEntryExtension) => 36,
                // Not signed by the issuer, which was presented.
                Some(CrlFault::Signature) | None => 8,
                Some(_) => 44,
            },
            Check::CrlScope => 44,
            Check::CrlValidity => 12,
            Check::CrlPresence => 3,
            Check::CaFlag => 79,
            Check::PathLength => 25,
            Check::KeyCertSign => 32,
            Check::CriticalExtension => 34,
            Check::ExtensionSyntax => 41,
            Check::ExtendedKeyUsage | Check::KeyUsage | Check::NetscapeCertType => 26,
            Check::SecondOpinion => 27,
            Check::NameConstraints => 47,
            Check::Application => 50,
            Check::SignatureAlgorithm => 68,
            Check::KeySize => match explanation.failed_at() {
                Some(Position::Presented(0)) => 66,
                _ => 67,
            },
            Check::Version | Check::KeyType => 28,
            Check::Presence
            | Check::Clock
            | Check::MessageSize
            | Check::Parsing
            | Check::ComparisonBudget
            | Check::SearchBudget => 1,
        })
    }
}

impl fmt::Display for OpensslVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a number says of the client.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Meaning {
    Success,
    Failed(FailureReason),
}

fn find(is_it: impl Fn(&Row) -> bool) -> Option<OpensslVerify> {
    let row = ROWS.iter().find(|row| is_it(row))?;
    Some(OpensslVerify { row: *row })
}

const UNSPECIFIED: OpensslVerify = OpensslVerify {
    row: (
        1,
        "unspecified certificate verification error",
        Meaning::Failed(FailureReason::UnmappedConnectionError),
    ),
};

/// Of x509_vfy.h and x509_txt.c of OpenSSL 3.0, all that a client's certificate can come to.
const ROWS: [Row; 46] = {
    use FailureReason as Reason;
    use Meaning::Failed;
    const UNTRUSTED: Meaning = Failed(Reason::ClientCertUntrusted);
    const CRL: Meaning = Failed(Reason::ClientCertCrlProcessingError);
    const PURPOSE: Meaning = Failed(Reason::ClientCertPurposeInvalid);
    const INVALID: Meaning = Failed(Reason::ClientCertInvalid);
    const WEAK: Meaning = Failed(Reason::ClientCertIncompatible);
    const REJECTED: Meaning = Failed(Reason::ClientCertRejected);
    [
        OpensslVerify::OK.row,
        UNSPECIFIED.row,
        (2, "unable to get issuer certificate", UNTRUSTED),
        (3, "unable to get certificate CRL", CRL),
        (4, "unable to decrypt certificate's signature", UNTRUSTED),
        (5, "unable to decrypt CRL's signature", CRL),
        (6, "unable to decode issuer public key", UNTRUSTED),
        (7, "certificate signature failure", UNTRUSTED),
        (8, "CRL signature failure", CRL),
        (
            9,
            "certificate is not yet valid",
            Failed(Reason::ClientCertNotYetValid),
        ),
        (
            10,
            "certificate has expired",
            Failed(Reason::ClientCertExpired),
        ),
        (11, "CRL is not yet valid", CRL),
        (12, "CRL has expired", CRL),
        (13, "format error in certificate's notBefore field", INVALID),
        (14, "format error in certificate's notAfter field", INVALID),
        (15, "format error in CRL's lastUpdate field", CRL),
        (16, "format error in CRL's nextUpdate field", CRL),
        (18, "self-signed certificate", UNTRUSTED),
        (
            19,
            "self-signed certificate in certificate chain",
            UNTRUSTED,
        ),
        (20, "unable to get local issuer certificate", UNTRUSTED),
        (21, "unable to verify the first certificate", UNTRUSTED),
        (
            22,
            "certificate chain too long",
            Failed(Reason::ClientCertMaxChainDepthExceeded),
        ),
        (23, "certificate revoked", Failed(Reason::ClientCertCrlHit)),
        (
            24,
            "issuer certificate doesn't have a public key",
            UNTRUSTED,
        ),
        (25, "path length constraint exceeded", UNTRUSTED),
        (26, "unsuitable certificate purpose", PURPOSE),
        (27, "certificate not trusted", UNTRUSTED),
        (28, "certificate rejected", REJECTED),
        (
            32,
            "key usage does not include certificate signing",
            UNTRUSTED,
        ),
        (33, "unable to get CRL issuer certificate", CRL),
        (34, "unhandled critical extension", UNTRUSTED),
        (35, "key usage does not include CRL signing", UNTRUSTED),
        (36, "unhandled critical CRL extension", CRL),
        (
            37,
            "invalid non-CA certificate (has CA markings)",
            UNTRUSTED,
        ),
        (39, "key usage does not include digital signature", PURPOSE),
        (
            41,
            "invalid or inconsistent certificate extension",
            UNTRUSTED,
        ),
        (44, "different CRL scope", CRL),
        (47, "permitted subtree violation", UNTRUSTED),
        (48, "excluded subtree violation", UNTRUSTED),
        (50, "application verification failure", REJECTED),
        (54, "CRL path validation error", CRL),
        (66, "EE certificate key too weak", WEAK),
        (67, "CA certificate key too weak", WEAK),
        (68, "CA signature digest algorithm too weak", WEAK),
        (76, "Cannot find certificate signature algorithm", WEAK),
        (79, "invalid CA certificate", UNTRUSTED),
    ]
};

/// What OpenSSL 1.1.1 and BoringSSL write where OpenSSL 3 writes something else.
const RENAMED: [(&str, &str); 3] = [
    ("self signed certificate", "self-signed certificate"),
    (
        "self signed certificate in certificate chain",
        "self-signed certificate in certificate chain",
    ),
    (
        "unsupported certificate purpose",
        "unsuitable certificate purpose",
    ),
];
