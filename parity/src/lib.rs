//! Compares the verdicts of Portcullis with those of other verifiers.
//!
//! The judges are a corpus of graded chains, among them hundreds with s2n-tls's own answer, and
//! webpki asked directly. The corpus lies in the folder named by the environment variable
//! [`corpus::FOLDER`]; without it the tests say so loudly and pass.
//!
//! What is known to differ, and is meant to, stands in `deviations.toml` with its reason.
//!
//! The corpus is fixed. The program `handshakes` keeps looking beyond it: it makes chains with
//! several faults each and asks s2n-tls, in a handshake, and other verifiers at the same time.
//! What differs there, and is meant to, stands in `disagreements.toml`.

#![forbid(unsafe_code)]

pub mod corpus;
pub mod deviations;
pub mod disagreements;
pub mod generator;
pub mod judges;
pub mod peers;
pub mod report;
pub mod row;
pub mod session;
pub mod signatures;
pub mod wycheproof;
