//! What is told about a certificate or a CRL, as strings: the same for a person and in JSON.

use portcullis::Explanation;
pub(crate) use portcullis_facts::{
    BasicConstraintsFacts, CertificateFacts, CrlFacts, Currency, Place, Presented, RevocationFacts,
    Step, hex, is_client_in_store, presented,
};

/// What decided, without the certificate that the library's words begin with: it counts from 0,
/// and people are told of it otherwise.
pub(crate) fn reason(explanation: &Explanation<'_>) -> String {
    if explanation.status().is_success() {
        return match explanation.path().last() {
            Some(anchor) if explanation.path().nth(1).is_some() => {
                format!(
                    "the path leads to {}, which is in the trust store.",
                    anchor.certificate.subject()
                )
            }
            _ => "the client's certificate is itself in the trust store.".to_owned(),
        };
    }
    let text = explanation.to_string();
    let place = explanation
        .failed_at()
        .map(|position| match explanation.failed_certificate() {
            Some(certificate) => format!("{position} ({}): ", certificate.subject()),
            None => format!("{position}: "),
        });
    let reason = place.as_deref().and_then(|place| text.strip_prefix(place));
    reason.map(str::to_owned).unwrap_or(text)
}
