//! `portcullis serve`: ALB's mutual TLS on this machine.

mod access;
mod admin;
mod auth;
mod certificate;
mod connection;
mod handshake;
mod http;
mod idle;
mod log;
mod place;
mod proxy;
mod refusal;
mod reload;
mod status;
mod tls;
mod tunnel;

use core::future::pending;
use core::net::SocketAddr;
use core::sync::atomic::Ordering;
use core::time::Duration;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use hyper_util::server::graceful::GracefulShutdown;
use portcullis::rustls::{CaNames, ClientAuth};
use rustls::crypto::CryptoProvider;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use self::auth::Auth;
use self::http::{Answer, Protocols};
use self::log::Log;
use self::place::Places;
use self::reload::{Files, Signals};
use self::status::Status;
use self::tls::Tls;
use crate::arguments::{AuthAddress, ServeArguments};
use crate::input;
use crate::outcome::{Failure, Outcome, complain};
use crate::trust::Trust;

/// What every connection needs to know.
struct Server {
    arguments: ServeArguments,
    provider: Arc<CryptoProvider>,
    clients: Arc<ClientAuth>,
    front: Option<Front>,
    auth: Option<Arc<Auth>>,
    protocols: Protocols,
    answer: Answer,
    connection_log: Option<Log>,
    access_log: Option<Log>,
    /// Who is refused, and why, on standard error.
    narration: Log,
    status: Status,
    places: Places,
    /// Set when what is still open has to end.
    cut: watch::Sender<bool>,
}

/// Where clients connect.
struct Front {
    /// Where it really listens.
    address: SocketAddr,
    tls: Tls,
}

impl Server {
    /// Octets that nobody can guess.
    fn random<const N: usize>(&self) -> Result<[u8; N], rustls::Error> {
        let mut octets = [0; N];
        self.provider.secure_random.fill(&mut octets)?;
        Ok(octets)
    }
}

/// Serves until a signal stops it.
pub(crate) fn run(arguments: &ServeArguments) -> Result<Outcome, Failure> {
    check(arguments)?;
    // Looked at before they are read: what changes in between is read again.
    let files = Files::look(&arguments.store);
    let trust = Trust::load(&arguments.store)?;
    for notice in &trust.notices {
        complain(&notice.text);
    }
    let runtime = runtime(arguments)?;
    // Where connections are served, so that none is handed from thread to thread.
    let serving = runtime.spawn(serve(arguments.clone(), trust, files));
    let result = runtime
        .block_on(serving)
        .context("the program broke down")?;
    // Not what is left of the connections: they had their time.
    runtime.shutdown_background();
    result?;
    Ok(Outcome::Good)
}

/// What the command line can't check by itself.
fn check(arguments: &ServeArguments) -> anyhow::Result<()> {
    let store = &arguments.store;
    for file in core::iter::once(&store.trust_store).chain(&store.revocation.crl) {
        if input::is_standard_stream(file) {
            bail!("-: trust store and CRLs have to be files, which can be read again");
        }
    }
    match arguments.auth.auth {
        Some(AuthAddress::Tcp(address))
            if !address.ip().is_loopback() && !arguments.auth.auth_public =>
        {
            bail!(
                "{address}: whoever reaches the endpoint is believed to be the proxy; give \
                 --auth-public too if other machines are to reach it"
            )
        }
        _ => {}
    }
    match arguments.admin {
        Some(address) if !address.ip().is_loopback() && !arguments.admin_public => bail!(
            "{address}: the status page asks nobody who they are; give --admin-public too if other \
             machines are to reach it"
        ),
        _ => Ok(()),
    }
}

/// One thread needs no others to hand work to, and is faster without.
fn runtime(arguments: &ServeArguments) -> anyhow::Result<Runtime> {
    let mut builder = match arguments.workers {
        Some(1) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if let Some(workers) = arguments.workers {
        builder.worker_threads(workers.into());
    }
    builder
        .enable_all()
        .build()
        .context("the threads can't be started")
}

async fn serve(arguments: ServeArguments, trust: Trust, files: Files) -> anyhow::Result<()> {
    let provider = tls::provider();
    let ca_names = match arguments.advertise_ca_names {
        true => CaNames::Advertise,
        false => CaNames::Omit,
    };
    let status = Status::new(&trust);
    let clients = ClientAuth::new(trust.store, &provider).with_ca_names(ca_names);
    let (front, listener, origin) = match arguments.listen {
        Some(address) => {
            let (certificate, origin) = certificate::load(&arguments, &provider)?;
            let listener = listen(address).await?;
            let front = Front {
                address: listener.local_addr()?,
                tls: Tls::new(&arguments, provider.clone(), certificate)?,
            };
            (Some(front), Some(listener), origin)
        }
        None => (None, None, None),
    };
    let (auth, proxies) = Auth::listen(&arguments).await?.unzip();
    let admin = match arguments.admin {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let graceful = GracefulShutdown::new();
    let mut signals = Signals::new()?;
    let hang_up = reload::hang_up()?;
    let server = Arc::new(Server {
        provider,
        clients: Arc::new(clients),
        front,
        auth,
        protocols: Protocols::new(&arguments),
        answer: Answer::new(&arguments),
        connection_log: arguments
            .connection_log
            .as_deref()
            .map(Log::open)
            .transpose()?,
        access_log: arguments.access_log.as_deref().map(Log::open).transpose()?,
        narration: Log::standard_error()?,
        status,
        places: Places::new(arguments.max_connections),
        cut: watch::Sender::new(false),
        arguments,
    });
    if let Some(origin) = origin {
        complain(origin);
    }
    if let Some(Front { address, .. }) = &server.front {
        complain(format_args!("listening on https://{address}"));
    }
    if let Some(auth) = &server.auth {
        complain(format_args!("answering proxies on {}", auth.place));
    }
    if let Some(admin) = admin {
        complain(format_args!(
            "status page on http://{}",
            admin.local_addr()?
        ));
        tokio::spawn(admin::serve(server.clone(), admin));
    }
    tokio::spawn(reload::watch(server.clone(), files, hang_up));
    tokio::select! {
        () = accept(&server, listener, &graceful) => {}
        () = auth::accept(&server, proxies, &graceful) => {}
        () = signals.stop() => {}
    }
    tokio::select! {
        () = stop(&server, graceful) => {}
        () = signals.stop() => complain("stopped at once"),
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address}: can't be listened on"))
}

/// Takes connections for as long as it is polled.
async fn accept(server: &Arc<Server>, listener: Option<TcpListener>, graceful: &GracefulShutdown) {
    let Some(listener) = listener else {
        return pending().await;
    };
    loop {
        let (tcp, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most often: it helps to wait until some are closed.
                complain(format_args!("a connection can't be taken: {error}"));
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = server.places.take(server) else {
            handshake::reset(tcp);
            continue;
        };
        let (server, watcher) = (server.clone(), graceful.watcher());
        tokio::spawn(async move {
            tokio::select! {
                () = connection::serve(&server, tcp, peer, &place, watcher) => {}
                () = place.lost() => {}
            }
        });
    }
}

/// Lets what is open come to its end, but not for ever, and writes what is still to be logged.
async fn stop(server: &Server, graceful: GracefulShutdown) {
    complain("stopping");
    let all_ended = async || {
        while server.status.open.load(Ordering::Relaxed) > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let finished = async {
        graceful.shutdown().await;
        all_ended().await;
    };
    if timeout(DRAIN, finished).await.is_err() {
        let open = server.status.open.load(Ordering::Relaxed);
        complain(format_args!("{open} connections were still open"));
        server.cut.send_replace(true);
        // So that what they did is logged.
        _ = timeout(CUT, all_ended()).await;
    }
    // Not for ever: nobody may be reading.
    _ = timeout(CUT, server.narration.close()).await;
    for log in [&server.connection_log, &server.access_log]
        .into_iter()
        .flatten()
    {
        log.close().await;
    }
}

/// How long open connections have when the program is stopped.
const DRAIN: Duration = Duration::from_secs(10);
/// How long they then take at most to end, of which there is nothing to wait for.
const CUT: Duration = Duration::from_secs(1);
