//! How an answer compares with what was expected, and the tables that count it.

use std::io::{self, Write as _};

use portcullis::VerifyStatus;

use crate::row::{Expected, Row};

/// What the judges said about one row.
#[derive(Debug)]
pub struct Answer<'r> {
    /// The row.
    pub row: &'r Row,
    /// What we say.
    pub status: VerifyStatus,
    /// Whether webpki lets the chain pass.
    pub webpki_accepts: bool,
    /// How many anchors our store refused to load.
    pub refused_anchors: usize,
    /// Our reason, for a person.
    pub explanation: String,
}

impl Answer<'_> {
    /// How our status compares with the expected one.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self.row, self.status)
    }
}

/// How a status compares with the expected one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The same status, or a refusal where the word is unknown.
    Agree,
    /// Passed, and should not have.
    WrongAccept,
    /// Refused, and should have passed.
    WrongReject,
    /// Rightly refused, with another word.
    WrongStatus,
}

impl Outcome {
    /// Compares `status` with what `row` expects.
    #[must_use]
    pub fn of(row: &Row, status: VerifyStatus) -> Self {
        let expected = row.expected();
        match (expected, status.is_success()) {
            (Expected::Reject, true) => Self::WrongAccept,
            (Expected::Reject, false) => Self::Agree,
            (Expected::Status(wanted), _) if wanted == status => Self::Agree,
            (Expected::Status(VerifyStatus::Success), _) => Self::WrongReject,
            (Expected::Status(_), true) => Self::WrongAccept,
            (Expected::Status(_), false) => Self::WrongStatus,
        }
    }

    /// Whether accept or reject, at least, is as expected.
    #[must_use]
    pub fn is_right_verdict(self) -> bool {
        matches!(self, Self::Agree | Self::WrongStatus)
    }
}

/// One line of a table.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Rows compared.
    pub compared: usize,
    /// Accept or reject as expected.
    pub agree: usize,
    /// Passed, and should not have.
    pub wrong_accepts: usize,
    /// Refused, and should have passed.
    pub wrong_rejects: usize,
    /// The status as expected.
    pub status_agree: usize,
    /// Rows whose status is known.
    pub status_of: usize,
    /// Anchors that did not load.
    pub refused_anchors: usize,
    /// webpki: accept or reject as expected.
    pub webpki_agree: usize,
    /// webpki: passed, and should not have.
    pub webpki_wrong_accepts: usize,
    /// webpki: refused, and should have passed.
    pub webpki_wrong_rejects: usize,
}

impl Tally {
    /// Counts `answers`.
    pub fn of<'a, 'r: 'a>(answers: impl IntoIterator<Item = &'a Answer<'r>>) -> Self {
        let mut tally = Self::default();
        for answer in answers {
            tally.count(answer);
        }
        tally
    }

    /// Adds the numbers of another line.
    pub fn add(&mut self, other: &Self) {
        self.compared += other.compared;
        self.agree += other.agree;
        self.wrong_accepts += other.wrong_accepts;
        self.wrong_rejects += other.wrong_rejects;
        self.status_agree += other.status_agree;
        self.status_of += other.status_of;
        self.refused_anchors += other.refused_anchors;
        self.webpki_agree += other.webpki_agree;
        self.webpki_wrong_accepts += other.webpki_wrong_accepts;
        self.webpki_wrong_rejects += other.webpki_wrong_rejects;
    }

    fn count(&mut self, answer: &Answer<'_>) {
        self.refused_anchors += answer.refused_anchors;
        let outcome = answer.outcome();
        self.compared += 1;
        self.agree += usize::from(outcome.is_right_verdict());
        self.wrong_accepts += usize::from(outcome == Outcome::WrongAccept);
        self.wrong_rejects += usize::from(outcome == Outcome::WrongReject);
        if let Expected::Status(wanted) = answer.row.expected() {
            self.status_of += 1;
            self.status_agree += usize::from(wanted == answer.status);
        }
        match (answer.row.expected().is_accept(), answer.webpki_accepts) {
            (true, false) => self.webpki_wrong_rejects += 1,
            (false, true) => self.webpki_wrong_accepts += 1,
            (true, true) | (false, false) => self.webpki_agree += 1,
        }
    }
}

/// A table of tallies with their sum.
#[derive(Debug)]
pub struct Table {
    text: String,
    total: Tally,
}

impl Table {
    /// A table under a heading.
    #[must_use]
    pub fn new(heading: &str) -> Self {
        Self {
            text: format!("\n{heading}\n{HEAD}"),
            total: Tally::default(),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, file: &str, policy: &str, tally: &Tally) {
        self.text.push_str(&line(file, policy, tally));
        self.total.add(tally);
    }

    /// Prints the lines and their sum.
    pub fn show(&self) {
        show(&format!("{}{}", self.text, line("all", "", &self.total)));
    }

    /// The sum of all lines.
    #[must_use]
    pub fn total(&self) -> &Tally {
        &self.total
    }
}

fn line(file: &str, policy: &str, tally: &Tally) -> String {
    format!(
        "{file:26} {policy:7} {:>6} {:>6} {:>7} {:>7} {:>7} {:>5} {:>8} | {:>6} {:>7} {:>7}\n",
        tally.compared,
        tally.agree,
        tally.wrong_accepts,
        tally.wrong_rejects,
        tally.status_agree,
        tally.status_of,
        tally.refused_anchors,
        tally.webpki_agree,
        tally.webpki_wrong_accepts,
        tally.webpki_wrong_rejects,
    )
}

/// Prints past the test harness, which swallows what a passing test prints.
pub fn show(text: &str) {
    // Nobody is left to be told if standard error is closed.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

const HEAD: &str = concat!(
    "                                                   wrong   wrong  status        anchors | webpki   wrong   wrong\n",
    "file                       policy   cases  agree accepts rejects   agree    of  refused |  agree accepts rejects\n",
);

#[cfg(test)]
mod tests {
    use portcullis::FailureReason;

    use super::*;

    #[test]
    fn a_wanted_word_counts_for_the_status_alone() {
        assert_eq!(outcome("Failed:ClientCertExpired", EXPIRED), Outcome::Agree);
        let outcome = outcome("Failed:ClientCertUntrusted", EXPIRED);
        assert_eq!(outcome, Outcome::WrongStatus);
        assert!(outcome.is_right_verdict());
    }

    #[test]
    fn a_wrong_accept_and_a_wrong_reject_are_told_apart() {
        let expired = "Failed:ClientCertExpired";
        assert_eq!(
            outcome(expired, VerifyStatus::Success),
            Outcome::WrongAccept
        );
        assert_eq!(outcome("Success", EXPIRED), Outcome::WrongReject);
    }

    fn outcome(wanted: &str, status: VerifyStatus) -> Outcome {
        let expect = if wanted == "Success" {
            "accept"
        } else {
            "reject"
        };
        let row = serde_json::from_str(&format!(
            r#"{{"id": "a", "anchors": [], "chain": [], "crls": [], "time": 1, "why": "",
                "policy": false, "expect": "{expect}", "status": "{wanted}"}}"#
        ))
        .unwrap();
        Outcome::of(&row, status)
    }

    const EXPIRED: VerifyStatus = VerifyStatus::Failed(FailureReason::ClientCertExpired);
}
