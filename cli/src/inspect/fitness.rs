//! What ALB would take a certificate for. The library answers, so that this never disagrees with a
//! verdict.

use core::fmt;
use core::time::Duration;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::signature::AWS_LC_RS;
use portcullis::{Certificate, FailureReason, Policy, TrustStore, VerifyStatus};
use serde::Serialize;

use crate::facts::reason;

/// The two uses a certificate can have for ALB.
#[derive(Debug, Serialize)]
pub(crate) struct Fitness {
    /// As a CA in a trust store.
    pub(crate) as_ca: Answer,
    /// As a client's certificate, given an issuer that is trusted and a time at which all are
    /// valid.
    pub(crate) as_client: Answer,
}

/// Yes, or why not.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) fit: bool,
    /// Absent when it is fit.
    pub(crate) reason: Option<String>,
}

impl Fitness {
    /// Asks the library.
    pub(crate) fn of(der: &CertificateDer<'_>) -> Self {
        Self {
            as_ca: Answer::from(as_ca(der)),
            as_client: Answer::from(as_client(der)),
        }
    }
}

impl From<Result<(), String>> for Answer {
    fn from(result: Result<(), String>) -> Self {
        Self {
            fit: result.is_ok(),
            reason: result.err(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            None => f.write_str("yes"),
            Some(reason) => write!(f, "no: {reason}"),
        }
    }
}

fn as_ca(der: &CertificateDer<'_>) -> Result<(), String> {
    let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
    TrustStore::<1, 0>::new(Policy::ALB, AWS_LC_RS)
        .add_ca(CertificateDer::from(der.as_ref()))
        .map_err(|error| error.to_string())?;
    // The store takes it all the same, as an anchor for itself alone; an upload to ALB doesn't.
    if certificate.is_ca() {
        Ok(())
    } else {
        Err("it is no CA certificate".to_owned())
    }
}

/// Under an issuer that is trusted and may issue it.
///
/// The certificate is judged as its own anchor, for its issuer need not be at hand, at a moment at
/// which it is valid. An anchor's purposes are not asked, so they are looked at here.
fn as_client(der: &CertificateDer<'_>) -> Result<(), String> {
    let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
    // A client's certificate may be larger than a CA's.
    let policy = Policy::ALB.with_max_ca_size(u32::MAX);
    let mut store = TrustStore::<1, 0>::new(policy, AWS_LC_RS);
    store
        .add_ca(CertificateDer::from(der.as_ref()))
        .map_err(|error| error.to_string())?;
    let valid_from = certificate.validity().not_before().unix_seconds();
    let valid_from = Duration::from_secs(u64::try_from(valid_from).unwrap_or(0));
    let presented = [CertificateDer::from(der.as_ref())];
    let explanation = store.explain(&presented, UnixTime::since_unix_epoch(valid_from));
    if !explanation.status().is_success() {
        return Err(format!(
            "{}, {}",
            explanation.status(),
            reason(&explanation)
        ));
    }
    if let Some(mut purposes) = certificate.extended_key_usages()
        && !purposes.any(|purpose| purpose.to_string() == CLIENT_AUTH)
    {
        return Err(purpose_invalid("its extended key usage has no clientAuth"));
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.digital_signature() && !usage.key_agreement())
    {
        return Err(purpose_invalid(
            "its key usage has neither digitalSignature nor keyAgreement",
        ));
    }
    Ok(())
}

fn purpose_invalid(why: &str) -> String {
    format!(
        "{}, {why}",
        VerifyStatus::Failed(FailureReason::ClientCertPurposeInvalid)
    )
}

/// id-kp-clientAuth, RFC 5280 4.2.1.12.
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
