//! Signature algorithms of all backends, side by side.

use portcullis::pki_types::SignatureVerificationAlgorithm;
use portcullis::signature::{EcdsaVerification, Ed25519Verification, RsaVerification, rsa_limbs};
use portcullis_fixtures::SignatureScheme;
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};

/// One algorithm, by each backend.
#[derive(Clone, Copy, Debug)]
pub struct Algorithm {
    /// What it is called in the corpus.
    pub name: &'static str,
    /// The curve of the key, as the corpus calls it.
    pub curve: Option<&'static str>,
    /// How the fixtures sign so.
    pub scheme: SignatureScheme,
    /// By the crates in Rust and our own RSA, this of up to 8192 bits.
    pub ours: &'static dyn SignatureVerificationAlgorithm,
    /// By AWS-LC.
    pub aws_lc_rs: &'static dyn SignatureVerificationAlgorithm,
    /// By ring, which lacks some.
    pub ring: Option<&'static dyn VerificationAlgorithm>,
}

impl Algorithm {
    /// What ring says.
    #[must_use]
    pub fn is_verified_by_ring(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        let key = UnparsedPublicKey::new(self.ring?, key);
        Some(key.verify(message, signature).is_ok())
    }

    /// Whether a key of this curve, or none, is one for the algorithm.
    #[must_use]
    pub fn is(&self, name: &str, curve: Option<&str>) -> bool {
        self.name == name && self.curve == curve
    }
}

/// Every algorithm of `portcullis::signature::RUSTCRYPTO`.
pub static ALGORITHMS: [Algorithm; 13] = {
    use SignatureScheme as Scheme;
    use ring::signature as ring;
    use webpki::aws_lc_rs as aws;
    type Rsa = RsaVerification<{ rsa_limbs(8192) }>;
    type Ecdsa = EcdsaVerification;
    [
        Algorithm {
            name: "RSA-PKCS1-SHA256",
            curve: None,
            scheme: Scheme::RsaPkcs1Sha256,
            ours: &Rsa::PKCS1_SHA256,
            aws_lc_rs: aws::RSA_PKCS1_2048_8192_SHA256,
            ring: Some(&ring::RSA_PKCS1_2048_8192_SHA256),
        },
        Algorithm {
            name: "RSA-PKCS1-SHA384",
            curve: None,
            scheme: Scheme::RsaPkcs1Sha384,
            ours: &Rsa::PKCS1_SHA384,
            aws_lc_rs: aws::RSA_PKCS1_2048_8192_SHA384,
            ring: Some(&ring::RSA_PKCS1_2048_8192_SHA384),
        },
        Algorithm {
            name: "RSA-PKCS1-SHA512",
            curve: None,
            scheme: Scheme::RsaPkcs1Sha512,
            ours: &Rsa::PKCS1_SHA512,
            aws_lc_rs: aws::RSA_PKCS1_2048_8192_SHA512,
            ring: Some(&ring::RSA_PKCS1_2048_8192_SHA512),
        },
        Algorithm {
            name: "RSA-PSS-SHA256",
            curve: None,
            scheme: Scheme::RsaPssSha256,
            ours: &Rsa::PSS_SHA256,
            aws_lc_rs: aws::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            ring: Some(&ring::RSA_PSS_2048_8192_SHA256),
        },
        Algorithm {
            name: "RSA-PSS-SHA384",
            curve: None,
            scheme: Scheme::RsaPssSha384,
            ours: &Rsa::PSS_SHA384,
            aws_lc_rs: aws::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
            ring: Some(&ring::RSA_PSS_2048_8192_SHA384),
        },
        Algorithm {
            name: "RSA-PSS-SHA512",
            curve: None,
            scheme: Scheme::RsaPssSha512,
            ours: &Rsa::PSS_SHA512,
            aws_lc_rs: aws::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
            ring: Some(&ring::RSA_PSS_2048_8192_SHA512),
        },
        Algorithm {
            name: "ECDSA-SHA256",
            curve: Some("secp256r1"),
            scheme: Scheme::EcdsaSha256,
            ours: &Ecdsa::P256_SHA256,
            aws_lc_rs: aws::ECDSA_P256_SHA256,
            ring: Some(&ring::ECDSA_P256_SHA256_ASN1),
        },
        Algorithm {
            name: "ECDSA-SHA384",
            curve: Some("secp256r1"),
            scheme: Scheme::EcdsaSha384,
            ours: &Ecdsa::P256_SHA384,
            aws_lc_rs: aws::ECDSA_P256_SHA384,
            ring: Some(&ring::ECDSA_P256_SHA384_ASN1),
        },
        Algorithm {
            name: "ECDSA-SHA512",
            curve: Some("secp256r1"),
            scheme: Scheme::EcdsaSha512,
            ours: &Ecdsa::P256_SHA512,
            aws_lc_rs: aws::ECDSA_P256_SHA512,
            ring: None,
        },
        Algorithm {
            name: "ECDSA-SHA256",
            curve: Some("secp384r1"),
            scheme: Scheme::EcdsaSha256,
            ours: &Ecdsa::P384_SHA256,
            aws_lc_rs: aws::ECDSA_P384_SHA256,
            ring: Some(&ring::ECDSA_P384_SHA256_ASN1),
        },
        Algorithm {
            name: "ECDSA-SHA384",
            curve: Some("secp384r1"),
            scheme: Scheme::EcdsaSha384,
            ours: &Ecdsa::P384_SHA384,
            aws_lc_rs: aws::ECDSA_P384_SHA384,
            ring: Some(&ring::ECDSA_P384_SHA384_ASN1),
        },
        Algorithm {
            name: "ECDSA-SHA512",
            curve: Some("secp384r1"),
            scheme: Scheme::EcdsaSha512,
            ours: &Ecdsa::P384_SHA512,
            aws_lc_rs: aws::ECDSA_P384_SHA512,
            ring: None,
        },
        Algorithm {
            name: "Ed25519",
            curve: None,
            scheme: Scheme::Ed25519,
            ours: &Ed25519Verification,
            aws_lc_rs: aws::ED25519,
            ring: Some(&ring::ED25519),
        },
    ]
};
