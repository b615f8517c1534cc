//! Writing and reading what is told of a client: log lines, headers, names.
//!
//! `cargo bench --bench render [-- FILTER]`

#[path = "support/chains.rs"]
mod chains;

use core::fmt::{self, Write};
use core::hint::black_box;
use core::time::Duration;

use chains::{leaf, name};
use criterion::Criterion;
use portcullis::{
    Certificate, ConnectionLogEntry, LogTimestamp, MtlsHeaders, MtlsPem, VerifyStatus,
};
use portcullis_fixtures as fixtures;
use portcullis_fixtures::Key;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let root = fixtures::Certificate::ca(name("Root CA"), Key::rsa2048(0));
    let der = leaf(Key::rsa2048(1)).issued_by(&root).into_der();
    let client = Certificate::parse(&der).expect("a leaf");
    of_logs(&mut criterion, &client);
    of_headers(&mut criterion, &client);

    let mut group = criterion.benchmark_group("render/parts");
    group.bench_function("parse", |timer| {
        timer.iter(|| Certificate::parse(black_box(&der)).is_ok());
    });
    group.bench_function("subject", |timer| {
        timer.iter(|| write(black_box(&client).subject()));
    });
    group.bench_function("serial number", |timer| {
        timer.iter(|| write(black_box(&client).serial()));
    });
    group.finish();
    criterion.final_summary();
}

fn of_logs(criterion: &mut Criterion, client: &Certificate<'_>) {
    let time = LogTimestamp::since_unix_epoch(Duration::from_secs(1_800_000_000));
    let mut entry = ConnectionLogEntry::new(time, [203, 0, 113, 1].into(), 36_280, 443);
    entry.tls_protocol = Some("TLSv1.3");
    entry.tls_cipher = Some("TLS_AES_128_GCM_SHA256");
    entry.tls_handshake_latency = Some(Duration::from_micros(4_036));
    entry.leaf = Some(client.into());
    entry.status = Some(VerifyStatus::Success);
    let line = entry.to_string();

    let mut group = criterion.benchmark_group("render/connection log");
    group.bench_function("write", |timer| timer.iter(|| write(black_box(&entry))));
    group.bench_function("read", |timer| {
        timer.iter(|| ConnectionLogEntry::parse(black_box(&line)).is_ok());
    });
    group.finish();
}

fn of_headers(criterion: &mut Criterion, client: &Certificate<'_>) {
    let mut group = criterion.benchmark_group("render/headers");
    group.bench_function("write all five", |timer| {
        timer.iter(|| {
            for (name, value) in MtlsHeaders::verify(black_box(client)).iter() {
                write(format_args!("{name}: {value}"));
            }
        });
    });
    let value = MtlsHeaders::verify(client).iter().last().expect("the leaf");
    let value = value.1.to_string();
    let mut buffer = vec![0; 4096];
    group.bench_function("read the leaf", |timer| {
        timer.iter(|| MtlsPem::leaf(black_box(value.as_bytes()), &mut buffer).is_ok());
    });
    group.finish();
}

/// Writes to where nothing is kept, which the compiler does not know.
fn write(value: impl fmt::Display) {
    struct Nowhere;

    impl Write for Nowhere {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            black_box(text);
            Ok(())
        }
    }

    write!(Nowhere, "{value}").expect("nowhere takes all");
}
