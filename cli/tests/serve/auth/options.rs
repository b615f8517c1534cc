//! What the command line has to say, and what it may not.

use portcullis_fixtures::Pki;

use super::proxy::*;
use crate::server::{Setup, complaint};

#[test]
fn other_machines_reach_it_only_if_that_is_said() {
    let pki = Pki::new(0);
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:9000"] {
        let setup = Setup::without_listener([pki.root()]).with([
            "--auth",
            address,
            "--auth-header",
            TRAEFIK,
        ]);
        let complaint = setup.complaint();
        let begin = format!("{address}: whoever reaches the endpoint is believed to be the proxy");
        assert!(complaint.starts_with(&begin), "{complaint}");
        assert!(complaint.contains("--auth-public"), "{complaint}");
    }
    let server = Setup::without_listener([pki.root()])
        .with(["--auth", "0.0.0.0:0", "--auth-header", TRAEFIK])
        .with(["--auth-public"])
        .start();
    let address = ([127, 0, 0, 1], server.address.port()).into();
    expect_refused(&Proxy::connect(address).ask(&[]), NO_CERTIFICATE);
}

#[test]
fn a_name_that_tells_no_form_needs_one() {
    let pki = Pki::new(0);
    let complaint = setup([pki.root()], NGINX).complaint();
    assert!(complaint.starts_with("x-client-cert: "), "{complaint}");
    assert!(complaint.contains("--auth-form"), "{complaint}");
}

#[test]
fn an_address_that_is_taken() {
    let pki = Pki::new(0);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let complaint = Setup::without_listener([pki.root()])
        .with(["--auth", &address, "--auth-header", TRAEFIK])
        .complaint();
    let begin = format!("{address}: can't be listened on: ");
    assert!(complaint.starts_with(&begin), "{complaint}");
}

/// clap tells more than one line.
fn expect_usage(arguments: &[&str], missing: &str) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["serve", "--trust-store", "bundle.pem"])
        .args(arguments)
        .output()
        .expect("it starts");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains(missing), "{arguments:?}: {stderr}");
}

#[test]
fn options_that_need_each_other() {
    let auth = ["--auth", "127.0.0.1:0", "--auth-header", TRAEFIK];
    let with = |more: &[&'static str]| [&auth[..], more].concat();
    for (arguments, missing) in [
        (vec![], "--listen <ADDR>"),
        (auth[..2].to_vec(), "--auth-header <NAME>"),
        (auth[2..].to_vec(), "--auth <ADDR>"),
        (
            vec!["--listen", "127.0.0.1:0", "--auth-public"],
            "--auth <ADDR>",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--auth-form", "xfcc"],
            "--auth <ADDR>",
        ),
        (with(&["--target", "http://127.0.0.1:1"]), "--listen <ADDR>"),
        (with(&["--fixed-response", "200:x"]), "--listen <ADDR>"),
        (with(&["--cert", "a", "--key", "b"]), "--listen <ADDR>"),
        (with(&["--access-log", "a"]), "--listen <ADDR>"),
        (with(&["--advertise-ca-names"]), "--listen <ADDR>"),
        (
            with(&["--auth-header", "Client-Cert"]),
            "cannot be used multiple times",
        ),
        (
            with(&["--auth-form", "pem"]),
            "possible values: base64, escaped-pem, rfc9440, xfcc",
        ),
        (
            with(&["--auth-socket-mode", "rw"]),
            "not a file mode in octal",
        ),
        (
            vec!["--auth", "9000", "--auth-header", TRAEFIK],
            "neither an IP address",
        ),
        (
            vec!["--auth", "127.0.0.1:0", "--auth-header", "a b"],
            "invalid HTTP header name",
        ),
    ] {
        expect_usage(&arguments, missing);
    }
}

#[test]
fn a_trust_store_is_needed_all_the_same() {
    let missing = complaint(&[
        "serve",
        "--auth",
        "127.0.0.1:0",
        "--auth-header",
        TRAEFIK,
        "--trust-store",
        "/nowhere/bundle.pem",
    ]);
    assert!(missing.starts_with("/nowhere/bundle.pem: "), "{missing}");
}
