//! Cases of every status, with real signatures. What each must come out as was written by hand.
//!
//! The same code runs on a microcontroller and on a computer, with the algorithms that it is given.

#![forbid(unsafe_code)]
#![no_std]

mod cases;
mod data;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{AlgorithmSet, ApplicationCheck, Crl, Policy, TrustStore};

pub use crate::cases::CASES;

/// A chain, the store that it is shown to, and what must be said of it.
#[derive(Clone, Copy)]
pub struct Case {
    /// Which case it is, in a few words.
    pub name: &'static str,
    /// The status that has to come out.
    pub expected: &'static str,
    policy: Policy,
    cas: &'static [&'static [u8]],
    lists: &'static [List],
    application: Option<&'static dyn ApplicationCheck>,
    chain: &'static [&'static [u8]],
    now: Option<UnixTime>,
}

/// A list, and the index that was made for it at build time.
#[derive(Clone, Copy)]
struct List {
    der: &'static [u8],
    index: &'static [u32],
}

impl Case {
    /// What is said of the chain, or what was wrong with the case.
    #[must_use]
    pub fn status(&self, algorithms: AlgorithmSet) -> &'static str {
        let mut store = TrustStore::<'_, 4, 1>::new(self.policy, algorithms).with_clock(|| None);
        if let Some(application) = self.application {
            store = store.with_application_check(application);
        }
        for ca in self.cas {
            if store.add_ca(CertificateDer::from_slice(ca)).is_err() {
                return "a CA that cannot be added";
            }
        }
        for List { der, index } in self.lists {
            let Ok(crl) = Crl::with_index(der, index) else {
                return "a list that cannot be read";
            };
            // Whether it can be used is the cases' concern.
            if store.add_crl(crl).is_err() {
                return "a list that cannot be added";
            }
        }
        let mut room = [const { CertificateDer::from_slice(&[]) }; 5];
        for (to, from) in room.iter_mut().zip(self.chain) {
            *to = CertificateDer::from_slice(from);
        }
        let presented = room.get(..self.chain.len()).unwrap_or_default();
        match self.now {
            Some(now) => store.verify_at(presented, now).as_str(),
            // The store's clock has no time.
            None => store.verify(presented).as_str(),
        }
    }
}
