//! Flaws that other verifiers had, where no other test shows that they are not ours.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Position::Presented;
use portcullis::{Check, Crl, CrlAdded, CrlFault, Policy};
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, CrlBuilder, DistributionPoint, Extension,
    GeneralName, IssuingDistributionPoint, Key, NOW, Name, NameConstraints, chain, der, oid,
};

use crate::expect::{BOTH, expect, untrusted};

#[test]
fn a_client_cannot_issue_another_one() {
    let root = Certificate::ca("Root", Key::p256(0));
    let client = CertificateBuilder::leaf("Client", Key::p256(1));
    let flagged = client.clone().basic_constraints(false, None);
    for client in [client, flagged] {
        let client = client.without(oid::KEY_USAGE).issued_by(&root);
        let minted = Certificate::leaf("Mallory", Key::p256(2), &client);
        let refused = untrusted(Check::CaFlag, Presented(1));
        expect(BOTH, &[&root], &chain([&minted, &client]), refused);
        // Nor is a signature left out because the issuer was no CA.
        let forged = CertificateBuilder::leaf("Mallory", Key::p256(2)).bad_signature();
        let chain = chain([&forged.issued_by(&client), &client]);
        expect(BOTH, &[&root], &chain, refused);
    }
}

#[test]
fn names_and_constraints_of_kinds_that_nobody_compares_are_untrusted_together() {
    let x400 = || GeneralName::raw(der::tlv(0xa3, der::sequence([der::tlv(0x30, [])])));
    let edi_party = || {
        let party = der::tlv(0xa1, der::tlv(0x0c, b"party"));
        GeneralName::raw(der::tlv(0xa5, party))
    };
    for (base, name) in [
        (x400(), x400()),
        (edi_party(), edi_party()),
        (
            GeneralName::registered_id("2.999"),
            GeneralName::registered_id("2.998"),
        ),
        (
            GeneralName::other("2.999.1", b"\x0c\x01a"),
            GeneralName::other("2.999.2", b"\x02\x01\x07"),
        ),
    ] {
        for constraints in [
            NameConstraints::new().permit(base.clone()),
            NameConstraints::new().exclude(base.clone()),
        ] {
            let client = CertificateBuilder::leaf("Client", Key::p256(2));
            let client = client.subject_alt_name([name.clone()]);
            assert_constrained(&[&constraints], client, false);
        }
    }
}

#[test]
fn what_a_ca_below_permits_narrows_what_one_above_only_excludes() {
    let above = NameConstraints::new().exclude(GeneralName::dns("secret.example"));
    let below = NameConstraints::new().permit(GeneralName::dns("good.example"));
    for (name, passes) in [
        ("good.example", true),
        ("GOOD.example", true),
        ("evil.example", false),
        ("secret.example", false),
    ] {
        for constraints in [[&above, &below], [&below, &above]] {
            let client = CertificateBuilder::leaf("Client", Key::p256(3));
            let client = client.subject_alt_name([GeneralName::dns(name)]);
            assert_constrained(&constraints, client, passes);
        }
    }
}

#[test]
fn mailboxes_of_one_local_part_are_told_apart_by_their_hosts() {
    let (first, second) = ("a@example.com", "a@example.net");
    let both = [first, second].map(GeneralName::email);
    let [permitted, excluded] = [
        both.iter()
            .cloned()
            .fold(NameConstraints::new(), NameConstraints::permit),
        both.iter()
            .cloned()
            .fold(NameConstraints::new(), NameConstraints::exclude),
    ];
    for (address, is_inside) in [(first, true), (second, true), ("a@example.org", false)] {
        let client = CertificateBuilder::leaf("Client", Key::p256(3));
        let client = client.subject_alt_name([GeneralName::email(address)]);
        assert_constrained(&[&permitted], client.clone(), is_inside);
        assert_constrained(&[&excluded], client, !is_inside);
    }
}

#[test]
fn an_empty_name_of_any_kind_is_inside_no_constraint() {
    for (base, name) in [
        (GeneralName::dns("example.com"), GeneralName::dns("")),
        (GeneralName::email("example.com"), GeneralName::email("")),
        (GeneralName::uri("example.com"), GeneralName::uri("")),
        (
            GeneralName::ip_subnet([10, 0, 0, 0], 8),
            GeneralName::ip_bytes([]),
        ),
    ] {
        let client = CertificateBuilder::leaf("Client", Key::p256(3));
        let client = client.subject_alt_name([name]);
        assert_constrained(&[&NameConstraints::new().permit(base)], client, false);
    }
}

#[test]
fn deep_nesting_is_not_followed() {
    let root = Certificate::ca("Root", Key::p256(0));
    let mut nested = Vec::new();
    while nested.len() < 40_000 {
        nested = der::sequence([nested]);
    }
    let unknown = Extension::new("2.999.7", nested.clone());
    let policies = Extension::new(oid::CERTIFICATE_POLICIES, nested);
    for extension in [unknown, policies] {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(1)).extension(extension);
        expect(BOTH, &[&root], &chain([&leaf.issued_by(&root)]), None);
    }
}

#[test]
fn an_enormous_object_identifier_is_written_and_compared_in_no_time() {
    let root = Certificate::ca("Root", Key::p256(0));
    let arcs = [&[0x2a][..], &[0xff; 12_000], &[0x7f]].concat();
    let kind = der::tlv(0x06, arcs);
    let attribute = der::sequence([kind.clone(), der::tlv(0x0c, b"x")]);
    let subject = Name::from("Client").attribute(Attribute::raw(attribute));
    let leaf = CertificateBuilder::leaf(subject, Key::p256(1));
    let usages = der::sequence([kind, der::oid("1.3.6.1.5.5.7.3.2")]);
    let usages = Extension::new(oid::EXTENDED_KEY_USAGE, usages);
    let leaf = leaf.extension(usages).issued_by(&root);
    expect(BOTH, &[&root], &chain([&leaf]), None);
    let parsed = portcullis::Certificate::parse(leaf.der()).unwrap();
    assert!(parsed.subject().to_string().ends_with("CN=Client"));
}

#[test]
fn an_empty_bit_string_of_reasons_makes_a_list_unusable_and_nobody_panic() {
    let root = Certificate::ca("Root", Key::p256(0));
    for (reasons, is_read) in [(&[0x00][..], true), (&[], true), (&[0x07], true)] {
        let point = der::sequence([der::tlv(0x83, reasons)]);
        let point = Extension::new(oid::ISSUING_DISTRIBUTION_POINT, point).critical(true);
        let list = CrlBuilder::new().extension(point).issued_by(&root);
        let list = Crl::from_der(list.der().to_vec());
        assert_eq!(list.is_ok(), is_read);
        let fault = list.ok().and_then(|list| list.fault());
        assert_eq!(fault, Some(CrlFault::SomeReasons));
    }
}

#[test]
fn a_signature_of_zeros_is_none() {
    let root = Certificate::ca("Root", Key::p256(0));
    for [r, s] in [[[0], [0]], [[0], [1]], [[1], [0]]] {
        let zeros = der::sequence([der::tlv(0x02, r), der::tlv(0x02, s)]);
        let leaf = CertificateBuilder::leaf("Mallory", Key::p256(1));
        let leaf = leaf.map_signature(move |_| zeros.clone()).issued_by(&root);
        let refused = untrusted(Check::Signature, Presented(0));
        expect(BOTH, &[&root], &chain([&leaf]), refused);
    }
}

#[test]
fn parameters_of_another_type_are_other_parameters() {
    let root = Certificate::ca("Root", Key::rsa2048(0));
    let algorithm = |parameters: &[u8]| {
        let content = [der::oid("1.2.840.113549.1.1.11"), parameters.to_vec()].concat();
        der::tlv(0x30, content)
    };
    // NULL, and a REAL of the same length.
    let (null, real) = (algorithm(&[0x05, 0x00]), algorithm(&[0x09, 0x00]));
    for (inner, outer, passes) in [
        (&null, &null, true),
        (&null, &real, false),
        (&real, &null, false),
        (&real, &real, false),
    ] {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
        let leaf = leaf
            .inner_algorithm(inner.clone())
            .outer_algorithm(outer.clone());
        let store = common::store(Policy::RFC5280, &chain([&root]));
        let failed = common::failure(&store, &chain([&leaf.issued_by(&root)]), NOW);
        assert_eq!(failed.is_none(), passes, "{inner:02x?} {outer:02x?}");
    }
}

#[test]
fn edi_party_names_of_distribution_points_are_compared_octet_by_octet() {
    let root = Certificate::ca("Root", Key::p256(0));
    let edi_party = |party: &str| {
        let party = der::tlv(0xa1, der::tlv(0x0c, party));
        GeneralName::raw(der::tlv(0xa5, party))
    };
    let point = DistributionPoint::new().full_name([edi_party("a")]);
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
    let leaf = leaf.extension(Extension::distribution_points([point]));
    let leaf = leaf.issued_by(&root);
    for (party, is_covered) in [("a", true), ("b", false)] {
        let point = IssuingDistributionPoint::new().full_name([edi_party(party)]);
        let list = CrlBuilder::new().issuing_distribution_point(point);
        let list = list.revoke(leaf.serial()).issued_by(&root);
        let mut store = common::store(Policy::RFC5280, &chain([&root]));
        let list = Crl::from_der(list.der().to_vec()).unwrap();
        assert_eq!(store.add_crl(list).unwrap(), CrlAdded::Usable);
        let failed = common::failure(&store, &chain([&leaf]), NOW);
        assert_eq!(failed.is_some(), is_covered);
    }
}

#[test]
fn a_serial_number_is_no_other_that_begins_or_ends_with_it() {
    let root = Certificate::ca("Root", Key::p256(0));
    let list = CrlBuilder::new()
        .revoke([0x12, 0x34, 0x56])
        .issued_by(&root);
    let mut store = common::store(Policy::RFC5280, &chain([&root]));
    let list = Crl::from_der(list.der().to_vec()).unwrap();
    assert_eq!(store.add_crl(list).unwrap(), CrlAdded::Usable);
    for (serial, is_revoked) in [
        (&[0x12, 0x34, 0x56][..], true),
        (&[0x12, 0x34], false),
        (&[0x34, 0x56], false),
        (&[0x12, 0x34, 0x56, 0x00], false),
        (&[0x12, 0x34, 0x56, 0x78], false),
        (&[0x01, 0x12, 0x34, 0x56], false),
    ] {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
        let leaf = leaf.serial(serial).issued_by(&root);
        let failed = common::failure(&store, &chain([&leaf]), NOW);
        assert_eq!(failed.is_some(), is_revoked, "{serial:02x?}");
    }
}

/// Whether a client's names pass what each CA of its path, from the top, constrains.
#[track_caller]
fn assert_constrained(cas: &[&NameConstraints], client: CertificateBuilder, passes: bool) {
    let root = Certificate::ca("Root", Key::p256(0));
    let mut path = vec![root.clone()];
    for (number, constraints) in cas.iter().enumerate() {
        let ca = CertificateBuilder::ca(format!("CA {number}"), Key::p256(1 + number));
        let issuer = path.last().unwrap();
        path.push(ca.name_constraints(constraints).issued_by(issuer));
    }
    path.push(client.issued_by(path.last().unwrap()));
    path.reverse();
    let outside = untrusted(Check::NameConstraints, Presented(0));
    let presented = chain(path.iter().take(path.len() - 1));
    expect(
        BOTH,
        &[&root],
        &presented,
        if passes { None } else { outside },
    );
}
