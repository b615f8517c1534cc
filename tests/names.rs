//! Names, serial numbers and validity: when names are equal, and how all three are written.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::{Certificate, CertificateError, Policy};
use portcullis_fixtures::{
    Attribute, Certificate as Made, CertificateBuilder, Key, NOW, Name, chain, der, hostile, oid,
};

use crate::common::{failure, store};

/// Latin-1 and therefore writable in every type of string but those of ASCII.
const CAFE: &str = "Caf\u{e9}";

#[test]
fn names_are_equal_whatever_their_strings_are() {
    let ascii = Name::new().attribute(Attribute::utf8(oid::ORGANIZATION, "Example"));
    for attribute in [
        Attribute::printable(oid::ORGANIZATION, "Example"),
        Attribute::ia5(oid::ORGANIZATION, "Example"),
        Attribute::teletex(oid::ORGANIZATION, "Example"),
        Attribute::bmp(oid::ORGANIZATION, "Example"),
        Attribute::universal(oid::ORGANIZATION, "Example"),
    ] {
        assert_equal(&ascii, &Name::new().attribute(attribute), true);
    }
    let accented = Name::new().attribute(Attribute::utf8(oid::ORGANIZATION, CAFE));
    for attribute in [
        Attribute::teletex(oid::ORGANIZATION, CAFE),
        Attribute::bmp(oid::ORGANIZATION, CAFE),
        Attribute::universal(oid::ORGANIZATION, CAFE),
    ] {
        assert_equal(&accented, &Name::new().attribute(attribute), true);
    }
}

#[test]
fn ascii_case_and_blanks_do_not_tell_names_apart_and_all_else_does() {
    for (one, other, equal) in [
        ("Example", "EXAMPLE", true),
        ("Example", "  Example ", true),
        ("Two Words", "two   words", true),
        ("Two Words", " TWO \t Words\n", true),
        ("Two Words", "TwoWords", false),
        ("Example", "Example.", false),
        ("Example", "Exampl", false),
        ("Example", "", false),
        // Neither case nor composition outside ASCII.
        ("Caf\u{e9}", "caf\u{e9}", true),
        ("Caf\u{e9}", "Caf\u{c9}", false),
        ("Caf\u{e9}", "Cafe\u{301}", false),
        ("Caf\u{e9}", "Cafe", false),
        ("Stra\u{df}e", "STRASSE", false),
        // Characters that hold an ASCII letter in one of their octets.
        ("\u{4100}\u{2041}\u{4120}", "\u{4100}\u{2041}\u{4120}", true),
        ("\u{4100}", "\u{6100}", false),
        ("\u{4100}", "A", false),
        // A no-break space is no blank.
        ("Two Words", "Two\u{a0}Words", false),
    ] {
        assert_equal(&Name::from(one), &Name::from(other), equal);
        for bmp_or_universal in [Attribute::bmp, Attribute::universal] {
            let other = bmp_or_universal(oid::COMMON_NAME, other);
            let other = Name::new().attribute(other);
            assert_equal(&Name::from(one), &other, equal);
        }
    }
}

#[test]
fn order_and_grouping_and_types_tell_names_apart() {
    let country = || Attribute::printable(oid::COUNTRY, "JP");
    let organization = || Attribute::utf8(oid::ORGANIZATION, "Example");
    let plain = Name::new().attribute(country()).attribute(organization());
    for other in [
        Name::new().attribute(organization()).attribute(country()),
        Name::new().rdn([country(), organization()]),
        Name::new().attribute(country()),
        plain.clone().attribute(organization()),
        Name::new()
            .attribute(country())
            .attribute(Attribute::utf8(oid::ORGANIZATIONAL_UNIT, "Example")),
        Name::new(),
    ] {
        assert_equal(&plain, &other, false);
    }
    let twice = Name::new().rdn([organization(), organization()]);
    let once = Name::new().rdn([organization(), country()]);
    assert_equal(&twice, &once, false);
    assert_equal(&Name::new(), &Name::new(), true);
}

#[test]
fn attributes_of_one_rdn_are_a_set() {
    let unit = |text| Attribute::utf8(oid::ORGANIZATIONAL_UNIT, text);
    let organization = |text| Attribute::utf8(oid::ORGANIZATION, text);
    let reversed = |attributes: [Attribute; 2]| {
        let name = Name::new().rdn(attributes).to_der();
        let set = der::read(der::read(&name).1).1;
        let (_, first, rest) = der::read(set);
        let set = [rest, &der::sequence([first])].concat();
        Name::new().raw_rdn(der::tlv(der::SET, set))
    };
    let one = Name::new().rdn([unit("ab"), organization("x")]);
    for (other, equal) in [
        (Name::new().rdn([unit("AB"), organization("X")]), true),
        (reversed([unit("ab"), organization("x")]), true),
        (reversed([unit("AB"), organization("X")]), true),
        (Name::new().rdn([unit("ba"), organization("x")]), false),
        (Name::new().rdn([organization("ab"), unit("x")]), false),
        (Name::new().rdn([unit("ab")]), false),
    ] {
        assert_equal(&one, &other, equal);
    }
    // Each attribute stands for one only.
    let twice = Name::new().rdn([unit("ab"), unit("ab")]);
    assert_equal(&twice, &Name::new().rdn([unit("ab"), unit("AB")]), true);
    assert_equal(&twice, &Name::new().rdn([unit("ab"), unit("ba")]), false);
}

#[test]
fn long_names_are_compared_in_every_octet() {
    let name = |text: &str| Name::new().attribute(Attribute::utf8(oid::ORGANIZATION, text));
    for length in 1..=40 {
        let text = "Portcullis of the upper gate, in two words and more"[..length].trim_end();
        assert_equal(&name(text), &name(&text.to_uppercase()), true);
        assert_equal(
            &name(text),
            &name(&text.to_uppercase().replace(' ', "   ")),
            true,
        );
        for position in 0..text.len() {
            let mut other = text.to_uppercase().into_bytes();
            // Letters that add up to what others do tell names apart, too.
            if position > 0 && other[position] != other[position - 1] {
                other.swap(position, position - 1);
                let other = String::from_utf8(other).expect("it is ASCII");
                let equal = other.trim() == text.to_uppercase();
                assert_equal(&name(text), &name(&other), equal);
            }
        }
    }
    // Wherever the blanks are.
    for before in 1..=33 {
        let letters = "a".repeat(before);
        let (one, other) = (format!("{letters} b"), format!("{letters}   B"));
        assert_equal(&name(&one), &name(&other), true);
        assert_equal(&name(&one), &name(&format!("{letters}b")), false);
    }
    // Wherever in a word of the machine the digits come to stand.
    for before in 0..=8 {
        let shifted = format!("{}UNIT 12  of 3456", " ".repeat(before));
        assert_equal(&name("Unit 12 of 3456"), &name(&shifted), true);
        assert_equal(&name("Unit 12 of 3465"), &name(&shifted), false);
    }
    // A value that is no string of characters is none, though its octets are the same.
    let value = |tag| Attribute::new(oid::ORGANIZATION, der::tlv(tag, "-"));
    let names = [0x07, der::UTF8_STRING].map(|tag| Name::new().attribute(value(tag)));
    assert_equal(&names[0], &names[1], false);
}

#[test]
fn utf_8_is_checked_wherever_it_is_broken() {
    for length in 1..=24_usize {
        let broken_at = |position| {
            let mut octets = vec![b'a'; length];
            octets[position] = 0xff;
            octets
        };
        let broken = (0..length).map(broken_at);
        for octets in broken.chain([vec![0x80; length], vec![0xff; length]]) {
            let value = der::tlv(der::UTF8_STRING, octets);
            let name = Name::new().attribute(Attribute::new(oid::ORGANIZATION, value));
            let made = CertificateBuilder::bare("Good", Key::p256(0));
            let made = made.subject(name).issuer("Good").sign_by(Key::p256(0));
            let parsed = Certificate::parse(made.der());
            assert_eq!(parsed.err(), Some(CertificateError::Subject), "{length}");
        }
    }
}

#[test]
fn an_issuer_is_found_by_an_equal_name_and_by_no_other() {
    for (issuer, found) in [
        (
            Name::new().attribute(Attribute::bmp(oid::COMMON_NAME, " signing  CAF\u{e9} ")),
            true,
        ),
        (
            Name::new().attribute(Attribute::teletex(oid::COMMON_NAME, "Signing Caf\u{e9}")),
            true,
        ),
        (Name::from("Signing Caf\u{c9}"), false),
        (Name::from("Signing Cafe\u{301}"), false),
        (Name::from("Signing Caf\u{e9}").common_name("x"), false),
    ] {
        let ca = Made::ca("Signing Caf\u{e9}", Key::p256(1));
        let client = CertificateBuilder::leaf("Client", Key::p256(2)).issuer(issuer);
        let store = store(Policy::ALB, &chain([&ca]));
        let failed = failure(&store, &chain([&client.issued_by(&ca)]), NOW);
        assert_eq!(failed.is_none(), found, "{failed:?}");
    }
}

#[test]
fn names_are_written_last_rdn_first() {
    let sample = Name::new()
        .country("US")
        .attribute(Attribute::utf8(oid::STATE, "Washington"))
        .locality("Seattle")
        .organization("endEntity")
        .common_name("amazondomains.com");
    assert_written(
        &sample,
        "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US",
    );
    let sample = Name::new()
        .country("JP")
        .attribute(Attribute::printable(oid::STATE, "Tokyo"))
        .locality("Minato")
        .organization("SKYARCH")
        .organizational_unit("BLOG")
        .common_name("User2");
    assert_written(&sample, "CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP");
    assert_written(&Name::new(), "");
    assert_written(&Name::from(""), "CN=");
}

#[test]
fn attribute_types_have_the_names_that_aws_lc_gives_them() {
    for (kind, name) in [
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
    ] {
        let written = Name::new().attribute(Attribute::utf8(kind, "v"));
        assert_written(&written, &format!("{name}=v"));
    }
}

#[test]
fn values_of_unknown_types_and_values_that_are_no_strings_are_written_as_der() {
    for (kind, value, text) in [
        ("2.999.3", der::utf8_string("a"), "2.999.3=#0C0161"),
        (
            "1.3.6.1.4.1.311.60.2.1.3",
            der::printable_string("JP"),
            "1.3.6.1.4.1.311.60.2.1.3=#13024A50",
        ),
        (
            "2.999.3",
            der::tlv(der::ENUMERATED, [0xab]),
            "2.999.3=#0A01AB",
        ),
        (oid::COMMON_NAME, der::tlv(0x09, []), "CN=#0900"),
        (
            "2.5.4.45",
            der::bit_string([0xfe]),
            "x500UniqueIdentifier=#030200FE",
        ),
        (
            "2.5.4.3",
            der::sequence([der::utf8_string("a")]),
            "CN=#30030C0161",
        ),
    ] {
        assert_written(&Name::new().attribute(Attribute::new(kind, value)), text);
    }
}

#[test]
fn characters_outside_ascii_are_written_as_the_octets_of_their_utf_8() {
    for (attribute, text) in [
        (Attribute::utf8(oid::COMMON_NAME, CAFE), r"CN=Caf\C3\A9"),
        (Attribute::teletex(oid::COMMON_NAME, CAFE), r"CN=Caf\C3\A9"),
        (Attribute::bmp(oid::COMMON_NAME, CAFE), r"CN=Caf\C3\A9"),
        (
            Attribute::universal(oid::COMMON_NAME, CAFE),
            r"CN=Caf\C3\A9",
        ),
        (
            Attribute::bmp(oid::COMMON_NAME, "\u{6771}\u{4eac}"),
            r"CN=\E6\9D\B1\E4\BA\AC",
        ),
        (
            Attribute::utf8(oid::COMMON_NAME, "\u{1d11e}"),
            r"CN=\F0\9D\84\9E",
        ),
        (
            Attribute::universal(oid::COMMON_NAME, "\u{1d11e}"),
            r"CN=\F0\9D\84\9E",
        ),
        (
            Attribute::new(oid::COMMON_NAME, der::tlv(der::IA5_STRING, [0x41, 0xff])),
            r"CN=A\C3\BF",
        ),
        (Attribute::utf8(oid::COMMON_NAME, "\u{80}"), r"CN=\C2\80"),
    ] {
        assert_written(&Name::new().attribute(attribute), text);
    }
}

#[test]
fn special_characters_are_escaped_where_they_are_special() {
    for (value, text) in [
        (r#"a\b"c,d+e<f>g;h"#, r#"a\\b\"c\,d\+e\<f\>g\;h"#),
        ("a=b/c'd|e", "a=b/c'd|e"),
        ("#a#b#", r"\#a#b#"),
        (" a b ", r"\ a b\ "),
        ("  a  ", r"\  a \ "),
        (" ", r"\ "),
        ("  ", r"\ \ "),
        ("#", r"\#"),
        ("a#", "a#"),
        (" #", r"\ #"),
        ("\u{0}\u{1}\t\n\r\u{1f}\u{7f}", r"\00\01\09\0A\0D\1F\7F"),
        ("~!@$%^&*()", "~!@$%^&*()"),
    ] {
        let text = format!("CN={text}");
        assert_written(&Name::from(value), &text);
        for attribute in [
            Attribute::bmp(oid::COMMON_NAME, value),
            Attribute::ia5(oid::COMMON_NAME, value),
            Attribute::teletex(oid::COMMON_NAME, value),
            Attribute::universal(oid::COMMON_NAME, value),
        ] {
            assert_written(&Name::new().attribute(attribute), &text);
        }
    }
}

#[test]
fn whatever_a_name_holds_its_text_is_printable_ascii() {
    let characters = (0..0x3000).chain((0x1_0000..0x1_0100).step_by(7));
    for start in characters.step_by(64) {
        let value: String = (start..start + 64).filter_map(char::from_u32).collect();
        let written = written(&Name::from(value.as_str()));
        assert!(
            written.bytes().all(|octet| (b' '..=b'~').contains(&octet)),
            "{written}"
        );
    }
}

#[test]
fn attributes_of_one_rdn_are_joined_by_a_plus_the_last_one_first() {
    let both = [
        Attribute::utf8(oid::COMMON_NAME, "A"),
        Attribute::utf8(oid::ORGANIZATION, "B"),
    ];
    let name = Name::new().country("JP").rdn(both).locality("L");
    assert_written(&name, "L=L,O=B+CN=A,C=JP");
}

#[test]
fn long_names_are_written_whole() {
    for count in [1, 2, 15, 16, 17, 31, 32, 33, 62] {
        let units: Vec<_> = (0..count).rev().map(|n| format!("OU={n}")).collect();
        assert_written(&hostile::many_rdns(count), &units.join(","));
    }
    let one_rdn = (0..4).rev().map(|n| format!("OU={n:05}"));
    let one_rdn: Vec<_> = one_rdn.collect();
    assert_written(&hostile::many_attributes(4), &one_rdn.join("+"));
    // An RDN across the boundary of whatever is read at a time.
    let mut name = hostile::many_rdns(15);
    name = name.rdn((0..3).map(|n| Attribute::utf8(oid::ORGANIZATION, &format!("{n}"))));
    let units: Vec<_> = (0..15).rev().map(|n| format!("OU={n}")).collect();
    assert_written(&name, &format!("O=2+O=1+O=0,{}", units.join(",")));
}

#[test]
fn an_rdn_of_a_great_many_attributes_is_refused() {
    for count in [17, 100, 1000] {
        let name = hostile::many_attributes(count);
        let made = CertificateBuilder::bare(name, Key::p256(0)).self_signed();
        let refused = Certificate::parse(made.der()).err();
        assert_eq!(refused, Some(CertificateError::Issuer));
    }
}

#[test]
fn serial_numbers_are_written_as_magnitudes_of_whole_octets() {
    let long = [0x7f; 40];
    for (content, text) in [
        (
            &[0x00, 0xfe, 0xf2, 0x57, 0x37, 0x2d, 0x5c, 0x14, 0xd4][..],
            "FEF257372D5C14D4",
        ),
        (&[0x02], "02"),
        (&[0x03, 0xa5, 0xb1], "03A5B1"),
        (&[0x00], "0"),
        (&[0x00, 0x80], "80"),
        (&[0x01, 0x00], "0100"),
        (&[0xff], "-01"),
        (&[0x80], "-80"),
        (&[0x81], "-7F"),
        (&[0xff, 0x7f], "-81"),
        (&[0xff, 0x00], "-0100"),
        (&[0x80, 0x00], "-8000"),
        (&[0xfe, 0xff], "-0101"),
        (&long, &"7F".repeat(40)),
    ] {
        let made = CertificateBuilder::leaf("Client", Key::p256(0)).serial(content);
        let made = made.self_signed();
        let certificate = Certificate::parse(made.der()).expect("its serial is an integer");
        assert_eq!(certificate.serial().to_string(), text);
        assert_eq!(certificate.serial().as_bytes(), content);
    }
}

#[test]
fn validity_is_written_in_utc_to_the_second() {
    // Seconds from `date -u -d ... +%s`.
    for (before, after, text) in [
        (
            1_695_336_201,
            1_781_736_201,
            "NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z",
        ),
        (
            1_763_089_080,
            1_794_625_080,
            "NotBefore=2025-11-14T02:58:00Z;NotAfter=2026-11-14T02:58:00Z",
        ),
        (
            1_695_261_017,
            1_726_797_017,
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z",
        ),
    ] {
        let made = CertificateBuilder::leaf("Client", Key::p256(0));
        let made = made.not_before(before).not_after(after).self_signed();
        let validity = Certificate::parse(made.der())
            .expect("it is sound")
            .validity();
        assert_eq!(validity.to_string(), text);
        assert_eq!(validity.not_before().unix_seconds(), before);
        assert_eq!(validity.not_after().unix_seconds(), after);
    }
}

#[track_caller]
fn assert_equal(name: &Name, other_name: &Name, equal: bool) {
    let make = |name: &Name| CertificateBuilder::bare(name, Key::p256(0)).self_signed();
    let (one, other) = (make(name), make(other_name));
    let parse = |der| Certificate::parse(der).expect("its name is sound");
    let (one, other) = (parse(one.der()), parse(other.der()));
    assert_eq!(one.subject() == other.subject(), equal);
    assert_eq!(other.subject() == one.subject(), equal);
    assert!(one.is_self_issued() && other.is_self_issued());
    let both = CertificateBuilder::bare(name, Key::p256(0)).issuer(other_name);
    let both = both.self_signed();
    assert_eq!(parse(both.der()).is_self_issued(), equal);
}

#[track_caller]
fn assert_written(name: &Name, text: &str) {
    assert_eq!(written(name), text);
}

fn written(name: &Name) -> String {
    let made = CertificateBuilder::bare(name, Key::p256(0)).self_signed();
    let certificate = Certificate::parse(made.der()).expect("its name is sound");
    assert_eq!(certificate.subject().as_der(), name.to_der());
    certificate.subject().to_string()
}
