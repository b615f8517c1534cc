//! Name constraints: e-mail addresses outside ASCII, bases that are no hosts, common names that end oddly, and how much
//! comparing is allowed.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Check::{self, ComparisonBudget};
use portcullis::Policy;
use portcullis::Position::Presented;
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, GeneralName, Key, Name, NameConstraints, chain,
    der, oid,
};

use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

/// RFC 9598 6.
#[test]
fn rfc_5280_compares_the_hosts_of_addresses_outside_ascii() {
    for (base, address, is_inside) in [
        ("example.com", "\u{fc}@example.com", true),
        ("EXAMPLE.com", "\u{fc}@example.COM", true),
        ("example.com", "\u{fc}@mail.example.com", false),
        ("example.com", "\u{fc}@example.org", false),
        (".example.com", "\u{fc}@mail.example.com", true),
        (".example.com", "\u{fc}@example.com", false),
        // A mailbox of ASCII is another one.
        ("u@example.com", "\u{fc}@example.com", false),
        ("u@example.com", "u@example.com", true),
        ("u@example.com", "v@example.com", false),
        ("example.com", "u@example.com", true),
        ("example.com", "u@example.org", false),
    ] {
        let names = [mailbox(der::utf8_string(address))];
        let base = GeneralName::email(base);
        assert_passes(RFC5280, &permit(base.clone()), &names, is_inside);
        assert_passes(RFC5280, &exclude(base.clone()), &names, !is_inside);
        // AWS-LC does not know them.
        assert_passes(ALB, &permit(base.clone()), &names, true);
        assert_passes(ALB, &exclude(base), &names, true);
    }
}

#[test]
fn rfc_5280_refuses_addresses_outside_ascii_that_cannot_be_compared() {
    let utf8 = der::utf8_string;
    for (base, value) in [
        ("example.com", utf8("\u{fc}@ex\u{e4}mple.com")),
        ("example.com", utf8("\u{fc}@example..com")),
        ("example.com", utf8("\u{fc}@")),
        ("example.com", utf8("\u{fc}")),
        ("example.com", utf8("u")),
        ("example.com", utf8("")),
        ("example.com", der::ia5_string("u@example.com")),
        ("example.com", [utf8("u@example.com"), der::null()].concat()),
        ("exa mple.com", utf8("\u{fc}@example.com")),
        ("@example.com", utf8("\u{fc}@example.com")),
        ("u@exa mple.com", utf8("\u{fc}@example.com")),
        ("\"u\"@example.com", utf8("\u{fc}@example.com")),
        ("u@example.com", utf8("\u{fc}@ex\u{e4}mple.com")),
    ] {
        let names = [mailbox(value)];
        let base = GeneralName::email(base);
        assert_passes(RFC5280, &permit(base.clone()), &names, false);
        assert_passes(RFC5280, &exclude(base), &names, false);
    }
    // Something after the value.
    let value = der::context(0, utf8("u@example.com"));
    let content = [der::oid(SMTP_UTF8_MAILBOX), value, der::null()].concat();
    let names = [GeneralName::raw(der::context(0, content))];
    let base = GeneralName::email("example.com");
    assert_passes(RFC5280, &permit(base), &names, false);
}

#[test]
fn other_names_of_other_types_are_no_addresses() {
    let principal = GeneralName::other("1.3.6.1.4.1.311.20.2.3", der::utf8_string("u@example.com"));
    let names = [principal];
    let base = || GeneralName::email("example.com");
    assert_passes(BOTH, &exclude(base()), &names, true);
    assert_passes(
        BOTH,
        &permit(GeneralName::email("example.org")),
        &names,
        true,
    );
    // Nor are addresses outside ASCII names of another kind.
    let names = [mailbox(der::utf8_string("\u{fc}@example.com"))];
    for base in [
        GeneralName::dns("example.org"),
        GeneralName::uri("example.org"),
    ] {
        assert_passes(BOTH, &permit(base), &names, true);
    }
    // Other names of the constrained kind cannot be compared.
    let constraints = exclude(GeneralName::other(SMTP_UTF8_MAILBOX, der::utf8_string("a")));
    assert_passes(BOTH, &constraints, &names, false);
}

/// RFC 5280 4.2.1.10: the constraint MUST be a host or a domain.
#[test]
fn rfc_5280_refuses_uris_where_the_base_is_no_host() {
    let names = [GeneralName::uri("https://example.com/")];
    for base in ["https://example.com/", "exa mple.com", "a..com"] {
        let base = GeneralName::uri(base);
        assert_passes(BOTH, &permit(base.clone()), &names, false);
        assert_passes(RFC5280, &exclude(base.clone()), &names, false);
        // AWS-LC finds nothing in it.
        assert_passes(ALB, &exclude(base), &names, true);
    }
}

#[test]
fn hyphens_and_trailing_nuls_make_no_other_common_name() {
    for (common_name, is_dns_name) in [
        ("my-host.example.org", true),
        ("my--host.example.org", true),
        ("my-host.example.org\0", true),
        ("my-host.example.org\0\0", true),
        ("*.my-host.example.org", true),
        ("-host.example.org", false),
        ("*host.example.org", false),
        ("*-host.example.org", false),
        ("host.example.org-", false),
        ("host.example.org-\0", false),
        ("host.example.org.", false),
        ("host.example.org.\0", false),
        ("*.", false),
        ("*.\0", false),
        ("\0", false),
    ] {
        let name = Name::new().attribute(Attribute::utf8(oid::COMMON_NAME, common_name));
        let client = CertificateBuilder::leaf(name, Key::p256(2));
        let passes = verdicts(&permit(GeneralName::dns("example.com")), client);
        passes(BOTH, !is_dns_name, Check::NameConstraints);
    }
}

/// A verification may do 12,000 units of comparing, which is one more than what is ever used.
#[test]
fn addresses_and_uris_cost_by_their_length() {
    // 4, and one for each 12 of 20 + 40 octets.
    let email = GeneralName::email(format!("{}@example.com", "a".repeat(28)));
    let uri = GeneralName::uri(format!("https://{}.example.com", "a".repeat(20)));
    // Type and lengths of the other name take 14 octets.
    let utf8 = mailbox(der::utf8_string(&format!(
        "\u{fc}{}@example.com",
        "a".repeat(12)
    )));
    let bases = |base: fn(String) -> GeneralName, count| {
        let host = |n| base(format!("n{n:03}.{}", "example.example"));
        (0..count).map(host).collect::<Vec<_>>()
    };
    for (policies, base, name) in [
        (BOTH, email_base as fn(String) -> GeneralName, email),
        (BOTH, uri_base, uri),
        (RFC5280, email_base, utf8),
    ] {
        assert_costs(policies, &bases(base, 31), &name, 43, None);
        assert_costs(
            policies,
            &bases(base, 46),
            &name,
            29,
            Some(ComparisonBudget),
        );
    }
}

#[test]
fn directory_names_cost_by_their_length() {
    // 8, and one for each 2 of 32 octets.
    let base =
        |n| GeneralName::directory(Name::new().common_name(&format!("Example of base {n:03}")));
    let bases = |count| (0..count).map(base).collect::<Vec<_>>();
    assert_eq!(der::read(base(0).as_der()).1.len(), 32);
    let name = GeneralName::directory(Name::new().common_name("Client"));
    assert_costs(BOTH, &bases(24), &name, 20, None);
    assert_costs(BOTH, &bases(25), &name, 20, Some(ComparisonBudget));
}

/// `id-on-SmtpUTF8Mailbox`
const SMTP_UTF8_MAILBOX: &str = "1.3.6.1.5.5.7.8.9";

fn mailbox(value: Vec<u8>) -> GeneralName {
    GeneralName::other(SMTP_UTF8_MAILBOX, value)
}

fn email_base(host: String) -> GeneralName {
    GeneralName::email(host)
}

fn uri_base(host: String) -> GeneralName {
    GeneralName::uri(host)
}

fn permit(base: GeneralName) -> NameConstraints {
    NameConstraints::new().permit(base)
}

fn exclude(base: GeneralName) -> NameConstraints {
    NameConstraints::new().exclude(base)
}

/// So many names that lie in none of the excluded subtrees, and nothing else.
#[track_caller]
fn assert_costs(
    policies: &[(&str, Policy)],
    bases: &[GeneralName],
    name: &GeneralName,
    count: usize,
    failed: Option<Check>,
) {
    let constraints = NameConstraints::new();
    let excluded = bases.iter().cloned();
    let constraints = excluded.fold(constraints, NameConstraints::exclude);
    let client = CertificateBuilder::leaf(Name::new(), Key::p256(2));
    let client = client.subject_alt_name(vec![name.clone(); count]);
    let passes = verdicts(&constraints, client);
    passes(
        policies,
        failed.is_none(),
        failed.unwrap_or(Check::NameConstraints),
    );
}

#[track_caller]
fn assert_passes(
    policies: &[(&str, Policy)],
    constraints: &NameConstraints,
    names: &[GeneralName],
    passes: bool,
) {
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.subject_alt_name(names.iter().cloned());
    verdicts(constraints, client)(policies, passes, Check::NameConstraints);
}

/// Asserts whether a client passes the constraints of its issuer, or else which check it fails.
fn verdicts(
    constraints: &NameConstraints,
    client: CertificateBuilder,
) -> impl Fn(&[(&str, Policy)], bool, Check) + use<> {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = CertificateBuilder::ca("Signing", Key::p256(1)).name_constraints(constraints);
    let ca = ca.issued_by(&root);
    let presented = chain([&client.issued_by(&ca), &ca]);
    move |policies, passes, check| {
        let failed = untrusted(check, Presented(0));
        let expected = if passes { None } else { failed };
        expect(policies, &[&root], &presented, expected);
    }
}
