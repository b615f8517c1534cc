//! The corpus: s2n-tls's own verdicts under `Policy::ALB`, the others under `Policy::RFC5280`.

use std::collections::BTreeSet;

use parity::corpus::Corpus;
use parity::deviations::Deviations;
use parity::judges::ask;
use parity::report::{Table, Tally, show};

#[test]
fn every_graded_row_is_answered_as_expected_or_listed() {
    let Some(corpus) = Corpus::from_env() else {
        return;
    };
    let deviations = Deviations::load();
    let mut graded = Table::new("Graded rows");
    let mut policy = Table::new("Rows whose verdict hangs on a choice (not graded)");
    let mut complaints = Vec::new();
    let mut others = Tally::default();

    for file in &corpus.files {
        let answers = file
            .rows
            .iter()
            .map(|row| ask(row, file.policy()))
            .collect::<Vec<_>>();
        let tally = Tally::of(answers.iter().filter(|answer| !answer.row.policy));
        graded.line(&file.name, file.policy_name(), &tally);
        if !file.is_s2n_oracle() {
            others.add(&tally);
        }
        policy.line(
            &file.name,
            file.policy_name(),
            &Tally::of(answers.iter().filter(|answer| answer.row.policy)),
        );
        complaints.extend(deviations.complaints(&file.name, file.policy_name(), &answers));
    }

    policy.show();
    graded.show();
    show(&format!("Listed deviations: {}\n", deviations.count()));
    let names = corpus
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect::<BTreeSet<_>>();
    complaints.extend(
        deviations
            .files()
            .filter(|name| !names.contains(name))
            .map(|name| format!("{name} is listed, but there is no such file")),
    );

    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    assert_eq!(graded.total().wrong_accepts, 0);
    assert!(
        others.agree * 100 >= others.compared * 99,
        "only {} of {} agree",
        others.agree,
        others.compared
    );
}
