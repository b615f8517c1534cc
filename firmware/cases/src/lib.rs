//! The chains that the images verify, and an algorithm set that says yes to every signature.
//!
//! The algorithms do nothing, so that what is left is the engine. That makes a `Success` of these images
//! worthless as a verdict: they are for measuring.

#![forbid(unsafe_code)]
#![no_std]

use core::time::Duration;

use portcullis::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    UnixTime, alg_id,
};
use portcullis::signature::{EcCurve, KeyKind, Verifier};
use portcullis::{AlgorithmSet, Policy, SignatureAlgorithm, TrustStore};

/// A chain, and what the engine must say of it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Which case it is, in a few words.
    pub name: &'static str,
    /// Whose way of verifying is meant.
    pub rules: Rules,
    /// The certificates as presented, leaf first.
    pub chain: &'static [CertificateDer<'static>],
    /// When it is.
    pub now: UnixTime,
    /// The status that has to come out.
    pub expected: &'static str,
}

/// Which of the two stores is asked.
#[derive(Clone, Copy, Debug)]
pub enum Rules {
    /// The one under `Policy::ALB`.
    Alb,
    /// The one under `Policy::RFC5280`.
    Rfc5280,
}

impl Rules {
    /// Whose rules they are, in one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alb => "ALB",
            Self::Rfc5280 => "RFC5280",
        }
    }
}

/// A store for up to four CAs, and none of the room that CRLs would need.
pub type Store = TrustStore<'static, 4, 0>;

/// A store without a CA in it yet.
pub const fn store(rules: Rules) -> Store {
    let policy = match rules {
        Rules::Alb => Policy::ALB,
        Rules::Rfc5280 => Policy::RFC5280,
    };
    Store::new(policy, ALGORITHMS)
}

/// P-256 with SHA-256 by name, nothing in fact.
pub const ALGORITHMS: AlgorithmSet = AlgorithmSet::new(&VERIFIERS, |_| [0; 32]);

/// What the images run.
pub static CASES: [Case; 9] = [
    case("four certificates", Rules::Alb, &FULL, VALID, "Success"),
    case("four certificates", Rules::Rfc5280, &FULL, VALID, "Success"),
    case("RSA leaf", Rules::Alb, &RSA, VALID, "Success"),
    case("any order", Rules::Alb, &SHUFFLED, VALID, "Success"),
    case("any order", Rules::Rfc5280, &SHUFFLED, VALID, "Success"),
    case("no issuer", Rules::Alb, &ALONE, VALID, UNTRUSTED),
    case("no issuer", Rules::Rfc5280, &ALONE, VALID, UNTRUSTED),
    case(
        "long after",
        Rules::Alb,
        &FULL,
        LATE,
        "Failed:ClientCertExpired",
    ),
    case(
        "five certificates",
        Rules::Alb,
        &FIVE,
        VALID,
        "Failed:ClientCertMaxChainDepthExceeded",
    ),
];

/// The CA that the stores hold.
pub const ROOT: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/root.der"));

static FULL: [CertificateDer<'static>; 4] = [DEVICE, ISSUING, REGION, POLICY];
static RSA: [CertificateDer<'static>; 4] = [DEVICE_RSA, ISSUING, REGION, POLICY];
static SHUFFLED: [CertificateDer<'static>; 4] = [DEVICE, POLICY, REGION, ISSUING];
static ALONE: [CertificateDer<'static>; 1] = [DEVICE];
static FIVE: [CertificateDer<'static>; 5] = [DEVICE, ISSUING, REGION, POLICY, ROOT];

const DEVICE: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/device.der"));
const DEVICE_RSA: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/device-rsa.der"));
const ISSUING: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/issuing.der"));
const REGION: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/region.der"));
const POLICY: CertificateDer<'static> =
    CertificateDer::from_slice(include_bytes!("../../data/policy.der"));

static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &Agreeable,
)];

const UNTRUSTED: &str = "Failed:ClientCertUntrusted";

/// 2030-01-01T00:00:00Z
const VALID: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
/// 2100-01-01T00:00:00Z
const LATE: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(4_102_444_800));

const fn case(
    name: &'static str,
    rules: Rules,
    chain: &'static [CertificateDer<'static>],
    now: UnixTime,
    expected: &'static str,
) -> Case {
    Case {
        name,
        rules,
        chain,
        now,
        expected,
    }
}

/// Takes any signature for a good one.
#[derive(Debug)]
struct Agreeable;

impl SignatureVerificationAlgorithm for Agreeable {
    fn verify_signature(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
