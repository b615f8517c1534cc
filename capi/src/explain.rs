//! How a verdict comes about, as JSON.

use core::ffi::c_char;
use core::ptr;
use std::ffi::CString;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{DateTime, Explanation, TrustStore};
use portcullis_abi::{PortcullisError, Problem, guard, policy_name, presented, write};
use portcullis_facts::{
    CrlFacts, Place, Presented, RevocationFacts, Step, json_line, presented as presented_facts,
};
use serde::Serialize;

use crate::object::borrow;
use crate::store::Store;
use crate::verify::time;

/// Verifies in the way of portcullis_store_verify, and gives how the verdict comes about, as JSON in ASCII: the members `status`,
/// `check`, `explanation`, `failed_at`, `path`, `presented`, `crl` and others that `portcullis explain --format json` has, and its
/// schema describes. It takes longer than verifying, so it is for those that were refused.
///
/// `json` gets a string, to be given to portcullis_string_free; on an error it gets null.
///
/// # Safety
///
/// That of portcullis_store_verify; `json` is null or can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_explain_json(
    store: *const Store,
    certificates: *const *const u8,
    lengths: *const usize,
    count: usize,
    now: i64,
    json: *mut *mut c_char,
) -> PortcullisError {
    guard(|| {
        if json.is_null() {
            return Err(Problem::Null("the JSON"));
        }
        // SAFETY: as the caller promises.
        unsafe { write(json, ptr::null_mut()) };
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        let trust = store.sealed()?;
        let now = time(now)?;
        let policy = policy_name(store.policy());
        let tell = |chain: &[CertificateDer<'_>]| Account::new(trust, policy, chain, now).text();
        // SAFETY: as the caller promises.
        let text = unsafe { presented(certificates, lengths, count, tell) }??;
        // SAFETY: as the caller promises.
        unsafe { write(json, text.into_raw()) };
        Ok(())
    })
}

/// Gives a string back.
///
/// # Safety
///
/// `string` is null or comes from portcullis_store_explain_json, is as it was, and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_string_free(string: *mut c_char) {
    if !string.is_null() {
        // SAFETY: it comes from `CString::into_raw`, as the caller promises.
        drop(unsafe { CString::from_raw(string) });
    }
}

/// What `portcullis explain` tells, but for what is about files and the command line.
#[derive(Debug, Serialize)]
struct Account {
    time: String,
    policy: &'static str,
    status: &'static str,
    check: Option<&'static str>,
    explanation: String,
    failed_at: Option<Place>,
    missing_issuer: Option<String>,
    path: Vec<Step>,
    anchor: Option<Place>,
    presented: Vec<Presented>,
    crl: Option<CrlFacts>,
    revocation: Option<RevocationFacts>,
    trust_store_size: usize,
    crl_count: usize,
}

impl Account {
    fn new(
        store: &TrustStore<'_>,
        policy: &'static str,
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Self {
        let explanation = store.explain(chain, now);
        let path: Vec<Step> = explanation.path().map(Step::from).collect();
        Self {
            time: DateTime::from(now).to_string(),
            policy,
            status: explanation.status().as_str(),
            check: explanation.check().map(|check| check.as_str()),
            explanation: explanation.to_string(),
            failed_at: explanation.failed_at().map(Place::from),
            missing_issuer: explanation.missing_issuer().map(|name| name.to_string()),
            anchor: explanation.anchor().map(|step| step.position.into()),
            presented: presented_facts(chain, &path),
            crl: deciding_crl(&explanation),
            revocation: explanation.revocation().map(RevocationFacts::from),
            trust_store_size: store.cas().len(),
            crl_count: store.crls().len(),
            path,
        }
    }

    fn text(&self) -> Result<CString, Problem> {
        // Neither can happen: every member has a JSON, and NUL is escaped there.
        let json = json_line(self).map_err(|_| Problem::Panic)?;
        CString::new(json).map_err(|_| Problem::Panic)
    }
}

fn deciding_crl(explanation: &Explanation<'_>) -> Option<CrlFacts> {
    let mut facts = CrlFacts::from(explanation.crl()?);
    // The store knows of faults that the list itself doesn't tell.
    facts.fault = explanation.crl_fault().map(|fault| fault.to_string());
    Some(facts)
}
