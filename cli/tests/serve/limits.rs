//! How much a client may ask for.

use core::time::Duration;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use portcullis::pki_types::ServerName;
use portcullis_fixtures::{Certificate, Key, Pki};
use rustls::ClientConnection;

use crate::client::{Client, tcp};
use crate::http::Response;
use crate::server::{Server, Setup, until};

/// What the status page has under this name.
fn number(server: &Server, name: &str) -> u64 {
    let line = server.line("status page on http://");
    let address = line.rsplit('/').next().expect("an address");
    let mut page = TcpStream::connect(address).expect("it listens");
    let request = format!("GET /status.json HTTP/1.1\r\nHost: {address}\r\n\r\n");
    page.write_all(request.as_bytes()).expect("it is open");
    let response = Response::read(&mut page, &mut Vec::new(), false).expect("a response");
    let json: serde_json::Value = serde_json::from_str(response.message.text()).expect("JSON");
    json[name].as_u64().expect("a number")
}

#[test]
fn one_connection_too_many_is_reset_and_counted() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--admin", "127.0.0.1:0"]);
    let server = setup.with(["--max-connections", "2"]).start();
    let client = Client::of(&pki);
    let mut open = [
        client.connect(server.address),
        client.connect(server.address),
    ];
    for connection in &mut open {
        assert_eq!(connection.get("/").status, 200);
    }
    assert_eq!(number(&server, "open_connections"), 2);
    for count in 1..=2 {
        let end = tcp(server.address).read(&mut [0]).expect_err("it is reset");
        assert_eq!(end.kind(), ErrorKind::ConnectionReset);
        assert_eq!(number(&server, "over_limit"), count);
    }
    server.line("2 connections are open, which is the limit: more are reset, and not logged");
    // A place is free once one has gone.
    let [first, mut second] = open;
    drop(first);
    let taken = until(|| (number(&server, "open_connections") == 1).then_some(()));
    assert_eq!(taken, Some(()));
    assert_eq!(client.connect(server.address).get("/").status, 200);
    assert_eq!(second.get("/").status, 200);
    server.connections(3);
}

#[test]
fn clients_that_may_not_pass_give_their_places_back() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--admin", "127.0.0.1:0"]);
    let server = setup.with(["--max-connections", "1"]).start();
    for _ in 0..10 {
        Client::nobody().refusal(server.address);
        let free = until(|| (number(&server, "open_connections") == 0).then_some(()));
        assert_eq!(free, Some(()));
    }
    assert_eq!(
        Client::of(&pki).connect(server.address).get("/").status,
        200
    );
}

#[test]
fn a_connection_ends_when_nothing_is_asked_for_too_long() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--idle-timeout", "1"]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    assert_eq!(connection.get("/").status, 200);
    // In order or not.
    assert!(!matches!(connection.tls.read(&mut [0]), Ok(1..)));
    server.accesses(1);
}

#[test]
fn a_head_that_never_ends_ends_the_connection() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--idle-timeout", "1"]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n");
    // A header every now and then is no end of the head.
    let ended = until(|| {
        let sent = connection.tls.write_all(b"X: y\r\n");
        std::thread::sleep(Duration::from_millis(100));
        sent.is_err().then_some(())
    });
    assert_eq!(ended, Some(()));
    assert_eq!(server.stop().accesses, [""; 0]);
}

#[test]
fn a_body_that_is_not_read_does_not_end_the_connection_in_the_middle_of_it() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut connection = Client::of(&pki).connect(server.address);
    let body = "x".repeat(1000);
    let request = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{body}");
    for _ in 0..3 {
        assert_eq!(connection.ask(&request).told(), (200, "Success"));
    }
}

#[test]
fn a_flood_of_refusals_is_told_in_part_and_logged_in_whole() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    Client::nobody().refusal(server.address);
                }
            });
        }
    });
    let logged = server.connections(200);
    let seconds: std::collections::BTreeSet<&str> = logged.iter().map(|line| &line[..19]).collect();
    let told = server.lines();
    let told = told.iter().filter(|line| line.contains("Failed:Unmapped"));
    // The clock of the one may be a moment ahead of that of the other.
    let most = 20 * (seconds.len() + 1);
    let told = told.count();
    assert!((1..=most).contains(&told), "{told} in {seconds:?}");
}

/// rustls has no room for all of what comes with the end of a large record, and takes nothing any
/// more after a close_notify.
#[test]
fn octets_after_the_end_of_a_connection_hold_up_nobody() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()])
        .with(["--mode", "passthrough", "--workers", "1"])
        .start();
    let mut presented = pki.chain();
    presented.push(vec![0; 15_000].into());
    let config = Client::new(presented, pki.leaf().key())
        .speaking(&rustls::version::TLS13)
        .config();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut tls = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut tcp = tcp(server.address);
    tls.write_tls(&mut tcp).expect("it is open");
    while tls.is_handshaking() {
        tls.read_tls(&mut tcp).expect("it is open");
        tls.process_new_packets().expect("the server is good");
    }
    let mut flight = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut flight).expect("a Vec takes all");
    }
    let rest = flight.split_off(flight.len() - 10);
    tls.send_close_notify();
    let mut rest = rest;
    tls.write_tls(&mut rest).expect("a Vec takes all");
    rest.resize(4090, 0x17);
    tcp.write_all(&flight).expect("it is open");
    // So that it is not all one chunk; if it is, nothing is shown, but nothing fails.
    std::thread::sleep(Duration::from_millis(300));
    tcp.write_all(&rest).expect("it is open");
    assert_eq!(
        Client::of(&pki).connect(server.address).get("/").status,
        200
    );
}

#[test]
fn nobody_has_to_read_what_is_told() {
    let pki = Pki::new(0);
    let (server, _pipe) = Setup::new([pki.root()])
        .with(["--workers", "1"])
        .start_unheard();
    // A line about it is longer than what waits in a pipe.
    let name = "x".repeat(30_000);
    let stranger = Certificate::ca("Stranger", Key::p256(5));
    let stranger = Client::alone(&Certificate::leaf(name.as_str(), Key::p256(4), &stranger));
    for _ in 0..10 {
        stranger.refusal(server.address);
    }
    assert_eq!(
        Client::of(&pki).connect(server.address).get("/").status,
        200
    );
}

#[test]
fn nobody_is_told_of_if_it_has_to_be_quiet() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).with(["--quiet"]).start();
    Client::nobody().refusal(server.address);
    server.connections(1);
    let stopped = server.stop();
    let told = stopped
        .stderr
        .iter()
        .filter(|line| line.contains("Failed:"));
    assert_eq!(told.count(), 0, "{:?}", stopped.stderr);
}
