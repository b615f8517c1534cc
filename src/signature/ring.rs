//! ring.

use webpki::ring as algorithms;

use super::{AlgorithmSet, EcCurve, KeyKind, SignatureAlgorithm, Verifier};

/// What ring has: no P-521, and no SHA-512 with P-256 and P-384.
pub static RING: AlgorithmSet =
    AlgorithmSet::new(&VERIFIERS, sha256).with_crl_verifiers(&CRL_VERIFIERS);

static VERIFIERS: [Verifier; 11] = {
    const P256: KeyKind = KeyKind::Ec(EcCurve::P256);
    const P384: KeyKind = KeyKind::Ec(EcCurve::P384);
    use SignatureAlgorithm as Signed;
    [
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPkcs1Sha256,
            algorithms::RSA_PKCS1_2048_8192_SHA256,
        ),
        Verifier::new(P256, Signed::EcdsaSha256, algorithms::ECDSA_P256_SHA256),
        Verifier::new(P384, Signed::EcdsaSha384, algorithms::ECDSA_P384_SHA384),
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPkcs1Sha384,
            algorithms::RSA_PKCS1_2048_8192_SHA384,
        ),
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPkcs1Sha512,
            algorithms::RSA_PKCS1_2048_8192_SHA512,
        ),
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPssSha256,
            algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        ),
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPssSha384,
            algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        ),
        Verifier::new(
            KeyKind::Rsa,
            Signed::RsaPssSha512,
            algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        ),
        Verifier::new(P256, Signed::EcdsaSha384, algorithms::ECDSA_P256_SHA384),
        Verifier::new(P384, Signed::EcdsaSha256, algorithms::ECDSA_P384_SHA256),
        Verifier::new(KeyKind::Ed25519, Signed::Ed25519, algorithms::ED25519),
    ]
};

digests!(::ring);
