//! Distinguished names, compared and written.

use portcullis::{Certificate, DistinguishedName};
use portcullis_fixtures::{Key, NOW, der};

use crate::agreement::{without_allocation, write};
use crate::input::Input;

/// The content of two names, the first with its length before it.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let ours = der::tlv(der::SEQUENCE, input.piece());
    let theirs = der::tlv(der::SEQUENCE, input.rest());
    let certificate = certificate(&ours, &theirs);
    let Ok(certificate) = Certificate::parse(&certificate) else {
        return;
    };
    let (ours, theirs) = (certificate.subject(), certificate.issuer());
    without_allocation(|| {
        write(&ours);
        let is_same = ours == theirs;
        assert_eq!(is_same, theirs == ours);
        assert_eq!(certificate.is_self_issued(), is_same);
    });
    assert_eq!(ours == theirs, canonical(&ours) == canonical(&theirs));
    for name in [ours, theirs] {
        assert_eq!(read(&name.to_string()), meant(&name), "{name}");
    }
}

/// A certificate that nobody signed.
fn certificate(subject: &[u8], issuer: &[u8]) -> Vec<u8> {
    let algorithm = der::sequence([der::oid("1.2.840.10045.4.3.2")]);
    let validity = der::sequence([der::time(NOW), der::time(NOW)]);
    let body = der::sequence([
        &der::context(0, der::integer(2)),
        &der::integer(1),
        &algorithm,
        issuer,
        &validity,
        subject,
        Key::p256(0).spki_der(),
    ]);
    der::sequence([body, algorithm, der::bit_string([])])
}

/// An attribute of a name as text should tell it: its type, and its value or the value's DER.
#[derive(Debug, Eq, PartialEq)]
enum Meant {
    Text(String, Vec<u8>),
    Dump(String, Vec<u8>),
}

/// The RDNs of a name, the last first, as they are in its DER.
fn meant(name: &DistinguishedName<'_>) -> Vec<Vec<Meant>> {
    let mut rdns = Vec::new();
    for rdn in elements(der::read(name.as_der()).1) {
        let mut attributes = Vec::new();
        for (_, attribute) in elements(rdn.1) {
            let parts = elements(attribute);
            let [(_, kind), (tag, value)] = parts[..] else {
                panic!("an attribute of {} parts", parts.len());
            };
            let short = SHORT_NAMES
                .iter()
                .find(|(oid, _)| der::read(&der::oid(oid)).1 == kind);
            attributes.push(match (short, text(tag, value)) {
                (Some((_, short)), Some(text)) => Meant::Text((*short).into(), text.into_bytes()),
                (short, _) => {
                    let kind = short.map_or_else(|| dotted(kind), |(_, short)| (*short).into());
                    Meant::Dump(kind, der::tlv(tag, value))
                }
            });
        }
        attributes.reverse();
        rdns.push(attributes);
    }
    rdns.reverse();
    rdns
}

fn elements(mut content: &[u8]) -> Vec<(u8, &[u8])> {
    let mut elements = Vec::new();
    while !content.is_empty() {
        let (tag, value, rest) = der::read(content);
        elements.push((tag, value));
        content = rest;
    }
    elements
}

/// The characters of a value, if it has any.
fn text(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        der::UTF8_STRING => String::from_utf8(value.to_vec()).ok(),
        der::NUMERIC_STRING
        | der::PRINTABLE_STRING
        | der::TELETEX_STRING
        | der::IA5_STRING
        | der::VISIBLE_STRING => Some(value.iter().map(|octet| char::from(*octet)).collect()),
        der::BMP_STRING if value.len().is_multiple_of(2) => {
            let units = value
                .chunks(2)
                .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]));
            units.map(char::from_u32).collect()
        }
        der::UNIVERSAL_STRING if value.len().is_multiple_of(4) => {
            let units = value.chunks(4).map(|four| {
                four.iter()
                    .fold(0, |unit, octet| unit << 8 | u32::from(*octet))
            });
            units.map(char::from_u32).collect()
        }
        _ => None,
    }
}

/// A name with all that is to be passed over taken away: equal names are these octet by octet.
fn canonical(name: &DistinguishedName<'_>) -> Vec<Vec<Vec<u8>>> {
    let rdns = elements(der::read(name.as_der()).1).into_iter();
    let rdns = rdns.map(|(_, rdn)| {
        let attributes = elements(rdn).into_iter().map(|(_, attribute)| {
            let parts = elements(attribute);
            let (kind, (tag, value)) = (parts[0].1, parts[1]);
            let value = match text(tag, value).filter(|_| tag != der::NUMERIC_STRING) {
                Some(text) => {
                    let is_blank = |it: char| matches!(it, ' ' | '\t'..='\r');
                    let words = text.split(is_blank).filter(|word| !word.is_empty());
                    let words = words.map(str::to_ascii_lowercase).collect::<Vec<_>>();
                    [&[0], words.join(" ").as_bytes()].concat()
                }
                None => [&[1], &der::tlv(tag, value)[..]].concat(),
            };
            [&[kind.len() as u8], kind, &value].concat()
        });
        let mut attributes = attributes.collect::<Vec<_>>();
        attributes.sort();
        attributes
    });
    rdns.collect()
}

/// Reads RFC 2253 text.
fn read(text: &str) -> Vec<Vec<Meant>> {
    if text.is_empty() {
        return Vec::new();
    }
    let rdns = split(text.as_bytes(), b',').into_iter();
    let rdns = rdns.map(|rdn| split(rdn, b'+').into_iter().map(read_attribute).collect());
    rdns.collect()
}

/// The parts between separators that no backslash is before.
fn split(text: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut index) = (0, 0);
    while index < text.len() {
        match text[index] {
            b'\\' => index += 1,
            octet if octet == separator => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
        index += 1;
    }
    parts.push(&text[start..]);
    parts
}

fn read_attribute(text: &[u8]) -> Meant {
    let end = text
        .iter()
        .position(|octet| *octet == b'=')
        .expect("an equals sign");
    let (kind, value) = (
        String::from_utf8(text[..end].to_vec()).expect("ASCII"),
        &text[end + 1..],
    );
    if let [b'#', digits @ ..] = value {
        return Meant::Dump(kind, digits.chunks(2).map(hexadecimal).collect());
    }
    let mut octets = Vec::new();
    let mut rest = value;
    while let [octet, after @ ..] = rest {
        octets.push(*octet);
        rest = after;
        if *octet == b'\\' {
            octets.pop();
            let is_pair = after.first().is_some_and(u8::is_ascii_hexdigit);
            let length = if is_pair { 2 } else { 1 };
            octets.push(if is_pair {
                hexadecimal(&after[..2])
            } else {
                after[0]
            });
            rest = &after[length..];
        }
    }
    Meant::Text(kind, octets)
}

fn hexadecimal(digits: &[u8]) -> u8 {
    let digits = str::from_utf8(digits).expect("ASCII");
    u8::from_str_radix(digits, 16).expect("two hexadecimal digits")
}

/// An OID, by the library, as there is nothing else to compare with in a name.
fn dotted(kind: &[u8]) -> String {
    let encoded = der::tlv(der::OBJECT_IDENTIFIER, kind);
    let name = der::set([der::sequence([encoded, der::utf8_string("value")])]);
    let name = der::sequence([name]);
    let certificate = certificate(&name, &name);
    let certificate = Certificate::parse(&certificate).expect("a name of one attribute");
    let text = certificate.subject().to_string();
    text.split_once('=').expect("an equals sign").0.into()
}

/// RFC 2253 and AWS-LC.
const SHORT_NAMES: [(&str, &str); 24] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.72", "role"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];
