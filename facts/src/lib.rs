//! What is told about certificates, CRLs and chains, as strings: the same for a person and in JSON, and the same by every
//! program of Portcullis.

mod certificate;
mod crl;
mod json;
mod path;

pub use self::certificate::{BasicConstraintsFacts, CertificateFacts, NameFacts, hex};
pub use self::crl::{CrlFacts, Currency, RevocationFacts};
pub use self::json::{json_document, json_line};
pub use self::path::{Place, Presented, Step, is_client_in_store, presented};
