//! Certificates like those of companies.

use portcullis_fixtures::{CertificateBuilder, Extension, GeneralName, Key, Name};

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
