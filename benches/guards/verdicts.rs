//! Verdicts: every kind of key, revocation, the memo, refusals.

use core::hint::black_box;

use pki_types::CertificateDer;
use portcullis::signature::SignatureMemo;
use portcullis::{Crl, CrlAdded, FailureReason, Policy, TrustStore, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Extension, NOW, chain, serials,
};

use crate::backend::NODDING;
use crate::case::{Case, Kind, issue, issue_crl, self_signed};
use crate::chains::{leaf, name};
use crate::clock::now;

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in Kind::ALL {
        let hierarchy = Hierarchy::new(kind);
        let policy = match kind.name {
            "Ed25519" => Policy::RFC5280,
            _ => Policy::ALB,
        };
        let direct = chain([&issue(leaf((kind.key)(2)), &hierarchy.root)]);
        let success = VerifyStatus::Success;
        let name = kind.name;
        let store = || hierarchy.store(policy);
        cases.push(verdict(
            format!("{name}, 1 signature"),
            store(),
            direct,
            success,
        ));
        let whole = hierarchy.chain(|leaf| leaf);
        cases.push(verdict(
            format!("{name}, 2 signatures"),
            store(),
            whole,
            success,
        ));
    }
    cases.extend(paths());
    cases.extend(revocation());
    cases.extend(memo());
    cases.extend(refusals());
    cases
}

/// A root, an issuing CA, and leaves to be.
pub(crate) struct Hierarchy {
    pub(crate) kind: Kind,
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
}

impl Hierarchy {
    pub(crate) fn new(kind: Kind) -> Self {
        let root = Certificate::ca(name("Root CA 99"), (kind.key)(0));
        let issuing = CertificateBuilder::ca(name("Issuing CA"), (kind.key)(1));
        Self {
            kind,
            issuing: issue(issuing, &root),
            root,
        }
    }

    /// A client and the issuing CA.
    pub(crate) fn chain(
        &self,
        change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Vec<CertificateDer<'static>> {
        let leaf = issue(change(leaf((self.kind.key)(2))), &self.issuing);
        chain([&leaf, &self.issuing])
    }

    pub(crate) fn store(&self, policy: Policy) -> TrustStore<'static> {
        let mut store = TrustStore::new(policy, NODDING);
        store.add_ca(self.root.to_certificate_der()).expect("a CA");
        store
    }
}

/// Sees to it that the verdict is what the case is about.
fn verdict(
    name: impl Into<String>,
    store: TrustStore<'static>,
    presented: Vec<CertificateDer<'static>>,
    expected: VerifyStatus,
) -> Case {
    let name = name.into();
    assert_eq!(store.verify_at(&presented, now()), expected, "{name}");
    unseen_verdict(name, store, presented)
}

/// One that was not made before it is counted.
fn unseen_verdict(
    name: impl Into<String>,
    store: TrustStore<'static>,
    presented: Vec<CertificateDer<'static>>,
) -> Case {
    Case::new(name, move || {
        let _ = black_box(black_box(&store).verify_at(black_box(&presented), now()));
    })
}

fn paths() -> Vec<Case> {
    let hierarchy = Hierarchy::new(Kind::P256);
    let mut namesakes = TrustStore::new(Policy::ALB, NODDING);
    for number in (100..124).chain([0]) {
        let key = (Kind::P256.key)(number);
        let ca = CertificateBuilder::ca(name("Root CA 99"), key);
        let ca = self_signed(ca, key).to_certificate_der();
        namesakes.add_ca(ca).expect("a CA");
    }
    let chain = || hierarchy.chain(|leaf| leaf);
    let success = VerifyStatus::Success;
    let strict_enough = hierarchy.store(Policy::RFC5280);
    vec![
        verdict(
            "P-256, the last of 25 CAs of one name",
            namesakes,
            chain(),
            success,
        ),
        verdict(
            "P-256, 2 signatures, RFC5280",
            strict_enough,
            chain(),
            success,
        ),
    ]
}

fn revocation() -> Vec<Case> {
    let hierarchy = Hierarchy::new(Kind::P256);
    let list = list(&hierarchy.root);
    let store = || {
        let mut store = hierarchy.store(Policy::ALB);
        let list = Crl::from_der(list.clone()).expect("a list");
        assert_eq!(store.add_crl(list), Ok(CrlAdded::Usable));
        store
    };
    let direct = |serial: &[u8]| {
        let leaf = leaf((Kind::P256.key)(2)).serial(serial);
        chain([&issue(leaf, &hierarchy.root)])
    };
    let revoked = serials::random(16, SEED).nth(ENTRIES / 2).expect("endless");
    let hit = VerifyStatus::Failed(FailureReason::ClientCertCrlHit);
    let good = direct(&[0x11; 16]);
    vec![
        verdict(
            "not in a CRL of 10000",
            store(),
            good,
            VerifyStatus::Success,
        ),
        verdict("in a CRL of 10000", store(), direct(&revoked), hit),
    ]
}

/// A CRL with [`ENTRIES`] entries.
pub(crate) fn list(issuer: &Certificate) -> Vec<u8> {
    let serials = serials::random(16, SEED).take(ENTRIES);
    let list = CrlBuilder::new().entries(serials.map(CrlEntry::new));
    issue_crl(list, issuer).into_der()
}

fn memo() -> Vec<Case> {
    let hierarchy = Hierarchy::new(Kind::RSA);
    let store = || {
        let memo: &SignatureMemo = Box::leak(Box::new(SignatureMemo::with_entries(4096)));
        let store = hierarchy.store(Policy::ALB).with_signature_memo(memo);
        let another = hierarchy.chain(|leaf| leaf.serial([7; 16]));
        assert!(store.verify_at(&another, now()).is_success());
        store
    };
    let chain = || hierarchy.chain(|leaf| leaf);
    let returning = "memo, returning client";
    vec![
        unseen_verdict("memo, known intermediate, new leaf", store(), chain()),
        verdict(returning, store(), chain(), VerifyStatus::Success),
    ]
}

fn refusals() -> Vec<Case> {
    let hierarchy = Hierarchy::new(Kind::P256);
    let store = || hierarchy.store(Policy::ALB);
    let mut stranger = TrustStore::new(Policy::ALB, NODDING);
    let other = Certificate::ca(name("Root CA 98"), (Kind::P256.key)(3));
    stranger.add_ca(other.to_certificate_der()).expect("a CA");

    let forged = leaf((Kind::P256.key)(2)).map_signature(|signature| vec![0; signature.len()]);
    let forged = chain([&forged.issued_by(&hierarchy.issuing), &hierarchy.issuing]);
    let expired = hierarchy.chain(|leaf| leaf.not_after(NOW - DAY));
    let critical = hierarchy.chain(|leaf| leaf.push(Extension::unknown(20).critical(true)));
    let good = hierarchy.chain(|leaf| leaf);
    let untrusted = VerifyStatus::Failed(FailureReason::ClientCertUntrusted);
    let late = VerifyStatus::Failed(FailureReason::ClientCertExpired);
    vec![
        verdict("refused: no issuer", stranger, good, untrusted),
        verdict("refused: forged", store(), forged, untrusted),
        verdict("refused: expired", store(), expired, late),
        verdict("refused: critical extension", store(), critical, untrusted),
    ]
}

const ENTRIES: usize = 10_000;
const SEED: u64 = 1;
