//! Name constraints (RFC 5280 4.2.1.10), each kind of name the way AWS-LC compares it.

mod text;

use super::Check;
use crate::certificate::{GeneralName, View};
use crate::policy::Dialect;
use crate::{der, oid};

/// How much comparing one verification may do, whatever the certificates say. To pass over a subtree
/// of another kind costs one; a comparison costs about its share of that.
///
/// Ours. AWS-LC allows about a million comparisons for each certificate, and a chain that uses them
/// costs a hundred good ones; this still allows 20 DNS names under 250 subtrees.
pub(crate) const COMPARISONS: u32 = 12_000;

/// Whether the names of `certificate` lie where the constraints of `issuer`, which is further up
/// in its path, allow them.
pub(crate) fn check_name_constraints(
    certificate: &View<'_, '_>,
    issuer: &View<'_, '_>,
    dialect: Dialect,
    budget: &mut u32,
) -> Result<(), Check> {
    let Some(constraints) = issuer.facts.name_constraints else {
        return Ok(());
    };
    let mut checker = Checker {
        constraints: Constraints::read(constraints.get(issuer.der))
            .ok_or(Check::NameConstraints)?,
        dialect,
        budget,
    };
    let checked = checker.check(certificate);
    checked.ok_or(match *budget {
        0 => Check::ComparisonBudget,
        _ => Check::NameConstraints,
    })
}

/// Whether the content of a nameConstraints' SEQUENCE is well formed.
pub(crate) fn check_syntax(content: &[u8]) -> Option<()> {
    let constraints = Constraints::read(content)?;
    for list in [constraints.permitted, constraints.excluded] {
        let mut reader = der::Reader::new(list);
        while !reader.is_empty() {
            Subtree::read(&mut reader)?.check_syntax()?;
        }
    }
    Some(())
}

/// `NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }`, both optional.
struct Constraints<'a> {
    permitted: &'a [u8],
    excluded: &'a [u8],
}

impl<'a> Constraints<'a> {
    fn read(content: &'a [u8]) -> Option<Self> {
        let mut reader = der::Reader::new(content);
        let permitted = reader
            .optional(der::context_constructed(0))
            .unwrap_or_default();
        let excluded = reader
            .optional(der::context_constructed(1))
            .unwrap_or_default();
        reader.finish()?;
        Some(Self {
            permitted,
            excluded,
        })
    }
}

/// `GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }`
struct Subtree<'a> {
    base: der::Tlv<'a>,
    /// What comes after the base. RFC 5280 4.2.1.10: neither bound is used, and AWS-LC refuses to
    /// apply a subtree with one.
    bounds: der::Reader<'a>,
}

impl<'a> Subtree<'a> {
    #[inline]
    fn read(reader: &mut der::Reader<'a>) -> Option<Self> {
        let mut bounds = reader.nested(der::SEQUENCE)?;
        let base = bounds.any()?;
        Some(Self { base, bounds })
    }

    fn check_syntax(mut self) -> Option<()> {
        GeneralName::read(self.base)?;
        self.bounds.optional(der::context(0));
        self.bounds.optional(der::context(1));
        self.bounds.finish()
    }
}

/// What comparing a name with the base of a subtree of the same kind gives.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Match {
    Inside,
    Outside,
    /// One of the two cannot be understood: the certificate cannot be trusted.
    Unsupported,
}

/// Which list a subtree is in: where there is doubt, more is excluded and less is permitted.
#[derive(Clone, Copy, Eq, PartialEq)]
enum List {
    Permitted,
    Excluded,
}

/// `otherName [0]`
const OTHER_NAME: u8 = der::context_constructed(0);

struct Checker<'a, 'b> {
    constraints: Constraints<'a>,
    dialect: Dialect,
    budget: &'b mut u32,
}

impl Checker<'_, '_> {
    fn check(&mut self, certificate: &View<'_, '_>) -> Option<()> {
        let subject = certificate.subject();
        if !subject.is_empty() {
            self.check_name(GeneralName::Directory(subject))?;
        }
        let mut has_dns_name = false;
        for attribute in subject.attributes() {
            if attribute.kind != oid::EMAIL_ADDRESS {
                continue;
            }
            // RFC 5280 4.2.1.10 wants e-mail addresses of the subject checked, too; they are
            // IA5String, and nothing else could be compared.
            if attribute.value.tag != der::IA5_STRING {
                return None;
            }
            self.check_name(GeneralName::Email(attribute.value.value))?;
        }
        for name in certificate.alternative_names() {
            if let GeneralName::Dns(name) = name {
                has_dns_name = true;
                self.check_dns_syntax(name)?;
            }
            self.check_name(name)?;
        }
        if has_dns_name {
            return Some(());
        }
        // Some take a common name for a DNS name where there is no other.
        for attribute in subject.attributes() {
            if attribute.kind == oid::COMMON_NAME {
                self.check_common_name(attribute.value)?;
            }
        }
        Some(())
    }

    /// RFC 5280 4.2.1.6 wants the preferred name syntax, in which there are no two ways to read a name.
    /// AWS-LC compares whatever is there.
    fn check_dns_syntax(&self, name: &[u8]) -> Option<()> {
        let is_clear = self.dialect == Dialect::Alb
            || text::is_dns(name)
            || !self.has_subtree_of(GeneralName::Dns(&[]).tag());
        is_clear.then_some(())
    }

    fn check_common_name(&mut self, value: der::Tlv<'_>) -> Option<()> {
        match text::dns_name_of_common_name(value) {
            Ok(Some(name)) => self.check_name(GeneralName::Dns(name)),
            Ok(None) => Some(()),
            // `John Q. Public` is no DNS name, and where none is constrained RFC 5280 does not ask;
            // AWS-LC takes no chances.
            Err(text::Unsupported) if self.dialect == Dialect::Rfc5280 => {
                (!self.has_subtree_of(GeneralName::Dns(&[]).tag())).then_some(())
            }
            Err(text::Unsupported) => None,
        }
    }

    fn has_subtree_of(&self, kind: u8) -> bool {
        let lists = [self.constraints.permitted, self.constraints.excluded];
        lists.into_iter().any(|list| {
            let mut reader = der::Reader::new(list);
            let subtrees = core::iter::from_fn(|| Subtree::read(&mut reader));
            subtrees.into_iter().any(|subtree| subtree.base.tag == kind)
        })
    }

    /// One name against every subtree of its kind: inside some permitted one, if there are any, and
    /// inside no excluded one.
    fn check_name(&mut self, name: GeneralName<'_>) -> Option<()> {
        let mut is_constrained = false;
        let mut is_permitted = false;
        let mut permitted = der::Reader::new(self.constraints.permitted);
        while !permitted.is_empty() {
            match self.compare(name, Subtree::read(&mut permitted)?, List::Permitted)? {
                None => {}
                Some(Match::Unsupported) => return None,
                Some(found) => {
                    is_constrained = true;
                    is_permitted |= found == Match::Inside;
                }
            }
        }
        if is_constrained && !is_permitted {
            return None;
        }
        let mut excluded = der::Reader::new(self.constraints.excluded);
        while !excluded.is_empty() {
            match self.compare(name, Subtree::read(&mut excluded)?, List::Excluded)? {
                None | Some(Match::Outside) => {}
                Some(Match::Inside | Match::Unsupported) => return None,
            }
        }
        Some(())
    }

    /// `Some(None)` if the two are of different kinds, `None` if the budget is used up.
    fn compare(
        &mut self,
        name: GeneralName<'_>,
        subtree: Subtree<'_>,
        list: List,
    ) -> Option<Option<Match>> {
        if !self.is_constrained_by(name, subtree.base.tag) {
            self.charge(1, 0)?;
            return Some(None);
        }
        let base = GeneralName::read(subtree.base)?;
        let length = subtree.base.value.len();
        let result = match (name, base) {
            (GeneralName::Dns(name), GeneralName::Dns(base)) => {
                self.charge(2, length / 64)?;
                // RFC 5280 4.2.1.10 knows no wildcards here.
                match self.dialect == Dialect::Rfc5280 && base.starts_with(b"*") {
                    true => Match::Unsupported,
                    false => text::dns(name, base, list),
                }
            }
            (GeneralName::Email(name), GeneralName::Email(base)) => {
                self.charge(4, length.saturating_add(name.len()) / 12)?;
                text::email(name, base, list)
            }
            (GeneralName::Uri(name), GeneralName::Uri(base)) => {
                self.charge(4, length.saturating_add(name.len()) / 12)?;
                text::uri(name, base, self.dialect)
            }
            (GeneralName::Ip(address), GeneralName::Ip(base)) => {
                self.charge(2, 0)?;
                ip(address, base)
            }
            (GeneralName::Directory(name), GeneralName::Directory(base)) => {
                self.charge(8, length / 2)?;
                match name.is_within(&base) {
                    true => Match::Inside,
                    false => Match::Outside,
                }
            }
            // RFC 9598 6: e-mail addresses outside ASCII are in another kind of name, and are
            // constrained all the same. AWS-LC does not know that.
            (GeneralName::Other(OTHER_NAME, content), GeneralName::Email(base)) => {
                self.charge(4, length.saturating_add(content.len()) / 12)?;
                match smtp_utf8_mailbox(content) {
                    Some(address) => text::utf8_email(address, base, list),
                    None => return Some(None),
                }
            }
            // RFC 5280 4.2.1.10: a constraint on a kind that cannot be compared, and a name of
            // that kind: refuse.
            _ => Match::Unsupported,
        };
        Some(Some(if subtree.bounds.is_empty() {
            result
        } else {
            Match::Unsupported
        }))
    }

    /// Whether a name is of the kind of a subtree's base.
    fn is_constrained_by(&self, name: GeneralName<'_>, base: u8) -> bool {
        base == name.tag()
            || name.tag() == OTHER_NAME
                && base == GeneralName::Email(&[]).tag()
                && self.dialect == Dialect::Rfc5280
    }

    fn charge(&mut self, comparison: u32, octets: usize) -> Option<()> {
        let cost = comparison.saturating_add(u32::try_from(octets).unwrap_or(u32::MAX));
        *self.budget = self.budget.saturating_sub(cost);
        (*self.budget > 0).then_some(())
    }
}

/// The address of a SmtpUTF8Mailbox (RFC 9598 3), an `OtherName ::= SEQUENCE { type-id, value [0] }`;
/// `None` for another type, empty if it is malformed.
fn smtp_utf8_mailbox(content: &[u8]) -> Option<&[u8]> {
    let mut reader = der::Reader::new(content);
    if reader.expect(der::OBJECT_IDENTIFIER) != Some(oid::SMTP_UTF8_MAILBOX) {
        return None;
    }
    let value = reader
        .expect(der::context_constructed(0))
        .filter(|_| reader.is_empty());
    Some(
        value
            .and_then(|value| der::sole(value, der::UTF8_STRING))
            .unwrap_or_default(),
    )
}

/// An address against a network: as many octets of address as of mask.
fn ip(address: &[u8], base: &[u8]) -> Match {
    let Some((network, mask)) = base.split_at_checked(base.len() / 2) else {
        return Match::Unsupported;
    };
    if !matches!(address.len(), 4 | 16) || !matches!(base.len(), 8 | 32) || !is_prefix(mask) {
        return Match::Unsupported;
    }
    let octets = address.iter().zip(network).zip(mask);
    let agree = octets.fold(true, |agree, ((a, n), m)| agree && (a ^ n) & m == 0);
    if address.len() == network.len() && agree {
        Match::Inside
    } else {
        Match::Outside
    }
}

/// Whether a mask is ones followed by zeros.
fn is_prefix(mask: &[u8]) -> bool {
    let mut octets = mask.iter().skip_while(|octet| **octet == 0xff);
    let boundary = octets
        .next()
        .is_none_or(|octet| octet.leading_ones() == octet.count_ones());
    boundary && octets.all(|octet| *octet == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_ones_followed_by_zeros() {
        for good in [
            [0, 0, 0, 0],
            [255, 0, 0, 0],
            [255, 255, 128, 0],
            [255; 4],
            [254, 0, 0, 0],
        ] {
            assert!(is_prefix(&good), "{good:?}");
        }
        for bad in [
            [255, 0, 255, 0],
            [0, 255, 0, 0],
            [253, 0, 0, 0],
            [255, 255, 0, 1],
        ] {
            assert!(!is_prefix(&bad), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_compared_under_the_mask() {
        let network = [10, 1, 0, 0, 255, 255, 0, 0];
        assert!(ip(&[10, 1, 2, 3], &network) == Match::Inside);
        assert!(ip(&[10, 2, 2, 3], &network) == Match::Outside);
        assert!(ip(&[0; 16], &network) == Match::Outside);
        assert!(ip(&[10, 1, 2], &network) == Match::Unsupported);
        assert!(ip(&[10, 1, 2, 3], &[10, 1, 0, 0]) == Match::Unsupported);
        assert!(ip(&[10, 1, 2, 3], &[10, 1, 0, 0, 255, 0, 255, 0]) == Match::Unsupported);
    }
}
