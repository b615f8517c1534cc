//! The status page, and the same for programs.

mod page;
mod prometheus;
mod snapshot;

use core::convert::Infallible;
use core::net::IpAddr;
use core::time::Duration;
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

use self::snapshot::Snapshot;
use super::Server;
use crate::printable::json_document;

/// Answers for as long as the program runs.
pub(super) async fn serve(server: Arc<Server>, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let Ok((tcp, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let server = server.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(server.clone(), request));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(TIMEOUT);
            // Whatever goes wrong here goes wrong for this browser only.
            _ = http.serve_connection(TokioIo::new(tcp), service).await;
            drop(place);
        });
    }
}

async fn answer(
    server: Arc<Server>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, kind, text) = content(&server, &request);
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
            prometheus::write(&Snapshot::take(server)),
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
