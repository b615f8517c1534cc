//! `Policy::STRICT` over the whole corpus.

use parity::corpus::Corpus;
use parity::deviations::Deviations;
use parity::judges::{Lists, ask, portcullis, webpki_accepts};
use parity::report::{Outcome, show};
use parity::row::NO_DEPTH_LIMIT;
use portcullis::Policy;

#[test]
fn strict_passes_nothing_that_webpki_refuses_and_nothing_wrong() {
    let Some(corpus) = Corpus::from_env() else {
        return;
    };
    let deviations = Deviations::load();
    let mut rows = 0;
    let mut passed = 0;
    let mut webpki_passed = 0;
    let mut wrong_accepts = 0;
    let mut complaints = Vec::new();

    for file in &corpus.files {
        let mut answers = Vec::new();
        for row in &file.rows {
            let answer = ask(row, Policy::STRICT);
            // Even where more certificates may be presented than the row was graded for.
            let unlimited = portcullis(row, Policy::STRICT.with_max_depth(NO_DEPTH_LIMIT));
            let passes = answer.status.is_success() || unlimited.is_success();
            // webpki reads fewer lists than we do, so it is asked without.
            let webpki_accepts = webpki_accepts(row, Lists::Ignored);
            if passes && !webpki_accepts {
                complaints.push(format!(
                    "{} passes, webpki refuses it ({})",
                    row.id, row.why
                ));
            }
            rows += 1;
            passed += usize::from(passes);
            webpki_passed += usize::from(webpki_accepts);

            match answer.outcome() {
                // To refuse more than others do is what STRICT is for.
                Outcome::WrongReject | Outcome::WrongStatus => continue,
                Outcome::WrongAccept => wrong_accepts += usize::from(!row.policy),
                Outcome::Agree => {}
            }
            answers.push(answer);
        }
        complaints.extend(deviations.complaints(&file.name, "STRICT", &answers));
    }

    show(&format!(
        "\nSTRICT: {rows} rows, {passed} pass, webpki alone passes {webpki_passed}; {wrong_accepts} \
          graded rows pass against the row's verdict\n"
    ));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
