//! The answer of `inspect`, put together once for both formats.

use std::path::Path;

use portcullis::Certificate;
use portcullis::pki_types::CertificateDer;
use serde::Serialize;

use super::crl::{CrlEntry, CrlView};
use super::fitness::Fitness;
use crate::facts::CertificateFacts;
use crate::input::Contents;
use crate::outcome::Outcome;

/// What is told about one file; as JSON, an item of what docs/inspect.schema.json describes.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) file: String,
    pub(crate) format: &'static str,
    pub(crate) certificates: Vec<Entry>,
    pub(crate) crls: Vec<CrlEntry>,
    /// How many private keys a PKCS#12 file holds.
    pub(crate) private_keys: usize,
}

/// A certificate of the file.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// Whether a private key in the file belongs to it.
    pub(crate) has_private_key: bool,
    /// Absent when the certificate can't be read.
    pub(crate) certificate: Option<CertificateFacts>,
    /// Why it can't be read.
    pub(crate) error: Option<String>,
    /// What ALB would take it for.
    pub(crate) fitness: Fitness,
}

impl Report {
    /// Tells about a file.
    pub(crate) fn new(name: &Path, contents: &Contents, crl_view: &CrlView) -> Self {
        Self {
            file: name.display().to_string(),
            format: contents.format.as_str(),
            certificates: contents
                .certificates
                .iter()
                .enumerate()
                .map(|(index, der)| Entry::new(der, contents.with_key.contains(&index)))
                .collect(),
            crls: contents
                .crls
                .iter()
                .map(|der| CrlEntry::new(der, crl_view))
                .collect(),
            private_keys: contents.private_keys,
        }
    }

    /// Whether all of it could be read.
    pub(crate) fn outcome(&self) -> Outcome {
        let certificates = self.certificates.iter().map(|entry| &entry.error);
        let crls = self.crls.iter().map(|entry| &entry.error);
        if certificates.chain(crls).all(Option::is_none) {
            Outcome::Good
        } else {
            Outcome::Failed
        }
    }
}

impl Entry {
    fn new(der: &CertificateDer<'_>, has_private_key: bool) -> Self {
        let parsed = Certificate::parse(der);
        Self {
            has_private_key,
            error: parsed.as_ref().err().map(ToString::to_string),
            certificate: parsed.ok().map(CertificateFacts::from),
            fitness: Fitness::of(der),
        }
    }
}
