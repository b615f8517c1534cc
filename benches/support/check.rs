//! The bare checks of signatures.

use pki_types::SignatureVerificationAlgorithm;
use portcullis_fixtures::{Certificate, Key, der};

/// One signature, taken out of its certificate beforehand.
pub(crate) struct SignatureCheck {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    key: &'static [u8],
    body: Vec<u8>,
    signature: Vec<u8>,
}

impl SignatureCheck {
    pub(crate) fn new(
        algorithm: &'static dyn SignatureVerificationAlgorithm,
        certificate: &Certificate,
        issuer: Key,
    ) -> Self {
        let (_, content, _) = der::read(certificate.der());
        let (_, _, after_body) = der::read(content);
        let (_, _, after_algorithm) = der::read(after_body);
        let (_, bits, _) = der::read(after_algorithm);
        Self {
            algorithm,
            key: issuer.public_key(),
            body: content[..content.len() - after_body.len()].to_vec(),
            signature: bits[1..].to_vec(),
        }
    }

    pub(crate) fn passes(&self) -> bool {
        let (key, body, signature) = (self.key, &self.body, &self.signature);
        let verified = self.algorithm.verify_signature(key, body, signature);
        verified.is_ok()
    }
}
