//! Which input gets a verdict, and which can't be used.

use crate::run::{Scratch, TIME, judging, pki, portcullis_reading, read, verify};

const SUCCESS: (&str, i32) = ("Success", 0);
const INVALID: (&str, i32) = ("Failed:ClientCertInvalid", 1);

fn text(name: &str) -> String {
    String::from_utf8(read(&pki(name))).expect("PEM")
}

#[test]
fn pem_with_crlf_lines_or_other_text_around_is_read() {
    let scratch = Scratch::new();
    let pem = text("chain-C.pem");
    for (name, content) in [
        ("crlf.pem", pem.replace('\n', "\r\n")),
        ("no-newline.pem", pem.trim_end().to_owned()),
        (
            "blank-lines.pem",
            pem.replace("-----BEGIN", "\n\n-----BEGIN"),
        ),
        ("byte-order-mark.pem", format!("\u{feff}{pem}")),
        (
            "text.pem",
            pem.replace("-----BEGIN", "0 s:CN = User2\n   i:CN = 証明書\n-----BEGIN"),
        ),
    ] {
        assert_eq!(
            verify([scratch.file(name, content)]).verdict(),
            SUCCESS,
            "{name}"
        );
    }
}

#[test]
fn der_is_read() {
    let scratch = Scratch::new();
    let client = scratch.file("E.der", der_of(&text("E.crt")));
    let issuer = scratch.file("named-wrongly.txt", der_of(&text("D.crt")));
    assert_eq!(verify([client, issuer]).verdict(), SUCCESS);
}

#[test]
fn a_chain_can_come_from_standard_input() {
    let run = portcullis_reading(judging("verify", ["-"]), &read(&pki("chain-E.pem")));
    assert_eq!(run.verdict(), SUCCESS);
    let run = portcullis_reading(
        judging("verify", ["-", &pki("D.crt")]),
        &der_of(&text("E.crt")),
    );
    assert_eq!(run.verdict(), SUCCESS);
}

#[test]
fn a_trust_store_can_come_from_standard_input() {
    let arguments = [
        "verify",
        "--trust-store",
        "-",
        "--time",
        TIME,
        &pki("C.crt"),
    ];
    let run = portcullis_reading(arguments, &read(&pki("bundle.pem")));
    assert_eq!(run.verdict(), SUCCESS);
}

#[test]
fn standard_input_can_be_named_only_once() {
    let (bundle, chain) = (pki("bundle.pem"), pki("chain-E.pem"));
    for arguments in [
        vec!["verify", "--trust-store", &bundle, "-", "-"],
        vec!["verify", "--trust-store", "-", "-"],
        vec!["verify", "--trust-store", "-", "--batch"],
        vec![
            "explain",
            "--trust-store",
            &bundle,
            "--password-file",
            "-",
            "-",
        ],
        vec!["inspect", "-", &chain, "-"],
    ] {
        let run = portcullis_reading(&arguments, &read(&chain));
        assert_eq!(
            run.complaint(),
            "-: standard input can be read only once",
            "{arguments:?}"
        );
    }
}

#[test]
fn what_is_no_certificate_but_could_have_been_sent_is_invalid() {
    let scratch = Scratch::new();
    let der = der_of(&text("C.crt"));
    for (name, content) in [
        ("truncated.der", der[..der.len() - 1].to_vec()),
        ("trailing.der", [&der[..], b"\0"].concat()),
        ("binary", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("zeros", vec![0; 100]),
        (
            "not-a-certificate.pem",
            b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n".to_vec(),
        ),
        (
            "empty-section.pem",
            b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_vec(),
        ),
    ] {
        assert_eq!(
            verify([scratch.file(name, content)]).verdict(),
            INVALID,
            "{name}"
        );
    }
    let broken_issuer = scratch.file("broken-issuer.der", b"\x30\x82\x01\x00");
    assert_eq!(verify([pki("C.crt"), broken_issuer]).verdict(), INVALID);
}

#[test]
fn what_no_client_could_have_sent_is_refused_and_the_file_named() {
    let scratch = Scratch::new();
    let pem = text("chain-C.pem");
    for (name, content, reason) in [
        ("empty", String::new(), "is empty"),
        ("blank", "\r\n \n".to_owned(), "is empty but for blanks"),
        (
            "prose",
            "hello\n".to_owned(),
            "is text without a -----BEGIN CERTIFICATE----- line",
        ),
        (
            "key.pem",
            pem.replace("CERTIFICATE", "PRIVATE KEY"),
            "holds no certificate, only PRIVATE KEY",
        ),
        (
            "bare.txt",
            pem.lines().filter(|line| !line.starts_with('-')).collect(),
            "is base64 without its",
        ),
    ] {
        let file = scratch.file(name, content);
        let run = verify([&file]);
        let complaint = run.complaint();
        assert!(
            complaint.starts_with(&format!("{file}: {reason}")),
            "{complaint}"
        );
    }
}

#[test]
fn pem_that_is_cut_off_or_not_base64_is_refused_and_the_file_named() {
    let scratch = Scratch::new();
    let pem = text("chain-C.pem");
    for (name, content) in [
        ("cut-in-the-middle.pem", pem[..pem.len() / 4].to_owned()),
        ("cut-in-the-second.pem", pem[..pem.len() - 100].to_owned()),
        ("no-end.pem", pem.replace("-----END CERTIFICATE-----", "")),
        ("not-base64.pem", pem.replacen("MII", "M!I", 1)),
        (
            "no-dashes.pem",
            pem.replacen("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE--", 1),
        ),
    ] {
        let file = scratch.file(name, content);
        let run = verify([&file]);
        assert!(run.complaint().starts_with(&format!("{file}: ")), "{run:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_refused_and_named() {
    let scratch = Scratch::new();
    let missing = scratch.path("missing.pem");
    let run = verify([pki("C.crt").into(), missing.clone()]);
    let expected = format!("{}: No such file or directory", missing.display());
    assert!(run.complaint().starts_with(&expected), "{run:?}");
}

#[test]
fn a_folder_is_refused_and_named() {
    let scratch = Scratch::new();
    let folder = scratch.path("");
    let run = verify([&folder]);
    assert!(
        run.complaint()
            .starts_with(&format!("{}: ", folder.display())),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn an_endless_file_is_refused_at_the_limit() {
    assert_eq!(
        verify(["/dev/zero"]).complaint(),
        "/dev/zero: is over 64 MiB, which is too large"
    );
}

#[cfg(unix)]
#[test]
fn a_file_name_cannot_speak_to_the_terminal() {
    let run = verify(["\u{1b}[2Jmissing\n.pem"]);
    assert!(
        run.complaint().starts_with(r"\u{1b}[2Jmissing\n.pem: "),
        "{run:?}"
    );
}

#[test]
fn pkcs7_is_refused_with_the_way_out() {
    let run = verify([crate::run::data("bundle.p7b")]);
    assert!(run.complaint().contains("openssl pkcs7"), "{run:?}");
}

/// PEM to DER, by a reader that isn't the one under test.
fn der_of(pem: &str) -> Vec<u8> {
    let (_, der) = pem_rfc7468::decode_vec(pem.as_bytes()).expect("PEM");
    der
}
