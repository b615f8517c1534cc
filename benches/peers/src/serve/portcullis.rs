//! Portcullis with the algorithms of aws-lc-rs, as an ALB does: every certificate is looked up.

use anyhow::{Result, bail};
use portcullis::pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use portcullis::{Crl, CrlAdded, FailureReason, Policy, TrustStore, VerifyStatus, signature};

use super::{AWS_LC_RS, Inputs, Verifier};
use crate::peer::Verdict;

pub(super) struct Portcullis(TrustStore<'static>);

impl Portcullis {
    pub(super) fn new(inputs: &Inputs) -> Result<Self> {
        // ALB's takes no Ed25519.
        let is_ed25519 = portcullis::Certificate::parse(&inputs.root)?.key_type()
            == portcullis::KeyType::Ed25519;
        let policy = match is_ed25519 {
            true => Policy::RFC5280,
            false => Policy::ALB,
        };
        let mut store = TrustStore::new(policy, signature::AWS_LC_RS);
        store.add_ca(inputs.root.clone())?;
        if let Some(list) = &inputs.list {
            match store.add_crl(Crl::from_der(list.clone())?)? {
                CrlAdded::Usable | CrlAdded::Unverified => {}
                added => bail!("the list: {added:?}"),
            }
        }
        Ok(Self(store))
    }
}

impl Verifier for Portcullis {
    fn verify(&self, presented: &[CertificateDer<'_>]) -> Verdict {
        match self.0.verify(presented) {
            VerifyStatus::Success => Verdict::Passes,
            VerifyStatus::Failed(FailureReason::ClientCertCrlHit) => Verdict::Revoked,
            VerifyStatus::Failed(_) => Verdict::Fails,
        }
    }

    fn algorithms(&self) -> &[&'static dyn SignatureVerificationAlgorithm] {
        &AWS_LC_RS
    }
}
