//! An algorithm set that counts what it checks, and what others are made of.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_lc_rs::digest;
use portcullis::SignatureAlgorithm;
use portcullis::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::{AlgorithmSet, EcCurve, KeyKind, Verifier};
use portcullis_fixtures::der;
use webpki::aws_lc_rs::ECDSA_P256_SHA256;

/// ECDSA that counts.
pub(crate) static COUNTING: AlgorithmSet = AlgorithmSet::new(&HONEST, sha256);

static HONEST: [Verifier; 1] = [verifier(&Counting { is_honest: true })];

/// For the one kind of signature that is counted.
pub(crate) const fn verifier(
    implementation: &'static dyn SignatureVerificationAlgorithm,
) -> Verifier {
    Verifier::new(
        KeyKind::Ec(EcCurve::P256),
        SignatureAlgorithm::EcdsaSha256,
        implementation,
    )
}

/// How often the signature of a certificate or list was checked, by anybody.
pub(crate) fn times_checked(der: &[u8]) -> usize {
    let (_, content, _) = der::read(der);
    let (_, _, rest) = der::read(content);
    let body = &content[..content.len() - rest.len()];
    let checked = CHECKED.lock().expect("nothing panics while it is locked");
    let checked = checked.as_ref();
    checked
        .and_then(|checked| checked.get(&sha256(body)).copied())
        .unwrap_or(0)
}

static CHECKED: Mutex<Option<HashMap<[u8; 32], usize>>> = Mutex::new(None);

/// Counts, and checks if it is honest; otherwise it takes any signature for right.
#[derive(Debug)]
pub(crate) struct Counting {
    pub(crate) is_honest: bool,
}

impl SignatureVerificationAlgorithm for Counting {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let mut checked = CHECKED.lock().expect("nothing panics while it is locked");
        let times = checked.get_or_insert_default().entry(sha256(message));
        *times.or_default() += 1;
        drop(checked);
        if self.is_honest {
            return ECDSA_P256_SHA256.verify_signature(public_key, message, signature);
        }
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        ECDSA_P256_SHA256.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        ECDSA_P256_SHA256.signature_alg_id()
    }
}

pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, message);
    digest.as_ref().try_into().expect("SHA-256 has 32 octets")
}
