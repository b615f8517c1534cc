//! A CRL by itself, and with the CAs that could have signed it.

use portcullis::{Crl, SignatureAlgorithm};

use super::Reader;
use crate::facts::Currency;
use crate::lint::finding::{Id, Place};

impl Reader<'_, '_> {
    pub(super) fn check_times(&mut self, crl: &Crl<'_>, place: Place<'_>) {
        const ANYWAY: &str = "s2n-tls, ALB's library, uses it all the same";
        let now = self.moment.now.unix_seconds();
        match (Currency::of(crl, now), crl.next_update()) {
            (Currency::Expired, Some(next)) => self.findings.push(
                Id::CrlExpired,
                place,
                format!(
                    "The CRL has expired at {next}; {ANYWAY}, so what was revoked since passes."
                ),
                "Upload the CA's current list.",
            ),
            (Currency::NotYetValid, _) => self.findings.push(
                Id::CrlNotYetValid,
                place,
                format!(
                    "The CRL is not valid before {}; {ANYWAY}.",
                    crl.this_update()
                ),
                "Check the clocks of the CA and of this machine.",
            ),
            (_, Some(next)) if self.moment.is_soon(next) => self.findings.push(
                Id::CrlExpiresSoon,
                place,
                format!("The next CRL is due at {next}; after that {ANYWAY}."),
                "Upload the next list when it is there.",
            ),
            _ => {}
        }
    }

    pub(super) fn check_content(&mut self, crl: &Crl<'_>, place: Place<'_>) {
        if let Some(fault) = crl.fault() {
            self.findings.push(
                Id::CrlUnusable,
                place,
                format!(
                    "The CRL can't be used, since {fault}: every certificate of its issuer fails \
                     with ClientCertCrlProcessingError (seen in s2n-tls, ALB's library)."
                ),
                "Upload a full list of one issuer for all reasons, or none.",
            );
        } else if crl.scope().to_string() != EVERYTHING {
            self.findings.push(
                Id::CrlPartialScope,
                place,
                format!(
                    "The CRL is about {} only; s2n-tls, ALB's library, fails the issuer's other \
                     certificates unless another list covers them.",
                    crl.scope()
                ),
                "Upload lists that cover all certificates of the issuer between them, or a full \
                 one.",
            );
        }
        if crl.number().is_none() {
            self.findings.push(
                Id::CrlWithoutNumber,
                place,
                "The CRL has no number, so of two lists of one second nothing tells which is \
                 newer.",
                "Nothing; most CAs can number their lists (openssl ca -crlexts).",
            );
        }
    }

    /// Whether the CAs of the list's name may sign it.
    pub(super) fn check_issuers(&mut self, crl: &Crl<'_>) {
        for (member, is_told) in self.members.iter().zip(&mut self.without_crl_sign) {
            let usage = member.certificate.key_usage();
            if *is_told
                || member.certificate.subject() != crl.issuer()
                || usage.is_none_or(|usage| usage.crl_sign())
            {
                continue;
            }
            *is_told = true;
            self.findings.push(
                Id::NoCrlSign,
                member.place(self.bundle),
                "The key usage of the CA has no cRLSign, and there is a CRL of it: its clients are \
                 untrusted for that (seen in s2n-tls, ALB's library).",
                "Leave the CRL out, or have the CA's certificate issued anew with cRLSign.",
            );
        }
    }

    pub(super) fn tell_signature(
        &mut self,
        algorithm: Option<SignatureAlgorithm>,
        place: Place<'_>,
    ) {
        let algorithm = algorithm.map_or_else(
            || "an algorithm that is not known here".to_owned(),
            |known| known.to_string(),
        );
        self.findings.push(
            Id::CrlBadSignature,
            place,
            format!(
                "The signature of the CRL ({algorithm}) is not that of the CA of its issuer's name \
                 in the bundle, or not one that ALB verifies: every certificate of that CA fails \
                 with ClientCertCrlProcessingError."
            ),
            "Get the list anew from its CA, signed with SHA-256, SHA-384 or SHA-512.",
        );
    }

    pub(super) fn tell_unknown_issuer(&mut self, place: Place<'_>) {
        // A bundle can hold more CAs than the store, or one with a key that can't verify anything.
        let is_left_out = self.members.iter().any(|member| {
            place.subject == Some(member.subject.as_str())
                && self.store.cas().all(|ca| ca != member.certificate)
        });
        if is_left_out {
            return;
        }
        self.findings.push(
            Id::CrlIssuerUnknown,
            place,
            "The CRL is of none of the CAs in the bundle (by its issuer's name, or the key that it \
             names), so it counts only for clients that send that CA.",
            "Add the CA to the bundle, or leave the CRL out.",
        );
    }
}

/// What the library says of a list without an issuingDistributionPoint.
const EVERYTHING: &str = "all certificates";
