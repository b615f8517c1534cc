//! Loading CAs: bundles of 1 and of 25, in PEM and in DER.
//!
//! `cargo bench --bench store [-- FILTER]`

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use portcullis::{Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, Key, chain};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let ca = |number| Certificate::ca(format!("Root CA {number:02}"), Key::p256(number));
    let cas: Vec<_> = (0..25).map(ca).collect();
    let mut group = criterion.benchmark_group("store");
    for count in [1, 25] {
        let bundle: String = cas.iter().take(count).map(Certificate::to_pem).collect();
        group.bench_with_input(BenchmarkId::new("PEM", count), &bundle, |timer, bundle| {
            timer.iter(|| {
                let mut store = empty();
                let added = store.add_bundle(black_box(bundle.as_bytes()));
                assert_eq!(added.ok(), Some(count));
                store
            });
        });
        let ders = chain(cas.iter().take(count));
        group.bench_with_input(BenchmarkId::new("DER", count), &ders, |timer, ders| {
            timer.iter(|| {
                let mut store = empty();
                for der in black_box(ders) {
                    store.add_ca(der.clone()).expect("a CA");
                }
                store
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

fn empty() -> TrustStore<'static> {
    TrustStore::new(Policy::ALB, signature::AWS_LC_RS)
}
