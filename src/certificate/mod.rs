//! Certificates: parsed once, strictly, into facts that the checks work on.

mod error;
mod extensions;
mod facts;
mod general_name;
mod point_name;
mod view;

pub use self::error::CertificateError;
pub(crate) use self::extensions::AuthorityKeyIdentifier;
pub use self::extensions::{BasicConstraints, KeyUsage};
pub(crate) use self::facts::{EMPTY, Extension, Facts, Version};
pub(crate) use self::general_name::{GeneralName, general_names, has_directory_name};
use self::point_name::FULL_NAME;
pub(crate) use self::point_name::PointName;
pub(crate) use self::view::View;

use core::net::IpAddr;

use crate::der;
use crate::key::KeyType;
use crate::name::DistinguishedName;
use crate::oid::ObjectIdentifier;
use crate::render::SerialNumber;
use crate::signature::SignatureAlgorithm;
use crate::time::Validity;

/// An X.509 certificate (RFC 5280 4.1): its DER, borrowed, and what was read from it.
///
/// ```
/// # fn main() -> Result<(), portcullis::CertificateError> {
/// let der = include_bytes!("../../tests/data/leaf.der");
/// let certificate = portcullis::Certificate::parse(der)?;
/// assert_eq!(certificate.subject().to_string(), "CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP");
/// assert_eq!(certificate.key_type().to_string(), "RSA 2048");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    facts: Facts,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// Anything but strict DER of RFC 5280's `Certificate`, with nothing after it. An extension
    /// that is known and whose content is malformed is no error here: it makes the certificate
    /// untrusted, in ALB's words.
    pub fn parse(der: &'a [u8]) -> Result<Self, CertificateError> {
        Ok(Self {
            der,
            facts: Facts::parse(der)?,
        })
    }

    pub(crate) const fn from_parts(der: &'a [u8], facts: Facts) -> Self {
        Self { der, facts }
    }

    pub(crate) const fn view(&self) -> View<'a, '_> {
        View::new(self.der, &self.facts)
    }

    /// The whole certificate as given.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// 1, 2 or 3.
    #[must_use]
    pub const fn version(&self) -> u8 {
        match self.facts.version {
            Version::V1 => 1,
            Version::V2 => 2,
            Version::V3 => 3,
        }
    }

    /// Whom the certificate is for (RFC 5280 4.1.2.6).
    #[must_use]
    pub fn subject(&self) -> DistinguishedName<'a> {
        self.view().subject()
    }

    /// Who signed it (RFC 5280 4.1.2.4).
    #[must_use]
    pub fn issuer(&self) -> DistinguishedName<'a> {
        self.view().issuer()
    }

    /// The serial number (RFC 5280 4.1.2.2).
    #[must_use]
    pub fn serial(&self) -> SerialNumber<'a> {
        self.view().serial()
    }

    /// When it is valid (RFC 5280 4.1.2.5).
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.facts.validity
    }

    /// Kind and size of its public key.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.facts.key_type
    }

    /// How its issuer signed it, if that is known here.
    #[must_use]
    pub const fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.facts.signature_algorithm
    }

    /// The DER of the `SubjectPublicKeyInfo` (RFC 5280 4.1.2.7): what pins are made of.
    #[must_use]
    pub fn spki_der(&self) -> &'a [u8] {
        self.view().spki()
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub const fn is_self_issued(&self) -> bool {
        self.facts.is_self_issued
    }

    /// Whether it may issue certificates: basicConstraints says so, or it is a self-signed
    /// certificate of version 1, which then is one as an anchor only, and keyUsage does not say otherwise.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.facts.is_ca(true) && self.facts.may_sign_certificates()
    }

    /// Whether a known extension is malformed or there twice, so that the certificate can be part
    /// of no path.
    #[must_use]
    pub const fn has_malformed_extension(&self) -> bool {
        self.facts.has_malformed_extension
    }

    /// Whether an extension that is not known here is critical, so that the certificate can be
    /// part of no path (RFC 5280 4.2).
    #[must_use]
    pub const fn has_unknown_critical_extension(&self) -> bool {
        self.facts.unknown_critical.is_some()
    }

    /// Whether it limits the names below it (RFC 5280 4.2.1.10), if it is a CA's.
    #[must_use]
    pub const fn has_name_constraints(&self) -> bool {
        self.facts.name_constraints.is_some()
    }

    /// The basicConstraints extension (RFC 5280 4.2.1.9).
    #[must_use]
    pub const fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.facts.basic_constraints
    }

    /// The keyUsage extension (RFC 5280 4.2.1.3).
    #[must_use]
    pub const fn key_usage(&self) -> Option<KeyUsage> {
        self.facts.key_usage
    }

    /// The purposes of the extKeyUsage extension (RFC 5280 4.2.1.12); `None` without one.
    #[must_use]
    pub fn extended_key_usages(
        &self,
    ) -> Option<impl Iterator<Item = ObjectIdentifier<'a>> + use<'a>> {
        self.view().extended_key_usages()
    }

    /// The subjectKeyIdentifier (RFC 5280 4.2.1.2).
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        self.view().subject_key_identifier()
    }

    /// The key identifier of the authorityKeyIdentifier (RFC 5280 4.2.1.1).
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&'a [u8]> {
        self.view().authority_key_identifier()
    }

    /// The DNS names of the subjectAltName (RFC 5280 4.2.1.6). Ones that are no ASCII are left out.
    pub fn dns_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.view()
            .alternative_names()
            .filter_map(|name| match name {
                GeneralName::Dns(name) => ascii(name),
                _ => None,
            })
    }

    /// The e-mail addresses of the subjectAltName. Ones that are no ASCII are left out.
    pub fn email_addresses(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.view()
            .alternative_names()
            .filter_map(|name| match name {
                GeneralName::Email(name) => ascii(name),
                _ => None,
            })
    }

    /// The URIs of the subjectAltName. Ones that are no ASCII are left out.
    pub fn uris(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.view()
            .alternative_names()
            .filter_map(|name| match name {
                GeneralName::Uri(name) => ascii(name),
                _ => None,
            })
    }

    /// The SPIFFE ID: the URI of the subjectAltName, if there is just one and its scheme is
    /// `spiffe` (X.509-SVID 2).
    #[must_use]
    pub fn spiffe_id(&self) -> Option<&'a str> {
        let mut names = self
            .view()
            .alternative_names()
            .filter_map(|name| match name {
                GeneralName::Uri(name) => Some(name),
                _ => None,
            });
        let uri = ascii(names.next()?)?;
        let is_sole = names.next().is_none();
        (is_sole && uri.starts_with("spiffe://")).then_some(uri)
    }

    /// The IP addresses of the subjectAltName. Ones of another length than 4 or 16 octets are left
    /// out.
    pub fn ip_addresses(&self) -> impl Iterator<Item = IpAddr> + use<'a> {
        self.view()
            .alternative_names()
            .filter_map(|name| match name {
                GeneralName::Ip(octets) => {
                    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
                    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
                        .ok()
                }
                _ => None,
            })
    }

    /// The URIs of the cRLDistributionPoints (RFC 5280 4.2.1.13), for those who fetch CRLs.
    pub fn crl_distribution_points(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = self
            .view()
            .distribution_points()
            .filter_map(|point| Some(general_names(der::sole(point.name?, FULL_NAME)?)));
        names.flatten().filter_map(|name| match name {
            GeneralName::Uri(uri) => ascii(uri),
            _ => None,
        })
    }
}

impl PartialEq for Certificate<'_> {
    /// Byte for byte.
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate<'_> {}

fn ascii(octets: &[u8]) -> Option<&str> {
    core::str::from_utf8(octets)
        .ok()
        .filter(|text| text.is_ascii())
}
