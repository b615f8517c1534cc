//! The answers that differ from the corpus and are meant to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use portcullis::VerifyStatus;

use crate::report::{Answer, Outcome};

/// The list of wanted deviations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    #[serde(default)]
    class: Vec<Class>,
}

impl Deviations {
    /// The list of this package.
    ///
    /// # Panics
    ///
    /// If `deviations.toml` can't be read.
    #[must_use]
    pub fn load() -> Self {
        match Self::parse(include_str!("../deviations.toml")) {
            Ok(deviations) => deviations,
            Err(error) => panic!("deviations.toml: {error}"),
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let deviations = toml::from_str::<Self>(text).map_err(|error| error.to_string())?;
        let mut seen = BTreeSet::new();
        for class in &deviations.class {
            if class.reason.trim().is_empty() {
                return Err(format!("a class of {} gives no reason", class.file));
            }
            if !POLICIES.contains(&class.policy.as_str()) {
                return Err(format!("there is no policy {}", class.policy));
            }
            for id in &class.ids {
                if !seen.insert((&class.policy, id)) {
                    return Err(format!("{id} is listed twice"));
                }
            }
        }
        Ok(deviations)
    }

    /// What is wrong with the `answers` under `policy` to the rows of `file`: a graded row that
    /// deviates without being listed, and a listed one that agrees, says something else or isn't
    /// there.
    ///
    /// Rows whose verdict hangs on a choice need no entry; one that has an entry is held to it.
    #[must_use]
    pub fn complaints(&self, file: &str, policy: &str, answers: &[Answer<'_>]) -> Vec<String> {
        let mut listed = self
            .class
            .iter()
            .filter(|class| class.file == file && class.policy == policy)
            .flat_map(|class| class.ids.iter().map(move |id| (id.as_str(), class)))
            .collect::<BTreeMap<_, _>>();
        let mut complaints = Vec::new();

        for answer in answers {
            let id = answer.row.id.as_str();
            let problem = match (listed.remove(id), answer.outcome()) {
                (None, Outcome::Agree) => continue,
                (None, _) if answer.row.policy => continue,
                (None, _) => "deviates and is not listed",
                (Some(_), Outcome::Agree) => "is listed, but agrees",
                (Some(class), _) if class.says != answer.status => "is listed with another status",
                (Some(_), _) => continue,
            };
            complaints.push(format!(
                "{id} {problem}: we say {}, expected is {} ({}); {}",
                answer.status,
                answer.row.expected(),
                answer.row.why,
                answer.explanation,
            ));
        }

        complaints.extend(
            listed
                .keys()
                .map(|id| format!("{id} is listed under {policy}, but {file} has no such row")),
        );
        complaints
    }

    /// The files that the list names.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.class.iter().map(|class| class.file.as_str())
    }

    /// How many rows are listed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.class.iter().map(|class| class.ids.len()).sum()
    }
}

/// Rows of one file that deviate for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    file: String,
    policy: String,
    reason: String,
    #[serde(deserialize_with = "status")]
    says: VerifyStatus,
    ids: Vec<String>,
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VerifyStatus, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format_args!("{text:?} is no status")))
}

const POLICIES: [&str; 3] = ["ALB", "RFC5280", "STRICT"];

#[cfg(test)]
mod tests {
    use portcullis::FailureReason;

    use super::*;
    use crate::row::Row;

    #[test]
    fn a_listed_deviation_passes() {
        assert_eq!(complaints(LIST, "a", EXPIRED), NONE);
    }

    #[test]
    fn an_unlisted_deviation_fails() {
        let complaints = complaints("", "a", EXPIRED);
        assert!(
            complaints[0].starts_with("a deviates and is not listed"),
            "{complaints:?}"
        );
    }

    #[test]
    fn a_listed_deviation_that_now_agrees_fails() {
        let complaints = complaints(LIST, "a", VerifyStatus::Success);
        assert!(
            complaints[0].starts_with("a is listed, but agrees"),
            "{complaints:?}"
        );
    }

    #[test]
    fn a_listed_deviation_with_another_status_fails() {
        let invalid = VerifyStatus::Failed(FailureReason::ClientCertInvalid);
        let complaints = complaints(LIST, "a", invalid);
        assert!(
            complaints[0].starts_with("a is listed with another status"),
            "{complaints:?}"
        );
    }

    #[test]
    fn a_listed_deviation_of_no_row_fails() {
        let complaints = complaints(LIST, "b", VerifyStatus::Success);
        assert_eq!(
            complaints,
            ["a is listed under ALB, but file has no such row"]
        );
    }

    #[test]
    fn an_unlisted_deviation_of_a_policy_row_passes() {
        let row = row("a", true);
        let answer = answer(&row, EXPIRED);
        let deviations = Deviations::parse("").unwrap();
        assert_eq!(deviations.complaints("file", "ALB", &[answer]), NONE);
    }

    #[test]
    fn a_row_listed_twice_is_an_error() {
        let error = Deviations::parse(&LIST.repeat(2)).unwrap_err();
        assert_eq!(error, "a is listed twice");
    }

    #[test]
    fn a_deviation_under_another_policy_does_not_count() {
        let complaints = complaints(&LIST.replace("ALB", "STRICT"), "a", EXPIRED);
        assert!(
            complaints[0].starts_with("a deviates and is not listed"),
            "{complaints:?}"
        );
    }

    #[test]
    fn an_unknown_policy_is_an_error() {
        let error = Deviations::parse(&LIST.replace("ALB", "alb")).unwrap_err();
        assert_eq!(error, "there is no policy alb");
    }

    #[test]
    fn a_class_without_a_reason_is_an_error() {
        let error = Deviations::parse(&LIST.replace("stricter", " ")).unwrap_err();
        assert_eq!(error, "a class of file gives no reason");
    }

    fn complaints(list: &str, id: &str, status: VerifyStatus) -> Vec<String> {
        let row = row(id, false);
        let answer = answer(&row, status);
        Deviations::parse(list)
            .unwrap()
            .complaints("file", "ALB", &[answer])
    }

    fn answer(row: &Row, status: VerifyStatus) -> Answer<'_> {
        Answer {
            row,
            status,
            webpki_accepts: true,
            refused_anchors: 0,
            explanation: String::new(),
        }
    }

    fn row(id: &str, policy: bool) -> Row {
        serde_json::from_str(&format!(
            r#"{{"id": "{id}", "anchors": [], "chain": [], "crls": [], "time": 1, "why": "",
                "policy": {policy}, "expect": "accept", "status": null}}"#
        ))
        .unwrap()
    }

    const EXPIRED: VerifyStatus = VerifyStatus::Failed(FailureReason::ClientCertExpired);

    const LIST: &str = r#"
[[class]]
file = "file"
policy = "ALB"
reason = "stricter"
says = "Failed:ClientCertExpired"
ids = ["a"]
"#;

    const NONE: [&str; 0] = [];
}
