//! What the program can't begin with: one line that names it, and exit code 2.

use std::fs;
use std::net::TcpListener;

use portcullis_fixtures::{Certificate, Key, Pki};

use crate::server::{Setup, complaint};

fn setup() -> Setup {
    Setup::new([Pki::new(0).root()])
}

/// That the complaint begins so, after the folder in which all files are.
#[track_caller]
fn expect(setup: &Setup, file: &str, what: &str) {
    let complaint = setup.complaint();
    let path = setup.path(file);
    let begin = format!("{}: ", path.display());
    let reason = complaint.strip_prefix(&begin).expect(&complaint);
    assert!(reason.starts_with(what), "{complaint}");
}

/// A leaf's key in PEM, unencrypted.
pub(crate) fn key_pem(key: Key) -> String {
    let encode = pem_rfc7468::encode_string;
    let line_ending = pem_rfc7468::LineEnding::LF;
    encode("PRIVATE KEY", line_ending, key.pkcs8_der()).expect("it fits")
}

pub(crate) fn server_certificate(key: Key) -> String {
    Certificate::leaf(
        "localhost",
        key,
        &Certificate::ca("Server CA", Key::p256(6)),
    )
    .to_pem()
}

#[test]
fn an_address_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let setup = setup();
    let bundle = setup.path("bundle.pem");
    let bundle = bundle.to_str().expect("UTF-8");
    let complaint = complaint(&["serve", "--trust-store", bundle, "--listen", &address]);
    let begin = format!("{address}: can't be listened on: ");
    assert!(complaint.starts_with(&begin), "{complaint}");
    let setup = setup.with(["--admin", &address]);
    let complaint = setup.complaint();
    assert!(complaint.starts_with(&begin), "{complaint}");
}

#[test]
fn trust_stores() {
    let root = Pki::new(0).root().to_pem();
    let broken = root.replace("MII", "!!!");
    let cut_off = &root[..root.len() / 2];
    for content in ["", "garbage", &broken, cut_off, &format!("{root}{broken}")] {
        let setup = setup();
        setup.file("bundle.pem", content);
        expect(&setup, "bundle.pem", "the trust store can't be used: ");
    }
    let setup = setup();
    fs::remove_file(setup.path("bundle.pem")).expect("it is there");
    expect(&setup, "bundle.pem", "No such file");
}

#[test]
fn standard_input_can_not_be_read_again() {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--trust-store", "-"];
    let why = "-: trust store and CRLs have to be files, which can be read again";
    assert_eq!(complaint(&arguments), why);
    assert_eq!(setup().with(["--crl", "-"]).complaint(), why);
}

#[test]
fn lists() {
    let missing = setup();
    let path = missing.path("missing.crl");
    let missing = missing.with(["--crl", path.to_str().expect("UTF-8")]);
    expect(&missing, "missing.crl", "No such file");
    let garbage = setup().with_file("--crl", "garbage.crl", "garbage");
    expect(&garbage, "garbage.crl", "the CRL can't be used: ");
    let certificate = Pki::new(0).leaf().to_pem();
    let certificate = setup().with_file("--crl", "certificate.crl", certificate);
    expect(&certificate, "certificate.crl", "the CRL can't be used: ");
}

#[test]
fn certificates_and_keys_of_the_server() {
    let (certificate, key) = (server_certificate(Key::p256(7)), key_pem(Key::p256(7)));
    let with = |certificate: &str, key: &str| {
        setup()
            .with_file("--cert", "server.crt", certificate)
            .with_file("--key", "server.key", key)
    };
    let none = "there is no private key in PEM that can be read without a password";
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n\
                     -----END ENCRYPTED PRIVATE KEY-----\n";
    // What OpenSSL wrote before there was PKCS#8.
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                  DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nMAA=\n\
                  -----END RSA PRIVATE KEY-----\n";
    for (key, what) in [
        ("", none),
        ("garbage", none),
        (certificate.as_str(), none),
        (encrypted, none),
        (legacy, ""),
        (
            &key_pem(Key::p256(6)),
            "is not the key of the certificate in ",
        ),
        (&key_pem(Key::rsa2048(0)), ""),
    ] {
        expect(&with(&certificate, key), "server.key", what);
    }
    for certificate in ["", "garbage", key.as_str()] {
        expect(&with(certificate, &key), "server.crt", "");
    }
    for file in ["server.crt", "server.key"] {
        let setup = with(&certificate, &key);
        fs::remove_file(setup.path(file)).expect("it is there");
        expect(&setup, file, "No such file");
    }
}

#[test]
fn logs_that_can_not_be_written() {
    for log in ["--connection-log", "--access-log"] {
        let setup = setup();
        fs::create_dir(setup.path("folder")).expect("it is new");
        let [bundle, folder, missing] = ["bundle.pem", "folder", "missing/a.log"]
            .map(|file| setup.path(file).to_str().expect("UTF-8").to_owned());
        for file in [folder, missing] {
            let listen = ["serve", "--listen", "127.0.0.1:0", "--trust-store"];
            let arguments = [&listen[..], &[&bundle, log, &file]].concat();
            let complaint = complaint(&arguments);
            let begin = format!("{file}: the log can't be written: ");
            assert!(complaint.starts_with(&begin), "{complaint}");
        }
    }
}

#[test]
fn a_status_page_for_all_has_to_be_asked_for_twice() {
    let complaint = setup().with(["--admin", "0.0.0.0:0"]).complaint();
    assert!(
        complaint.starts_with("0.0.0.0:0: the status page"),
        "{complaint}"
    );
}

/// What clap says has more lines than one.
#[test]
fn command_lines() {
    for (arguments, word) in [
        (&["--cert", "a.pem"][..], "--key"),
        (&["--key", "a.pem"], "--cert"),
        (
            &["--target", "https://127.0.0.1:8443"],
            "only http:// targets",
        ),
        (
            &["--target", "http://127.0.0.1", "--fixed-response", "200:x"],
            "--fixed-response",
        ),
        (&["--fixed-response", "302:x"], "302:x"),
        (&["--max-connections", "0"], "--max-connections"),
        (&["--handshake-timeout", "0"], "--handshake-timeout"),
        (&["--idle-timeout", "forever"], "--idle-timeout"),
        (&["--max-header-size", "1"], "--max-header-size"),
        (&["--admin-public"], "--admin"),
        (&["--elb", ""], "--elb"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(["serve", "--listen", "127.0.0.1:0", "--trust-store", "a.pem"])
            .args(arguments)
            .output()
            .expect("it starts");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(word), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}
