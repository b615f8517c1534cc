//! What is told about a certificate or a CRL, as strings: the same for a person and in JSON.

mod crl;

use portcullis::{Certificate, Explanation, KeyUsage};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub(crate) use self::crl::{CrlFacts, Currency, RevocationFacts};

/// A certificate, taken apart; as JSON, `certificate` of the schemas in docs/.
#[derive(Debug, Serialize)]
pub(crate) struct CertificateFacts {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) version: u8,
    pub(crate) key: String,
    /// Absent when it is none the library knows.
    pub(crate) signature_algorithm: Option<String>,
    /// Absent when the extension is, and so on below.
    pub(crate) basic_constraints: Option<BasicConstraintsFacts>,
    pub(crate) key_usage: Option<Vec<&'static str>>,
    /// Dotted object identifiers.
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) subject_alternative_names: NameFacts,
    pub(crate) crl_distribution_points: Vec<String>,
    pub(crate) subject_key_identifier: Option<String>,
    pub(crate) authority_key_identifier: Option<String>,
    pub(crate) malformed_extension: bool,
    pub(crate) unknown_critical_extension: bool,
    pub(crate) sha256: String,
    pub(crate) spki_sha256: String,
}

/// The basic constraints extension.
#[derive(Debug, Serialize)]
pub(crate) struct BasicConstraintsFacts {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u32>,
}

/// The subject alternative names, by kind.
#[derive(Debug, Serialize)]
pub(crate) struct NameFacts {
    pub(crate) dns: Vec<String>,
    pub(crate) email: Vec<String>,
    pub(crate) uri: Vec<String>,
    pub(crate) ip: Vec<String>,
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

/// What decided, without the certificate that the library's words begin with: it counts from 0,
/// and people are told of it otherwise.
pub(crate) fn reason(explanation: &Explanation<'_>) -> String {
    if explanation.status().is_success() {
        return match explanation.path().last() {
            Some(anchor) if explanation.path().nth(1).is_some() => {
                format!(
                    "the path leads to {}, which is in the trust store.",
                    anchor.certificate.subject()
                )
            }
            _ => "the client's certificate is itself in the trust store.".to_owned(),
        };
    }
    let text = explanation.to_string();
    let place = explanation
        .failed_at()
        .map(|position| match explanation.failed_certificate() {
            Some(certificate) => format!("{position} ({}): ", certificate.subject()),
            None => format!("{position}: "),
        });
    let reason = place.as_deref().and_then(|place| text.strip_prefix(place));
    reason.map(str::to_owned).unwrap_or(text)
}

fn strings(items: impl Iterator<Item = impl ToString>) -> Vec<String> {
    items.map(|item| item.to_string()).collect()
}

/// Lower case without colons: fit for a search, and what the library's `Fingerprint` writes.
pub(crate) fn hex(bytes: &[u8]) -> String {
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
