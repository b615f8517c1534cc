//! The certificates of a bundle, by themselves and to each other.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, DAY, Extension, GeneralName, Key, KeyUsage, NOW,
    NameConstraints, SignatureScheme, oid, spki,
};

use super::{Case, bundle, root};

/// A bundle of one self-signed CA.
fn lone(name: &'static str, ca: &CertificateBuilder, expected: &[&str]) -> Case {
    let expected = expected.iter().map(|rest| format!("bundle.pem:1: {rest}"));
    Case::new(name, ca.self_signed().to_pem(), expected)
}

pub(super) fn cases() -> Vec<Case> {
    let ca = || CertificateBuilder::ca("CA", Key::p256(0));
    let mut cases = vec![
        lone("v1", &ca().v1(), &["warning[not-version-3]"]),
        lone(
            "a client",
            &CertificateBuilder::leaf("Client", Key::p256(0)),
            &["error[not-a-ca]"],
        ),
        lone(
            "not a CA",
            &ca().basic_constraints(false, None),
            &["error[not-a-ca]"],
        ),
        lone(
            "no basicConstraints",
            &ca().without(oid::BASIC_CONSTRAINTS),
            &["error[not-a-ca]"],
        ),
        lone("ends now", &ca().not_after(NOW), &["error[expired]"]),
        lone(
            "ends in a second",
            &ca().not_after(NOW + 1),
            &["warning[expires-soon]"],
        ),
        lone(
            "ends in 30 days",
            &ca().not_after(NOW + 30 * DAY),
            &["warning[expires-soon]"],
        ),
        lone(
            "ends a second later",
            &ca().not_after(NOW + 30 * DAY + 1),
            &[],
        ),
        lone("begins now", &ca().not_before(NOW), &[]),
        lone(
            "begins in a second",
            &ca().not_before(NOW + 1),
            &["error[not-yet-valid]"],
        ),
        lone("P-384", &ca().key(Key::p384(0)), &[]),
        lone("P-521", &ca().key(Key::p521(0)), &[]),
        lone(
            "P-224",
            &ca().spki(Key::p224().spki_der()),
            &["error[key-not-allowed]"],
        ),
        lone(
            "secp256k1",
            &ca().spki(Key::secp256k1().spki_der()),
            &["error[key-not-allowed]"],
        ),
        lone(
            "Ed25519",
            &ca().spki(Key::ed25519(0).spki_der()),
            &["error[key-not-allowed]"],
        ),
        lone(
            "a root signed with SHA-1",
            &ca().scheme(SignatureScheme::EcdsaSha1),
            &["note[weak-root-signature]"],
        ),
        lone(
            "an unknown critical extension",
            &ca().push(Extension::unknown(1).critical(true)),
            &["error[unknown-critical-extension]"],
        ),
        lone(
            "an unknown extension",
            &ca().push(Extension::unknown(1)),
            &[],
        ),
        lone(
            "an extension twice",
            &ca().push(Extension::key_usage(KeyUsage::KEY_CERT_SIGN)),
            &["error[malformed-extension]"],
        ),
        lone(
            "a malformed extension",
            &ca().extension(Extension::new(oid::EXTENDED_KEY_USAGE, [0x05, 0x00])),
            &["error[malformed-extension]"],
        ),
        lone(
            "no keyCertSign",
            &ca().key_usage(KeyUsage::CRL_SIGN),
            &["error[no-key-cert-sign]"],
        ),
        lone("no keyUsage", &ca().without(oid::KEY_USAGE), &[]),
        lone(
            "name constraints",
            &ca().name_constraints(&NameConstraints::new().permit(GeneralName::dns("example"))),
            &["note[name-constraints]"],
        ),
        lone(
            "any purpose",
            &ca().extended_key_usage(&[oid::ANY_EXTENDED_KEY_USAGE]),
            &["note[no-client-auth]"],
        ),
        lone(
            "two purposes",
            &ca().extended_key_usage(&[oid::SERVER_AUTH, oid::CLIENT_AUTH]),
            &[],
        ),
    ];
    for (bits, expected) in [
        (2047, &["error[key-not-allowed]"][..]),
        (2048, &[]),
        (8192, &[]),
        (8193, &["error[key-not-allowed]"]),
    ] {
        let rsa = ca().spki(spki::rsa_of_bits(bits));
        cases.push(lone("RSA", &rsa, expected));
    }
    cases.extend(relations());
    cases.extend(twins());
    cases
}

/// Issuers and path lengths.
fn relations() -> Vec<Case> {
    let root = root();
    let signing = CertificateBuilder::ca("Signing", Key::p256(1));
    let alone = |name, certificate: &Certificate, expected: &[&str]| {
        let expected = expected.iter().map(|rest| format!("bundle.pem:1: {rest}"));
        Case::new(name, certificate.to_pem(), expected)
    };
    let weak = signing.clone().scheme(SignatureScheme::EcdsaSha224);
    let (both, [_, second]) = bundle([&root, &signing.issued_by(&root)]);
    let mut cases = vec![
        alone(
            "without its issuer",
            &signing.issued_by(&root),
            &["note[issuer-not-in-bundle]"],
        ),
        alone(
            "an intermediate signed with SHA-224",
            &weak.issued_by(&root),
            &["warning[weak-signature]", "note[issuer-not-in-bundle]"],
        ),
        alone(
            "an intermediate of version 1",
            &signing.clone().v1().issued_by(&root),
            &["error[not-a-ca]"],
        ),
        Case::new(
            "with its issuer",
            both,
            [format!("bundle.pem:{second}: note[issuer-in-bundle]")],
        ),
    ];
    // A root of the same name and key identifier, whose key is another.
    let impostor = CertificateBuilder::ca("Root", Key::p256(5));
    let impostor = impostor.subject_key_id(Key::p256(0).key_id()).self_signed();
    let (text, [_, second]) = bundle([&impostor, &signing.issued_by(&root)]);
    cases.push(Case::new(
        "with a namesake of its issuer",
        text,
        [format!("bundle.pem:{second}: note[issuer-not-in-bundle]")],
    ));
    // The limit is one of CAs below, the leaf's issuer included, self-issued ones not.
    for (limit, expected) in [(0, [true, true]), (1, [false, true]), (2, [false, false])] {
        let root = CertificateBuilder::ca("Root", Key::p256(0));
        let root = root.basic_constraints(true, Some(limit)).self_signed();
        let upper = Certificate::intermediate("Upper", Key::p256(1), &root);
        let lower = Certificate::intermediate("Lower", Key::p256(2), &upper);
        let (text, [_, second, third]) = bundle([&root, &upper, &lower]);
        let mut lines = Vec::new();
        for (line, is_exceeded) in [second, third].into_iter().zip(expected) {
            if is_exceeded {
                lines.push(format!("bundle.pem:{line}: warning[path-length]"));
            }
            lines.push(format!("bundle.pem:{line}: note[issuer-in-bundle]"));
        }
        cases.push(Case::new("path length", text, lines));
    }
    cases
}

/// Certificates of one name.
fn twins() -> Vec<Case> {
    let root = CertificateBuilder::ca("Root", Key::p256(0));
    let first = root.self_signed();
    let later = |builder: &CertificateBuilder| builder.clone().not_after(NOW + 900 * DAY);
    let pair = |name, pair: [&Certificate; 2], finding: &str| {
        let (text, [_, second]) = bundle(pair);
        Case::new(name, text, [format!("bundle.pem:{second}: {finding}")])
    };
    let renewed = later(&root).self_signed();
    let other = CertificateBuilder::ca("ROOT", Key::p256(3));
    let nameless = other.clone().without(oid::SUBJECT_KEY_ID);
    let expired = root.clone().not_after(NOW - DAY).self_signed();
    let (renewal, [_, second]) = bundle([&expired, &renewed]);
    let (rollover, [_, third]) = bundle([&expired, &other.self_signed()]);
    vec![
        pair("twice", [&first, &first], "warning[duplicate-certificate]"),
        pair("renewed", [&first, &renewed], "note[same-subject-same-key]"),
        pair(
            "another key",
            [&first, &other.self_signed()],
            "note[same-subject-other-key]",
        ),
        pair(
            "another key, and nothing that tells",
            [&first, &nameless.self_signed()],
            "warning[ambiguous-issuer]",
        ),
        pair(
            "another key under the same identifier",
            [
                &first,
                &other
                    .clone()
                    .subject_key_id(Key::p256(0).key_id())
                    .self_signed(),
            ],
            "warning[ambiguous-issuer]",
        ),
        Case::new(
            "expired and renewed",
            renewal,
            [
                "bundle.pem:1: note[expired-but-renewed]".to_owned(),
                format!("bundle.pem:{second}: note[same-subject-same-key]"),
            ],
        ),
        Case::new(
            "expired, and there is a new key",
            rollover,
            [
                "bundle.pem:1: error[expired]".to_owned(),
                format!("bundle.pem:{third}: note[same-subject-other-key]"),
            ],
        ),
    ]
}

#[test]
fn every_certificate_of_a_bundle_is_judged() {
    cases().iter().for_each(Case::check);
}

#[test]
fn what_is_soon_can_be_told() {
    let ca = CertificateBuilder::ca("CA", Key::p256(0)).not_after(NOW + 7 * DAY);
    let case = Case::new("a week", ca.self_signed().to_pem(), [""; 0]);
    for (days, code) in [("0", 0), ("6", 0), ("7", 1), ("36500", 1)] {
        assert_eq!(case.run(&["--soon", days]).code, code, "{days}");
    }
    assert_eq!(case.run(&["--soon", "36501"]).code, 2);
}
