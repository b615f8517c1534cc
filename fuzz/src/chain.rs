//! Chains of any octets, and the verdict of each policy.

use portcullis::pki_types::CertificateDer;
use portcullis::{AnyEku, Crl, MissingCrl, Policy, Search, TrustStore};

use crate::agreement::{POLICIES, time, verdict};
use crate::backend::{BELIEVING, REAL};
use crate::input::Input;

/// An octet of knobs, one of time, how many CAs the store has; then the CAs, a CRL, and what is
/// presented, each with its length before it.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let knobs = input.octet();
    let now = time(input.octet());
    let cas = usize::from(input.octet() % 8);
    let cas: Vec<_> = (0..cas).map(|_| input.piece()).collect();
    let list = input.piece();
    let mut presented = Vec::new();
    while !input.is_empty() && presented.len() < MOST {
        presented.push(CertificateDer::from(input.piece()));
    }
    for algorithms in [*REAL, *BELIEVING] {
        for (policy, word) in POLICIES {
            let policy = turned(policy, knobs);
            let mut store: TrustStore<'_> = TrustStore::new(policy, algorithms);
            for ca in &cas {
                let before = store.cas().len();
                let added = store.add_ca(CertificateDer::from(*ca));
                assert!(added.is_ok() || store.cas().len() == before);
            }
            if let Ok(list) = Crl::from_der(list.to_vec()) {
                let _ = store.add_crl(list);
            }
            let status = verdict(&store, word, &presented, now);
            if status.is_success() {
                assert!(store.cas().len() > 0, "a store without CAs trusts nobody");
            }
        }
    }
}

fn turned(mut policy: Policy, knobs: u8) -> Policy {
    if knobs & 1 != 0 {
        policy = policy.with_max_depth(MOST as u8);
    }
    if knobs & 2 != 0 {
        policy = policy.with_search(Search::Backtrack);
    }
    if knobs & 4 != 0 {
        policy = policy.with_missing_crl(MissingCrl::Deny);
    }
    if knobs & 8 != 0 {
        policy = policy.with_any_eku(AnyEku::Allow);
    }
    policy
}

/// So many certificates can be presented at most.
const MOST: usize = 64;
