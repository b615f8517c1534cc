//! Requests that go on to a target, and what comes back.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Mutex, mpsc};

use portcullis::{AccessLogEntry, LogText};
use portcullis_fixtures::{Pki, Random};

use crate::backend::{Backend, hello};
use crate::client::{Client, Connection};
use crate::server::{Server, Setup, until};

/// A server before a target, and a client of it.
pub(crate) fn before(backend: &Backend, arguments: &[&str]) -> (Server, Connection) {
    let pki = Pki::new(1);
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.with(arguments.iter().copied()).start();
    let connection = Client::of(&pki).connect(server.address);
    (server, connection)
}

#[test]
fn the_target_is_told_where_the_request_comes_from() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &[]);
    let response = connection.ask(
        "GET /a/../b?c=%22 HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: 203.0.113.7\r\n\
         X-Forwarded-For: 203.0.113.8\r\nX-Forwarded-Proto: ftp\r\nX-Forwarded-Port: 1\r\n\
         X-Other: kept\r\nCookie: a=b\r\n\r\n",
    );
    assert_eq!(response.told(), (200, "hello"));
    let request = backend.request();
    assert_eq!(request.start, "GET /a/../b?c=%22 HTTP/1.1");
    assert_eq!(request.header("host"), Some("example.com"));
    let forwarded = request.header("x-forwarded-for");
    assert_eq!(forwarded, Some("203.0.113.7, 203.0.113.8, 127.0.0.1"));
    assert_eq!(request.header("x-forwarded-proto"), Some("https"));
    let port = server.address.port().to_string();
    assert_eq!(request.header("x-forwarded-port"), Some(port.as_str()));
    assert_eq!(request.header("x-other"), Some("kept"));
    assert_eq!(request.header("cookie"), Some("a=b"));
    let trace = request.header("x-amzn-trace-id").expect("it is there");
    // Root=1-67891233-abcdef012345678912345678
    let parts: Vec<&str> = trace.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    assert_eq!((parts[0], lengths), ("Root=1", vec![6, 8, 24]), "{trace}");
}

#[test]
fn the_access_log_has_what_the_target_did() {
    let backend = Backend::new(|_, tcp| {
        tcp.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope")
    });
    let (server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.get("/x").told(), (404, "nope"));
    let lines = server.accesses(1);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.kind, "https");
    assert_eq!(entry.target, Some(backend.address));
    assert_eq!(entry.elb_status, Some(404));
    assert_eq!(entry.target_status, Some(404));
    assert!(entry.request_processing_time.is_some());
    assert!(entry.target_processing_time.is_some());
    assert!(entry.response_processing_time.is_some());
    let address = backend.address.to_string();
    assert_eq!(entry.target_list, Some(LogText::from(address.as_str())));
    assert_eq!(entry.target_status_list, Some("404".into()));
    assert_eq!(entry.actions, Some("forward".into()));
    let request = backend.request();
    let trace = request.header("x-amzn-trace-id").expect("it is there");
    assert_eq!(entry.trace_id, Some(LogText::from(trace)));
}

#[test]
fn a_trace_that_the_client_has_begun_goes_on() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &[]);
    let response = connection.ask(
        "GET / HTTP/1.1\r\nHost: a\r\nX-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793\r\n\r\n",
    );
    assert_eq!(response.status, 200);
    let request = backend.request();
    let trace = request.header("x-amzn-trace-id").expect("it is there");
    assert!(trace.starts_with("Self=1-"), "{trace}");
    assert!(
        trace.ends_with(";Root=1-5759e988-bd862e3fe1be46a994272793"),
        "{trace}"
    );
    let lines = server.accesses(1);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.trace_id, Some(LogText::from(trace)));
}

#[test]
fn headers_about_one_connection_do_not_reach_the_other() {
    let backend = Backend::new(|_, tcp| {
        tcp.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, X-Of-Target\r\n\
              Keep-Alive: timeout=5\r\nX-Of-Target: private\r\nProxy-Authenticate: Basic\r\n\
              X-Public: 1\r\n\r\nok",
        )
    });
    let (_server, mut connection) = before(&backend, &[]);
    let response = connection.ask(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Of-Client, keep-alive\r\nConnection: X-Second\r\n\
         X-Of-Client: private\r\nX-Second: private\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n\
         Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nX-Public: 1\r\n\r\n",
    );
    assert_eq!(response.told(), (200, "ok"));
    let request = backend.request();
    let (request, response) = (&request.headers, &response.message.headers);
    for headers in [request, response] {
        let private = headers.iter().find(|(name, value)| {
            let name = name.to_ascii_lowercase();
            value == "private"
                || matches!(
                    name.as_str(),
                    "connection"
                        | "keep-alive"
                        | "proxy-connection"
                        | "proxy-authorization"
                        | "proxy-authenticate"
                        | "te"
                        | "trailer"
                        | "upgrade"
                )
        });
        assert_eq!(private, None);
        let public = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("x-public"));
        assert_eq!(public.count(), 1);
    }
}

#[test]
fn large_bodies_pass_both_ways_whatever_their_framing() {
    let large = Random::new(1).bytes(5 << 20);
    let answer = large.clone();
    let backend = Backend::new(move |request, tcp| {
        let length = answer.len();
        if request.start.starts_with("GET /chunked") {
            tcp.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            for chunk in answer.chunks(100_000) {
                tcp.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
                tcp.write_all(chunk)?;
                tcp.write_all(b"\r\n")?;
            }
            return tcp.write_all(b"0\r\n\r\n");
        }
        tcp.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
        tcp.write_all(&answer)
    });
    let (server, mut connection) = before(&backend, &[]);
    let length = large.len();
    connection.send(format!(
        "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
    ));
    connection.send(&large);
    assert_eq!(connection.response().message.body, large);
    connection.send("POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in large.chunks(70_000) {
        connection.send(format!("{:x}\r\n", chunk.len()));
        connection.send(chunk);
        connection.send("\r\n");
    }
    connection.send("0\r\n\r\n");
    assert_eq!(connection.response().message.body, large);
    assert_eq!(connection.get("/chunked").message.body, large);
    let requests = backend.requests(3);
    assert_eq!(requests[0].body, large);
    assert_eq!(requests[1].body, large);
    for line in &server.accesses(3)[..2] {
        let entry = AccessLogEntry::parse(line).expect("a line");
        let octets = u64::try_from(length).expect("it is small");
        for counted in [entry.received_bytes, entry.sent_bytes] {
            let head = counted.checked_sub(octets).expect("it has been counted");
            assert!(head < 1000, "{line}");
        }
    }
}

#[test]
fn a_body_is_passed_on_while_it_comes() {
    let (got, has_got) = mpsc::channel();
    let got = Mutex::new(got);
    // It has seen the first half of the request before there is a second one.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().expect("a connection");
        let mut read = Vec::new();
        for half in ["first", "second"] {
            while !String::from_utf8_lossy(&read).contains(half) {
                let mut octets = [0; 1024];
                let count = tcp.read(&mut octets).expect("it is open");
                assert_ne!(count, 0, "all comes before the end");
                read.extend_from_slice(&octets[..count]);
            }
            got.lock()
                .expect("nobody panicked")
                .send(half)
                .expect("the test waits");
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfirst";
        tcp.write_all(head.as_bytes()).expect("it is open");
        // The second half only once the client has the first.
        tcp.read_exact(&mut [0])
            .expect_err("the server sends no more");
    });
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--target", &format!("http://{address}")]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nfirst");
    assert_eq!(has_got.recv(), Ok("first"));
    connection.send("second");
    assert_eq!(has_got.recv(), Ok("second"));
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\nfirst") {
        response.extend(connection.octets(1));
    }
    // The end of the client is the end of the request.
    drop(connection);
    server.accesses(1);
}

#[test]
fn a_target_that_is_down_is_a_502() {
    // Nobody listens on a port that has just been given back.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--target", &format!("http://{address}")]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    assert_eq!(connection.get("/").told(), (502, "502 Bad Gateway"));
    let lines = server.accesses(1);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.elb_status, Some(502));
    assert_eq!(entry.target_status, None);
    assert_eq!(entry.target, Some(address));
    assert_eq!(entry.target_processing_time, None);
    assert_eq!(entry.actions, Some("forward".into()));
}

#[test]
fn a_target_that_says_nothing_is_a_504() {
    let backend = Backend::new(|_, tcp| tcp.read_exact(&mut [0]));
    let (server, mut connection) = before(&backend, &["--idle-timeout", "1"]);
    assert_eq!(connection.get("/").told(), (504, "504 Gateway Timeout"));
    let length = connection.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    assert_eq!(length.told(), (504, "504 Gateway Timeout"));
    let lines = server.accesses(2);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.elb_status, Some(504));
    assert_eq!(entry.target_status, None);
    assert_eq!(entry.target_processing_time, None);
}

#[test]
fn a_target_that_speaks_no_http_is_a_502() {
    let backend = Backend::new(|_, tcp| tcp.write_all(b"220 smtp.example.com\r\n\r\n"));
    let (_server, mut connection) = before(&backend, &[]);
    assert_eq!(connection.get("/").told(), (502, "502 Bad Gateway"));
}

#[test]
fn an_answer_that_breaks_off_breaks_off_for_the_client_too() {
    let backend = Backend::new(|_, tcp| {
        tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")?;
        tcp.shutdown(std::net::Shutdown::Both)
    });
    let (server, mut connection) = before(&backend, &[]);
    let end = connection.try_ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(end.is_err(), "{end:?}");
    let lines = server.accesses(1);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(
        (entry.elb_status, entry.target_status),
        (Some(200), Some(200))
    );
}

#[test]
fn an_answer_without_an_end_breaks_off_in_the_middle_and_is_not_taken_for_whole() {
    let backend = Backend::new(|_, tcp| {
        tcp.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")?;
        tcp.shutdown(std::net::Shutdown::Both)
    });
    let (_server, mut connection) = before(&backend, &[]);
    let end = connection.try_ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(end.is_err(), "{end:?}");
}

#[test]
fn an_upload_may_take_longer_than_the_idle_time_as_long_as_something_comes() {
    let backend = Backend::friendly();
    let (_server, mut connection) = before(&backend, &["--idle-timeout", "3"]);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
    for _ in 0..10 {
        // Slowness is the input here: five seconds in all.
        std::thread::sleep(core::time::Duration::from_millis(500));
        connection.send("x");
    }
    assert_eq!(connection.response().told(), (200, "hello"));
}

#[test]
fn a_target_may_be_a_name_and_come_back() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--target", &format!("http://localhost:{port}")]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    assert_eq!(connection.get("/").status, 502);
    let listener = until(|| TcpListener::bind(("127.0.0.1", port)).ok());
    let listener = listener.expect("the port is still free");
    let _backend = Backend::on(listener, hello);
    assert_eq!(connection.get("/").told(), (200, "hello"));
    let lines = server.accesses(2);
    let entry = AccessLogEntry::parse(&lines[1]).expect("a line");
    assert_eq!(entry.target, Some(([127, 0, 0, 1], port).into()));
}

#[test]
fn a_client_that_goes_away_before_the_answer_is_logged_as_a_460() {
    let (begun, has_begun) = mpsc::channel();
    let begun = Mutex::new(begun);
    let backend = Backend::new(move |_, tcp| {
        begun
            .lock()
            .expect("nobody panicked")
            .send(())
            .expect("the test waits");
        tcp.read_exact(&mut [0])
    });
    let (server, mut connection) = before(&backend, &[]);
    connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(has_begun.recv(), Ok(()));
    drop(connection);
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert_eq!(entry.elb_status, Some(460));
    assert_eq!(entry.target_status, None);
    assert_eq!(entry.target, Some(backend.address));
}

#[test]
fn a_request_that_stops_coming_is_a_408() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &["--idle-timeout", "1"]);
    let half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf";
    assert_eq!(connection.ask(half).told(), (408, "408 Request Timeout"));
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert_eq!((entry.elb_status, entry.target_status), (Some(408), None));
    backend.requests(0);
}
