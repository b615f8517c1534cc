//! Ed25519, by the `ed25519-dalek` crate.

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// Verifies Ed25519 signatures without an allocator, by the `ed25519-dalek` crate.
///
/// As by AWS-LC, the equation is the one without cofactor, `S` must be reduced, and a key has one
/// encoding (RFC 8032 5.1.3 and 5.1.7); its order may be small.
#[derive(Clone, Copy, Debug)]
pub struct Ed25519Verification;

impl SignatureVerificationAlgorithm for Ed25519Verification {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        verify(public_key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }
}

fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = key.try_into().ok()?;
    if !is_canonical(key) {
        return None;
    }
    let key = VerifyingKey::from_bytes(key).ok()?;
    let signature = Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// Whether `y` is less than `p`, 2 to the 255th less 19, and `x` not the negative of zero, which it is
/// where `y` is 1 or -1. The crate takes all of these.
fn is_canonical(key: &[u8; 32]) -> bool {
    let &[first, ref between @ .., last] = key;
    let is_negative = last & 0x80 != 0;
    match (last & 0x7f, first) {
        (0x7f, _) if between.iter().all(|octet| *octet == 0xff) => {
            first < 0xec || (first == 0xec && !is_negative)
        }
        (0x00, 0x01) if between.iter().all(|octet| *octet == 0x00) => !is_negative,
        _ => true,
    }
}
