//! The quotas of a trust store, as AWS documents them, and how much of them is used.

use portcullis::Certificate;
use serde::Serialize;

use super::finding::{Findings, Id, Place, Source};
use super::form::Bundle;

/// A quota; as JSON, an item of `quotas` of docs/lint.schema.json.
#[derive(Debug, Serialize)]
pub(crate) struct Quota {
    pub(super) name: &'static str,
    pub(super) used: usize,
    pub(super) limit: usize,
    /// Negative where more is used than there is.
    pub(super) left: i64,
}

impl Quota {
    fn new(name: &'static str, used: usize, limit: usize) -> Self {
        let number = |size| i64::try_from(size).unwrap_or(i64::MAX);
        Self {
            name,
            used,
            limit,
            left: number(limit) - number(used),
        }
    }

    const fn is_exceeded(&self) -> bool {
        self.left < 0
    }
}

/// What the CRLs use.
#[derive(Debug, Default)]
pub(super) struct CrlUse {
    pub(super) files: usize,
    /// Of the largest file, in octets.
    pub(super) largest: usize,
    pub(super) entries: usize,
}

/// Counts everything, and tells what is too much.
pub(super) fn check(
    source: &Source,
    bundle: &Bundle,
    crls: &CrlUse,
    findings: &mut Findings,
) -> Vec<Quota> {
    let certificates = &bundle.certificates;
    let sizes = certificates.iter().map(|held| held.der.len());
    for held in certificates {
        if held.der.len() > MAX_CERTIFICATE_SIZE {
            let subject = Certificate::parse(&held.der).ok();
            let subject = subject.map(|certificate| certificate.subject().to_string());
            findings.push(
                Id::CertificateTooLarge,
                Place {
                    source,
                    line: held.line,
                    column: None,
                    subject: subject.as_deref(),
                },
                format!(
                    "The certificate has {} octets, and ALB takes {MAX_CERTIFICATE_SIZE}.",
                    held.der.len()
                ),
                "Have the CA's certificate issued anew with less in it.",
            );
        }
    }
    let subjects = certificates
        .iter()
        .filter_map(|held| Certificate::parse(&held.der).ok())
        .map(|certificate| certificate.subject().as_der().len())
        .sum();
    let file = Place::file(source);
    let count = Quota::new("ca_certificates", certificates.len(), MAX_CERTIFICATES);
    if count.is_exceeded() {
        findings.push(
            Id::TooManyCertificates,
            file,
            format!(
                "The bundle holds {} certificates, and a trust store takes {MAX_CERTIFICATES}.",
                count.used
            ),
            "Leave out duplicates and the intermediates that all clients send.",
        );
    }
    let subjects = Quota::new("ca_subject_bytes", subjects, MAX_SUBJECTS_SIZE);
    if subjects.is_exceeded() {
        findings.push(
            Id::SubjectsTooLong,
            file,
            format!(
                "The subjects have {} octets together, and a trust store takes \
                 {MAX_SUBJECTS_SIZE}.",
                subjects.used
            ),
            "Leave out CAs that are not needed, or split them between trust stores.",
        );
    }
    let lists = Quota::new("crls", crls.files, MAX_CRLS);
    if lists.is_exceeded() {
        findings.push(
            Id::TooManyCrls,
            file,
            format!(
                "There are {} CRLs, and a trust store takes {MAX_CRLS}.",
                lists.used
            ),
            "Leave out CRLs of CAs that issue no clients' certificates.",
        );
    }
    let entries = Quota::new("crl_entries", crls.entries, MAX_CRL_ENTRIES);
    if entries.is_exceeded() {
        findings.push(
            Id::TooManyCrlEntries,
            file,
            format!(
                "The CRLs have {} entries together, and a trust store takes {MAX_CRL_ENTRIES}.",
                entries.used
            ),
            "Have the CA leave expired certificates out of its list, or split the CAs between \
             trust stores.",
        );
    }
    vec![
        count,
        Quota::new(
            "largest_ca_certificate_bytes",
            sizes.max().unwrap_or(0),
            MAX_CERTIFICATE_SIZE,
        ),
        subjects,
        lists,
        Quota::new("largest_crl_bytes", crls.largest, MAX_CRL_SIZE),
        entries,
    ]
}

/// Of a trust store.
const MAX_CERTIFICATES: usize = 25;

/// AWS says 16 KB; taken for octets of DER.
const MAX_CERTIFICATE_SIZE: usize = 16 * 1024;

/// Taken for octets of DER.
const MAX_SUBJECTS_SIZE: usize = 10_000;

/// Of a trust store.
const MAX_CRLS: usize = 30;

/// AWS says 50 MB; taken for octets of the file.
pub(super) const MAX_CRL_SIZE: usize = 50 * 1024 * 1024;

/// Of all the lists of a trust store.
const MAX_CRL_ENTRIES: usize = 500_000;
