//! webpki on either backend, as rustls calls it: with a list, the leaf alone is looked up.

use anyhow::{Context, Result};
use portcullis::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage,
    OwnedCertRevocationList, RevocationCheckDepth, RevocationOptionsBuilder,
};

use super::{AWS_LC_RS, Inputs, RING, Verifier, now};
use crate::peer::Verdict;
use crate::programs::Library;

pub(super) struct Webpki<'l> {
    anchors: [TrustAnchor<'static>; 1],
    list: Option<CertRevocationList<'l>>,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
}

impl<'l> Webpki<'l> {
    pub(super) fn new(library: Library, inputs: &'l Inputs) -> Result<Self> {
        let anchor = webpki::anchor_from_trusted_cert(&inputs.root).context("the CA")?;
        let list = |der: &'l Vec<u8>| -> Result<CertRevocationList<'l>> {
            Ok(match library {
                Library::AwsLcRsBorrowed => BorrowedCertRevocationList::from_der(der)?.into(),
                _ => OwnedCertRevocationList::from_der(der)?.into(),
            })
        };
        Ok(Self {
            anchors: [anchor.to_owned()],
            list: inputs.list.as_ref().map(list).transpose()?,
            algorithms: match library {
                Library::RingOwned => &RING,
                _ => &AWS_LC_RS,
            },
        })
    }
}

impl Verifier for Webpki<'_> {
    fn verify(&self, presented: &[CertificateDer<'_>]) -> Verdict {
        let Some((leaf, intermediates)) = presented.split_first() else {
            return Verdict::Fails;
        };
        let Ok(leaf) = EndEntityCert::try_from(leaf) else {
            return Verdict::Fails;
        };
        let lists: &[_] = match &self.list {
            Some(list) => &[list],
            None => &[],
        };
        let revocation = RevocationOptionsBuilder::new(lists)
            .ok()
            .map(|options| options.with_depth(RevocationCheckDepth::EndEntity).build());
        let usage = KeyUsage::client_auth();
        let (algorithms, anchors) = (self.algorithms, &self.anchors);
        match leaf.verify_for_usage(
            algorithms,
            anchors,
            intermediates,
            now(),
            usage,
            revocation,
            None,
        ) {
            Ok(_) => Verdict::Passes,
            Err(webpki::Error::CertRevoked) => Verdict::Revoked,
            Err(_) => Verdict::Fails,
        }
    }

    fn algorithms(&self) -> &[&'static dyn SignatureVerificationAlgorithm] {
        self.algorithms
    }
}
