//! What a target is told of the client's certificate, and what the client can't make it believe.

use std::io::Write as _;

use portcullis::{ConnectionLogEntry, MtlsPem, VerifyStatus};
use portcullis_fixtures::{Attribute, CertificateBuilder, Key, Name, Pki};

use crate::backend::Backend;
use crate::client::Client;
use crate::http::Message;
use crate::proxy::before;
use crate::server::Setup;

const VERIFY: [&str; 5] = [
    "X-Amzn-Mtls-Clientcert-Serial-Number",
    "X-Amzn-Mtls-Clientcert-Issuer",
    "X-Amzn-Mtls-Clientcert-Subject",
    "X-Amzn-Mtls-Clientcert-Validity",
    "X-Amzn-Mtls-Clientcert-Leaf",
];

/// The headers that begin as ALB's do, whatever a target makes of case and underscores.
fn mtls(request: &Message) -> Vec<(String, String)> {
    let headers = request.headers.iter().cloned();
    let headers = headers.map(|(name, value)| (name.to_lowercase().replace('_', "-"), value));
    headers
        .filter(|(name, _)| name.starts_with("x-amzn-mtls"))
        .collect()
}

/// A request with every header that a target may take for one of ALB's.
fn forged() -> String {
    let mut request = String::from("GET / HTTP/1.1\r\nHost: example.com\r\n");
    for name in VERIFY.into_iter().chain(["X-Amzn-Mtls-Clientcert"]) {
        for name in [
            name.to_owned(),
            name.to_lowercase(),
            name.to_uppercase(),
            name.replace('-', "_"),
            name.replacen('-', "_", 2),
            format!("{name}-Other"),
        ] {
            request += &format!("{name}: forged\r\n{name}: forged twice\r\n");
        }
    }
    request + "\r\n"
}

#[test]
fn in_verify_mode_there_are_five_headers_and_none_of_the_clients() {
    let name = Name::new()
        .country("JP")
        .organization("A, \"B\" + C\\")
        .attribute(Attribute::utf8("2.5.4.3", "é\r\nX-Forged: 1"));
    let pki = Pki::builder()
        .leaf(|_| CertificateBuilder::leaf(name.clone(), Key::p256(0)).serial([3, 0xA5, 0xB1]))
        .build();
    let backend = Backend::friendly();
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    // More headers than hyper takes from a client by default would be refused: 100.
    assert_eq!(connection.ask(forged()).told(), (200, "hello"));
    let request = backend.request();
    assert_eq!(request.header("x-forged"), None);
    let leaf = request.header(VERIFY[4]).expect("it is there");
    let der = MtlsPem::leaf_der(leaf.as_bytes()).expect("a certificate");
    assert_eq!(der, pki.leaf().to_certificate_der());
    let expected = [
        "03A5B1",
        "CN=Intermediate 0",
        "CN=\\C3\\A9\\0D\\0AX-Forged: 1,O=A\\, \\\"B\\\" \\+ C\\\\,C=JP",
        "NotBefore=2026-01-15T08:00:00Z;NotAfter=2028-01-15T08:00:00Z",
        leaf,
    ];
    let mut headers = mtls(&request);
    headers.sort_unstable();
    let names = VERIFY.map(str::to_lowercase).into_iter();
    let mut expected: Vec<(String, String)> = names.zip(expected.map(str::to_owned)).collect();
    expected.sort_unstable();
    assert_eq!(headers, expected);
}

#[test]
fn headers_can_not_be_made_to_go_by_naming_them_as_the_connections() {
    let backend = Backend::friendly();
    let (_server, mut connection) = before(&backend, &[]);
    let names = VERIFY.join(", ");
    let response = connection.ask(format!(
        "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: {names}, Host, X-Forwarded-For, \
         X-Forwarded-Proto, X-Amzn-Trace-Id\r\n\r\n"
    ));
    assert_eq!(response.status, 200);
    let request = backend.request();
    for name in
        VERIFY
            .into_iter()
            .chain(["X-Forwarded-For", "X-Forwarded-Proto", "X-Amzn-Trace-Id"])
    {
        assert!(request.header(name).is_some(), "{name}");
    }
    assert_eq!(request.header("host"), Some("example.com"));
}

#[test]
fn headers_after_the_body_do_not_go_on() {
    let backend = Backend::friendly();
    let (_server, mut connection) = before(&backend, &[]);
    let response = connection.ask(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\
         Trailer: X-Amzn-Mtls-Clientcert-Subject\r\n\r\n5\r\nhello\r\n0\r\n\
         X-Amzn-Mtls-Clientcert-Subject: CN=Admin\r\n\r\n",
    );
    assert_eq!(response.told(), (200, "hello"));
    // There is nothing between the last chunk and the end, or the target would not have read it.
    assert_eq!(backend.request().text(), "hello");
}

#[test]
fn where_nobody_is_asked_there_are_no_headers() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &["--mode", "off"]);
    assert_eq!(connection.ask(forged()).told(), (200, "hello"));
    assert_eq!(mtls(&backend.request()), []);
    let lines = server.connections(1);
    let entry = ConnectionLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.status, Some(VerifyStatus::Success));
    assert!(entry.leaf.is_none());
}

#[test]
fn in_passthrough_mode_there_is_the_whole_chain_trusted_or_not() {
    let backend = Backend::friendly();
    let strangers = Pki::builder().keys(Key::p384).intermediates(3).build();
    let trusted = Pki::new(0);
    let setup = Setup::new([trusted.root()]).with(["--target", &backend.url()]);
    let server = setup.with(["--mode", "passthrough"]).start();
    let chain = strangers.chain_with_root();
    let client = Client::new(chain.clone(), strangers.leaf().key());
    let response = client.connect(server.address).ask(forged());
    assert_eq!(response.told(), (200, "hello"));
    let headers = mtls(&backend.request());
    let [(name, value)] = &headers[..] else {
        panic!("{headers:?}");
    };
    assert_eq!(name, "x-amzn-mtls-clientcert");
    let decoded = MtlsPem::chain_der(value.as_bytes()).expect("certificates");
    assert_eq!(decoded, chain);
    let lines = server.connections(1);
    let entry = ConnectionLogEntry::parse(&lines[0]).expect("a line");
    // Nobody was verified (seen).
    assert_eq!(entry.status, Some(VerifyStatus::Success));
    let subject = entry.leaf.map(|leaf| leaf.subject().to_string());
    assert_eq!(subject.as_deref(), Some("CN=Client"));
}

#[test]
fn in_passthrough_mode_a_client_without_certificate_passes_as_nobody() {
    let backend = Backend::friendly();
    let trusted = Pki::new(0);
    let setup = Setup::new([trusted.root()]).with(["--target", &backend.url()]);
    let server = setup.with(["--mode", "passthrough"]).start();
    let mut connection = Client::nobody().connect(server.address);
    assert_eq!(connection.ask(forged()).told(), (200, "hello"));
    assert_eq!(mtls(&backend.request()), []);
    let line = server.connections(1).remove(0);
    assert!(line.contains(" \"-\" - - Success TID_"), "{line}");
}

#[test]
fn in_passthrough_mode_too_a_client_has_to_hold_its_key() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--mode", "passthrough"]);
    let server = setup.start();
    let thief = Client::new(pki.chain(), Key::p256(5));
    thief.refusal(server.address);
    let line = server.connections(1).remove(0);
    assert!(line.contains(" Failed:UnmappedConnectionError "), "{line}");
    assert_eq!(server.stop().accesses, [""; 0]);
}

#[test]
fn what_the_target_says_of_itself_under_such_a_name_reaches_the_client() {
    // Only what clients send is dropped.
    let backend = Backend::new(|_, tcp| {
        tcp.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Amzn-Mtls-Clientcert-Subject: echo\r\n\r\n",
        )
    });
    let (_server, mut connection) = before(&backend, &[]);
    let response = connection.get("/");
    let echo = response.message.header("x-amzn-mtls-clientcert-subject");
    assert_eq!(echo, Some("echo"));
}
