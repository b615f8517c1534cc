//! What is told about a CRL.

use portcullis::{Crl, Revocation};
use serde::Serialize;

/// A CRL but for its entries; as JSON, `crl` of the schemas in cli/docs/.
#[derive(Debug, Serialize)]
pub struct CrlFacts {
    /// Whose list it is.
    pub issuer: String,
    /// Absent when the list has none, as in version 1.
    pub number: Option<String>,
    /// When it was issued.
    pub this_update: String,
    /// Absent when the list doesn't say.
    pub next_update: Option<String>,
    /// Absent when it is none the library knows.
    pub signature_algorithm: Option<String>,
    /// Which certificates the list is about.
    pub scope: String,
    /// How many entries it has.
    pub entry_count: usize,
    /// What the list itself makes it unusable for, the signature aside.
    pub fault: Option<String>,
}

/// An entry of a CRL; as JSON, `revocation` of the schemas in cli/docs/.
#[derive(Debug, Serialize)]
pub struct RevocationFacts {
    /// Of the revoked certificate, in upper hex.
    pub serial: String,
    /// Since when it is revoked.
    pub date: String,
    /// The name of the reason.
    pub reason: &'static str,
    /// Absent when the entry gives none.
    pub reason_code: Option<u8>,
}

impl From<&Crl<'_>> for CrlFacts {
    fn from(crl: &Crl<'_>) -> Self {
        Self {
            issuer: crl.issuer().to_string(),
            number: crl.number().map(|number| number.to_string()),
            this_update: crl.this_update().to_string(),
            next_update: crl.next_update().map(|time| time.to_string()),
            signature_algorithm: crl
                .signature_algorithm()
                .map(|algorithm| algorithm.to_string()),
            scope: crl.scope().to_string(),
            entry_count: crl.len(),
            fault: crl.fault().map(|fault| fault.to_string()),
        }
    }
}

impl From<Revocation<'_>> for RevocationFacts {
    fn from(entry: Revocation<'_>) -> Self {
        Self {
            serial: entry.serial.to_string(),
            date: entry.date.to_string(),
            reason: entry.reason_str(),
            reason_code: entry.reason,
        }
    }
}

/// Whether a time lies between thisUpdate and nextUpdate.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Currency {
    /// It does.
    Current,
    /// nextUpdate has passed.
    Expired,
    /// thisUpdate is yet to come.
    NotYetValid,
}

impl Currency {
    /// As of a time in seconds, the two ends included.
    #[must_use]
    pub fn of(crl: &Crl<'_>, now: i64) -> Self {
        let has_expired = crl
            .next_update()
            .is_some_and(|next| now > next.unix_seconds());
        if now < crl.this_update().unix_seconds() {
            Self::NotYetValid
        } else if has_expired {
            Self::Expired
        } else {
            Self::Current
        }
    }
}
