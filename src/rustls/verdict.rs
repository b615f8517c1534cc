//! What became of a client.

use core::error::Error as StdError;
use core::fmt;

use ::rustls::{CertificateError, Error, InvalidMessage, OtherError};
use alloc::sync::Arc;
use alloc::vec::Vec;
use pki_types::{CertificateDer, UnixTime};
use std::io;

use crate::certificate::Certificate;
use crate::explain::Explanation;
use crate::status::{FailureReason, VerifyStatus};
use crate::store::TrustStore;

/// What is said of a client at the end of its handshake, for the log and for the application.
///
/// That of a client which was refused holds on to the store that refused it.
#[derive(Clone)]
#[must_use]
pub struct Verdict<const CAS: usize = 25, const CRLS: usize = 30> {
    status: VerifyStatus,
    judgement: Option<Arc<Judgement<CAS, CRLS>>>,
}

/// What the store said of what was presented, before the client proved anything.
pub(super) struct Judgement<const CAS: usize, const CRLS: usize> {
    pub(super) status: VerifyStatus,
    pub(super) presented: Vec<CertificateDer<'static>>,
    /// Of a client that was refused.
    pub(super) store: Option<Arc<TrustStore<'static, CAS, CRLS>>>,
    pub(super) time: UnixTime,
}

impl<const CAS: usize, const CRLS: usize> Verdict<CAS, CRLS> {
    pub(super) fn new(
        judgement: Option<Arc<Judgement<CAS, CRLS>>>,
        seen: Seen,
        end: HandshakeEnd<'_>,
    ) -> Self {
        let said = judgement.as_ref().map(|judgement| judgement.status);
        let unmapped = VerifyStatus::Failed(FailureReason::UnmappedConnectionError);
        let status = match (said, end) {
            (Some(VerifyStatus::Success), HandshakeEnd::Completed) if seen.has_proved => {
                VerifyStatus::Success
            }
            // The client did not prove that it holds the key, or went away before.
            (Some(VerifyStatus::Success), _) => unmapped,
            (Some(failed), _) => failed,
            // The Certificate is what a client sends when it has been asked for it, and rustls
            // reads none of 65,536 octets or more, those of the records round it included.
            (None, HandshakeEnd::Overflowed | HandshakeEnd::Failed(TOO_LARGE | NOT_A_LIST))
                if seen.has_asked && !seen.has_received =>
            {
                VerifyStatus::Failed(FailureReason::ClientCertMaxSizeExceeded)
            }
            (None, _) => unmapped,
        };
        Self { status, judgement }
    }

    /// The status. `Success` only for a client that has proved that it holds its key.
    /// `Failed:UnmappedConnectionError` for one that has not, for one without certificate, and for
    /// a handshake that failed for another reason than the client's certificate.
    pub const fn status(&self) -> VerifyStatus {
        self.status
    }

    /// The certificates as presented, leaf first, of a client that was refused as well. Empty if the
    /// handshake did not come so far.
    #[must_use]
    pub fn presented(&self) -> &[CertificateDer<'static>] {
        self.judgement
            .as_ref()
            .map_or(&[], |judgement| judgement.presented.as_slice())
    }

    /// The client's own certificate, if there is one that can be read.
    #[must_use]
    pub fn leaf(&self) -> Option<Certificate<'_>> {
        Certificate::parse(self.presented().first()?).ok()
    }

    /// The store that refused the client, which may have been replaced since. `None` if none did.
    #[must_use]
    pub fn store(&self) -> Option<&TrustStore<'static, CAS, CRLS>> {
        self.judgement.as_ref()?.store.as_deref()
    }

    /// Why the store refused the client. `None` if it did not. It takes another verification to
    /// tell.
    #[must_use]
    pub fn explain(&self) -> Option<Explanation<'_>> {
        let judgement = self.judgement.as_ref()?;
        let store = judgement.store.as_ref()?;
        Some(store.explain(&judgement.presented, judgement.time))
    }
}

impl<const CAS: usize, const CRLS: usize> fmt::Debug for Verdict<CAS, CRLS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("status", &self.status)
            .field("presented", &self.presented().len())
            .finish_non_exhaustive()
    }
}

/// What happened beside the judgement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The client was asked for its certificate.
    pub(super) has_asked: bool,
    /// Its Certificate message came.
    pub(super) has_received: bool,
    /// It proved that it holds the key of the certificate that was judged.
    pub(super) has_proved: bool,
}

const TOO_LARGE: &Error = &Error::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge);
const NOT_A_LIST: &Error = &Error::InvalidMessage(InvalidMessage::CertificatePayloadTooLarge);

/// How a handshake ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum HandshakeEnd<'e> {
    /// The connection broke, or time ran out.
    Broken,
    /// It is complete: `is_handshaking` of the connection is false.
    Completed,
    /// It failed for this reason.
    Failed(&'e Error),
    /// The client sent a larger message than rustls has room for.
    Overflowed,
}

/// Of a function that returns when the handshake is complete, and not before.
impl<'e, T> From<&'e Result<T, Error>> for HandshakeEnd<'e> {
    fn from(result: &'e Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Completed,
            Err(error) => Self::Failed(error),
        }
    }
}

/// Of a function that returns when the handshake is complete, as that of tokio-rustls, with rustls's
/// error inside the other.
impl<'e, T> From<&'e io::Result<T>> for HandshakeEnd<'e> {
    fn from(result: &'e io::Result<T>) -> Self {
        let Err(error) = result else {
            return Self::Completed;
        };
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        match inner {
            Some(inner) => Self::Failed(inner),
            // The documented error of `read_tls` when its buffer is full.
            None if error.kind() == io::ErrorKind::InvalidData => Self::Overflowed,
            None => Self::Broken,
        }
    }
}

/// Why a client was refused, inside the error of [`ClientAuth::verifier`](super::ClientAuth::verifier).
#[derive(Clone)]
pub struct Rejection {
    reason: FailureReason,
    leaf: CertificateDer<'static>,
}

impl Rejection {
    pub(super) fn new(reason: FailureReason, leaf: &CertificateDer<'_>) -> Self {
        Self {
            reason,
            leaf: leaf.clone().into_owned(),
        }
    }

    /// Finds it in an error: of rustls, or of anything that has that as its source.
    ///
    /// ```
    /// use portcullis::rustls::Rejection;
    ///
    /// fn log(error: &std::io::Error) {
    ///     if let Some(rejection) = Rejection::find(error) {
    ///         eprintln!("{}", rejection.status());
    ///     }
    /// }
    /// # log(&std::io::Error::other("another"));
    /// ```
    #[must_use]
    pub fn find<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Self> {
        let mut next = Some(error);
        // Bounded, since an error may name itself as its source.
        for _ in 0..MAX_SOURCES {
            let error = next?;
            if let Some(rejection) = error.downcast_ref() {
                return Some(rejection);
            }
            next = match (error.downcast_ref(), error.downcast_ref()) {
                (
                    Some(Error::InvalidCertificate(CertificateError::Other(OtherError(inner)))),
                    _,
                ) => Some(&**inner),
                // Its source is that of the error inside, which is then passed over.
                (_, Some(error)) => {
                    io::Error::get_ref(error).map(|inner| -> &(dyn StdError + 'static) { inner })
                }
                _ => error.source(),
            };
        }
        None
    }

    /// What was said of it.
    pub const fn status(&self) -> VerifyStatus {
        VerifyStatus::Failed(self.reason)
    }

    /// The client's own certificate as it was presented. Nobody has proved to hold its key.
    #[must_use]
    pub const fn leaf(&self) -> &CertificateDer<'static> {
        &self.leaf
    }

    pub(super) fn into_error(self) -> Error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(self))))
    }
}

/// rustls prints it as part of its own error: not with the whole certificate, which is as long as the
/// client likes.
impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejection({self})")
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status().fmt(f)
    }
}

impl StdError for Rejection {}

/// The error that makes rustls send the alert which RFC 8446 6.2 has for this.
pub(super) fn error_with_alert(rejection: Rejection) -> Error {
    Error::InvalidCertificate(match rejection.reason {
        // bad_certificate
        FailureReason::ClientCertInvalid => CertificateError::BadEncoding,
        // unsupported_certificate
        FailureReason::ClientCertPurposeInvalid
        | FailureReason::ClientCertTypeUnsupported
        | FailureReason::ClientCertIncompatible => CertificateError::InvalidPurpose,
        // certificate_revoked
        FailureReason::ClientCertCrlHit => CertificateError::Revoked,
        // certificate_expired, "has expired or is not currently valid"
        FailureReason::ClientCertExpired => CertificateError::Expired,
        FailureReason::ClientCertNotYetValid => CertificateError::NotValidYet,
        // unknown_ca; what cannot be told for want of a list, too, as OpenSSL and AWS-LC do
        FailureReason::ClientCertUntrusted => CertificateError::UnknownIssuer,
        FailureReason::ClientCertCrlProcessingError => CertificateError::UnknownRevocationStatus,
        // access_denied
        FailureReason::ClientCertRejected => CertificateError::ApplicationVerificationFailure,
        // certificate_unknown
        FailureReason::ClientCertMaxChainDepthExceeded
        | FailureReason::ClientCertMaxSizeExceeded
        | FailureReason::UnmappedConnectionError => return rejection.into_error(),
    })
}

const MAX_SOURCES: usize = 32;
