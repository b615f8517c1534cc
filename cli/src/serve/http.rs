//! Requests of clients that may talk, and their answers.

use core::convert::Infallible;
use core::sync::atomic::Ordering;
use std::sync::Arc;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use jiff::Timestamp;
use portcullis::{Certificate, Chain, MtlsHeaders};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::Server;
use super::access::{Access, Logged};
use super::connection::Connection;
use super::idle::{Idle, Waits};
use super::proxy::Proxy;
use crate::arguments::{FixedResponse, Mode, ServeArguments};
use crate::facts::hex;

/// What requests are answered with.
pub(super) enum Answer {
    Fixed(FixedResponse),
    Target(Box<Proxy>),
}

impl Answer {
    pub(super) fn new(arguments: &ServeArguments) -> Self {
        match &arguments.target {
            Some(target) => Self::Target(Box::new(Proxy::new(target, arguments.idle_timeout))),
            None => Self::Fixed(arguments.fixed_response.clone().unwrap_or_default()),
        }
    }
}

/// How HTTP is spoken, by version.
pub(super) struct Protocols {
    http1: Builder<TokioExecutor>,
    http2: Builder<TokioExecutor>,
}

impl Protocols {
    pub(super) fn new(arguments: &ServeArguments) -> Self {
        let head = usize::try_from(arguments.max_header_size).unwrap_or(usize::MAX);
        let mut http1 = Builder::new(TokioExecutor::new()).http1_only();
        http1
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(arguments.idle_timeout)
            .max_buf_size(head);
        let mut http2 = Builder::new(TokioExecutor::new()).http2_only();
        http2
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(arguments.max_header_size)
            .max_concurrent_streams(MAX_STREAMS);
        Self { http1, http2 }
    }
}

/// The body of an answer.
pub(super) type Body = Either<Full<Bytes>, Incoming>;

/// A client that talks.
pub(super) struct Client {
    pub(super) connection: Connection,
    /// What the target is told of its certificate.
    pub(super) headers: HeaderMap,
    pub(super) waits: Waits,
}

/// Answers requests until the connection ends.
pub(super) async fn serve(
    server: &Arc<Server>,
    connection: Connection,
    stream: TlsStream<TcpStream>,
    watcher: Watcher,
) {
    let headers = match &server.answer {
        Answer::Fixed(_) => HeaderMap::new(),
        Answer::Target(_) => mtls_headers(server.arguments.mode, &stream),
    };
    let waits = Waits::default();
    let client = Arc::new(Client {
        connection,
        headers,
        waits: waits.clone(),
    });
    let (_, tls) = stream.get_ref();
    // What was agreed on, and nothing else: without ALPN nobody speaks HTTP/2 here.
    let builder = match tls.alpn_protocol() {
        Some(b"h2") => &server.protocols.http2,
        _ => &server.protocols.http1,
    };
    let service = service_fn(|request| answer(server.clone(), client.clone(), request));
    let io = TokioIo::new(Idle::new(stream, server.arguments.idle_timeout, waits));
    let http = builder.serve_connection_with_upgrades(io, service);
    // Whatever goes wrong here goes wrong for this client only, and it has been told.
    _ = watcher.watch(http.into_owned()).await;
}

async fn answer(
    server: Arc<Server>,
    client: Arc<Client>,
    request: Request<Incoming>,
) -> Result<Response<Logged>, Infallible> {
    server.status.requests.fetch_add(1, Ordering::Relaxed);
    if let Some(log) = &server.access_log {
        log.has_room().await;
    }
    let mut access = Access::new(&server, &client, &request);
    if let Some(status) = objection(&request) {
        access.refused();
        return Ok(access.log_at_end(answer_with(status, &status.to_string())));
    }
    let response = match &server.answer {
        Answer::Fixed(fixed) => {
            access.answered_by_ourselves(&request);
            answer_with(fixed.status, &fixed.text)
        }
        Answer::Target(proxy) => match proxy
            .forward(&client, &trace(&server), request, access)
            .await
        {
            Ok(response) => return Ok(response),
            Err((failed, status)) => {
                access = *failed;
                answer_with(status, &status.to_string())
            }
        },
    };
    Ok(access.log_at_end(response))
}

/// The status for requests that no target may get, though they can be read.
fn objection<B>(request: &Request<B>) -> Option<StatusCode> {
    // A tunnel past everything here; an echo of what only the target may know.
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    // RFC 9112 3.2: targets would not agree on which host is meant.
    let hosts = request.headers().get_all(HOST).iter().count();
    match (request.version(), hosts) {
        (_, 2..) | (Version::HTTP_11, 0) => Some(StatusCode::BAD_REQUEST),
        _ => None,
    }
}

fn answer_with(status: StatusCode, text: &str) -> Response<Body> {
    let length = text.len();
    let text = Full::new(Bytes::copy_from_slice(text.as_bytes()));
    let mut response = Response::new(Either::Left(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    // No Content-Length where there is no content (RFC 9110 8.6).
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static(METHODS));
    }
    response
}

/// `1-`, the time and 96 bits, as X-Amzn-Trace-Id has them.
fn trace(server: &Server) -> String {
    let random: [u8; 12] = server.random().unwrap_or_default();
    let seconds = Timestamp::now().as_second();
    format!("1-{seconds:08x}-{}", hex(&random))
}

/// The headers of ALB about what a client presented.
fn mtls_headers(mode: Mode, stream: &TlsStream<TcpStream>) -> HeaderMap {
    let (_, tls) = stream.get_ref();
    let presented = tls.peer_certificates().unwrap_or_default();
    let leaf = presented.first().map(|leaf| Certificate::parse(leaf));
    let headers = match (mode, leaf) {
        (Mode::Off, _) | (_, None) => return HeaderMap::new(),
        (Mode::Passthrough, _) => MtlsHeaders::passthrough(Chain::from(presented)),
        (Mode::Verify, Some(Ok(leaf))) => MtlsHeaders::verify(&leaf),
        // It would not have passed.
        (Mode::Verify, Some(Err(_))) => return HeaderMap::new(),
    };
    header_map(headers)
}

/// These headers as hyper has them.
pub(super) fn header_map(headers: MtlsHeaders<'_>) -> HeaderMap {
    let headers = headers.iter().filter_map(|(name, value)| {
        let value = HeaderValue::try_from(value.to_string()).ok()?;
        Some((name.parse().ok()?, value))
    });
    headers.collect()
}

/// What goes on to a target, others that are registered aside.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Requests of one HTTP/2 connection at a time, as ALB allows (documented).
const MAX_STREAMS: u32 = 128;
