//! A client, a server, and what each sees of the other.

use core::time::Duration;
use std::sync::Arc;

use portcullis::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use portcullis::rustls::{ClientAuth, ConnectionVerifier, Verdict, server_config};
use portcullis::{Policy, TrustStore, signature};
use portcullis_fixtures::{AnyServer, Certificate, Key, NOW};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{
    ClientConfig, ClientConnection, Error, ServerConfig, ServerConnection, SignatureScheme,
    SupportedProtocolVersion,
};

pub(crate) const BOTH: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS12, &rustls::version::TLS13];

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A store of these CAs.
pub(crate) fn store(policy: Policy, cas: &[&Certificate]) -> TrustStore<'static> {
    let mut store = TrustStore::new(policy, signature::AWS_LC_RS);
    for ca in cas {
        store
            .add_ca(ca.to_certificate_der())
            .expect("the store takes this CA");
    }
    store
}

/// Clients of a store of these CAs.
pub(crate) fn clients(policy: Policy, cas: &[&Certificate]) -> Arc<ClientAuth> {
    Arc::new(ClientAuth::new(store(policy, cas), &provider()))
}

/// What a client sends, and the key that it signs with.
pub(crate) fn identity(presented: Vec<CertificateDer<'static>>, key: Key) -> CertifiedKey {
    let key = PrivateKeyDer::try_from(key.pkcs8_der()).expect("it is PKCS#8");
    let key = aws_lc_rs::sign::any_supported_type(&key).expect("AWS-LC has such keys");
    CertifiedKey::new(presented, key)
}

/// Shakes hands, and gives what either side ends with.
pub(crate) fn shake_hands(
    verifier: Arc<dyn ClientCertVerifier>,
    identity: Option<CertifiedKey>,
    version: &'static SupportedProtocolVersion,
) -> (
    Result<ServerConnection, Error>,
    Result<ClientConnection, Error>,
) {
    let server = ServerConnection::new(Arc::new(server(verifier))).expect("a server");
    let client = ClientConnection::new(
        Arc::new(client(identity, version)),
        ServerName::try_from("localhost").expect("a name"),
    );
    drive(server, client.expect("a client"))
}

/// The verdict on a client whose handshake is with a verifier of its own, and what it ends with.
pub(crate) fn verdict(
    clients: &Arc<ClientAuth>,
    identity: Option<CertifiedKey>,
    version: &'static SupportedProtocolVersion,
) -> (Verdict, Result<ClientConnection, Error>) {
    let verifier: Arc<ConnectionVerifier> = clients.connection();
    let (server, client) = shake_hands(verifier.clone(), identity, version);
    (verifier.conclude(&server), client)
}

pub(crate) fn server(verifier: Arc<dyn ClientCertVerifier>) -> ServerConfig {
    let certificate = Certificate::leaf(
        "localhost",
        Key::p256(7),
        &Certificate::ca("Server CA", Key::p256(6)),
    );
    let certificate = identity(vec![certificate.to_certificate_der()], Key::p256(7));
    let resolver = Arc::new(SingleCertAndKey::from(certificate));
    let mut config = server_config(provider(), verifier, resolver).expect("TLS 1.2 and 1.3");
    config.time_provider = Arc::new(Stopped);
    config
}

pub(crate) fn client(
    identity: Option<CertifiedKey>,
    version: &'static SupportedProtocolVersion,
) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .expect("the provider has the version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer));
    match identity {
        Some(identity) => builder.with_client_cert_resolver(Arc::new(Always(identity.into()))),
        None => builder.with_no_client_auth(),
    }
}

pub(crate) fn drive(
    mut server: ServerConnection,
    mut client: ClientConnection,
) -> (
    Result<ServerConnection, Error>,
    Result<ClientConnection, Error>,
) {
    let (mut server_error, mut client_error) = (None, None);
    for _ in 0..20 {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).expect("a Vec takes all");
        }
        server_error = server_error.or_else(|| take(&wire, &mut server).err());
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).expect("a Vec takes all");
        }
        client_error = client_error.or_else(|| take_as_client(&wire, &mut client).err());
    }
    let server = match server_error {
        None => {
            assert!(!server.is_handshaking(), "the handshake got stuck");
            Ok(server)
        }
        Some(error) => Err(error),
    };
    (server, client_error.map_or(Ok(client), Err))
}

fn take(mut wire: &[u8], connection: &mut ServerConnection) -> Result<(), Error> {
    while !wire.is_empty() {
        connection.read_tls(&mut wire).expect("a slice gives all");
        connection.process_new_packets()?;
    }
    Ok(())
}

fn take_as_client(mut wire: &[u8], connection: &mut ClientConnection) -> Result<(), Error> {
    while !wire.is_empty() {
        connection.read_tls(&mut wire).expect("a slice gives all");
        connection.process_new_packets()?;
    }
    Ok(())
}

/// A time after 1970.
pub(crate) fn at(unix_seconds: i64) -> UnixTime {
    let seconds = u64::try_from(unix_seconds).expect("clocks begin in 1970");
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// A clock that stands at the fixtures' time.
#[derive(Debug)]
struct Stopped;

impl TimeProvider for Stopped {
    fn current_time(&self) -> Option<UnixTime> {
        Some(at(NOW))
    }
}

/// Sends its certificate whatever the server says it wants.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesClientCert for Always {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
