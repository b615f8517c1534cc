//! Requests that go on to a target.

use core::pin::pin;
use core::time::Duration;
use std::time::Instant;

use http_body_util::Either;
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION,
    TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::uri::{Authority, PathAndQuery, Scheme, Uri};
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use hyper_util::rt::TokioExecutor;
use portcullis::MtlsHeaders;
use tokio::time::timeout;

use super::access::{Access, Counted, Logged};
use super::http::Client;
use super::tunnel;
use crate::arguments::Target;

/// Forwards to one target, over connections that are kept.
pub(super) struct Proxy {
    target: Authority,
    limit: Duration,
    client: HttpClient<HttpConnector, Counted>,
}

impl Proxy {
    pub(super) fn new(target: &Target, limit: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Self {
            target: target.0.clone(),
            limit,
            client: HttpClient::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Forwards a request, and gives the target's answer.
    ///
    /// # Errors
    ///
    /// The status with which the client is to be answered: 400 if the body of its request can't be
    /// read, 408 if it stops coming, 502 if the target can't be reached or answers nonsense, 504 if it takes too long.
    pub(super) async fn forward(
        &self,
        client: &Client,
        trace: &str,
        mut request: Request<Incoming>,
        mut access: Access,
    ) -> Result<Response<Logged>, (Box<Access>, StatusCode)> {
        access.target = self.target.as_str().parse().ok();
        let from_client = wants_websocket(&request).then(|| hyper::upgrade::on(&mut request));
        let (mut head, body) = request.into_parts();
        let authority = head.uri.authority().cloned();
        let path = head.uri.path_and_query().cloned();
        head.uri = match self.uri(path) {
            Ok(uri) => uri,
            Err(_) => return Err((Box::new(access), StatusCode::BAD_REQUEST)),
        };
        head.version = Version::HTTP_11;
        remove_hop_by_hop(&mut head.headers);
        if from_client.is_some() {
            for (name, value) in [(UPGRADE, WEBSOCKET), (CONNECTION, "upgrade")] {
                head.headers.insert(name, HeaderValue::from_static(value));
            }
        }
        // HTTP/2 says it elsewhere, and where both say it the target of the request counts
        // (RFC 9112 3.2.2, RFC 9113 8.3.1).
        let host = authority.and_then(|host| HeaderValue::try_from(host.as_str()).ok());
        if let Some(host) = host {
            head.headers.insert(HOST, host);
        }
        access.trace_id = Some(trace_id(&head.headers, trace));
        tell(&mut head.headers, client, access.trace_id.as_deref());
        let body = access.count(body);
        access.handed_over = Some(Instant::now());
        let wait = client.waits.begin();
        let answer = self.client.request(Request::from_parts(head, body));
        let mut response = match self.wait(answer, &access).await {
            Some(Ok(response)) => response,
            Some(Err(_)) if access.is_broken() => {
                return Err((Box::new(access), StatusCode::BAD_REQUEST));
            }
            Some(Err(_)) => return Err((Box::new(access), StatusCode::BAD_GATEWAY)),
            None if access.is_complete() => {
                return Err((Box::new(access), StatusCode::GATEWAY_TIMEOUT));
            }
            None => return Err((Box::new(access), StatusCode::REQUEST_TIMEOUT)),
        };
        drop(wait);
        access.answered = Some(Instant::now());
        access.target_status = Some(response.status());
        if let Some(info) = response.extensions().get::<HttpInfo>() {
            access.target = Some(info.remote_addr());
        }
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Some(from_client) = from_client else {
                // Nobody asked for it.
                return Err((Box::new(access), StatusCode::BAD_GATEWAY));
            };
            let to_target = hyper::upgrade::on(&mut response);
            access.becomes_websocket();
            access.note_head(&response);
            let place = client.connection.place.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = tunnel::run(from_client, to_target, access) => {}
                    () = place.lost() => {}
                }
            });
            return Ok(response.map(|body| Logged::silent(Either::Right(body))));
        }
        remove_hop_by_hop(response.headers_mut());
        Ok(access.log_at_end(response.map(Either::Right)))
    }

    /// Waits for the answer to a request, for as long as the request itself is still coming and for
    /// the limit after that.
    async fn wait<T>(&self, answer: impl Future<Output = T>, access: &Access) -> Option<T> {
        let mut answer = pin!(answer);
        let mut received = access.received();
        loop {
            if let Ok(answer) = timeout(self.limit, answer.as_mut()).await {
                return Some(answer);
            }
            if access.received() == received {
                return None;
            }
            received = access.received();
        }
    }

    fn uri(&self, path: Option<PathAndQuery>) -> Result<Uri, hyper::http::Error> {
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.target.clone())
            .path_and_query(path.unwrap_or_else(|| PathAndQuery::from_static("/")))
            .build()
    }
}

/// What the target is told of the client, and by nobody else.
fn tell(headers: &mut HeaderMap, client: &Client, trace_id: Option<&str>) {
    let forged: Vec<HeaderName> = headers
        .keys()
        .filter(|name| MtlsHeaders::is_name(name.as_str()))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
    let mtls = client.headers.iter();
    headers.extend(mtls.map(|(name, value)| (name.clone(), value.clone())));
    let address = client.connection.client.ip().to_string();
    let before = headers.get_all(FORWARDED_FOR).iter();
    let before = before.filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = before.chain([address.as_str()]).collect();
    let addresses = addresses.join(", ");
    let port = client.connection.listener.port().to_string();
    for (name, value) in [
        (FORWARDED_FOR, Some(addresses.as_str())),
        (FORWARDED_PROTO, Some("https")),
        (FORWARDED_PORT, Some(port.as_str())),
        (TRACE_ID, trace_id),
    ] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
}

/// The value of X-Amzn-Trace-Id: what the client sent goes on, with our own before it.
fn trace_id(headers: &HeaderMap, trace: &str) -> String {
    let from_client = headers.get(TRACE_ID).and_then(|value| value.to_str().ok());
    match from_client {
        Some(from_client) if from_client.contains("Root=") => format!("Self={trace};{from_client}"),
        _ => format!("Root={trace}"),
    }
}

/// RFC 9110 7.6.1: headers that are about one connection, and those that `Connection` names, which
/// `Host` can't be.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name| name != HOST)
        .collect();
    let known = [
        CONNECTION,
        HeaderName::from_static("http2-settings"),
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ];
    for name in known.into_iter().chain(named) {
        headers.remove(name);
    }
}

/// RFC 6455 4.1. Nothing else is switched to: a target that speaks HTTP/2 in a tunnel (`h2c`) would
/// get requests that nobody here has looked at, with whatever headers their client made up.
fn wants_websocket<B>(request: &Request<B>) -> bool {
    let values = request.headers().get_all(CONNECTION).iter();
    let mut names = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut protocols = request.headers().get_all(UPGRADE).iter();
    let protocol = (protocols.next(), protocols.next());
    request.version() == Version::HTTP_11
        && request.method() == Method::GET
        && names.any(|name| name.trim().eq_ignore_ascii_case("upgrade"))
        && matches!(protocol, (Some(only), None)
            if only.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes()))
}

const WEBSOCKET: &str = "websocket";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_about_the_connection_do_not_go_on() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("connection", "keep-alive"),
            ("keep-alive", "timeout=5"),
            ("x-private", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("x-public", "2"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["x-public"], "2");
    }

    #[test]
    fn a_trace_of_the_client_goes_on() {
        let mut headers = HeaderMap::new();
        assert_eq!(trace_id(&headers, "1-2-3"), "Root=1-2-3");
        headers.insert(TRACE_ID, HeaderValue::from_static("Root=1-a-b"));
        let both = trace_id(&headers, "1-2-3");
        assert_eq!(both, "Self=1-2-3;Root=1-a-b");
    }
}
