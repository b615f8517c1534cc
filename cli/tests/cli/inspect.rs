//! What is in a file.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, oid,
};

use crate::run::{Scratch, data, pki, portcullis, portcullis_reading, read};

/// The value of a line of the report.
fn value<'o>(output: &'o str, name: &str) -> &'o str {
    output
        .lines()
        .find_map(|line| {
            line.strip_prefix("  ")?
                .strip_prefix(name)?
                .strip_prefix("  ")
        })
        .unwrap_or_else(|| panic!("{name} in {output}"))
        .trim_start()
}

#[test]
fn a_certificate_is_shown_with_all_it_says() {
    let run = portcullis(["inspect", &pki("C.crt")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let expected = format!(
        "\
{}: PEM, 1 certificate

certificate 1 of 1
  subject             CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
  issuer              CN=Signing B,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
  serial              43087FFBAEB66004
  not before          2026-11-24T12:48:47Z
  not after           2027-11-24T12:48:47Z
  version             3
  key                 RSA 2048
  signed with         RSA PKCS#1 v1.5 with SHA-256
  basic constraints   not a CA
  key usage           digitalSignature, keyEncipherment, dataEncipherment
  extended key usage  clientAuth
  subject key id      494b1996c56254812ac5a363c6d98db548910d7b
  authority key id    eb0070b103778e37c4dbee914fa76b58af9b6a42
  SHA-256             6e2c1e7ea11f543756e59bb9f18499297b015bf45cb2d5b9fe8739a00b0c7b0c
  SHA-256 of its key  cddfcd6dcdb28cb384e46a8d36dd05de59744a2efc8d4daa1349c00de15357be
  in ALB trust store  no: it is no CA certificate
  as client of ALB    yes
",
        pki("C.crt")
    );
    assert_eq!(run.stdout, expected);
}

#[test]
fn a_bundle_is_shown_certificate_by_certificate() {
    let run = portcullis(["inspect", &pki("bundle.pem")]);
    assert!(run.stdout.starts_with(&format!(
        "{}: PEM, 2 certificates\n\ncertificate 1 of 2\n",
        pki("bundle.pem")
    )));
    assert!(
        run.stdout
            .contains("\ncertificate 2 of 2\n  subject             CN=Signing B,"),
        "{}",
        run.stdout
    );
    assert_eq!(value(&run.stdout, "basic constraints"), "CA");
    assert_eq!(value(&run.stdout, "extended key usage"), "none");
    assert_eq!(value(&run.stdout, "in ALB trust store"), "yes");
    assert!(
        value(&run.stdout, "as client of ALB").starts_with("no: Failed:ClientCertPurposeInvalid, ")
    );
}

#[test]
fn pkcs12_is_shown_with_the_right_password_and_refused_with_a_wrong_one() {
    let run = portcullis([
        "inspect",
        &pki("C.p12"),
        "--password-file",
        &data("password.txt"),
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with(&format!(
        "{}: PKCS#12, 2 certificates, 1 private key\n",
        pki("C.p12")
    )));
    assert!(
        run.stdout
            .contains("\ncertificate 1 of 2, with its private key\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("\ncertificate 2 of 2\n"),
        "{}",
        run.stdout
    );

    let scratch = Scratch::new();
    let wrong = scratch.file("wrong", "wrong");
    let run = portcullis(["inspect", &pki("C.p12"), "--password-file", &wrong]);
    assert!(
        run.complaint()
            .contains("the password in --password-file is wrong"),
        "{run:?}"
    );
    let run = portcullis([
        "inspect",
        &data("no-key.p12"),
        "--password-file",
        &data("password.txt"),
    ]);
    assert!(
        run.stdout.contains("PKCS#12, 2 certificates\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_file_that_cannot_be_used_does_not_hide_the_others() {
    let scratch = Scratch::new();
    let empty = scratch.file("empty", "");
    let run = portcullis(["inspect", &empty, &pki("A.crt")]);
    assert_eq!(run.code, 2);
    assert_eq!(run.stderr, format!("portcullis: {empty}: is empty\n"));
    assert!(run.stdout.contains("CN=Root A"), "{}", run.stdout);
}

#[test]
fn a_certificate_that_cannot_be_read_is_shown_with_the_reason() {
    let scratch = Scratch::new();
    let file = scratch.file("binary", [0, 1, 2]);
    let run = portcullis(["inspect", &file]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert_eq!(
        value(&run.stdout, "can't be read"),
        "not a DER-encoded certificate"
    );
    assert_eq!(
        value(&run.stdout, "in ALB trust store"),
        "no: not a DER-encoded certificate"
    );
}

#[test]
fn standard_input_can_be_inspected() {
    let run = portcullis_reading(["inspect", "-"], &read(&pki("A.crt")));
    assert!(
        run.stdout.starts_with("-: PEM, 1 certificate\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn every_kind_of_name_is_shown() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("CA", Key::p256(0));
    let client = CertificateBuilder::leaf("Client", Key::p256(1))
        .push(Extension::subject_alt_name([
            GeneralName::dns("client.example"),
            GeneralName::email("client@example.com"),
            GeneralName::uri("spiffe://example.org/client"),
            GeneralName::ip([192, 0, 2, 1]),
        ]))
        .push(Extension::crl_distribution_points(&[
            "http://example.org/ca.crl",
        ]))
        .issued_by(&ca);
    let run = portcullis(["inspect", &scratch.file("client.der", client.der())]);
    assert!(
        run.stdout.contains(": DER, 1 certificate\n"),
        "{}",
        run.stdout
    );
    for (name, expected) in [
        ("DNS names", "client.example"),
        ("e-mail addresses", "client@example.com"),
        ("URIs", "spiffe://example.org/client"),
        ("IP addresses", "192.0.2.1"),
        ("CRLs at", "http://example.org/ca.crl"),
        ("key", "P-256"),
        ("signed with", "ECDSA with SHA-256"),
    ] {
        assert_eq!(value(&run.stdout, name), expected);
    }
}

/// `inspect` says of a client's certificate what `verify` says of it under a trusted issuer.
#[test]
fn what_is_said_of_a_client_is_what_the_verdict_says() {
    type Change = fn(CertificateBuilder) -> CertificateBuilder;
    let changes: [Change; 13] = [
        |leaf| leaf,
        |leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH]),
        |leaf| leaf.extended_key_usage(&[]),
        |leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH, oid::CLIENT_AUTH]),
        |leaf| leaf.extended_key_usage(&[oid::ANY_EXTENDED_KEY_USAGE]),
        |leaf| leaf.key_usage(KeyUsage::KEY_ENCIPHERMENT),
        |leaf| leaf.key_usage(KeyUsage::KEY_AGREEMENT),
        |leaf| leaf.key(Key::ed25519(0)),
        |leaf| leaf.size(20_000),
        |leaf| leaf.key(Key::rsa1024()),
        |leaf| leaf.push(Extension::unknown(4).critical(true)),
        |leaf| leaf.push(Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE)),
        |leaf| leaf.basic_constraints(true, None),
    ];
    let scratch = Scratch::new();
    let ca = Certificate::ca("CA", Key::p256(0));
    let store = scratch.file("store.pem", ca.to_pem());
    let mut verdicts = Vec::new();
    for (number, change) in changes.into_iter().enumerate() {
        let client = change(CertificateBuilder::leaf("Client", Key::p256(1))).issued_by(&ca);
        let client = scratch.file("client.pem", client.to_pem());
        let run = portcullis([
            "verify",
            "--trust-store",
            &store,
            "--time",
            "2027-01-15T08:00:00Z",
            &client,
        ]);
        let status = run.verdict().0.to_owned();
        let inspected = portcullis(["inspect", &client]).stdout;
        let said = value(&inspected, "as client of ALB");
        if status == "Success" {
            assert_eq!(said, "yes", "{number}");
        } else {
            assert!(
                said.starts_with(&format!("no: {status}, ")),
                "{number}: {said}, not {status}"
            );
        }
        verdicts.push(status);
    }
    verdicts.sort();
    verdicts.dedup();
    assert_eq!(verdicts.len(), 5, "{verdicts:?}");
}

#[test]
fn what_is_said_of_a_ca_is_what_the_store_says() {
    let scratch = Scratch::new();
    let big = CertificateBuilder::ca("Big", Key::p256(0))
        .size(17_000)
        .self_signed();
    let weak = Certificate::ca("Weak", Key::rsa1024());
    for (ca, words) in [
        (&big, "17000 octets, more than the 16384"),
        (&weak, "RSA 1024"),
    ] {
        let file = scratch.file("ca.pem", ca.to_pem());
        let output = portcullis(["inspect", &file]).stdout;
        let said = value(&output, "in ALB trust store");
        assert!(said.starts_with("no: ") && said.contains(words), "{said}");
        let refused = portcullis(["verify", "--trust-store", &file, &pki("C.crt")]);
        assert!(refused.complaint().contains(words), "{refused:?}");
    }
}
