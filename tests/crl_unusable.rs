//! Lists that read well and cannot be trusted: the certificates of their issuer fail, and nobody
//! else's.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use portcullis::Position::{Presented, Store};
use portcullis::{Check, CrlAdded, CrlFault, Policy};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, Extension, GeneralName,
    IssuingDistributionPoint, Key, KeyUsage, NOW, Pki, chain, der, oid,
};

use crate::common::{at, store};
use crate::lists::{POLICIES, add, hit, processing_error, revoking, store_with, verdict};

#[test]
fn whatever_is_wrong_with_a_list_the_certificates_of_its_issuer_fail() {
    let pki = Pki::new(0);
    for (_, policy) in POLICIES {
        for (list, fault) in faulty_lists(pki.leaf().serial()) {
            let list = list.issued_by(pki.root());
            let mut store = store(policy, &[pki.anchor()]);
            assert_eq!(add(&mut store, &list), CrlAdded::Unusable(fault));
            let failed = verdict(&store, &[pki.leaf()]);
            assert_eq!(
                failed,
                processing_error(Check::CrlUsability, Presented(0)),
                "{fault}"
            );
            let presented = pki.chain();
            let explanation = store.explain(&presented, at(NOW));
            assert_eq!(explanation.crl_fault(), Some(fault));
            assert_eq!(explanation.crl().map(|crl| crl.der()), Some(list.der()));
            let text = explanation.to_string();
            assert!(text.contains(&fault.to_string()), "{text}");
        }
    }
}

#[test]
fn an_unusable_list_fails_its_issuers_certificates_though_there_is_a_good_one() {
    let pki = Pki::new(0);
    let good = CrlBuilder::new()
        .this_update(NOW - 1)
        .number(9)
        .issued_by(pki.root());
    for (_, policy) in POLICIES {
        for (bad, fault) in faulty_lists(pki.leaf().serial()) {
            let bad = bad.issued_by(pki.root());
            for lists in [[&good, &bad], [&bad, &good]] {
                let store = store_with(policy, &[pki.root()], &lists);
                let failed = verdict(&store, &[pki.leaf()]);
                let expected = processing_error(Check::CrlUsability, Presented(0));
                assert_eq!(failed, expected, "{fault}");
            }
        }
    }
}

#[test]
fn an_unusable_list_replaces_none() {
    let pki = Pki::new(0);
    let good = revoking(pki.root(), [pki.leaf()]);
    for (_, policy) in POLICIES {
        for (bad, fault) in faulty_lists(&[1]) {
            let bad = bad.this_update(NOW - 1).issued_by(pki.root());
            for lists in [[&good, &bad], [&bad, &good]] {
                let store = store_with(policy, &[pki.root()], &lists);
                assert_eq!(verdict(&store, &[pki.leaf()]), hit(Presented(0)), "{fault}");
            }
        }
    }
}

#[test]
fn an_unusable_list_does_not_concern_other_issuers() {
    let pki = Pki::new(1);
    let other = Pki::builder()
        .keys(|index| Key::p256(index + 4))
        .root(|root| root.subject("Other Root"))
        .intermediates(0)
        .build();
    for (_, policy) in POLICIES {
        for (bad, fault) in faulty_lists(&[1]) {
            let bad = bad.issued_by(pki.root());
            let store = store_with(policy, &[pki.root(), other.root()], &[&bad]);
            assert_eq!(verdict(&store, &[other.leaf()]), None, "{fault}");
            // The root's list is about the intermediate, not about the leaf.
            let expected = processing_error(Check::CrlUsability, Presented(1));
            assert_eq!(
                verdict(&store, &[pki.leaf(), pki.issuer()]),
                expected,
                "{fault}"
            );
        }
    }
}

#[test]
fn an_unusable_list_about_an_anchor_that_is_no_root_fails_all_below() {
    let pki = Pki::new(1);
    for (_, policy) in POLICIES {
        let bad = CrlBuilder::new().delta(1).issued_by(pki.root());
        let of_issuer = revoking(pki.issuer(), []);
        let store = store_with(policy, &[pki.root(), pki.issuer()], &[&bad, &of_issuer]);
        // The path ends at the intermediate, whose issuer's list is unusable.
        let failed = verdict(&store, &[pki.leaf()]);
        assert_eq!(failed, processing_error(Check::CrlUsability, Store(1)));
    }
}

#[test]
fn a_revoked_leaf_beats_an_unusable_list_of_the_ca() {
    let pki = Pki::new(1);
    let of_leaf = revoking(pki.issuer(), [pki.leaf()]);
    for (_, policy) in POLICIES {
        let bad = CrlBuilder::new().bad_signature().issued_by(pki.root());
        for lists in [[&of_leaf, &bad], [&bad, &of_leaf]] {
            let store = store_with(policy, &[pki.root()], &lists);
            assert_eq!(
                verdict(&store, &[pki.leaf(), pki.issuer()]),
                hit(Presented(0))
            );
        }
        // And an unusable list of the leaf's issuer a revoked CA.
        let bad = CrlBuilder::new().delta(1).issued_by(pki.issuer());
        let of_ca = revoking(pki.root(), [pki.issuer()]);
        let store = store_with(policy, &[pki.root()], &[&of_ca, &bad]);
        let failed = verdict(&store, &[pki.leaf(), pki.issuer()]);
        assert_eq!(failed, processing_error(Check::CrlUsability, Presented(0)));
    }
}

#[test]
fn a_faulty_list_of_a_presented_ca_fails_its_certificates() {
    let pki = Pki::new(1);
    let presented = [pki.leaf(), pki.issuer()];
    for (_, policy) in POLICIES {
        for (list, fault) in faulty_lists(pki.leaf().serial()) {
            let list = list.issued_by(pki.issuer());
            let mut store = store(policy, &[pki.anchor()]);
            let expected = match fault {
                CrlFault::Signature => CrlAdded::Unverified,
                _ => CrlAdded::Unusable(fault),
            };
            assert_eq!(add(&mut store, &list), expected);
            let failed = verdict(&store, &presented);
            let expected = processing_error(Check::CrlUsability, Presented(0));
            assert_eq!(failed, expected, "{fault}");
            // Once more, from memory.
            assert_eq!(verdict(&store, &presented), expected, "{fault}");
        }
    }
}

#[test]
fn a_list_by_another_key_than_the_cas_is_a_bad_signature() {
    let pki = Pki::new(0);
    for (_, policy) in POLICIES {
        let list = CrlBuilder::new().issuer("Root").sign_by(Key::p256(7));
        let mut store = store(policy, &[pki.anchor()]);
        let bad = CrlAdded::Unusable(CrlFault::Signature);
        assert_eq!(add(&mut store, &list), bad);
        let failed = verdict(&store, &[pki.leaf()]);
        assert_eq!(failed, processing_error(Check::CrlUsability, Presented(0)));
    }
}

#[test]
fn a_list_of_a_ca_that_may_not_sign_lists_is_untrusted_for_alb_and_unusable_for_rfc_5280() {
    use portcullis::FailureReason::ClientCertUntrusted;
    let root = CertificateBuilder::ca("Root", Key::p256(0)).key_usage(KeyUsage::KEY_CERT_SIGN);
    let root = root.self_signed();
    let leaf = Certificate::leaf("Client", Key::p256(1), &root);
    for revoked in [vec![], vec![&leaf]] {
        let list = revoking(&root, revoked);
        let store = store_with(Policy::ALB, &[&root], &[&list]);
        let untrusted = Some((ClientCertUntrusted, Check::CrlSign, Some(Store(0))));
        assert_eq!(verdict(&store, &[&leaf]), untrusted);
        let store = store_with(Policy::RFC5280, &[&root], &[&list]);
        let unusable = processing_error(Check::CrlUsability, Presented(0));
        assert_eq!(verdict(&store, &[&leaf]), unusable);
    }
    // Without a list nobody asks.
    for (_, policy) in POLICIES {
        assert_eq!(verdict(&store_with(policy, &[&root], &[]), &[&leaf]), None);
    }
}

/// RFC 5280 5.1.1.2: the algorithm is named twice, and both times the same.
#[test]
fn a_list_that_names_two_algorithms_has_a_bad_signature() {
    let pki = Pki::new(0);
    let sha384 = der::sequence([der::oid("1.2.840.10045.4.3.3")]);
    let list = CrlBuilder::new().inner_algorithm(sha384);
    let list = list.issued_by(pki.root());
    for (_, policy) in POLICIES {
        let mut store = store_with(policy, &[pki.root()], &[]);
        let added = add(&mut store, &list);
        assert_eq!(added, CrlAdded::Unusable(CrlFault::Signature));
        let expected = processing_error(Check::CrlUsability, Presented(0));
        assert_eq!(verdict(&store, &[pki.leaf()]), expected);
    }
}

#[test]
fn a_ca_without_key_usage_may_sign_lists() {
    let root = CertificateBuilder::ca("Root", Key::p256(0)).without(oid::KEY_USAGE);
    let root = root.self_signed();
    let leaf = Certificate::leaf("Client", Key::p256(1), &root);
    for (_, policy) in POLICIES {
        let list = revoking(&root, [&leaf]);
        let store = store_with(policy, &[&root], &[&list]);
        assert_eq!(verdict(&store, &[&leaf]), hit(Presented(0)));
    }
}

#[test]
fn a_list_is_told_unusable_for_its_signature_first() {
    let pki = Pki::new(0);
    let list = CrlBuilder::new()
        .delta(1)
        .bad_signature()
        .issued_by(pki.root());
    let mut store = store(Policy::ALB, &chain([pki.root()]));
    let bad = CrlAdded::Unusable(CrlFault::Signature);
    assert_eq!(add(&mut store, &list), bad);
}

/// A list for each fault, with an entry for the serial number; without their faults they are good.
fn faulty_lists(serial: &[u8]) -> Vec<(CrlBuilder, CrlFault)> {
    let entry = CrlEntry::new(serial);
    let list = CrlBuilder::new().entry(entry.clone());
    let with_entry = |extension| CrlBuilder::new().entry(entry.clone().extension(extension));
    let point = IssuingDistributionPoint::new;
    let unknown = Extension::unknown(3).critical(true);
    let number = Extension::new(oid::CRL_NUMBER, der::integer(1)).critical(true);
    let delta = Extension::new(oid::DELTA_CRL_INDICATOR, der::integer(1));
    let other = der::sequence([GeneralName::directory("Other")]);
    let other = Extension::new(oid::CERTIFICATE_ISSUER, other).critical(true);
    let reason = CrlEntry::reason_extension(1).critical(true);
    let scope = |point| list.clone().issuing_distribution_point(point);
    vec![
        (list.clone().bad_signature(), CrlFault::Signature),
        (
            list.clone().push(unknown.clone()),
            CrlFault::CriticalExtension,
        ),
        (list.clone().extension(number), CrlFault::CriticalExtension),
        (with_entry(unknown), CrlFault::CriticalEntryExtension),
        (with_entry(reason), CrlFault::CriticalEntryExtension),
        (with_entry(other), CrlFault::Indirect),
        (list.clone().delta(1), CrlFault::Delta),
        (list.clone().extension(delta), CrlFault::Delta),
        (scope(point().indirect()), CrlFault::Indirect),
        (scope(point().some_reasons(1 << 1)), CrlFault::SomeReasons),
        (
            scope(point().only_user_certificates().only_ca_certificates()),
            CrlFault::Scope,
        ),
    ]
}
