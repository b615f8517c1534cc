//! The certificates of a client as a proxy tells them.

mod base64;
mod rfc9440;
mod xfcc;

use core::fmt;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use portcullis::pki_types::CertificateDer;
use portcullis::{FailureReason, MtlsHeaderError, MtlsPem, VerifyStatus};

use crate::arguments::AuthForm;

/// The header that is believed, and how it is read.
pub(super) struct Source {
    pub(super) header: HeaderName,
    pub(super) form: AuthForm,
    /// RFC 9440 has a second one, for what comes after the client's own certificate.
    chain: Option<HeaderName>,
}

impl Source {
    /// None for a name to which nothing can be appended.
    pub(super) fn new(header: HeaderName, form: AuthForm) -> Option<Self> {
        let chain = match form {
            AuthForm::Rfc9440 => Some(format!("{header}-chain").parse().ok()?),
            AuthForm::Base64 | AuthForm::EscapedPem | AuthForm::Xfcc => None,
        };
        Some(Self {
            header,
            form,
            chain,
        })
    }

    /// What the client presented, its own certificate first; nothing if it presented nothing.
    pub(super) fn read(
        &self,
        headers: &HeaderMap,
    ) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
        let mut values = headers.get_all(&self.header).iter();
        let Some(value) = values.next().map(HeaderValue::as_bytes) else {
            return Ok(Vec::new());
        };
        // One of them may be the client's.
        if values.next().is_some() {
            return Err(HeaderFault::Twice);
        }
        let limit = match self.form {
            // Which may hold the client's own certificate twice.
            AuthForm::Xfcc => 2 * MtlsPem::MAX_VALUE,
            _ => MtlsPem::MAX_VALUE,
        };
        if value.len() > limit {
            return Err(HeaderFault::TooLong);
        }
        if value.is_empty() {
            return Ok(Vec::new());
        }
        match self.form {
            AuthForm::Base64 => base64::read(value),
            AuthForm::EscapedPem => Ok(MtlsPem::chain_der(value)?),
            AuthForm::Rfc9440 => {
                let chain = self.chain.as_ref();
                let chain = chain.into_iter().flat_map(|name| headers.get_all(name));
                rfc9440::read(value, chain.map(HeaderValue::as_bytes))
            }
            AuthForm::Xfcc => xfcc::read(value),
        }
    }
}

/// Why a header can't be believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum HeaderFault {
    /// It is there more than once.
    Twice,
    TooLong,
    Base64,
    Pem(MtlsHeaderError),
    StructuredField,
    /// What is wrong with an element of `X-Forwarded-Client-Cert`.
    Element(&'static str),
}

impl HeaderFault {
    /// ALB has a word for what is too long. It knows no proxies that write nonsense.
    pub(super) const fn status(self) -> VerifyStatus {
        VerifyStatus::Failed(match self {
            Self::TooLong => FailureReason::ClientCertMaxSizeExceeded,
            _ => FailureReason::UnmappedConnectionError,
        })
    }
}

impl From<MtlsHeaderError> for HeaderFault {
    fn from(error: MtlsHeaderError) -> Self {
        match error {
            MtlsHeaderError::TooLong => Self::TooLong,
            error => Self::Pem(error),
        }
    }
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice => f.write_str("it is there more than once"),
            Self::TooLong => f.write_str("it is too long"),
            Self::Base64 => f.write_str("its base64 is malformed"),
            Self::Pem(error) => write!(f, "{error}"),
            Self::StructuredField => {
                f.write_str("its value is no byte sequence of RFC 8941, such as :MIIB...=:")
            }
            Self::Element(what) => f.write_str(what),
        }
    }
}
