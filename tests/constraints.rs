//! Name constraints: how each kind of name is compared.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Check;
use portcullis::Position::Presented;
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, GeneralName, Key, Name, NameConstraints, Subtree,
    chain, hostile, oid,
};

use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

#[test]
fn dns_names_lie_under_their_base_label_by_label() {
    for (base, name, is_inside) in [
        ("example.com", "example.com", true),
        ("example.com", "mail.example.com", true),
        ("example.com", "a.b.example.com", true),
        ("example.com", "EXAMPLE.Com", true),
        ("EXAMPLE.com", "mail.example.com", true),
        ("example.com", "badexample.com", false),
        ("example.com", "example.org", false),
        ("example.com", "com", false),
        ("mail.example.com", "example.com", false),
        ("com", "example.com", true),
        // A leading dot takes the subdomains, not the apex.
        (".example.com", "mail.example.com", true),
        (".example.com", "example.com", false),
        (".example.com", "badexample.com", false),
        // The empty base is everywhere.
        ("", "example.com", true),
        ("", "a", true),
        // A wildcard is a label like any other, as long as nothing is excluded.
        ("example.com", "*.example.com", true),
        ("example.com", "*.example.org", false),
        ("mail.example.com", "*.example.com", false),
    ] {
        let inside = |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::dns(name)]);
        assert_permits(&permit(GeneralName::dns(base)), inside, is_inside);
        if !name.starts_with("*.") {
            assert_permits(&exclude(GeneralName::dns(base)), inside, !is_inside);
        }
    }
}

#[test]
fn a_wildcard_that_could_reach_an_excluded_name_is_excluded() {
    for (base, name, passes) in [
        ("mail.example.com", "*.example.com", false),
        ("MAIL.example.com", "*.EXAMPLE.com", false),
        ("example.com", "*.example.com", false),
        ("com", "*.example.com", false),
        ("mail.example.com", "*.example.org", true),
        // It stands for one label only.
        ("a.mail.example.com", "*.example.com", true),
        ("example.com", "*.com", false),
    ] {
        let names = |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::dns(name)]);
        assert_permits(&exclude(GeneralName::dns(base)), names, passes);
    }
}

#[test]
fn a_common_name_is_a_dns_name_only_if_there_is_no_other() {
    let constraints = permit(GeneralName::dns("example.com"));
    let named = |name: &'static str| move |leaf: CertificateBuilder| leaf.subject(name);
    assert_permits(&constraints, named("mail.example.com"), true);
    assert_permits(&constraints, named("example.org"), false);
    assert_permits(&constraints, named("*.example.org"), false);
    // What cannot be a host name of two labels or more is none.
    for other in [
        "Client",
        "foo bar",
        "-a.example.org",
        "a-.example.org",
        "a..example.org",
        "example.org.",
        "a@b.org",
        "*.org",
        "**.example.org",
        "r\u{e4}ger",
        "",
    ] {
        assert_permits(&constraints, named(other), true);
    }
    let with = |san: fn() -> GeneralName| {
        move |leaf: CertificateBuilder| leaf.subject("example.org").subject_alt_name([san()])
    };
    assert_permits(&constraints, with(|| GeneralName::dns("example.com")), true);
    assert_permits(
        &constraints,
        with(|| GeneralName::email("a@example.com")),
        false,
    );

    let excluded = exclude(GeneralName::dns("example.com"));
    assert_permits(&excluded, named("mail.example.com"), false);
    assert_permits(&excluded, named("mail.example.org"), true);
}

#[test]
fn alb_refuses_a_common_name_that_only_resembles_a_dns_name() {
    let root = CertificateBuilder::ca("Root", Key::p256(0));
    let root = root.name_constraints(&permit(GeneralName::uri("example.com")));
    let root = root.self_signed();
    for name in [
        "r\u{e4}ger.example.com",
        "*.r\u{e4}ger.example.com",
        "foo .example.com",
        "foo\x7f.example.com",
        "foo\0.example.com",
    ] {
        let leaf = Certificate::leaf(name, Key::p256(2), &root);
        let refused = untrusted(Check::NameConstraints, Presented(0));
        expect(ALB, &[&root], &chain([&leaf]), refused);
    }
    let leaf = Certificate::leaf("mail.example.com\0", Key::p256(2), &root);
    expect(ALB, &[&root], &chain([&leaf]), None);
}

#[test]
fn rfc_5280_takes_no_common_name_of_a_person_for_a_dns_name() {
    let base = Name::new().organization("Example");
    let root = CertificateBuilder::ca(base.clone().common_name("Root"), Key::p256(0));
    let root = root.name_constraints(&permit(GeneralName::directory(&base)));
    let root = root.self_signed();
    let leaf = Certificate::leaf(base.common_name("John Q. Public"), Key::p256(2), &root);
    expect(RFC5280, &[&root], &chain([&leaf]), None);
}

#[test]
fn email_addresses_are_of_a_host_a_domain_or_a_mailbox() {
    for (base, address, is_inside) in [
        ("example.com", "a@example.com", true),
        ("example.com", "a@EXAMPLE.com", true),
        ("example.com", "a@mail.example.com", false),
        ("example.com", "a@example.org", false),
        (".example.com", "a@mail.example.com", true),
        (".example.com", "a@x.mail.example.com", true),
        (".example.com", "a@example.com", false),
        ("a@example.com", "a@example.com", true),
        ("a@example.com", "a@EXAMPLE.com", true),
        ("a@example.com", "b@example.com", false),
        ("a@example.com", "a@mail.example.com", false),
    ] {
        let alternative =
            |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::email(address)]);
        let subject =
            |leaf: CertificateBuilder| leaf.subject(Name::from("Client").email_address(address));
        let permitted = permit(GeneralName::email(base));
        let excluded = exclude(GeneralName::email(base));
        assert_permits(&permitted, alternative, is_inside);
        assert_permits(&permitted, subject, is_inside);
        assert_permits(&excluded, alternative, !is_inside);
        assert_permits(&excluded, subject, !is_inside);
    }
    // The case of a local part means something.
    let mailbox = permit(GeneralName::email("a@example.com"));
    let other_case =
        |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::email("A@example.com")]);
    assert_permits(&mailbox, other_case, false);
    for no_address in ["example.com", "@example.com", "a@", "", "a@b@example.com"] {
        let leaf =
            |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::email(no_address)]);
        assert_permits(&permit(GeneralName::email("example.com")), leaf, false);
        assert_permits(&exclude(GeneralName::email("example.com")), leaf, false);
    }
}

#[test]
fn ip_addresses_lie_in_networks_of_their_own_version() {
    for (network, address, is_inside) in [
        (v4([10, 0, 0, 0], 8), ip([10, 255, 2, 3]), true),
        (v4([10, 0, 0, 0], 8), ip([11, 0, 0, 1]), false),
        (v4([192, 0, 2, 128], 25), ip([192, 0, 2, 128]), true),
        (v4([192, 0, 2, 128], 25), ip([192, 0, 2, 127]), false),
        (v4([192, 0, 2, 1], 32), ip([192, 0, 2, 1]), true),
        (v4([192, 0, 2, 1], 32), ip([192, 0, 2, 0]), false),
        (v4([0, 0, 0, 0], 0), ip([203, 0, 113, 9]), true),
        (v6(0x2001_0db8, 32), v6_address(0x2001_0db8, 1), true),
        (v6(0x2001_0db8, 32), v6_address(0x2001_0db9, 1), false),
        (v6(0, 0), v6_address(0x2001_0db8, 1), true),
        (v6(0, 0), ip([10, 0, 0, 1]), false),
        (v4([0, 0, 0, 0], 0), v6_address(0x2001_0db8, 1), false),
    ] {
        let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([address.clone()]);
        assert_permits(&permit(network.clone()), leaf, is_inside);
        assert_permits(&exclude(network), leaf, !is_inside);
    }
}

#[test]
fn networks_and_addresses_that_are_none_make_a_certificate_untrusted() {
    let address = |leaf: CertificateBuilder| leaf.subject_alt_name([ip([10, 1, 2, 3])]);
    for broken in [
        &[10, 0, 0, 0, 255, 0, 255, 0][..],
        &[10, 0, 0, 0, 0, 255, 255, 255],
        &[10, 0, 0, 0, 253, 0, 0, 0],
        &[10, 0, 0, 0],
        &[10, 0, 0, 0, 255, 0, 0],
        &[],
    ] {
        let broken = GeneralName::ip_bytes(broken);
        assert_permits(&permit(broken.clone()), address, false);
        assert_permits(&exclude(broken), address, false);
    }
    for broken in [&[10, 1, 2][..], &[10, 1, 2, 3, 4], &[]] {
        let leaf =
            |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::ip_bytes(broken)]);
        assert_permits(&permit(v4([10, 0, 0, 0], 8)), leaf, false);
        assert_permits(&exclude(v4([11, 0, 0, 0], 8)), leaf, false);
    }
}

#[test]
fn uris_are_compared_by_their_host() {
    for (base, uri, is_inside) in [
        ("example.com", "https://example.com/path", true),
        ("example.com", "https://EXAMPLE.com:8443/path?q#f", true),
        ("example.com", "spiffe://example.com/billing", true),
        ("example.com", "https://mail.example.com/", false),
        ("example.com", "https://example.org/example.com", false),
        (".example.com", "https://mail.example.com", true),
        (".example.com", "https://example.com", false),
    ] {
        let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::uri(uri)]);
        assert_permits(&permit(GeneralName::uri(base)), leaf, is_inside);
        assert_permits(&exclude(GeneralName::uri(base)), leaf, !is_inside);
    }
    for without_host in [
        "urn:example:a",
        "mailto:a@example.com",
        "https:///path",
        "example.com",
        "https://[2001:db8::1]/",
        "https://[fe80::1%25.example.com]/",
        "https://a@example.com/",
        "https://%65xample.com/",
    ] {
        let leaf =
            |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::uri(without_host)]);
        assert_permits(&permit(GeneralName::uri("example.com")), leaf, false);
        assert_permits(&exclude(GeneralName::uri("example.com")), leaf, false);
    }
}

#[test]
fn a_host_with_an_empty_label_is_no_other_host() {
    for (base, name) in [
        (
            GeneralName::email("example.com"),
            GeneralName::email("a@example.com."),
        ),
        (
            GeneralName::email("example.com."),
            GeneralName::email("a@example.com"),
        ),
        (
            GeneralName::email(".example.com"),
            GeneralName::email("a@mail.example.com."),
        ),
        (
            GeneralName::email(".example.com"),
            GeneralName::email("a@.example.com"),
        ),
        (
            GeneralName::uri("example.com"),
            GeneralName::uri("https://example.com../"),
        ),
        (
            GeneralName::uri(".example.com"),
            GeneralName::uri("https://.example.com/"),
        ),
    ] {
        let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([name.clone()]);
        assert_permits(&permit(base.clone()), leaf, false);
        assert_permits(&exclude(base), leaf, false);
    }
}

#[test]
fn rfc_5280_lets_no_name_pass_a_dns_constraint_that_can_be_read_in_two_ways() {
    let excluded = |base: &str| exclude(GeneralName::dns(base));
    for (constraints, name) in [
        (excluded("example.com"), "example.com\0"),
        (excluded("example.com"), "example.com\0.example.org"),
        (excluded("example.com"), "example.com "),
        (excluded("example.com"), "example.com.."),
        (excluded("mail.example.com"), "m*.example.com"),
        (excluded("mail.example.com"), "*.*.com"),
        (excluded("example.com"), ""),
        (excluded("*.example.com"), "mail.example.com"),
    ] {
        let root = Certificate::ca("Root", Key::p256(0));
        let ca = CertificateBuilder::ca("Signing", Key::p256(1)).name_constraints(&constraints);
        let ca = ca.issued_by(&root);
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2));
        let leaf = leaf.subject_alt_name([GeneralName::dns(name)]);
        let refused = untrusted(Check::NameConstraints, Presented(0));
        let chain = chain([&leaf.issued_by(&ca), &ca]);
        expect(RFC5280, &[&root], &chain, refused);
    }
    // Where no DNS name is constrained it does not matter.
    let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::dns("a b")]);
    assert_permits(&permit(GeneralName::email("example.com")), leaf, true);
}

#[test]
fn directory_names_lie_under_every_rdn_of_their_base() {
    let base = Name::new().country("JP").organization("Example");
    for (name, is_inside) in [
        (base.clone(), true),
        (base.clone().common_name("Client"), true),
        (
            Name::new()
                .country("jp")
                .organization(" EXAMPLE ")
                .common_name("Client"),
            true,
        ),
        (Name::new().country("JP"), false),
        (Name::new().country("JP").organization("Example 2"), false),
        (Name::new().organization("Example").country("JP"), false),
        (Name::new().country("US").organization("Example"), false),
        (Name::new().organization("Example"), false),
    ] {
        let subject = |leaf: CertificateBuilder| leaf.subject(&name);
        assert_permits(&permit(GeneralName::directory(&base)), subject, is_inside);
        assert_permits(&exclude(GeneralName::directory(&base)), subject, !is_inside);
        // As an alternative name too, beside a subject that lies inside or outside.
        let alternative = |subject: &Name| {
            let (subject, name) = (subject.clone(), name.clone());
            move |leaf: CertificateBuilder| {
                let name = GeneralName::directory(&name);
                leaf.subject(&subject).subject_alt_name([name])
            }
        };
        let permitted = permit(GeneralName::directory(&base));
        assert_permits(&permitted, alternative(&base), is_inside);
        assert_permits(&permitted, alternative(&Name::from("Elsewhere")), false);
        let excluded = exclude(GeneralName::directory(&base));
        assert_permits(&excluded, alternative(&Name::from("Elsewhere")), !is_inside);
    }
    let anywhere = GeneralName::directory(Name::new());
    assert_permits(&permit(anywhere.clone()), |leaf| leaf, true);
    assert_permits(&exclude(anywhere), |leaf| leaf, false);
    // An empty subject is no name.
    let nameless = |leaf: CertificateBuilder| {
        leaf.subject(Name::new())
            .subject_alt_name([GeneralName::dns("example.com")])
    };
    assert_permits(&permit(GeneralName::directory(&base)), nameless, true);
}

#[test]
fn directory_names_are_compared_whatever_their_strings_are() {
    let base = Name::new().attribute(Attribute::printable(oid::ORGANIZATION, "Example"));
    for attribute in [
        Attribute::utf8(oid::ORGANIZATION, "example"),
        Attribute::bmp(oid::ORGANIZATION, "EXAMPLE"),
        Attribute::universal(oid::ORGANIZATION, "Example "),
        Attribute::teletex(oid::ORGANIZATION, "example"),
    ] {
        let name = Name::new().attribute(attribute).common_name("Client");
        let subject = |leaf: CertificateBuilder| leaf.subject(&name);
        assert_permits(&permit(GeneralName::directory(&base)), subject, true);
        assert_permits(&exclude(GeneralName::directory(&base)), subject, false);
    }
}

#[test]
fn names_of_a_kind_that_cannot_be_compared_are_untrusted_where_it_is_constrained() {
    let other = || GeneralName::other("1.3.6.1.4.1.311.20.2.3", b"\x0c\x01a");
    let registered = || GeneralName::registered_id("2.999.7");
    for (base, name) in [(other(), other()), (registered(), registered())] {
        let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([name.clone()]);
        for constraints in [permit(base.clone()), exclude(base.clone())] {
            assert_permits(&constraints, leaf, false);
            // Without such a name there is nothing to compare.
            assert_permits(&constraints, |leaf| leaf, true);
        }
        assert_permits(&permit(GeneralName::dns("example.com")), leaf, true);
    }
}

#[test]
fn a_kind_of_name_is_free_where_only_other_kinds_are_constrained() {
    let names = [
        GeneralName::dns("example.com"),
        GeneralName::email("a@example.com"),
        GeneralName::uri("https://example.com"),
        ip([10, 0, 0, 1]),
    ];
    let bases = [
        GeneralName::dns("example.org"),
        GeneralName::email("example.org"),
        GeneralName::uri("example.org"),
        v4([11, 0, 0, 0], 8),
    ];
    for (kind, base) in bases.iter().enumerate() {
        for (other_kind, name) in names.iter().enumerate() {
            let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([name.clone()]);
            assert_permits(&permit(base.clone()), leaf, kind != other_kind);
            assert_permits(&exclude(base.clone()), leaf, true);
        }
    }
}

#[test]
fn subtrees_with_a_minimum_or_maximum_are_not_understood() {
    let leaf = |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::dns("example.com")]);
    let subtree = || Subtree::new(GeneralName::dns("example.com"));
    for bounded in [subtree().minimum(1), subtree().maximum(3)] {
        let permitted = NameConstraints::new().permit(bounded.clone());
        assert_permits(&permitted, leaf, false);
        assert_permits(&permitted, |leaf| leaf, true);
        assert_permits(&NameConstraints::new().exclude(bounded), leaf, false);
    }
}

#[test]
fn every_name_must_lie_in_one_permitted_subtree_and_in_no_excluded_one() {
    let constraints = NameConstraints::new()
        .permit(GeneralName::dns("example.com"))
        .permit(GeneralName::dns("example.net"))
        .exclude(GeneralName::dns("secret.example.com"));
    for (names, passes) in [
        (&["example.com"][..], true),
        (&["example.net", "a.example.com"], true),
        (&["example.com", "example.org"], false),
        (&["example.org", "example.com"], false),
        (&["secret.example.com"], false),
        (&["example.net", "a.secret.example.com"], false),
    ] {
        let leaf =
            |leaf: CertificateBuilder| leaf.subject_alt_name(names.iter().map(GeneralName::dns));
        assert_permits(&constraints, leaf, passes);
    }
}

#[test]
fn a_great_many_constraints_are_still_compared() {
    let constraints = hostile::excluding(hostile::dns_names(250));
    let names = |count| {
        move |leaf: CertificateBuilder| {
            let name = |n| GeneralName::dns(format!("n{n}.example.com"));
            leaf.subject_alt_name((0..count).map(name))
        }
    };
    assert_permits(&constraints, names(20), true);
    let excluded =
        |leaf: CertificateBuilder| leaf.subject_alt_name([GeneralName::dns("n249.example")]);
    assert_permits(&constraints, excluded, false);
}

fn permit(base: GeneralName) -> NameConstraints {
    NameConstraints::new().permit(base)
}

fn exclude(base: GeneralName) -> NameConstraints {
    NameConstraints::new().exclude(base)
}

fn ip(octets: [u8; 4]) -> GeneralName {
    GeneralName::ip(octets)
}

fn v4(octets: [u8; 4], prefix_length: u32) -> GeneralName {
    GeneralName::ip_subnet(octets, prefix_length)
}

fn v6(top: u32, prefix_length: u32) -> GeneralName {
    GeneralName::ip_subnet((u128::from(top) << 96).to_be_bytes(), prefix_length)
}

fn v6_address(top: u32, bottom: u32) -> GeneralName {
    GeneralName::ip((u128::from(top) << 96 | u128::from(bottom)).to_be_bytes())
}

/// Whether a client's names pass the constraints of its issuer, under both policies.
#[track_caller]
fn assert_permits(
    constraints: &NameConstraints,
    leaf: impl Fn(CertificateBuilder) -> CertificateBuilder,
    passes: bool,
) {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = CertificateBuilder::ca("Signing", Key::p256(1)).name_constraints(constraints);
    let ca = ca.issued_by(&root);
    let client = leaf(CertificateBuilder::leaf("Client", Key::p256(2))).issued_by(&ca);
    let outside = untrusted(Check::NameConstraints, Presented(0));
    let expected = if passes { None } else { outside };
    expect(BOTH, &[&root], &chain([&client, &ca]), expected);
}
