//! What would mend a failure, in an operator's words: who has to change what.

mod revocation;

use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, Check, DistinguishedName, Explanation, Position, TrustStore};

use crate::facts::hex;
use crate::printable::capitalized;

/// What to do about a failure; nothing for a success.
pub(crate) fn remedy(
    store: &TrustStore<'_>,
    chain: &[CertificateDer<'_>],
    explanation: &Explanation<'_>,
) -> Option<String> {
    let failed = Failed {
        place: explanation.failed_at(),
        certificate: explanation.failed_certificate(),
    };
    let check = explanation.check()?;
    if failed.is_client() && is_upside_down(chain) {
        return Some(
            "The first certificate is a CA's that issued another one sent. Have the client send \
             its own first."
                .to_owned(),
        );
    }
    Some(match check {
        Check::Issuer => missing_issuer(store, chain, explanation)?,
        Check::SelfSignedLeaf => "Add this very certificate to the trust store, or give the \
                                  client one that a CA of the trust store has issued."
            .to_owned(),
        Check::Signature => wrong_signature(store, chain, &failed),
        Check::NotBefore => format!(
            "Check the clocks; {}.",
            failed.replace("wait for that time, or have it issued with an earlier start")
        ),
        Check::NotAfter => format!(
            "{}. (--ignore-expiry shows the verdict under ALB's IgnoreClientCertificateExpiry.)",
            capitalized(&failed.replace("have it renewed"))
        ),
        Check::Revocation
        | Check::CrlSign
        | Check::CrlUsability
        | Check::CrlScope
        | Check::CrlValidity
        | Check::CrlPresence => revocation::remedy(check, &failed, explanation)?,
        _ => fixed(check, &failed)?.to_owned(),
    })
}

/// Advice that names no names.
fn fixed(check: Check, failed: &Failed<'_>) -> Option<&'static str> {
    Some(match check {
        Check::Presence => "Have the client send its certificate.",
        Check::Clock => "Set the clock of this machine.",
        Check::MessageSize | Check::ChainDepth => {
            "Have the client send only its own certificate and the intermediates up to a CA of the \
             trust store: no root, nothing else."
        }
        Check::Parsing => {
            "Have the client send the certificate as its CA issued it. If it does, the CA has to \
             issue it anew, in DER as RFC 5280 wants it."
        }
        Check::Version => "Issue the client a certificate of X.509 version 3.",
        Check::SignatureAlgorithm => {
            "Have the certificate issued anew, signed by RSA or ECDSA with SHA-256, SHA-384 or \
             SHA-512. If the path does not need it, have the client leave it out."
        }
        Check::KeySize => "Have the certificate issued anew for an RSA key of 2048 to 8192 bits.",
        Check::ExtensionSyntax => {
            "Have the certificate issued anew: one of its extensions is malformed or there twice."
        }
        Check::CriticalExtension => {
            "Have the certificate issued anew without the extension, or with it marked as not \
             critical."
        }
        Check::CaFlag if failed.is_in_store() => {
            "Replace it in the trust store: it is no CA (basicConstraints), so it anchors nothing \
             but itself."
        }
        Check::CaFlag => {
            "Have the issuing certificate issued anew as a CA (basicConstraints with CA:TRUE), or \
             the client's by one that is."
        }
        Check::KeyCertSign => {
            "Have the CA's certificate issued anew with keyCertSign in its key usage."
        }
        Check::PathLength => {
            "The CA allows fewer CAs below it (pathLenConstraint): have the client's certificate \
             issued by one nearer to it, or the CA's issued anew. An intermediate in the trust \
             store shortens the path as well."
        }
        Check::NameConstraints => {
            "Issue the certificate for names that the name constraints of its CAs allow, or have \
             the CA's issued anew."
        }
        Check::ExtendedKeyUsage if failed.is_client() => {
            "Issue the client a certificate whose extended key usage holds clientAuth \
             (1.3.6.1.5.5.7.3.2)."
        }
        Check::ExtendedKeyUsage => {
            "Have the CA's certificate issued anew, with clientAuth (1.3.6.1.5.5.7.3.2) in its \
             extended key usage or without that extension; or add it to the trust store, where it \
             is not asked."
        }
        Check::KeyUsage => {
            "Issue the client a certificate whose key usage holds digitalSignature. A CA's own \
             certificate is not for clients."
        }
        Check::NetscapeCertType => {
            "Issue the client a certificate whose nsCertType holds SSL client, or that has none."
        }
        Check::KeyType => "Issue the client a certificate for an RSA, P-256, P-384 or P-521 key.",
        Check::SecondOpinion => {
            "The engine says yes and webpki no. Look at what --policy rfc5280 says, and whether \
             strict is needed."
        }
        Check::ComparisonBudget => {
            "Issue the certificate for fewer names, or have the CA's issued anew with fewer name \
             constraints."
        }
        Check::SearchBudget => {
            "Have the client send fewer certificates: no two CAs of one name, nothing beside the \
             path."
        }
        _ => return None,
    })
}

/// The certificate that failed, and where it is from.
struct Failed<'e> {
    place: Option<Position>,
    certificate: Option<Certificate<'e>>,
}

impl Failed<'_> {
    fn is_client(&self) -> bool {
        self.place == Some(Position::Presented(0))
    }

    fn is_in_store(&self) -> bool {
        matches!(self.place, Some(Position::Store(_)))
    }

    /// Who has to get hold of a better certificate.
    fn replace(&self, client: &'static str) -> String {
        match self.place {
            Some(Position::Store(_)) => {
                "replace it in the trust store by one that is valid".to_owned()
            }
            Some(Position::Presented(0)) | None => client.to_owned(),
            Some(Position::Presented(_)) => {
                format!("have the client send one that is valid, or {client}")
            }
        }
    }
}

/// Whether the first certificate issued another one: the order of some tools, root first.
fn is_upside_down(chain: &[CertificateDer<'_>]) -> bool {
    let Some((first, others)) = chain.split_first() else {
        return false;
    };
    Certificate::parse(first).is_ok_and(|first| {
        first.is_ca()
            && others
                .iter()
                .filter_map(|der| Certificate::parse(der).ok())
                .any(|other| other != first && other.issuer() == first.subject())
    })
}

/// The issuer was not found: either there is none of that name, or only ones that can't be it.
fn missing_issuer(
    store: &TrustStore<'_>,
    chain: &[CertificateDer<'_>],
    explanation: &Explanation<'_>,
) -> Option<String> {
    let name = explanation.missing_issuer()?;
    let Some((namesake, place)) = namesakes(store, chain, &name).next() else {
        return Some(format!(
            "The trust store holds no CA named {name}; the client did not send it. If clients of \
             that CA are to pass, add its certificate to the trust store; if it is an \
             intermediate under a CA of the trust store, have the client send it."
        ));
    };
    let wanted = explanation
        .failed_certificate()
        .and_then(|certificate| certificate.authority_key_identifier());
    let why = match (wanted, namesake.subject_key_identifier()) {
        (Some(wanted), Some(found)) if wanted != found => format!(
            "but with another key: its key identifier is {}, the one that is looked for {}. Add \
             that CA to {place}",
            hex(found),
            hex(wanted)
        ),
        _ if !namesake.is_ca() => {
            "but it may not issue certificates. Have it issued anew as a CA".to_owned()
        }
        _ => "but it is not the one the certificate names in its authority key identifier. Add \
              that one"
            .to_owned(),
    };
    Some(format!("A CA named {name} is in {place}, {why}."))
}

/// The issuer was found by its name, and the signature is not its own.
fn wrong_signature(
    store: &TrustStore<'_>,
    chain: &[CertificateDer<'_>],
    failed: &Failed<'_>,
) -> String {
    let several = failed.certificate.is_some_and(|certificate| {
        let issuer = certificate.issuer();
        let mut candidates = namesakes(store, chain, &issuer).map(|(candidate, _)| candidate);
        // One and the same certificate may be both in the store and sent.
        candidates
            .next()
            .is_some_and(|first| candidates.any(|other| other != first))
    });
    let mut advice = "The certificate was changed after it was signed, or it was signed by \
                      another CA of the same name."
        .to_owned();
    if several {
        advice.push_str(
            " Several CAs of that name are here, and ALB tries only one of them: remove the wrong \
             one.",
        );
    } else {
        advice.push_str(" Put the CA that really issued it into the trust store.");
    }
    advice
}

fn namesakes<'c>(
    store: &'c TrustStore<'_>,
    chain: &'c [CertificateDer<'_>],
    name: &'c DistinguishedName<'_>,
) -> impl Iterator<Item = (Certificate<'c>, &'static str)> {
    let stored = store.cas().map(|ca| (ca, "the trust store"));
    let sent = chain
        .iter()
        .filter_map(|der| Certificate::parse(der).ok())
        .map(|certificate| (certificate, "what the client sent"));
    stored
        .chain(sent)
        .filter(|(certificate, _)| certificate.subject() == *name)
}
