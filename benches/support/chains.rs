//! Certificates like those of companies, and the bare checks of their signatures.

use core::time::Duration;

use pki_types::{SignatureVerificationAlgorithm, UnixTime};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, GeneralName, Key, NOW, Name, der,
};

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

/// A client's certificate, to be issued.
pub(crate) fn leaf(key: Key) -> CertificateBuilder {
    CertificateBuilder::leaf(name("client-0001.example.com"), key)
        .push(Extension::subject_alt_name([
            GeneralName::dns("client-0001.example.com"),
            GeneralName::uri("spiffe://example.com/fleet/client-0001"),
        ]))
        .push(Extension::crl_distribution_points(&[
            "http://crl.example.com/issuing.crl",
        ]))
}

/// A name with as many attributes as those of company CAs have.
pub(crate) fn name(common_name: &str) -> Name {
    Name::new()
        .country("JP")
        .state("Tokyo")
        .organization("Example Corporation")
        .organizational_unit("Device Fleet")
        .common_name(common_name)
}

pub(crate) fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}
