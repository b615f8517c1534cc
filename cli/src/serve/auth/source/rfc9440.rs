//! RFC 9440: `Client-Cert` and `Client-Cert-Chain`.

use portcullis::MtlsPem;
use portcullis::pki_types::CertificateDer;
use sfv::{BareItem, FieldType, Item, List, ListEntry, Parser};

use super::HeaderFault;

/// `Client-Cert` is one byte sequence (RFC 9440 2.2), `Client-Cert-Chain` a list of them, which may
/// be split over several lines (2.3; RFC 9110 5.3).
///
/// Deviates: a member of the list may hold several certificates one after the other, since that is
/// what HAProxy's `ssl_c_chain_der` gives.
pub(super) fn read<'h>(
    leaf: &[u8],
    chain: impl Iterator<Item = &'h [u8]>,
) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
    let leaf: Item = parse(leaf)?;
    let leaf = byte_sequence(leaf.bare_item)?;
    // What HAProxy writes of a client that has none, unless a condition keeps it from that.
    if leaf.is_empty() {
        return Ok(Vec::new());
    }
    let mut presented = vec![leaf.into()];
    let lines: Vec<&[u8]> = chain.filter(|line| !line.is_empty()).collect();
    let lines = lines.join(&b","[..]);
    if lines.len() > MtlsPem::MAX_VALUE {
        return Err(HeaderFault::TooLong);
    }
    for member in parse::<List>(&lines)? {
        let ListEntry::Item(item) = member else {
            return Err(HeaderFault::StructuredField);
        };
        let member = byte_sequence(item.bare_item)?;
        presented.extend(split(&member).map(|der| der.to_vec().into()));
    }
    Ok(presented)
}

/// RFC 8941, parameters ignored, as is usual with those that nobody has defined.
fn parse<T: FieldType>(value: &[u8]) -> Result<T, HeaderFault> {
    let value = Parser::new(value).with_version(sfv::Version::Rfc8941);
    value.parse().map_err(|_| HeaderFault::StructuredField)
}

fn byte_sequence(item: BareItem) -> Result<Vec<u8>, HeaderFault> {
    match item {
        BareItem::ByteSequence(octets) => Ok(octets),
        _ => Err(HeaderFault::StructuredField),
    }
}

/// DER values that follow each other. What is none is kept whole, for the verdict on it.
fn split(mut octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let length = length(octets).filter(|length| *length <= octets.len());
        let (value, rest) = octets.split_at(length.unwrap_or(octets.len()));
        octets = rest;
        (!value.is_empty()).then_some(value)
    })
}

/// How long a SEQUENCE is, its head included.
fn length(octets: &[u8]) -> Option<usize> {
    let [0x30, first, rest @ ..] = octets else {
        return None;
    };
    let count = match first {
        0x00..=0x7F => return Some(2 + usize::from(*first)),
        0x81..=0x83 => usize::from(first & 0x7F),
        _ => return None,
    };
    let length = rest.get(..count)?.iter();
    let length = length.fold(0, |length, octet| length << 8 | usize::from(*octet));
    Some(2 + count + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates(all: &[&[u8]]) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
        Ok(all.iter().map(|der| der.to_vec().into()).collect())
    }

    fn read_lines(leaf: &str, chain: &[&str]) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
        read(leaf.as_bytes(), chain.iter().copied().map(str::as_bytes))
    }

    #[test]
    fn the_client_s_own_is_a_byte_sequence_and_the_others_are_a_list_of_them() {
        // 30 01 00, 30 01 01, 30 01 02
        let [a, b, c] = [0, 1, 2].map(|octet| [0x30, 1, octet]);
        for (chain, expected) in [
            (&[][..], &[&a[..]][..]),
            (&[""], &[&a]),
            (&[":MAEB:"], &[&a, &b]),
            (&[":MAEB:, :MAEC:"], &[&a, &b, &c]),
            (&[":MAEB:,:MAEC:"], &[&a, &b, &c]),
            (&[":MAEB: \t,\t :MAEC:"], &[&a, &b, &c]),
            // Lines are one list.
            (&[":MAEB:", ":MAEC:"], &[&a, &b, &c]),
            (&["", ":MAEB:", "", ":MAEC:"], &[&a, &b, &c]),
            // HAProxy.
            (&[":MAEBMAEC:"], &[&a, &b, &c]),
        ] {
            assert_eq!(
                read_lines(":MAEA:", chain),
                certificates(expected),
                "{chain:?}"
            );
        }
        assert_eq!(read_lines("  :MAEA:  ", &[]), certificates(&[&a]));
        assert_eq!(read_lines(":MAEA:;a=1", &[]), certificates(&[&a]));
        assert_eq!(read_lines("::", &[":MAEB:"]), certificates(&[]));
    }

    #[test]
    fn anything_else_is_refused() {
        for leaf in [
            ":",
            "MAEA",
            ":MAEA",
            "MAEA:",
            ":MAEA:,",
            ":MAEA:, :MAEB:",
            ":MAEA: :MAEB:",
            ":MA-A:",
            ":MA%45A:",
            "\"MAEA\"",
            "(:MAEA:)",
            "?1",
            "1",
            "a=:MAEA:",
            ":MA EA:",
            ":M\u{e9}EA:",
            ",:MAEA:",
        ] {
            let fault = Err(HeaderFault::StructuredField);
            assert_eq!(read_lines(leaf, &[]), fault, "{leaf}");
        }
        for chain in [
            &["MAEB"][..],
            &[":MAEB:,"],
            &[",:MAEB:"],
            &[":MAEB", "MAEC:"],
            &["(:MAEB: :MAEC:)"],
            &[":MAEB: :MAEC:"],
            &[":MAEB:", "a"],
        ] {
            let fault = Err(HeaderFault::StructuredField);
            assert_eq!(read_lines(":MAEA:", chain), fault, "{chain:?}");
        }
        let long = format!(":{}:", "AAAA".repeat(20_000));
        let fault = Err(HeaderFault::TooLong);
        assert_eq!(read_lines(":MAEA:", &[&long, &long]), fault);
    }

    #[test]
    fn what_is_no_certificate_stays_as_it_is() {
        let (a, b) = ([0x30, 1, 0], [0x30, 0x81, 1, 7]);
        let long = [&[0x30, 0x82, 1, 0][..], &[7; 256]].concat();
        let tail = [0x30, 0x82, 0xFF, 0xFF, 1];
        for (octets, expected) in [
            (vec![], vec![]),
            (
                [&a[..], &b, &long, &a].concat(),
                vec![&a[..], &b, &long, &a],
            ),
            ([&a[..], &tail].concat(), vec![&a[..], &tail]),
            ([&a[..], b"\0"].concat(), vec![&a[..], b"\0"]),
            (b"\x30".to_vec(), vec![&b"\x30"[..]]),
            (b"\x30\x84\0\0\0\x01".to_vec(), vec![b"\x30\x84\0\0\0\x01"]),
            (b"\x30\x80\0\0".to_vec(), vec![b"\x30\x80\0\0"]),
            (b"garbage".to_vec(), vec![b"garbage"]),
        ] {
            assert_eq!(split(&octets).collect::<Vec<_>>(), expected);
        }
    }
}
