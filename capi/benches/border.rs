//! What the border costs: `TrustStore::verify_at`, the same through `portcullis_store_verify`, and through a handle.
//!
//! The ways take turns in short batches, so that whatever the machine does meanwhile happens to all of them.
//! `cargo bench -p portcullis-capi`

#[path = "../../benches/support/sorted.rs"]
mod sorted;

use core::hint::black_box;
use core::ptr;
use core::time::Duration;
use std::fs;
use std::time::Instant;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::signature::{AWS_LC_RS, SignatureMemo};
use portcullis::{Policy, TrustStore};
use portcullis_capi::*;
use sorted::Sorted;

/// 2026-12-01T00:00:00Z
const AS_OF: i64 = 1_796_083_200;
const TIME_FOR_A_CASE: Duration = Duration::from_secs(8);
/// Short, so that few batches are interrupted.
const TIME_FOR_A_BATCH: Duration = Duration::from_micros(40);
const WAYS: usize = 3;

fn main() {
    println!(
        "| chain | Rust us | store us | extra us (p10 to p90) | handle us | extra us (p10 to p90) |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (name, chain, now, memo) in [
        (
            "expired, no signature checked",
            "C",
            4_102_444_800,
            Memory::None,
        ),
        ("one signature", "C", AS_OF, Memory::None),
        ("two signatures", "E", AS_OF, Memory::None),
        ("two signatures, known", "E", AS_OF, Memory::Memo),
        ("no issuer", "H", AS_OF, Memory::None),
    ] {
        println!("{}", Case::new(chain, now, memo).row(name));
    }
}

/// Whether signatures are remembered.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Memory {
    Memo,
    None,
}

/// A chain, and the same store three times.
struct Case {
    presented: Vec<CertificateDer<'static>>,
    certificates: Vec<*const u8>,
    lengths: Vec<usize>,
    seconds: i64,
    now: UnixTime,
    rust: TrustStore<'static>,
    store: *mut Store,
    handle: *mut Handle,
}

impl Case {
    fn new(chain: &str, seconds: i64, memory: Memory) -> Self {
        let read = |name: &str| fs::read(format!("../tests/data/pki/{name}")).expect("a file");
        let bundle = read("bundle.pem");
        let presented = portcullis::pem::certificates(&read(&format!("chain-{chain}.pem")));
        let presented = presented.expect("a chain");
        let mut rust = TrustStore::new(Policy::RFC5280, AWS_LC_RS);
        let mut memo = ptr::null_mut();
        if memory == Memory::Memo {
            rust = rust.with_signature_memo(Box::leak(Box::new(SignatureMemo::with_entries(64))));
            memo = portcullis_memo_new(64);
        }
        rust.add_bundle(&bundle).expect("a bundle");
        // SAFETY: everything is there, and nothing is freed.
        let store = unsafe { portcullis_store_new(PORTCULLIS_POLICY_RFC5280, memo) };
        // SAFETY: as above.
        let error = unsafe {
            portcullis_store_add_ca_pem(
                store,
                bundle.as_ptr().cast(),
                bundle.len(),
                ptr::null_mut(),
                ptr::null_mut(),
                0,
            )
        };
        assert_eq!(error, PORTCULLIS_OK);
        Self {
            certificates: presented.iter().map(|der| der.as_ptr()).collect(),
            lengths: presented.iter().map(|der| der.len()).collect(),
            presented,
            seconds,
            now: UnixTime::since_unix_epoch(Duration::from_secs(seconds.unsigned_abs())),
            rust,
            // SAFETY: as above.
            handle: unsafe { portcullis_handle_new(store) },
            store,
        }
    }

    fn by_rust(&self) -> u32 {
        status_number(self.rust.verify_at(&self.presented, self.now))
    }

    fn by_store(&self) -> u32 {
        let mut status = 0;
        // SAFETY: everything is there.
        let error = unsafe {
            portcullis_store_verify(
                self.store,
                self.certificates.as_ptr(),
                self.lengths.as_ptr(),
                self.certificates.len(),
                self.seconds,
                &raw mut status,
            )
        };
        assert_eq!(error, PORTCULLIS_OK);
        status
    }

    fn by_handle(&self) -> u32 {
        let mut status = 0;
        // SAFETY: everything is there.
        let error = unsafe {
            portcullis_handle_verify(
                self.handle,
                self.certificates.as_ptr(),
                self.lengths.as_ptr(),
                self.certificates.len(),
                self.seconds,
                &raw mut status,
            )
        };
        assert_eq!(error, PORTCULLIS_OK);
        status
    }

    /// Measures for [`TIME_FOR_A_CASE`].
    fn row(&self, name: &str) -> String {
        let ways: [fn(&Self) -> u32; WAYS] = [Self::by_rust, Self::by_store, Self::by_handle];
        assert!(ways.iter().all(|way| way(self) == self.by_rust()));
        let warm_up = self.microseconds(Self::by_rust, 200);
        let passes = (TIME_FOR_A_BATCH.as_secs_f64() * 1e6 / warm_up).ceil() as u32;
        let mut rounds = Vec::new();
        let started = Instant::now();
        while started.elapsed() < TIME_FOR_A_CASE {
            let mut times = [0.0; WAYS];
            // No way is always the one that comes first, or after the same other one.
            for turn in 0..WAYS {
                let way = match rounds.len() % 2 {
                    0 => (turn + rounds.len() / 2) % WAYS,
                    _ => (WAYS - 1 - turn + rounds.len() / 2) % WAYS,
                };
                times[way] = self.microseconds(ways[way], passes);
            }
            rounds.push(times);
        }
        let of = |value: fn(&[f64; WAYS]) -> f64| Sorted::new(rounds.iter().map(value));
        let store = of(|[rust, store, _]| store - rust);
        let handle = of(|[rust, _, handle]| handle - rust);
        format!(
            "| {name} | {:.3} | {:.3} | {:.3} ({:.3} to {:.3}) | {:.3} | {:.3} ({:.3} to {:.3}) |",
            of(|times| times[0]).quantile(0.5),
            of(|times| times[1]).quantile(0.5),
            store.quantile(0.5),
            store.quantile(0.1),
            store.quantile(0.9),
            of(|times| times[2]).quantile(0.5),
            handle.quantile(0.5),
            handle.quantile(0.1),
            handle.quantile(0.9),
        )
    }

    /// The time of one pass, from so many in a row.
    fn microseconds(&self, way: fn(&Self) -> u32, passes: u32) -> f64 {
        let started = Instant::now();
        for _ in 0..passes {
            black_box(way(black_box(self)));
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(passes)
    }
}
