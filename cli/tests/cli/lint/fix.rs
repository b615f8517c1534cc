//! The clean bundle that `--fix` writes.

use portcullis_fixtures::{Certificate, CertificateBuilder, DAY, Key, NOW};

use super::{Case, found, root, run_in};
use crate::lint::TIME;
use crate::run::{Run, Scratch, pki, read};

/// Runs `lint --fix out.pem` in a folder with a bundle.
fn fix(scratch: &Scratch, bundle: impl AsRef<[u8]>) -> Run {
    scratch.file("bundle.pem", bundle);
    let arguments = ["lint", "bundle.pem", "--time", TIME, "--fix", "out.pem"];
    run_in(scratch, &arguments)
}

fn written(scratch: &Scratch) -> Vec<u8> {
    std::fs::read(scratch.path("out.pem")).expect("it is written")
}

#[test]
fn a_clean_bundle_is_what_openssl_would_have_written() {
    // bundle.pem is two files of OpenSSL's, one after the other.
    let clean = read(&pki("bundle.pem"));
    let text = String::from_utf8(clean.clone()).expect("ASCII");
    let (root, signing) = text.split_at(text.find("\n-----BEGIN").expect("two") + 1);
    let one_line = signing.replace('\n', "").replacen("-----M", "-----\nM", 1);
    let one_line = one_line.replacen("-----END", "\n-----END", 1);
    let client = String::from_utf8(read(&pki("C.crt"))).expect("ASCII");
    for mangled in [
        text.clone(),
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        format!("Root-CA:\n\n{root}# signing-ca\n{signing}{root}"),
        format!("{root}{client}{signing}-----BEGIN CERTIFICATE-----\n"),
        format!("{root}{one_line}"),
        root.trim_end().to_owned() + signing,
    ] {
        let scratch = Scratch::new();
        let run = fix(&scratch, &mangled);
        assert_eq!(written(&scratch), clean, "{run:?}");
        assert!(
            run.stdout.contains("\nout.pem: written, 2 certificates\n"),
            "{run:?}"
        );
    }
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let scratch = Scratch::new();
    fix(&scratch, utf16);
    assert_eq!(written(&scratch), clean);
}

#[test]
fn a_certificate_in_der_becomes_pem() {
    let (scratch, root) = (Scratch::new(), root());
    fix(&scratch, root.der());
    assert_eq!(written(&scratch), root.to_pem().as_bytes());
}

#[test]
fn what_was_fixed_has_no_fault_of_form_left() {
    for case in super::form::cases() {
        let scratch = Scratch::new();
        let run = fix(&scratch, &case.files[0].1);
        if run.code == 2 {
            continue;
        }
        let again = run_in(&scratch, &["lint", "out.pem", "--time", TIME]);
        assert_eq!(found(&again), [""; 0], "{}", case.name);
        assert_eq!(again.code, 0, "{}", case.name);
    }
}

#[test]
fn what_is_left_out_is_told_with_the_reason() {
    let root = root();
    let client = Certificate::leaf("Client", Key::p256(1), &root);
    let expired = CertificateBuilder::ca("Old", Key::p256(2)).not_after(NOW - DAY);
    let expired = expired.self_signed().to_pem();
    let parts = [
        root.to_pem(),
        client.to_pem(),
        root.to_pem(),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
        "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n".to_owned(),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned(),
        expired.clone(),
    ];
    let mut line = 1;
    let lines = parts.each_ref().map(|part| {
        let begin = line;
        line += part.lines().count();
        begin
    });
    let scratch = Scratch::new();
    let run = fix(&scratch, parts.concat());
    let end = format!(
        "\n\nout.pem: written, 2 certificates\n  \
         left out: line {}, CN=Client: it is no CA certificate\n  \
         left out: line {}, CN=Root: it is there already\n  \
         left out: line {}: it can't be read\n  \
         left out: line {}: its base64 is broken\n  \
         left out: line {}: it is a private key\n",
        lines[1],
        lines[2],
        lines[3],
        lines[4] + 1,
        lines[5],
    );
    assert!(run.stdout.ends_with(&end), "{}", run.stdout);
    assert_eq!(run.code, 1);
    // Expired CAs stay.
    assert_eq!(written(&scratch), (root.to_pem() + &expired).into_bytes());
}

#[test]
fn an_empty_bundle_is_never_written() {
    let client = Certificate::leaf("Client", Key::p256(1), &root());
    for bundle in [client.to_pem(), String::new()] {
        let scratch = Scratch::new();
        scratch.file("out.pem", "before");
        let run = fix(&scratch, bundle);
        assert_eq!(run.code, 2);
        assert_eq!(
            run.stderr,
            "portcullis: out.pem: not written, for there is no CA certificate to write\n"
        );
        assert!(run.stdout.contains("error["), "{}", run.stdout);
        assert_eq!(written(&scratch), b"before");
    }
}

#[test]
fn a_bundle_can_be_fixed_in_place() {
    let scratch = Scratch::new();
    scratch.file("bundle.pem", format!("\n{}", root().to_pem()));
    let arguments = ["lint", "bundle.pem", "--time", TIME, "--fix", "bundle.pem"];
    assert_eq!(run_in(&scratch, &arguments).code, 1);
    assert_eq!(run_in(&scratch, &arguments).code, 0);
    let left: Vec<_> = std::fs::read_dir(scratch.path(""))
        .expect("a folder")
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_file_that_can_t_be_written_is_told_and_the_findings_all_the_same() {
    let case = Case::new("good", root().to_pem(), [""; 0]);
    let run = case.run(&["--fix", "missing/out.pem"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.starts_with("portcullis: missing/out.pem: "),
        "{run:?}"
    );
    assert!(run.stdout.starts_with("bundle.pem: 0 errors"), "{run:?}");
    let run = case.run(&["--fix", "-"]);
    assert_eq!(
        run.complaint(),
        "--fix: standard output is for the findings, so name a file"
    );
}
