//! The answer of `explain`, put together once for both formats.

use portcullis::{DateTime, Explanation, TrustStore, VerifyStatus};
use serde::Serialize;

use super::remedy::remedy;
use crate::chains::PresentedChain;
use crate::facts::{
    CrlFacts, Currency, Place, Presented, RevocationFacts, Step, presented, reason,
};
use crate::gate::Gate;
use crate::printable::capitalized;

/// What is told about one chain; as JSON, what docs/explain.schema.json describes.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The files, as they were named.
    pub(crate) files: Vec<String>,
    pub(crate) time: String,
    pub(crate) policy: &'static str,
    pub(crate) status: &'static str,
    /// The check that failed: a stable identifier.
    pub(crate) check: Option<&'static str>,
    /// What decided, in a sentence or two.
    pub(crate) explanation: String,
    /// The same without saying where, as the text says that by itself.
    #[serde(skip)]
    pub(crate) reason: String,
    /// What would mend it.
    pub(crate) remedy: Option<String>,
    /// Where the first failure is.
    pub(crate) failed_at: Option<Place>,
    /// The issuer that was looked for and not found.
    pub(crate) missing_issuer: Option<String>,
    /// From the client's certificate up, as far as it was found.
    pub(crate) path: Vec<Step>,
    /// The CA that anchors the path.
    pub(crate) anchor: Option<Place>,
    /// Everything the client sent, in its order.
    pub(crate) presented: Vec<Presented>,
    /// The CRL that decided.
    pub(crate) crl: Option<DecidingCrl>,
    /// Its entry that revokes the certificate.
    pub(crate) revocation: Option<RevocationFacts>,
    /// How many certificates the trust store holds.
    pub(crate) trust_store_size: usize,
    /// How many CRLs it holds.
    pub(crate) crl_count: usize,
    /// Oddities that didn't decide, but that an operator wants to know.
    pub(crate) notes: Vec<String>,
}

/// The CRL that decided.
#[derive(Debug, Serialize)]
pub(crate) struct DecidingCrl {
    pub(crate) file: String,
    #[serde(flatten)]
    pub(crate) facts: CrlFacts,
}

impl Report {
    /// Judges a chain and tells about it.
    pub(crate) fn new(gate: &Gate, chain: &PresentedChain<'_>) -> (Self, VerifyStatus) {
        let explanation = gate.trust.store.explain(&chain.certificates, gate.now);
        let status = explanation.status();
        let path: Vec<Step> = explanation.path().map(Step::from).collect();
        let report = Self {
            files: chain
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect(),
            time: DateTime::from(gate.now).to_string(),
            policy: gate.policy.as_str(),
            status: status.as_str(),
            check: explanation.check().map(|check| check.as_str()),
            explanation: explanation.to_string(),
            remedy: remedy(&gate.trust.store, &chain.certificates, &explanation),
            reason: capitalized(&reason(&explanation)),
            failed_at: explanation.failed_at().map(Place::from),
            missing_issuer: explanation.missing_issuer().map(|name| name.to_string()),
            anchor: explanation.anchor().map(|step| step.position.into()),
            presented: presented(&chain.certificates, &path),
            crl: DecidingCrl::of(gate, &explanation),
            revocation: explanation.revocation().map(RevocationFacts::from),
            trust_store_size: gate.trust.store.cas().len(),
            crl_count: gate.trust.store.crls().len(),
            notes: notes(gate),
            path,
        };
        (report, status)
    }
}

impl DecidingCrl {
    fn of(gate: &Gate, explanation: &Explanation<'_>) -> Option<Self> {
        let crl = explanation.crl()?;
        let mut files = gate.trust.store.crls().zip(&gate.trust.crl_files);
        let (_, file) = files.find(|(known, _)| core::ptr::eq(*known, crl))?;
        let mut facts = CrlFacts::from(crl);
        // The store knows of faults that the list itself doesn't tell.
        facts.fault = explanation.crl_fault().map(|fault| fault.to_string());
        Some(Self {
            file: file.display().to_string(),
            facts,
        })
    }
}

fn notes(gate: &Gate) -> Vec<String> {
    let mut notes = lone_anchors(&gate.trust.store);
    let now = DateTime::from(gate.now).unix_seconds();
    let crls = gate.trust.store.crls().zip(&gate.trust.crl_files);
    notes.extend(crls.filter_map(|(crl, file)| {
        let state = match (Currency::of(crl, now), crl.next_update()) {
            (Currency::Expired, Some(next)) => format!("expired at {next}"),
            (Currency::NotYetValid, _) => format!("is not valid before {}", crl.this_update()),
            _ => return None,
        };
        Some(format!("{} {state}, which {OVERLOOKED}", file.display()))
    }));
    notes
}

/// Anchors that are no CAs.
fn lone_anchors(store: &TrustStore<'_>) -> Vec<String> {
    store
        .cas()
        .enumerate()
        .filter(|(_, certificate)| !certificate.is_ca())
        .map(|(index, certificate)| {
            format!(
                "certificate {} of the trust store, {}, is no CA: it anchors only itself, and ALB \
                 takes no such bundle",
                index + 1,
                certificate.subject()
            )
        })
        .collect()
}

const OVERLOOKED: &str = "ALB overlooks, and --expired-crl enforce does not";
