//! What is told about a CRL.

use portcullis::{Crl, Revocation};
use serde::Serialize;

/// A CRL but for its entries; as JSON, `crl` of the schemas in docs/.
#[derive(Debug, Serialize)]
pub(crate) struct CrlFacts {
    pub(crate) issuer: String,
    /// Absent when the list has none, as in version 1.
    pub(crate) number: Option<String>,
    pub(crate) this_update: String,
    /// Absent when the list doesn't say.
    pub(crate) next_update: Option<String>,
    /// Absent when it is none the library knows.
    pub(crate) signature_algorithm: Option<String>,
    /// Which certificates the list is about.
    pub(crate) scope: String,
    pub(crate) entry_count: usize,
    /// What the list itself makes it unusable for, the signature aside.
    pub(crate) fault: Option<String>,
}

/// An entry of a CRL; as JSON, `revocation` of the schemas in docs/.
#[derive(Debug, Serialize)]
pub(crate) struct RevocationFacts {
    pub(crate) serial: String,
    pub(crate) date: String,
    /// The name of the reason.
    pub(crate) reason: &'static str,
    /// Absent when the entry gives none.
    pub(crate) reason_code: Option<u8>,
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
pub(crate) enum Currency {
    Current,
    Expired,
    NotYetValid,
}

impl Currency {
    /// As of a time in seconds, the two ends included.
    pub(crate) fn of(crl: &Crl<'_>, now: i64) -> Self {
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
