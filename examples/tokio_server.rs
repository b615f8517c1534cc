//! A TLS server that greets its clients by name and logs everybody else, on tokio-rustls:
//!
//! ```console
//! cargo run --features rustls --example tokio_server -- bundle.pem server.pem server.key
//! curl -k --cert client.pem --key client.key https://localhost:8443/
//! ```

use core::error::Error;
use std::sync::Arc;

use portcullis::rustls::{ClientAuth, server_config};
use portcullis::{Policy, TrustStore, signature};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [bundle, certificate, key] = [1, 2, 3].map(|n| std::env::args().nth(n).expect("3 files"));
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS);
    store.add_bundle(&std::fs::read(bundle)?)?;
    let provider = Arc::new(default_provider());
    // To change the store while this runs: `clients.replace(another_store)`.
    let clients = Arc::new(ClientAuth::new(store, &provider));
    let certificates = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let key = SingleCertAndKey::from(CertifiedKey::from_der(certificates, key, &provider)?);
    let (key, listener) = (Arc::new(key), TcpListener::bind("127.0.0.1:8443").await?);
    loop {
        let (tcp, address) = listener.accept().await?;
        let verifier = clients.connection();
        let config = server_config(provider.clone(), verifier.clone(), key.clone())?;
        tokio::spawn(async move {
            let handshake = TlsAcceptor::from(Arc::new(config))
                .accept::<TcpStream>(tcp)
                .await;
            let verdict = verifier.conclude(&handshake);
            let name = verdict.leaf().map(|leaf| leaf.subject().to_string());
            let name = name.unwrap_or_default();
            println!("{address} {} \"{name}\"", verdict.status());
            if let (true, Ok(mut tls)) = (verdict.status().is_success(), handshake) {
                let answer = format!("HTTP/1.0 200 OK\r\n\r\nHello, {name}\n");
                _ = tls.write_all(answer.as_bytes()).await;
                _ = tls.shutdown().await;
            }
        });
    }
}
