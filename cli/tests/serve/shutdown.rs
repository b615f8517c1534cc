//! How the program ends.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, mpsc};

use portcullis::AccessLogEntry;
use portcullis_fixtures::Pki;

use crate::backend::Backend;
use crate::client::{Client, Connection, tcp};
use crate::server::{Server, Setup};

/// A server that is asked by a client, whose target has the request and answers when it is told.
fn waiting() -> (Server, Connection, mpsc::Sender<()>) {
    let (begun, has_begun) = mpsc::channel();
    let (go, gone) = mpsc::channel();
    let channels = Arc::new(Mutex::new((begun, gone)));
    let backend = Backend::new(move |_, tcp| {
        let channels = channels.lock().expect("nobody panicked");
        channels.0.send(()).expect("the test waits");
        // An error is that the test is over.
        _ = channels.1.recv();
        tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    });
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(has_begun.recv(), Ok(()));
    (server, connection, go)
}

#[test]
fn idle_connections_are_closed_and_the_logs_are_whole() {
    for signal in ["TERM", "INT"] {
        let pki = Pki::new(0);
        let server = Setup::new([pki.root()]).start();
        let client = Client::of(&pki);
        let mut idle: Vec<Connection> = (0..10).map(|_| client.connect(server.address)).collect();
        for connection in &mut idle {
            for _ in 0..20 {
                assert_eq!(connection.get("/").status, 200);
            }
        }
        server.signal(signal);
        for connection in &mut idle {
            assert!(connection.is_at_end(), "with a close_notify");
        }
        let stopped = server.ended();
        assert_eq!(stopped.code, Some(0));
        assert_eq!(stopped.connections.len(), 10);
        assert_eq!(stopped.accesses.len(), 200);
        let last = stopped.stderr.last().map(String::as_str);
        assert_eq!(last, Some("portcullis: stopping"));
    }
}

#[test]
fn a_request_under_way_is_finished_and_no_other_begun() {
    let (server, mut connection, go) = waiting();
    server.signal("TERM");
    server.line("stopping");
    assert!(std::net::TcpStream::connect(server.address).is_err());
    go.send(()).expect("the target waits");
    assert_eq!(connection.response().told(), (200, "hello"));
    assert!(connection.is_at_end());
    let stopped = server.ended();
    assert_eq!(stopped.code, Some(0));
    let entry = AccessLogEntry::parse(&stopped.accesses[0]).expect("a line");
    assert_eq!(entry.elb_status, Some(200));
}

#[test]
fn a_second_signal_stops_at_once() {
    let (server, _connection, _go) = waiting();
    server.signal("TERM");
    server.line("stopping");
    server.signal("TERM");
    server.line("stopped at once");
    assert_eq!(server.ended().code, Some(0));
}

#[test]
fn a_request_that_takes_too_long_is_cut_off_and_logged() {
    let (server, mut connection, _go) = waiting();
    let stopped = server.stop();
    assert_eq!(stopped.code, Some(0));
    let last = stopped.stderr.last().map(String::as_str);
    assert_eq!(last, Some("portcullis: 1 connections were still open"));
    assert_eq!(stopped.accesses.len(), 1);
    assert!(connection.tls.read(&mut [0]).is_err());
}

#[test]
fn a_handshake_under_way_does_not_keep_it() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--handshake-timeout", "4"]);
    let server = setup.with(["--admin", "127.0.0.1:0"]).start();
    let mut silent = tcp(server.address);
    // One that came later has been taken, so this has.
    assert_eq!(
        Client::of(&pki).connect(server.address).get("/").status,
        200
    );
    let stopped = server.stop();
    assert_eq!(stopped.code, Some(0));
    assert_eq!(stopped.connections.len(), 2);
    assert!(silent.read(&mut [0]).is_err());
}
