//! The three ways one after the other, for criterion's statistics and comparisons over time.
//!
//! `cargo bench --bench verify [-- FILTER]`; for ratios between them see `ratios`.

mod support;

use core::hint::black_box;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for backend in support::backends() {
        for case in support::cases(&backend) {
            let mut group = criterion.benchmark_group(format!("{}/{}", backend.name, case.name));
            group.bench_function("floor", |timer| timer.iter(|| black_box(&case).floor()));
            group.bench_function("portcullis", |timer| {
                timer.iter(|| black_box(&case).portcullis());
            });
            group.bench_function("webpki", |timer| timer.iter(|| black_box(&case).webpki()));
            group.finish();
        }
    }
    criterion.final_summary();
}
