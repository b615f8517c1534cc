//! A client of TLS, which trusts any server and presents what it is told to.

use core::net::SocketAddr;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use portcullis::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use portcullis_fixtures::{AnyServer, Certificate, Key, Pki};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, Error, SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

use crate::http::Response;
use crate::server::DEADLINE;

pub(crate) const TLS12: &SupportedProtocolVersion = &rustls::version::TLS12;
pub(crate) const TLS13: &SupportedProtocolVersion = &rustls::version::TLS13;
pub(crate) const BOTH: [&SupportedProtocolVersion; 2] = [TLS12, TLS13];

/// What a client sends, and the key that it signs with.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    identity: Option<Arc<CertifiedKey>>,
    version: Option<&'static SupportedProtocolVersion>,
    /// What the server said whom it trusts.
    hints: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Client {
    /// Presents nothing.
    pub(crate) fn nobody() -> Self {
        Self {
            identity: None,
            version: None,
            hints: Arc::default(),
        }
    }

    /// Presents these certificates, and signs with this key, whether or not it is theirs.
    pub(crate) fn new(presented: Vec<CertificateDer<'static>>, key: Key) -> Self {
        let key = PrivateKeyDer::try_from(key.pkcs8_der()).expect("it is PKCS#8");
        let key = aws_lc_rs::sign::any_supported_type(&key).expect("AWS-LC has such keys");
        Self {
            identity: Some(CertifiedKey::new(presented, key).into()),
            ..Self::nobody()
        }
    }

    /// The client of these.
    pub(crate) fn of(pki: &Pki) -> Self {
        Self::new(pki.chain(), pki.leaf().key())
    }

    /// Presents one certificate.
    pub(crate) fn alone(leaf: &Certificate) -> Self {
        Self::new(vec![leaf.to_certificate_der()], leaf.key())
    }

    /// Speaks this version alone.
    pub(crate) fn speaking(&self, version: &'static SupportedProtocolVersion) -> Self {
        Self {
            version: Some(version),
            ..self.clone()
        }
    }

    /// The names of CAs that the server sent in the last handshake.
    pub(crate) fn hints(&self) -> Vec<Vec<u8>> {
        self.hints.lock().expect("nobody panicked").clone()
    }

    pub(crate) fn config(&self) -> ClientConfig {
        let versions = self.version.map_or(BOTH.to_vec(), |version| vec![version]);
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&versions)
            .expect("the provider has the version")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer));
        builder.with_client_cert_resolver(Arc::new(self.clone()))
    }

    /// Shakes hands. With TLS 1.3 the client is done before the server has seen its certificate.
    pub(crate) fn try_connect(&self, server: SocketAddr) -> io::Result<Connection> {
        self.try_connect_by(Arc::new(self.config()), server)
    }

    /// The same with a configuration that may remember other sessions.
    pub(crate) fn connect_by(&self, config: Arc<ClientConfig>, server: SocketAddr) -> Connection {
        let connection = self.try_connect_by(config, server);
        connection.expect("the handshake is complete")
    }

    fn try_connect_by(
        &self,
        config: Arc<ClientConfig>,
        server: SocketAddr,
    ) -> io::Result<Connection> {
        let mut tcp = tcp(server);
        let name = ServerName::try_from("localhost").expect("a name");
        let mut tls = ClientConnection::new(config, name).expect("a client");
        while tls.is_handshaking() {
            tls.complete_io(&mut tcp)?;
        }
        let tls = StreamOwned::new(tls, tcp);
        Ok(Connection {
            tls,
            unread: Vec::new(),
        })
    }

    pub(crate) fn connect(&self, server: SocketAddr) -> Connection {
        self.try_connect(server).expect("the handshake is complete")
    }

    /// How a client sees that it may not pass.
    pub(crate) fn refusal(&self, server: SocketAddr) -> io::Error {
        match self.try_connect(server) {
            Err(error) => error,
            Ok(mut connection) => match connection.tls.read(&mut [0]) {
                Err(error) => error,
                Ok(read) => panic!("it may pass, or the end was in order: {read}"),
            },
        }
    }
}

/// The error of TLS inside.
pub(crate) fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// A plain connection that gives up at the deadline.
pub(crate) fn tcp(server: SocketAddr) -> TcpStream {
    let tcp = TcpStream::connect(server).expect("it listens");
    tcp.set_read_timeout(Some(DEADLINE)).expect("not zero");
    tcp.set_write_timeout(Some(DEADLINE)).expect("not zero");
    tcp
}

/// A client that may talk.
pub(crate) struct Connection {
    pub(crate) tls: StreamOwned<ClientConnection, TcpStream>,
    /// Of the next response.
    unread: Vec<u8>,
}

impl Connection {
    pub(crate) fn local_address(&self) -> SocketAddr {
        self.tls.sock.local_addr().expect("it is open")
    }

    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.tls.write_all(octets.as_ref()).expect("it is open");
        self.tls.flush().expect("it is open");
    }

    /// The next response to another method than HEAD.
    pub(crate) fn response(&mut self) -> Response {
        let response = Response::read(&mut self.tls, &mut self.unread, false);
        response.expect("a response")
    }

    /// What is answered to a request, or how the connection ends.
    pub(crate) fn try_ask(&mut self, request: impl AsRef<[u8]>) -> io::Result<Response> {
        self.tls.write_all(request.as_ref())?;
        Response::read(&mut self.tls, &mut self.unread, false)
    }

    pub(crate) fn ask(&mut self, request: impl AsRef<[u8]>) -> Response {
        self.send(request);
        self.response()
    }

    pub(crate) fn ask_for_head(&mut self, request: impl AsRef<[u8]>) -> Response {
        self.send(request);
        let response = Response::read(&mut self.tls, &mut self.unread, true);
        response.expect("a response")
    }

    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: example.com\r\n\r\n"))
    }

    /// Exactly so many octets, of what is not HTTP.
    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        let mut octets: Vec<u8> = self.unread.drain(..count.min(self.unread.len())).collect();
        let begun = octets.len();
        octets.resize(count, 0);
        let rest = &mut octets[begun..];
        self.tls.read_exact(rest).expect("so many come");
        octets
    }

    /// Whether the server has ended it in order.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.unread.is_empty() && matches!(self.tls.read(&mut [0]), Ok(0))
    }
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Sends its certificate whatever the server says it wants.
impl ResolvesClientCert for Client {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        let names = root_hint_subjects.iter().map(|name| name.to_vec());
        *self.hints.lock().expect("nobody panicked") = names.collect();
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}
