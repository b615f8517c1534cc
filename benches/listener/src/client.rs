//! A client that spends as little as it can: it believes any server, and does what TLS wants.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::io::{self, ErrorKind};
use std::sync::Arc;

use anyhow::Result;
use portcullis_fixtures::AnyServer;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, Error, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection whose handshake is done, as far as the client knows.
pub(crate) type Connection = TlsStream<TcpStream>;

/// A client's chain, leaf first, and its private key as PKCS#8.
pub(crate) struct Credential {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: &'static [u8],
}

/// Clients of several names that take turns.
#[derive(Clone)]
pub(crate) struct Clients(TlsConnector);

impl Clients {
    /// They offer one cipher and one group, so that all servers do the same work; and never resume.
    pub(crate) fn new(credentials: impl IntoIterator<Item = Credential>) -> Result<Self> {
        let provider = Arc::new(provider());
        let keys = credentials.into_iter().map(|credential| {
            let key = PrivatePkcs8KeyDer::from(credential.key);
            let key = provider.key_provider.load_private_key(key.into())?;
            Ok(Arc::new(CertifiedKey::new(credential.chain, key)))
        });
        let turns = Turns {
            keys: keys.collect::<Result<_, Error>>()?,
            next: AtomicUsize::new(0),
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer))
            .with_client_cert_resolver(Arc::new(turns));
        config.resumption = Resumption::disabled();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Connects and shakes hands. With TLS 1.3 the server may still say no.
    pub(crate) async fn connect(&self, address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        self.0.connect(name, stream).await
    }
}

/// Asks for `/`, the last thing on this connection.
///
/// # Errors
///
/// If there is no answer, another than 200, or no regular end of the connection.
pub(crate) async fn request(mut connection: Connection) -> io::Result<()> {
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    connection.write_all(request).await?;
    connection.flush().await?;
    let mut response = Vec::with_capacity(1024);
    connection.read_to_end(&mut response).await?;
    if response.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    let line = response.split(|byte| *byte == b'\r').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
    Err(io::Error::new(ErrorKind::InvalidData, line))
}

/// A whole connection: handshake, request, answer and end.
///
/// # Errors
///
/// Those of [`request`], and those of the handshake.
pub(crate) async fn attempt(clients: &Clients, address: SocketAddr) -> io::Result<()> {
    request(clients.connect(address).await?).await
}

fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    }
}

#[derive(Debug)]
struct Turns {
    keys: Vec<Arc<CertifiedKey>>,
    next: AtomicUsize,
}

impl ResolvesClientCert for Turns {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.keys.get(turn % self.keys.len()).cloned()
    }

    fn has_certs(&self) -> bool {
        true
    }
}
