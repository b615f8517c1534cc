//! Loading lists, and looking serial numbers up.
//!
//! `cargo bench --bench crl [-- FILTER]`; beside other libraries: `revocation-bench`.

#[path = "support/chains.rs"]
mod chains;
#[path = "support/lists.rs"]
mod lists;

use core::cell::LazyCell;
use core::hint::black_box;

use chains::{leaf, name};
use criterion::{BatchSize, BenchmarkId, Criterion};
use lists::list;
use portcullis::pki_types::CertificateDer;
use portcullis::{Crl, CrlAdded, Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, Key, serials};

/// To be looked up in turn, so that no one finds everything in the nearest cache.
const LEAVES: usize = 128;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let root = Certificate::ca(name("Root CA"), Key::rsa2048(0));
    let leaves = |seed| -> Vec<_> {
        let serials = serials::mixed(seed).take(LEAVES);
        let leaf = |serial| leaf(Key::rsa2048(1)).serial(serial).issued_by(&root);
        serials.map(leaf).collect()
    };
    let [revoked, others] = [leaves(1), leaves(2)];
    let mut group = criterion.benchmark_group("crl");
    for entries in [1_000, 10_000, 100_000, 500_000] {
        // Only if it is asked for.
        let list = LazyCell::new(|| list(&root, &revoked.iter().collect::<Vec<_>>(), entries));
        group.bench_function(BenchmarkId::new("load", entries), |timer| {
            timer.iter_batched(
                || (empty(&root), list.clone()),
                |(store, list)| load(store, list),
                BatchSize::PerIteration,
            );
        });
        let store = LazyCell::new(|| load(empty(&root), list.clone()));
        for (name, leaves) in [("hit", &revoked), ("miss", &others)] {
            group.bench_function(BenchmarkId::new(name, entries), |timer| {
                let leaves: Vec<_> = leaves.iter().map(read).collect();
                let mut leaves = leaves.iter().cycle();
                timer.iter(|| {
                    let leaf = leaves.next().expect("it has no end");
                    store.is_revoked(leaf.issuer(), black_box(leaf.serial()))
                });
            });
        }
    }
    group.finish();
    criterion.final_summary();
}

fn read(leaf: &Certificate) -> portcullis::Certificate<'_> {
    portcullis::Certificate::parse(leaf.der()).expect("a leaf")
}

fn empty(root: &Certificate) -> TrustStore<'static> {
    let mut store = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    store.add_ca(CertificateDer::from(root)).expect("a CA");
    store
}

/// Reads the list, makes its index, and verifies its signature.
fn load(mut store: TrustStore<'static>, list: Vec<u8>) -> TrustStore<'static> {
    let added = store.add_crl(Crl::from_der(list).expect("a list"));
    assert_eq!(added, Ok(CrlAdded::Usable));
    store
}
