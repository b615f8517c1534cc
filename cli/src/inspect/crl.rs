//! What `inspect` tells about a CRL.

use portcullis::pki_types::CertificateRevocationListDer;
use portcullis::{Crl, DateTime};
use serde::Serialize;

use crate::arguments::InspectArguments;
use crate::clock;
use crate::facts::{CrlFacts, Currency, RevocationFacts};

/// How CRLs are looked at.
pub(crate) struct CrlView {
    now: i64,
    max_entries: usize,
}

impl CrlView {
    /// As the command line says.
    pub(crate) fn new(arguments: &InspectArguments) -> anyhow::Result<Self> {
        let now = arguments.time.map_or_else(clock::now, Ok)?;
        Ok(Self {
            now: DateTime::from(now).unix_seconds(),
            max_entries: if arguments.all { usize::MAX } else { FIRST },
        })
    }
}

/// A CRL of a file.
#[derive(Debug, Serialize)]
pub(crate) struct CrlEntry {
    /// Absent when the CRL can't be read.
    pub(crate) crl: Option<InspectedCrl>,
    /// Why it can't be read.
    pub(crate) error: Option<String>,
}

/// A CRL that can be read.
#[derive(Debug, Serialize)]
pub(crate) struct InspectedCrl {
    #[serde(flatten)]
    pub(crate) facts: CrlFacts,
    pub(crate) currency: Currency,
    /// In the order of the list, perhaps not all.
    pub(crate) entries: Vec<RevocationFacts>,
}

impl CrlEntry {
    /// Reads a CRL.
    pub(crate) fn new(der: &CertificateRevocationListDer<'_>, view: &CrlView) -> Self {
        match Crl::from_der(der.to_vec()) {
            Ok(crl) => Self {
                crl: Some(InspectedCrl {
                    facts: CrlFacts::from(&crl),
                    currency: Currency::of(&crl, view.now),
                    entries: crl
                        .revocations()
                        .take(view.max_entries)
                        .map(RevocationFacts::from)
                        .collect(),
                }),
                error: None,
            },
            Err(error) => Self {
                crl: None,
                error: Some(error.to_string()),
            },
        }
    }
}

/// Enough to see what the entries are like.
const FIRST: usize = 10;
