//! Which certificates a list is about (RFC 5280 5.2.5 and 6.3.3 (b)(2)).

use core::fmt;

use super::CrlFault;
use crate::certificate::{GeneralName, PointName, View, general_names, has_directory_name};
use crate::der;
use crate::name::DistinguishedName;
use crate::policy::Dialect;

/// Whether a list is about a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Coverage {
    Covered,
    OutOfScope,
}

/// The `issuingDistributionPoint` of a list, or none, which covers everything of its issuer.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    content: Option<&'a [u8]>,
    issuer: DistinguishedName<'a>,
}

/// Its fields.
#[derive(Clone, Copy, Default)]
struct Point<'a> {
    name: Option<PointName<'a>>,
    only_user_certificates: bool,
    only_ca_certificates: bool,
    some_reasons: bool,
    indirect: bool,
    only_attribute_certificates: bool,
}

impl<'a> Point<'a> {
    fn read(content: &'a [u8]) -> Option<Self> {
        let mut reader = der::Reader::new(content);
        let name = reader.optional(der::context_constructed(0));
        let flag = |reader: &mut der::Reader<'_>, number| {
            reader
                .optional(der::context(number))
                .map_or(Some(false), der::boolean)
        };
        let only_user_certificates = flag(&mut reader, 1)?;
        let only_ca_certificates = flag(&mut reader, 2)?;
        let reasons = reader.optional(der::context(3));
        let indirect = flag(&mut reader, 4)?;
        let only_attribute_certificates = flag(&mut reader, 5)?;
        reader.finish()?;
        let name = match name {
            Some(content) => Some(PointName::read(content)?),
            None => None,
        };
        let some_reasons = reasons.is_some();
        Some(Self {
            name,
            only_user_certificates,
            only_ca_certificates,
            some_reasons,
            indirect,
            only_attribute_certificates,
        })
    }
}

impl<'a> Scope<'a> {
    pub(super) const fn new(content: Option<&'a [u8]>, issuer: DistinguishedName<'a>) -> Self {
        let content = match content {
            Some([]) => None,
            other => other,
        };
        Self { content, issuer }
    }

    /// What the content of the extension makes a list unusable for; the outer `None` if it is
    /// malformed.
    pub(super) fn check(content: &[u8]) -> Option<Option<CrlFault>> {
        let point = Point::read(content)?;
        let only = [
            point.only_user_certificates,
            point.only_ca_certificates,
            point.only_attribute_certificates,
        ];
        Some(if point.indirect {
            Some(CrlFault::Indirect)
        } else if point.some_reasons {
            Some(CrlFault::SomeReasons)
        } else if only.into_iter().filter(|only| *only).count() > 1 {
            Some(CrlFault::Scope)
        } else {
            None
        })
    }

    fn point(&self) -> Point<'a> {
        self.content.and_then(Point::read).unwrap_or_default()
    }

    /// Whether a certificate of the list's issuer is one that the list is about.
    pub(crate) fn covers(&self, certificate: &View<'_, '_>, dialect: Dialect) -> Coverage {
        if self.content.is_none() {
            return Coverage::Covered;
        }
        let point = self.point();
        let is_ca = certificate
            .facts
            .basic_constraints
            .is_some_and(|constraints| constraints.ca);
        let excluded = point.only_attribute_certificates
            || point.only_user_certificates && is_ca
            || point.only_ca_certificates && !is_ca;
        let named = point.name.is_none_or(|name| {
            self.is_named_by(certificate, name)
                || dialect == Dialect::Rfc5280 && self.is_named_as_issuer(name)
        });
        match named && !excluded {
            true => Coverage::Covered,
            false => Coverage::OutOfScope,
        }
    }

    /// RFC 5280 6.3.3: for a list that no distribution point names, one with the name of the issuer
    /// is assumed. AWS-LC does not know that.
    fn is_named_as_issuer(&self, name: PointName<'_>) -> bool {
        let PointName::Full(names) = name else {
            return false;
        };
        has_directory_name(names, &self.issuer)
    }

    /// Whether any distribution point of the certificate has the name of the list's.
    fn is_named_by(&self, certificate: &View<'_, '_>, name: PointName<'_>) -> bool {
        certificate.distribution_points().any(|point| {
            // RFC 5280 6.3.3 (b)(1): a point with a cRLIssuer is served by that issuer's list.
            let is_served = point
                .issuer
                .is_none_or(|names| has_directory_name(names, &self.issuer));
            let theirs = match (point.name, point.issuer) {
                (Some(content), _) => PointName::read(content),
                // RFC 5280 6.3.3 (b)(2)(i): a point without a name has that of its cRLIssuer.
                (None, issuer) => issuer.map(PointName::Full),
            };
            is_served && theirs.is_some_and(|theirs| self.same_name(name, theirs))
        })
    }

    fn same_name(&self, ours: PointName<'_>, theirs: PointName<'_>) -> bool {
        match (ours, theirs) {
            (PointName::Full(ours), PointName::Full(theirs)) => {
                general_names(ours).any(|a| general_names(theirs).any(|b| a.is_same(&b)))
            }
            (PointName::Relative(ours), PointName::Relative(theirs)) => ours == theirs,
            (PointName::Relative(rdn), PointName::Full(names))
            | (PointName::Full(names), PointName::Relative(rdn)) => {
                general_names(names).any(|name| match name {
                    GeneralName::Directory(name) => name.is_child(&self.issuer, rdn),
                    _ => false,
                })
            }
        }
    }
}

impl PartialEq for Scope<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = self.point();
        f.write_str(match point {
            Point {
                only_user_certificates: true,
                ..
            } => "end-entity certificates",
            Point {
                only_ca_certificates: true,
                ..
            } => "CA certificates",
            Point {
                only_attribute_certificates: true,
                ..
            } => "attribute certificates",
            _ => "all certificates",
        })?;
        if point.name.is_some() {
            f.write_str(" of one distribution point")?;
        }
        if point.some_reasons {
            f.write_str(" revoked for some reasons")?;
        }
        if point.indirect {
            f.write_str(" of any issuer")?;
        }
        Ok(())
    }
}
