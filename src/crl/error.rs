//! Why a list is refused, and why one that reads well cannot be used.

use core::fmt;

/// Why a list was not read, or not added to a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CrlError {
    /// Not one DER SEQUENCE of a body, a signature algorithm and a signature.
    NotACrl,
    /// PEM, but of something else: a certificate, a key.
    OtherPem,
    /// PEM that is broken.
    BrokenPem,
    /// There is nothing in the input.
    Empty,
    /// More than one list in one file.
    MoreThanOne,
    /// There is something after the list.
    TrailingData,
    /// The list is larger than the limit.
    TooLarge {
        /// Its size in octets.
        size: usize,
        /// The limit in octets.
        limit: usize,
    },
    /// The version is neither v1 nor v2 (RFC 5280 5.1.2.1), or v1 has extensions.
    Version,
    /// A signature algorithm is malformed.
    SignatureAlgorithm,
    /// The issuer is no `Name`.
    Issuer,
    /// thisUpdate or nextUpdate is malformed.
    Time,
    /// An entry is malformed.
    Entry {
        /// Which one, from 1.
        number: u32,
    },
    /// The extensions are malformed, or one that is known is, or is there twice.
    Extensions,
    /// The signature is not a BIT STRING.
    Signature,
    /// The index has not room for the list.
    IndexTooShort {
        /// How many words it must have.
        needed: usize,
        /// How many it has.
        given: usize,
    },
    /// The index is not this list's, or not a whole one.
    IndexMismatch,
    /// No index could be made in which every look-up is short. The serial numbers of a list that
    /// gets this were made for it.
    NoIndex,
    /// The store holds as many lists as it can.
    TooManyCrls {
        /// How many that is.
        capacity: usize,
    },
    /// The lists of the store would have more entries than the policy allows.
    TooManyEntries {
        /// The policy's limit.
        limit: u32,
    },
}

impl fmt::Display for CrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACrl => f.write_str("not a DER-encoded CRL"),
            Self::OtherPem => f.write_str("there is PEM, but no CRL in it"),
            Self::BrokenPem => f.write_str("the PEM is broken"),
            Self::Empty => f.write_str("the input is empty"),
            Self::MoreThanOne => f.write_str("there is more than one CRL"),
            Self::TrailingData => f.write_str("there is data after the end of the CRL"),
            Self::TooLarge { size, limit } => {
                write!(
                    f,
                    "the CRL has {size} octets, more than the {limit} allowed"
                )
            }
            Self::Version => f.write_str("the version is neither v1 nor v2, or v1 has extensions"),
            Self::SignatureAlgorithm => f.write_str("a signature algorithm is malformed"),
            Self::Issuer => f.write_str("the issuer name is malformed"),
            Self::Time => f.write_str("thisUpdate or nextUpdate is malformed"),
            Self::Entry { number } => write!(f, "entry {number} is malformed"),
            Self::Extensions => f.write_str("an extension is malformed or there twice"),
            Self::Signature => f.write_str("the signature is not a BIT STRING"),
            Self::IndexTooShort { needed, given } => {
                write!(f, "the index has {given} words and needs {needed}")
            }
            Self::IndexMismatch => f.write_str("the index is not that of this CRL"),
            Self::NoIndex => f.write_str("no index with short look-ups could be made"),
            Self::TooManyCrls { capacity } => {
                write!(f, "the store holds {capacity} CRLs, which is all it can")
            }
            Self::TooManyEntries { limit } => {
                write!(
                    f,
                    "the CRLs of the store would have more than {limit} entries"
                )
            }
        }
    }
}

impl core::error::Error for CrlError {}

/// Why a list that reads well cannot decide anything. It is kept, and every certificate of its
/// issuer gets `ClientCertCrlProcessingError`: a store with such a list fails closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CrlFault {
    /// Its signature is not by the CA of that name in the store.
    Signature,
    /// A critical extension is unknown (RFC 5280 5.2).
    CriticalExtension,
    /// A critical extension of an entry is unknown (RFC 5280 5.3).
    CriticalEntryExtension,
    /// It lists only changes to another list (RFC 5280 5.2.4).
    Delta,
    /// It lists certificates of other issuers (RFC 5280 5.2.5).
    Indirect,
    /// It lists certificates revoked for some reasons only (RFC 5280 5.2.5).
    SomeReasons,
    /// Its scope contradicts itself.
    Scope,
}

impl fmt::Display for CrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "its signature is not by a CA of that name in the store",
            Self::CriticalExtension => "it has a critical extension that is unknown",
            Self::CriticalEntryExtension => "an entry has a critical extension that is unknown",
            Self::Delta => "it is a delta CRL",
            Self::Indirect => "it is an indirect CRL",
            Self::SomeReasons => "it lists certificates revoked for some reasons only",
            Self::Scope => "its scope contradicts itself",
        })
    }
}
