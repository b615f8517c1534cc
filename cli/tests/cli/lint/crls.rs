//! CRLs beside a bundle, and chains of clients.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, Crl, CrlBuilder, DAY, Extension, GeneralName,
    IssuingDistributionPoint, Key, KeyUsage, NOW, der,
};

use super::{Case, bundle, list, root};
use crate::run::{data, read};

/// A root and one list.
fn one(name: &'static str, crl: &CrlBuilder, expected: &[&str]) -> Case {
    of(name, &crl.issued_by(&root()), expected)
}

fn of(name: &'static str, crl: &Crl, expected: &[&str]) -> Case {
    text(name, crl.to_pem(), expected)
}

/// A root and a file.
fn text(name: &'static str, crl: impl AsRef<[u8]>, expected: &[&str]) -> Case {
    Case::new(name, root().to_pem(), expected.iter().copied()).with("1.crl", crl)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        one("a list", &list(), &[]),
        one(
            "version 1",
            &list().v1(),
            &["1.crl:1: note[crl-without-number]"],
        ),
        one(
            "a bad signature",
            &list().bad_signature(),
            &["1.crl:1: error[crl-bad-signature]"],
        ),
        one(
            "a delta",
            &list().delta(1),
            &["1.crl:1: error[crl-unusable]"],
        ),
        one(
            "indirect",
            &list().issuing_distribution_point(IssuingDistributionPoint::new().indirect()),
            &["1.crl:1: error[crl-unusable]"],
        ),
        one(
            "an unknown critical extension",
            &list().push(Extension::unknown(1).critical(true)),
            &["1.crl:1: error[crl-unusable]"],
        ),
        one(
            "due now",
            &list().next_update(NOW),
            &["1.crl:1: note[crl-expires-soon]"],
        ),
        one(
            "due a second ago",
            &list().next_update(NOW - 1),
            &["1.crl:1: warning[crl-expired]"],
        ),
        one(
            "due in 30 days",
            &list().next_update(NOW + 30 * DAY),
            &["1.crl:1: note[crl-expires-soon]"],
        ),
        one(
            "due a second later",
            &list().next_update(NOW + 30 * DAY + 1),
            &[],
        ),
        one("issued now", &list().this_update(NOW), &[]),
        one(
            "issued in a second",
            &list().this_update(NOW + 1),
            &["1.crl:1: warning[crl-not-yet-valid]"],
        ),
        of(
            "of nobody in the bundle",
            &list().issued_by(&Certificate::ca("Other", Key::p256(3))),
            &["1.crl:1: warning[crl-issuer-unknown]"],
        ),
        of(
            "of another key of that name",
            &list().issued_by(&Certificate::ca("Root", Key::p256(3))),
            &["1.crl:1: warning[crl-issuer-unknown]"],
        ),
        one(
            "malformed",
            &list().raw_this_update(der::null()),
            &["1.crl:1: error[crl-unreadable]"],
        ),
    ];
    cases.extend(files());
    cases.extend(algorithms());
    cases.extend(several());
    cases.extend(about_cas());
    cases.extend(chains());
    cases
}

/// The form of a file.
fn files() -> Vec<Case> {
    let crl = list().issued_by(&root());
    let pem = crl.to_pem();
    let count = pem.lines().count();
    let key = Key::p256(0).pkcs8_der();
    let key = pem_rfc7468::encode_string("PRIVATE KEY", pem_rfc7468::LineEnding::LF, key);
    let cut_off: String = pem
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    let utf16 = "\u{feff}".encode_utf16().chain(pem.encode_utf16());
    vec![
        text("DER", crl.der(), &["1.crl: error[not-pem]"]),
        text("binary", [0, 1, 2], &["1.crl: error[not-pem]"]),
        text(
            "PKCS#7",
            read(&data("bundle.p7b")),
            &["1.crl: error[not-pem]"],
        ),
        text(
            "UTF-16",
            utf16.flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            &["1.crl: error[utf-16]"],
        ),
        text("empty", "", &["1.crl: error[no-crl]"]),
        text(
            "a certificate",
            root().to_pem(),
            &[
                "1.crl: error[no-crl]",
                "1.crl:1: warning[crl-other-section]",
            ],
        ),
        text("cut off", cut_off, &["1.crl:1: error[broken-pem]"]),
        text(
            "text and blank lines",
            format!("Certificate Revocation List (CRL):\n\n{pem}\n"),
            &["1.crl:1: note[crl-text]"],
        ),
        text(
            "CR and LF",
            pem.replace('\n', "\r\n"),
            &["1.crl:1: note[crlf]"],
        ),
        text(
            "a private key",
            key.expect("PEM") + &pem,
            &["1.crl:1: error[private-key]"],
        ),
        Case::new(
            "two in a file",
            root().to_pem(),
            [
                "1.crl:1: warning[crl-superseded]".to_owned(),
                format!("1.crl:{}: error[several-crls]", count + 1),
            ],
        )
        .with("1.crl", pem + &list().number(2).issued_by(&root()).to_pem()),
    ]
}

/// Lists that OpenSSL signed with algorithms that are no longer in use.
fn algorithms() -> [Case; 2] {
    let ca = Certificate::ca("Old CA", Key::rsa2048(0));
    [
        ("sha1", "1.crl:1: note[crl-weak-signature]"),
        ("md5", "1.crl:1: error[crl-bad-signature]"),
    ]
    .map(|(name, finding)| {
        let file = format!(
            "{}/../tests/data/crl/openssl-{name}.crl",
            env!("CARGO_MANIFEST_DIR")
        );
        let pem = pem_rfc7468::encode_string("X509 CRL", pem_rfc7468::LineEnding::LF, &read(&file));
        let mut expected = vec![finding, "1.crl:1: note[crl-without-number]"];
        // In the order in which they are found, where the weight is the same.
        if finding.contains("note") {
            expected.reverse();
        }
        Case::new(name, ca.to_pem(), expected).with("1.crl", pem.expect("PEM"))
    })
}

/// Several lists.
fn several() -> Vec<Case> {
    let two = |name, first: &CrlBuilder, second: &CrlBuilder, expected: &[&str]| {
        Case::new(name, root().to_pem(), expected.iter().copied())
            .with("1.crl", first.issued_by(&root()).to_pem())
            .with("2.crl", second.issued_by(&root()).to_pem())
    };
    let older = list().this_update(NOW - 9 * DAY);
    let uri = || [GeneralName::uri("http://crl.example/a")];
    let point = IssuingDistributionPoint::new().full_name(uri());
    let once = list().issued_by(&root()).to_pem();
    let superseded = "1.crl:1: warning[crl-superseded]";
    vec![
        two("older and newer", &older, &list(), &[superseded]),
        two(
            "newer and older",
            &list(),
            &older,
            &["2.crl:1: warning[crl-superseded]"],
        ),
        two("lower number", &list(), &list().number(2), &[superseded]),
        two(
            "another scope",
            &older,
            &list().issuing_distribution_point(point),
            &["2.crl:1: note[crl-partial-scope]"],
        ),
        Case::new(
            "twice",
            root().to_pem(),
            ["2.crl:1: warning[duplicate-crl]"],
        )
        .with("1.crl", &once)
        .with("2.crl", &once),
    ]
}

/// What lists do to CAs of the bundle.
fn about_cas() -> Vec<Case> {
    let root = root();
    let signing = CertificateBuilder::ca("Signing", Key::p256(1)).serial([7]);
    let signing = signing.issued_by(&root);
    let lower = Certificate::intermediate("Lower", Key::p256(2), &signing);
    let (three, [_, second, third]) = bundle([&root, &signing, &lower]);
    let revoking = list().revoke([7]).issued_by(&root);
    let mute = CertificateBuilder::ca("Mute", Key::p256(4)).key_usage(KeyUsage::KEY_CERT_SIGN);
    let mute = mute.self_signed();
    let users = IssuingDistributionPoint::new().only_user_certificates();
    let of_users = list().issuing_distribution_point(users);
    vec![
        Case::new(
            "a CA revoked by its root",
            three,
            [
                format!("bundle.pem:{second}: error[revoked-ca]"),
                format!("bundle.pem:{second}: note[issuer-in-bundle]"),
                format!("bundle.pem:{third}: note[issuer-in-bundle]"),
            ],
        )
        .with("1.crl", revoking.to_pem()),
        Case::new(
            "a CA revoked by one that is not in the bundle",
            signing.to_pem(),
            [
                "bundle.pem:1: error[revoked-ca]",
                "bundle.pem:1: note[issuer-not-in-bundle]",
                "1.crl:1: warning[crl-issuer-unknown]",
            ],
        )
        .with("1.crl", revoking.to_pem()),
        Case::new(
            "a CA that may not sign lists",
            mute.to_pem(),
            ["bundle.pem:1: error[no-crl-sign]"],
        )
        .with("1.crl", list().issued_by(&mute).to_pem()),
        Case::new("a CA that may not, and no list", mute.to_pem(), [""; 0]),
        one(
            "a root whose list is about clients",
            &of_users,
            &[
                "bundle.pem:1: error[ca-out-of-crl-scope]",
                "1.crl:1: note[crl-partial-scope]",
            ],
        ),
        Case::new(
            "an intermediate whose list is about clients",
            signing.to_pem(),
            [
                "bundle.pem:1: note[issuer-not-in-bundle]",
                "1.crl:1: note[crl-partial-scope]",
            ],
        )
        .with("1.crl", of_users.issued_by(&signing).to_pem()),
    ]
}

/// Chains of clients.
fn chains() -> Vec<Case> {
    let root = root();
    let signing = Certificate::intermediate("Signing", Key::p256(1), &root);
    let client = Certificate::leaf("Client", Key::p256(2), &signing);
    let expired = CertificateBuilder::leaf("Client", Key::p256(2)).not_after(NOW);
    let expired = expired.issued_by(&signing);
    let (full, [_, second, third]) = bundle([&client, &signing, &root]);
    let (store, [_, in_store]) = bundle([&root, &signing]);
    let with = |name, chain: &[&Certificate], expected: &[String]| {
        let chain: String = chain
            .iter()
            .map(|certificate| certificate.to_pem())
            .collect();
        Case::new(name, root.to_pem(), expected.iter().cloned()).with("a.chain", chain)
    };
    vec![
        Case::new(
            "what it needs not",
            store,
            [
                format!("bundle.pem:{in_store}: note[issuer-in-bundle]"),
                format!("a.chain:{second}: note[needless-certificate]"),
                format!("a.chain:{third}: note[needless-root]"),
            ],
        )
        .with("a.chain", &full),
        with(
            "what it needs",
            &[&client, &signing],
            &[format!("a.chain:{second}: note[sent-intermediate]")],
        ),
        with(
            "without what it needs",
            &[&client],
            &["a.chain:1: error[missing-issuer]".to_owned()],
        ),
        with(
            "expired",
            &[&expired, &signing],
            &["a.chain:1: error[chain-refused]".to_owned()],
        ),
    ]
}

#[test]
fn every_list_and_every_chain_is_judged_with_the_bundle() {
    cases().iter().for_each(Case::check);
}

#[test]
fn how_a_chain_fares_and_how_much_more_it_may_hold_is_told() {
    let root = root();
    let signing = Certificate::intermediate("Signing", Key::p256(1), &root);
    let client = Certificate::leaf("Client", Key::p256(2), &signing).to_pem();
    let signing = signing.to_pem();
    let two = format!("{client}{signing}");
    let five = format!("{two}{signing}{signing}{signing}");
    let run = Case::new("chains", root.to_pem(), [""; 0])
        .with("a.chain", two)
        .with("b.chain", five)
        .run(&[]);
    let end = "\n\na.chain: Success, 2 certificates sent, room for 2 more\n\
        b.chain: Failed:ClientCertMaxChainDepthExceeded, 5 certificates sent, 1 too many\n";
    assert!(run.stdout.ends_with(end), "{}", run.stdout);
    assert_eq!(run.code, 1);
}
