//! The algorithms of AWS-LC with a watch: how many signatures are checked, and for how long.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::time::Instant;

use portcullis::SignatureAlgorithm as Signed;
use portcullis::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::{AlgorithmSet, EcCurve, KeyKind, Verifier};
use sha2::{Digest as _, Sha256};
use webpki::aws_lc_rs as algorithms;

/// What was checked, and for how long.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Checks {
    pub(super) count: u64,
    pub(super) time: Duration,
}

impl Checks {
    /// All of this process.
    fn so_far() -> Self {
        Self {
            count: COUNT.load(Ordering::Relaxed),
            time: Duration::from_nanos(NANOSECONDS.load(Ordering::Relaxed)),
        }
    }

    /// Those that are made while `work` is done. Nobody else may use the algorithms meanwhile.
    pub(super) fn during(work: impl FnOnce()) -> Self {
        let before = Self::so_far();
        work();
        let after = Self::so_far();
        Self {
            count: after.count - before.count,
            time: after.time - before.time,
        }
    }
}

/// What [`AWS_LC_RS`](portcullis::signature::AWS_LC_RS) has but for SHA-1 in CRLs, timed.
pub(super) static TIMED: AlgorithmSet =
    AlgorithmSet::new(&VERIFIERS, |message| Sha256::digest(message).into());

/// The same as webpki takes them.
pub(super) static TIMED_FOR_WEBPKI: [&dyn SignatureVerificationAlgorithm; 16] = ALGORITHMS;

const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 16] = [
    &Timed(algorithms::RSA_PKCS1_2048_8192_SHA256),
    &Timed(algorithms::ECDSA_P256_SHA256),
    &Timed(algorithms::ECDSA_P384_SHA384),
    &Timed(algorithms::RSA_PKCS1_2048_8192_SHA384),
    &Timed(algorithms::RSA_PKCS1_2048_8192_SHA512),
    &Timed(algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY),
    &Timed(algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY),
    &Timed(algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY),
    &Timed(algorithms::ECDSA_P256_SHA384),
    &Timed(algorithms::ECDSA_P256_SHA512),
    &Timed(algorithms::ECDSA_P384_SHA256),
    &Timed(algorithms::ECDSA_P384_SHA512),
    &Timed(algorithms::ECDSA_P521_SHA256),
    &Timed(algorithms::ECDSA_P521_SHA384),
    &Timed(algorithms::ECDSA_P521_SHA512),
    &Timed(algorithms::ED25519),
];

static VERIFIERS: [Verifier; 16] = {
    const P256: KeyKind = KeyKind::Ec(EcCurve::P256);
    const P384: KeyKind = KeyKind::Ec(EcCurve::P384);
    const P521: KeyKind = KeyKind::Ec(EcCurve::P521);
    [
        Verifier::new(KeyKind::Rsa, Signed::RsaPkcs1Sha256, ALGORITHMS[0]),
        Verifier::new(P256, Signed::EcdsaSha256, ALGORITHMS[1]),
        Verifier::new(P384, Signed::EcdsaSha384, ALGORITHMS[2]),
        Verifier::new(KeyKind::Rsa, Signed::RsaPkcs1Sha384, ALGORITHMS[3]),
        Verifier::new(KeyKind::Rsa, Signed::RsaPkcs1Sha512, ALGORITHMS[4]),
        Verifier::new(KeyKind::Rsa, Signed::RsaPssSha256, ALGORITHMS[5]),
        Verifier::new(KeyKind::Rsa, Signed::RsaPssSha384, ALGORITHMS[6]),
        Verifier::new(KeyKind::Rsa, Signed::RsaPssSha512, ALGORITHMS[7]),
        Verifier::new(P256, Signed::EcdsaSha384, ALGORITHMS[8]),
        Verifier::new(P256, Signed::EcdsaSha512, ALGORITHMS[9]),
        Verifier::new(P384, Signed::EcdsaSha256, ALGORITHMS[10]),
        Verifier::new(P384, Signed::EcdsaSha512, ALGORITHMS[11]),
        Verifier::new(P521, Signed::EcdsaSha256, ALGORITHMS[12]),
        Verifier::new(P521, Signed::EcdsaSha384, ALGORITHMS[13]),
        Verifier::new(P521, Signed::EcdsaSha512, ALGORITHMS[14]),
        Verifier::new(KeyKind::Ed25519, Signed::Ed25519, ALGORITHMS[15]),
    ]
};

static COUNT: AtomicU64 = AtomicU64::new(0);
static NANOSECONDS: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
struct Timed(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for Timed {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let started = Instant::now();
        let result = self.0.verify_signature(public_key, message, signature);
        let taken = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        NANOSECONDS.fetch_add(taken, Ordering::Relaxed);
        COUNT.fetch_add(1, Ordering::Relaxed);
        result
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}
