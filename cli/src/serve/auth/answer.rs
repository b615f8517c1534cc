//! What proxies are told.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::sync::atomic::Ordering;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use portcullis::{ConnTraceId, ConnectionLogEntry, FailureReason, MtlsHeaders, VerifyStatus};

use super::Auth;
use super::source::HeaderFault;
use crate::clock;
use crate::serve::Server;
use crate::serve::connection::now;
use crate::serve::http::header_map;
use crate::serve::refusal::{Question, Refusal, Story, Told, Via};

/// Judges the client that a request is about, and tells.
pub(super) async fn answer<B>(
    server: &Server,
    auth: &Auth,
    proxy: Option<SocketAddr>,
    request: &Request<B>,
) -> Response<Full<Bytes>> {
    server.status.questions.fetch_add(1, Ordering::Relaxed);
    // After a 200 it would not be HTTP any more.
    if *request.method() == Method::CONNECT {
        return not_allowed();
    }
    let client = Client::judge(server, auth, request.headers());
    server.status.count(client.status);
    let id = ConnTraceId::from_bytes(server.random().unwrap_or_default());
    client.log(server, auth, proxy, id).await;
    let response = client.response();
    if !client.status.is_success() {
        let proxy = proxy.map_or_else(|| auth.place.clone(), |proxy| proxy.to_string());
        let (status, story) = (client.status, client.into_story());
        Refusal::new(proxy, Via::Auth, id, None, status, story).publish(server);
    }
    response
}

/// A client that a proxy asks about.
struct Client {
    status: VerifyStatus,
    /// What it presented, or why nobody knows.
    presented: Result<Question, Told>,
}

impl Client {
    fn judge(server: &Server, auth: &Auth, headers: &HeaderMap) -> Self {
        let presented = match auth.source.read(headers) {
            Ok(presented) => presented,
            Err(fault) => return Self::unknown(fault.status(), &fault_in(auth, fault)),
        };
        let time = server.arguments.store.time.map_or_else(clock::now, Ok);
        let Ok(time) = time else {
            return Self::unknown(UNMAPPED, "there is no time to verify at");
        };
        let question = Question {
            store: server.clients.store(),
            presented,
            time,
            form: auth.form(),
        };
        Self {
            status: question.status(),
            presented: Ok(question),
        }
    }

    fn unknown(status: VerifyStatus, why: &str) -> Self {
        Self {
            status,
            presented: Err(Told::of(why)),
        }
    }

    async fn log(&self, server: &Server, auth: &Auth, proxy: Option<SocketAddr>, id: ConnTraceId) {
        let Some(log) = &server.connection_log else {
            return;
        };
        let proxy = proxy.unwrap_or(NOWHERE);
        let port = auth.address.unwrap_or(NOWHERE).port();
        let mut entry = ConnectionLogEntry::new(now(), proxy.ip(), proxy.port(), port);
        let leaf = self.presented.as_ref().ok().and_then(Question::leaf);
        entry.leaf = leaf.as_ref().map(Into::into);
        entry.status = Some(self.status);
        entry.conn_trace_id = Some(id);
        entry.elb = Some(&server.arguments.elb);
        entry.ip_address = auth.address.map(|address| address.ip());
        let line = entry.to_string();
        log.write(line).await;
    }

    fn response(&self) -> Response<Full<Bytes>> {
        let leaf = self.presented.as_ref().ok().and_then(Question::leaf);
        let (code, mut headers) = match (self.status, leaf) {
            (VerifyStatus::Success, Some(leaf)) => {
                (StatusCode::OK, header_map(MtlsHeaders::verify(&leaf)))
            }
            // nginx takes 401 and 403 for a no, and any other status for a failure.
            _ => (StatusCode::FORBIDDEN, HeaderMap::new()),
        };
        let status = self.status.as_str();
        headers.insert(STATUS, HeaderValue::from_static(status));
        // Another client may be meant by the next request, or the CRL be a new one.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        let mut response = Response::new(Full::new(Bytes::from_static(status.as_bytes())));
        *response.status_mut() = code;
        *response.headers_mut() = headers;
        response
    }

    fn into_story(self) -> Story {
        match self.presented {
            Ok(question) => Story::Question(Box::new(question)),
            Err(told) => Story::Told(told),
        }
    }
}

fn fault_in(auth: &Auth, fault: HeaderFault) -> String {
    format!("the header {} can't be used: {fault}", auth.header())
}

fn not_allowed() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    response.headers_mut().insert(ALLOW, methods);
    response
}

/// The status, which is the body as well.
const STATUS: HeaderName = HeaderName::from_static("x-portcullis-status");

const UNMAPPED: VerifyStatus = VerifyStatus::Failed(FailureReason::UnmappedConnectionError);

/// In the log, where a proxy is that came over a Unix socket.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
