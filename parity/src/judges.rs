//! Those who are asked: Portcullis under a policy, and webpki without us.

use portcullis::pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use portcullis::signature::{AWS_LC_RS, Verifier};
use portcullis::{Crl, CrlError, FailureReason, Policy, StoreError, TrustStore, VerifyStatus};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage,
    RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert,
};

use crate::report::Answer;
use crate::row::Row;

/// The trust store of a row, and how many of its anchors could not be loaded.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// Holds the anchors that load.
    pub store: TrustStore<'a>,
    /// How many anchors the store refused; the others still count.
    pub refused_anchors: usize,
    /// The first list that could not be loaded. No server would start with it.
    pub crl_error: Option<CrlError>,
}

impl<'a> Loaded<'a> {
    /// The one place where a row becomes a store.
    ///
    /// # Panics
    ///
    /// If the row holds more anchors than the store has room for.
    #[must_use]
    pub fn new(row: &'a Row, policy: Policy) -> Self {
        let mut loaded = Self {
            store: TrustStore::new(policy, AWS_LC_RS),
            refused_anchors: 0,
            crl_error: None,
        };
        for anchor in &row.anchors {
            match loaded.store.add_ca(CertificateDer::from(anchor.as_ref())) {
                Ok(_) => {}
                Err(StoreError::TooManyCas { capacity }) => {
                    panic!("{}: more than {capacity} anchors", row.id)
                }
                Err(_) => loaded.refused_anchors += 1,
            }
        }
        for crl in &row.crls {
            let added = Crl::from_der(crl.clone()).and_then(|crl| loaded.store.add_crl(crl));
            loaded.crl_error = loaded.crl_error.or(added.err());
        }
        loaded
    }

    /// The answer to the row. Where a list of it cannot even be loaded that is what is said of the
    /// list: nobody would be let in.
    pub fn answer(&self, row: &Row) -> VerifyStatus {
        match self.crl_error {
            None => self.store.verify_at(row.presented(), row.time()),
            Some(_) => VerifyStatus::Failed(FailureReason::ClientCertCrlProcessingError),
        }
    }
}

/// The answers of both judges, ours under `policy` and with the row's own depth limit.
#[must_use]
pub fn ask(row: &Row, policy: Policy) -> Answer<'_> {
    let loaded = Loaded::new(row, policy.with_max_depth(row.max_depth()));
    let explanation = loaded.store.explain(row.presented(), row.time());
    Answer {
        row,
        status: loaded.answer(row),
        webpki_accepts: webpki_accepts(row, Lists::Given),
        refused_anchors: loaded.refused_anchors,
        explanation: match loaded.crl_error {
            None => explanation.to_string(),
            Some(error) => format!("a CRL is not loaded: {error}"),
        },
    }
}

/// Portcullis's answer to a row.
pub fn portcullis(row: &Row, policy: Policy) -> VerifyStatus {
    Loaded::new(row, policy).answer(row)
}

/// Whether webpki is given the revocation lists of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lists {
    /// Those that it can read.
    Given,
    /// None.
    Ignored,
}

/// Whether webpki lets the chain pass, given every anchor and every presented certificate.
///
/// An anchor or a revocation list it can't read is left out, and a certificate that no list covers
/// counts as not revoked, as it does for us.
#[must_use]
pub fn webpki_accepts(row: &Row, lists: Lists) -> bool {
    let anchors = row
        .anchors
        .iter()
        .filter_map(|anchor| anchor_from_trusted_cert(anchor).ok())
        .collect::<Vec<_>>();
    let Some((leaf, intermediates)) = row.chain.split_first() else {
        return false;
    };
    let crls = row
        .crls
        .iter()
        .filter(|_| lists == Lists::Given)
        .filter_map(|crl| BorrowedCertRevocationList::from_der(crl).ok())
        .map(CertRevocationList::from)
        .collect::<Vec<_>>();
    let crls = crls.iter().collect::<Vec<_>>();
    let revocation = RevocationOptionsBuilder::new(&crls).ok().map(|options| {
        options
            .with_status_policy(UnknownStatusPolicy::Allow)
            .build()
    });
    EndEntityCert::try_from(leaf).is_ok_and(|leaf| {
        leaf.verify_for_usage(
            &aws_lc_algorithms(),
            &anchors,
            intermediates,
            row.time(),
            KeyUsage::client_auth(),
            revocation,
            None,
        )
        .is_ok()
    })
}

/// Not `webpki::ALL_VERIFICATION_ALGS`, in which ring comes first where anything else in the build has switched it on.
fn aws_lc_algorithms() -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    let verifiers = AWS_LC_RS.verifiers().iter();
    verifiers.map(Verifier::implementation).collect()
}
