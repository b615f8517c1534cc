//! What clients send, against the bundle.

use std::path::PathBuf;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{Certificate, Check, Explanation, Position, TrustStore};
use serde::Serialize;

use super::finding::{Findings, Id, Kind, Place, Source};
use crate::facts::reason;
use crate::input::{self, Password};
use crate::outcome::complain;

/// How a chain fares; as JSON, an item of `chains` of docs/lint.schema.json.
#[derive(Debug, Serialize)]
pub(crate) struct ChainFacts {
    pub(super) file: String,
    pub(super) status: &'static str,
    /// How many certificates the client sends.
    pub(super) presented: usize,
    /// How many more ALB would take; negative where there are too many.
    pub(super) depth_left: i64,
}

/// Judges each chain. The second value tells whether every file could be read.
pub(super) fn check(
    files: &[PathBuf],
    first_number: usize,
    password: Option<&Password>,
    store: &TrustStore<'_>,
    now: UnixTime,
    findings: &mut Findings,
) -> (Vec<ChainFacts>, bool) {
    let mut facts = Vec::new();
    let mut all_read = true;
    for (number, file) in (first_number..).zip(files) {
        match input::chain_with_lines(file, password) {
            Ok(chain) => {
                let source = Source {
                    name: file.display().to_string(),
                    kind: Kind::Chain,
                    number,
                };
                facts.push(judge(source, &chain, store, now, findings));
            }
            Err(error) => {
                complain(error);
                all_read = false;
            }
        }
    }
    (facts, all_read)
}

fn judge(
    source: Source,
    chain: &[(Option<usize>, CertificateDer<'static>)],
    store: &TrustStore<'_>,
    now: UnixTime,
    findings: &mut Findings,
) -> ChainFacts {
    let presented: Vec<_> = chain.iter().map(|(_, der)| der.clone()).collect();
    let explanation = store.explain(&presented, now);
    tell_failure(&source, chain, &explanation, findings);
    for (index, (line, der)) in chain.iter().enumerate().skip(1) {
        let Ok(certificate) = Certificate::parse(der) else {
            continue;
        };
        let subject = certificate.subject().to_string();
        let place = Place {
            source: &source,
            line: *line,
            column: None,
            subject: Some(&subject),
        };
        let in_path = explanation
            .path()
            .any(|step| step.position == Position::Presented(index));
        if certificate.is_self_issued() {
            findings.push(
                Id::NeedlessRoot,
                place,
                format!(
                    "The client sends a root, which nobody trusts for being sent, and which counts \
                     towards the {MAX_DEPTH} certificates that ALB takes."
                ),
                "Have the client leave it out.",
            );
        } else if !explanation.status().is_success() {
            // How far the path goes is part of the failure.
        } else if in_path {
            findings.push(
                Id::SentIntermediate,
                place,
                "The path of the client needs this CA, which is not in the bundle: clients that \
                 don't send it fail.",
                "Nothing if all of them send it; otherwise add it to the bundle.",
            );
        } else {
            findings.push(
                Id::NeedlessCertificate,
                place,
                format!(
                    "The client sends a certificate that its path doesn't need, and that counts \
                     towards the {MAX_DEPTH} that ALB takes."
                ),
                "Have the client leave it out, unless it goes to servers that need it.",
            );
        }
    }
    let count = i64::try_from(chain.len()).unwrap_or(i64::MAX);
    ChainFacts {
        status: explanation.status().as_str(),
        presented: chain.len(),
        depth_left: MAX_DEPTH - count,
        file: source.name,
    }
}

fn tell_failure(
    source: &Source,
    chain: &[(Option<usize>, CertificateDer<'static>)],
    explanation: &Explanation<'_>,
    findings: &mut Findings,
) {
    if explanation.status().is_success() {
        return;
    }
    let subject = explanation
        .failed_certificate()
        .map(|certificate| certificate.subject().to_string());
    let line = match explanation.failed_at() {
        Some(Position::Presented(index)) => chain.get(index).and_then(|(line, _)| *line),
        _ => None,
    };
    let place = Place {
        source,
        line,
        column: None,
        subject: subject.as_deref(),
    };
    let status = explanation.status();
    match explanation.missing_issuer() {
        Some(issuer) if explanation.check() == Some(Check::Issuer) => findings.push(
            Id::MissingIssuer,
            place,
            format!(
                "The issuer, {issuer}, is neither in the bundle nor sent by the client, or only \
                 under another key: {status}."
            ),
            "Add that CA to the bundle, or have the client send it if its own issuer is there.",
        ),
        _ => findings.push(
            Id::ChainRefused,
            place,
            format!(
                "The client would not pass: {status}, {}",
                reason(explanation)
            ),
            "Ask portcullis explain, which shows the path and what would mend it.",
        ),
    }
}

/// How many certificates a client may send (AWS).
const MAX_DEPTH: i64 = 4;
