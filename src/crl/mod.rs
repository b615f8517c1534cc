//! Revocation lists (RFC 5280 5): read once, indexed once, looked up in a few cache lines.

mod error;
mod extensions;
mod index;
mod parse;
mod scope;
mod stored;

pub use self::error::{CrlError, CrlFault};
pub(crate) use self::scope::{Coverage, Scope};
pub(crate) use self::stored::{SignerMemo, StoredCrl};

use core::fmt;

use pki_types::UnixTime;

use self::index::Index;
use self::parse::{Entry, Facts};
use crate::certificate::AuthorityKeyIdentifier;
use crate::name::DistinguishedName;
use crate::render::SerialNumber;
use crate::signature::SignatureAlgorithm;
use crate::time::DateTime;

/// A certificate revocation list and its index.
///
/// Version 1 and 2, with or without nextUpdate, number and other extensions. Every entry is read
/// once, when the list is; a look-up then touches a few words of the index and hardly ever more than
/// one entry.
///
/// Both the list and the index are borrowed, so that firmware can keep them in flash, or with the
/// feature `alloc` owned.
///
/// ```
/// use portcullis::Crl;
///
/// # fn main() -> Result<(), portcullis::CrlError> {
/// let der = include_bytes!("../../tests/data/signing.crl.der");
/// let mut index = vec![0; Crl::index_len(der)?];
/// let crl = Crl::parse(der, &mut index)?;
/// assert_eq!(crl.len(), 1);
/// assert!(crl.next_update().is_some());
/// # Ok(())
/// # }
/// ```
pub struct Crl<'a> {
    der: Octets<'a>,
    index: Words<'a>,
    facts: Facts,
}

impl<'a> Crl<'a> {
    /// How many words of 32 bits the index of a list has: ten for seven entries and two more, or none
    /// for a list without entries.
    ///
    /// # Errors
    ///
    /// A list that [`parse`](Self::parse) would refuse.
    pub fn index_len(der: &[u8]) -> Result<usize, CrlError> {
        Ok(index::words(Facts::parse(der)?.entries_count))
    }

    /// Reads a list and fills its index, whose words are overwritten.
    ///
    /// # Errors
    ///
    /// Anything but one strict DER `CertificateList` with nothing after it; a list of more than 64
    /// MiB; an index shorter than [`index_len`](Self::index_len), which the error tells.
    pub fn parse(der: &'a [u8], index: &'a mut [u32]) -> Result<Self, CrlError> {
        let facts = Facts::parse(der)?;
        let index = index::fill(der, &facts, index)?;
        Ok(Self {
            der: Octets::Borrowed(der),
            index: Words::Borrowed(index),
            facts,
        })
    }

    /// Reads a list and takes an index that was made before, at build time for instance.
    ///
    /// The index is proved right: each entry is found through it, and it holds nothing else.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and an index that is not this list's.
    pub fn with_index(der: &'a [u8], index: &'a [u32]) -> Result<Self, CrlError> {
        // Read where it stays: what is known of a list is large, and each copy of it takes flash.
        let mut crl = Self {
            der: Octets::Borrowed(der),
            index: Words::Borrowed(index),
            facts: Facts::empty(),
        };
        crl.facts.read(der)?;
        index::check(der, &crl.facts, index)?;
        Ok(crl)
    }

    /// Reads a list and makes its index, and owns both.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    #[cfg(feature = "alloc")]
    pub fn from_der(der: alloc::vec::Vec<u8>) -> Result<Crl<'static>, CrlError> {
        let facts = Facts::parse(&der)?;
        let mut index = alloc::vec![0; index::words(facts.entries_count)];
        index::fill(&der, &facts, &mut index)?;
        Ok(Crl {
            der: Octets::Owned(der),
            index: Words::Owned(index),
            facts,
        })
    }

    /// Reads a list from PEM, or from DER where there is no PEM.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); broken PEM; PEM of something else; more than one list.
    #[cfg(feature = "alloc")]
    pub fn from_pem(pem_or_der: &[u8]) -> Result<Crl<'static>, CrlError> {
        Self::from_der(crate::pem::crl(pem_or_der)?)
    }

    /// The index, to be written to flash or to a file.
    #[must_use]
    pub fn index(&self) -> &[u32] {
        self.index.as_ref()
    }

    /// The list as given.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        self.der.as_ref()
    }

    /// Who issued the list (RFC 5280 5.1.2.3).
    #[must_use]
    pub fn issuer(&self) -> DistinguishedName<'_> {
        DistinguishedName::from_checked_der(
            self.facts.issuer.get(self.der()),
            self.facts.issuer_sum,
        )
    }

    /// When it was issued (RFC 5280 5.1.2.4).
    #[must_use]
    pub const fn this_update(&self) -> DateTime {
        self.facts.this_update
    }

    /// When there will be a newer one (RFC 5280 5.1.2.5), for those who fetch lists.
    #[must_use]
    pub const fn next_update(&self) -> Option<DateTime> {
        self.facts.next_update
    }

    /// Whether it has been issued at a time and its nextUpdate, if it has one, has not passed.
    #[must_use]
    pub fn is_current(&self, now: UnixTime) -> bool {
        self.is_current_at(DateTime::from(now))
    }

    pub(crate) fn is_current_at(&self, now: DateTime) -> bool {
        self.this_update() <= now && self.next_update().is_none_or(|next| now <= next)
    }

    /// Its number (RFC 5280 5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<SerialNumber<'_>> {
        Some(SerialNumber::new(self.facts.number?.get(self.der())))
    }

    /// How it is signed, if that is known here.
    #[must_use]
    pub const fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.facts.signature_algorithm
    }

    /// How many entries it has; ones for the same serial number count each.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.facts.entries_count).unwrap_or(usize::MAX)
    }

    /// Whether it revokes nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.facts.entries_count == 0
    }

    /// What the list itself makes it unusable for, signature aside.
    #[must_use]
    pub const fn fault(&self) -> Option<CrlFault> {
        self.facts.fault
    }

    /// Its scope (RFC 5280 5.2.5), for people.
    #[must_use]
    pub fn scope(&self) -> impl fmt::Display + '_ {
        self.coverage()
    }

    /// Every entry, in the order of the list.
    pub fn revocations(&self) -> impl Iterator<Item = Revocation<'_>> {
        parse::entries(self.der(), &self.facts).map(|entry| Revocation::from_entry(&entry))
    }

    /// The entry of a serial number.
    ///
    /// Serial numbers are compared as signed integers, whatever their padding.
    #[must_use]
    pub fn find(&self, serial: SerialNumber<'_>) -> Option<Revocation<'_>> {
        self.find_entry(serial)
            .map(|entry| Revocation::from_entry(&entry))
    }

    /// Whether there is an entry of a serial number, which is all that a verdict asks.
    pub(crate) fn lists(&self, serial: SerialNumber<'_>) -> bool {
        self.find_entry(serial).is_some()
    }

    fn find_entry(&self, serial: SerialNumber<'_>) -> Option<Entry<'_>> {
        let index = Index::new(self.index.as_ref())?;
        index.find(self.der(), &self.facts, serial.as_bytes())
    }

    /// What `scope` displays, for the checks.
    pub(crate) fn coverage(&self) -> Scope<'_> {
        let content = self
            .facts
            .distribution_point
            .map(|span| span.get(self.der()));
        Scope::new(content, self.issuer())
    }

    pub(crate) fn authority(&self) -> Option<AuthorityKeyIdentifier<'_>> {
        AuthorityKeyIdentifier::read(self.authority_der()?)
    }

    /// The content of the authorityKeyIdentifier. DER has one form for each: the same octets are the
    /// same identifier.
    pub(crate) fn authority_der(&self) -> Option<&[u8]> {
        Some(self.facts.authority_key_identifier?.get(self.der()))
    }

    /// What is signed.
    pub(crate) fn body(&self) -> &[u8] {
        self.facts.body.get(self.der())
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.facts.signature.get(self.der())
    }

    pub(crate) const fn is_signature_sound(&self) -> bool {
        self.facts.is_signature_sound
    }

    /// Whether this list decides in place of another one of the same issuer and scope: it was issued
    /// later, or at the same time with a higher number. Where one has no number both decide.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn is_newer(&self, other: &Crl<'_>) -> bool {
        if self.this_update() != other.this_update() {
            return self.this_update() > other.this_update();
        }
        let (Some(ours), Some(theirs)) = (self.number(), other.number()) else {
            return false;
        };
        let ours = index::canonical(ours.as_bytes());
        let theirs = index::canonical(theirs.as_bytes());
        (ours.len(), ours) > (theirs.len(), theirs)
    }
}

impl fmt::Debug for Crl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer())
            .field("this_update", &self.this_update())
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

/// One entry of a list (RFC 5280 5.1.2.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Revocation<'a> {
    /// The serial number as the list writes it.
    pub serial: SerialNumber<'a>,
    /// Since when the certificate is revoked. One in the future counts all the same.
    pub date: DateTime,
    /// The reason code (RFC 5280 5.3.1). Any counts as revoked.
    pub reason: Option<u8>,
}

impl<'a> Revocation<'a> {
    fn from_entry(entry: &Entry<'a>) -> Self {
        let serial = SerialNumber::new(entry.serial);
        Self {
            serial,
            date: entry.date,
            reason: entry.extensions.and_then(extensions::reason),
        }
    }

    /// The name of the reason, as RFC 5280 5.3.1 has it.
    #[must_use]
    pub const fn reason_str(&self) -> &'static str {
        match self.reason {
            None => "unspecified",
            Some(0) => "unspecified",
            Some(1) => "keyCompromise",
            Some(2) => "cACompromise",
            Some(3) => "affiliationChanged",
            Some(4) => "superseded",
            Some(5) => "cessationOfOperation",
            Some(6) => "certificateHold",
            Some(8) => "removeFromCRL",
            Some(9) => "privilegeWithdrawn",
            Some(10) => "aACompromise",
            Some(_) => "unknown reason",
        }
    }
}

enum Octets<'a> {
    Borrowed(&'a [u8]),
    #[cfg(feature = "alloc")]
    Owned(alloc::vec::Vec<u8>),
}

impl AsRef<[u8]> for Octets<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Borrowed(octets) => octets,
            #[cfg(feature = "alloc")]
            Self::Owned(octets) => octets,
        }
    }
}

enum Words<'a> {
    Borrowed(&'a [u32]),
    #[cfg(feature = "alloc")]
    Owned(alloc::vec::Vec<u32>),
}

impl AsRef<[u32]> for Words<'_> {
    fn as_ref(&self) -> &[u32] {
        match self {
            Self::Borrowed(words) => words,
            #[cfg(feature = "alloc")]
            Self::Owned(words) => words,
        }
    }
}
