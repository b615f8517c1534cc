//! One connection, from its first octet to the request.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use hyper_util::server::graceful::Watcher;
use portcullis::rustls::{ConnectionVerifier, HandshakeEnd, Verdict};
use portcullis::{
    Certificate, ConnTraceId, ConnectionLogEntry, FailureReason, LogTimestamp, VerifyStatus,
};
use rustls::{ServerConfig, ServerConnection};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::handshake::{self, HandshakeError};
use super::http;
use super::place::Place;
use super::refusal::{Refusal, Story, Via};
use super::tls::Agreed;
use super::{Front, Server};
use crate::arguments::{Mode, OnFailure};
use crate::outcome::complain;

/// A connection whose client may talk.
pub(super) struct Connection {
    pub(super) id: ConnTraceId,
    pub(super) client: SocketAddr,
    pub(super) listener: SocketAddr,
    pub(super) agreed: Agreed,
    pub(super) place: Arc<Place>,
}

/// Serves a connection until it ends.
pub(super) async fn serve(
    server: &Arc<Server>,
    mut tcp: TcpStream,
    client: SocketAddr,
    place: &Arc<Place>,
    watcher: Watcher,
) {
    let Some(Front { address, tls }) = &server.front else {
        return;
    };
    let listener = match address.ip().is_unspecified() {
        true => tcp.local_addr().unwrap_or(*address),
        false => *address,
    };
    let is_verified = server.arguments.mode == Mode::Verify;
    let verifier = is_verified.then(|| server.clients.connection());
    let prepared = tls.config(verifier.as_ref()).and_then(|config| {
        let id = ConnTraceId::from_bytes(server.random()?);
        Ok((id, config.clone(), ServerConnection::new(config)?))
    });
    let (id, config, mut tls) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return complain(format_args!("{client}: no TLS: {error}")),
    };
    // Answers are small, and the client waits for them; if it fails they are a little later.
    _ = tcp.set_nodelay(true);
    let begun = Instant::now();
    let limit = server.arguments.handshake_timeout;
    let result = handshake::shake_hands(&mut tcp, &mut tls, limit).await;
    let end = Handshake {
        connection: Connection {
            id,
            client,
            listener,
            agreed: Agreed::from(&tls),
            place: place.clone(),
        },
        latency: begun.elapsed(),
        verifier,
        result,
    };
    match end.conclude(server, &tls).await {
        Ok(connection) => talk(server, connection, tcp, tls, config, watcher).await,
        Err(OnFailure::Alert) => handshake::alert(tcp, tls).await,
        Err(OnFailure::Reset) => handshake::reset(tcp),
    }
}

/// A handshake that has ended.
struct Handshake {
    connection: Connection,
    latency: Duration,
    verifier: Option<Arc<ConnectionVerifier>>,
    result: Result<(), HandshakeError>,
}

impl Handshake {
    /// Says what became of it, to all who want to know; then there is a connection, or a way to end
    /// it.
    async fn conclude(
        self,
        server: &Server,
        tls: &ServerConnection,
    ) -> Result<Connection, OnFailure> {
        let verdict = self.verdict();
        let status = match &verdict {
            Some(verdict) => verdict.status(),
            // ALB logs Success where clients are not verified (seen).
            None if self.result.is_ok() => VerifyStatus::Success,
            None => VerifyStatus::Failed(FailureReason::UnmappedConnectionError),
        };
        server.status.count(status);
        let leaf = match &verdict {
            Some(verdict) => verdict.leaf(),
            None => leaf(tls),
        };
        self.log(server, status, leaf).await;
        let Err(error) = self.result else {
            // Success or not: a client that may not pass has failed the handshake.
            return match status {
                VerifyStatus::Success => Ok(self.connection),
                VerifyStatus::Failed(_) => Err(OnFailure::Reset),
            };
        };
        let is_clients_certificate = verdict
            .as_ref()
            .is_some_and(|verdict| is_of_certificate(verdict, &error));
        if let Some(verdict) = verdict {
            self.connection.refuse(server, verdict, &error);
        }
        Err(match (is_clients_certificate, &error) {
            (true, _) => server.arguments.on_failure,
            // Whoever speaks no TLS, or none that is spoken here, is told so.
            (false, HandshakeError::Tls(_)) => OnFailure::Alert,
            (false, _) => OnFailure::Reset,
        })
    }

    fn verdict(&self) -> Option<Verdict> {
        let verifier = self.verifier.as_ref()?;
        Some(match &self.result {
            Ok(()) => verifier.conclude(HandshakeEnd::Completed),
            Err(error) => verifier.conclude(error.end()),
        })
    }

    async fn log(&self, server: &Server, status: VerifyStatus, leaf: Option<Certificate<'_>>) {
        let Some(log) = &server.connection_log else {
            return;
        };
        let connection = &self.connection;
        let mut entry = ConnectionLogEntry::new(
            now(),
            connection.client.ip(),
            connection.client.port(),
            connection.listener.port(),
        );
        entry.tls_protocol = connection.agreed.protocol;
        entry.tls_cipher = connection.agreed.cipher;
        entry.tls_handshake_latency = self.result.is_ok().then_some(self.latency);
        entry.leaf = leaf.as_ref().map(Into::into);
        entry.status = Some(status);
        entry.conn_trace_id = Some(connection.id);
        entry.tls_keyexchange = connection.agreed.key_exchange;
        entry.elb = Some(&server.arguments.elb);
        entry.ip_address = Some(connection.listener.ip());
        log.write(entry.to_string()).await;
    }
}

impl Connection {
    /// Tells why to all who want to know.
    fn refuse(&self, server: &Server, verdict: Verdict, error: &HandshakeError) {
        let status = verdict.status();
        let story = Story::new(verdict, error);
        let client = self.client.to_string();
        let protocol = self.agreed.protocol;
        Refusal::new(client, Via::Handshake, self.id, protocol, status, story).publish(server);
    }
}

/// Goes on to HTTP.
async fn talk(
    server: &Arc<Server>,
    connection: Connection,
    tcp: TcpStream,
    tls: ServerConnection,
    config: Arc<ServerConfig>,
    watcher: Watcher,
) {
    // The handshake is behind us; there is no other way to give a finished one to tokio-rustls.
    let mut finished = Some(tls);
    let stream = TlsAcceptor::from(config).accept_with(tcp, |fresh| {
        if let Some(finished) = finished.take() {
            *fresh = finished;
        }
    });
    if let Ok(stream) = stream.await {
        http::serve(server, connection, stream, watcher).await;
    }
}

/// Whether it failed for the client's certificate, or for want of one, or of its key.
fn is_of_certificate(verdict: &Verdict, error: &HandshakeError) -> bool {
    let error = match error {
        HandshakeError::Tls(error) => error,
        HandshakeError::TooLarge => return true,
        HandshakeError::Closed(_) | HandshakeError::TimedOut => return false,
    };
    let unmapped = VerifyStatus::Failed(FailureReason::UnmappedConnectionError);
    !verdict.presented().is_empty()
        || verdict.status() != unmapped
        || *error == rustls::Error::NoCertificatesPresented
}

/// What a client that is not verified presented.
fn leaf(tls: &ServerConnection) -> Option<Certificate<'_>> {
    Certificate::parse(tls.peer_certificates()?.first()?).ok()
}

/// For the logs.
pub(super) fn now() -> LogTimestamp {
    let elapsed = std::time::SystemTime::UNIX_EPOCH.elapsed();
    LogTimestamp::since_unix_epoch(elapsed.unwrap_or_default())
}
