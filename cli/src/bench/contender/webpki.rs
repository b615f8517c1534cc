//! webpki, as rustls' own verifier of clients uses it.

use portcullis::pki_types::{
    CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use portcullis::signature::{AWS_LC_RS, AlgorithmSet, Verifier};
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::Contender;
use crate::arguments::{ExpiredCrlRule, MissingCrlRule, PolicyName, Reach, StoreArguments};
use crate::bench::algorithms::TIMED;
use crate::gate::Gate;

#[derive(Clone)]
pub(super) struct Webpki {
    algorithms: Vec<&'static dyn SignatureVerificationAlgorithm>,
    anchors: Vec<TrustAnchor<'static>>,
    /// Parsed beforehand, each in a table of its own.
    lists: Vec<&'static CertRevocationList<'static>>,
    depth: RevocationCheckDepth,
    missing: UnknownStatusPolicy,
    expired: ExpirationPolicy,
    now: UnixTime,
}

impl Webpki {
    pub(super) fn new(arguments: &StoreArguments, gate: &Gate, notes: &mut Vec<String>) -> Self {
        let store = &gate.trust.store;
        let mut anchors = Vec::new();
        for ca in store.cas() {
            match webpki::anchor_from_trusted_cert(&CertificateDer::from(ca.der())) {
                Ok(anchor) => anchors.push(anchor.to_owned()),
                Err(error) => {
                    notes.push(format!("is without the CA {}: {error}", ca.subject()));
                }
            }
        }
        let mut lists = Vec::new();
        for (crl, file) in store.crls().zip(&gate.trust.crl_files) {
            match OwnedCertRevocationList::from_der(crl.der()) {
                // There are as many as files on the command line, and they serve to the end.
                Ok(list) => lists.push(&*Box::leak(Box::new(CertRevocationList::from(list)))),
                Err(error) => {
                    notes.push(format!("is without the CRL {}: {error}", file.display()));
                }
            }
        }
        let rules = &arguments.revocation;
        let is_strict = arguments.policy == PolicyName::Strict;
        let missing = match rules.missing_crl {
            Some(MissingCrlRule::Deny) => UnknownStatusPolicy::Deny,
            None if is_strict => UnknownStatusPolicy::Deny,
            Some(MissingCrlRule::Allow) | None => UnknownStatusPolicy::Allow,
        };
        Self {
            algorithms: of(&AWS_LC_RS),
            anchors,
            lists,
            depth: match rules.crl_reach {
                Some(Reach::Leaf) => RevocationCheckDepth::EndEntity,
                Some(Reach::Path) | None => RevocationCheckDepth::Chain,
            },
            missing,
            expired: match rules.expired_crl {
                Some(ExpiredCrlRule::Enforce) => ExpirationPolicy::Enforce,
                Some(ExpiredCrlRule::Ignore) | None => ExpirationPolicy::Ignore,
            },
            now: gate.now,
        }
    }

    pub(super) fn timed(&self) -> Self {
        Self {
            algorithms: of(&TIMED),
            ..self.clone()
        }
    }

    fn verify(&self, chain: &[CertificateDer<'static>]) -> Result<(), Error> {
        let (leaf, intermediates) = chain.split_first().ok_or(Error::BadDer)?;
        let revocation = RevocationOptionsBuilder::new(&self.lists)
            .ok()
            .map(|options| {
                options
                    .with_depth(self.depth)
                    .with_status_policy(self.missing)
                    .with_expiration_policy(self.expired)
                    .build()
            });
        EndEntityCert::try_from(leaf)?
            .verify_for_usage(
                &self.algorithms,
                &self.anchors,
                intermediates,
                self.now,
                KeyUsage::client_auth(),
                revocation,
                None,
            )
            .map(|_| ())
    }
}

impl Contender for Webpki {
    fn accepts(&self, chain: &[CertificateDer<'static>]) -> bool {
        self.verify(chain).is_ok()
    }

    fn refusal(&self, chain: &[CertificateDer<'static>]) -> Option<String> {
        self.verify(chain).err().map(|error| error.to_string())
    }
}

/// Not `webpki::ALL_VERIFICATION_ALGS`, in which ring comes first where anything else in the build has switched it on.
fn of(algorithms: &AlgorithmSet) -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    let verifiers = algorithms.verifiers().iter();
    verifiers.map(Verifier::implementation).collect()
}
