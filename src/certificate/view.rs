//! A certificate as the engine holds it: DER in one place, facts in another.

use core::iter;

use super::extensions::AuthorityKeyIdentifier;
use super::{Facts, GeneralName, general_names};
use crate::der;
use crate::key::KeyKind;
use crate::name::DistinguishedName;
use crate::oid::ObjectIdentifier;
use crate::render::SerialNumber;

/// Both are borrowed, from the client or from the store, so a view costs two words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a, 'f> {
    pub(crate) der: &'a [u8],
    pub(crate) facts: &'f Facts,
}

impl<'a, 'f> View<'a, 'f> {
    pub(crate) const fn new(der: &'a [u8], facts: &'f Facts) -> Self {
        Self { der, facts }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn subject(&self) -> DistinguishedName<'a> {
        DistinguishedName::from_checked_der(
            self.facts.subject.get(self.der),
            self.facts.subject_sum,
        )
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn issuer(&self) -> DistinguishedName<'a> {
        DistinguishedName::from_checked_der(self.facts.issuer.get(self.der), self.facts.issuer_sum)
    }

    pub(crate) fn serial(&self) -> SerialNumber<'a> {
        SerialNumber::new(self.facts.serial.get(self.der))
    }

    pub(crate) fn spki(&self) -> &'a [u8] {
        self.facts.spki.get(self.der)
    }

    /// The octets of the `subjectPublicKey`.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn key(&self) -> &'a [u8] {
        self.facts.key.get(self.der)
    }

    /// Whether the key is a point without its second coordinate.
    pub(crate) fn has_compressed_key(&self) -> bool {
        let is_curve = matches!(self.facts.key_type.kind(), Some(KeyKind::Ec(_)));
        is_curve && matches!(self.key().first(), Some(0x02 | 0x03))
    }

    /// Whether two certificates have one key, in whatever form a point is written.
    pub(crate) fn has_key_of(&self, other: &View<'_, '_>) -> bool {
        let is_curve = matches!(self.facts.key_type.kind(), Some(KeyKind::Ec(_)));
        let (ours, theirs) = (self.key(), other.key());
        let is_same = match (point(ours), point(theirs)) {
            (Some(our_point), Some(their_point)) if is_curve => our_point == their_point,
            _ => ours == theirs,
        };
        is_same && self.facts.key_type == other.facts.key_type
    }

    /// What is signed.
    pub(crate) fn body(&self) -> &'a [u8] {
        self.facts.body.get(self.der)
    }

    pub(crate) fn signature(&self) -> &'a [u8] {
        self.facts.signature.get(self.der)
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        self.facts
            .subject_key_identifier
            .map(|span| span.get(self.der))
    }

    pub(crate) fn authority_key_identifier(&self) -> Option<&'a [u8]> {
        self.authority()?.key_identifier
    }

    fn authority(&self) -> Option<AuthorityKeyIdentifier<'a>> {
        AuthorityKeyIdentifier::read(self.facts.authority_key_identifier?.get(self.der))
    }

    pub(crate) fn alternative_names(&self) -> impl Iterator<Item = GeneralName<'a>> + use<'a> {
        let content = self
            .facts
            .subject_alt_name
            .map_or(&[][..], |span| span.get(self.der));
        general_names(content)
    }

    pub(crate) fn extended_key_usages(
        &self,
    ) -> Option<impl Iterator<Item = ObjectIdentifier<'a>> + use<'a>> {
        let mut reader = der::Reader::new(self.facts.extended_key_usages?.get(self.der));
        Some(iter::from_fn(move || {
            Some(ObjectIdentifier::new(
                reader.expect(der::OBJECT_IDENTIFIER)?,
            ))
        }))
    }

    pub(crate) fn distribution_points(
        &self,
    ) -> impl Iterator<Item = DistributionPoint<'a>> + use<'a> {
        let content = self
            .facts
            .crl_distribution_points
            .map_or(&[][..], |span| span.get(self.der));
        let mut points = der::Reader::new(content);
        iter::from_fn(move || {
            let mut point = points.nested(der::SEQUENCE)?;
            let name = point.optional(der::context_constructed(0));
            point.optional(der::context(1));
            let issuer = point.optional(der::context_constructed(2));
            Some(DistributionPoint { name, issuer })
        })
    }

    /// Whether this certificate's authorityKeyIdentifier agrees with `candidate`, as far as both
    /// say something (RFC 5280 4.2.1.1).
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn names_as_issuer(&self, candidate: &View<'_, '_>) -> bool {
        self.authority()
            .is_none_or(|authority| authority.agrees_with(candidate))
    }
}

/// The first coordinate of a point, and whether the second is odd.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn point(octets: &[u8]) -> Option<(&[u8], u8)> {
    match octets {
        [form @ (0x02 | 0x03), x @ ..] => Some((x, form & 1)),
        [0x04, both @ ..] => Some((both.get(..both.len() / 2)?, both.last()? & 1)),
        _ => None,
    }
}

/// `DistributionPoint` (RFC 5280 4.2.1.13), as far as it is needed.
pub(crate) struct DistributionPoint<'a> {
    /// Content of the `DistributionPointName`.
    pub(crate) name: Option<&'a [u8]>,
    /// Content of the cRLIssuer's `GeneralNames`.
    pub(crate) issuer: Option<&'a [u8]>,
}
