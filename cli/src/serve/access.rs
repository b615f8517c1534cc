//! The access log: a line when the answer to a request has been sent.

use core::net::SocketAddr;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use http_body_util::Either;
use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{DATE, HOST, HeaderMap, USER_AGENT};
use hyper::{Request, Response, StatusCode, Version};
use portcullis::{AccessLogEntry, LogText, LogTimestamp};

use super::Server;
use super::connection::now;
use super::http::{Body, Client};

/// What is known of a request, to be logged at its end.
pub(super) struct Access {
    server: Arc<Server>,
    client: Arc<Client>,
    created: LogTimestamp,
    begun: Instant,
    kind: &'static str,
    request: String,
    user_agent: Option<Vec<u8>>,
    received: Arc<Received>,
    /// The value of X-Amzn-Trace-Id; that of the connection where no target got the request.
    pub(super) trace_id: Option<String>,
    pub(super) target: Option<SocketAddr>,
    pub(super) target_status: Option<StatusCode>,
    /// When the request had been handed to the target, and when the target began to answer.
    pub(super) handed_over: Option<Instant>,
    pub(super) answered: Option<Instant>,
    actions: Option<&'static str>,
    status: StatusCode,
    sent: u64,
}

impl Access {
    pub(super) fn new(
        server: &Arc<Server>,
        client: &Arc<Client>,
        request: &Request<Incoming>,
    ) -> Self {
        let request_line = request_line(request, client.connection.listener.port());
        let head = request_line.len().saturating_add(size(request.headers()));
        let agent = request.headers().get(USER_AGENT);
        Self {
            server: server.clone(),
            client: client.clone(),
            created: now(),
            begun: Instant::now(),
            kind: match request.version() {
                Version::HTTP_2 => "h2",
                _ => "https",
            },
            request: request_line,
            user_agent: agent.map(|agent| agent.as_bytes().to_vec()),
            received: Arc::new(Received {
                octets: AtomicU64::new(octets(head)),
                is_complete: AtomicBool::new(true),
                is_broken: AtomicBool::new(false),
            }),
            trace_id: None,
            target: None,
            target_status: None,
            handed_over: None,
            answered: None,
            actions: Some("forward"),
            status: CLIENT_CLOSED,
            sent: 0,
        }
    }

    /// No target is asked; of the body only what it says of itself is known.
    pub(super) fn answered_by_ourselves(&mut self, request: &Request<Incoming>) {
        self.actions = Some("fixed-response");
        let body = request.body().size_hint().lower();
        self.add_received(body);
    }

    /// It is one that nobody may make.
    pub(super) const fn refused(&mut self) {
        self.actions = None;
    }

    /// The connection will not be HTTP any more.
    pub(super) const fn becomes_websocket(&mut self) {
        self.kind = "wss";
    }

    /// Counts the octets of a request's body as they pass.
    pub(super) fn count(&self, body: Incoming) -> Counted {
        let counted = Counted {
            body,
            received: self.received.clone(),
        };
        counted.note_end();
        counted
    }

    /// Octets of the request so far.
    pub(super) fn received(&self) -> u64 {
        self.received.octets.load(Ordering::Relaxed)
    }

    /// Whether the request has come to its end.
    pub(super) fn is_complete(&self) -> bool {
        self.received.is_complete.load(Ordering::Relaxed)
    }

    /// Whether the request's body can't be read to its end.
    pub(super) fn is_broken(&self) -> bool {
        self.received.is_broken.load(Ordering::Relaxed)
    }

    /// Counts octets of an answer.
    pub(super) const fn add_sent(&mut self, octets: u64) {
        self.sent = self.sent.saturating_add(octets);
    }

    /// Notes the head of the answer, and logs the line at the end of its body.
    pub(super) fn log_at_end(mut self, response: Response<Body>) -> Response<Logged> {
        self.note_head(&response);
        let (head, body) = response.into_parts();
        Response::from_parts(
            head,
            Logged {
                body,
                access: Some(Box::new(self)),
            },
        )
    }

    pub(super) fn note_head<B>(&mut self, response: &Response<B>) {
        self.status = response.status();
        let reason = response.status().canonical_reason().unwrap_or_default();
        // hyper adds a date: "date: Tue, 24 Nov 2026 18:18:01 GMT" and the end of the line.
        let date = match response.headers().contains_key(DATE) {
            true => 0,
            false => 37,
        };
        let head = "HTTP/1.1 200 \r\n\r\n".len() + reason.len() + date;
        self.sent = octets(head.saturating_add(size(response.headers())));
    }

    /// Counts octets of a request that nobody else counts.
    pub(super) fn add_received(&self, octets: u64) {
        self.received.octets.fetch_add(octets, Ordering::Relaxed);
    }

    fn log(&self) {
        let Some(log) = &self.server.access_log else {
            return;
        };
        let connection = &self.client.connection;
        let elb = &self.server.arguments.elb;
        let mut entry = AccessLogEntry::new(self.kind, now(), elb, connection.client);
        let target = self.target.map(|target| target.to_string());
        let target_status = self.target_status.map(|status| status.as_str().to_owned());
        let conn_trace_id = connection.id.to_string();
        entry.target = self.target;
        let since = |from: Instant, to: Instant| to.saturating_duration_since(from);
        // ALB has none for what it answers by itself (documented for fixed responses).
        if let (Some(handed_over), Some(answered)) = (self.handed_over, self.answered) {
            entry.request_processing_time = Some(since(self.begun, handed_over));
            entry.target_processing_time = Some(since(handed_over, answered));
            entry.response_processing_time = Some(Duration::ZERO);
        }
        entry.elb_status = Some(self.status.as_u16());
        entry.target_status = self.target_status.map(|status| status.as_u16());
        entry.received_bytes = self.received();
        entry.sent_bytes = self.sent;
        entry.request = Some(LogText::from(self.request.as_str()));
        entry.user_agent = self.user_agent.as_deref().map(LogText::from);
        entry.ssl_cipher = connection.agreed.cipher;
        entry.ssl_protocol = connection.agreed.protocol;
        let trace_id = self.trace_id.as_deref().unwrap_or(&conn_trace_id);
        entry.trace_id = Some(LogText::from(trace_id));
        entry.domain_name = connection.agreed.server_name.as_deref().map(LogText::from);
        entry.rule_priority = Some(0);
        entry.request_creation_time = Some(self.created);
        entry.actions = self.actions.map(LogText::from);
        entry.target_list = target.as_deref().map(LogText::from);
        entry.target_status_list = target_status.as_deref().map(LogText::from);
        entry.conn_trace_id = Some(connection.id);
        log.write_soon(entry.to_string());
    }
}

/// A request has its line however it ends, also when its client goes away.
impl Drop for Access {
    fn drop(&mut self) {
        self.log();
    }
}

/// The body of an answer, with whose end, whether it was all sent or not, the request ends.
pub(super) struct Logged {
    body: Body,
    access: Option<Box<Access>>,
}

impl Logged {
    /// Somebody else logs.
    pub(super) const fn silent(body: Body) -> Self {
        Self { body, access: None }
    }
}

impl hyper::body::Body for Logged {
    type Data = Bytes;
    type Error = <Either<http_body_util::Full<Bytes>, Incoming> as hyper::body::Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let poll = Pin::new(&mut self.body).poll_frame(context);
        if let (Poll::Ready(Some(Ok(frame))), Some(access)) = (&poll, &mut self.access) {
            access.add_sent(octets(frame.data_ref().map_or(0, Bytes::len)));
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What has come of a request.
struct Received {
    /// Of its head and, so far, of its body.
    octets: AtomicU64,
    is_complete: AtomicBool,
    is_broken: AtomicBool,
}

/// The body of a request, counted.
pub(super) struct Counted {
    body: Incoming,
    received: Arc<Received>,
}

impl Counted {
    fn note_end(&self) {
        let is_at_end = self.body.is_end_stream();
        self.received
            .is_complete
            .store(is_at_end, Ordering::Relaxed);
    }
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let poll = Pin::new(&mut self.body).poll_frame(context);
        match &poll {
            Poll::Ready(Some(Ok(frame))) => {
                let length = octets(frame.data_ref().map_or(0, Bytes::len));
                self.received.octets.fetch_add(length, Ordering::Relaxed);
                self.note_end();
            }
            Poll::Ready(Some(Err(_))) => self.received.is_broken.store(true, Ordering::Relaxed),
            Poll::Ready(None) => self.received.is_complete.store(true, Ordering::Relaxed),
            Poll::Pending => {}
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// `GET https://example.com:443/ HTTP/1.1`
fn request_line<B>(request: &Request<B>, port: u16) -> String {
    let host = request.uri().authority().map(ToString::to_string);
    let host = host.or_else(|| {
        let host = request.headers().get(HOST)?;
        Some(String::from_utf8_lossy(host.as_bytes()).into_owned())
    });
    let host = host.unwrap_or_default();
    // An IPv6 address has colons inside its brackets.
    let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let port = match has_port {
        true => String::new(),
        false => format!(":{port}"),
    };
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let (method, version) = (request.method(), request.version());
    format!("{method} https://{host}{port}{path} {version:?}")
}

/// The octets of headers as HTTP/1.1 writes them.
fn size(headers: &HeaderMap) -> usize {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    sizes.sum()
}

pub(super) fn octets(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// ALB's word for a client that goes away before there is an answer (documented).
const CLIENT_CLOSED: StatusCode = match StatusCode::from_u16(460) {
    Ok(status) => status,
    Err(_) => StatusCode::BAD_REQUEST,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_line_names_the_whole_url() {
        for (uri, host, line) in [
            (
                "/a?b=c",
                Some("example.com"),
                "GET https://example.com:8443/a?b=c HTTP/1.1",
            ),
            (
                "/",
                Some("example.com:443"),
                "GET https://example.com:443/ HTTP/1.1",
            ),
            ("/", Some("[::1]"), "GET https://[::1]:8443/ HTTP/1.1"),
            ("/", Some("[::1]:443"), "GET https://[::1]:443/ HTTP/1.1"),
            (
                "https://example.com/x",
                None,
                "GET https://example.com:8443/x HTTP/1.1",
            ),
            ("/", None, "GET https://:8443/ HTTP/1.1"),
        ] {
            let mut request = Request::get(uri);
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            let request = request.body(()).expect("a request");
            assert_eq!(request_line(&request, 8443), line);
        }
    }
}
