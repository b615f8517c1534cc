//! An axum application whose handlers know the client, on hyper:
//!
//! ```console
//! cargo run --features rustls --example axum_server -- bundle.pem server.pem server.key
//! curl -k --cert client.pem --key client.key https://localhost:8443/
//! ```

use core::error::Error;
use std::sync::Arc;

use axum::{Extension, Router, routing::get};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use portcullis::rustls::{ClientAuth, server_config};
use portcullis::{Policy, TrustStore, signature};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Who is asking, for the handlers.
#[derive(Clone)]
struct Client(String);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [bundle, certificate, key] = [1, 2, 3].map(|n| std::env::args().nth(n).expect("3 files"));
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS);
    store.add_bundle(&std::fs::read(bundle)?)?;
    let provider = Arc::new(default_provider());
    let clients = Arc::new(ClientAuth::new(store, &provider));
    let certificates = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let key = SingleCertAndKey::from(CertifiedKey::from_der(certificates, key, &provider)?);
    let (key, listener) = (Arc::new(key), TcpListener::bind("127.0.0.1:8443").await?);
    let app = Router::new().route("/", get(greet));
    loop {
        let ((tcp, address), app) = (listener.accept().await?, app.clone());
        let verifier = clients.connection();
        let mut config = server_config(provider.clone(), verifier.clone(), key.clone())?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        tokio::spawn(async move {
            let handshake = TlsAcceptor::from(Arc::new(config)).accept(tcp).await;
            let verdict = verifier.conclude(&handshake);
            println!("{address} {}", verdict.status());
            let (true, Ok(tls), Some(leaf)) =
                (verdict.status().is_success(), handshake, verdict.leaf())
            else {
                return;
            };
            let app = app.layer(Extension(Client(leaf.subject().to_string())));
            let service = TowerToHyperService::new(app);
            let http = auto::Builder::new(TokioExecutor::new());
            _ = http.serve_connection(TokioIo::new(tls), service).await;
        });
    }
}

async fn greet(Extension(Client(name)): Extension<Client>) -> String {
    format!("Hello, {name}\n")
}
