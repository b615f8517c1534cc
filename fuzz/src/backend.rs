//! Signature algorithms that count what they are asked.

use core::sync::atomic::{AtomicUsize, Ordering};

use allocation_counter::opt_out;
use portcullis::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::{EcCurve, KeyKind, Verifier};
use portcullis::{AlgorithmSet, SignatureAlgorithm};
use webpki::aws_lc_rs as aws;

/// AWS-LC's.
pub(crate) static REAL: AlgorithmSet = AlgorithmSet::new(&CHECKING, sha256);

/// Take three signatures in four for right, whatever is signed: changed certificates get on.
pub(crate) static BELIEVING: AlgorithmSet = AlgorithmSet::new(&CREDULOUS, sha256);

/// What has been asked since [`Asked::forget`].
pub(crate) struct Asked {
    /// How many signatures.
    pub(crate) checks: usize,
    /// How many octets had to be hashed for them.
    pub(crate) octets: usize,
}

impl Asked {
    pub(crate) fn forget() {
        CHECKS.store(0, Ordering::Relaxed);
        OCTETS.store(0, Ordering::Relaxed);
    }

    pub(crate) fn so_far() -> Self {
        Self {
            checks: CHECKS.load(Ordering::Relaxed),
            octets: OCTETS.load(Ordering::Relaxed),
        }
    }
}

static CHECKS: AtomicUsize = AtomicUsize::new(0);
static OCTETS: AtomicUsize = AtomicUsize::new(0);

/// The same verifiers, each in the same way.
macro_rules! verifiers {
    ($believes:literal) => {{
        use KeyKind::{Ec, Ed25519, Rsa};
        use SignatureAlgorithm as Algorithm;
        const P256: KeyKind = Ec(EcCurve::P256);
        const P384: KeyKind = Ec(EcCurve::P384);
        const P521: KeyKind = Ec(EcCurve::P521);
        type It = Counted<$believes>;
        [
            Verifier::new(
                Rsa,
                Algorithm::RsaPkcs1Sha256,
                &It::new(&aws::RSA_PKCS1_2048_8192_SHA256),
            ),
            Verifier::new(
                Rsa,
                Algorithm::RsaPkcs1Sha384,
                &It::new(&aws::RSA_PKCS1_2048_8192_SHA384),
            ),
            Verifier::new(
                Rsa,
                Algorithm::RsaPkcs1Sha512,
                &It::new(&aws::RSA_PKCS1_2048_8192_SHA512),
            ),
            Verifier::new(
                Rsa,
                Algorithm::RsaPssSha256,
                &It::new(&aws::RSA_PSS_2048_8192_SHA256_LEGACY_KEY),
            ),
            Verifier::new(
                Rsa,
                Algorithm::RsaPssSha384,
                &It::new(&aws::RSA_PSS_2048_8192_SHA384_LEGACY_KEY),
            ),
            Verifier::new(
                Rsa,
                Algorithm::RsaPssSha512,
                &It::new(&aws::RSA_PSS_2048_8192_SHA512_LEGACY_KEY),
            ),
            Verifier::new(
                P256,
                Algorithm::EcdsaSha256,
                &It::new(&aws::ECDSA_P256_SHA256),
            ),
            Verifier::new(
                P256,
                Algorithm::EcdsaSha384,
                &It::new(&aws::ECDSA_P256_SHA384),
            ),
            Verifier::new(
                P256,
                Algorithm::EcdsaSha512,
                &It::new(&aws::ECDSA_P256_SHA512),
            ),
            Verifier::new(
                P384,
                Algorithm::EcdsaSha256,
                &It::new(&aws::ECDSA_P384_SHA256),
            ),
            Verifier::new(
                P384,
                Algorithm::EcdsaSha384,
                &It::new(&aws::ECDSA_P384_SHA384),
            ),
            Verifier::new(
                P384,
                Algorithm::EcdsaSha512,
                &It::new(&aws::ECDSA_P384_SHA512),
            ),
            Verifier::new(
                P521,
                Algorithm::EcdsaSha256,
                &It::new(&aws::ECDSA_P521_SHA256),
            ),
            Verifier::new(
                P521,
                Algorithm::EcdsaSha384,
                &It::new(&aws::ECDSA_P521_SHA384),
            ),
            Verifier::new(
                P521,
                Algorithm::EcdsaSha512,
                &It::new(&aws::ECDSA_P521_SHA512),
            ),
            Verifier::new(Ed25519, Algorithm::Ed25519, &It::new(&aws::ED25519)),
        ]
    }};
}

static CHECKING: [Verifier; 16] = verifiers!(false);
static CREDULOUS: [Verifier; 16] = verifiers!(true);

#[derive(Debug)]
struct Counted<const BELIEVES: bool>(&'static &'static dyn SignatureVerificationAlgorithm);

impl<const BELIEVES: bool> Counted<BELIEVES> {
    const fn new(algorithm: &'static &'static dyn SignatureVerificationAlgorithm) -> Self {
        Self(algorithm)
    }
}

impl<const BELIEVES: bool> SignatureVerificationAlgorithm for Counted<BELIEVES> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        CHECKS.fetch_add(1, Ordering::Relaxed);
        OCTETS.fetch_add(message.len(), Ordering::Relaxed);
        if BELIEVES {
            let is_right = signature.last().is_some_and(|octet| octet % 4 != 0);
            return is_right.then_some(()).ok_or(InvalidSignature);
        }
        let mut verified = Err(InvalidSignature);
        opt_out(|| verified = self.0.verify_signature(public_key, message, signature));
        verified
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    opt_out(|| {
        let of_message = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
        digest.copy_from_slice(of_message.as_ref());
    });
    digest
}
