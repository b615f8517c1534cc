//! Why a certificate does not parse.

use core::fmt;

/// The first part of a certificate that is not as RFC 5280 and DER want it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not one DER SEQUENCE of a body, a signature algorithm and a signature.
    NotACertificate,
    /// There is something after the certificate.
    TrailingData,
    /// The certificate is longer than 4 GiB can address, or than this crate's offsets.
    TooLarge,
    /// The version is not v1, v2 or v3 (RFC 5280 4.1.2.1).
    Version,
    /// A field that the version does not have: unique identifiers in v1, extensions before v3.
    FieldForVersion,
    /// The serial number is not an INTEGER in its shortest form (RFC 5280 4.1.2.2).
    SerialNumber,
    /// A signature algorithm is not an `AlgorithmIdentifier` (RFC 5280 4.1.1.2).
    SignatureAlgorithm,
    /// The issuer is no `Name`, has a broken string or a value that is no string (RFC 5280 appendix A.1:
    /// `DirectoryString` and a few more), more than 64 RDNs, or more than 4 attributes in one.
    Issuer,
    /// The validity is not two times in the forms of RFC 5280 4.1.2.5.
    Validity,
    /// The subject is no `Name`, has a broken string or a value that is no string (RFC 5280 appendix A.1:
    /// `DirectoryString` and a few more), more than 64 RDNs, or more than 4 attributes in one.
    Subject,
    /// The public key is not one: bad encoding, point off its curve, even RSA modulus.
    PublicKey,
    /// The public key is of an algorithm or curve that is unknown.
    PublicKeyAlgorithm,
    /// The extensions are not a list of `Extension`s (RFC 5280 4.1.2.9).
    Extensions,
    /// The body goes on after its last field.
    UnknownField,
    /// The signature is not a BIT STRING.
    Signature,
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotACertificate => "not a DER-encoded certificate",
            Self::TrailingData => "there is data after the end of the certificate",
            Self::TooLarge => "the certificate is too large",
            Self::Version => "the version is none of v1, v2 and v3",
            Self::FieldForVersion => "a field that certificates of this version do not have",
            Self::SerialNumber => "the serial number is not a DER INTEGER",
            Self::SignatureAlgorithm => "a signature algorithm is malformed",
            Self::Issuer => "the issuer name is malformed",
            Self::Validity => "the validity is malformed",
            Self::Subject => "the subject name is malformed",
            Self::PublicKey => "the public key is malformed or not a valid key",
            Self::PublicKeyAlgorithm => "the public key is of an unknown algorithm",
            Self::Extensions => "the list of extensions is malformed",
            Self::UnknownField => "there is an unknown field at the end",
            Self::Signature => "the signature is not a BIT STRING",
        })
    }
}

impl core::error::Error for CertificateError {}
