//! Faults of names.

use portcullis_fixtures::{Attribute, Name, Random, der, oid};

use super::Fault;
use super::world::World;

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("issuer in other words", same_issuer_otherwise),
    ("issuer in other words", same_issuer_otherwise),
    ("another issuer", another_issuer),
    ("empty name", empty_name),
    ("name", odd_name),
    ("broken name", broken_name),
    ("self-issued", self_issued),
];

/// The issuer field written otherwise than the subject it refers to: equal, or not quite.
fn same_issuer_otherwise(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_issued(random)?;
    let parent = world.nodes[node].parent?;
    let base = ["Issuer One", "M\u{fc}ller", "Tokyo  CA", "a.example"][random.below(4)];
    let attribute = Attribute::utf8(oid::COMMON_NAME, base);
    world.rename(parent, Name::new().country("US").attribute(attribute));
    let swapped = |name: &str| -> String {
        let case = |c: char| match c.is_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        };
        name.chars().map(case).collect()
    };
    let (what, attribute) = match random.below(12) {
        0 => (
            "ASCII case",
            Attribute::utf8(oid::COMMON_NAME, &swapped(base)),
        ),
        1 => (
            "any case",
            Attribute::utf8(oid::COMMON_NAME, &base.to_uppercase()),
        ),
        2 => (
            "outer blanks",
            Attribute::utf8(oid::COMMON_NAME, &format!("  {base} ")),
        ),
        3 => (
            "inner blanks",
            Attribute::utf8(oid::COMMON_NAME, &base.replace(' ', "   ")),
        ),
        4 => (
            "no blanks",
            Attribute::utf8(oid::COMMON_NAME, &base.replace(' ', "")),
        ),
        5 => ("BMPString", Attribute::bmp(oid::COMMON_NAME, base)),
        6 => (
            "UniversalString",
            Attribute::universal(oid::COMMON_NAME, base),
        ),
        7 => ("TeletexString", Attribute::teletex(oid::COMMON_NAME, base)),
        8 => {
            let value = der::tlv(der::PRINTABLE_STRING, base);
            ("PrintableString", Attribute::new(oid::COMMON_NAME, value))
        }
        9 => {
            let value = der::tlv(der::IA5_STRING, base);
            ("IA5String", Attribute::new(oid::COMMON_NAME, value))
        }
        10 => (
            "tab",
            Attribute::utf8(oid::COMMON_NAME, &base.replace(' ', "\t")),
        ),
        _ => ("another type", Attribute::utf8(oid::ORGANIZATION, base)),
    };
    let name = Name::new().country("US").attribute(attribute);
    world.change(node, |builder| builder.issuer(name));
    Some(format!("{what} of {base:?} on {}", world.role(node)))
}

fn another_issuer(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_issued(random)?;
    let parent = world.nodes[node].parent?;
    let name = match random.below(4) {
        0 => Name::from("Somebody else"),
        1 => Name::new(),
        2 => Name::from(&world.nodes[parent].name).common_name("more"),
        _ => Name::from(&world.nodes[node].name),
    };
    world.change(node, |builder| builder.issuer(name));
    Some(world.role(node))
}

fn empty_name(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    world.rename(node, Name::new());
    Some(world.role(node))
}

/// Sound names that are out of the ordinary.
fn odd_name(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let name = Name::new();
    let (what, name) = match random.below(9) {
        0 => {
            let pair = [
                Attribute::utf8(oid::COMMON_NAME, "One"),
                Attribute::printable(oid::ORGANIZATION, "Two"),
            ];
            ("multi-valued", name.rdn(pair))
        }
        1 => {
            let attribute = |n: usize| Attribute::utf8(oid::COMMON_NAME, &format!("{n}"));
            ("5 attributes", name.rdn((0..5).map(attribute)))
        }
        2 => {
            let long = (0..70).fold(name, |name, n| name.organizational_unit(&format!("{n}")));
            ("70 RDNs", long)
        }
        3 => ("empty value", name.common_name("")),
        4 => ("long value", name.common_name(&"x".repeat(300))),
        5 => {
            let value = der::tlv(der::OCTET_STRING, [1, 2, 3]);
            (
                "OCTET STRING",
                name.attribute(Attribute::new(oid::COMMON_NAME, value)),
            )
        }
        6 => {
            let value = der::sequence([der::integer(1)]);
            (
                "SEQUENCE",
                name.attribute(Attribute::new(oid::COMMON_NAME, value)),
            )
        }
        7 => ("e-mail", name.email_address("client@example.com")),
        _ => ("NUL", name.common_name("client.example\0.evil.example")),
    };
    world.rename(node, name);
    Some(format!("{what} on {}", world.role(node)))
}

fn broken_name(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let common_name = |tag: u8, value: &[u8]| {
        Name::new().attribute(Attribute::new(oid::COMMON_NAME, der::tlv(tag, value)))
    };
    let (what, name) = match random.below(8) {
        0 => ("bad UTF-8", common_name(der::UTF8_STRING, &[0xC3, 0x28])),
        1 => ("odd BMPString", common_name(der::BMP_STRING, &[0, 65, 0])),
        2 => ("surrogate", common_name(der::BMP_STRING, &[0xD8, 0])),
        3 => (
            "odd UniversalString",
            common_name(der::UNIVERSAL_STRING, &[0, 0, 65]),
        ),
        4 => (
            "bad PrintableString",
            common_name(der::PRINTABLE_STRING, b"a@b_c*"),
        ),
        5 => ("bad IA5String", common_name(der::IA5_STRING, &[0xE9])),
        6 => ("empty RDN", Name::new().raw_rdn(der::set([[]; 0]))),
        _ => {
            // DER sorts a set.
            let one = der::sequence([der::oid(oid::COMMON_NAME), der::utf8_string("b")]);
            let two = der::sequence([der::oid(oid::COMMON_NAME), der::utf8_string("a")]);
            ("unsorted RDN", Name::new().raw_rdn(der::set([one, two])))
        }
    };
    world.rename(node, name);
    Some(format!("{what} on {}", world.role(node)))
}

/// A CA with the name of its issuer, or a leaf.
fn self_issued(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_issued(random)?;
    let parent = world.nodes[node].parent?;
    let name = Name::from(&world.nodes[parent].name);
    world.rename(node, name);
    Some(world.role(node))
}
