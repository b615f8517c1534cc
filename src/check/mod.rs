//! The checks of a path, one file each, and how a failed one is named.

mod basic_constraints;
pub(crate) mod name_constraints;
mod purpose;
pub(crate) mod revocation;
mod signature;
mod validity;

pub(crate) use self::basic_constraints::{check_extensions, check_issuer_role, check_path_length};
pub(crate) use self::name_constraints::{COMPARISONS, check_name_constraints};
pub(crate) use self::purpose::{check_issuer_purpose, check_leaf_purpose};
pub(crate) use self::signature::{check_algorithms, check_crl_signature, check_signature};
pub(crate) use self::validity::check_validity;

use core::fmt;

use crate::status::FailureReason;

/// The check that decided against a chain.
///
/// More may be added; [`as_str`](Self::as_str) of those that are here does not change.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Check {
    /// There is a certificate at all.
    Presence,
    /// The clock has a time.
    Clock,
    /// Size of the Certificate message.
    MessageSize,
    /// A presented certificate parses.
    Parsing,
    /// X.509 version of the leaf.
    Version,
    /// A signature algorithm is allowed and the backend has it.
    SignatureAlgorithm,
    /// The size of an RSA key is allowed.
    KeySize,
    /// How many certificates are presented.
    ChainDepth,
    /// A certificate's issuer is in the store or was presented.
    Issuer,
    /// A self-signed leaf is in the store.
    SelfSignedLeaf,
    /// Known extensions are well formed and occur once.
    ExtensionSyntax,
    /// Critical extensions are known.
    CriticalExtension,
    /// An issuer is a CA (basicConstraints).
    CaFlag,
    /// An issuer may sign certificates (keyUsage).
    KeyCertSign,
    /// Path length (basicConstraints).
    PathLength,
    /// No CRL lists the certificate.
    Revocation,
    /// The issuer of a CRL may sign CRLs (keyUsage).
    CrlSign,
    /// A CRL of the issuer can be used.
    CrlUsability,
    /// A CRL of the issuer is about the certificate.
    CrlScope,
    /// A CRL of the issuer has not expired.
    CrlValidity,
    /// There is a CRL for the certificate.
    CrlPresence,
    /// A signature is the issuer's.
    Signature,
    /// notBefore has come.
    NotBefore,
    /// notAfter has not passed.
    NotAfter,
    /// Names lie in the subtrees that issuers allow.
    NameConstraints,
    /// extKeyUsage allows client authentication.
    ExtendedKeyUsage,
    /// keyUsage of the leaf allows it.
    KeyUsage,
    /// nsCertType of the leaf allows it.
    NetscapeCertType,
    /// webpki agrees.
    SecondOpinion,
    /// The application agrees.
    Application,
    /// The type of the leaf's key is supported.
    KeyType,
    /// Comparing names with constraints stays within its budget.
    ComparisonBudget,
    /// The search for a path stays within its budget.
    SearchBudget,
}

impl Check {
    /// A stable name in snake case, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Clock => "clock",
            Self::MessageSize => "message_size",
            Self::Parsing => "parsing",
            Self::Version => "version",
            Self::SignatureAlgorithm => "signature_algorithm",
            Self::KeySize => "key_size",
            Self::ChainDepth => "chain_depth",
            Self::Issuer => "issuer",
            Self::SelfSignedLeaf => "self_signed_leaf",
            Self::ExtensionSyntax => "extension_syntax",
            Self::CriticalExtension => "critical_extension",
            Self::CaFlag => "ca_flag",
            Self::KeyCertSign => "key_cert_sign",
            Self::PathLength => "path_length",
            Self::Revocation => "revocation",
            Self::CrlSign => "crl_sign",
            Self::CrlUsability => "crl_usability",
            Self::CrlScope => "crl_scope",
            Self::CrlValidity => "crl_validity",
            Self::CrlPresence => "crl_presence",
            Self::Signature => "signature",
            Self::NotBefore => "not_before",
            Self::NotAfter => "not_after",
            Self::NameConstraints => "name_constraints",
            Self::ExtendedKeyUsage => "extended_key_usage",
            Self::KeyUsage => "key_usage",
            Self::NetscapeCertType => "netscape_cert_type",
            Self::SecondOpinion => "second_opinion",
            Self::Application => "application",
            Self::KeyType => "key_type",
            Self::ComparisonBudget => "comparison_budget",
            Self::SearchBudget => "search_budget",
        }
    }

    /// The word for a failure of this check, where one word fits all its failures.
    pub(crate) const fn reason(self) -> FailureReason {
        match self {
            Self::Presence | Self::Clock => FailureReason::UnmappedConnectionError,
            Self::MessageSize => FailureReason::ClientCertMaxSizeExceeded,
            Self::Parsing | Self::Version => FailureReason::ClientCertInvalid,
            Self::SignatureAlgorithm | Self::KeySize => FailureReason::ClientCertIncompatible,
            Self::ChainDepth => FailureReason::ClientCertMaxChainDepthExceeded,
            Self::Issuer
            | Self::SelfSignedLeaf
            | Self::ExtensionSyntax
            | Self::CriticalExtension
            | Self::CaFlag
            | Self::KeyCertSign
            | Self::PathLength
            | Self::CrlSign
            | Self::Signature
            | Self::NameConstraints
            | Self::SecondOpinion
            | Self::ComparisonBudget
            | Self::SearchBudget => FailureReason::ClientCertUntrusted,
            Self::Revocation => FailureReason::ClientCertCrlHit,
            Self::CrlUsability | Self::CrlScope | Self::CrlValidity | Self::CrlPresence => {
                FailureReason::ClientCertCrlProcessingError
            }
            Self::NotBefore => FailureReason::ClientCertNotYetValid,
            Self::NotAfter => FailureReason::ClientCertExpired,
            Self::ExtendedKeyUsage | Self::KeyUsage | Self::NetscapeCertType => {
                FailureReason::ClientCertPurposeInvalid
            }
            Self::Application => FailureReason::ClientCertRejected,
            Self::KeyType => FailureReason::ClientCertTypeUnsupported,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Presence => "presence of a certificate",
            Self::Clock => "the clock",
            Self::MessageSize => "size of the Certificate message",
            Self::Parsing => "parsing",
            Self::Version => "X.509 version",
            Self::SignatureAlgorithm => "signature algorithm",
            Self::KeySize => "key size",
            Self::ChainDepth => "chain depth",
            Self::Issuer => "search for the issuer",
            Self::SelfSignedLeaf => "search for the self-signed leaf in the store",
            Self::ExtensionSyntax => "syntax of extensions",
            Self::CriticalExtension => "critical extensions",
            Self::CaFlag => "CA flag",
            Self::KeyCertSign => "keyCertSign",
            Self::PathLength => "path length",
            Self::Revocation => "revocation",
            Self::CrlSign => "cRLSign",
            Self::CrlUsability => "usability of the CRL",
            Self::CrlScope => "scope of the CRL",
            Self::CrlValidity => "validity of the CRL",
            Self::CrlPresence => "presence of a CRL",
            Self::Signature => "signature",
            Self::NotBefore => "notBefore",
            Self::NotAfter => "notAfter",
            Self::NameConstraints => "name constraints",
            Self::ExtendedKeyUsage => "extended key usage",
            Self::KeyUsage => "key usage",
            Self::NetscapeCertType => "nsCertType",
            Self::SecondOpinion => "second opinion",
            Self::Application => "the application's check",
            Self::KeyType => "key type",
            Self::ComparisonBudget => "comparison budget",
            Self::SearchBudget => "search budget",
        })
    }
}
