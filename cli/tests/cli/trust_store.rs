//! Which bundles are trust stores.

use portcullis_fixtures::{Certificate, Key};

use crate::run::{Run, Scratch, TIME, data, pki, portcullis, read};

fn verify_against(bundle: &str, chain: &str) -> Run {
    portcullis(["verify", "--trust-store", bundle, "--time", TIME, chain])
}

fn text(name: &str) -> String {
    String::from_utf8(read(&pki(name))).expect("PEM")
}

/// Root A and Signing B, then so many others.
fn bundle_and(others: usize) -> String {
    let cas = (0..others)
        .map(|number| Certificate::ca(format!("CA {number}").as_str(), Key::p256(0)).to_pem());
    text("bundle.pem") + &cas.collect::<String>()
}

#[test]
fn an_intermediate_alone_is_an_anchor() {
    assert_eq!(
        verify_against(&pki("B.crt"), &pki("C.crt")).verdict(),
        ("Success", 0)
    );
    assert_eq!(
        verify_against(&pki("B.crt"), &pki("chain-E.pem")).verdict(),
        ("Failed:ClientCertUntrusted", 1)
    );
}

#[test]
fn a_store_can_be_der_or_pem_with_text_around() {
    let scratch = Scratch::new();
    let (_, der) = pem_rfc7468::decode_vec(&read(&pki("B.crt"))).expect("PEM");
    for (name, content) in [
        ("b.der", der),
        (
            "crlf.pem",
            text("bundle.pem").replace('\n', "\r\n").into_bytes(),
        ),
        (
            "text.pem",
            format!("# our CAs\n\n0 s:{}", text("bundle.pem")).into_bytes(),
        ),
        (
            "bom.pem",
            format!("\u{feff}{}", text("bundle.pem")).into_bytes(),
        ),
    ] {
        let store = scratch.file(name, content);
        assert_eq!(
            verify_against(&store, &pki("C.crt")).verdict(),
            ("Success", 0),
            "{name}"
        );
    }
}

#[test]
fn a_bundle_with_a_broken_certificate_is_refused_whole_and_it_is_named() {
    let scratch = Scratch::new();
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let store = scratch.file("broken.pem", text("bundle.pem") + broken);
    let line = text("bundle.pem").lines().count() + 1;
    assert_eq!(
        verify_against(&store, &pki("C.crt")).complaint(),
        format!(
            "{store}: the trust store can't be used: certificate 3 (line {line}): not a DER-encoded certificate"
        )
    );
}

#[test]
fn a_bundle_that_is_cut_off_is_refused_and_the_certificate_named() {
    let scratch = Scratch::new();
    let store = scratch.file("cut.pem", &text("bundle.pem")[..1500]);
    let run = verify_against(&store, &pki("C.crt"));
    assert_eq!(
        run.complaint(),
        format!(
            "{store}: the trust store can't be used: certificate 2 (line 23): its END line is missing"
        )
    );
}

#[test]
fn a_store_takes_25_cas_and_no_more() {
    let scratch = Scratch::new();
    let full = scratch.file("25.pem", bundle_and(23));
    assert_eq!(
        verify_against(&full, &pki("C.crt")).verdict(),
        ("Success", 0)
    );
    let over = scratch.file("26.pem", bundle_and(24));
    let run = verify_against(&over, &pki("C.crt"));
    assert!(run.complaint().contains("certificate 26 (line "), "{run:?}");
    assert!(run.complaint().contains("25 CA certificates"), "{run:?}");
}

#[test]
fn a_duplicate_ca_is_accepted_once() {
    let scratch = Scratch::new();
    let twice = scratch.file("twice.pem", bundle_and(23) + &text("bundle.pem"));
    assert_eq!(
        verify_against(&twice, &pki("C.crt")).verdict(),
        ("Success", 0)
    );
}

#[test]
fn what_is_no_bundle_is_refused_and_named() {
    let scratch = Scratch::new();
    for (store, reason) in [
        (scratch.file("empty", ""), "is empty"),
        (scratch.file("prose", "hello\n"), "is text without"),
        (
            scratch.file("list.crl", read(&pki("B-v2.crl"))),
            "holds no certificate, only X509 CRL",
        ),
        (
            scratch.file("binary", b"\x89PNG\r\n\x1a\n"),
            "certificate 1: not a DER-encoded certificate",
        ),
        (pki("C.p12"), "is a PKCS#12 file, and a trust store is PEM"),
        (data("bundle.p7b"), "is a PKCS#7 file"),
    ] {
        let run = verify_against(&store, &pki("C.crt"));
        let expected = format!("{store}: the trust store can't be used: {reason}");
        assert!(run.complaint().starts_with(&expected), "{run:?}");
    }
    let missing = scratch.path("missing.pem").display().to_string();
    let run = verify_against(&missing, &pki("C.crt"));
    assert!(
        run.complaint()
            .starts_with(&format!("{missing}: No such file")),
        "{run:?}"
    );
}

#[test]
fn a_certificate_that_is_no_ca_anchors_itself_and_explain_says_so() {
    let explain = |chain: &str| {
        portcullis([
            "explain",
            "--trust-store",
            &pki("C.crt"),
            "--time",
            TIME,
            &pki(chain),
        ])
    };
    let run = explain("C.crt");
    assert_eq!(run.code, 0);
    assert!(run.stdout.starts_with("Success\n"), "{}", run.stdout);
    for run in [run, explain("E.crt")] {
        assert!(
            run.stdout
                .contains("\nnote     certificate 1 of the trust store, CN=User2,"),
            "{}",
            run.stdout
        );
        assert!(
            run.stdout.contains("is no CA: it anchors only itself"),
            "{}",
            run.stdout
        );
    }
}
