//! The algorithms in Rust alone over the corpus of bare signatures, beside AWS-LC and ring.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use parity::corpus::FOLDER;
use parity::report::show;
use parity::signatures::ALGORITHMS;
use parity::wycheproof;

/// Every graded row has its verdict but those of P-521, which are counted, and every row the answer
/// that AWS-LC and ring give it.
#[test]
fn every_signature_of_the_corpus_has_its_verdict() {
    let Some(folder) = env::var_os(FOLDER) else {
        show(&format!(
            "\n!!!!!!!! SKIPPED: {FOLDER} is not set, so no signature was checked !!!!!!!!\n\n"
        ));
        return;
    };
    let mut counts = BTreeMap::<_, [usize; 4]>::new();
    let mut complaints = Vec::new();
    for row in wycheproof::rows(Path::new(&folder)) {
        let known = ALGORITHMS
            .iter()
            .find(|algorithm| algorithm.is(&row.alg, row.curve.as_deref()));
        let curve = row.curve.as_deref().unwrap_or("");
        let name = format!("{} {curve}", row.alg);
        let [rows, passed, policy, unsupported] = counts.entry(name).or_default();
        *rows += 1;
        let Some(algorithm) = known else {
            *unsupported += 1;
            continue;
        };
        let (key, message, signature) = (&row.public_key(), row.message(), row.signature());
        let ours = algorithm
            .ours
            .verify_signature(key, &message, &signature)
            .is_ok();
        let aws_lc_rs = algorithm
            .aws_lc_rs
            .verify_signature(key, &message, &signature)
            .is_ok();
        let others = [
            Some(aws_lc_rs),
            algorithm.is_verified_by_ring(key, &message, &signature),
        ];
        *passed += usize::from(ours);
        *policy += usize::from(row.policy);
        if !row.policy && ours != (row.expect == "accept") {
            complaints.push(format!(
                "{}: ours {ours}, expected {}, aws-lc-rs and ring {others:?} ({})",
                row.id, row.expect, row.why
            ));
        }
        for (backend, other) in ["aws-lc-rs", "ring"].into_iter().zip(others) {
            if other.is_some_and(|other| other != ours) {
                complaints.push(format!(
                    "{}: ours {ours}, {backend} otherwise; expected {} ({})",
                    row.id, row.expect, row.why
                ));
            }
        }
    }
    let mut table = String::from("\nalgorithm: rows, passed, of a policy, not supported\n");
    for (name, counts) in &counts {
        table += &format!("{name:28} {counts:?}\n");
    }
    show(&table);
    assert!(
        complaints.is_empty(),
        "{}:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
    assert!(!counts.is_empty());
}
