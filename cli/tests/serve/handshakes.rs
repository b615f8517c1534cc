//! Handshakes that go wrong, or slowly, for other reasons than a certificate.

use core::net::SocketAddr;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use portcullis::FailureReason::UnmappedConnectionError;
use portcullis::{ConnectionLogEntry, VerifyStatus};
use portcullis_fixtures::{Pki, Random};
use rustls::ClientConnection;

use crate::client::{BOTH, Client, tcp};
use crate::server::{Server, Setup};

/// The first message of a client.
fn client_hello() -> Vec<u8> {
    let config = Client::nobody().config().into();
    let name = "localhost".try_into().expect("a name");
    let mut tls = ClientConnection::new(config, name).expect("a client");
    let mut hello = Vec::new();
    tls.write_tls(&mut hello).expect("a Vec takes all");
    hello
}

/// That the connection is logged as one that came to nothing, without certificate.
fn expect_unmapped(server: &Server, count: usize, protocol: Option<&str>) {
    let lines = server.connections(count);
    let line = lines.last().expect("there is one");
    let entry = ConnectionLogEntry::parse(line).expect("a line");
    let unmapped = VerifyStatus::Failed(UnmappedConnectionError);
    assert_eq!(entry.status, Some(unmapped), "{line}");
    assert_eq!(entry.tls_protocol, protocol, "{line}");
    assert!(entry.leaf.is_none(), "{line}");
    assert!(entry.tls_handshake_latency.is_none(), "{line}");
    assert!(entry.conn_trace_id.is_some(), "{line}");
}

/// That others are still served.
fn expect_service(pki: &Pki, server: SocketAddr) {
    let mut connection = Client::of(pki).connect(server);
    assert_eq!(connection.get("/").told(), (200, "Success"));
}

#[test]
fn half_a_handshake_is_logged_as_unmapped() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let hello = client_hello();
    let (half, _) = hello.split_at(hello.len() / 2);
    tcp(server.address).write_all(half).expect("it is open");
    expect_unmapped(&server, 1, None);

    let mut tcp = tcp(server.address);
    tcp.write_all(&hello).expect("it is open");
    tcp.read_exact(&mut [0; 5]).expect("the server answers");
    drop(tcp);
    expect_unmapped(&server, 2, Some("TLSv1.3"));
    expect_service(&pki, server.address);
}

#[test]
fn a_connection_that_is_closed_without_a_word_is_logged_as_unmapped() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    drop(tcp(server.address));
    expect_unmapped(&server, 1, None);
}

#[test]
fn silence_ends_when_the_time_for_the_handshake_is_over() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--handshake-timeout", "1"]);
    let server = setup.start();
    let mut silent = tcp(server.address);
    let end = silent.read(&mut [0]).expect_err("it is reset");
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
    expect_unmapped(&server, 1, None);
    server.line("Failed:UnmappedConnectionError: The handshake took too long.");
}

#[test]
fn a_client_that_sends_its_hello_octet_by_octet_is_served() {
    let pki = Pki::new(1);
    let server = Setup::new([pki.root()]).start();
    for version in BOTH {
        // Between the client and the server: each octet is a segment of its own.
        let splitter = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = splitter.local_addr().expect("it is bound");
        let to_server = tcp(server.address);
        to_server.set_nodelay(true).expect("it is open");
        thread::spawn(move || {
            let (client, _) = splitter.accept().expect("a client");
            let (from, mut to) = (to_server.try_clone().expect("open"), &client);
            thread::scope(|scope| {
                scope.spawn(|| split(&client, &to_server));
                let mut octets = [0; 4096];
                while let Ok(read @ 1..) = (&from).read(&mut octets) {
                    if to.write_all(&octets[..read]).is_err() {
                        break;
                    }
                }
            });
        });
        let client = Client::of(&pki).speaking(version);
        let mut connection = client.connect(address);
        assert_eq!(connection.get("/").told(), (200, "Success"));
    }
}

fn split(mut from: &TcpStream, mut to: &TcpStream) {
    let mut octets = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut octets) {
        for octet in &octets[..read] {
            if to.write_all(&[*octet]).is_err() {
                return;
            }
        }
    }
}

#[test]
fn whoever_speaks_no_tls_is_told_so() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut plain = tcp(server.address);
    plain
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect("it is open");
    // A fatal alert in a record of TLS.
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).expect("it ends in order");
    assert_eq!(&answer[..1], [0x15]);
    assert_eq!(answer[5], 2);
    expect_unmapped(&server, 1, None);
    expect_service(&pki, server.address);
}

#[test]
fn old_versions_of_tls_are_refused_by_an_alert() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    for minor in [0, 1, 2] {
        let version = [3, minor];
        // A ClientHello without extensions (RFC 4346 7.4.1.2): random, no session, one cipher
        // suite, no compression.
        let body = [&version[..], &[7; 32], &[0], &[0, 2, 0xC0, 0x09], &[1, 0]].concat();
        let length = u8::try_from(body.len()).expect("it is short");
        let record = [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body];
        let mut old = tcp(server.address);
        old.write_all(&record.concat()).expect("it is open");
        let mut answer = Vec::new();
        old.read_to_end(&mut answer).expect("it ends in order");
        // handshake_failure: the list of signature algorithms is missed before the version.
        assert_eq!((answer[0], &answer[5..]), (0x15, &[2, 40][..]), "{minor}");
    }
    for line in server.connections(3) {
        assert!(line.contains(" Failed:UnmappedConnectionError "), "{line}");
    }
    expect_service(&pki, server.address);
}

#[test]
fn noise_ends_a_connection_and_nothing_else() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut random = Random::new(7);
    for count in 1..=4 {
        let noise = random.bytes(64 * 1024);
        let mut tcp = tcp(server.address);
        // It may be refused before all is sent.
        _ = tcp.write_all(&noise);
        _ = tcp.read_to_end(&mut Vec::new());
        expect_unmapped(&server, count, None);
    }
    expect_service(&pki, server.address);
}

#[test]
fn two_hundred_that_come_and_go_at_once_are_all_logged() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).with(["--quiet"]).start();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..10 {
                    drop(tcp(server.address));
                }
            });
        }
    });
    expect_service(&pki, server.address);
    let lines = server.connections(201);
    let successes = lines.iter().filter(|line| line.contains(" Success "));
    assert_eq!(successes.count(), 1);
}
