//! Decides whether a TLS client's certificate chain may pass, and says so in the words of AWS ALB's
//! mutual TLS. Not affiliated with AWS.
//!
//! It needs neither the standard library nor an allocator, so the same code runs in a proxy and in a
//! firmware gateway. A [`TrustStore`] holds CA certificates and a [`Policy`]; its one hot path is
//! [`verify`](TrustStore::verify), and [`explain`](TrustStore::explain) tells a person why.
//!
//! ```
//! use portcullis::pki_types::{CertificateDer, UnixTime};
//! use portcullis::{FailureReason, Policy, TrustStore, VerifyStatus, signature};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What an operator would upload: one certificate or many. Every one is an anchor, root or not.
//! let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
//! store.add_bundle(&std::fs::read("tests/data/bundle.pem")?)?;
//!
//! // What a client presents, leaf first.
//! let presented = [CertificateDer::from(std::fs::read("tests/data/leaf.der")?)];
//! let december = UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_796_083_200));
//! assert_eq!(store.verify_at(&presented, december), VerifyStatus::Success);
//!
//! // A year later, and in words.
//! let later = UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_827_619_200));
//! let explanation = store.explain(&presented, later);
//! assert_eq!(explanation.status(), VerifyStatus::Failed(FailureReason::ClientCertExpired));
//! println!("{explanation}");
//! # Ok(())
//! # }
//! ```
//!
//! # What is checked, in this order
//!
//! The first check that fails is the status.
//!
//! 1. Size of the Certificate message; presence of a certificate at all.
//! 2. Each presented certificate, up to the depth limit: it parses, its signature algorithm and key
//!    size are allowed.
//! 3. How many are presented.
//! 4. A path to a certificate of the store.
//! 5. Leaf to anchor: extensions, CA flag, keyCertSign, path length.
//! 6. Leaf to anchor: revocation.
//! 7. Anchor to leaf: signature, notBefore, notAfter.
//! 8. Name constraints.
//! 9. Purpose: extended key usage, key usage, nsCertType.
//! 10. The application's own check.
//! 11. The type of the leaf's key.
//!
//! # Deviations
//!
//! From what ALB's libraries do, under [`Policy::ALB`]: outer lengths that are indefinite or not the
//! shortest, and octets after a certificate, are `ClientCertInvalid` here; comparing names with
//! constraints has a smaller budget, and a common name in two or four octets a character that looks
//! like a DNS name is refused where names are constrained; a name has 64 RDNs at most, each with 4
//! attributes; a CA whose key could verify nothing is refused when it is loaded. A CRL with the delta
//! indicator is unusable even if that is not critical, one with octets after it is refused, and RSA
//! with SHA-224 verifies none.
//!
//! From RFC 5280, under every policy: certificate policies are not processed, so a chain is never
//! refused for them; the anchor's own validity, extensions and constraints count; certificates may
//! have serial numbers that are zero, negative or longer than 20 octets.
//!
//! # What is left to the caller
//!
//! That the client holds the key of its certificate is proved by the handshake, not here. A resumed
//! session never comes here at all. Who the client is, and what it may do, is for the
//! [application](ApplicationCheck) to say. OCSP is not spoken, nothing is fetched, nothing is logged.
//!
//! # Logs and headers
//!
//! What a load balancer tells of its clients, as ALB writes it, and read back:
//! [`ConnectionLogEntry`] and [`AccessLogEntry`] are lines of its logs, [`MtlsHeaders`] the headers
//! for the backend, and [`MtlsPem`] takes the certificates out of those. [`NginxVerify`],
//! [`HaproxyVerify`] and [`CloudFrontStatus`] are the same verdict as others tell it.
//!
//! # Features
//!
//! | feature | what it brings | default |
//! |---|---|---|
//! | `std` | the system clock | yes |
//! | `alloc` | PEM; certificates out of headers, as owned ones | with `std` |
//! | `aws-lc-rs` | [`signature::AWS_LC_RS`], the only set with P-521 | yes |
//! | `ring` | `signature::RING`, whose RSA needs an allocator | |
//! | `rustcrypto` | `signature::RUSTCRYPTO`, which needs none: the four that follow | |
//! | `rsa` | RSA of 2048 to 4096 bits, or more: `signature::RsaVerification` | |
//! | `p256` | ECDSA on P-256, by the crate `p256` | |
//! | `p384` | ECDSA on P-384, by the crate `p384` | |
//! | `ed25519` | Ed25519, by the crate `ed25519-dalek` | |
//! | `rustls` | the module `rustls`: client authentication for servers on rustls | |
//! | `webpki` | [`Policy::STRICT`] | yes |
//!
//! # Guarantees
//!
//! No `unsafe`. No panic, whatever the input: every octet is read through checked slices, every sum
//! is checked. No allocation in [`verify`](TrustStore::verify) or [`explain`](TrustStore::explain)
//! but what the signature backend makes, and under `Policy::STRICT` webpki for its errors, where it
//! is built with an allocator. No recursion, and bounded work: at most two and a half signature
//! checks for each presented certificate, one for each certificate of the path under
//! [`Policy::ALB`].
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
#[cfg(feature = "std")]
extern crate std;

mod certificate;
mod chain;
mod check;
mod client;
mod crl;
mod curve;
mod der;
mod explain;
mod failure;
mod key;
mod limb;
mod name;
mod oid;
mod path;
#[cfg(feature = "alloc")]
pub mod pem;
mod policy;
mod render;
#[cfg(feature = "rustls")]
pub mod rustls;
#[cfg(feature = "webpki")]
mod second_opinion;
pub mod signature;
mod span;
mod status;
mod store;
mod time;
mod verify;

pub use pki_types;

pub use crate::certificate::{BasicConstraints, Certificate, CertificateError, KeyUsage};
pub use crate::chain::{Chain, Protocol};
pub use crate::check::Check;
pub use crate::client::{ClientCertificate, Fingerprint};
pub use crate::crl::{Crl, CrlError, CrlFault, Revocation};
pub use crate::explain::{Explanation, PathStep, Position};
pub use crate::key::KeyType;
pub use crate::name::DistinguishedName;
pub use crate::oid::ObjectIdentifier;
pub use crate::policy::{
    AlgorithmScope, AnyEku, CrlReach, DepthCount, ExpiredCrl, Expiry, LeafKeys, LeafVersion,
    MissingClock, MissingCrl, MissingEku, NotAfter, Policy, Search, Sha1,
};
pub use crate::render::{
    AccessLogEntry, CloudFrontStatus, ConnTraceId, ConnectionLogEntry, ConnectionLogFields,
    HaproxyVerify, LogLeaf, LogLineError, LogText, LogTimestamp, MtlsHeaderError, MtlsHeaderValue,
    MtlsHeaders, MtlsPem, NginxVerify, OpensslVerify, ParseCloudFrontStatusError,
    ParseConnTraceIdError, ParseNginxVerifyError, SerialNumber,
};
pub use crate::signature::{AlgorithmSet, SignatureAlgorithm};
pub use crate::status::{FailureReason, ParseStatusError, VerifyStatus};
pub use crate::store::{Added, ApplicationCheck, CrlAdded, StoreError, TrustStore};
pub use crate::time::{DateTime, Validity};

#[cfg(all(doctest, feature = "std", feature = "aws-lc-rs"))]
#[doc = include_str!("../README.md")]
mod readme {}
