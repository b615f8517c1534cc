//! Connections that do not stay HTTP.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use portcullis::AccessLogEntry;

use crate::backend::Backend;
use crate::http::Message;
use crate::proxy::before;

const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, Upgrade\r\n\
                       Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       Sec-WebSocket-Version: 13\r\n\r\n";

/// Switches protocols, and sends back whatever comes.
fn echo(_request: &Message, tcp: &mut TcpStream) -> io::Result<()> {
    tcp.write_all(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    )?;
    let mut octets = [0; 4096];
    loop {
        match tcp.read(&mut octets)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => tcp.write_all(&octets[..read])?,
        }
    }
}

#[test]
fn octets_go_both_ways_and_are_logged_at_the_end() {
    let backend = Backend::new(echo);
    let (server, mut connection) = before(&backend, &[]);
    let response = connection.ask(UPGRADE);
    assert_eq!(response.status, 101);
    let message = &response.message;
    assert_eq!(message.header("upgrade"), Some("websocket"));
    let accept = message.header("sec-websocket-accept");
    assert_eq!(accept, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    let request = backend.request();
    assert_eq!(request.header("upgrade"), Some("websocket"));
    assert!(request.header("x-amzn-mtls-clientcert-subject").is_some());
    // Octets that are no text and no HTTP.
    let octets: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for chunk in octets.chunks(1000) {
        connection.send(chunk);
        assert_eq!(connection.octets(chunk.len()), chunk);
    }
    connection.tls.conn.send_close_notify();
    connection.tls.flush().expect("it is open");
    assert!(connection.is_at_end());
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert_eq!(entry.kind, "wss");
    assert_eq!(entry.elb_status, Some(101));
    assert_eq!(entry.target_status, Some(101));
    assert!(entry.sent_bytes > 100_000, "{line}");
    assert!(entry.received_bytes > 100_000, "{line}");
}

#[test]
fn octets_are_counted_however_it_ends() {
    let backend = Backend::new(echo);
    let (server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.ask(UPGRADE).status, 101);
    let octets = [7; 10_000];
    connection.send(octets);
    assert_eq!(connection.octets(octets.len()), octets);
    // Without a close_notify.
    drop(connection);
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert!((10_000..11_000).contains(&entry.sent_bytes), "{line}");
    assert!((10_000..11_000).contains(&entry.received_bytes), "{line}");
}

#[test]
fn an_open_tunnel_is_logged_when_the_program_stops() {
    let backend = Backend::new(echo);
    let (server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.ask(UPGRADE).status, 101);
    let stopped = server.stop();
    assert_eq!(stopped.code, Some(0));
    let entry = AccessLogEntry::parse(&stopped.accesses[0]).expect("a line");
    assert_eq!((entry.kind, entry.elb_status), ("wss", Some(101)));
}

#[test]
fn an_open_tunnel_is_an_open_connection() {
    let backend = Backend::new(echo);
    let (server, mut connection) = before(&backend, &["--max-connections", "1"]);
    assert_eq!(connection.ask(UPGRADE).status, 101);
    connection.send("x");
    assert_eq!(connection.octets(1), b"x");
    let mut refused = crate::client::tcp(server.address);
    assert!(refused.read(&mut [0]).is_err(), "it is reset");
    server.line("1 connections are open, which is the limit");
    connection.send("y");
    assert_eq!(connection.octets(1), b"y");
}

#[test]
fn no_other_protocol_is_switched_to() {
    // HTTP/2 in a tunnel would be requests that nobody here has looked at, with any header.
    for upgrade in [
        "h2c",
        "websocket, h2c",
        "h2c, websocket",
        "TLS/1.3",
        "other",
    ] {
        let backend = Backend::friendly();
        let (_server, mut connection) = before(&backend, &[]);
        let response = connection.ask(format!(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
             Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        ));
        assert_eq!(response.told(), (200, "hello"));
        let request = backend.request();
        for name in ["upgrade", "connection", "http2-settings"] {
            assert_eq!(request.header(name), None, "{upgrade}");
        }
    }
}

#[test]
fn a_target_that_switches_unasked_is_a_502() {
    let backend = Backend::new(echo);
    let (_server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.get("/").told(), (502, "502 Bad Gateway"));
}

#[test]
fn a_target_that_does_not_switch_answers_as_ever() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.ask(UPGRADE).told(), (200, "hello"));
    assert_eq!(connection.get("/after").told(), (200, "hello"));
    for line in server.accesses(2) {
        assert!(line.starts_with("https "), "{line}");
    }
}
