//! Whose signature a list has, how often it is looked at, and that nobody makes us hash a large list
//! for a CA of their own making.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/counting.rs"]
mod counting;
#[path = "common/lists.rs"]
mod lists;

use std::thread;

use portcullis::Position::{Presented, Store};
use portcullis::signature::{EcCurve, KeyKind, Verifier};
use portcullis::{Check, Crl, CrlAdded, ExpiredCrl, Policy, SignatureAlgorithm, TrustStore};
use portcullis_fixtures::{
    self as fixtures, Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY,
    IssuingDistributionPoint, Key, NOW, chain, serials,
};

use crate::common::{at, failure};
use crate::counting::{COUNTING, times_checked};
use crate::lists::{POLICIES, hit, processing_error, revoking, store_with, verdict};

#[test]
fn the_list_of_a_ca_of_the_store_is_hashed_when_it_is_added_and_never_again() {
    let pki = Scene::new("store");
    let list = pki.list(50).issued_by(&pki.signing);
    for (_, policy) in POLICIES {
        let before = times_hashed(&list);
        let mut store = counting(policy, &[&pki.signing]);
        assert_eq!(add(&mut store, &list), CrlAdded::Usable);
        for _ in 0..10 {
            assert_eq!(verdict(&store, &[&pki.leaf]), None);
        }
        assert_eq!(times_hashed(&list), before + 1);
    }
}

#[test]
fn the_list_of_a_presented_ca_is_hashed_once_for_many_clients() {
    let pki = Scene::new("presented");
    let list = pki.list(50).issued_by(&pki.signing);
    for (_, policy) in POLICIES {
        let before = times_hashed(&list);
        let mut store = counting(policy, &[&pki.root]);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        assert_eq!(times_hashed(&list), before);
        for _ in 0..10 {
            assert_eq!(verdict(&store, &[&pki.leaf, &pki.signing]), None);
            assert_eq!(
                verdict(&store, &[&pki.revoked, &pki.signing]),
                hit(Presented(0))
            );
        }
        assert_eq!(times_hashed(&list), before + 1);
    }
}

#[test]
fn a_list_that_its_presented_ca_has_not_signed_is_hashed_once_too() {
    let pki = Scene::new("unsigned");
    let list = pki.list(50).bad_signature().issued_by(&pki.signing);
    for (_, policy) in POLICIES {
        let before = times_hashed(&list);
        let mut store = counting(policy, &[&pki.root]);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        for leaf in [&pki.leaf, &pki.revoked] {
            for _ in 0..5 {
                let unusable = processing_error(Check::CrlUsability, Presented(0));
                assert_eq!(verdict(&store, &[leaf, &pki.signing]), unusable);
            }
        }
        assert_eq!(times_hashed(&list), before + 1);
    }
}

#[test]
fn a_ca_whose_own_path_does_not_hold_makes_us_hash_no_large_list() {
    let pki = Scene::new("forged");
    // More than a message of certificates.
    let list = pki.list(5000).issued_by(&pki.signing);
    assert!(list.der().len() > 100_000);
    let forged = |builder: CertificateBuilder| builder.bad_signature().issued_by(&pki.root);
    let ca = |key| CertificateBuilder::ca("Signing forged", key);
    let same_key = forged(ca(Key::p256(1)));
    let key_id = pki.signing.key_id().expect("it has one");
    let own_key = forged(ca(Key::p256(7)).subject_key_id(key_id));
    for (_, policy) in POLICIES {
        let before = times_hashed(&list);
        let mut store = counting(policy, &[&pki.root]);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        for forged in [&same_key, &own_key] {
            let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([1]);
            let leaf = leaf.issued_by(forged);
            for _ in 0..5 {
                let failed = verdict(&store, &[&leaf, forged]).expect("it is forged");
                assert_eq!((failed.1, failed.2), (Check::Signature, Some(Presented(1))));
            }
        }
        assert_eq!(times_hashed(&list), before);
        // The forgeries have left no trace.
        assert_eq!(verdict(&store, &[&pki.leaf, &pki.signing]), None);
        assert_eq!(
            verdict(&store, &[&pki.revoked, &pki.signing]),
            hit(Presented(0))
        );
        assert_eq!(times_hashed(&list), before + 1);
    }
}

#[test]
fn a_small_list_beats_a_bad_signature_of_its_presented_ca_for_alb() {
    let pki = Scene::new("early");
    let list = pki.list(50).issued_by(&pki.signing);
    let ca = CertificateBuilder::ca("Signing early", Key::p256(1)).bad_signature();
    let forged = ca.issued_by(&pki.root);
    let presented = [&pki.revoked, &forged];
    let store = store_with(Policy::ALB, &[&pki.root], &[&list]);
    assert_eq!(verdict(&store, &presented), hit(Presented(0)));
    let store = store_with(Policy::RFC5280, &[&pki.root], &[&list]);
    let failed = verdict(&store, &presented).expect("it is forged");
    assert_eq!((failed.1, failed.2), (Check::Signature, Some(Presented(1))));
}

#[test]
fn a_forged_ca_makes_us_hash_one_small_list_for_alb_and_none_for_rfc_5280() {
    let pki = Scene::new("few");
    let list = |number| pki.list(50).number(number).issued_by(&pki.signing);
    let lists: Vec<_> = (0..10).map(list).collect();
    let ca = CertificateBuilder::ca("Signing few", Key::p256(1)).bad_signature();
    let forged = ca.issued_by(&pki.root);
    let presented = chain([&pki.leaf, &forged]);
    for (name, policy) in POLICIES {
        let mut store = counting(policy, &[&pki.root]);
        for list in &lists {
            assert_eq!(add(&mut store, list), CrlAdded::Unverified);
        }
        let times = || lists.iter().map(times_hashed).sum::<usize>();
        let before = times();
        assert!(!store.verify_at(&presented, at(NOW)).is_success());
        assert_eq!(times() - before, usize::from(name == "ALB"));
    }
}

#[test]
fn a_success_is_remembered_through_a_flood_of_other_keys() {
    let root = Certificate::ca("Root flood", Key::p256(0));
    let ca = |key| CertificateBuilder::ca("Signing flood", Key::p256(key));
    // Without key identifiers nothing but trial tells the keys apart.
    let ca = |key| {
        ca(key)
            .without(fixtures::oid::SUBJECT_KEY_ID)
            .issued_by(&root)
    };
    let signing = ca(1);
    let leaf = |ca: &Certificate| {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([1]);
        leaf.issued_by(ca)
    };
    let list = revoking(&signing, [&root]);
    let others: Vec<_> = (10..30).map(ca).collect();
    for (_, policy) in POLICIES {
        let mut store = counting(policy, &[&root]);
        assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
        assert_eq!(verdict(&store, &[&leaf(&signing), &signing]), None);
        let first = times_hashed(&list);
        for other in &others {
            let unusable = processing_error(Check::CrlUsability, Presented(0));
            assert_eq!(verdict(&store, &[&leaf(other), other]), unusable);
        }
        let flooded = times_hashed(&list);
        // `verdict` asks three times.
        assert_eq!(flooded, first + others.len());
        assert_eq!(verdict(&store, &[&leaf(&signing), &signing]), None);
        assert_eq!(times_hashed(&list), flooded);
    }
}

#[test]
fn threads_that_meet_at_the_first_use_agree() {
    let pki = Scene::new("threads");
    let list = pki.list(200).issued_by(&pki.signing);
    let before = times_hashed(&list);
    let mut store = counting(Policy::ALB, &[&pki.root]);
    assert_eq!(add(&mut store, &list), CrlAdded::Unverified);
    let (good, bad) = (
        chain([&pki.leaf, &pki.signing]),
        chain([&pki.revoked, &pki.signing]),
    );
    let mut stranger = good.clone();
    stranger[1] = Certificate::intermediate("Signing threads", Key::p256(7), &pki.root).into();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(failure(&store, &good, NOW), None);
                    assert_eq!(failure(&store, &bad, NOW), hit(Presented(0)));
                    assert!(failure(&store, &stranger, NOW).is_some());
                }
            });
        }
    });
    // Once by each thread at most.
    let times = times_hashed(&list) - before;
    assert!((1..=2).contains(&times), "{times}");
}

#[test]
fn the_ca_of_the_store_with_the_key_that_the_list_names_is_asked_alone() {
    let cas = [1, 2, 3].map(|key| Certificate::ca("CA asked", Key::p256(key)));
    let list = CrlBuilder::new().revoke([9]).issued_by(&cas[2]);
    let before = times_hashed(&list);
    let mut store = counting(Policy::ALB, &[&cas[0], &cas[1], &cas[2]]);
    assert_eq!(add(&mut store, &list), CrlAdded::Usable);
    assert_eq!(times_hashed(&list), before + 1);
    // Of a key that no CA of the name has, nobody is asked: its CA may yet be presented.
    let of_other = CrlBuilder::new()
        .issuer("CA asked")
        .authority_key_id([1; 20]);
    let of_other = of_other.sign_by(Key::p256(1));
    assert_eq!(add(&mut store, &of_other), CrlAdded::Unverified);
    assert_eq!(times_hashed(&of_other), 0);
}

#[test]
fn verifiers_for_lists_alone_verify_no_certificate() {
    static LISTS_ONLY: [Verifier; 1] = [P256_SHA384];
    const P256_SHA384: Verifier = Verifier::new(
        KeyKind::Ec(EcCurve::P256),
        SignatureAlgorithm::EcdsaSha384,
        webpki::aws_lc_rs::ECDSA_P256_SHA384,
    );
    let algorithms = COUNTING.with_crl_verifiers(&LISTS_ONLY);
    let scheme = fixtures::SignatureScheme::EcdsaSha384;
    let root = Certificate::ca("Root of lists", Key::p256(0));
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
    let (good, other) = (leaf.issued_by(&root), leaf.scheme(scheme).issued_by(&root));
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, algorithms);
    store.add_ca((&root).into()).expect("there is room");
    let list = CrlBuilder::new().scheme(scheme).issued_by(&root);
    assert_eq!(add(&mut store, &list), CrlAdded::Usable);
    assert_eq!(verdict(&store, &[&good]), None);
    let failed = verdict(&store, &[&other]).expect("nothing verifies it");
    assert_eq!(failed.1, Check::SignatureAlgorithm);
}

/// Both certificates have the name of the list's issuer, and the list names no key: the one that has issued the
/// client is asked.
#[test]
fn a_list_without_a_key_is_of_the_cas_certificate_in_the_path_and_not_of_one_beside_it() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = |key| Certificate::intermediate("Signing twice", Key::p256(key), &root);
    let (signing, beside) = (ca(1), ca(7));
    let leaf = |serial| CertificateBuilder::leaf("Client", Key::p256(2)).serial([serial]);
    let (leaf, revoked) = (leaf(1).issued_by(&signing), leaf(2).issued_by(&signing));
    let list = CrlBuilder::new().revoke([2]);
    let list = list.without(fixtures::oid::AUTHORITY_KEY_ID);
    let list = list.issued_by(&signing);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[&root], &[&list]);
        assert_eq!(verdict(&store, &[&leaf, &signing, &beside]), None);
        assert_eq!(verdict(&store, &[&leaf, &beside, &signing]), None);
        let presented = [&revoked, &beside, &signing];
        assert_eq!(verdict(&store, &presented), hit(Presented(0)));
    }
}

/// A list under the CA's other key counts if that key's certificate hangs under the same anchor, by name, key
/// identifier and signature.
#[test]
fn a_certificate_beside_the_path_that_no_ca_of_the_path_has_issued_signs_no_list() {
    let root = Certificate::ca("Root", Key::p256(0));
    let stranger = Certificate::ca("Stranger", Key::p256(5));
    let signing = Certificate::intermediate("Signing beside", Key::p256(1), &root);
    let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([2]);
    let leaf = leaf.issued_by(&signing);
    let other = || CertificateBuilder::ca("Signing beside", Key::p256(7));
    let list = CrlBuilder::new().revoke([2]);
    for (beside, signs) in [
        (other().issued_by(&root), true),
        (other().bad_signature().issued_by(&root), false),
        (other().issued_by(&stranger), false),
        // The right signature, but of another issuer's name or key.
        (other().issuer("Stranger").issued_by(&root), false),
        (other().authority_key_id([9; 20]).issued_by(&root), false),
    ] {
        let list = list.issued_by(&beside);
        let store = store_with(Policy::RFC5280, &[&root], &[&list]);
        let expected = if signs { hit(Presented(0)) } else { None };
        assert_eq!(verdict(&store, &[&leaf, &signing, &beside]), expected);
    }
}

/// A list of the store's CA counts for another certificate with the same key, in whatever form the point is written, and
/// for no other key.
#[test]
fn a_list_is_of_every_certificate_with_the_key_that_signed_it() {
    let root = Certificate::ca("Root", Key::p256(0));
    let (key, other) = (Key::p256(1), Key::p256(7));
    let ca = |key: Key, point: &[u8], key_id: u8| {
        let ca = CertificateBuilder::ca("Signing", key).subject_key_id([key_id; 20]);
        ca.spki(fixtures::spki::ec(PRIME256V1, point))
            .issued_by(&root)
    };
    let signed = |key: Key| {
        let list = CrlBuilder::new().issuer("Signing").revoke([2]);
        list.without(fixtures::oid::AUTHORITY_KEY_ID).sign_by(key)
    };
    let revoked = hit(Presented(0));
    for (stored, presented, expected) in [
        (
            key.public_key().to_vec(),
            key.public_key().to_vec(),
            revoked,
        ),
        (key.public_key().to_vec(), compressed(key, 0), revoked),
        (compressed(key, 0), key.public_key().to_vec(), revoked),
        (compressed(key, 0), compressed(key, 0), revoked),
        (key.public_key().to_vec(), other.public_key().to_vec(), None),
        (compressed(key, 0), compressed(other, 0), None),
        (compressed(key, 0), other.public_key().to_vec(), None),
        (key.public_key().to_vec(), compressed(other, 0), None),
    ] {
        let signer = if expected.is_some() { key } else { other };
        let (stored, presented) = (ca(key, &stored, 1), ca(signer, &presented, 2));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([2]);
        let leaf = leaf.issued_by(&presented);
        let store = store_with(Policy::ALB, &[&root, &stored], &[&signed(key)]);
        assert_eq!(verdict(&store, &[&leaf, &presented]), expected);
        // RFC 5280 6.3.3 (f): the CA's other key signs for it as well, under the same anchor.
        let store = store_with(Policy::RFC5280, &[&root, &stored], &[&signed(key)]);
        assert_eq!(verdict(&store, &[&leaf, &presented]), revoked);
    }
    for (index, expected) in [(0, revoked), (1, None)] {
        let ca = |key: Key, key_id: u8| {
            let ca = CertificateBuilder::ca("Signing", key).subject_key_id([key_id; 20]);
            ca.issued_by(&root)
        };
        let (stored, presented) = (ca(Key::rsa2048(0), 1), ca(Key::rsa2048(index), 2));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([2]);
        let leaf = leaf.issued_by(&presented);
        let lists = [signed(Key::rsa2048(0))];
        let store = store_with(Policy::ALB, &[&root, &stored], &[&lists[0]]);
        assert_eq!(verdict(&store, &[&leaf, &presented]), expected);
    }
    // The other point with the same `x` is another key; the list is not its, and its signature is wrong.
    for (stored, presented) in [
        (key.public_key().to_vec(), compressed(key, 1)),
        (compressed(key, 0), compressed(key, 1)),
    ] {
        let (stored, presented) = (ca(key, &stored, 1), ca(key, &presented, 2));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([2]);
        let leaf = leaf.issued_by(&presented);
        let store = store_with(Policy::ALB, &[&root, &stored], &[&signed(key)]);
        let failed = verdict(&store, &[&leaf, &presented]).expect("the point is another");
        assert_eq!((failed.1, failed.2), (Check::Signature, Some(Presented(0))));
    }
}

/// The issuer of an anchor that is no root is nowhere, so that nobody can say who signed a list of that name: it
/// neither covers the anchor nor fails it.
#[test]
fn a_list_that_nobody_known_has_signed_covers_no_anchor() {
    let root = Certificate::ca("Root unknown", Key::p256(0));
    let anchor = Certificate::intermediate("Signing unknown", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &anchor);
    let list = CrlBuilder::new().revoke([99]);
    // Expired, where that counts.
    let expired = list.clone().this_update(NOW - 2 * DAY);
    let expired = expired.next_update(NOW - DAY).issued_by(&root);
    for (_, policy) in POLICIES {
        let policy = policy.with_expired_crl(ExpiredCrl::Enforce);
        let store = store_with(policy, &[&anchor], &[&expired]);
        assert_eq!(verdict(&store, &[&leaf]), None);
    }
    // Beside one of another scope, which for ALB is a failed look-up unless another list covers the anchor.
    let users = IssuingDistributionPoint::new().only_user_certificates();
    let users = list.clone().number(7).issuing_distribution_point(users);
    let lists = [list.issued_by(&root), users.issued_by(&root)];
    let store = store_with(Policy::ALB, &[&anchor], &[&lists[0], &lists[1]]);
    let expected = processing_error(Check::CrlScope, Store(0));
    assert_eq!(verdict(&store, &[&leaf]), expected);
}

/// The curve P-256.
const PRIME256V1: &str = "1.2.840.10045.3.1.7";

/// A key's point as `x` and the parity of `y` (SEC 1 2.3.3), or with the other parity.
fn compressed(key: Key, flip: u8) -> Vec<u8> {
    let (x, y) = key.public_key()[1..].split_at(32);
    let parity = (y[31] & 1) ^ flip;
    [&[2 + parity], x].concat()
}

/// A root, a CA, and two clients of it; the second one is on the lists of the CA.
struct Scene {
    root: Certificate,
    signing: Certificate,
    leaf: Certificate,
    revoked: Certificate,
}

impl Scene {
    /// Names differ between tests, so that they count different lists.
    fn new(name: &str) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let signing = Certificate::intermediate(&*format!("Signing {name}"), Key::p256(1), &root);
        let leaf = |serial| CertificateBuilder::leaf("Client", Key::p256(2)).serial([serial]);
        Self {
            leaf: leaf(1).issued_by(&signing),
            revoked: leaf(2).issued_by(&signing),
            root,
            signing,
        }
    }

    fn list(&self, entries: usize) -> CrlBuilder {
        let others = serials::random(8, 1).take(entries - 1).map(CrlEntry::new);
        CrlBuilder::new()
            .this_update(NOW - DAY)
            .revoke([2])
            .entries(others)
    }
}

fn add(store: &mut TrustStore<'_>, list: &fixtures::Crl) -> CrlAdded {
    let crl = Crl::from_der(list.der().to_vec()).expect("the list reads well");
    store.add_crl(crl).expect("the store takes this list")
}

/// A store that counts what it hashes.
fn counting(policy: Policy, cas: &[&Certificate]) -> TrustStore<'static> {
    let mut store = TrustStore::new(policy, COUNTING);
    for ca in chain(cas.iter().copied()) {
        store.add_ca(ca).expect("the store takes this CA");
    }
    store
}

/// How often the signature of a list was looked at, by anybody.
fn times_hashed(list: &fixtures::Crl) -> usize {
    times_checked(list.der())
}
