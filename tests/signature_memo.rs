//! A memo spares signature checks and changes no verdict.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/counting.rs"]
mod counting;

use std::thread;

use portcullis::FailureReason::{
    ClientCertCrlHit, ClientCertCrlProcessingError, ClientCertExpired, ClientCertIncompatible,
    ClientCertUntrusted,
};
use portcullis::Position::Presented;
use portcullis::pki_types::CertificateDer;
use portcullis::signature::{AWS_LC_RS, SignatureMemo, Verifier};
use portcullis::{AlgorithmSet, Check, Crl, CrlAdded, Policy, TrustStore, VerifyStatus};
use portcullis_fixtures::{
    self as fixtures, Certificate, CertificateBuilder, CrlBuilder, Extension, Key, NOW, Name, Pki,
    SignatureScheme, chain, oid,
};

use crate::common::{at, failure};
use crate::counting::{COUNTING, Counting, sha256, times_checked, verifier};

#[test]
fn a_returning_client_costs_no_check_and_a_new_one_of_a_known_ca_one() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("returning");
    let store = scene.store(COUNTING, &memo);
    let (returning, new) = (scene.client(1), scene.client(2));
    for _ in 0..5 {
        assert!(passes(&store, &[&returning, &scene.issuing]));
    }
    assert!(passes(&store, &[&new, &scene.issuing]));
    for certificate in [&scene.issuing, &returning, &new] {
        assert_eq!(times_checked(certificate.der()), 1);
    }
}

#[test]
fn a_store_that_replaces_another_knows_what_that_knew() {
    let memo = SignatureMemo::with_entries(64);
    let scene = Scene::new("replaced");
    let client = scene.client(1);
    for _ in 0..3 {
        let store = scene.store(COUNTING, &memo);
        assert!(passes(&store, &[&client, &scene.issuing]));
    }
    assert_eq!(times_checked(client.der()), 1);
}

#[test]
fn without_a_memo_or_entries_each_signature_is_checked_each_time() {
    let scene = Scene::new("forgetful");
    let memo = SignatureMemo::<0>::new();
    assert_eq!(memo.capacity(), 0);
    let stores = [
        scene.store(COUNTING, &memo),
        store(Policy::RFC5280, COUNTING, &scene.root),
    ];
    let client = scene.client(1);
    for store in &stores {
        assert!(passes(store, &[&client, &scene.issuing]));
        assert!(passes(store, &[&client, &scene.issuing]));
    }
    assert_eq!(times_checked(client.der()), 4);
}

#[test]
fn forged_signatures_never_get_in() {
    let memo = SignatureMemo::<1>::new();
    let scene = Scene::new("forged");
    let store = scene.store(COUNTING, &memo);
    let known = CertificateBuilder::leaf("Client", Key::p256(2)).issued_by(&scene.root);
    assert!(passes(&store, &[&known]));
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).bad_signature();
    for number in 1..=1000_u16 {
        let forged = client.clone().serial((number + 0x1000).to_be_bytes());
        let forged = forged.issued_by(&scene.root);
        assert!(!passes(&store, &[&forged]));
        assert!(!passes(&store, &[&forged]));
        assert_eq!(times_checked(forged.der()), 2);
    }
    // There is one entry, and it still is of the one that passed.
    assert!(passes(&store, &[&known]));
    assert_eq!(times_checked(known.der()), 1);
}

#[test]
fn a_changed_octet_is_refused_as_without_a_memo() {
    let memo = SignatureMemo::<64>::new();
    let pki = Pki::new(1);
    for policy in policies() {
        let without = common::store(policy, &[pki.anchor()]);
        let with = store(policy, AWS_LC_RS, pki.root()).with_signature_memo(&memo);
        assert_eq!(failure(&with, &pki.chain(), NOW), None);
        for index in 0..2 {
            let good = pki.chain()[index].to_vec();
            for position in 0..good.len() {
                let mut presented = pki.chain();
                let mut changed = good.clone();
                changed[position] ^= 1;
                presented[index] = CertificateDer::from(changed);
                let failed = failure(&with, &presented, NOW);
                assert!(failed.is_some(), "octet {position} of {index}");
                assert_eq!(failed, failure(&without, &presented, NOW));
            }
        }
        assert_eq!(failure(&with, &pki.chain(), NOW), None);
    }
}

#[test]
fn every_kind_of_chain_gets_the_same_verdict_again_and_again() {
    let memo = SignatureMemo::<16>::new();
    let shapes = shapes();
    for _ in 0..3 {
        for (root, presented) in &shapes {
            for policy in policies() {
                let without = common::store(policy, &[root.to_certificate_der()]);
                let with = store(policy, AWS_LC_RS, root).with_signature_memo(&memo);
                let expected = failure(&without, presented, NOW);
                assert_eq!(failure(&with, presented, NOW), expected);
            }
        }
    }
}

#[test]
fn time_revocation_and_policy_are_looked_at_each_time() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("afresh");
    let client = scene.client(1);
    let presented = chain([&client, &scene.issuing]);
    let store = || store(Policy::ALB, COUNTING, &scene.root).with_signature_memo(&memo);
    assert_eq!(failure(&store(), &presented, NOW), None);

    let end = failure(&store(), &presented, NOW + 100 * 365 * 86_400);
    assert_eq!(end.map(|(reason, ..)| reason), Some(ClientCertExpired));

    let mut revoking = store();
    let list = CrlBuilder::new().revoke([1]).issued_by(&scene.issuing);
    assert_eq!(add(&mut revoking, &list), CrlAdded::Unverified);
    let hit = Some((ClientCertCrlHit, Check::Revocation, Some(Presented(0))));
    assert_eq!(failure(&revoking, &presented, NOW), hit);

    // ALB takes no Ed25519, whoever has verified it.
    let pki = Pki::builder().keys(Key::ed25519).build();
    let status = |policy| {
        let store = self::store(policy, AWS_LC_RS, pki.root()).with_signature_memo(&memo);
        store.verify_at(&pki.chain(), at(NOW))
    };
    assert_eq!(status(Policy::RFC5280), VerifyStatus::Success);
    let incompatible = VerifyStatus::Failed(ClientCertIncompatible);
    assert_eq!(status(Policy::ALB), incompatible);
}

#[test]
fn what_one_algorithm_set_has_verified_another_verifies_itself() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("sets");
    let forged = CertificateBuilder::leaf("Client", Key::p256(2)).bad_signature();
    let forged = forged.issued_by(&scene.root);
    // Two sets that believe everything, with the same code, and one that does not.
    for gullible in [GULLIBLE, GULLIBLE_TOO] {
        let before = times_checked(forged.der());
        let store = scene.store(gullible, &memo);
        assert!(passes(&store, &[&forged]));
        assert!(passes(&store, &[&forged]));
        assert_eq!(times_checked(forged.der()), before + 1);
    }
    for set in [AWS_LC_RS, COUNTING] {
        assert!(!passes(&scene.store(set, &memo), &[&forged]));
    }
}

#[test]
fn what_one_key_has_signed_another_of_its_name_has_not() {
    let memo = SignatureMemo::<64>::new();
    let root = |key| {
        let root = CertificateBuilder::ca("Root", key).without(oid::SUBJECT_KEY_ID);
        root.self_signed()
    };
    let keys: [fn(usize) -> Key; 3] = [Key::p256, Key::rsa2048, Key::ed25519];
    for keys in keys {
        let (ours, theirs) = (root(keys(0)), root(keys(1)));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2));
        let leaf = leaf.without(oid::AUTHORITY_KEY_ID).issued_by(&ours);
        for _ in 0..2 {
            for (root, passes) in [(&ours, true), (&theirs, false)] {
                let store = store(Policy::RFC5280, AWS_LC_RS, root).with_signature_memo(&memo);
                assert_eq!(self::passes(&store, &[&leaf]), passes);
            }
        }
    }
}

#[test]
fn a_key_of_any_length_is_remembered_with_its_signature() {
    let memo = SignatureMemo::<64>::new();
    let keys: [fn(usize) -> Key; 5] = [Key::p256, Key::p384, Key::p521, Key::rsa2048, |_| {
        Key::rsa4096()
    }];
    for keys in keys {
        let pki = Pki::builder().keys(keys).build();
        let store = store(Policy::ALB, AWS_LC_RS, pki.root()).with_signature_memo(&memo);
        for _ in 0..2 {
            assert_eq!(failure(&store, &pki.chain(), NOW), None);
        }
    }
}

#[test]
fn the_list_of_a_presented_ca_is_checked_once_for_stores_that_replace_one_another() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("list");
    let list = CrlBuilder::new().revoke([9]).issued_by(&scene.issuing);
    for _ in 0..3 {
        let mut store = scene.store(COUNTING, &memo);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        assert!(passes(&store, &[&scene.client(1), &scene.issuing]));
        assert!(!passes(&store, &[&scene.client(9), &scene.issuing]));
    }
    assert_eq!(times_checked(list.der()), 1);
}

#[test]
fn the_list_of_a_ca_of_the_store_is_checked_when_it_is_added_and_not_hashed_twice() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("own list");
    let list = CrlBuilder::new().issued_by(&scene.root);
    for round in 1..=3 {
        let mut store = scene.store(COUNTING, &memo);
        assert_eq!(add(&mut store, &list), CrlAdded::Usable);
        assert_eq!(times_checked(list.der()), round);
    }
}

#[test]
fn a_forged_list_of_a_presented_ca_stays_unusable() {
    let memo = SignatureMemo::<64>::new();
    let scene = Scene::new("forged list");
    let list = CrlBuilder::new().bad_signature().issued_by(&scene.issuing);
    let presented = chain([&scene.client(1), &scene.issuing]);
    for round in 1..=3 {
        let mut store = scene.store(COUNTING, &memo);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        let failed = failure(&store, &presented, NOW).map(|(reason, ..)| reason);
        assert_eq!(failed, Some(ClientCertCrlProcessingError));
        assert_eq!(times_checked(list.der()), round);
    }
}

#[test]
fn threads_that_share_a_memo_let_in_whom_they_may_and_nobody_else() {
    let memo = SignatureMemo::<8>::new();
    let scene = Scene::new("threads");
    let good: Vec<_> = (0..16).map(|number| scene.client(number)).collect();
    let bad: Vec<_> = (0..16)
        .map(|number| {
            let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([number]);
            leaf.bad_signature().issued_by(&scene.issuing)
        })
        .collect();
    thread::scope(|scope| {
        for number in 0..4 {
            let (good, bad, scene, memo) = (&good, &bad, &scene, &memo);
            scope.spawn(move || {
                let store = scene.store(AWS_LC_RS, memo);
                for (good, bad) in good.iter().zip(bad).cycle().skip(number * 4).take(200) {
                    assert!(passes(&store, &[good, &scene.issuing]));
                    assert!(!passes(&store, &[bad, &scene.issuing]));
                }
            });
        }
    });
}

/// A root and a CA below it.
struct Scene {
    root: Certificate,
    issuing: Certificate,
}

impl Scene {
    /// Names differ between tests, so that they count different certificates.
    fn new(name: &str) -> Self {
        let root = Certificate::ca(Name::from(&*format!("Root {name}")), Key::p256(0));
        let issuing = Certificate::intermediate(&*format!("Issuing {name}"), Key::p256(1), &root);
        Self { root, issuing }
    }

    fn client(&self, serial: u8) -> Certificate {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2));
        leaf.serial([serial]).issued_by(&self.issuing)
    }

    fn store<'m, const ENTRIES: usize>(
        &self,
        algorithms: AlgorithmSet,
        memo: &'m SignatureMemo<ENTRIES>,
    ) -> TrustStore<'m> {
        store(Policy::RFC5280, algorithms, &self.root).with_signature_memo(memo)
    }
}

fn store<'m>(policy: Policy, algorithms: AlgorithmSet, ca: &Certificate) -> TrustStore<'m> {
    let mut store = TrustStore::new(policy, algorithms);
    store
        .add_ca(ca.to_certificate_der())
        .expect("the store takes this CA");
    store
}

fn add(store: &mut TrustStore<'_>, list: &fixtures::Crl) -> CrlAdded {
    let crl = Crl::from_der(list.der().to_vec()).expect("the list reads well");
    store.add_crl(crl).expect("the store takes this list")
}

fn passes(store: &TrustStore<'_>, presented: &[&Certificate]) -> bool {
    let presented = chain(presented.iter().copied());
    store.verify_at(&presented, at(NOW)).is_success()
}

fn policies() -> Vec<Policy> {
    let mut policies = vec![Policy::ALB, Policy::RFC5280];
    #[cfg(feature = "webpki")]
    policies.push(Policy::STRICT);
    policies
}

/// Chains that pass and chains that fail, each for a reason of its own, with their root.
fn shapes() -> Vec<(Certificate, Vec<CertificateDer<'static>>)> {
    let keys: [fn(usize) -> Key; 4] = [Key::rsa2048, Key::p256, Key::p384, Key::ed25519];
    let mut shapes = Vec::new();
    for keys in keys {
        let pki = || Pki::builder().keys(keys).intermediates(2);
        shapes.extend([
            pki(),
            pki().intermediates(0),
            pki().leaf(|leaf| leaf.bad_signature()),
            pki().intermediate(0, |ca| ca.bad_signature()),
            pki().intermediate(1, |ca| ca.bad_signature()),
            pki().intermediate(0, |ca| ca.not_after(NOW - 1)),
            pki().leaf(|leaf| leaf.not_before(NOW + 1)),
            pki().leaf(|leaf| leaf.v1()),
            pki().leaf(|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
            pki().leaf(|leaf| leaf.push(Extension::unknown(4).critical(true))),
            pki().any_intermediate(|ca| ca.without(oid::BASIC_CONSTRAINTS)),
            pki().intermediate(1, |ca| ca.without(oid::SUBJECT_KEY_ID).key(Key::p256(5))),
        ]);
    }
    let weak = Pki::builder().keys(Key::p256);
    shapes.push(weak.leaf(|leaf| leaf.scheme(SignatureScheme::EcdsaSha1)));
    let shapes = shapes.into_iter().map(|shape| shape.build());
    let mut shapes: Vec<_> = shapes
        .map(|pki| (pki.root().clone(), pki.chain()))
        .collect();
    let stranger = Certificate::ca("Stranger", Key::p256(4));
    shapes.push((stranger, Pki::new(1).chain()));
    let failed = |(root, presented): &(Certificate, Vec<CertificateDer<'_>>)| {
        let store = store(Policy::RFC5280, AWS_LC_RS, root);
        store.verify_at(presented, at(NOW)).failure() == Some(ClientCertUntrusted)
    };
    assert!(shapes.iter().filter(|shape| failed(shape)).count() >= 20);
    shapes
}

/// Takes any signature for right, and counts.
static GULLIBLE: AlgorithmSet = AlgorithmSet::new(&FIRST, sha256);
/// Another set with the very same algorithm.
static GULLIBLE_TOO: AlgorithmSet = AlgorithmSet::new(&SECOND, sha256);

static FIRST: [Verifier; 1] = [verifier(&Counting { is_honest: false })];
static SECOND: [Verifier; 1] = [verifier(&Counting { is_honest: false })];
