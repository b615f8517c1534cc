//! One graded case of the corpus.

use core::fmt;
use core::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{Chain, VerifyStatus};
use serde::de::{Deserialize, Deserializer, Error};

/// One graded case: what a verifier is given and what it should answer.
#[derive(Debug, serde::Deserialize)]
pub struct Row {
    /// Unique in the whole corpus.
    pub id: String,
    /// The trust store; every certificate in it is an anchor, root or not.
    #[serde(deserialize_with = "certificates")]
    pub anchors: Vec<CertificateDer<'static>>,
    /// What the client presents, leaf first.
    #[serde(deserialize_with = "certificates")]
    pub chain: Vec<CertificateDer<'static>>,
    /// The revocation lists the verdict takes into account, as DER.
    #[serde(deserialize_with = "base64_list")]
    pub crls: Vec<Vec<u8>>,
    /// Why the verdict is what it is.
    pub why: String,
    /// Whether the verdict hangs on a choice, so that the row stays out of every score.
    pub policy: bool,
    /// How many presented certificates the verdict assumes to be allowed; absent = any number.
    max_depth: Option<u8>,
    #[serde(deserialize_with = "unix_time")]
    time: UnixTime,
    expect: Verdict,
    #[serde(deserialize_with = "optional_status")]
    status: Option<VerifyStatus>,
    /// The status where a certificate that no list covers counts as not revoked, if that differs.
    #[serde(default, deserialize_with = "optional_status")]
    if_missing_crl_is_allowed: Option<VerifyStatus>,
}

impl Row {
    /// A question without an answer: nothing is expected of anybody.
    #[must_use]
    pub fn ungraded(
        id: String,
        anchors: Vec<CertificateDer<'static>>,
        chain: Vec<CertificateDer<'static>>,
        crls: Vec<Vec<u8>>,
        seconds: u64,
    ) -> Self {
        Self {
            id,
            anchors,
            chain,
            crls,
            why: String::new(),
            policy: true,
            max_depth: None,
            time: UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            expect: Verdict::Reject,
            status: None,
            if_missing_crl_is_allowed: None,
        }
    }

    /// The answer a verifier should give that lets a certificate pass which no CRL covers.
    #[must_use]
    pub fn expected(&self) -> Expected {
        match (self.if_missing_crl_is_allowed.or(self.status), self.expect) {
            (Some(status), _) => Expected::Status(status),
            (None, Verdict::Accept) => Expected::Status(VerifyStatus::Success),
            (None, Verdict::Reject) => Expected::Reject,
        }
    }

    /// The same question without revocation lists.
    #[must_use]
    pub fn without_lists(&self) -> Self {
        Self::ungraded(
            self.id.clone(),
            self.anchors.clone(),
            self.chain.clone(),
            Vec::new(),
            self.time.as_secs(),
        )
    }

    /// The same question with those anchors alone that are `wanted`.
    #[must_use]
    pub fn with_anchors(&self, wanted: impl Fn(&CertificateDer<'static>) -> bool) -> Self {
        let anchors = self.anchors.iter().filter(|anchor| wanted(anchor));
        Self::ungraded(
            self.id.clone(),
            anchors.cloned().collect(),
            self.chain.clone(),
            self.crls.clone(),
            self.time.as_secs(),
        )
    }

    /// The same question where nothing is presented but this path, and nothing trusted but its
    /// anchor.
    #[must_use]
    pub fn of_path(
        &self,
        path: &[CertificateDer<'static>],
        anchor: CertificateDer<'static>,
    ) -> Self {
        Self::ungraded(
            self.id.clone(),
            vec![anchor],
            path.to_vec(),
            self.crls.clone(),
            self.time.as_secs(),
        )
    }

    /// What is presented, as the library takes it.
    #[must_use]
    pub fn presented(&self) -> Chain<'_> {
        Chain::from(&self.chain)
    }

    /// The time of the verdict.
    #[must_use]
    pub fn time(&self) -> UnixTime {
        self.time
    }

    /// How many certificates may be presented: the row's own limit, else the most a policy takes.
    #[must_use]
    pub fn max_depth(&self) -> u8 {
        self.max_depth.unwrap_or(NO_DEPTH_LIMIT)
    }

    /// Whether status and verdict of the row say the same thing.
    pub(crate) fn is_consistent(&self) -> bool {
        self.status
            .is_none_or(|status| status.is_success() == (self.expect == Verdict::Accept))
    }
}

/// The answer a row asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// The chain is refused; with which word is unknown.
    Reject,
    /// Exactly this status.
    Status(VerifyStatus),
}

impl Expected {
    /// Whether the chain should pass.
    #[must_use]
    pub fn is_accept(self) -> bool {
        self == Self::Status(VerifyStatus::Success)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reject => f.write_str("Failed, with any word"),
            Self::Status(status) => status.fmt(f),
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Accept,
    Reject,
}

fn certificates<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<CertificateDer<'static>>, D::Error> {
    Ok(base64_list(deserializer)?
        .into_iter()
        .map(CertificateDer::from)
        .collect())
}

fn base64_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .into_iter()
        .map(|text| BASE64_STANDARD.decode(text).map_err(D::Error::custom))
        .collect()
}

fn unix_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixTime, D::Error> {
    u64::deserialize(deserializer)
        .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}

fn optional_status<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<VerifyStatus>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| {
            text.parse()
                .map_err(|_| D::Error::custom(format_args!("{text:?} is no status")))
        })
        .transpose()
}

/// The most presented certificates a policy can be told to take; no row has more.
pub const NO_DEPTH_LIMIT: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_row_without_a_status_asks_for_any_refusal() {
        let row = row(r#""expect": "reject", "status": null"#);
        assert_eq!(row.expected(), Expected::Reject);
        assert_eq!(row.max_depth(), NO_DEPTH_LIMIT);
        assert!(row.is_consistent());
    }

    #[test]
    fn the_status_for_an_allowed_missing_crl_wins() {
        let row = row(
            r#""expect": "reject", "status": "Failed:ClientCertCrlProcessingError",
            "if_missing_crl_is_allowed": "Success", "max_depth": 4"#,
        );
        assert!(row.expected().is_accept());
        assert_eq!(row.max_depth(), 4);
        assert!(row.is_consistent());
    }

    #[test]
    fn a_row_that_contradicts_itself_is_noticed() {
        assert!(
            !row(r#""expect": "accept", "status": "Failed:ClientCertExpired""#).is_consistent()
        );
    }

    #[test]
    fn an_unknown_status_is_an_error() {
        let line = line(r#""expect": "reject", "status": "Failed:Whatever""#);
        let error = serde_json::from_str::<Row>(&line).unwrap_err();
        assert!(error.to_string().contains("is no status"), "{error}");
    }

    fn row(verdict: &str) -> Row {
        serde_json::from_str(&line(verdict)).unwrap()
    }

    fn line(verdict: &str) -> String {
        format!(
            r#"{{"id": "a", "anchors": ["AAEC"], "chain": [], "crls": [], "time": 1,
                "why": "", "features": [], "policy": false, {verdict}}}"#
        )
    }
}
