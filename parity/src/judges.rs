//! Those who are asked: Portcullis under a policy, and webpki without us.

use portcullis::pki_types::CertificateDer;
use portcullis::signature::AWS_LC_RS;
use portcullis::{Policy, StoreError, TrustStore, VerifyStatus};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::report::Answer;
use crate::row::Row;

/// The trust store of a row, and how many of its anchors could not be loaded.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// Holds the anchors that load.
    pub store: TrustStore<'a>,
    /// How many anchors the store refused; the others still count.
    pub refused_anchors: usize,
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
        loaded
    }
}

/// The answers of both judges, ours under `policy` and with the row's own depth limit.
#[must_use]
pub fn ask(row: &Row, policy: Policy) -> Answer<'_> {
    let loaded = Loaded::new(row, policy.with_max_depth(row.max_depth()));
    let explanation = loaded.store.explain(row.presented(), row.time());
    Answer {
        row,
        status: loaded.store.verify_at(row.presented(), row.time()),
        webpki_accepts: webpki_accepts(row),
        refused_anchors: loaded.refused_anchors,
        explanation: explanation.to_string(),
    }
}

/// Portcullis's answer to a row.
pub fn portcullis(row: &Row, policy: Policy) -> VerifyStatus {
    Loaded::new(row, policy)
        .store
        .verify_at(row.presented(), row.time())
}

/// Whether webpki lets the chain pass, given every anchor and every presented certificate.
///
/// It sees no revocation list, and an anchor it can't read is left out.
#[must_use]
pub fn webpki_accepts(row: &Row) -> bool {
    let anchors = row
        .anchors
        .iter()
        .filter_map(|anchor| anchor_from_trusted_cert(anchor).ok())
        .collect::<Vec<_>>();
    let Some((leaf, intermediates)) = row.chain.split_first() else {
        return false;
    };
    EndEntityCert::try_from(leaf).is_ok_and(|leaf| {
        leaf.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            intermediates,
            row.time(),
            KeyUsage::client_auth(),
            None,
            None,
        )
        .is_ok()
    })
}
