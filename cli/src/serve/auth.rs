//! Proxies that ask whether their clients may pass.
//!
//! The proxy has shaken hands with the client, which has proved to it that it holds the key of its
//! certificate; whether the certificate may pass is what it asks. Who can reach the endpoint is
//! believed to be the proxy.

mod answer;
mod socket;
mod source;

use core::convert::Infallible;
use core::future::pending;
use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use anyhow::Context as _;
use http_body_util::BodyExt as _;
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderName;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use portcullis::MtlsPem;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::sleep;

use self::socket::Socket;
use self::source::Source;
use super::Server;
use super::idle::{Idle, Waits};
use crate::arguments::{AuthAddress, AuthForm, ServeArguments};
use crate::outcome::complain;

/// Where proxies ask, and how they say whom they mean.
pub(super) struct Auth {
    /// For people: a URL, or `unix:` and a name.
    pub(super) place: String,
    /// None for a Unix socket.
    address: Option<SocketAddr>,
    source: Source,
    http: http1::Builder,
}

/// What they connect to.
pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(Socket),
}

impl Auth {
    /// Listens, if the command line says where.
    pub(super) async fn listen(
        arguments: &ServeArguments,
    ) -> anyhow::Result<Option<(Arc<Self>, Listener)>> {
        let given = &arguments.auth;
        let (Some(address), Some(header)) = (&given.auth, &given.auth_header) else {
            return Ok(None);
        };
        let form = given.auth_form.or_else(|| AuthForm::of(header));
        let form = form.with_context(|| {
            format!(
                "{header}: the name of the header doesn't tell how a certificate stands in it; \
                 give --auth-form too"
            )
        })?;
        let source = Source::new(header.clone(), form)
            .with_context(|| format!("{header}: the name of the header is too long"))?;
        let (listener, address, place) = match address {
            AuthAddress::Tcp(address) => {
                let listener = super::listen(*address).await?;
                let address = listener.local_addr()?;
                let place = format!("http://{address}");
                (Listener::Tcp(listener), Some(address), place)
            }
            AuthAddress::Unix(path) => {
                let place = format!("unix:{}", path.display());
                let socket = Socket::bind(path, given.auth_socket_mode)
                    .with_context(|| format!("{place}: can't be listened on"))?;
                (Listener::Unix(socket), None, place)
            }
        };
        let head = usize::try_from(arguments.max_header_size).unwrap_or(usize::MAX);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(arguments.idle_timeout)
            .max_buf_size(head.max(MIN_MAX_HEAD));
        let auth = Self {
            place,
            address,
            source,
            http,
        };
        Ok(Some((Arc::new(auth), listener)))
    }

    pub(super) const fn header(&self) -> &HeaderName {
        &self.source.header
    }

    pub(super) const fn form(&self) -> AuthForm {
        self.source.form
    }
}

/// Takes connections of proxies for as long as it is polled.
pub(super) async fn accept(
    server: &Arc<Server>,
    listener: Option<Listener>,
    graceful: &GracefulShutdown,
) {
    let (Some(listener), Some(auth)) = (listener, &server.auth) else {
        return pending().await;
    };
    loop {
        let error = match &listener {
            Listener::Tcp(listener) => match listener.accept().await {
                Ok((tcp, proxy)) => {
                    // Answers are small, and the proxy waits for them; if it fails they are a
                    // little later.
                    _ = tcp.set_nodelay(true);
                    begin(server, auth, tcp, Some(proxy), graceful);
                    continue;
                }
                Err(error) => error,
            },
            Listener::Unix(socket) => match socket.accept().await {
                Ok(stream) => {
                    begin(server, auth, stream, None, graceful);
                    continue;
                }
                Err(error) => error,
            },
        };
        complain(format_args!("a connection can't be taken: {error}"));
        sleep(Duration::from_millis(100)).await;
    }
}

fn begin(
    server: &Arc<Server>,
    auth: &Arc<Auth>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    proxy: Option<SocketAddr>,
    graceful: &GracefulShutdown,
) {
    let Some(place) = server.places.take(server) else {
        return;
    };
    let (server, auth, watcher) = (server.clone(), auth.clone(), graceful.watcher());
    tokio::spawn(async move {
        tokio::select! {
            () = serve(&server, &auth, stream, proxy, watcher) => {}
            () = place.lost() => {}
        }
    });
}

/// Answers until the connection ends.
async fn serve(
    server: &Arc<Server>,
    auth: &Arc<Auth>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    proxy: Option<SocketAddr>,
    watcher: Watcher,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let (server, auth) = (server.clone(), auth.clone());
        async move {
            let answer = answer::answer(&server, &auth, proxy, &request).await;
            pass_over(request.into_body()).await;
            Ok::<_, Infallible>(answer)
        }
    });
    let limit = server.arguments.idle_timeout;
    let io = TokioIo::new(Idle::new(stream, limit, Waits::default()));
    // Whatever goes wrong here goes wrong for this proxy's connection only.
    _ = watcher.watch(auth.http.serve_connection(io, service)).await;
}

/// Reads what nobody asked for: to close a connection on which more is sent resets it, and the proxy
/// may never read the answer.
async fn pass_over(mut body: Incoming) {
    let mut left = MAX_BODY;
    while let Some(Ok(frame)) = body.frame().await {
        let read = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(read) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// How much of a body is read. Proxies that hand it over at all hand over its beginning.
const MAX_BODY: usize = 1 << 20;

/// How large a head may be at least, whatever --max-header-size says: the longest value that is
/// read, twice, since Envoy may send the client's own certificate a second time, and as much as the
/// proxy may have taken from its client beside that.
const MIN_MAX_HEAD: usize = 2 * MtlsPem::MAX_VALUE + (64 << 10);
