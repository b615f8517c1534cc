//! Reading a list: strictly, each entry once.

use core::iter;

use super::extensions;
use super::{CrlError, CrlFault};
use crate::der;
use crate::name::{self, NameSum};
use crate::signature::SignatureAlgorithm;
use crate::span::Span;
use crate::time::DateTime;

/// What is known of a list, as numbers and as offsets into its DER.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) body: Span<u32>,
    pub(super) signature: Span<u32>,
    /// The same algorithm inside and outside (RFC 5280 5.1.1.2), and whole octets of signature.
    pub(super) is_signature_sound: bool,
    pub(super) signature_algorithm: Option<SignatureAlgorithm>,
    pub(super) issuer: Span<u32>,
    pub(super) issuer_sum: NameSum,
    pub(super) this_update: DateTime,
    pub(super) next_update: Option<DateTime>,
    /// Content of `revokedCertificates`.
    pub(super) entries: Span<u32>,
    pub(super) entries_count: u32,
    pub(super) number: Option<Span<u32>>,
    /// Content of the authorityKeyIdentifier's SEQUENCE.
    pub(super) authority_key_identifier: Option<Span<u32>>,
    /// Content of the issuingDistributionPoint's SEQUENCE.
    pub(super) distribution_point: Option<Span<u32>>,
    pub(super) fault: Option<CrlFault>,
}

impl Facts {
    /// What there is before a list is read; as a constant it would lie in flash.
    pub(super) fn empty() -> Self {
        Self {
            body: Span::NONE,
            signature: Span::NONE,
            is_signature_sound: false,
            signature_algorithm: None,
            issuer: Span::NONE,
            issuer_sum: NameSum::ZERO,
            this_update: DateTime::EPOCH,
            next_update: None,
            entries: Span::NONE,
            entries_count: 0,
            number: None,
            authority_key_identifier: None,
            distribution_point: None,
            fault: None,
        }
    }

    pub(super) fn parse(der: &[u8]) -> Result<Self, CrlError> {
        let mut facts = Self::empty();
        facts.read(der)?;
        Ok(facts)
    }

    /// `CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }`, to be read into
    /// [`empty`](Self::empty).
    pub(super) fn read(&mut self, der: &[u8]) -> Result<(), CrlError> {
        if der.len() > MAX_SIZE {
            return Err(CrlError::TooLarge {
                size: der.len(),
                limit: MAX_SIZE,
            });
        }
        if der.is_empty() {
            return Err(CrlError::Empty);
        }
        let mut outer = der::Reader::new(der);
        let mut list = outer.nested(der::SEQUENCE).ok_or(CrlError::NotACrl)?;
        outer.finish().ok_or(CrlError::TrailingData)?;
        let (full_body, body) = list.expect_full(der::SEQUENCE).ok_or(CrlError::NotACrl)?;
        let algorithm = list.expect(der::SEQUENCE).ok_or(CrlError::NotACrl)?;
        let signature = list.expect(der::BIT_STRING).ok_or(CrlError::Signature)?;
        let (signature, unused_bits) = der::bit_string(signature).ok_or(CrlError::Signature)?;
        list.finish().ok_or(CrlError::NotACrl)?;
        let span = |part: &[u8]| Span::of(der, part).ok_or(CrlError::NotACrl);
        self.body = span(full_body)?;
        self.signature = span(signature)?;
        self.signature_algorithm = SignatureAlgorithm::parse(algorithm);

        let mut reader = der::Reader::new(body);
        let version = reader.optional(der::INTEGER);
        if !matches!(version, None | Some([1])) {
            return Err(CrlError::Version);
        }
        let inner_algorithm = reader.expect(der::SEQUENCE).ok_or(CrlError::NotACrl)?;
        if !der::is_algorithm_identifier(inner_algorithm)
            || !der::is_algorithm_identifier(algorithm)
        {
            return Err(CrlError::SignatureAlgorithm);
        }
        self.is_signature_sound = inner_algorithm == algorithm && unused_bits == 0;
        let (issuer, content) = reader.expect_full(der::SEQUENCE).ok_or(CrlError::Issuer)?;
        self.issuer = span(issuer)?;
        self.issuer_sum = name::check(content).ok_or(CrlError::Issuer)?;
        self.this_update = DateTime::read(&mut reader).ok_or(CrlError::Time)?;
        if let Some(der::UTC_TIME | der::GENERALIZED_TIME) = reader.peek() {
            self.next_update = Some(DateTime::read(&mut reader).ok_or(CrlError::Time)?);
        }
        let entries = reader.optional(der::SEQUENCE);
        let extensions = reader.optional(der::context_constructed(0));
        reader.finish().ok_or(CrlError::NotACrl)?;
        if extensions.is_some() && version.is_none() {
            return Err(CrlError::Version);
        }
        if let Some(entries) = entries {
            self.entries = span(entries)?;
            self.check_entries(entries, version.is_some())?;
        }
        if let Some(extensions) = extensions {
            self.read_extensions(der, extensions)
                .ok_or(CrlError::Extensions)?;
        }
        Ok(())
    }

    fn check_entries(&mut self, content: &[u8], is_v2: bool) -> Result<(), CrlError> {
        let mut reader = der::Reader::new(content);
        while !reader.is_empty() {
            self.entries_count = self.entries_count.saturating_add(1);
            let number = self.entries_count;
            let entry = Entry::read(&mut reader).ok_or(CrlError::Entry { number })?;
            if let Some(extensions) = entry.extensions {
                let fault = extensions::check_entry(extensions);
                let fault = fault.filter(|_| is_v2).ok_or(CrlError::Entry { number })?;
                self.fault = self.fault.or(fault);
            }
        }
        Ok(())
    }
}

/// `SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL }`
pub(super) struct Entry<'a> {
    pub(super) serial: &'a [u8],
    pub(super) date: DateTime,
    /// The whole entry.
    pub(super) full: &'a [u8],
    pub(super) extensions: Option<&'a [u8]>,
}

impl<'a> Entry<'a> {
    /// Serial numbers with superfluous sign octets are taken: CAs write them.
    pub(super) fn read(entries: &mut der::Reader<'a>) -> Option<Self> {
        let (full, content) = entries.expect_full(der::SEQUENCE)?;
        let mut reader = der::Reader::new(content);
        let serial = reader
            .expect(der::INTEGER)
            .filter(|serial| !serial.is_empty())?;
        let date = DateTime::read(&mut reader)?;
        let extensions = reader.optional(der::SEQUENCE);
        reader.finish()?;
        Some(Self {
            serial,
            date,
            full,
            extensions,
        })
    }
}

/// The entries of a list that has been read.
pub(super) fn entries<'a>(
    der: &'a [u8],
    facts: &Facts,
) -> impl Iterator<Item = Entry<'a>> + use<'a> {
    let mut reader = der::Reader::new(facts.entries.get(der));
    iter::from_fn(move || Entry::read(&mut reader))
}

/// Offsets into a list have 26 bits.
const MAX_SIZE: usize = (1 << 26) - 1;
