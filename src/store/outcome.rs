//! What adding to a store comes to.

use core::fmt;

use crate::certificate::CertificateError;
use crate::crl::CrlFault;
use crate::key::KeyType;

/// What [`TrustStore::add_ca`](crate::TrustStore::add_ca) did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Added {
    /// The very same certificate was there already, and is there once.
    Duplicate,
    /// It was added.
    New,
}

/// What [`TrustStore::add_crl`](crate::TrustStore::add_crl) did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a list that cannot be used makes its issuer's certificates fail"]
#[non_exhaustive]
pub enum CrlAdded {
    /// The very same list was there already, and is there once.
    Duplicate,
    /// It was added, and every certificate of its issuer will fail.
    Unusable(CrlFault),
    /// It was added; its signature is verified when a client presents its issuer.
    Unverified,
    /// It was added, and its signature is a CA's of the store.
    Usable,
}

/// Why a certificate was not added to a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoreError {
    /// The store holds as many as it can.
    TooManyCas {
        /// How many that is.
        capacity: usize,
    },
    /// The certificate is larger than the policy allows.
    CaTooLarge {
        /// Its size in octets.
        size: usize,
        /// The policy's limit in octets.
        limit: u32,
    },
    /// The certificate does not parse.
    Certificate(CertificateError),
    /// The certificate is a CA's, and nothing it signs could be verified: the algorithm set has
    /// nothing for such a key, or the policy does not allow its size.
    UnsupportedKey(KeyType),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyCas { capacity } => {
                write!(
                    f,
                    "the store holds {capacity} CA certificates, which is all it can"
                )
            }
            Self::CaTooLarge { size, limit } => {
                write!(
                    f,
                    "the certificate has {size} octets, more than the {limit} allowed"
                )
            }
            Self::Certificate(error) => error.fmt(f),
            Self::UnsupportedKey(key) => {
                write!(
                    f,
                    "signatures of a CA with a key of this kind cannot be verified: {key}"
                )
            }
        }
    }
}

impl core::error::Error for StoreError {}
