//! A verdict with everything that changes what it costs, for criterion's statistics and comparisons
//! over time: keys, anchors, lists, memos, and refusals.
//!
//! `cargo bench --bench verify [-- FILTER]`; for ratios to the signature checks see `ratios`.

#[path = "support/chains.rs"]
mod chains;
#[path = "support/clock.rs"]
mod clock;
#[path = "support/lists.rs"]
mod lists;
#[path = "support/refusals.rs"]
mod refusals;

use core::cell::LazyCell;
use core::hint::black_box;

use chains::{leaf, name};
use clock::now;
use criterion::{BenchmarkId, Criterion};
use lists::list;
use pki_types::CertificateDer;
use portcullis::signature::SignatureMemo;
use portcullis::{Crl, Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, CertificateBuilder, Key, chain, serials};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for kind in &KINDS {
        for anchor in [Anchor::Issuer, Anchor::Root, Anchor::OneOf25] {
            for memo in [Memo::Absent, Memo::Cold, Memo::KnownCa, Memo::Returning] {
                // The memo is for certificates that are presented.
                if memo != Memo::KnownCa || anchor != Anchor::Issuer {
                    of_chain(&mut criterion, kind, anchor, memo);
                }
            }
        }
    }
    for kind in refusals::KINDS {
        for (policy_name, policy) in refusals::POLICIES {
            of_refusals(&mut criterion, kind, policy_name, policy);
        }
    }
    criterion.final_summary();
}

fn of_chain(criterion: &mut Criterion, kind: &Kind, anchor: Anchor, memo: Memo) {
    let mut group = criterion.benchmark_group(format!("verify/{}/{anchor:?}/{memo:?}", kind.name));
    for entries in [0, 1_000, 100_000, 500_000] {
        // Only if it is asked for.
        let clients = LazyCell::new(|| Clients::new(kind, anchor, memo, entries));
        group.bench_function(BenchmarkId::new("entries", entries), |timer| {
            let known = SignatureMemo::with_entries(match memo {
                // One bucket, in which leaves displace one another but no CA.
                Memo::Absent | Memo::Cold | Memo::KnownCa => 8,
                Memo::Returning => 4096,
            });
            let mut store = clients.store(kind.policy);
            if memo != Memo::Absent {
                store = store.with_signature_memo(&known);
            }
            let passes = |chain: &Vec<_>| store.verify_at(chain, now()).is_success();
            assert!(clients.chains.iter().all(passes));
            let mut chains = clients.chains.iter().cycle();
            timer.iter(|| passes(black_box(chains.next().expect("it has no end"))));
        });
    }
    group.finish();
}

fn of_refusals(criterion: &mut Criterion, kind: refusals::Kind, policy_name: &str, policy: Policy) {
    let mut group = criterion.benchmark_group(format!("refuse/{}/{policy_name}", kind.name));
    for refusal in refusals::refusals(kind, policy) {
        group.bench_function(format!("{}, {}", refusal.reason, refusal.name), |timer| {
            timer.iter(|| black_box(&refusal.refused).verify());
        });
    }
    group.finish();
}

struct Kind {
    name: &'static str,
    key: fn(usize) -> Key,
    policy: Policy,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "RSA-2048",
        key: Key::rsa2048,
        policy: Policy::ALB,
    },
    Kind {
        name: "P-256",
        key: Key::p256,
        policy: Policy::ALB,
    },
    Kind {
        name: "P-384",
        key: Key::p384,
        policy: Policy::ALB,
    },
    Kind {
        name: "Ed25519",
        key: Key::ed25519,
        policy: Policy::RFC5280,
    },
];

/// What of the store a chain leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Anchor {
    /// The leaf's issuer: one signature.
    Issuer,
    /// That one's issuer, so that it is presented: two signatures.
    Root,
    /// The same, the last of 25 CAs.
    OneOf25,
}

/// What is remembered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Memo {
    /// Nobody remembers.
    Absent,
    /// Nothing of what is presented.
    Cold,
    /// The intermediate, but no leaf.
    KnownCa,
    /// Both.
    Returning,
}

/// Chains that take turns, and what the store holds.
struct Clients {
    cas: Vec<CertificateDer<'static>>,
    list: Option<Vec<u8>>,
    chains: Vec<Vec<CertificateDer<'static>>>,
}

impl Clients {
    fn new(kind: &Kind, anchor: Anchor, memo: Memo, entries: usize) -> Self {
        let root = Certificate::ca(name("Root CA 99"), (kind.key)(0));
        // With other serial numbers they are other certificates of one CA.
        let issuing = |number: u32| {
            CertificateBuilder::ca(name("Issuing CA"), (kind.key)(1))
                .serial((0x0100_0000 + number).to_be_bytes())
                .issued_by(&root)
        };
        let shared = issuing(0);
        let chain = |(number, serial)| {
            let leaf = leaf((kind.key)(2)).serial(serial);
            match (anchor, memo) {
                (Anchor::Issuer, _) => chain([&leaf.issued_by(&root)]),
                (_, Memo::Cold) => {
                    let issuing = issuing(number);
                    chain([&leaf.issued_by(&issuing), &issuing])
                }
                _ => chain([&leaf.issued_by(&shared), &shared]),
            }
        };
        let others = match anchor {
            Anchor::OneOf25 => 24,
            Anchor::Issuer | Anchor::Root => 0,
        };
        let others = (0..others).map(|number| {
            Certificate::ca(name(&format!("Root CA {number:02}")), Key::p256(number))
        });
        Self {
            chains: (1..)
                .zip(serials::mixed(1))
                .take(CLIENTS)
                .map(chain)
                .collect(),
            list: (entries > 0).then(|| list(&root, &[], entries)),
            cas: others.chain([root]).map(CertificateDer::from).collect(),
        }
    }

    fn store<'s>(&self, policy: Policy) -> TrustStore<'s> {
        let mut store = TrustStore::new(policy, signature::AWS_LC_RS);
        for ca in &self.cas {
            store.add_ca(ca.clone()).expect("a CA");
        }
        if let Some(list) = &self.list {
            let list = Crl::from_der(list.clone()).expect("a list");
            let added = store.add_crl(list).expect("the store takes it");
            assert_eq!(added, portcullis::CrlAdded::Usable);
        }
        store
    }
}

const CLIENTS: usize = 64;
