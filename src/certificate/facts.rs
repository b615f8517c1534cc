//! What the checks need to know of a certificate, as numbers and as offsets into its DER.
//!
//! Offsets, not references, so that a store can own certificates and what was read from them.

use super::extensions::{BasicConstraints, KeyUsage, Known, Seen};
use super::{CertificateError, View};
use crate::der;
use crate::key::{self, KeyType};
use crate::name::{self, DistinguishedName, NameSum};
use crate::oid;
use crate::signature::SignatureAlgorithm;
use crate::span::Span;
use crate::time::Validity;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) version: Version,
    pub(crate) is_self_issued: bool,
    /// Self-issued, names no other key as its issuer's, and may sign certificates: AWS-LC's idea
    /// of self-signed, for which no signature is looked at.
    pub(crate) is_self_signed: bool,
    /// A known extension that does not parse or is there twice.
    pub(crate) has_malformed_extension: bool,
    /// The first critical extension that is not known.
    pub(crate) unknown_critical: Option<Span<u16>>,
    /// `signature` inside the body is `signatureAlgorithm` outside (RFC 5280 4.1.1.2), and the
    /// signature is whole octets.
    pub(crate) is_signature_sound: bool,
    pub(crate) signature_algorithm: Option<SignatureAlgorithm>,
    pub(crate) key_type: KeyType,
    pub(crate) validity: Validity,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<ExtendedKeyUsage>,
    /// The bits of nsCertType, `SSL client` in the highest one.
    pub(crate) netscape_cert_type: Option<u8>,
    pub(crate) body: Span<u16>,
    pub(crate) serial: Span<u16>,
    pub(crate) issuer: Span<u16>,
    pub(crate) issuer_sum: NameSum,
    pub(crate) subject: Span<u16>,
    pub(crate) subject_sum: NameSum,
    pub(crate) spki: Span<u16>,
    pub(crate) key: Span<u16>,
    pub(crate) signature: Span<u16>,
    pub(crate) subject_key_identifier: Option<Span<u16>>,
    /// Content of the authorityKeyIdentifier's SEQUENCE.
    pub(crate) authority_key_identifier: Option<Span<u16>>,
    /// Content of the subjectAltName's SEQUENCE.
    pub(crate) subject_alt_name: Option<Span<u16>>,
    /// Content of the nameConstraints' SEQUENCE.
    pub(crate) name_constraints: Option<Span<u16>>,
    /// Content of the cRLDistributionPoints' SEQUENCE.
    pub(crate) crl_distribution_points: Option<Span<u16>>,
    /// Content of the extKeyUsage's SEQUENCE.
    pub(crate) extended_key_usages: Option<Span<u16>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Version {
    V1,
    V2,
    V3,
}

/// The purposes that matter for a client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExtendedKeyUsage {
    pub(crate) client_auth: bool,
    pub(crate) any: bool,
}

/// What a slot holds before a certificate is read into it; in memory once.
pub(crate) static EMPTY: Facts = Facts {
    version: Version::V1,
    is_self_issued: false,
    is_self_signed: false,
    has_malformed_extension: true,
    unknown_critical: None,
    is_signature_sound: false,
    signature_algorithm: None,
    key_type: KeyType::ExplicitCurve,
    validity: Validity::EMPTY,
    basic_constraints: None,
    key_usage: None,
    extended_key_usage: None,
    netscape_cert_type: None,
    body: Span::EMPTY,
    serial: Span::EMPTY,
    issuer: Span::EMPTY,
    issuer_sum: NameSum::ZERO,
    subject: Span::EMPTY,
    subject_sum: NameSum::ZERO,
    spki: Span::EMPTY,
    key: Span::EMPTY,
    signature: Span::EMPTY,
    subject_key_identifier: None,
    authority_key_identifier: None,
    subject_alt_name: None,
    name_constraints: None,
    crl_distribution_points: None,
    extended_key_usages: None,
};

impl Facts {
    pub(crate) fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let mut facts = EMPTY;
        facts.read(der, None)?;
        Ok(facts)
    }

    /// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }`, to be read
    /// into [`EMPTY`](Self::EMPTY).
    ///
    /// `known` is a name that has been checked, most likely the subject's: in a chain each
    /// certificate's subject is the issuer of the one before.
    pub(crate) fn read(
        &mut self,
        der: &[u8],
        known: Option<DistinguishedName<'_>>,
    ) -> Result<(), CertificateError> {
        use CertificateError as Error;
        if der.len() > usize::from(u16::MAX) {
            return Err(Error::TooLarge);
        }
        let mut outer = der::Reader::new(der);
        let mut certificate = outer.nested(der::SEQUENCE).ok_or(Error::NotACertificate)?;
        outer.finish().ok_or(Error::TrailingData)?;
        let (full_body, body) = certificate
            .expect_full(der::SEQUENCE)
            .ok_or(Error::NotACertificate)?;
        let algorithm = certificate
            .expect(der::SEQUENCE)
            .ok_or(Error::SignatureAlgorithm)?;
        let signature = certificate
            .expect(der::BIT_STRING)
            .ok_or(Error::Signature)?;
        let (signature, unused_bits) = der::bit_string(signature).ok_or(Error::Signature)?;
        certificate.finish().ok_or(Error::NotACertificate)?;
        let span = |part: &[u8]| Span::of(der, part).ok_or(Error::TooLarge);
        self.body = span(full_body)?;
        self.signature = span(signature)?;
        self.signature_algorithm = SignatureAlgorithm::parse(algorithm);
        let mut body = der::Reader::new(body);
        let body_algorithm = self.read_body(der, &mut body, known)?;
        let is_named_alike = body_algorithm == algorithm;
        if !der::is_algorithm_identifier(algorithm)
            || !is_named_alike && !der::is_algorithm_identifier(body_algorithm)
        {
            return Err(Error::SignatureAlgorithm);
        }
        self.is_signature_sound = is_named_alike && unused_bits == 0;
        self.read_optional_fields(der, &mut body)?;
        // Last, so that little is on the stack.
        match key::is_valid(self.key_type, self.key.get(der)) {
            true => Ok(()),
            false => Err(Error::PublicKey),
        }
    }

    /// The fields of `TBSCertificate` that are always there; gives the content of `signature`.
    fn read_body<'a>(
        &mut self,
        der: &'a [u8],
        body: &mut der::Reader<'a>,
        known: Option<DistinguishedName<'_>>,
    ) -> Result<&'a [u8], CertificateError> {
        use CertificateError as Error;
        let span = |part: &[u8]| Span::of(der, part).ok_or(Error::TooLarge);
        let version = body.optional(der::context_constructed(0));
        self.version = match version.map(|content| der::sole(content, der::INTEGER)) {
            None | Some(Some([0])) => Version::V1,
            Some(Some([1])) => Version::V2,
            Some(Some([2])) => Version::V3,
            _ => return Err(Error::Version),
        };
        let serial = body
            .expect(der::INTEGER)
            .and_then(der::integer)
            .ok_or(Error::SerialNumber)?;
        self.serial = span(serial)?;
        let algorithm = body
            .expect(der::SEQUENCE)
            .ok_or(Error::SignatureAlgorithm)?;
        let (issuer, content) = body.expect_full(der::SEQUENCE).ok_or(Error::Issuer)?;
        self.issuer = span(issuer)?;
        self.issuer_sum = name::check(content).ok_or(Error::Issuer)?;
        let validity = body.expect(der::SEQUENCE).ok_or(Error::Validity)?;
        self.validity = Validity::from_der(validity).ok_or(Error::Validity)?;
        let (subject, content) = body.expect_full(der::SEQUENCE).ok_or(Error::Subject)?;
        self.subject = span(subject)?;
        self.subject_sum = match known {
            Some(known) if known.as_der() == subject => known.sum(),
            _ => name::check(content).ok_or(Error::Subject)?,
        };
        let (spki, content) = body.expect_full(der::SEQUENCE).ok_or(Error::PublicKey)?;
        self.spki = span(spki)?;
        let (key_type, key) = key::parse_spki(content)?;
        self.key_type = key_type;
        self.key = span(key)?;
        Ok(algorithm)
    }

    fn read_optional_fields(
        &mut self,
        der: &[u8],
        body: &mut der::Reader<'_>,
    ) -> Result<(), CertificateError> {
        use CertificateError as Error;
        for unique_identifier in [1, 2] {
            let tag = der::context(unique_identifier);
            if body.optional(tag).is_some() && self.version == Version::V1 {
                return Err(Error::FieldForVersion);
            }
        }
        let extensions = body.optional(der::context_constructed(3));
        if body.peek().is_some() {
            return Err(Error::UnknownField);
        }
        self.has_malformed_extension = false;
        if let Some(extensions) = extensions {
            if self.version != Version::V3 {
                return Err(Error::FieldForVersion);
            }
            let list = der::sole(extensions, der::SEQUENCE).ok_or(Error::Extensions)?;
            self.read_extensions(der, list)?;
        }
        let view = View::new(der, self);
        self.is_self_issued = view.subject() == view.issuer();
        let view = View::new(der, self);
        self.is_self_signed =
            self.is_self_issued && self.may_sign_certificates() && view.names_as_issuer(&view);
        Ok(())
    }

    /// basicConstraints with cA, or an anchor that is a self-signed certificate of version 1, which
    /// has no extensions to say it with (RFC 5280 6.1.4 (k)).
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn is_ca(&self, is_anchor: bool) -> bool {
        match self.basic_constraints {
            Some(constraints) => constraints.ca,
            None => is_anchor && self.version == Version::V1 && self.is_self_signed,
        }
    }

    /// keyCertSign, where there is a keyUsage (RFC 5280 4.2.1.3).
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn may_sign_certificates(&self) -> bool {
        self.key_usage.is_none_or(|usage| usage.key_cert_sign())
    }

    fn read_extensions(&mut self, der: &[u8], list: &[u8]) -> Result<(), CertificateError> {
        let mut list = der::Reader::new(list);
        let mut seen = Seen::NONE;
        while !list.is_empty() {
            let extension = Extension::read(&mut list);
            let extension = extension.ok_or(CertificateError::Extensions)?;
            let known = Known::from_oid(extension.kind);
            let may_be_critical = known.is_some_and(Known::may_be_critical);
            if extension.is_critical && !may_be_critical && self.unknown_critical.is_none() {
                self.unknown_critical = Span::of(der, extension.kind);
            }
            let Some(known) = known else {
                continue;
            };
            if seen.add(known) || self.read_known(der, known, extension.value).is_none() {
                self.has_malformed_extension = true;
            }
        }
        Ok(())
    }
}

/// `Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
pub(crate) struct Extension<'a> {
    pub(crate) kind: &'a [u8],
    pub(crate) is_critical: bool,
    pub(crate) value: &'a [u8],
}

impl<'a> Extension<'a> {
    pub(crate) fn read(list: &mut der::Reader<'a>) -> Option<Self> {
        let mut reader = list.nested(der::SEQUENCE)?;
        let kind = reader.expect(der::OBJECT_IDENTIFIER)?;
        if !der::is_object_identifier(kind) {
            return None;
        }
        // An explicit FALSE is not DER, but it is common, harmless, and ALB takes it.
        let critical = reader.optional(der::BOOLEAN);
        let is_critical = critical.map_or(Some(false), der::boolean)?;
        let value = reader.expect(der::OCTET_STRING)?;
        reader.finish()?;
        Some(Self {
            kind,
            is_critical,
            value,
        })
    }

    /// What follows id-ce, if that is one octet.
    pub(crate) fn of_id_ce(&self) -> Option<u8> {
        match oid::below(self.kind, oid::EXTENSION)? {
            [last] => Some(*last),
            _ => None,
        }
    }
}
