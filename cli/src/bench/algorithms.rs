//! The algorithms of AWS-LC with a watch: how many signatures are checked, and for how long.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::LazyLock;
use std::time::Instant;

use portcullis::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::{AWS_LC_RS, AlgorithmSet};

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

/// What [`AWS_LC_RS`] has but for SHA-1 in CRLs, timed.
pub(super) static TIMED: LazyLock<AlgorithmSet> = LazyLock::new(|| {
    let verifiers = AWS_LC_RS.verifiers().iter();
    let timed = verifiers.map(|verifier| {
        let timed = Box::leak(Box::new(Timed(verifier.implementation())));
        verifier.with_implementation(timed)
    });
    AlgorithmSet::new(timed.collect::<Vec<_>>().leak(), AWS_LC_RS.sha256())
});

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
