//! Servers that differ in who verifies their clients.

use core::time::Duration;
use std::sync::Arc;

use portcullis::rustls::{ClientAuth, server_config};
use portcullis::signature::SignatureMemo;
use portcullis::{Policy, TrustStore, signature};
use portcullis_fixtures::{Certificate, Key, chain};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, ServerConfig, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;

use crate::Keys;
use crate::chains::{leaf, name};
use crate::connection::{Stopped, client, identity, provider, server_time};

/// Clients that take turns.
const CLIENTS: usize = 64;

pub(crate) struct Way {
    pub(crate) name: &'static str,
    server: Arc<ServerConfig>,
    clients: Vec<Arc<rustls::ClientConfig>>,
}

impl Way {
    /// The CPU time of the server in a handshake with one of the clients.
    pub(crate) fn server_time(&self, number: usize) -> Duration {
        let client = &self.clients[number % self.clients.len()];
        server_time(&self.server, client)
    }
}

/// No client authentication, then rustls's own, then the others.
pub(crate) fn all(keys: Keys) -> Vec<Way> {
    let root = Certificate::ca(name("Root CA"), keys(0));
    let issuing = Certificate::intermediate(name("Issuing CA"), keys(1), &root);
    let clients: Vec<_> = (0..CLIENTS as u32)
        .map(|number| {
            let serial = (0x0100_0000 + number).to_be_bytes();
            let leaf = leaf(keys(2)).serial(serial).issued_by(&issuing);
            client(Some(identity(chain([&leaf, &issuing]), keys(2))))
        })
        .collect();
    let way = |name, verifier| Way {
        name,
        server: server(verifier),
        clients: clients.clone(),
    };
    // One bucket, in which leaves displace one another but no CA.
    let small = || Box::leak(Box::new(SignatureMemo::with_entries(8)));
    let large = || Box::leak(Box::new(SignatureMemo::with_entries(4096)));
    let ways = vec![
        Way {
            name: "none",
            server: server(Arc::new(NoClientAuth)),
            clients: vec![client(None)],
        },
        way("WebPkiClientVerifier", webpki(&root)),
        way("Portcullis", portcullis(&root, None)),
        way(
            "Portcullis, memo, new client of a known CA",
            portcullis(&root, Some(small())),
        ),
        way(
            "Portcullis, memo, returning client",
            portcullis(&root, Some(large())),
        ),
    ];
    for way in &ways {
        for number in 0..CLIENTS {
            let _ = way.server_time(number);
        }
    }
    ways
}

fn webpki(root: &Certificate) -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(root.to_certificate_der()).expect("a CA");
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider());
    verifier.build().expect("a verifier")
}

fn portcullis(
    root: &Certificate,
    memo: Option<&'static mut SignatureMemo>,
) -> Arc<dyn ClientCertVerifier> {
    let mut store = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    if let Some(memo) = memo {
        store = store.with_signature_memo(memo);
    }
    store.add_ca(root.to_certificate_der()).expect("a CA");
    Arc::new(ClientAuth::<25, 30>::new(
        store,
        &aws_lc_rs::default_provider(),
    ))
    .verifier()
}

fn server(verifier: Arc<dyn ClientCertVerifier>) -> Arc<ServerConfig> {
    let ca = Certificate::ca("Server CA", Key::p256(6));
    let certificate = Certificate::leaf("localhost", Key::p256(7), &ca);
    let certificate = identity(chain([&certificate]), Key::p256(7));
    let resolver = Arc::new(SingleCertAndKey::from(certificate));
    let mut config = server_config(provider(), verifier, resolver).expect("TLS 1.3");
    config.time_provider = Arc::new(Stopped);
    Arc::new(config)
}
