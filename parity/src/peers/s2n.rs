//! s2n-tls, by a TLS 1.3 handshake in memory.

use core::str::FromStr;
use std::sync::{Arc, OnceLock};

use parity_s2n::{Progress, Server, Setup, SetupError};
use portcullis::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use portcullis::{FailureReason, VerifyStatus};
use portcullis_fixtures::{AnyServer, Certificate, Key};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{ClientConfig, ClientConnection, Error, SignatureAlgorithm, SignatureScheme};

use crate::row::{NO_DEPTH_LIMIT, Row};

/// What s2n-tls says of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// s2n-tls's name for its error, or `Success`.
    pub name: String,
    /// ALB's word for it; `None` if that is unknown.
    pub status: Option<VerifyStatus>,
    /// The anchors that s2n-tls could not read, by index.
    pub refused_anchors: Vec<usize>,
}

impl Answer {
    /// Whether the chain was found good.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == Some(VerifyStatus::Success)
    }

    fn new(name: &str, row: &Row, key: Key) -> Self {
        Self {
            name: name.to_owned(),
            status: match is_past_chain(name, row, key) {
                true => Some(VerifyStatus::Success),
                false => status(name, row),
            },
            refused_anchors: Vec::new(),
        }
    }
}

/// Whether the server has the lists of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lists {
    /// If there are any.
    Given,
    /// It looks for none.
    Ignored,
}

/// The answer to a row, whose first certificate is of this key.
#[must_use]
pub fn ask(row: &Row, key: Key, lists: Lists) -> Answer {
    ask_with_depth(row, key, lists, ALB_DEPTH)
}

/// The answer of a server that takes as many certificates as we ever do.
#[must_use]
pub fn ask_deeper(row: &Row, key: Key, lists: Lists) -> Answer {
    ask_with_depth(row, key, lists, NO_DEPTH_LIMIT.into())
}

fn ask_with_depth(row: &Row, key: Key, lists: Lists, max_depth: u16) -> Answer {
    static SERVER: OnceLock<Certificate> = OnceLock::new();
    let own = SERVER.get_or_init(|| Certificate::ca("Server", Key::p256(0)));
    let anchors = row.anchors.iter().map(AsRef::as_ref).collect::<Vec<_>>();
    let crls = row.crls.iter().map(AsRef::as_ref).collect::<Vec<_>>();
    let server = Server::new(&Setup {
        anchors: &anchors,
        crls: (lists == Lists::Given && !crls.is_empty()).then_some(&crls[..]),
        max_depth,
        now: row.time().as_secs(),
        certificate: own.der(),
        private_key: own.key().pkcs8_der(),
    });
    match server {
        Ok(mut server) => Answer {
            refused_anchors: server.refused_anchors().to_vec(),
            ..Answer::new(shake_hands(&mut server, row, key), row, key)
        },
        Err(SetupError::Crl(_)) => Answer::new(UNREADABLE_LIST, row, key),
        Err(SetupError::Other(name)) => panic!("{}: no server: {name}", row.id),
    }
}

/// How many certificates ALB takes.
pub const ALB_DEPTH: u16 = 4;

/// The name for a list that s2n-tls can't read: there is no server then.
pub const UNREADABLE_LIST: &str = "UNREADABLE_LIST";

fn shake_hands(server: &mut Server, row: &Row, key: Key) -> &'static str {
    let name = ServerName::try_from("server.example").expect("a host name");
    let mut client =
        ClientConnection::new(client_config(row, key), name).expect("a client can begin");
    for _ in 0..MOST_FLIGHTS {
        let mut out = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut out).expect("memory takes everything");
        }
        match server.receive(&out) {
            Progress::Accepted => return "Success",
            Progress::Refused(name) => return name,
            Progress::Waiting => {}
        }
        let output = server.take_output();
        let mut input = &output[..];
        while !input.is_empty() {
            client
                .read_tls(&mut input)
                .expect("memory gives everything");
            if let Err(error) = client.process_new_packets() {
                panic!("{}: the client gives up: {error}", row.id);
            }
        }
    }
    "STALLED"
}

fn client_config(row: &Row, key: Key) -> Arc<ClientConfig> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    let provider = PROVIDER.get_or_init(|| {
        // A hybrid key exchange would only take time.
        let kx_groups = vec![aws_lc_rs::kx_group::SECP256R1];
        Arc::new(CryptoProvider {
            kx_groups,
            ..aws_lc_rs::default_provider()
        })
    });
    let config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("the provider has TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer))
        .with_client_cert_resolver(Arc::new(Client(Arc::new(CertifiedKey {
            cert: row.chain.clone(),
            key: signing_key(key),
            ocsp: None,
        }))));
    Arc::new(config)
}

fn signing_key(key: Key) -> Arc<dyn SigningKey> {
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8_der()));
    let inner = aws_lc_rs::sign::any_supported_type(&der).ok();
    Arc::new(AnyKey(inner))
}

/// Presents what it is told to, whatever the server asks for.
#[derive(Debug)]
struct Client(Arc<CertifiedKey>);

impl ResolvesClientCert for Client {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A key that signs, or one that pretends to: the certificate goes before the signature, and a
/// server that refuses it does not get as far as that.
#[derive(Debug)]
struct AnyKey(Option<Arc<dyn SigningKey>>);

impl SigningKey for AnyKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = self.0.as_ref().and_then(|key| key.choose_scheme(offered));
        Some(signer.unwrap_or_else(|| Box::new(NoSigner)))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

#[derive(Debug)]
struct NoSigner;

impl Signer for NoSigner {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01])
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

/// Whether the server had nothing against the chain, but misses a proof that nobody could give: the
/// key in the certificate is not the one that it was made for, or one that TLS has no signature for.
fn is_past_chain(name: &str, row: &Row, key: Key) -> bool {
    let is_about_proof = matches!(
        name,
        "S2N_ERR_VERIFY_SIGNATURE" | "S2N_ERR_INVALID_SIGNATURE_ALGORITHM"
    );
    let spki = key.spki_der();
    let has_key = (row.chain.first())
        .is_some_and(|leaf| leaf.windows(spki.len()).any(|window| window == spki));
    is_about_proof && !(has_key && can_prove(key))
}

fn can_prove(key: Key) -> bool {
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8_der()));
    aws_lc_rs::sign::any_supported_type(&der).is_ok_and(|key| {
        key.choose_scheme(&[
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::RSA_PSS_SHA256,
        ])
        .is_some()
    })
}

/// What ALB says where s2n-tls says this.
fn status(name: &str, row: &Row) -> Option<VerifyStatus> {
    use FailureReason as Reason;
    let reason = match name {
        "Success" => return VerifyStatus::from_str(name).ok(),
        "S2N_ERR_CERT_UNTRUSTED" | "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION" => {
            Reason::ClientCertUntrusted
        }
        "S2N_ERR_CERT_REVOKED" => Reason::ClientCertCrlHit,
        "S2N_ERR_CERT_NOT_YET_VALID" => Reason::ClientCertNotYetValid,
        "S2N_ERR_CERT_EXPIRED" => Reason::ClientCertExpired,
        "S2N_ERR_CERT_TYPE_UNSUPPORTED" => Reason::ClientCertTypeUnsupported,
        "S2N_ERR_CERT_INVALID" | "S2N_ERR_DECODE_CERTIFICATE" => Reason::ClientCertInvalid,
        "S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED" => Reason::ClientCertMaxChainDepthExceeded,
        "S2N_ERR_CERT_INTENT_INVALID" => Reason::ClientCertPurposeInvalid,
        "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT" => Reason::ClientCertIncompatible,
        "S2N_ERR_CRL_LOOKUP_FAILED"
        | "S2N_ERR_CRL_SIGNATURE"
        | "S2N_ERR_CRL_ISSUER"
        | "S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION"
        | UNREADABLE_LIST => Reason::ClientCertCrlProcessingError,
        "S2N_ERR_BAD_MESSAGE" if message_size(row) > MAX_MESSAGE => {
            Reason::ClientCertMaxSizeExceeded
        }
        _ => return None,
    };
    Some(VerifyStatus::Failed(reason))
}

/// The Certificate message of TLS 1.3: a context and the list's length, then for each its length and
/// its extensions' length.
fn message_size(row: &Row) -> usize {
    let certificates = row.chain.iter();
    4 + certificates
        .map(|certificate| certificate.len() + 5)
        .sum::<usize>()
}

const MAX_MESSAGE: usize = 64 * 1024;
const MOST_FLIGHTS: usize = 10;
