//! What may anchor a path: roots old and new, leaves that are in the store, and what may not.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::FailureReason::{ClientCertExpired, ClientCertIncompatible, ClientCertNotYetValid};
use portcullis::Position::{Presented, Store};
use portcullis::{Check, Policy, Search};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, DAY, Key, KeyUsage, NOW, SignatureScheme, chain, der, oid,
};

use crate::common::{at, failure, store};
use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

const POLICIES: [Policy; 2] = [Policy::ALB, Policy::RFC5280];

/// Signing B, under a root that is nowhere, and a client of B.
struct Shop {
    signing: Certificate,
    client: Certificate,
}

impl Shop {
    fn new() -> Self {
        let root = Certificate::ca("Root A", Key::p256(0));
        let signing = Certificate::intermediate("Signing B", Key::p256(1), &root);
        let client = Certificate::leaf("Client C", Key::p256(2), &signing);
        Self { signing, client }
    }
}

/// Where the fault is, is told of the certificate in the store.
#[test]
fn a_leaf_of_the_store_whose_issuer_is_nowhere_is_its_own_anchor() {
    let Shop { signing, client } = Shop::new();
    let old = CertificateBuilder::leaf("Client", Key::p256(2)).not_after(NOW - DAY);
    let old = old.issued_by(&signing);
    let expired = Some((ClientCertExpired, Check::NotAfter, Some(Store(1))));
    expect(BOTH, &[&client, &old], &chain([&old]), expired);
    for policy in POLICIES {
        let store = store(policy, &chain([&client, &old]));
        let presented = chain([&client]);
        let explanation = store.explain(&presented, at(NOW));
        let path: Vec<_> = explanation.path().map(|step| step.position).collect();
        assert_eq!(path, [Store(0)]);
    }
}

#[test]
fn a_version_1_root_is_a_ca_and_no_other_certificate_of_version_1_is() {
    let root = CertificateBuilder::ca("Root", Key::p256(0)).v1();
    let root = root.self_signed();
    let client = Certificate::leaf("Client", Key::p256(2), &root);
    expect(BOTH, &[&root], &chain([&client]), None);
    let signing = Certificate::intermediate("Signing", Key::p256(1), &root);
    let client = Certificate::leaf("Client", Key::p256(2), &signing);
    expect(BOTH, &[&root], &chain([&client, &signing]), None);

    let old = CertificateBuilder::ca("Old", Key::p256(3)).v1();
    let old = old.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &old);
    let presented = chain([&client, &old]);
    expect(
        BOTH,
        &[&root],
        &presented,
        untrusted(Check::CaFlag, Presented(1)),
    );
    expect(
        BOTH,
        &[&old],
        &presented,
        untrusted(Check::CaFlag, Store(0)),
    );

    let plain = CertificateBuilder::bare("Plain", Key::p256(4)).self_signed();
    let client = Certificate::leaf("Client", Key::p256(2), &plain);
    expect(
        BOTH,
        &[&plain],
        &chain([&client]),
        untrusted(Check::CaFlag, Store(0)),
    );
}

#[test]
fn an_anchor_must_be_valid_too() {
    let client_of = |root: &Certificate| chain([&Certificate::leaf("Client", Key::p256(1), root)]);
    let root = CertificateBuilder::ca("Root", Key::p256(0));
    let old = root.clone().not_after(NOW - 1).self_signed();
    let new = root.clone().not_before(NOW + 1).self_signed();
    let good = root.self_signed();
    let expired = Some((ClientCertExpired, Check::NotAfter, Some(Store(0))));
    let not_yet = Some((ClientCertNotYetValid, Check::NotBefore, Some(Store(0))));
    expect(BOTH, &[&old], &client_of(&old), expired);
    expect(BOTH, &[&new], &client_of(&new), not_yet);
    for store in [[&old, &good], [&good, &new], [&new, &good]] {
        expect(BOTH, &store, &client_of(&good), None);
    }
}

#[test]
fn an_anchors_own_signature_is_not_looked_at() {
    let root = CertificateBuilder::ca("Root", Key::p256(0)).bad_signature();
    let root = root.self_signed();
    let client = Certificate::leaf("Client", Key::p256(2), &root);
    expect(BOTH, &[&root], &chain([&client]), None);
    let orphan = CertificateBuilder::ca("Orphan", Key::p256(1)).bad_signature();
    let orphan = orphan.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &orphan);
    expect(BOTH, &[&orphan], &chain([&client]), None);
}

#[test]
fn a_self_signed_leaf_passes_only_if_it_is_in_the_store() {
    let bare = CertificateBuilder::bare("Client", Key::p256(2)).self_signed();
    let usual = CertificateBuilder::leaf("Client", Key::p256(2)).self_signed();
    let ca = CertificateBuilder::ca("Client", Key::p256(2))
        .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::DIGITAL_SIGNATURE)
        .self_signed();
    let stranger = Certificate::ca("Stranger", Key::p256(6));
    for leaf in [&bare, &usual, &ca] {
        expect(BOTH, &[leaf], &chain([leaf]), None);
        expect(BOTH, &[&stranger, leaf], &chain([leaf]), None);
        expect(BOTH, &[leaf], &chain([leaf, &stranger]), None);
    }
    let not_there = untrusted(Check::SelfSignedLeaf, Presented(0));
    for leaf in [&bare, &ca] {
        expect(BOTH, &[], &chain([leaf]), not_there);
        expect(BOTH, &[&stranger], &chain([leaf]), not_there);
        // Another certificate for the same name and key is not the same certificate.
        let twin = CertificateBuilder::bare("Client", Key::p256(2)).serial([1]);
        let twin = twin.self_signed();
        expect(ALB, &[&twin], &chain([leaf]), not_there);
        let no_ca = untrusted(Check::CaFlag, Store(0));
        expect(RFC5280, &[&twin], &chain([leaf]), no_ca);
    }
    for anchors in [&[][..], &[&stranger]] {
        let not_there = untrusted(Check::Issuer, Presented(0));
        expect(BOTH, anchors, &chain([&usual]), not_there);
    }
}

#[test]
fn a_leaf_that_is_in_the_store_needs_no_issuer() {
    let Shop { signing, client } = Shop::new();
    expect(BOTH, &[&client], &chain([&client]), None);
    // A copy with another signature is another certificate.
    let again = Certificate::leaf("Client C", Key::p256(2), &signing);
    assert_ne!(again.der(), client.der());
    let unknown = untrusted(Check::Issuer, Presented(0));
    expect(BOTH, &[&again], &chain([&client]), unknown);
    // Nor does it vouch for others.
    let other = Certificate::leaf("Other", Key::p256(3), &client);
    expect(BOTH, &[&client], &chain([&other]), unknown);
    expect(BOTH, &[&client], &chain([&other, &client]), unknown);
}

#[test]
fn a_leaf_in_the_store_has_the_faults_of_its_issuer_if_that_is_known() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let old = CertificateBuilder::ca("Signing B", Key::p256(1)).not_after(NOW - DAY);
    let old = old.issued_by(&root);
    let client = Certificate::leaf("Client C", Key::p256(2), &old);
    let expired = |at| Some((ClientCertExpired, Check::NotAfter, Some(at)));
    expect(ALB, &[&client, &old], &chain([&client]), expired(Store(1)));
    expect(
        ALB,
        &[&client],
        &chain([&client, &old]),
        expired(Presented(1)),
    );
    // As an anchor of its own it depends on nobody, and RFC 5280 tries every anchor.
    expect(RFC5280, &[&client, &old], &chain([&client]), None);
    expect(RFC5280, &[&client], &chain([&client, &old]), None);
    expect(BOTH, &[&client], &chain([&client]), None);
}

#[test]
fn a_leaf_in_the_store_must_be_valid_itself() {
    let signing = Certificate::ca("Signing B", Key::p256(1));
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).not_after(NOW - 1);
    let client = client.issued_by(&signing);
    for policy in POLICIES {
        let store = store(policy, &chain([&client]));
        let (reason, check, _) = failure(&store, &chain([&client]), NOW).expect("it has expired");
        assert_eq!((reason, check), (ClientCertExpired, Check::NotAfter));
    }
}

#[test]
fn a_certificate_that_is_no_ca_anchors_nobody_else() {
    let plain = CertificateBuilder::bare("Plain", Key::p256(1)).self_signed();
    let client = Certificate::leaf("Client", Key::p256(2), &plain);
    let no_ca = untrusted(Check::CaFlag, Store(0));
    expect(BOTH, &[&plain], &chain([&client]), no_ca);
    let no_sign = CertificateBuilder::ca("Plain", Key::p256(1)).key_usage(KeyUsage::CRL_SIGN);
    let no_sign = no_sign.self_signed();
    let unknown = untrusted(Check::Issuer, Presented(0));
    expect(BOTH, &[&no_sign], &chain([&client]), unknown);
}

#[test]
fn a_client_may_have_the_name_of_its_ca() {
    let ca = Certificate::ca("One Name", Key::p256(0));
    let client = Certificate::leaf("One Name", Key::p256(1), &ca);
    expect(BOTH, &[&ca], &chain([&client]), None);
    let plain = CertificateBuilder::leaf("One Name", Key::p256(1));
    let plain = plain.without(oid::AUTHORITY_KEY_ID).issued_by(&ca);
    expect(BOTH, &[&ca], &chain([&plain]), None);
}
#[test]
fn explain_names_the_anchor_of_every_success() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let signing = Certificate::intermediate("Signing B", Key::p256(1), &root);
    let client = Certificate::leaf("Client C", Key::p256(2), &signing);
    let alone = CertificateBuilder::bare("Alone", Key::p256(3)).self_signed();
    for (anchors, leaf, expected) in [
        ([&root, &signing], &client, &signing),
        ([&root, &client], &client, &client),
        ([&root, &alone], &alone, &alone),
    ] {
        for policy in POLICIES {
            let store = store(policy, &chain(anchors));
            let presented = chain([leaf]);
            let explanation = store.explain(&presented, at(NOW));
            assert!(explanation.status().is_success());
            let anchor = explanation.anchor().expect("something anchored it");
            assert_eq!(anchor.certificate.der(), expected.der());
            assert_eq!(anchor.position, Store(1));
        }
    }
}

/// Nobody relies on the signature of an anchor (RFC 5280 6.1.1 (d)).
#[test]
fn how_an_anchor_is_signed_decides_nothing() {
    let old_root = Certificate::ca("Old Root", Key::p256(9));
    let anchor = |key| CertificateBuilder::ca("Anchor", key).without(oid::SUBJECT_KEY_ID);
    let namesake = anchor(Key::p256(8)).issued_by(&old_root);
    for algorithm in [unknown_algorithm(), SHA1.algorithm_identifier()] {
        let anchor = anchor(Key::p256(0)).algorithm(algorithm);
        let anchor = anchor.issued_by(&old_root);
        let client = CertificateBuilder::leaf("Client", Key::p256(2));
        let client = chain([&client.without(oid::AUTHORITY_KEY_ID).issued_by(&anchor)]);
        expect(BOTH, &[&anchor], &client, None);
        expect(BOTH, &[&anchor, &namesake], &client, None);
        // The right one is only come to by a search.
        let backtracking = Policy::ALB.with_search(Search::Backtrack);
        for policy in [backtracking, Policy::RFC5280] {
            let store = store(policy, &chain([&namesake, &anchor]));
            assert_eq!(failure(&store, &client, NOW), None);
        }
    }
}

#[test]
fn a_presented_ca_that_is_signed_in_a_way_not_taken_is_passed_over_for_another() {
    let root = Certificate::ca("Root", Key::p256(0));
    let signing = CertificateBuilder::ca("Signing", Key::p256(1));
    let known = signing.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &known);
    for algorithm in [unknown_algorithm(), SHA1.algorithm_identifier()] {
        let unknown = signing.clone().algorithm(algorithm).issued_by(&root);
        let backtracking = Policy::ALB.with_search(Search::Backtrack);
        for (cas, at) in [
            (&[&unknown][..], 1),
            (&[&unknown, &known], 1),
            (&[&known, &unknown], 2),
        ] {
            let presented = chain([&client].into_iter().chain(cas.iter().copied()));
            let incompatible = |at| {
                let check = Check::SignatureAlgorithm;
                Some((ClientCertIncompatible, check, Some(Presented(at))))
            };
            // ALB looks at all that is presented.
            for policy in [Policy::ALB, backtracking] {
                let store = store(policy, &chain([&root]));
                assert_eq!(failure(&store, &presented, NOW), incompatible(at));
            }
            let store = store(Policy::RFC5280, &chain([&root]));
            let expected = match cas.len() {
                1 => incompatible(1),
                _ => None,
            };
            assert_eq!(failure(&store, &presented, NOW), expected);
        }
    }
}

const SHA1: SignatureScheme = SignatureScheme::EcdsaSha1;

/// Of an arc for examples (RFC 5612).
fn unknown_algorithm() -> Vec<u8> {
    der::sequence([der::oid("1.3.6.1.4.1.32473.1")])
}
