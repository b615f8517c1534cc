//! The configuration of TLS, and its words in the logs.

use std::sync::Arc;

use portcullis::pki_types::UnixTime;
use portcullis::rustls::{ConnectionVerifier, passthrough, server_config};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::{NoClientAuth, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{CipherSuite, NamedGroup, ProtocolVersion, ServerConfig, ServerConnection};

use crate::arguments::{Mode, ServeArguments};

/// The algorithms of TLS, the cipher suites in the order in which ALB's policies have them.
pub(super) fn provider() -> Arc<CryptoProvider> {
    let mut provider = default_provider();
    provider
        .cipher_suites
        .sort_by_key(|suite| match suite.suite() {
            CipherSuite::TLS13_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => 0,
            CipherSuite::TLS13_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => 1,
            _ => 2,
        });
    Arc::new(provider)
}

/// How connections are made.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    certificate: Arc<dyn ResolvesServerCert>,
    clock: Option<Arc<dyn TimeProvider>>,
    /// For when clients are not verified: one configuration serves all.
    unverified: Arc<ServerConfig>,
}

impl Tls {
    pub(super) fn new(
        arguments: &ServeArguments,
        provider: Arc<CryptoProvider>,
        certificate: CertifiedKey,
    ) -> Result<Self, rustls::Error> {
        let certificate: Arc<dyn ResolvesServerCert> =
            Arc::new(SingleCertAndKey::from(certificate));
        let verifier = match arguments.mode {
            Mode::Passthrough => passthrough(&provider),
            Mode::Off | Mode::Verify => Arc::new(NoClientAuth),
        };
        let unverified = server_config(provider.clone(), verifier, certificate.clone())?;
        let clock = arguments
            .store
            .time
            .map(|time| -> Arc<dyn TimeProvider> { Arc::new(Stopped(time)) });
        Ok(Self {
            provider,
            certificate,
            clock,
            unverified: Arc::new(as_alb(unverified)),
        })
    }

    /// For one connection.
    pub(super) fn config(
        &self,
        verifier: Option<&Arc<ConnectionVerifier>>,
    ) -> Result<Arc<ServerConfig>, rustls::Error> {
        let Some(verifier) = verifier else {
            return Ok(self.unverified.clone());
        };
        let provider = self.provider.clone();
        let mut config = server_config(provider, verifier.clone(), self.certificate.clone())?;
        if let Some(clock) = &self.clock {
            config.time_provider = clock.clone();
        }
        Ok(Arc::new(as_alb(config)))
    }
}

/// What all configurations have.
fn as_alb(mut config: ServerConfig) -> ServerConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // ALB chooses the cipher suite (documented), and rustls would leave that to the client.
    config.ignore_client_order = true;
    config
}

/// A clock that stands still, for --time.
#[derive(Debug)]
struct Stopped(UnixTime);

impl TimeProvider for Stopped {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

/// What was agreed on, as far as the handshake came, in the words of ALB's logs.
#[derive(Clone, Debug, Default)]
pub(super) struct Agreed {
    pub(super) protocol: Option<&'static str>,
    /// OpenSSL's name.
    pub(super) cipher: Option<&'static str>,
    pub(super) key_exchange: Option<&'static str>,
    /// What the client called the server (RFC 6066 3).
    pub(super) server_name: Option<String>,
}

impl From<&ServerConnection> for Agreed {
    fn from(tls: &ServerConnection) -> Self {
        let cipher = tls.negotiated_cipher_suite();
        let group = tls.negotiated_key_exchange_group();
        Self {
            protocol: tls.protocol_version().and_then(protocol_name),
            cipher: cipher.and_then(|cipher| cipher_name(cipher.suite())),
            key_exchange: group.and_then(|group| group_name(group.name())),
            server_name: tls.server_name().map(str::to_owned),
        }
    }
}

const fn protocol_name(version: ProtocolVersion) -> Option<&'static str> {
    match version {
        ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
        ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
        _ => None,
    }
}

/// OpenSSL's names of all that rustls has.
const fn cipher_name(suite: CipherSuite) -> Option<&'static str> {
    Some(match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "ECDHE-ECDSA-CHACHA20-POLY1305"
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => return None,
    })
}

/// The names of IANA's registry, but for `x25519`, which has none in capitals.
const fn group_name(group: NamedGroup) -> Option<&'static str> {
    match group {
        NamedGroup::secp256r1 => Some("secp256r1"),
        NamedGroup::secp384r1 => Some("secp384r1"),
        NamedGroup::secp521r1 => Some("secp521r1"),
        NamedGroup::X25519 => Some("x25519"),
        NamedGroup::X25519MLKEM768 => Some("X25519MLKEM768"),
        NamedGroup::secp256r1MLKEM768 => Some("SecP256r1MLKEM768"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_can_be_agreed_on_has_a_name() {
        let provider = default_provider();
        for suite in &provider.cipher_suites {
            assert!(cipher_name(suite.suite()).is_some(), "{suite:?}");
        }
        for group in &provider.kx_groups {
            assert!(group_name(group.name()).is_some(), "{group:?}");
        }
    }
}
