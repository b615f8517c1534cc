//! The listener of rustls: its own verifier, HTTP by hyper, one thread.

use core::convert::Infallible;
use core::net::Ipv4Addr;
use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::program::BODY;

/// As long as nginx waits by default.
const PATIENCE: Duration = Duration::from_secs(60);
const BACKLOG: u32 = 1024;

#[derive(Args)]
pub(crate) struct Options {
    #[arg(long)]
    trust_store: PathBuf,
    #[arg(long)]
    crl: Vec<PathBuf>,
    #[arg(long)]
    cert: PathBuf,
    #[arg(long)]
    key: PathBuf,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(configuration(options)?));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(acceptor))
}

async fn serve(acceptor: TlsAcceptor) -> Result<()> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let listener: TcpListener = socket.listen(BACKLOG)?;
    eprintln!("rustls: listening on https://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(acceptor.clone(), stream));
    }
}

/// Serves one connection; what goes wrong is the client's loss.
async fn answer(acceptor: TlsAcceptor, stream: TcpStream) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await else {
        return;
    };
    let service = service_fn(async |_: Request<Incoming>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(
            BODY.as_bytes(),
        ))))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    drop(connection.await);
}

fn configuration(options: &Options) -> Result<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&options.trust_store)? {
        roots.add(certificate)?;
    }
    let mut verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    if !options.crl.is_empty() {
        let lists = options.crl.iter().map(|path| {
            CertificateRevocationListDer::from_pem_file(path)
                .with_context(|| format!("no list: {}", path.display()))
        });
        verifier = verifier
            .with_crls(lists.collect::<Result<Vec<_>>>()?)
            .allow_unknown_revocation_status();
    }
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier.build()?)
        .with_single_cert(
            certificates(&options.cert)?,
            PrivateKeyDer::from_pem_file(&options.key)?,
        )?;
    configuration.session_storage = Arc::new(NoServerSessionStorage {});
    configuration.send_tls13_tickets = 0;
    Ok(configuration)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(path)?.collect::<Result<_, _>>();
    certificates.with_context(|| format!("no certificates: {}", path.display()))
}
