//! Distinguished names as RFC 2253 text.

use core::fmt::{self, Write};

use crate::der;
use crate::name::{Attribute, DistinguishedName};
use crate::oid::{self, ObjectIdentifier};

impl fmt::Display for DistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 2253 begins with the last RDN, and DER can only be read forwards: the name is read
        // once for each block of attributes, the last block first.
        let mut end = self.attributes().count();
        let mut rdn_of_last_written = None;
        while end > 0 {
            let start = end.saturating_sub(BLOCK);
            let mut block = [None; BLOCK];
            let numbered = self.rdns().enumerate().flat_map(|(number, rdn)| {
                rdn.attributes().map(move |attribute| (number, attribute))
            });
            let of_block = numbered.skip(start).take(end.saturating_sub(start));
            for (slot, attribute) in block.iter_mut().zip(of_block) {
                *slot = Some(attribute);
            }
            for (rdn, attribute) in block.iter().rev().flatten() {
                match rdn_of_last_written {
                    None => {}
                    Some(last) if last == *rdn => f.write_char('+')?,
                    Some(_) => f.write_char(',')?,
                }
                write_attribute(f, attribute)?;
                rdn_of_last_written = Some(*rdn);
            }
            end = start;
        }
        Ok(())
    }
}

fn write_attribute(f: &mut fmt::Formatter<'_>, attribute: &Attribute<'_>) -> fmt::Result {
    let short_name = SHORT_NAMES.iter().find(|(kind, _)| *kind == attribute.kind);
    match (short_name, attribute.characters()) {
        (Some((_, name)), Some(characters)) => {
            write!(f, "{name}=")?;
            let last = characters.clone().count().saturating_sub(1);
            for (index, character) in characters.enumerate() {
                write_escaped(f, character, index == 0, index == last)?;
            }
            Ok(())
        }
        (Some((_, name)), None) => {
            write!(f, "{name}=")?;
            write_dump(f, attribute)
        }
        (None, _) => {
            write!(f, "{}=", ObjectIdentifier::new(attribute.kind))?;
            write_dump(f, attribute)
        }
    }
}

/// RFC 2253 2.4: `#` and the hexadecimal DER of a value whose type has no name.
fn write_dump(f: &mut fmt::Formatter<'_>, attribute: &Attribute<'_>) -> fmt::Result {
    let der::Tlv { tag, value } = attribute.value;
    write!(f, "#{tag:02X}")?;
    let octets = value.len().to_be_bytes();
    let length = match octets.iter().position(|octet| *octet != 0) {
        Some(first) => octets.get(first..).unwrap_or_default(),
        None => &[0],
    };
    if value.len() > 0x7f {
        write!(f, "{:02X}", length.len() | 0x80)?;
    }
    let mut octets = length.iter().chain(value);
    octets.try_for_each(|octet| write!(f, "{octet:02X}"))
}

fn write_escaped(
    f: &mut fmt::Formatter<'_>,
    character: char,
    is_first: bool,
    is_last: bool,
) -> fmt::Result {
    match character {
        ',' | '+' | '"' | '\\' | '<' | '>' | ';' => write!(f, "\\{character}"),
        '#' if is_first => f.write_str("\\#"),
        ' ' if is_first || is_last => f.write_str("\\ "),
        ' '..='~' => f.write_char(character),
        _ => {
            let mut utf8 = [0; 4];
            let utf8 = character.encode_utf8(&mut utf8);
            utf8.bytes().try_for_each(|byte| write!(f, "\\{byte:02X}"))
        }
    }
}

/// The names that AWS-LC gives attribute types: RFC 2253's short ones where it has one.
const SHORT_NAMES: [(&[u8], &str); 24] = [
    (oid::COMMON_NAME, "CN"),
    (&[0x55, 0x04, 0x04], "SN"),
    (&[0x55, 0x04, 0x05], "serialNumber"),
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x09], "street"),
    (&[0x55, 0x04, 0x0a], "O"),
    (&[0x55, 0x04, 0x0b], "OU"),
    (&[0x55, 0x04, 0x0c], "title"),
    (&[0x55, 0x04, 0x0d], "description"),
    (&[0x55, 0x04, 0x0f], "businessCategory"),
    (&[0x55, 0x04, 0x11], "postalCode"),
    (&[0x55, 0x04, 0x29], "name"),
    (&[0x55, 0x04, 0x2a], "GN"),
    (&[0x55, 0x04, 0x2b], "initials"),
    (&[0x55, 0x04, 0x2c], "generationQualifier"),
    (&[0x55, 0x04, 0x2d], "x500UniqueIdentifier"),
    (&[0x55, 0x04, 0x2e], "dnQualifier"),
    (&[0x55, 0x04, 0x41], "pseudonym"),
    (&[0x55, 0x04, 0x48], "role"),
    (oid::EMAIL_ADDRESS, "emailAddress"),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01],
        "UID",
    ),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19],
        "DC",
    ),
];

/// Attributes held at a time.
const BLOCK: usize = 16;
