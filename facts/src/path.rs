//! The certificates of a chain: where they come from, and which of them the path needs.

use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, PathStep, Position};
use serde::Serialize;

use crate::certificate::CertificateFacts;

/// Where a certificate comes from. Indices count from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "source", content = "index", rename_all = "snake_case")]
pub enum Place {
    /// The client sent it.
    Presented(usize),
    /// It is in the trust store.
    TrustStore(usize),
}

/// A certificate of the path.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Where it comes from.
    #[serde(flatten)]
    pub place: Place,
    /// What it says.
    pub certificate: CertificateFacts,
}

/// A certificate the client sent.
#[derive(Debug, Serialize)]
pub struct Presented {
    /// Whether the path needs it.
    pub in_path: bool,
    /// Absent when it can't be read.
    pub subject: Option<String>,
    /// Why it can't be read.
    pub error: Option<String>,
}

impl Presented {
    /// Its subject, or why it has none.
    #[must_use]
    pub fn describe(&self) -> String {
        match (&self.subject, &self.error) {
            (Some(subject), _) => subject.clone(),
            (None, Some(error)) => format!("which can't be read: {error}"),
            (None, None) => String::new(),
        }
    }
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        match position {
            Position::Presented(index) => Self::Presented(index),
            Position::Store(index) => Self::TrustStore(index),
        }
    }
}

impl From<PathStep<'_>> for Step {
    fn from(step: PathStep<'_>) -> Self {
        Self {
            place: step.position.into(),
            certificate: step.certificate.into(),
        }
    }
}

/// Whether the path is nothing but the client's certificate, found in the trust store.
#[must_use]
pub fn is_client_in_store(path: &[Step]) -> bool {
    matches!(
        path,
        [Step {
            place: Place::TrustStore(_),
            ..
        }]
    )
}

/// Each certificate sent, with its part in the path.
#[must_use]
pub fn presented(chain: &[CertificateDer<'_>], path: &[Step]) -> Vec<Presented> {
    chain
        .iter()
        .enumerate()
        .map(|(index, der)| {
            let parsed = Certificate::parse(der);
            Presented {
                in_path: path
                    .iter()
                    .any(|step| step.place == Place::Presented(index))
                    || (index == 0 && is_client_in_store(path)),
                subject: parsed
                    .as_ref()
                    .ok()
                    .map(|certificate| certificate.subject().to_string()),
                error: parsed.err().map(|error| error.to_string()),
            }
        })
        .collect()
}
