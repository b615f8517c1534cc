//! A certificate, taken apart.

use portcullis::{Certificate, KeyUsage};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A certificate, taken apart; as JSON, `certificate` of the schemas in cli/docs/.
#[derive(Debug, Serialize)]
pub struct CertificateFacts {
    /// Whose it is; names are as ALB writes them.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Its serial number in upper hex, as ALB writes it.
    pub serial: String,
    /// Since when it is valid, as RFC 3339 writes times.
    pub not_before: String,
    /// Until when it is valid.
    pub not_after: String,
    /// 1, 2 or 3.
    pub version: u8,
    /// What kind of key it holds.
    pub key: String,
    /// Absent when it is none the library knows.
    pub signature_algorithm: Option<String>,
    /// Absent when the extension is, and so on below.
    pub basic_constraints: Option<BasicConstraintsFacts>,
    /// The names that RFC 5280 gives the bits that are set.
    pub key_usage: Option<Vec<&'static str>>,
    /// Dotted object identifiers.
    pub extended_key_usage: Option<Vec<String>>,
    /// By kind; other kinds, and names that are not ASCII, are left out.
    pub subject_alternative_names: NameFacts,
    /// URIs.
    pub crl_distribution_points: Vec<String>,
    /// Lower hex.
    pub subject_key_identifier: Option<String>,
    /// Lower hex.
    pub authority_key_identifier: Option<String>,
    /// Whether a known extension is malformed or there twice.
    pub malformed_extension: bool,
    /// Whether an unknown extension is critical.
    pub unknown_critical_extension: bool,
    /// Of the whole certificate, in lower hex.
    pub sha256: String,
    /// Of the SubjectPublicKeyInfo, as pins are made of.
    pub spki_sha256: String,
}

/// The basic constraints extension.
#[derive(Debug, Serialize)]
pub struct BasicConstraintsFacts {
    /// The CA flag.
    pub ca: bool,
    /// How many CAs may be below.
    pub path_length: Option<u32>,
}

/// The subject alternative names, by kind.
#[derive(Debug, Serialize)]
pub struct NameFacts {
    /// Host names.
    pub dns: Vec<String>,
    /// Mail addresses.
    pub email: Vec<String>,
    /// URIs.
    pub uri: Vec<String>,
    /// Addresses.
    pub ip: Vec<String>,
}

impl From<Certificate<'_>> for CertificateFacts {
    fn from(certificate: Certificate<'_>) -> Self {
        let validity = certificate.validity();
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial().to_string(),
            not_before: validity.not_before().to_string(),
            not_after: validity.not_after().to_string(),
            version: certificate.version(),
            key: certificate.key_type().to_string(),
            signature_algorithm: certificate
                .signature_algorithm()
                .map(|algorithm| algorithm.to_string()),
            basic_constraints: certificate.basic_constraints().map(|constraints| {
                BasicConstraintsFacts {
                    ca: constraints.ca,
                    path_length: constraints.path_len,
                }
            }),
            key_usage: certificate.key_usage().map(key_usages),
            extended_key_usage: certificate.extended_key_usages().map(strings),
            subject_alternative_names: NameFacts {
                dns: strings(certificate.dns_names()),
                email: strings(certificate.email_addresses()),
                uri: strings(certificate.uris()),
                ip: strings(certificate.ip_addresses()),
            },
            crl_distribution_points: strings(certificate.crl_distribution_points()),
            subject_key_identifier: certificate.subject_key_identifier().map(hex),
            authority_key_identifier: certificate.authority_key_identifier().map(hex),
            malformed_extension: certificate.has_malformed_extension(),
            unknown_critical_extension: certificate.has_unknown_critical_extension(),
            sha256: hex(&Sha256::digest(certificate.der())),
            spki_sha256: hex(&Sha256::digest(certificate.spki_der())),
        }
    }
}

fn strings(items: impl Iterator<Item = impl ToString>) -> Vec<String> {
    items.map(|item| item.to_string()).collect()
}

/// Lower case without colons: fit for a search, and what the library's `Fingerprint` writes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names that RFC 5280 4.2.1.3 gives the bits.
fn key_usages(usage: KeyUsage) -> Vec<&'static str> {
    [
        ("digitalSignature", usage.digital_signature()),
        ("nonRepudiation", usage.non_repudiation()),
        ("keyEncipherment", usage.key_encipherment()),
        ("dataEncipherment", usage.data_encipherment()),
        ("keyAgreement", usage.key_agreement()),
        ("keyCertSign", usage.key_cert_sign()),
        ("cRLSign", usage.crl_sign()),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect()
}
