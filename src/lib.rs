//! Decides whether a TLS client's certificate chain may pass, and says so in the words of AWS ALB's
//! mutual TLS.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs
)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod certificate;
mod chain;
mod check;
mod client;
mod curve;
mod der;
mod explain;
mod key;
mod name;
mod oid;
mod path;
#[cfg(feature = "alloc")]
pub mod pem;
mod policy;
mod render;
#[cfg(feature = "webpki")]
mod second_opinion;
pub mod signature;
mod status;
mod store;
mod time;
mod verify;

pub use pki_types;

pub use crate::certificate::{BasicConstraints, Certificate, CertificateError, KeyUsage};
pub use crate::chain::{Chain, Protocol};
pub use crate::check::Check;
pub use crate::client::{ClientCertificate, Fingerprint};
pub use crate::explain::{Explanation, PathStep, Position};
pub use crate::key::KeyType;
pub use crate::name::DistinguishedName;
pub use crate::oid::ObjectIdentifier;
pub use crate::policy::{
    AlgorithmScope, AnyEku, DepthCount, Expiry, LeafKeys, LeafVersion, MissingClock, MissingEku,
    NotAfter, Policy, Search, Sha1,
};
pub use crate::render::SerialNumber;
pub use crate::signature::{AlgorithmSet, SignatureAlgorithm};
pub use crate::status::{FailureReason, ParseStatusError, VerifyStatus};
pub use crate::store::{Added, ApplicationCheck, StoreError, TrustStore};
pub use crate::time::{DateTime, Validity};
