//! How much a verdict costs with a signature memo, beside the two signature checks of the chain.
//!
//! All take turns in short batches, so that whatever the machine does meanwhile happens
//! to all of them; a table of medians comes out. Each batch verifies other chains, and with a memo
//! of its own, which is filled beforehand. `cargo bench --bench memo [-- FILTER]`

#[path = "support/chains.rs"]
mod chains;
#[path = "support/check.rs"]
mod check;
#[path = "support/clock.rs"]
mod clock;
#[path = "support/processor.rs"]
mod processor;
#[path = "support/sorted.rs"]
mod sorted;

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use chains::{leaf, name};
use check::SignatureCheck;
use clock::now;
use pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use portcullis::signature::SignatureMemo;
use portcullis::{AlgorithmSet, Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, CertificateBuilder, Key, chain};
use processor::processor_time;
use sorted::Sorted;

const TIME_FOR_A_CASE: Duration = Duration::from_secs(10);
/// How many chains there are; a batch is a part of them.
const CHAINS: usize = 96;
const BATCH: usize = 12;
const ENTRIES: usize = 4096;

fn main() {
    let filter = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_default();
    println!("| keys | way | us | ratio to the checks (p10 to p90) |");
    println!("|---|---|--:|--:|");
    for case in cases().iter().filter(|case| case.name.contains(&filter)) {
        print_rows(case);
    }
}

/// Chains of a leaf and an intermediate each, under one root.
struct Case {
    name: String,
    algorithms: AlgorithmSet,
    root: CertificateDer<'static>,
    /// Each with an intermediate of its own.
    strangers: Vec<TestChain>,
    /// All with the same intermediate.
    siblings: Vec<TestChain>,
}

struct TestChain {
    presented: Vec<CertificateDer<'static>>,
    checks: [SignatureCheck; 2],
}

impl TestChain {
    fn passes_checks(&self) -> bool {
        self.checks.iter().all(SignatureCheck::passes)
    }
}

#[derive(Clone, Copy)]
enum Way {
    /// The checks alone, no signature like another.
    Floor,
    /// The checks alone, the intermediate's the same each time. Processors get better at those of
    /// ECDSA when nothing comes in between.
    FloorOfSiblings,
    NoMemo,
    /// No signature is known.
    Cold,
    /// That of the intermediate is known.
    KnownIssuer,
    /// Both are known.
    Returning,
}

impl Way {
    const fn has_siblings(self) -> bool {
        matches!(
            self,
            Self::FloorOfSiblings | Self::KnownIssuer | Self::Returning
        )
    }

    const fn is_floor(self) -> bool {
        matches!(self, Self::Floor | Self::FloorOfSiblings)
    }
}

const WAYS: [(Way, &str); 6] = [
    (Way::Floor, "the two checks"),
    (
        Way::FloorOfSiblings,
        "the two checks, the same intermediate",
    ),
    (Way::NoMemo, "no memo"),
    (Way::Cold, "memo, nothing known"),
    (Way::KnownIssuer, "memo, known intermediate, new leaf"),
    (Way::Returning, "memo, returning client"),
];

/// Measures one case for [`TIME_FOR_A_CASE`].
fn print_rows(case: &Case) {
    let mut rounds = Vec::new();
    let started = Instant::now();
    while started.elapsed() < TIME_FOR_A_CASE {
        let mut times = [0.0; WAYS.len()];
        // No way is always the one that comes first.
        for turn in 0..WAYS.len() {
            let way = (turn + rounds.len()) % WAYS.len();
            times[way] = microseconds(case, WAYS[way].0, rounds.len());
        }
        rounds.push(times);
    }
    for (index, (_, way)) in WAYS.iter().enumerate() {
        let time = Sorted::new(rounds.iter().map(|times| times[index]));
        let ratio = Sorted::new(rounds.iter().map(|times| times[index] / times[0]));
        println!(
            "| {} | {way} | {:.2} | {:.3} ({:.3} to {:.3}) |",
            case.name,
            time.quantile(0.5),
            ratio.quantile(0.5),
            ratio.quantile(0.1),
            ratio.quantile(0.9),
        );
    }
}

/// The CPU time of one chain, from a batch of them.
fn microseconds(case: &Case, way: Way, round: usize) -> f64 {
    let chains = match way.has_siblings() {
        true => &case.siblings,
        false => &case.strangers,
    };
    let start = round % (CHAINS / BATCH) * BATCH;
    let batch = &chains[start..start + BATCH];
    let memo = SignatureMemo::with_entries(ENTRIES);
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, case.algorithms);
    if !matches!(way, Way::NoMemo) {
        store = store.with_signature_memo(&memo);
    }
    store.add_ca(case.root.clone()).expect("a CA");
    let passes = |chain: &TestChain| match way.is_floor() {
        true => chain.passes_checks(),
        false => store.verify_at(&chain.presented, now()).is_success(),
    };
    // Others of the same kind first, so that no way begins with cold caches; then what is known.
    let others = chains.iter().cycle().skip(start + BATCH).take(4);
    let known = match way {
        Way::Returning => batch,
        _ => &[],
    };
    for chain in others.chain(known) {
        assert!(passes(chain));
    }
    let started = processor_time();
    for chain in batch {
        assert!(passes(black_box(chain)));
    }
    (processor_time() - started).as_secs_f64() * 1e6 / BATCH as f64
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (backend, algorithms, [rsa, p256]) in backends() {
        cases.push(case(backend, algorithms, "RSA-2048", rsa, Key::rsa2048));
        cases.push(case(backend, algorithms, "P-256", p256, Key::p256));
    }
    cases
}

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

fn backends() -> Vec<(&'static str, AlgorithmSet, [Algorithm; 2])> {
    vec![
        (
            "aws-lc-rs",
            signature::AWS_LC_RS,
            [
                webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
                webpki::aws_lc_rs::ECDSA_P256_SHA256,
            ],
        ),
        #[cfg(feature = "ring")]
        (
            "ring",
            signature::RING,
            [
                webpki::ring::RSA_PKCS1_2048_8192_SHA256,
                webpki::ring::ECDSA_P256_SHA256,
            ],
        ),
    ]
}

fn case(
    backend: &str,
    algorithms: AlgorithmSet,
    kind: &str,
    algorithm: Algorithm,
    keys: fn(usize) -> Key,
) -> Case {
    let root = Certificate::ca(name("Root CA 99"), keys(0));
    let issuing = |number: usize| {
        CertificateBuilder::ca(name("Issuing CA"), keys(1))
            .serial((0x0100_0000 + number as u32).to_be_bytes())
            .issued_by(&root)
    };
    let chain = |number: usize, issuing: &Certificate| {
        let leaf = leaf(keys(2))
            .serial((0x0200_0000 + number as u32).to_be_bytes())
            .issued_by(issuing);
        TestChain {
            presented: chain([&leaf, issuing]),
            checks: [
                SignatureCheck::new(algorithm, &leaf, issuing.key()),
                SignatureCheck::new(algorithm, issuing, root.key()),
            ],
        }
    };
    let shared = issuing(0);
    Case {
        name: format!("{kind}, {backend}"),
        algorithms,
        strangers: (0..CHAINS).map(|n| chain(n, &issuing(n + 1))).collect(),
        siblings: (0..CHAINS).map(|n| chain(n, &shared)).collect(),
        root: root.to_certificate_der(),
    }
}
