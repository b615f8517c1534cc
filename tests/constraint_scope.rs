//! Name constraints: whose count for whom, and how many are compared.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Check;
use portcullis::Position::Presented;
use portcullis_fixtures::{
    Certificate, CertificateBuilder, GeneralName, Key, Name, NameConstraints, chain, hostile,
};

use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

#[test]
fn constraints_of_every_certificate_above_count_those_of_the_leaf_do_not() {
    let only = |host: &str| permit(GeneralName::dns(host));
    let elsewhere = only("elsewhere.example");
    let build = |root: Option<&NameConstraints>, top: Option<&NameConstraints>, leaf: bool| {
        let constrain = |builder: CertificateBuilder, by: Option<&NameConstraints>| match by {
            Some(constraints) => builder.name_constraints(constraints),
            None => builder,
        };
        let root = constrain(CertificateBuilder::ca("Root", Key::p256(0)), root).self_signed();
        let top = constrain(CertificateBuilder::ca("Top", Key::p256(1)), top).issued_by(&root);
        let low = Certificate::intermediate("Low", Key::p256(2), &top);
        let client = CertificateBuilder::leaf("Client", Key::p256(3));
        let client = client.subject_alt_name([GeneralName::dns("example.com")]);
        let client = constrain(client, leaf.then_some(&elsewhere)).issued_by(&low);
        (root, chain([&client, &low, &top]))
    };
    let outside = untrusted(Check::NameConstraints, Presented(0));
    let (com, org) = (only("example.com"), only("example.org"));
    for (root, top, leaf, expected) in [
        (Some(&com), None, false, None),
        (Some(&org), None, false, outside),
        (None, Some(&com), false, None),
        (None, Some(&org), false, outside),
        (Some(&com), Some(&com), false, None),
        (Some(&com), Some(&org), false, outside),
        (Some(&org), Some(&com), false, outside),
        (None, None, true, None),
        (Some(&com), Some(&com), true, None),
    ] {
        let (root, presented) = build(root, top, leaf);
        expect(BOTH, &[&root], &presented, expected);
    }
}

#[test]
fn cas_are_constrained_too_unless_they_are_self_issued() {
    let example = || Name::new().organization("Example");
    let constraints = permit(GeneralName::directory(example()));
    let root = CertificateBuilder::ca("Root", Key::p256(0)).name_constraints(&constraints);
    let root = root.self_signed();
    let client = |ca: &Certificate, subject: Name| {
        chain([&Certificate::leaf(subject, Key::p256(2), ca), ca])
    };
    let inside = example().common_name("Client");
    let stranger = Certificate::intermediate("Elsewhere", Key::p256(1), &root);
    let outside = |at| untrusted(Check::NameConstraints, Presented(at));
    expect(
        BOTH,
        &[&root],
        &client(&stranger, inside.clone()),
        outside(1),
    );
    // `Root` is no name under `O=Example` either.
    let rolled_over = Certificate::intermediate("Root", Key::p256(1), &root);
    expect(BOTH, &[&root], &client(&rolled_over, inside), None);
    expect(
        BOTH,
        &[&root],
        &client(&rolled_over, Name::from("Root")),
        outside(0),
    );
}

#[test]
fn constraints_count_even_if_they_are_not_critical() {
    let constraints = permit(GeneralName::dns("example.org"));
    let extension = portcullis_fixtures::Extension::name_constraints(&constraints).critical(false);
    let root = CertificateBuilder::ca("Root", Key::p256(0)).extension(extension);
    let root = root.self_signed();
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.subject_alt_name([GeneralName::dns("example.com")]);
    let presented = chain([&client.issued_by(&root)]);
    expect(
        BOTH,
        &[&root],
        &presented,
        untrusted(Check::NameConstraints, Presented(0)),
    );
}

#[test]
fn rfc_5280_finds_a_path_without_the_constraints_and_alb_does_not_look() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = CertificateBuilder::ca("Signing", Key::p256(1));
    let narrow = ca
        .clone()
        .name_constraints(&permit(GeneralName::dns("example.org")));
    let (narrow, wide) = (narrow.issued_by(&root), ca.issued_by(&root));
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.subject_alt_name([GeneralName::dns("example.com")]);
    let presented = chain([&client.issued_by(&narrow), &narrow, &wide]);
    let outside = untrusted(Check::NameConstraints, Presented(0));
    expect(ALB, &[&root], &presented, outside);
    expect(RFC5280, &[&root], &presented, None);
}

#[test]
fn more_comparisons_than_anybody_needs_are_untrusted() {
    let root = Certificate::ca("Root", Key::p256(0));
    let directory = |n| {
        let name = Name::new().country("JP").organization("Example");
        GeneralName::directory(name.common_name(&format!("Client {n}")))
    };
    let mut names: Vec<_> = (0..100).map(directory).collect();
    names.extend((0..400).map(|n| GeneralName::dns(format!("n{n}.example.com"))));
    names.extend((0..200).map(|n| GeneralName::ip([192, 0, 2, n])));
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).subject_alt_name(names);
    for subtrees in [
        hostile::dns_names(2000),
        hostile::directory_names(900),
        hostile::ip_addresses(2500),
    ] {
        // None of them excludes any of those names, but it would take a million comparisons to know.
        let constraints = hostile::excluding(subtrees);
        let ca = CertificateBuilder::ca("Signing", Key::p256(1)).name_constraints(&constraints);
        let ca = ca.issued_by(&root);
        let presented = chain([&client.issued_by(&ca), &ca]);
        let exhausted = untrusted(Check::ComparisonBudget, Presented(0));
        expect(BOTH, &[&root], &presented, exhausted);
    }
}

fn permit(base: GeneralName) -> NameConstraints {
    NameConstraints::new().permit(base)
}
