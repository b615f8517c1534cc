//! Who verifies: Portcullis and webpki, both with the algorithms of aws-lc-rs.

use core::time::Duration;

use portcullis::pki_types::{
    CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use portcullis::{Crl, CrlAdded, FailureReason, Policy, TrustStore, VerifyStatus, signature};
use portcullis_fixtures::NOW;
use webpki::{
    CertRevocationList, EndEntityCert, KeyUsage, RevocationCheckDepth, RevocationOptionsBuilder,
};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Passes,
    Revoked,
    Fails,
}

/// One who verifies leaves of one CA.
pub(crate) trait Verifier {
    fn verify(&self, leaf: &CertificateDer<'static>) -> Verdict;
}

/// As an ALB does: the leaf and the root are both looked up.
pub(crate) struct Portcullis(pub(crate) TrustStore<'static>);

impl Portcullis {
    pub(crate) fn new(root: &CertificateDer<'static>) -> Self {
        let mut store = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
        store.add_ca(root.clone()).expect("a CA");
        Self(store)
    }

    /// Reads the list, makes its index, and verifies its signature.
    pub(crate) fn load(&mut self, list: Vec<u8>) {
        let added = self.0.add_crl(Crl::from_der(list).expect("a list"));
        assert_eq!(added, Ok(CrlAdded::Usable));
    }
}

impl Verifier for Portcullis {
    fn verify(&self, leaf: &CertificateDer<'static>) -> Verdict {
        match self.0.verify_at(core::slice::from_ref(leaf), now()) {
            VerifyStatus::Success => Verdict::Passes,
            VerifyStatus::Failed(FailureReason::ClientCertCrlHit) => Verdict::Revoked,
            VerifyStatus::Failed(_) => Verdict::Fails,
        }
    }
}

/// Only the leaf is looked up; a CRL's signature is verified each time.
pub(crate) struct Webpki<'d> {
    anchors: [TrustAnchor<'static>; 1],
    list: Option<CertRevocationList<'d>>,
}

impl<'d> Webpki<'d> {
    pub(crate) fn new(
        root: &CertificateDer<'static>,
        list: Option<CertRevocationList<'d>>,
    ) -> Self {
        let anchor = webpki::anchor_from_trusted_cert(root).expect("a CA");
        Self {
            anchors: [anchor.to_owned()],
            list,
        }
    }
}

impl Verifier for Webpki<'_> {
    fn verify(&self, leaf: &CertificateDer<'static>) -> Verdict {
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
        let (algorithms, anchors) = (&ALGORITHMS, &self.anchors);
        match leaf.verify_for_usage(algorithms, anchors, &[], now(), usage, revocation, None) {
            Ok(_) => Verdict::Passes,
            Err(webpki::Error::CertRevoked) => Verdict::Revoked,
            Err(_) => Verdict::Fails,
        }
    }
}

static ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 2] = [
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    webpki::aws_lc_rs::ECDSA_P256_SHA256,
];

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}
