//! Names that are text: DNS names, e-mail addresses, URIs.

use super::{List, Match};
use crate::der;
use crate::name::Characters;
use crate::policy::Dialect;

/// A name that looks like a DNS name and cannot be compared.
pub(super) struct Unsupported;

/// RFC 5280 4.2.1.10: a name is in the subtree if labels may be added on the left of the base to
/// make it. A base with a leading dot, which the RFC does not know for DNS names, takes at least
/// one label. An empty base takes every name.
pub(super) fn dns(name: &[u8], base: &[u8], list: List) -> Match {
    if base.is_empty() {
        return Match::Inside;
    }
    let name = name.strip_suffix(b".").unwrap_or(name);
    let base = base.strip_suffix(b".").unwrap_or(base);
    // `*.example.com` stands for `mail.example.com` as well, and must not get past its exclusion.
    if let (List::Excluded, Some(parent)) = (list, name.strip_prefix(b"*.")) {
        let first_dot = find(base, b'.');
        let after_dot = first_dot.and_then(|dot| base.get(dot..)?.get(1..));
        if after_dot.is_some_and(|base_parent| is_same(base_parent, parent)) {
            return Match::Inside;
        }
    }
    let Some(split) = name.len().checked_sub(base.len()) else {
        return Match::Outside;
    };
    let Some((labels, suffix)) = name.split_at_checked(split) else {
        return Match::Outside;
    };
    let begins_at_label = base.starts_with(b".") || labels.is_empty() || labels.ends_with(b".");
    inside(begins_at_label && is_same(suffix, base))
}

/// Whether a name is made of labels in ASCII, of which the first may be a wildcard. In anything else, a
/// NUL or a blank for instance, somebody may see another name.
pub(super) fn is_dns(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let name = name.strip_prefix(b"*.").unwrap_or(name);
    is_made_of_labels(name, b"-_")
}

/// RFC 5280 4.2.1.10: a mailbox, a host, or with a leading dot the hosts of a domain.
pub(super) fn email(address: &[u8], base: &[u8], list: List) -> Match {
    let Some((local, host)) = mailbox(address) else {
        return Match::Unsupported;
    };
    if has(base, b'@') {
        let Some((base_local, base_host)) = mailbox(base) else {
            return Match::Unsupported;
        };
        // RFC 5321 2.4: the local part is case-sensitive; an exclusion takes no chances.
        let same_local = match list {
            List::Permitted => local == base_local,
            List::Excluded => is_same(local, base_local),
        };
        return inside(same_local && is_same(host, base_host));
    }
    if !is_host_or_domain(base) {
        return Match::Unsupported;
    }
    inside(is_host_in(host, base))
}

/// RFC 9598 6: an address whose local part is outside ASCII. Its host is compared if it is ASCII;
/// converting another to A-labels is not done here, and so it cannot be trusted.
pub(super) fn utf8_email(address: &[u8], base: &[u8], list: List) -> Match {
    if address.is_ascii() {
        return email(address, base, list);
    }
    let at = find(address, b'@');
    let host = at
        .and_then(|at| address.get(at..)?.get(1..))
        .filter(|host| is_host(host));
    match host {
        // A constraint is a mailbox of ASCII, which this one is not.
        Some(_) if mailbox(base).is_some() => Match::Outside,
        Some(host) if is_host_or_domain(base) => inside(is_host_in(host, base)),
        _ => Match::Unsupported,
    }
}

/// RFC 5280 4.2.1.10: the host of the URI, exactly, or with a leading dot the hosts of a domain.
pub(super) fn uri(uri: &[u8], base: &[u8], dialect: Dialect) -> Match {
    let Some(host) = host_of_uri(uri) else {
        return Match::Unsupported;
    };
    let base = base.strip_suffix(b".").unwrap_or(base);
    // The base MUST be a host. AWS-LC just finds nothing in another.
    if dialect == Dialect::Rfc5280 && !is_host_or_domain(base) {
        return Match::Unsupported;
    }
    inside(is_host_in(host, base))
}

/// The local part and the host of an address that needs no quoting (RFC 5321 4.1.2).
fn mailbox(address: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = find(address, b'@')?;
    let (local, rest) = address.split_at_checked(at)?;
    let host = rest.get(1..)?;
    let is_atom = local
        .iter()
        .all(|octet| octet.is_ascii_alphanumeric() || has(b"!#$%&'*+-/=?^_`{|}~.", *octet));
    (is_atom && !local.is_empty() && is_host(host)).then_some((local, host))
}

/// The host of a URI with an authority and without user information, without a trailing dot
/// (RFC 3986 3.2). An address in brackets is not a host that could be constrained.
fn host_of_uri(uri: &[u8]) -> Option<&[u8]> {
    let colon = find(uri, b':')?;
    let authority = uri.get(colon..)?.strip_prefix(b"://")?;
    let end = authority.iter().position(|octet| has(b"/?#", *octet));
    let authority = authority.get(..end.unwrap_or(authority.len()))?;
    if has(authority, b'@') {
        return None;
    }
    let end = find(authority, b':');
    let host = authority.get(..end.unwrap_or(authority.len()))?;
    let host = host.strip_suffix(b".").unwrap_or(host);
    is_host(host).then_some(host)
}

/// What a constraint on hosts may be: one, or with a leading dot a domain.
pub(super) fn is_host_or_domain(base: &[u8]) -> bool {
    is_host(base.strip_prefix(b".").unwrap_or(base))
}

/// Labels, none of them empty: with a dot at the end the same host would be another one.
fn is_host(host: &[u8]) -> bool {
    is_made_of_labels(host, b"-")
}

/// Whether there are letters, digits and these others between dots, and something on either side of each dot.
fn is_made_of_labels(name: &[u8], others: &[u8]) -> bool {
    let mut previous = b'.';
    for octet in name {
        let is_sound = match octet {
            b'.' => previous != b'.',
            _ => octet.is_ascii_alphanumeric() || has(others, *octet),
        };
        if !is_sound {
            return false;
        }
        previous = *octet;
    }
    previous != b'.'
}

fn is_host_in(host: &[u8], base: &[u8]) -> bool {
    if !base.starts_with(b".") {
        return is_same(host, base);
    }
    let split = host.len().checked_sub(base.len());
    let suffix = split.and_then(|split| host.get(split..));
    suffix.is_some_and(|suffix| is_same(suffix, base))
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn is_same(ours: &[u8], theirs: &[u8]) -> bool {
    ours.eq_ignore_ascii_case(theirs)
}

fn has(octets: &[u8], wanted: u8) -> bool {
    find(octets, wanted).is_some()
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn find(octets: &[u8], wanted: u8) -> Option<usize> {
    octets.iter().position(|octet| *octet == wanted)
}

const fn inside(is_inside: bool) -> Match {
    if is_inside {
        Match::Inside
    } else {
        Match::Outside
    }
}

/// A common name, if it has the shape of a DNS name of two labels or more, possibly with a
/// wildcard.
///
/// Like AWS-LC: trailing NULs do not count, a NUL inside is an error, and so is a name that would
/// be one but for characters outside ASCII or control characters. Unlike AWS-LC, which converts it,
/// one in two or four octets a character is an error, too.
pub(super) fn dns_name_of_common_name(value: der::Tlv<'_>) -> Result<Option<&[u8]>, Unsupported> {
    let Some(characters) = Characters::new(value.tag, value.value) else {
        return Ok(None);
    };
    let mut length = 0;
    let mut has_nul = false;
    // Labels begin and end as if there were a dot on either side.
    let mut previous = '.';
    let mut has_shape = true;
    let mut has_two_labels = false;
    let mut has_foreign_character = false;
    for (position, character) in characters.enumerate() {
        if character == '\0' {
            has_nul = true;
            continue;
        }
        if has_nul {
            return Err(Unsupported);
        }
        length = position.saturating_add(1);
        has_shape &= match character {
            '*' => position == 0,
            '.' => {
                has_two_labels |= previous != '*';
                previous != '.' && previous != '-'
            }
            _ if previous == '*' => false,
            '-' => previous != '.',
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => true,
            _ => {
                has_foreign_character = true;
                !character.is_ascii_graphic()
            }
        };
        previous = character;
    }
    if !has_shape || !has_two_labels || matches!(previous, '.' | '-') {
        return Ok(None);
    }
    let is_octets = !matches!(value.tag, der::BMP_STRING | der::UNIVERSAL_STRING);
    match value
        .value
        .get(..length)
        .filter(|_| is_octets && !has_foreign_character)
    {
        Some(name) => Ok(Some(name)),
        None => Err(Unsupported),
    }
}
