//! Rust alone, without an allocator.

#[cfg(feature = "ed25519")]
use super::Ed25519Verification;
#[cfg(feature = "rsa")]
use super::RsaVerification as Rsa;
#[cfg(any(feature = "p256", feature = "p384", feature = "rsa"))]
use super::sha256;
use super::{AlgorithmSet, KeyKind, SignatureAlgorithm as Signed, Verifier};
#[cfg(any(feature = "p256", feature = "p384"))]
use super::{EcCurve, EcdsaVerification as Ecdsa};

/// What the features `rsa`, `p256`, `p384` and `ed25519` bring, whichever are on, without an
/// allocator; no P-521, no RSA keys of more than 4096 bits, no SHA-1 for CRLs.
///
/// A device that knows its CAs saves flash by a set of its own, with nothing but their algorithms.
pub static RUSTCRYPTO: AlgorithmSet = AlgorithmSet::new(VERIFIERS, sha256);

static VERIFIERS: &[Verifier] = &[
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPkcs1Sha256, &Rsa::PKCS1_SHA256),
    #[cfg(feature = "p256")]
    Verifier::new(P256, Signed::EcdsaSha256, &Ecdsa::P256_SHA256),
    #[cfg(feature = "p384")]
    Verifier::new(P384, Signed::EcdsaSha384, &Ecdsa::P384_SHA384),
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPkcs1Sha384, &Rsa::PKCS1_SHA384),
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPkcs1Sha512, &Rsa::PKCS1_SHA512),
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPssSha256, &Rsa::PSS_SHA256),
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPssSha384, &Rsa::PSS_SHA384),
    #[cfg(feature = "rsa")]
    rsa(Signed::RsaPssSha512, &Rsa::PSS_SHA512),
    #[cfg(feature = "p256")]
    Verifier::new(P256, Signed::EcdsaSha384, &Ecdsa::P256_SHA384),
    #[cfg(feature = "p256")]
    Verifier::new(P256, Signed::EcdsaSha512, &Ecdsa::P256_SHA512),
    #[cfg(feature = "p384")]
    Verifier::new(P384, Signed::EcdsaSha256, &Ecdsa::P384_SHA256),
    #[cfg(feature = "p384")]
    Verifier::new(P384, Signed::EcdsaSha512, &Ecdsa::P384_SHA512),
    #[cfg(feature = "ed25519")]
    Verifier::new(KeyKind::Ed25519, Signed::Ed25519, &Ed25519Verification),
];

#[cfg(feature = "rsa")]
const fn rsa(algorithm: Signed, implementation: &'static Rsa) -> Verifier {
    Verifier::new(KeyKind::Rsa, algorithm, implementation).with_max_rsa_bits(4096)
}

#[cfg(not(any(feature = "p256", feature = "p384", feature = "rsa")))]
fn sha256(message: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(message).into()
}

#[cfg(feature = "p256")]
const P256: KeyKind = KeyKind::Ec(EcCurve::P256);
#[cfg(feature = "p384")]
const P384: KeyKind = KeyKind::Ec(EcCurve::P384);
