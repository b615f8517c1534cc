//! Compares the verdicts of Portcullis with those of other verifiers.
//!
//! The judges are a corpus of graded chains, among them hundreds with s2n-tls's own answer, and
//! webpki asked directly. The corpus lies in the folder named by the environment variable
//! [`corpus::FOLDER`]; without it the tests say so loudly and pass.
//!
//! What is known to differ, and is meant to, stands in `deviations.toml` with its reason.

#![forbid(unsafe_code)]

pub mod corpus;
pub mod deviations;
pub mod judges;
pub mod report;
pub mod row;
pub mod signatures;
pub mod wycheproof;
