//! ring.

use ::ring::digest;
use ::ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
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

/// SHA-1 is broken where an attacker chooses what is signed; a CA chooses what is on its list.
static CRL_VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Rsa,
    SignatureAlgorithm::RsaPkcs1Sha1,
    &RsaPkcs1Sha1,
)];

/// Which webpki does not have, rightly.
#[derive(Debug)]
struct RsaPkcs1Sha1;

impl SignatureVerificationAlgorithm for RsaPkcs1Sha1 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        // sha1WithRSAEncryption and NULL (RFC 3279 2.2.1).
        AlgorithmIdentifier::from_slice(&[
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
        ])
    }
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    for (to, from) in output
        .iter_mut()
        .zip(digest::digest(&digest::SHA256, message).as_ref())
    {
        *to = *from;
    }
    output
}
