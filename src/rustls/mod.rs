//! Client authentication for [rustls] 0.23: the verdict of a [`TrustStore`] in a server's handshake.
//!
//! [`ClientAuth`] holds the store, and another can take its place while the server serves. There are
//! two ways to use it, since an error of rustls carries either the right TLS alert or what a log
//! wants to know, and not both:
//!
//! - [`ClientAuth::connection`] makes a verifier for one connection. It keeps the [`Verdict`] for
//!   whoever logs it, with the certificates of a client that was refused too, and the client gets
//!   the alert that fits, if rustls has one: it has none for a message that is too large. This is
//!   the way to prefer.
//! - [`ClientAuth::verifier`] is one for every connection, for servers that take one
//!   [`ServerConfig`] and ask no more. The error it gives holds a [`Rejection`], and the client gets
//!   `certificate_unknown`, whatever was wrong.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use portcullis::rustls::{ClientAuth, server_config};
//! use portcullis::{Policy, TrustStore, signature};
//! use rustls::crypto::aws_lc_rs;
//! # use rustls::server::ResolvesServerCert;
//!
//! # async fn serve(certificate: Arc<dyn ResolvesServerCert>) -> Result<(), Box<dyn std::error::Error>> {
//! let mut store: TrustStore<'static> = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS);
//! store.add_bundle(&std::fs::read("bundle.pem")?)?;
//! let provider = Arc::new(aws_lc_rs::default_provider());
//! let clients = Arc::new(ClientAuth::new(store, &provider));
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8443").await?;
//! loop {
//!     let (tcp, _) = listener.accept().await?;
//!     let verifier = clients.connection();
//!     let config = server_config(provider.clone(), verifier.clone(), certificate.clone())?;
//!     // Elsewhere, or a client that is silent keeps out all others.
//!     tokio::spawn(async move {
//!         let handshake = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(tcp).await;
//!         let verdict = verifier.conclude(&handshake);
//!         let subject = verdict.leaf().map(|leaf| leaf.subject().to_string());
//!         println!("{} {subject:?}", verdict.status());
//!     });
//! }
//! # }
//! ```
//!
//! # What it does not do
//!
//! A resumed session never comes here: rustls asks no verifier then, and a client whose certificate
//! has been revoked since would pass. [`server_config`] turns resumption off.
//!
//! A verifier says yes before the client has proved that it holds the key. A client counts as
//! authenticated once the handshake is complete, and not before: [`ConnectionVerifier::conclude`]
//! takes care of that.
//!
//! Connections that are open when a store is replaced stay open;
//! [`TrustStore::is_revoked`] is for looking at them again.
//!
//! [rustls]: ::rustls

mod verdict;
mod verifier;

use core::fmt;

use ::rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use ::rustls::server::danger::ClientCertVerifier;
use ::rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use ::rustls::{DistinguishedName, Error, ServerConfig};
use alloc::sync::Arc;
use alloc::vec::Vec;
use arc_swap::ArcSwap;

pub use self::verdict::{HandshakeEnd, Rejection, Verdict};
pub use self::verifier::ConnectionVerifier;
use self::verifier::{Passthrough, SharedVerifier};
use crate::der;
use crate::store::TrustStore;

/// Who may connect: a trust store that can be replaced while it is used, and how clients are asked.
///
/// `CAS` and `CRLS` are those of the store.
pub struct ClientAuth<const CAS: usize = 25, const CRLS: usize = 30> {
    current: ArcSwap<Loaded<CAS, CRLS>>,
    schemes: WebPkiSupportedAlgorithms,
    missing: MissingCertificate,
    hints: CaNames,
}

/// A store, and what is sent of it.
struct Loaded<const CAS: usize, const CRLS: usize> {
    store: Arc<TrustStore<'static, CAS, CRLS>>,
    ca_names: Arc<[DistinguishedName]>,
}

impl<const CAS: usize, const CRLS: usize> ClientAuth<CAS, CRLS> {
    /// Clients of this store alone, which have to present a certificate and are not told the names
    /// of its CAs.
    ///
    /// The provider verifies the signature with which a client proves that it holds its key, and
    /// says which kinds of signature a client may use. Of a key on an elliptic curve that is
    /// compressed in the certificate some providers, ring's for one, verify none.
    #[must_use]
    pub fn new(store: TrustStore<'static, CAS, CRLS>, provider: &CryptoProvider) -> Self {
        Self {
            current: ArcSwap::from_pointee(Loaded {
                store: Arc::new(store),
                ca_names: Arc::new([]),
            }),
            schemes: provider.signature_verification_algorithms,
            missing: MissingCertificate::Deny,
            hints: CaNames::Omit,
        }
    }

    /// Whether a client without certificate may connect; [`MissingCertificate::Deny`] unless this
    /// says otherwise.
    ///
    /// ALB: it may not, in verify mode (documented).
    #[must_use]
    pub const fn with_missing_certificate(mut self, missing: MissingCertificate) -> Self {
        self.missing = missing;
        self
    }

    /// Whether the subjects of the store's certificates are sent in the CertificateRequest, so that
    /// a client with several certificates can choose; [`CaNames::Omit`] unless this says otherwise.
    ///
    /// ALB: `AdvertiseTrustStoreCaNames`, off by default (documented). They are sent in every
    /// handshake, and tell everybody whom the server trusts.
    #[must_use]
    pub fn with_ca_names(mut self, names: CaNames) -> Self {
        self.hints = names;
        let store = self.store();
        self.current.store(Arc::new(self.load(store)));
        self
    }

    /// Puts another store in the place of the one in use, and gives that one back. Every handshake
    /// whose certificate is verified after that is judged by the new one; none waits for a lock.
    pub fn replace(
        &self,
        store: TrustStore<'static, CAS, CRLS>,
    ) -> Arc<TrustStore<'static, CAS, CRLS>> {
        let old = self.current.swap(Arc::new(self.load(Arc::new(store))));
        old.store.clone()
    }

    /// The store in use.
    #[must_use]
    pub fn store(&self) -> Arc<TrustStore<'static, CAS, CRLS>> {
        self.current.load().store.clone()
    }

    /// A verifier for one connection, which keeps the verdict. Sessions must not be resumed, as
    /// [`server_config`] sees to.
    #[must_use]
    pub fn connection(self: &Arc<Self>) -> Arc<ConnectionVerifier<CAS, CRLS>> {
        Arc::new(ConnectionVerifier::new(self.clone()))
    }

    /// A verifier for any number of connections. Names of CAs are those of the store that is in use
    /// now, whatever replaces it.
    ///
    /// What it refuses it refuses as [`Error::InvalidCertificate`], with a [`Rejection`] inside.
    /// Sessions must not be resumed: rustls would, and would ask nobody, in a configuration that
    /// [`server_config`] has not made.
    #[must_use]
    pub fn verifier(self: &Arc<Self>) -> Arc<dyn ClientCertVerifier> {
        Arc::new(SharedVerifier::new(self.clone()))
    }

    fn load(&self, store: Arc<TrustStore<'static, CAS, CRLS>>) -> Loaded<CAS, CRLS> {
        let ca_names: Arc<[_]> = match self.hints {
            CaNames::Advertise => ca_names(&store).into(),
            CaNames::Omit => Arc::new([]),
        };
        Loaded { store, ca_names }
    }
}

impl<const CAS: usize, const CRLS: usize> fmt::Debug for ClientAuth<CAS, CRLS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAuth")
            .field("missing", &self.missing)
            .field("hints", &self.hints)
            .finish_non_exhaustive()
    }
}

/// A client that presents no certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MissingCertificate {
    /// Its handshake may be completed; [`Verdict::status`] is `Failed:UnmappedConnectionError` all
    /// the same, since nobody has been authenticated.
    Allow,
    /// Its handshake fails.
    Deny,
}

/// The names of the store's CAs in the CertificateRequest (RFC 8446 4.2.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CaNames {
    /// They are sent.
    Advertise,
    /// They are not.
    Omit,
}

/// A configuration for TLS 1.2 and 1.3 in which no session is resumed: neither tickets nor session
/// identifiers, and no early data.
///
/// Its other fields can be set afterwards, the ALPN protocols for instance. It is cheap enough to be
/// made for each connection.
///
/// # Errors
///
/// A provider that can neither TLS 1.2 nor TLS 1.3.
pub fn server_config(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ClientCertVerifier>,
    certificate: Arc<dyn ResolvesServerCert>,
) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(certificate);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    // Whatever features of rustls another crate turns on: compression makes small of what is too
    // large.
    config.cert_decompressors = Vec::new();
    Ok(config)
}

/// ALB's passthrough mode: a verifier that asks for a certificate and accepts **any** that can be
/// read, or none, for servers that hand it on to a backend which verifies it.
///
/// All that is checked is that the client holds the key, which has to be of a kind that the provider
/// verifies. `peer_certificates` of the connection has
/// what was presented.
#[must_use]
pub fn passthrough(provider: &CryptoProvider) -> Arc<dyn ClientCertVerifier> {
    Arc::new(Passthrough(provider.signature_verification_algorithms))
}

/// The subjects of the store's certificates, each once, as many as fit in the message.
fn ca_names<const CAS: usize, const CRLS: usize>(
    store: &TrustStore<'_, CAS, CRLS>,
) -> Vec<DistinguishedName> {
    let mut names: Vec<DistinguishedName> = Vec::new();
    let mut room = MAX_CA_NAMES;
    for ca in store.cas() {
        let subject = ca.subject();
        let content = der::sole(subject.as_der(), der::SEQUENCE).unwrap_or_default();
        let name = DistinguishedName::in_sequence(content);
        if names.iter().any(|known| known.as_ref() == name.as_ref()) {
            continue;
        }
        // Two octets of length before each.
        let size = name.as_ref().len().saturating_add(2);
        if let Some(left) = room.checked_sub(size) {
            room = left;
            names.push(name);
        }
    }
    names
}

/// RFC 8446 4.2.4 has room for 65,535 octets in all, other extensions included. ALB allows 10,000
/// (documented), which no client has been seen to choke on.
const MAX_CA_NAMES: usize = 10_000;
