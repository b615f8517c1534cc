//! What would mend a failure that is about CRLs.

use portcullis::{Certificate, Check, CrlFault, Explanation};

use super::Failed;
use crate::printable::Ascii;

/// What to do about a failed check of the CRLs.
pub(super) fn remedy(
    check: Check,
    failed: &Failed<'_>,
    explanation: &Explanation<'_>,
) -> Option<String> {
    Some(match check {
        Check::Revocation => revoked(failed, explanation),
        Check::CrlSign => CRL_SIGN.to_owned(),
        Check::CrlUsability => unusable(failed, explanation),
        Check::CrlScope => format!(
            "Add the CRL of its issuer that is about this certificate{}.",
            published_at(failed)
        ),
        Check::CrlValidity => format!(
            "Replace the CRL by the one its CA has issued since{}, or check the clocks. \
             (--expired-crl ignore shows the verdict without, which is ALB's.)",
            published_at(failed)
        ),
        Check::CrlPresence => format!(
            "Add the CRL of its issuer{}. (--missing-crl allow shows the verdict without, which is \
             ALB's.)",
            published_at(failed)
        ),
        _ => return None,
    })
}

fn revoked(failed: &Failed<'_>, explanation: &Explanation<'_>) -> String {
    let reason = explanation.revocation().and_then(|entry| entry.reason);
    match reason {
        // RFC 5280 5.3.1.
        Some(CERTIFICATE_HOLD) => {
            "It is on hold. Once its CA has lifted that, add the CRL it issues then."
        }
        Some(REMOVE_FROM_CRL) => {
            "The entry says that it is revoked no longer, which has a meaning in delta CRLs only. \
             Have the CA issue a CRL without it."
        }
        _ if failed.is_in_store() => {
            "Remove it from the trust store, and have the clients' certificates issued by a CA \
             that is not revoked."
        }
        _ if failed.is_client() => {
            "If the client is to pass, give it a new certificate, for a new key. This one stays \
             revoked."
        }
        _ => "Have the client's certificate issued by a CA that is not revoked.",
    }
    .to_owned()
}

fn unusable(failed: &Failed<'_>, explanation: &Explanation<'_>) -> String {
    let advice = match explanation.crl_fault() {
        Some(CrlFault::Signature) => {
            "It was changed after it was signed, or another key of that CA has signed it. Fetch it \
             anew"
        }
        Some(CrlFault::Delta) => "Replace it by the complete CRL it belongs to",
        Some(CrlFault::Indirect) => "Replace it by the CRL of the certificate's own issuer",
        Some(CrlFault::SomeReasons) => "Replace it by a CRL for all reasons",
        Some(_) => "Have its CA issue a CRL without that",
        None if issuer(failed, explanation).is_some_and(|issuer| may_not_sign_crls(&issuer)) => {
            return CRL_SIGN.to_owned();
        }
        None => "Fetch it anew",
    };
    format!("{advice}{}.", published_at(failed))
}

/// The certificate above the failed one in the path.
fn issuer<'e>(failed: &Failed<'_>, explanation: &Explanation<'e>) -> Option<Certificate<'e>> {
    let mut above = explanation
        .path()
        .skip_while(|step| Some(step.position) != failed.place);
    above.nth(1).map(|step| step.certificate)
}

fn may_not_sign_crls(issuer: &Certificate<'_>) -> bool {
    issuer.key_usage().is_some_and(|usage| !usage.crl_sign())
}

/// Where a certificate says that its CRLs are.
fn published_at(failed: &Failed<'_>) -> String {
    let uris: Vec<String> = failed
        .certificate
        .iter()
        .flat_map(Certificate::crl_distribution_points)
        .take(MAX_URIS)
        .map(|uri| Ascii(uri).to_string())
        .collect();
    if uris.is_empty() {
        String::new()
    } else {
        format!(": the certificate says it is at {}", uris.join(" or "))
    }
}

const CRL_SIGN: &str = "Have the CA's certificate issued anew with cRLSign in its key usage, or \
                        remove its CRL.";

const CERTIFICATE_HOLD: u8 = 6;
const REMOVE_FROM_CRL: u8 = 8;

/// Enough to find a list, whatever a client's certificate holds.
const MAX_URIS: usize = 3;
