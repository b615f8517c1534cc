//! Signature checks that somebody is told of.

use core::fmt;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

/// Verifies as another implementation does, and calls a function before and after each check.
///
/// It is for devices with a watchdog, where a chain can take longer than the watchdog waits. A device
/// without one links nothing of it.
///
/// ```
/// use portcullis::AlgorithmSet;
/// use portcullis::signature::{ObservedVerification, SignatureAlgorithm, Verifier};
/// # use portcullis::signature::{EcCurve, KeyKind};
/// # mod board {
/// #     pub mod watchdog { pub fn feed() {} }
/// #     pub const P256_SHA256: &dyn portcullis::pki_types::SignatureVerificationAlgorithm =
/// #         webpki::aws_lc_rs::ECDSA_P256_SHA256;
/// #     pub fn sha256(_: &[u8]) -> [u8; 32] { [0; 32] }
/// # }
///
/// fn feed_watchdog() {
///     board::watchdog::feed();
/// }
///
/// static P256: ObservedVerification = ObservedVerification::new(board::P256_SHA256, feed_watchdog);
/// static VERIFIERS: [Verifier; 1] = [Verifier::new(
///     KeyKind::Ec(EcCurve::P256),
///     SignatureAlgorithm::EcdsaSha256,
///     &P256,
/// )];
/// static ALGORITHMS: AlgorithmSet = AlgorithmSet::new(&VERIFIERS, board::sha256);
/// # let _ = ALGORITHMS;
/// ```
///
/// # How long nobody is called
///
/// At worst for one check, which includes hashing what is signed: a certificate, or a whole CRL where one
/// is checked. Between checks lies what verifying costs without signatures, which the message size and the
/// depth that the [`Policy`](crate::Policy) allows keep in bounds. Nobody is called while a CRL is read and
/// its index checked, nor for a signature that a [`SignatureMemo`](super::SignatureMemo) remembers.
///
/// A watchdog that is shorter than a single check must be fed by an interrupt, or paused.
#[derive(Clone, Copy)]
pub struct ObservedVerification {
    implementation: &'static dyn SignatureVerificationAlgorithm,
    observer: fn(),
}

impl ObservedVerification {
    /// Calls `observer` whenever `implementation` is about to verify and when it has.
    #[must_use]
    pub const fn new(
        implementation: &'static dyn SignatureVerificationAlgorithm,
        observer: fn(),
    ) -> Self {
        Self {
            implementation,
            observer,
        }
    }
}

impl SignatureVerificationAlgorithm for ObservedVerification {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (self.observer)();
        let result = self
            .implementation
            .verify_signature(public_key, message, signature);
        (self.observer)();
        result
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.implementation.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.implementation.signature_alg_id()
    }

    fn fips(&self) -> bool {
        self.implementation.fips()
    }
}

/// Without what it is made of, which would bring formatting into an image that formats nothing.
impl fmt::Debug for ObservedVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ObservedVerification")
    }
}
