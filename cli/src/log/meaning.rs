//! What a verdict in the log means to an operator, and what to do about it.

use portcullis::{ConnectionLogEntry, FailureReason, VerifyStatus};

/// What the verdict of a line means.
pub(super) fn meaning(entry: &ConnectionLogEntry<'_>) -> String {
    let reason = match entry.status {
        None => {
            return "The listener has no TLS, so there was nothing to verify.".to_owned();
        }
        Some(VerifyStatus::Success) if entry.leaf.is_none() => {
            return "The handshake succeeded, and the listener asks for no certificate (or passes \
                    it through unverified)."
                .to_owned();
        }
        Some(VerifyStatus::Success) => {
            return "The client's certificate leads to one of the trust store, and it may pass."
                .to_owned();
        }
        Some(VerifyStatus::Failed(reason)) => reason,
    };
    let meaning = match reason {
        FailureReason::ClientCertMaxChainDepthExceeded => {
            "The client sent more certificates than the limit, which is 4; its own and a root \
             count."
        }
        FailureReason::ClientCertMaxSizeExceeded => {
            "The certificates that the client sent are larger than the limit, which is 64 KiB."
        }
        FailureReason::ClientCertCrlHit => {
            "The client's certificate, or one of the CAs above it, is on a CRL of the trust store."
        }
        FailureReason::ClientCertCrlProcessingError => {
            "A CRL of the trust store that decides could not be used: its signature is not its \
             issuer's, or it has a critical extension that is unknown."
        }
        FailureReason::ClientCertUntrusted => {
            "No path to be trusted leads from the client's certificate to one of the trust store: \
             its issuer is not in the store and was not sent, a signature is wrong, a CA may not \
             issue what it issued, a name is outside the name constraints, or a critical extension \
             is unknown."
        }
        FailureReason::ClientCertNotYetValid => return not_yet_valid(entry),
        FailureReason::ClientCertExpired => return expired(entry),
        FailureReason::ClientCertTypeUnsupported => {
            "The key of the client's certificate is neither RSA nor ECDSA on P-256, P-384 or P-521."
        }
        FailureReason::ClientCertInvalid => {
            "A certificate that the client sent can't be read, or is not of X.509 version 3."
        }
        FailureReason::ClientCertPurposeInvalid => {
            "A certificate may not be used for TLS clients: its extended key usage, key usage or \
             nsCertType does not allow it."
        }
        FailureReason::ClientCertRejected => "The application's own check refused the client.",
        FailureReason::ClientCertIncompatible => {
            "A key is too small or too large, or a signature is made with an algorithm that the \
             security policy does not allow, such as SHA-1."
        }
        FailureReason::UnmappedConnectionError if entry.leaf.is_none() => {
            "Everything that has no word of its own; most often the client sent no certificate, \
             and there is none in the line."
        }
        FailureReason::UnmappedConnectionError => {
            "Everything that has no word of its own: the handshake failed, and not for the \
             certificate."
        }
        _ => "The client may not pass.",
    };
    meaning.to_owned()
}

/// What to do about a failure.
pub(super) fn remedy(status: Option<VerifyStatus>) -> Option<&'static str> {
    Some(match status?.failure()? {
        FailureReason::ClientCertMaxChainDepthExceeded
        | FailureReason::ClientCertMaxSizeExceeded => {
            "Have the client send only its own certificate and the intermediates up to a CA of the \
             trust store: no root, nothing else."
        }
        FailureReason::ClientCertCrlHit => {
            "If the client is to pass, have it issued a new certificate. portcullis explain with \
             --crl shows the entry of the CRL."
        }
        FailureReason::ClientCertCrlProcessingError => {
            "Replace the CRL in the trust store by one that its CA has issued and signed. \
             portcullis inspect shows what is wrong with it."
        }
        FailureReason::ClientCertUntrusted => {
            "If clients of that CA are to pass, add its certificate to the trust store; if it is \
             an intermediate under a CA of the trust store, have the client send it. portcullis \
             explain shows where the path stops."
        }
        FailureReason::ClientCertNotYetValid => {
            "Check the clocks; wait for that time, or have the certificate issued with an earlier \
             start."
        }
        FailureReason::ClientCertExpired => {
            "Have the certificate that has expired renewed: the client's, or a CA's in the trust \
             store or sent by the client."
        }
        FailureReason::ClientCertTypeUnsupported => {
            "Issue the client a certificate for an RSA, P-256, P-384 or P-521 key."
        }
        FailureReason::ClientCertInvalid => {
            "Have the client send the certificate as its CA issued it. If it does, the CA has to \
             issue it anew, in DER as RFC 5280 wants it, of X.509 version 3."
        }
        FailureReason::ClientCertPurposeInvalid => {
            "Issue the client a certificate whose extended key usage holds clientAuth \
             (1.3.6.1.5.5.7.3.2) and whose key usage holds digitalSignature. An intermediate it \
             sends must allow clientAuth, too."
        }
        FailureReason::ClientCertRejected => "Ask the application why: the certificate is good.",
        FailureReason::ClientCertIncompatible => {
            "Have the certificate issued anew, for an RSA key of 2048 to 8192 bits or an ECDSA \
             key, and signed with SHA-256, SHA-384 or SHA-512."
        }
        FailureReason::UnmappedConnectionError => {
            "Have the client send its certificate. If it does, compare the versions of TLS and the \
             cipher suites of the client with those of the security policy."
        }
        _ => return None,
    })
}

/// The leaf's own validity tells whether it is the leaf.
fn not_yet_valid(entry: &ConnectionLogEntry<'_>) -> String {
    let Some(validity) = entry.leaf.and_then(|leaf| leaf.validity()) else {
        return "A certificate of the path is not valid yet.".to_owned();
    };
    let start = validity.not_before();
    if seconds(entry) < start.unix_seconds() {
        format!("The client's certificate was not valid yet: it is from {start} on.")
    } else {
        format!(
            "A CA on the path was not valid yet; the client's own certificate was, since {start}."
        )
    }
}

fn expired(entry: &ConnectionLogEntry<'_>) -> String {
    let Some(validity) = entry.leaf.and_then(|leaf| leaf.validity()) else {
        return "A certificate of the path is not valid any more.".to_owned();
    };
    let end = validity.not_after();
    if seconds(entry) >= end.unix_seconds() {
        format!("The client's certificate was not valid any more: it had expired at {end}.")
    } else {
        format!(
            "A CA on the path was not valid any more; the client's own certificate was, until \
             {end}."
        )
    }
}

fn seconds(entry: &ConnectionLogEntry<'_>) -> i64 {
    i64::try_from(entry.timestamp.unix_time().as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_meaning_and_a_remedy_of_its_own() {
        let line = "2023-10-04T17:05:15.514108Z 203.0.113.1 1 443 TLSv1.2 X - \"-\" - - -";
        let mut entry = ConnectionLogEntry::parse(line).expect("a line");
        let mut meanings = Vec::new();
        for reason in FailureReason::ALL {
            entry.status = Some(VerifyStatus::Failed(reason));
            let meaning = meaning(&entry);
            assert_ne!(meaning, "The client may not pass.", "{reason}");
            assert!(!meanings.contains(&meaning), "{reason}");
            meanings.push(meaning);
            assert!(remedy(entry.status).is_some(), "{reason}");
        }
        assert_eq!(remedy(Some(VerifyStatus::Success)), None);
        assert_eq!(remedy(None), None);
    }
}
