//! A client and a server that talk in memory.

use core::time::Duration;
use std::sync::Arc;

use pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use portcullis_fixtures::{AnyServer, Key};
use rustls::client::{ClientConfig, ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConnection, ServerConfig, ServerConnection};

use crate::clock::now;
use crate::processor::processor_time;

/// The CPU time that the server takes for a handshake.
pub(crate) fn server_time(server: &Arc<ServerConfig>, client: &Arc<ClientConfig>) -> Duration {
    let name = ServerName::try_from("localhost").expect("a name");
    let mut client = ClientConnection::new(client.clone(), name).expect("a client");
    let mut time = Duration::ZERO;
    let mut timed = |work: &mut dyn FnMut()| {
        let started = processor_time();
        work();
        time += processor_time() - started;
    };
    let mut server_side = None;
    timed(&mut || server_side = ServerConnection::new(server.clone()).ok());
    let mut server = server_side.expect("a server");
    while server.is_handshaking() || client.is_handshaking() {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).expect("a Vec takes all");
        }
        let mut answer = Vec::new();
        timed(&mut || {
            let mut rest = &wire[..];
            while !rest.is_empty() {
                server.read_tls(&mut rest).expect("a slice gives all");
                server.process_new_packets().expect("a good client");
            }
            while server.wants_write() {
                server.write_tls(&mut answer).expect("a Vec takes all");
            }
        });
        let mut rest = &answer[..];
        while !rest.is_empty() {
            client.read_tls(&mut rest).expect("a slice gives all");
            client.process_new_packets().expect("a good server");
        }
    }
    time
}

pub(crate) fn client(identity: Option<CertifiedKey>) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("the provider has TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer));
    let mut config = match identity {
        Some(identity) => {
            let resolver: Arc<dyn ResolvesClientCert> = Arc::new(SingleCertAndKey::from(identity));
            builder.with_client_cert_resolver(resolver)
        }
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

/// What either side presents, and the key that it signs with.
pub(crate) fn identity(presented: Vec<CertificateDer<'static>>, key: Key) -> CertifiedKey {
    let key = PrivateKeyDer::try_from(key.pkcs8_der()).expect("it is PKCS#8");
    let key = aws_lc_rs::sign::any_supported_type(&key).expect("AWS-LC has such keys");
    CertifiedKey::new(presented, key)
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A clock that stands at the fixtures' time.
#[derive(Debug)]
pub(crate) struct Stopped;

impl TimeProvider for Stopped {
    fn current_time(&self) -> Option<UnixTime> {
        Some(now())
    }
}
