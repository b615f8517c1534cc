//! The status page, and the same for programs.

mod page;
mod prometheus;
mod snapshot;

use core::convert::Infallible;
use core::net::IpAddr;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::uri::Authority;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::sleep;

use self::snapshot::Snapshot;
use super::Server;
use crate::printable::json_document;

/// Answers for as long as the program runs.
pub(super) async fn serve(server: Arc<Server>, listener: TcpListener) {
    let writers = Arc::new(Semaphore::new(MAX_WRITERS));
    let mut connections = VecDeque::with_capacity(MAX_CONNECTIONS);
    loop {
        let Ok((tcp, _)) = listener.accept().await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        connections.retain(|connection: &AbortHandle| !connection.is_finished());
        // Who has been here longest has had an answer, or does not want one: nobody can lock the
        // others out by just staying.
        if connections.len() >= MAX_CONNECTIONS
            && let Some(oldest) = connections.pop_front()
        {
            oldest.abort();
        }
        let (server, writers) = (server.clone(), writers.clone());
        let connection = tokio::spawn(async move {
            let service = service_fn(|request| answer(server.clone(), writers.clone(), request));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(TIMEOUT);
            // Whatever goes wrong here goes wrong for this browser only.
            _ = http.serve_connection(TokioIo::new(tcp), service).await;
        });
        connections.push_back(connection.abort_handle());
    }
}

async fn answer(
    server: Arc<Server>,
    writers: Arc<Semaphore>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let writer = writers.acquire_owned().await;
    // It takes signature checks to tell why somebody was refused, and connections have to go on
    // meanwhile.
    let content = spawn_blocking(move || {
        let content = content(&server, &request);
        drop(writer);
        content
    });
    let (status, kind, text) = content.await.unwrap_or_else(|error| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        (status, TEXT, format!("{error}\n"))
    });
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    Ok(response)
}

fn content(server: &Server, request: &Request<Incoming>) -> (StatusCode, &'static str, String) {
    if !server.arguments.admin_public && !is_for_this_machine(request) {
        let text = "This page is for this machine: call it by its IP address or as localhost.\n";
        return (StatusCode::MISDIRECTED_REQUEST, TEXT, text.to_owned());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let text = "Only GET and HEAD are answered.\n";
        return (StatusCode::METHOD_NOT_ALLOWED, TEXT, text.to_owned());
    }
    match request.uri().path() {
        "/" => (StatusCode::OK, HTML, page::write(&Snapshot::take(server))),
        "/status.json" => match json_document(&Snapshot::take(server)) {
            Ok(json) => (StatusCode::OK, JSON, json),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, TEXT, error.to_string()),
        },
        "/metrics" => (
            StatusCode::OK,
            METRICS,
            prometheus::write(&Snapshot::without_refusals(server)),
        ),
        _ => {
            let text = "There are /, /status.json and /metrics.\n";
            (StatusCode::NOT_FOUND, TEXT, text.to_owned())
        }
    }
}

/// Whether the browser means this machine: a page elsewhere can have a name of its own lead here,
/// and would then read the answer.
fn is_for_this_machine<B>(request: &Request<B>) -> bool {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let authority = host.and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
    })
}

/// Nothing is fetched from elsewhere, nothing runs, and nobody puts a frame round it.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

const TIMEOUT: Duration = Duration::from_secs(10);
const MAX_CONNECTIONS: usize = 64;
/// How many answers are written at once.
const MAX_WRITERS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_this_machine() {
        for (host, is_it) in [
            (Some("127.0.0.1:9443"), true),
            (Some("[::1]:9443"), true),
            (Some("LocalHost"), true),
            (Some("rebound.example.com:9443"), false),
            (Some("localhost.example.com"), false),
            (Some(""), false),
            (None, false),
        ] {
            let mut request = Request::get("/");
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            let request = request.body(()).expect("a request");
            assert_eq!(is_for_this_machine(&request), is_it, "{host:?}");
        }
    }
}
