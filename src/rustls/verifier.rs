//! The two verifiers, and the proof that the client holds its key.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ::rustls::client::danger::HandshakeSignatureValid;
use ::rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use ::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use ::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved,
    SignatureScheme,
};
use alloc::sync::Arc;
use alloc::vec::Vec;
use pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime};
use std::sync::OnceLock;
use webpki::RawPublicKeyEntity;

use super::verdict::{HandshakeEnd, Judgement, Rejection, Seen, Verdict, error_with_alert};
use super::{ClientAuth, MissingCertificate};
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::status::VerifyStatus;

/// Verifies the client of one connection, and keeps what was said of it.
///
/// It is made by [`ClientAuth::connection`], for one handshake: with a second one nobody passes any
/// more, and nothing is said of anybody. The time of the verdict is that of the `ServerConfig`, not of
/// the store's clock, and the size of a Certificate message is what it would be in TLS 1.3.
pub struct ConnectionVerifier<const CAS: usize = 25, const CRLS: usize = 30> {
    clients: Arc<ClientAuth<CAS, CRLS>>,
    /// As they were when the connection began: they are lent out.
    ca_names: Arc<[DistinguishedName]>,
    /// How many clients were asked for a certificate.
    asked: AtomicU32,
    /// Whether an answer came, with a certificate or without.
    has_received: AtomicBool,
    judgement: OnceLock<Arc<Judgement<CAS, CRLS>>>,
    has_proved: AtomicBool,
    has_concluded: AtomicBool,
}

impl<const CAS: usize, const CRLS: usize> ConnectionVerifier<CAS, CRLS> {
    pub(super) fn new(clients: Arc<ClientAuth<CAS, CRLS>>) -> Self {
        Self {
            ca_names: clients.current.load().ca_names.clone(),
            clients,
            asked: AtomicU32::new(0),
            has_received: AtomicBool::new(false),
            judgement: OnceLock::new(),
            has_proved: AtomicBool::new(false),
            has_concluded: AtomicBool::new(false),
        }
    }

    /// What is said of the client, now that its handshake has ended in this way. It is said once.
    ///
    /// Takes the result of the handshake by reference, as tokio-rustls or rustls give it when it is
    /// complete, or a [`HandshakeEnd`].
    pub fn conclude<'e>(&self, end: impl Into<HandshakeEnd<'e>>) -> Verdict<CAS, CRLS> {
        let is_second = self.has_concluded.swap(true, Ordering::Relaxed);
        let judgement = match is_second || self.is_reused() {
            true => None,
            false => self.judgement.get().cloned(),
        };
        let seen = Seen {
            has_asked: self.asked.load(Ordering::Relaxed) > 0,
            has_received: self.has_received.load(Ordering::Relaxed),
            has_proved: self.has_proved.load(Ordering::Relaxed),
        };
        Verdict::new(judgement, seen, end.into())
    }

    /// Whether a second client has been asked, whom the first one's judgement is not about.
    fn is_reused(&self) -> bool {
        self.asked.load(Ordering::Relaxed) > 1
    }

    /// Notes that a signature was good, if it is that of the client which was judged.
    fn note_proof(
        &self,
        certificate: &CertificateDer<'_>,
        proof: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        let judged = self.judgement.get();
        let judged = judged.and_then(|judgement| judgement.presented.first());
        if proof.is_ok() && judged == Some(certificate) {
            self.has_proved.store(true, Ordering::Relaxed);
        }
        proof
    }
}

impl<const CAS: usize, const CRLS: usize> ClientCertVerifier for ConnectionVerifier<CAS, CRLS> {
    fn client_auth_mandatory(&self) -> bool {
        // rustls asks when the Certificate message has come, and at no other time.
        self.has_received.store(true, Ordering::Relaxed);
        self.clients.missing == MissingCertificate::Deny || self.is_reused()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // rustls wants them once for each CertificateRequest, and for nothing else.
        self.asked.fetch_add(1, Ordering::Relaxed);
        &self.ca_names
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let store = self.clients.store();
        let status = store.verify_at(Chain::new(end_entity, intermediates), now);
        let presented = core::iter::once(end_entity).chain(intermediates);
        let judgement = Judgement {
            status,
            presented: presented.map(|der| der.clone().into_owned()).collect(),
            store: (!status.is_success()).then_some(store),
            time: now,
        };
        if self.judgement.set(Arc::new(judgement)).is_err() || self.is_reused() {
            return Err(Error::General(
                "a second handshake with one verifier".into(),
            ));
        }
        match status {
            VerifyStatus::Success => Ok(ClientCertVerified::assertion()),
            VerifyStatus::Failed(reason) => {
                Err(error_with_alert(Rejection::new(reason, end_entity)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.clients.schemes;
        let proof = verify_tls12_signature(message, certificate, signature, schemes);
        self.note_proof(certificate, proof)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.clients.schemes;
        let proof = verify_tls13_signature(message, certificate, signature, schemes);
        self.note_proof(certificate, proof)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.clients.schemes.supported_schemes()
    }
}

impl<const CAS: usize, const CRLS: usize> fmt::Debug for ConnectionVerifier<CAS, CRLS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.judgement.get().map(|judgement| judgement.status);
        f.debug_struct("ConnectionVerifier")
            .field("clients", &self.clients)
            .field("status", &status)
            .finish_non_exhaustive()
    }
}

/// Verifies the clients of any number of connections, and keeps nothing.
#[derive(Debug)]
pub(super) struct SharedVerifier<const CAS: usize, const CRLS: usize> {
    clients: Arc<ClientAuth<CAS, CRLS>>,
    ca_names: Arc<[DistinguishedName]>,
}

impl<const CAS: usize, const CRLS: usize> SharedVerifier<CAS, CRLS> {
    pub(super) fn new(clients: Arc<ClientAuth<CAS, CRLS>>) -> Self {
        Self {
            ca_names: clients.current.load().ca_names.clone(),
            clients,
        }
    }
}

impl<const CAS: usize, const CRLS: usize> ClientCertVerifier for SharedVerifier<CAS, CRLS> {
    fn client_auth_mandatory(&self) -> bool {
        self.clients.missing == MissingCertificate::Deny
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.ca_names
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let loaded = self.clients.current.load();
        let chain = Chain::new(end_entity, intermediates);
        match loaded.store.verify_at(chain, now) {
            VerifyStatus::Success => Ok(ClientCertVerified::assertion()),
            VerifyStatus::Failed(reason) => Err(Rejection::new(reason, end_entity).into_error()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.clients.schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.clients.schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.clients.schemes.supported_schemes()
    }
}

/// Takes whatever is presented, and whoever presents nothing.
#[derive(Debug)]
pub(super) struct Passthrough(pub(super) WebPkiSupportedAlgorithms);

impl ClientCertVerifier for Passthrough {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// RFC 5246 7.4.8. rustls's own function reads the certificate by webpki, which refuses some that
/// may pass here: critical policies, for instance. The key is all that is needed of it.
///
/// An ECDSA scheme does not say which curve in TLS 1.2, so each algorithm of the scheme is tried
/// until one is for this kind of key.
fn verify_tls12_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    schemes: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let spki = public_key(certificate)?;
    let key = RawPublicKeyEntity::try_from(&spki).map_err(|_| CertificateError::BadEncoding)?;
    let is_of_tls12 = matches!(
        signature.scheme,
        SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
            | SignatureScheme::RSA_PSS_SHA256
            | SignatureScheme::RSA_PSS_SHA384
            | SignatureScheme::RSA_PSS_SHA512
            | SignatureScheme::ECDSA_NISTP256_SHA256
            | SignatureScheme::ECDSA_NISTP384_SHA384
            | SignatureScheme::ECDSA_NISTP521_SHA512
            | SignatureScheme::ED25519
            | SignatureScheme::ED448
    );
    let mut known = schemes.mapping.iter();
    let scheme = known.find(|(scheme, _)| is_of_tls12 && *scheme == signature.scheme);
    let Some((_, algorithms)) = scheme else {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    };
    let verifies = |algorithm: &&dyn pki_types::SignatureVerificationAlgorithm| {
        key.verify_signature(*algorithm, message, signature.signature())
            .is_ok()
    };
    match algorithms.iter().any(verifies) {
        true => Ok(HandshakeSignatureValid::assertion()),
        false => Err(CertificateError::BadSignature.into()),
    }
}

/// RFC 8446 4.4.3, by the key alone as well.
fn verify_tls13_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    schemes: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let spki = public_key(certificate)?;
    verify_tls13_signature_with_raw_key(message, &spki, signature, schemes)
}

fn public_key<'c>(
    certificate: &'c CertificateDer<'_>,
) -> Result<SubjectPublicKeyInfoDer<'c>, Error> {
    let certificate = Certificate::parse(certificate).map_err(|_| CertificateError::BadEncoding)?;
    Ok(SubjectPublicKeyInfoDer::from(certificate.spki_der()))
}
