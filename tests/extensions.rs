//! Extensions: unknown and critical, known and critical, malformed, there twice.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Position::{self, Presented, Store};
use portcullis::{Certificate, Check, FailureReason};
use portcullis_fixtures::{
    CertificateBuilder, Extension, GeneralName, Key, KeyUsage, NameConstraints, Pki, chain, der,
    ns_cert_type, oid,
};

use crate::expect::{BOTH, expect, untrusted};

/// Where in the chain an extension is: leaf, its issuer, the root in the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum On {
    Leaf,
    Issuer,
    Anchor,
}

const EVERYWHERE: [On; 3] = [On::Leaf, On::Issuer, On::Anchor];

impl On {
    fn position(self) -> Position {
        match self {
            Self::Leaf => Presented(0),
            Self::Issuer => Presented(1),
            Self::Anchor => Store(0),
        }
    }
}

#[test]
fn an_unknown_extension_matters_only_if_it_is_critical() {
    for on in EVERYWHERE {
        for critical in [false, true] {
            let extension = Extension::unknown(4).critical(critical);
            let refused = untrusted(Check::CriticalExtension, on.position());
            let expected = if critical { refused } else { None };
            assert_verdict(on, |it| it.push(extension.clone()), expected);
        }
    }
}

#[test]
fn an_extension_that_says_explicitly_that_it_is_not_critical_is_not() {
    for on in EVERYWHERE {
        let extension = Extension::unknown(4).raw_critical(der::boolean(false));
        assert_verdict(on, |it| it.push(extension.clone()), None);
    }
}

#[test]
fn extensions_that_may_not_be_critical_are_unhandled_when_they_are() {
    let location = GeneralName::uri("http://ca.example/ca.crt");
    let access = der::sequence([der::oid("1.3.6.1.5.5.7.48.2"), location.as_der().to_vec()]);
    let extensions = |ca_key: Key| {
        [
            Extension::subject_key_id(Key::p256(5).key_id()),
            Extension::authority_key_id(ca_key.key_id()),
            Extension::new(
                oid::ISSUER_ALT_NAME,
                der::sequence([GeneralName::dns("ca.example")]),
            ),
            Extension::new(oid::AUTHORITY_INFO_ACCESS, der::sequence([&access])),
            Extension::new(oid::FRESHEST_CRL, der::sequence([[]; 0])),
        ]
    };
    for extension in extensions(Key::p256(1)) {
        let plain = extension.clone();
        assert_verdict(On::Leaf, |leaf| leaf.extension(plain.clone()), None);
        assert_verdict(
            On::Leaf,
            |leaf| leaf.extension(extension.clone().critical(true)),
            untrusted(Check::CriticalExtension, Presented(0)),
        );
    }
    // On CAs; their own key identifiers stay what they are.
    for (on, key, issuer) in [
        (On::Issuer, Key::p256(1), Key::p256(2)),
        (On::Anchor, Key::p256(2), Key::p256(2)),
    ] {
        let mut extensions = extensions(issuer);
        extensions[0] = Extension::subject_key_id(key.key_id());
        for extension in extensions {
            assert_verdict(
                on,
                |ca| ca.extension(extension.clone().critical(true)),
                untrusted(Check::CriticalExtension, on.position()),
            );
        }
    }
}

#[test]
fn a_certificate_tells_whether_it_has_name_constraints() {
    let ca = CertificateBuilder::ca("CA", Key::p256(0));
    let constraints = NameConstraints::new().permit(GeneralName::dns("example"));
    for (ca, expected) in [
        (ca.clone(), false),
        (ca.name_constraints(&constraints), true),
    ] {
        let ca = ca.self_signed();
        let certificate = Certificate::parse(ca.der()).expect("it parses");
        assert_eq!(certificate.has_name_constraints(), expected);
    }
}

#[test]
fn known_extensions_may_be_critical() {
    let names = [GeneralName::dns("client.example")];
    let leaf = [
        Extension::basic_constraints(false, None),
        Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE),
        Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
        Extension::subject_alt_name(names.clone()),
        Extension::ns_cert_type(ns_cert_type::SSL_CLIENT),
    ];
    let ca = [
        Extension::basic_constraints(true, None),
        Extension::key_usage(KeyUsage::KEY_CERT_SIGN),
        Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
        Extension::subject_alt_name(names),
        Extension::name_constraints(&NameConstraints::new().permit(GeneralName::dns("example"))),
        Extension::ns_cert_type(ns_cert_type::SSL_CA),
        Extension::new(
            oid::POLICY_MAPPINGS,
            der::sequence([der::sequence([der::oid("2.999.1"), der::oid("2.999.2")])]),
        ),
    ];
    let either = [
        Extension::certificate_policies(&[oid::ANY_POLICY]),
        Extension::crl_distribution_points(&["http://ca.example/crl"]),
        Extension::new(
            oid::POLICY_CONSTRAINTS,
            der::sequence([der::context_primitive(0, [5])]),
        ),
        Extension::new(oid::INHIBIT_ANY_POLICY, der::integer(0)),
    ];
    for extension in leaf.iter().chain(&either) {
        let critical = extension.clone().critical(true);
        assert_verdict(On::Leaf, |leaf| leaf.extension(critical.clone()), None);
    }
    for on in [On::Issuer, On::Anchor] {
        for extension in ca.iter().chain(&either) {
            let critical = extension.clone().critical(true);
            assert_verdict(on, |ca| ca.extension(critical.clone()), None);
        }
    }
}

#[test]
fn a_known_extension_that_is_there_twice_is_untrusted() {
    let repeated = |on: On| {
        let (is_ca, usage) = match on {
            On::Leaf => (false, KeyUsage::DIGITAL_SIGNATURE),
            On::Issuer | On::Anchor => (true, KeyUsage::KEY_CERT_SIGN),
        };
        let key = match on {
            On::Leaf => Key::p256(0),
            On::Issuer => Key::p256(1),
            On::Anchor => Key::p256(2),
        };
        [
            Extension::basic_constraints(is_ca, None),
            Extension::key_usage(usage),
            Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
            Extension::subject_alt_name([GeneralName::dns("a.example")]),
            Extension::name_constraints(
                &NameConstraints::new().exclude(GeneralName::dns("b.example")),
            ),
            Extension::subject_key_id(key.key_id()),
            Extension::authority_key_id(Key::p256(if on == On::Leaf { 1 } else { 2 }).key_id()),
            Extension::crl_distribution_points(&["http://ca.example/crl"]),
            Extension::ns_cert_type(ns_cert_type::SSL_CLIENT),
        ]
    };
    for on in EVERYWHERE {
        for extension in repeated(on) {
            let once = |it: CertificateBuilder| it.extension(extension.clone());
            assert_verdict(on, once, None);
            let twice = |it: CertificateBuilder| once(it).push(extension.clone());
            assert_verdict(on, twice, malformed(on));
        }
        let unknown =
            |it: CertificateBuilder| it.push(Extension::unknown(1)).push(Extension::unknown(1));
        assert_verdict(on, unknown, None);
    }
}

#[test]
fn a_known_extension_that_does_not_parse_is_untrusted() {
    let true_as_one = der::tlv(der::BOOLEAN, [1]);
    let path_length =
        |content: &[u8]| der::sequence([der::boolean(true), der::integer_bytes(content)]);
    let two = |first: Vec<u8>| [first, der::null()].concat();
    let bits = der::named_bits(0b10_0001);
    // Names of no kind that there is.
    let no_name = der::context_primitive(9, "a");
    let dns = GeneralName::dns("example");
    let permitted = |subtree: &[&[u8]]| der::sequence([der::context(0, der::sequence(subtree))]);
    let table = [
        (oid::BASIC_CONSTRAINTS, vec![]),
        (oid::BASIC_CONSTRAINTS, vec![0x30]),
        (oid::BASIC_CONSTRAINTS, der::set([der::boolean(true)])),
        (oid::BASIC_CONSTRAINTS, der::sequence([&true_as_one])),
        (oid::BASIC_CONSTRAINTS, der::sequence([der::integer(0)])),
        (oid::BASIC_CONSTRAINTS, path_length(&[0xff])),
        (oid::BASIC_CONSTRAINTS, path_length(&[0, 1])),
        (oid::BASIC_CONSTRAINTS, path_length(&[])),
        (
            oid::BASIC_CONSTRAINTS,
            two(der::sequence([der::boolean(true)])),
        ),
        (oid::KEY_USAGE, vec![]),
        (oid::KEY_USAGE, der::octet_string([0x84])),
        (oid::KEY_USAGE, der::tlv(der::BIT_STRING, [])),
        (oid::KEY_USAGE, der::bit_string_with_unused(8, [0x84])),
        (oid::KEY_USAGE, der::bit_string_with_unused(3, [0x84])),
        (oid::KEY_USAGE, two(bits.clone())),
        (oid::EXTENDED_KEY_USAGE, vec![]),
        (oid::EXTENDED_KEY_USAGE, der::oid(oid::CLIENT_AUTH)),
        (
            oid::EXTENDED_KEY_USAGE,
            der::sequence([der::oid(oid::CLIENT_AUTH), der::null()]),
        ),
        (
            oid::EXTENDED_KEY_USAGE,
            der::sequence([der::tlv(der::OBJECT_IDENTIFIER, [0x55, 0x80, 0x04])]),
        ),
        (oid::SUBJECT_ALT_NAME, vec![]),
        (
            oid::SUBJECT_ALT_NAME,
            GeneralName::dns("a.example").as_der().to_vec(),
        ),
        (
            oid::SUBJECT_ALT_NAME,
            der::sequence([der::context_primitive(9, "a")]),
        ),
        (
            oid::SUBJECT_ALT_NAME,
            der::sequence([der::context(4, der::null())]),
        ),
        (
            oid::SUBJECT_ALT_NAME,
            two(der::sequence([GeneralName::dns("a.example")])),
        ),
        (oid::NAME_CONSTRAINTS, vec![]),
        (oid::NAME_CONSTRAINTS, der::null()),
        (
            oid::NAME_CONSTRAINTS,
            der::sequence([der::context(0, der::null())]),
        ),
        (oid::NAME_CONSTRAINTS, der::sequence([der::context(2, [])])),
        (oid::NAME_CONSTRAINTS, permitted(&[&no_name])),
        (
            oid::NAME_CONSTRAINTS,
            permitted(&[dns.as_der(), &der::null()]),
        ),
        (
            oid::NAME_CONSTRAINTS,
            permitted(&[dns.as_der(), &der::context_primitive(2, [0])]),
        ),
        (oid::SUBJECT_KEY_ID, der::null()),
        (oid::SUBJECT_KEY_ID, der::bit_string([1, 2, 3])),
        (oid::AUTHORITY_KEY_ID, vec![]),
        (oid::AUTHORITY_KEY_ID, der::octet_string([1, 2, 3])),
        (
            oid::AUTHORITY_KEY_ID,
            der::sequence([der::context_primitive(5, [1])]),
        ),
        (oid::CRL_DISTRIBUTION_POINTS, vec![]),
        (oid::CRL_DISTRIBUTION_POINTS, der::sequence([der::null()])),
        (
            oid::CRL_DISTRIBUTION_POINTS,
            der::sequence([der::sequence([der::context(7, [])])]),
        ),
        (oid::NS_CERT_TYPE, vec![]),
        (oid::NS_CERT_TYPE, der::octet_string([0x80])),
    ];
    for (kind, value) in &table {
        for on in EVERYWHERE {
            for critical in [false, true] {
                let extension = Extension::new(kind, value.clone()).critical(critical);
                let (reason, ..) = verdict(on, |it| it.extension(extension.clone()))
                    .unwrap_or_else(|| panic!("{kind} {value:02x?} passes on the {on:?}"));
                assert_eq!(
                    reason,
                    FailureReason::ClientCertUntrusted,
                    "{kind} {value:02x?}"
                );
            }
            let extension = Extension::new(kind, value.clone());
            assert_verdict(on, |it| it.extension(extension.clone()), malformed(on));
        }
    }
}

#[test]
fn a_path_length_without_the_ca_flag_is_malformed() {
    let constraints = Extension::basic_constraints(false, Some(0));
    for on in EVERYWHERE {
        assert_verdict(on, |it| it.extension(constraints.clone()), malformed(on));
    }
}

#[test]
fn an_explicit_false_ca_flag_is_no_fault() {
    let value = der::sequence([der::boolean(false)]);
    let constraints = Extension::new(oid::BASIC_CONSTRAINTS, value);
    assert_verdict(On::Leaf, |leaf| leaf.extension(constraints.clone()), None);
    assert_verdict(
        On::Issuer,
        |ca| ca.extension(constraints.clone()),
        untrusted(Check::CaFlag, Presented(1)),
    );
}

#[test]
fn the_content_of_policies_decides_nothing() {
    for kind in [
        oid::CERTIFICATE_POLICIES,
        oid::POLICY_MAPPINGS,
        oid::POLICY_CONSTRAINTS,
        oid::INHIBIT_ANY_POLICY,
    ] {
        for on in EVERYWHERE {
            let extension = Extension::new(kind, der::sequence([[]; 0])).critical(true);
            assert_verdict(on, |it| it.extension(extension.clone()), None);
        }
    }
}

#[test]
fn a_client_may_be_a_ca() {
    assert_verdict(On::Leaf, |leaf| leaf.basic_constraints(true, None), None);
    assert_verdict(On::Leaf, |leaf| leaf.basic_constraints(true, Some(0)), None);
    let both = KeyUsage::KEY_CERT_SIGN | KeyUsage::DIGITAL_SIGNATURE;
    assert_verdict(
        On::Leaf,
        |leaf| leaf.basic_constraints(true, None).key_usage(both),
        None,
    );
}

#[test]
fn a_certificate_tells_each_bit_of_its_key_usage() {
    let bits = |usage: portcullis::KeyUsage| {
        [
            usage.digital_signature(),
            usage.non_repudiation(),
            usage.key_encipherment(),
            usage.data_encipherment(),
            usage.key_agreement(),
            usage.key_cert_sign(),
            usage.crl_sign(),
        ]
    };
    for only in 0..9 {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0));
        let leaf = leaf.key_usage(KeyUsage(1 << only)).self_signed();
        let certificate = Certificate::parse(leaf.der()).expect("it parses");
        let usage = certificate.key_usage().expect("it has one");
        let expected = core::array::from_fn(|bit| bit == only);
        assert_eq!(bits(usage), expected, "{only}");
    }
}

#[test]
fn a_certificate_tells_its_path_length_up_to_32_bits() {
    for (length, expected) in [
        (0, Some(0)),
        (0x7f, Some(0x7f)),
        (0x80, Some(0x80)),
        (0x0100, Some(0x0100)),
        (0x0102_0304, Some(0x0102_0304)),
        (0xffff_ffff, Some(u32::MAX)),
        // That is no limit.
        (0x0001_0000_0000, None),
    ] {
        let ca = CertificateBuilder::ca("CA", Key::p256(0));
        let ca = ca.basic_constraints(true, Some(length)).self_signed();
        let certificate = Certificate::parse(ca.der()).expect("it parses");
        let constraints = certificate.basic_constraints().expect("it has them");
        assert_eq!((constraints.ca, constraints.path_len), (true, expected));
    }
}

/// A certificate with a malformed extension is nobody's issuer.
fn malformed(on: On) -> Option<(FailureReason, Check, Option<Position>)> {
    match on {
        On::Leaf => untrusted(Check::ExtensionSyntax, Presented(0)),
        On::Issuer => untrusted(Check::Issuer, Presented(0)),
        On::Anchor => untrusted(Check::Issuer, Presented(1)),
    }
}

#[track_caller]
fn assert_verdict(
    on: On,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    expected: Option<(FailureReason, Check, Option<Position>)>,
) {
    let pki = pki(on, change);
    expect(BOTH, &[pki.root()], &pki.chain(), expected);
}

/// Under ALB's rules.
fn verdict(
    on: On,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder,
) -> Option<(FailureReason, Check, Option<Position>)> {
    let pki = pki(on, change);
    let store = common::store(portcullis::Policy::ALB, &chain([pki.root()]));
    common::failure(&store, &pki.chain(), portcullis_fixtures::NOW)
}

fn pki(on: On, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Pki {
    let builder = Pki::builder();
    match on {
        On::Leaf => builder.leaf(change),
        On::Issuer => builder.intermediate(0, change),
        On::Anchor => builder.root(change),
    }
    .build()
}
