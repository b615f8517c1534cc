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

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    /// `p` is 0x7fff...ffed; the octets come in the other order.
    #[test]
    fn a_key_has_one_encoding() {
        let key = |first, between, last| {
            let mut key = [between; 32];
            key[0] = first;
            key[31] = last;
            is_canonical(&key)
        };
        // Less than p, which is neither 1 nor -1.
        assert!(key(0xeb, 0xff, 0x7f));
        assert!(key(0xeb, 0xff, 0xff));
        assert!(key(0xed, 0xfe, 0x7f));
        assert!(key(0xed, 0xff, 0x7e));
        // p and more.
        assert!(!key(0xed, 0xff, 0x7f));
        assert!(!key(0xff, 0xff, 0x7f));
        assert!(!key(0xed, 0xff, 0xff));
        // 1 and -1, where x is zero.
        assert!(key(0x01, 0x00, 0x00));
        assert!(!key(0x01, 0x00, 0x80));
        assert!(key(0xec, 0xff, 0x7f));
        assert!(!key(0xec, 0xff, 0xff));
        // Not 1.
        assert!(key(0x00, 0x00, 0x80));
        assert!(key(0x01, 0x01, 0x80));
        assert!(key(0x01, 0x00, 0x81));
    }

    /// With the neutral point as the key, itself and zero sign everything.
    #[test]
    fn a_second_encoding_of_a_key_verifies_nothing() {
        let mut signature = [0; 64];
        signature[0] = 1;
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut p_and_one = [0xff; 32];
        p_and_one[0] = 0xee;
        p_and_one[31] = 0x7f;
        let verifies = |key: &[u8]| {
            let result = Ed25519Verification.verify_signature(key, b"portcullis", &signature);
            result.is_ok()
        };
        assert!(verifies(&neutral));
        assert!(!verifies(&p_and_one));
        neutral[31] = 0x80;
        assert!(!verifies(&neutral));
    }

    #[test]
    fn a_signature_has_64_octets_and_a_key_32() {
        let key = portcullis_fixtures::Key::ed25519(0);
        let scheme = portcullis_fixtures::SignatureScheme::Ed25519;
        let signature = key.sign(scheme, b"portcullis");
        let verifies = |key: &[u8], message: &[u8], signature: &[u8]| {
            let result = Ed25519Verification.verify_signature(key, message, signature);
            result.is_ok()
        };
        let key = key.public_key();
        assert!(verifies(key, b"portcullis", &signature));
        assert!(!verifies(key, b"Portcullis", &signature));
        assert!(!verifies(key, b"portcullis", &signature[..63]));
        assert!(!verifies(key, b"portcullis", &[&*signature, &[0]].concat()));
        assert!(!verifies(&key[..31], b"portcullis", &signature));
        assert!(!verifies(&[key, &[0]].concat(), b"portcullis", &signature));
        assert_eq!(Ed25519Verification.public_key_alg_id(), alg_id::ED25519);
        assert_eq!(Ed25519Verification.signature_alg_id(), alg_id::ED25519);
    }
}
