//! Verifications of one thread and of two, with a memo and a list that both share.
//!
//! The rates say what the machine gave; where others share it, two threads get less than two
//! processors. The CPU time of a verification is what they cannot take away: if it is the same with two
//! threads as with one, the two do not hinder each other. `cargo bench --bench threads`

#[path = "support/chains.rs"]
mod chains;
#[path = "support/check.rs"]
mod check;
#[path = "support/clock.rs"]
mod clock;
#[path = "support/lists.rs"]
mod lists;
#[path = "support/processor.rs"]
mod processor;
#[path = "support/sorted.rs"]
mod sorted;

use core::hint::black_box;
use core::time::Duration;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use chains::{leaf, name};
use check::SignatureCheck;
use clock::now;
use lists::list;
use pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use portcullis::signature::SignatureMemo;
use portcullis::{Crl, CrlAdded, Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, Key, chain, serials};
use processor::processor_time;
use sorted::Sorted;

const ENTRIES: usize = 100_000;
const CLIENTS: usize = 512;
const ROUNDS: usize = 40;
const TIME_FOR_A_TURN: f64 = 30e-3;

fn main() {
    println!(
        "| keys | | 1 thread, /s | 2 threads, /s | ratio (p10 to p90) | 1 thread, us of CPU for each | 2 threads | twice the one by the other |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let [rsa, p256] = [
        webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
        webpki::aws_lc_rs::ECDSA_P256_SHA256,
    ];
    for clients in [
        Clients::new("RSA-2048", Key::rsa2048, rsa),
        Clients::new("P-256", Key::p256, p256),
    ] {
        let memo = SignatureMemo::with_entries(8192);
        let returning = clients.store().with_signature_memo(&memo);
        // Too small for the clients, but not for their one CA.
        let small = SignatureMemo::with_entries(64);
        let new = clients.store().with_signature_memo(&small);
        let row = |name, pass: &(dyn Fn(usize) -> bool + Sync)| {
            println!("| {} | {name} | {} |", clients.name, Row::measure(pass));
        };
        row("returning clients", &|number| {
            let status = returning.verify_at(&clients.chains[number], now());
            status.is_success()
        });
        row("new clients of a known CA", &|number| {
            new.verify_at(&clients.chains[number], now()).is_success()
        });
        row(
            "the signature checks alone, which share nothing",
            &|number| clients.floor[number].iter().all(SignatureCheck::passes),
        );
    }
}

/// What one and two threads did in turns.
struct Row(Vec<[Turn; 2]>);

/// How fast the threads were together, and the CPU time that each pass took one of them.
#[derive(Clone, Copy)]
struct Turn {
    rate: f64,
    microseconds: f64,
}

impl Row {
    fn measure(pass: &(dyn Fn(usize) -> bool + Sync)) -> Self {
        for number in 0..CLIENTS {
            assert!(pass(number));
        }
        let passes = (TIME_FOR_A_TURN * turn(1, 0, 2000, pass).rate) as usize;
        let round = |number| {
            let mut turns = [1, 2].map(|threads| (threads, None));
            // Neither is always the first.
            for index in [number % 2, (number + 1) % 2] {
                let (threads, done) = &mut turns[index];
                *done = Some(turn(*threads, (2 * number + index) * passes, passes, pass));
            }
            turns.map(|(_, done)| done.expect("it was its turn"))
        };
        Self((0..ROUNDS).map(round).collect())
    }
}

impl core::fmt::Display for Row {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let of = |value: fn(&[Turn; 2]) -> f64| Sorted::new(self.0.iter().map(value));
        write!(
            f,
            "{:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2}",
            of(|[one, _]| one.rate).quantile(0.5),
            of(|[_, two]| two.rate).quantile(0.5),
            of(|[one, two]| two.rate / one.rate),
            of(|[one, _]| one.microseconds).quantile(0.5),
            of(|[_, two]| two.microseconds).quantile(0.5),
            of(|[one, two]| 2.0 * one.microseconds / two.microseconds),
        )
    }
}

/// So many passes by each thread, which begin together, at the client of that number or half of all
/// clients later.
fn turn(
    threads: usize,
    first: usize,
    passes: usize,
    pass: &(dyn Fn(usize) -> bool + Sync),
) -> Turn {
    let ready = Barrier::new(threads + 1);
    let work = |thread: usize| {
        ready.wait();
        let started = processor_time();
        for number in 0..passes {
            let number = (first + number + thread * CLIENTS / 2) % CLIENTS;
            assert!(pass(black_box(number)));
        }
        processor_time() - started
    };
    let mut whole = Duration::ZERO;
    let mut used = Duration::ZERO;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        ready.wait();
        let started = Instant::now();
        for worker in workers {
            used += worker.join().expect("no pass fails");
        }
        whole = started.elapsed();
    });
    let passes = (threads * passes) as f64;
    Turn {
        rate: passes / whole.as_secs_f64(),
        microseconds: used.as_secs_f64() * 1e6 / passes,
    }
}

/// A leaf and an intermediate each, under one root.
struct Clients {
    name: &'static str,
    root: CertificateDer<'static>,
    list: Vec<u8>,
    chains: Vec<Vec<CertificateDer<'static>>>,
    floor: Vec<[SignatureCheck; 2]>,
}

impl Clients {
    fn new(
        kind: &'static str,
        keys: fn(usize) -> Key,
        algorithm: &'static dyn SignatureVerificationAlgorithm,
    ) -> Self {
        let root = Certificate::ca(name("Root CA"), keys(0));
        let issuing = Certificate::intermediate(name("Issuing CA"), keys(1), &root);
        let leaf = |serial| leaf(keys(2)).serial(serial).issued_by(&issuing);
        let leaves: Vec<_> = serials::mixed(1).take(CLIENTS).map(leaf).collect();
        let check = |certificate, issuer: &Certificate| {
            SignatureCheck::new(algorithm, certificate, issuer.key())
        };
        let checks = |leaf| [check(leaf, &issuing), check(&issuing, &root)];
        Self {
            name: kind,
            list: list(&root, &[], ENTRIES),
            chains: leaves.iter().map(|leaf| chain([leaf, &issuing])).collect(),
            floor: leaves.iter().map(checks).collect(),
            root: root.to_certificate_der(),
        }
    }

    fn store<'s>(&self) -> TrustStore<'s> {
        let mut store = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
        store.add_ca(self.root.clone()).expect("a CA");
        let added = store.add_crl(Crl::from_der(self.list.clone()).expect("a list"));
        assert_eq!(added, Ok(CrlAdded::Usable));
        store
    }
}
