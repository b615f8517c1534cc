//! webpki, asked about the one path that was found, without paying for signatures twice.

use core::time::Duration;

use heapless::Vec;
use pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, UnixTime,
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::path::LEAF;
use crate::verify::Engine;

/// Whether webpki accepts the path. It is given the path alone, so its search is linear, and an
/// algorithm set that knows just the signatures that were verified.
///
/// webpki refuses what it does not know: a leaf that is itself in the store, a CA as a leaf,
/// constraints on directory names, critical policies. Without a time it is not asked, and no means
/// no.
#[inline(never)]
pub(crate) fn agrees(engine: &Engine<'_, '_>) -> bool {
    opinion(engine).is_some()
}

fn opinion(engine: &Engine<'_, '_>) -> Option<()> {
    let mut verified = Vec::<VerifiedSignature<'_>, MAX_PATH>::new();
    let mut intermediates = Vec::<CertificateDer<'_>, MAX_PATH>::new();
    for pair in engine.path.steps().windows(2) {
        let [certificate, issuer] = pair else {
            continue;
        };
        let certificate = engine.view(certificate.node);
        let issuer = engine.view(issuer.node);
        let key_type = issuer.facts.key_type;
        let algorithm = certificate.facts.signature_algorithm?;
        let signature = VerifiedSignature {
            algorithm: engine
                .rules
                .algorithms
                .find(key_type, algorithm)?
                .implementation,
            key: issuer.key(),
            message: certificate.body(),
            signature: certificate.signature(),
        };
        verified.push(signature).ok()?;
    }
    for step in engine.path.below_anchor().iter().skip(1) {
        intermediates
            .push(CertificateDer::from(engine.view(step.node).der))
            .ok()?;
    }
    let anchor = engine.path.top()?;
    if !anchor.is_of_store() {
        return None;
    }
    let anchor = CertificateDer::from(engine.view(anchor).der);
    let anchor = anchor_from_trusted_cert(&anchor).ok()?;
    let answers = verified
        .iter()
        .map(|of| OnlyVerified { of, all: &verified });
    let answers: Vec<OnlyVerified<'_>, MAX_PATH> = answers.collect();
    let algorithms = answers
        .iter()
        .map(|answer| answer as &dyn SignatureVerificationAlgorithm);
    let algorithms: Vec<&dyn SignatureVerificationAlgorithm, MAX_PATH> = algorithms.collect();
    let leaf = CertificateDer::from(engine.view(LEAF).der);
    let leaf = EndEntityCert::try_from(&leaf).ok()?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(
        u64::try_from(engine.now?.unix_seconds()).ok()?,
    ));
    let usage = KeyUsage::client_auth();
    leaf.verify_for_usage(
        &algorithms,
        &[anchor],
        &intermediates,
        now,
        usage,
        None,
        None,
    )
    .ok()?;
    Some(())
}

/// A signature that the engine has verified.
#[derive(Debug)]
struct VerifiedSignature<'v> {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    key: &'v [u8],
    message: &'v [u8],
    signature: &'v [u8],
}

/// Stands for the algorithm of one verified signature, and says yes to any of that algorithm that
/// was verified and to nothing else.
#[derive(Debug)]
struct OnlyVerified<'v> {
    of: &'v VerifiedSignature<'v>,
    all: &'v [VerifiedSignature<'v>],
}

impl SignatureVerificationAlgorithm for OnlyVerified<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let was_verified = self.all.iter().any(|known| {
            known.algorithm.signature_alg_id() == self.signature_alg_id()
                && known.algorithm.public_key_alg_id() == self.public_key_alg_id()
                && known.key == public_key
                && known.message == message
                && known.signature == signature
        });
        if was_verified {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.of.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.of.algorithm.signature_alg_id()
    }
}

/// webpki takes six intermediates; a longer path it would refuse.
const MAX_PATH: usize = 8;
