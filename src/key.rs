//! Public keys: what kind, how large, and whether they are keys at all.

use core::fmt;

use pki_types::{AlgorithmIdentifier, alg_id};

use crate::certificate::CertificateError;
use crate::{curve, der};

/// The kind of a certificate's public key, and the size where the kind leaves it open.
///
/// `Display` writes it for people: `RSA 2048`, `P-256`, `Ed25519`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeyType {
    /// RSA (RFC 3279 2.3.1).
    Rsa {
        /// Bits of the modulus.
        bits: u16,
    },
    /// NIST P-256, also called secp256r1 and prime256v1 (RFC 5480).
    P256,
    /// NIST P-384, also called secp384r1.
    P384,
    /// NIST P-521, also called secp521r1.
    P521,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// NIST P-224.
    P224,
    /// Bitcoin's curve.
    Secp256k1,
    /// RSA that may only be used with PSS (RFC 4055 1.2).
    RsaPss,
    /// DSA (RFC 3279 2.3.2).
    Dsa,
    /// X25519, which can agree on keys but not sign (RFC 8410).
    X25519,
    /// An elliptic curve by its parameters instead of its name.
    ExplicitCurve,
}

impl KeyType {
    pub(crate) const fn kind(self) -> Option<KeyKind> {
        match self {
            Self::Rsa { .. } => Some(KeyKind::Rsa),
            Self::P256 => Some(KeyKind::Ec(EcCurve::P256)),
            Self::P384 => Some(KeyKind::Ec(EcCurve::P384)),
            Self::P521 => Some(KeyKind::Ec(EcCurve::P521)),
            Self::Ed25519 => Some(KeyKind::Ed25519),
            _ => None,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa { bits } => return write!(f, "RSA {bits}"),
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::P224 => "P-224",
            Self::Secp256k1 => "secp256k1",
            Self::RsaPss => "RSA-PSS",
            Self::Dsa => "DSA",
            Self::X25519 => "X25519",
            Self::ExplicitCurve => "elliptic curve with explicit parameters",
        })
    }
}

/// The kinds of key that can verify a signature here, sizes aside.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyKind {
    /// RSA of any size.
    Rsa,
    /// ECDSA on a curve.
    Ec(EcCurve),
    /// Ed25519.
    Ed25519,
}

/// The curves whose ECDSA keys ALB takes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EcCurve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// Reads the content of a `SubjectPublicKeyInfo` (RFC 5280 4.1.2.7): the type of the key, and the
/// octets of the key itself.
///
/// What AWS-LC refuses to decode is an error: an even modulus, an exponent that none could use.
/// Whether a point is on its curve is left to [`is_valid`].
pub(crate) fn parse_spki(content: &[u8]) -> Result<(KeyType, &[u8]), CertificateError> {
    let mut reader = der::Reader::new(content);
    let algorithm = reader
        .expect(der::SEQUENCE)
        .ok_or(CertificateError::PublicKey)?;
    let key = reader
        .expect(der::BIT_STRING)
        .ok_or(CertificateError::PublicKey)?;
    reader.finish().ok_or(CertificateError::PublicKey)?;
    let (key, unused_bits) = der::bit_string(key).ok_or(CertificateError::PublicKey)?;
    if unused_bits != 0 {
        return Err(CertificateError::PublicKey);
    }
    let mut usable = USABLE.iter();
    let found = usable.find(|(known, _)| known.as_ref() == algorithm);
    let key_type = match found.map(|(_, key_type)| *key_type) {
        Some(KeyType::Rsa { .. }) => rsa_bits(key).map(|bits| KeyType::Rsa { bits }),
        Some(KeyType::Ed25519) if key.len() != 32 => None,
        Some(key_type) => Some(key_type),
        None => return Ok((other_type(algorithm)?, key)),
    };
    Ok((key_type.ok_or(CertificateError::PublicKey)?, key))
}

/// Whether the octets of a key of an elliptic curve are a point of it.
pub(crate) fn is_valid(key_type: KeyType, key: &[u8]) -> bool {
    match key_type.kind() {
        Some(KeyKind::Ec(curve)) => curve::is_on_curve(curve, key),
        _ => true,
    }
}

/// Key types that can verify nothing here and are told apart for people. An algorithm or curve that
/// AWS-LC does not know is an error, since it cannot decode the key.
fn other_type(algorithm: &[u8]) -> Result<KeyType, CertificateError> {
    let mut reader = der::Reader::new(algorithm);
    let oid = reader
        .expect(der::OBJECT_IDENTIFIER)
        .ok_or(CertificateError::PublicKey)?;
    // rsaEncryption with parameters other than NULL (RFC 3279 2.3.1).
    if oid == RSA_ENCRYPTION {
        return Err(CertificateError::PublicKey);
    }
    let (known, oid): (&[(&[u8], KeyType)], _) = if oid == EC_PUBLIC_KEY {
        match reader.any().map(|curve| (curve.tag, curve.value)) {
            Some((der::OBJECT_IDENTIFIER, curve)) => (&OTHER_CURVES, curve),
            // Parameters written out, which RFC 5480 2.1.1 forbids.
            Some((der::SEQUENCE, _)) => return Ok(KeyType::ExplicitCurve),
            _ => return Err(CertificateError::PublicKeyAlgorithm),
        }
    } else {
        (&OTHER_ALGORITHMS, oid)
    };
    let found = known.iter().find(|(known, _)| *known == oid);
    let key_type = found.map(|(_, key_type)| *key_type);
    key_type.ok_or(CertificateError::PublicKeyAlgorithm)
}

/// The bits of the modulus of an `RSAPublicKey` that could verify a signature: an exponent of 2 to 33
/// bits, as AWS-LC wants it.
fn rsa_bits(key: &[u8]) -> Option<u16> {
    let (modulus, exponent) = rsa_numbers(key)?;
    let bits = bits(modulus)?;
    let fits = bits <= MAX_RSA_BITS && (2..=MAX_RSA_EXPONENT_BITS).contains(&self::bits(exponent)?);
    let exponent_is_less = exponent.len() < modulus.len() || exponent < modulus;
    (fits && exponent_is_less).then_some(bits)
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 A.1.1), without leading zero octets; `None` if one
/// of them is even.
pub(crate) fn rsa_numbers(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = der::Reader::new(der::sole(key, der::SEQUENCE)?);
    let modulus = der::unsigned(reader.expect(der::INTEGER)?)?;
    let exponent = der::unsigned(reader.expect(der::INTEGER)?)?;
    reader.finish()?;
    let are_odd = modulus.last()? & exponent.last()? & 1 == 1;
    are_odd.then_some((modulus, exponent))
}

/// The bits of a magnitude without leading zero octets.
pub(crate) fn bits(magnitude: &[u8]) -> Option<u16> {
    let octets = u16::try_from(magnitude.len()).ok()?;
    let unused = u16::try_from(magnitude.first()?.leading_zeros()).ok()?;
    octets.checked_mul(8)?.checked_sub(unused)
}

/// AWS-LC's `OPENSSL_RSA_MAX_MODULUS_BITS`.
const MAX_RSA_BITS: u16 = 16_384;
/// AWS-LC's limit, so that a check of a signature stays cheap.
const MAX_RSA_EXPONENT_BITS: u16 = 33;

/// The keys that can verify, by their `AlgorithmIdentifier`.
static USABLE: [(AlgorithmIdentifier, KeyType); 5] = [
    (alg_id::RSA_ENCRYPTION, KeyType::Rsa { bits: 0 }),
    (alg_id::ECDSA_P256, KeyType::P256),
    (alg_id::ECDSA_P384, KeyType::P384),
    (alg_id::ECDSA_P521, KeyType::P521),
    (alg_id::ED25519, KeyType::Ed25519),
];
static OTHER_ALGORITHMS: [(&[u8], KeyType); 4] = [
    (RSASSA_PSS, KeyType::RsaPss),
    (DSA, KeyType::Dsa),
    (X25519, KeyType::X25519),
    (ED448, KeyType::Ed448),
];
static OTHER_CURVES: [(&[u8], KeyType); 2] =
    [(SECP224R1, KeyType::P224), (SECP256K1, KeyType::Secp256k1)];

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const SECP224R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x21];
const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x0a];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
const ED448: &[u8] = &[0x2b, 0x65, 0x71];
