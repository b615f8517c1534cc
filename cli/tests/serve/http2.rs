//! HTTP/2, by the client of hyper.

use core::future::Future;
use core::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis::{AccessLogEntry, ConnectionLogEntry};
use portcullis_fixtures::Pki;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::backend::Backend;
use crate::client::Client;
use crate::server::{DEADLINE, Setup};

type Sender = SendRequest<Full<Bytes>>;

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let test = runtime.block_on(async { timeout(DEADLINE, test).await });
    test.expect("before the deadline");
}

async fn connect(client: &Client, server: SocketAddr) -> (Sender, JoinHandle<hyper::Result<()>>) {
    let mut config = client.config();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tcp = TcpStream::connect(server).await.expect("it listens");
    let name = "localhost".try_into().expect("a name");
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    let tls = TokioIo::new(tls.await.expect("the handshake is complete"));
    let connection = handshake(TokioExecutor::new(), tls).await;
    let (sender, connection) = connection.expect("HTTP/2");
    (sender, tokio::spawn(connection))
}

fn get(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).expect("a request")
}

async fn ask(sender: &mut Sender, request: Request<Full<Bytes>>) -> (StatusCode, Bytes) {
    let response = sender.send_request(request).await.expect("a response");
    let status = response.status();
    let body = response.into_body().collect().await.expect("a body");
    (status, body.to_bytes())
}

#[test]
fn requests_side_by_side_are_lines_of_one_connection() {
    let pki = Pki::new(1);
    let server = Setup::new([pki.root()]).start();
    run(async {
        let (sender, _connection) = connect(&Client::of(&pki), server.address).await;
        let requests = (0..100).map(|number| {
            let mut sender = sender.clone();
            tokio::spawn(async move {
                let request = get(&format!("https://example.com/{number}"));
                ask(&mut sender, request).await
            })
        });
        for request in requests.collect::<Vec<_>>() {
            let (status, body) = request.await.expect("it did not panic");
            assert_eq!((status, &body[..]), (StatusCode::OK, &b"Success"[..]));
        }
    });
    let line = server.connections(1).remove(0);
    let connection = ConnectionLogEntry::parse(&line).expect("a line");
    let port = server.address.port();
    let mut requests = Vec::new();
    for line in server.accesses(100) {
        let entry = AccessLogEntry::parse(&line).expect("a line");
        assert_eq!(entry.kind, "h2");
        assert_eq!(entry.conn_trace_id, connection.conn_trace_id);
        assert_eq!(entry.elb_status, Some(200));
        requests.push(entry.request.expect("it is there").to_string());
    }
    requests.sort_unstable();
    let mut expected: Vec<String> = (0..100)
        .map(|number| format!("GET https://example.com:{port}/{number} HTTP/2.0"))
        .collect();
    expected.sort_unstable();
    assert_eq!(requests, expected);
}

#[test]
fn a_target_gets_what_it_would_over_http_1() {
    let pki = Pki::new(1);
    let backend = Backend::friendly();
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.start();
    run(async {
        let (mut sender, _connection) = connect(&Client::of(&pki), server.address).await;
        let request = Request::post("https://example.com/a?b")
            // Another than the authority, which counts (RFC 9113 8.3.1).
            .header("host", "other.example.com")
            .header("x-amzn-mtls-clientcert-subject", "CN=Forged")
            .header("x_amzn_mtls_clientcert_subject", "CN=Forged")
            .header("cookie", "a=b")
            .body(Full::from("hello"));
        let (status, body) = ask(&mut sender, request.expect("a request")).await;
        assert_eq!((status, &body[..]), (StatusCode::OK, &b"hello"[..]));
    });
    let request = backend.request();
    assert_eq!(request.start, "POST /a?b HTTP/1.1");
    assert_eq!(request.header("host"), Some("example.com"));
    assert_eq!(request.text(), "hello");
    let subject = request.header("x-amzn-mtls-clientcert-subject");
    assert_eq!(subject, Some("CN=Client"));
    assert_eq!(request.header("x_amzn_mtls_clientcert_subject"), None);
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert_eq!((entry.kind, entry.target), ("h2", Some(backend.address)));
}

#[test]
fn a_silent_target_is_a_504_and_the_connection_goes_on() {
    let pki = Pki::new(1);
    let backend = Backend::new(|request, tcp| {
        use std::io::{Read as _, Write as _};
        if request.start.starts_with("GET /silent ") {
            return tcp.read_exact(&mut [0]);
        }
        tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    });
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.with(["--idle-timeout", "1"]).start();
    run(async {
        let (mut sender, _connection) = connect(&Client::of(&pki), server.address).await;
        let (status, _) = ask(&mut sender, get("https://example.com/silent")).await;
        assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
        let (status, _) = ask(&mut sender, get("https://example.com/")).await;
        assert_eq!(status, StatusCode::OK);
    });
}

#[test]
fn a_request_under_way_is_finished_before_the_program_ends() {
    let pki = Pki::new(1);
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let channels = std::sync::Mutex::new((begun, gone));
    let backend = Backend::new(move |request, tcp| {
        let channels = channels.lock().expect("nobody panicked");
        channels.0.send(()).expect("the test waits");
        // An error is that the test is over.
        _ = channels.1.recv();
        crate::backend::hello(request, tcp)
    });
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.start();
    run(async {
        let (mut sender, connection) = connect(&Client::of(&pki), server.address).await;
        let asked = ask(&mut sender, get("https://example.com/"));
        let orders = async {
            let waited = tokio::task::spawn_blocking(move || has_begun.recv());
            assert_eq!(waited.await.expect("it did not panic"), Ok(()));
            server.signal("TERM");
            server.line("stopping");
            go.send(()).expect("the target waits");
        };
        let ((status, body), ()) = tokio::join!(asked, orders);
        assert_eq!((status, &body[..]), (StatusCode::OK, &b"hello"[..]));
        // GOAWAY, and the end.
        assert!(connection.await.expect("it did not panic").is_ok());
    });
    let stopped = server.ended();
    assert_eq!((stopped.code, stopped.accesses.len()), (Some(0), 1));
}

#[test]
fn a_client_that_asks_for_a_tunnel_gets_none() {
    let pki = Pki::new(1);
    let backend = Backend::friendly();
    let setup = Setup::new([pki.root()]).with(["--target", &backend.url()]);
    let server = setup.start();
    run(async {
        let (mut sender, _connection) = connect(&Client::of(&pki), server.address).await;
        let request = Request::connect("internal.example.com:22").body(Full::default());
        let (status, _) = ask(&mut sender, request.expect("a request")).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    });
    backend.requests(0);
}
