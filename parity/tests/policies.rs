//! What must hold for every chain of the corpus, under every policy.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use parity::corpus::Corpus;
use parity::judges::{Loaded, portcullis};
use parity::report;
use portcullis::Policy;

#[test]
fn explain_and_a_second_run_give_the_same_status() {
    let Some(corpus) = Corpus::from_env() else {
        return;
    };
    let mut complaints = Vec::new();
    for (_, row) in corpus.rows() {
        for (name, policy) in POLICIES {
            let policy = policy.with_max_depth(row.max_depth());
            let loaded = Loaded::new(row, policy);
            let store = &loaded.store;
            let verified = store.verify_at(row.presented(), row.time());
            let explained = store.explain(row.presented(), row.time()).status();
            if verified != explained {
                complaints.push(format!(
                    "{} under {name}: verify says {verified}, explain {explained}",
                    row.id
                ));
            }
            // Remembering whose key signed a list must not change what is said.
            for again in [
                store.verify_at(row.presented(), row.time()),
                Loaded::new(row, policy)
                    .store
                    .verify_at(row.presented(), row.time()),
            ] {
                if again != verified {
                    complaints.push(format!(
                        "{} under {name}: first {verified}, then {again}",
                        row.id
                    ));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn differences_between_alb_and_rfc5280_are_counted() {
    let Some(corpus) = Corpus::from_env() else {
        return;
    };
    let mut same = 0;
    let mut differences = BTreeMap::<_, usize>::new();
    for (_, row) in corpus.rows() {
        let [alb, rfc5280] = [Policy::ALB, Policy::RFC5280]
            .map(|policy| portcullis(row, policy.with_max_depth(row.max_depth())));
        match alb == rfc5280 {
            true => same += 1,
            false => {
                *differences
                    .entry((alb.as_str(), rfc5280.as_str()))
                    .or_default() += 1;
            }
        }
    }

    let mut text = format!("\nALB and RFC5280: the same status {same} times\n");
    for ((alb, rfc5280), count) in differences {
        writeln!(text, "{count:6}  {alb} / {rfc5280}").expect("a string takes everything");
    }
    report::show(&text);
}

const POLICIES: [(&str, Policy); 3] = [
    ("ALB", Policy::ALB),
    ("RFC5280", Policy::RFC5280),
    ("STRICT", Policy::STRICT),
];
