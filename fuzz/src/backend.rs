//! Signature algorithms that count what they are asked.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::LazyLock;

use allocation_counter::opt_out;
use portcullis::AlgorithmSet;
use portcullis::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::AWS_LC_RS;

/// AWS-LC's.
pub(crate) static REAL: LazyLock<AlgorithmSet> = LazyLock::new(|| counted(false));

/// Take three signatures in four for right, whatever is signed: changed certificates get on.
pub(crate) static BELIEVING: LazyLock<AlgorithmSet> = LazyLock::new(|| counted(true));

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

/// Each verifier of AWS-LC, counted.
fn counted(believes: bool) -> AlgorithmSet {
    let verifiers = AWS_LC_RS.verifiers().iter();
    let counted = verifiers.map(|verifier| {
        let implementation = verifier.implementation();
        verifier.with_implementation(Box::leak(Box::new(Counted {
            implementation,
            believes,
        })))
    });
    AlgorithmSet::new(counted.collect::<Vec<_>>().leak(), sha256)
}

#[derive(Debug)]
struct Counted {
    implementation: &'static dyn SignatureVerificationAlgorithm,
    believes: bool,
}

impl SignatureVerificationAlgorithm for Counted {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        CHECKS.fetch_add(1, Ordering::Relaxed);
        OCTETS.fetch_add(message.len(), Ordering::Relaxed);
        if self.believes {
            let is_right = signature.last().is_some_and(|octet| octet % 4 != 0);
            return is_right.then_some(()).ok_or(InvalidSignature);
        }
        let mut verified = Err(InvalidSignature);
        opt_out(|| {
            verified = self
                .implementation
                .verify_signature(public_key, message, signature);
        });
        verified
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.implementation.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.implementation.signature_alg_id()
    }
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    opt_out(|| digest = AWS_LC_RS.sha256()(message));
    digest
}
