//! The extensions that a verdict depends on (RFC 5280 4.2.1).

use super::facts::{ExtendedKeyUsage, Facts};
use super::general_name;
use super::{GeneralName, PointName, View};
use crate::span::Span;
use crate::{der, oid};

/// `basicConstraints` (RFC 5280 4.2.1.9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicConstraints {
    /// Whether the subject is a CA.
    pub ca: bool,
    /// How many CA certificates may follow it in a path; a number past `u32` is no limit.
    pub path_len: Option<u32>,
}

/// The bits of `keyUsage` (RFC 5280 4.2.1.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUsage {
    /// `digitalSignature` in the highest bit, as encoded; `decipherOnly` is left out.
    pub(crate) bits: u8,
}

impl KeyUsage {
    /// `digitalSignature`: may sign, as a client does in a handshake.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.bits & 0x80 != 0
    }

    /// `nonRepudiation`
    #[must_use]
    pub const fn non_repudiation(self) -> bool {
        self.bits & 0x40 != 0
    }

    /// `keyEncipherment`
    #[must_use]
    pub const fn key_encipherment(self) -> bool {
        self.bits & 0x20 != 0
    }

    /// `dataEncipherment`
    #[must_use]
    pub const fn data_encipherment(self) -> bool {
        self.bits & 0x10 != 0
    }

    /// `keyAgreement`
    #[must_use]
    pub const fn key_agreement(self) -> bool {
        self.bits & 0x08 != 0
    }

    /// `keyCertSign`: may sign certificates.
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.bits & 0x04 != 0
    }

    /// `cRLSign`: may sign CRLs.
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.bits & 0x02 != 0
    }
}

/// The extensions known here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Known {
    AuthorityKeyIdentifier,
    BasicConstraints,
    CrlDistributionPoints,
    ExtendedKeyUsage,
    KeyUsage,
    NameConstraints,
    NetscapeCertType,
    /// Certificate policies and what belongs to them: known, so that they may be critical, but
    /// with no policy asked for their content decides nothing.
    Policies,
    SubjectAltName,
    SubjectKeyIdentifier,
}

impl Known {
    pub(super) fn from_oid(kind: &[u8]) -> Option<Self> {
        let Some(last) = oid::below(kind, oid::EXTENSION) else {
            return (kind == oid::NETSCAPE_CERT_TYPE).then_some(Self::NetscapeCertType);
        };
        let [last] = last else {
            return None;
        };
        Some(match *last {
            oid::SUBJECT_KEY_IDENTIFIER => Self::SubjectKeyIdentifier,
            oid::KEY_USAGE => Self::KeyUsage,
            oid::SUBJECT_ALT_NAME => Self::SubjectAltName,
            oid::BASIC_CONSTRAINTS => Self::BasicConstraints,
            oid::NAME_CONSTRAINTS => Self::NameConstraints,
            oid::CRL_DISTRIBUTION_POINTS => Self::CrlDistributionPoints,
            oid::AUTHORITY_KEY_IDENTIFIER => Self::AuthorityKeyIdentifier,
            oid::EXTENDED_KEY_USAGE => Self::ExtendedKeyUsage,
            oid::CERTIFICATE_POLICIES
            | oid::POLICY_MAPPINGS
            | oid::POLICY_CONSTRAINTS
            | oid::INHIBIT_ANY_POLICY => Self::Policies,
            _ => return None,
        })
    }

    /// Whether it is handled when critical. The key identifiers are only hints for the search, and
    /// AWS-LC refuses them when critical, as RFC 5280 4.2.1.1 says they must not be.
    pub(super) fn may_be_critical(self) -> bool {
        self != Self::SubjectKeyIdentifier && self != Self::AuthorityKeyIdentifier
    }
}

/// Which of them have been seen, one bit each.
pub(super) struct Seen(u16);

impl Seen {
    pub(super) const NONE: Self = Self(0);

    /// Gives whether it is there twice now; policies are four kinds in one and do not count.
    pub(super) fn add(&mut self, known: Known) -> bool {
        let bit = 1_u16.wrapping_shl(known as u32);
        let is_repeated = known != Known::Policies && self.0 & bit != 0;
        self.0 |= bit;
        is_repeated
    }
}

impl Facts {
    /// Reads the content of a known extension; `None` if it is malformed.
    pub(super) fn read_known(&mut self, der: &[u8], known: Known, value: &[u8]) -> Option<()> {
        match known {
            Known::BasicConstraints => {
                self.basic_constraints = Some(basic_constraints(value)?);
                return Some(());
            }
            Known::KeyUsage => {
                let bits = first_bits(value)?;
                self.key_usage = Some(KeyUsage { bits });
                return Some(());
            }
            Known::NetscapeCertType => {
                self.netscape_cert_type = Some(first_bits(value)?);
                return Some(());
            }
            Known::SubjectKeyIdentifier => {
                let identifier = der::sole(value, der::OCTET_STRING)?;
                self.subject_key_identifier = Some(Span::of(der, identifier)?);
                return Some(());
            }
            Known::Policies => return Some(()),
            _ => {}
        }
        let content = der::sole(value, der::SEQUENCE)?;
        let span = Some(Span::of(der, content)?);
        match known {
            Known::ExtendedKeyUsage => {
                self.extended_key_usages = span;
                self.extended_key_usage = Some(extended_key_usage(content)?);
            }
            Known::AuthorityKeyIdentifier => {
                AuthorityKeyIdentifier::read(content)?;
                self.authority_key_identifier = span;
            }
            Known::SubjectAltName => {
                general_name::check_list(content)?;
                self.subject_alt_name = span;
            }
            Known::NameConstraints => {
                crate::check::name_constraints::check_syntax(content)?;
                self.name_constraints = span;
            }
            _ => {
                check_distribution_points(content)?;
                self.crl_distribution_points = span;
            }
        }
        Some(())
    }
}

/// The first eight bits of a BIT STRING.
fn first_bits(value: &[u8]) -> Option<u8> {
    let (bits, _) = der::bit_string(der::sole(value, der::BIT_STRING)?)?;
    Some(bits.first().copied().unwrap_or(0))
}

/// `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }`
fn basic_constraints(value: &[u8]) -> Option<BasicConstraints> {
    let mut reader = der::Reader::new(der::sole(value, der::SEQUENCE)?);
    let ca = reader
        .optional(der::BOOLEAN)
        .map_or(Some(false), der::boolean)?;
    let path_len = reader.optional(der::INTEGER);
    reader.finish()?;
    let path_len = match path_len {
        // RFC 5280 4.2.1.9: MUST NOT be there unless cA is.
        Some(_) if !ca => return None,
        Some(number) => {
            let magnitude = der::unsigned(number)?;
            let fits = magnitude.len() <= size_of::<u32>();
            fits.then(|| {
                magnitude
                    .iter()
                    .fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
            })
        }
        None => None,
    };
    Some(BasicConstraints { ca, path_len })
}

/// `SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER`; an empty one allows no purpose.
fn extended_key_usage(list: &[u8]) -> Option<ExtendedKeyUsage> {
    let mut found = ExtendedKeyUsage::default();
    let mut reader = der::Reader::new(list);
    while !reader.is_empty() {
        let purpose = reader.expect(der::OBJECT_IDENTIFIER)?;
        if !der::is_object_identifier(purpose) {
            return None;
        }
        found.client_auth |= purpose == oid::CLIENT_AUTH;
        found.any |= purpose == oid::ANY_EXTENDED_KEY_USAGE;
    }
    Some(found)
}

/// `authorityKeyIdentifier` (RFC 5280 4.2.1.1): which of several certificates of one name is the
/// issuer's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AuthorityKeyIdentifier<'a> {
    pub(crate) key_identifier: Option<&'a [u8]>,
    /// Content of the `GeneralNames`.
    pub(crate) issuer: Option<&'a [u8]>,
    pub(crate) serial: Option<&'a [u8]>,
}

impl<'a> AuthorityKeyIdentifier<'a> {
    pub(crate) fn read(content: &'a [u8]) -> Option<Self> {
        let mut reader = der::Reader::new(content);
        let key_identifier = reader.optional(der::context(0));
        let issuer = reader.optional(der::context_constructed(1));
        let serial = reader.optional(der::context(2));
        reader.finish()?;
        if let Some(names) = issuer {
            general_name::check_list(names)?;
        }
        if let Some(serial) = serial {
            der::integer(serial)?;
        }
        Some(Self {
            key_identifier,
            issuer,
            serial,
        })
    }

    /// Whether `candidate` is not another than the one named, as far as both say something.
    pub(crate) fn agrees_with(&self, candidate: &View<'_, '_>) -> bool {
        let key = self.key_identifier.zip(candidate.subject_key_identifier());
        if key.is_some_and(|(named, theirs)| named != theirs) {
            return false;
        }
        if self
            .serial
            .is_some_and(|serial| serial != candidate.serial().as_bytes())
        {
            return false;
        }
        // Like AWS-LC: the first directory name is the one that counts.
        let names = general_name::general_names(self.issuer.unwrap_or_default());
        for name in names {
            if let GeneralName::Directory(name) = name {
                return name == candidate.issuer();
            }
        }
        true
    }
}

/// `SEQUENCE SIZE (1..MAX) OF DistributionPoint` (RFC 5280 4.2.1.13)
fn check_distribution_points(content: &[u8]) -> Option<()> {
    let mut points = der::Reader::new(content);
    while !points.is_empty() {
        let mut point = points.nested(der::SEQUENCE)?;
        if let Some(name) = point.optional(der::context_constructed(0)) {
            PointName::read(name)?;
        }
        if let Some(reasons) = point.optional(der::context(1)) {
            der::bit_string(reasons)?;
        }
        if let Some(issuer) = point.optional(der::context_constructed(2)) {
            general_name::check_list(issuer)?;
        }
        point.finish()?;
    }
    Some(())
}
