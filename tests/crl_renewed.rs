//! Lists of a CA that has more keys than one: renewed, or one for certificates and one for lists.
//! The shapes are those of NIST's PKITS, 4.5.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use portcullis::Position::Presented;
use portcullis::{Check, MissingCrl, Policy};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Crl, CrlBuilder, Extension, Key, KeyUsage, NOW, oid,
};

use crate::lists::{Failed, POLICIES, hit, processing_error, revoking, store_with, verdict};

#[test]
fn a_renewed_ca_signs_the_list_for_what_its_old_key_signed() {
    // Root - CA, new key - the same CA, old key - client.
    let root = Certificate::ca("Root", Key::p256(0));
    let new = Certificate::intermediate("CA", Key::p256(1), &root);
    let old = Certificate::intermediate("CA", Key::p256(2), &new);
    let leaf = Certificate::leaf("Client", Key::p256(3), &old);
    let presented = [&leaf, &old, &new];
    let of_root = revoking(&root, []);
    for (_, policy) in POLICIES {
        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let verdict = |lists: &[&Crl]| verdict(&store_with(policy, &[&root], lists), &presented);
        assert_eq!(verdict(&[&of_root, &revoking(&new, [])]), None);
        assert_eq!(
            verdict(&[&of_root, &revoking(&new, [&leaf])]),
            hit(Presented(0))
        );
        assert_eq!(
            verdict(&[&of_root, &revoking(&new, [&old])]),
            hit(Presented(1))
        );
        // The list of the old key is about the client alone.
        let of_old = revoking(&old, [&leaf]);
        assert_eq!(
            verdict(&[&of_root, &of_old, &revoking(&new, [])]),
            hit(Presented(0))
        );
    }
}

#[test]
fn the_old_key_signs_the_list_for_what_the_new_one_signed() {
    // Root - CA, old key - the same CA, new key - client.
    let root = Certificate::ca("Root", Key::p256(0));
    let old = Certificate::intermediate("CA", Key::p256(1), &root);
    let new = Certificate::intermediate("CA", Key::p256(2), &old);
    let leaf = Certificate::leaf("Client", Key::p256(3), &new);
    let presented = [&leaf, &new, &old];
    for (_, policy) in POLICIES {
        let verdict = |list: Crl| verdict(&store_with(policy, &[&root], &[&list]), &presented);
        assert_eq!(verdict(revoking(&old, [&leaf])), hit(Presented(0)));
        assert_eq!(verdict(revoking(&old, [&new])), hit(Presented(1)));
        assert_eq!(verdict(revoking(&old, [])), None);
    }
}

#[test]
fn a_ca_renewed_with_the_same_key_has_one_list_for_both_certificates() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = CertificateBuilder::ca("CA", Key::p256(1));
    let old = ca.clone().not_after(NOW + 1).issued_by(&root);
    let new = ca.issued_by(&root);
    let leaf = Certificate::leaf("Client", Key::p256(3), &old);
    let list = revoking(&old, [&leaf]);
    for (_, policy) in POLICIES {
        for ca in [&old, &new] {
            let store = store_with(policy, &[&root], &[&list]);
            assert_eq!(verdict(&store, &[&leaf, ca]), hit(Presented(0)));
            // With the other certificate in the store, too, which verified the list.
            let store = store_with(policy, &[&root, &new], &[&list]);
            assert_eq!(verdict(&store, &[&leaf, ca]), hit(Presented(0)));
        }
    }
}

#[test]
fn a_key_for_lists_alone_is_looked_for_beside_the_path_by_rfc_5280() {
    let pki = TwoKeys::new(|ca| ca);
    let revoked = revoking(&pki.for_lists, [&pki.leaf]);
    let nobody = revoking(&pki.for_lists, []);
    let presented = [&pki.leaf, &pki.ca, &pki.for_lists];
    let missing = processing_error(Check::CrlPresence, Presented(0));
    let verdict = |policy: Policy, list| pki.verdict(policy, list, &presented);
    assert_eq!(verdict(Policy::RFC5280, &revoked), hit(Presented(0)));
    assert_eq!(verdict(Policy::RFC5280, &nobody), None);
    // s2n-tls looks in the path alone.
    assert_eq!(verdict(Policy::ALB, &revoked), missing);
    // So does everybody where the key was not presented.
    let presented = [&pki.leaf, &pki.ca];
    assert_eq!(pki.verdict(Policy::RFC5280, &revoked, &presented), missing);
}

#[test]
fn a_key_for_lists_that_nobody_vouches_for_is_no_key() {
    let missing = processing_error(Check::CrlPresence, Presented(0));
    let changes: [fn(CertificateBuilder) -> CertificateBuilder; 5] = [
        CertificateBuilder::bad_signature,
        |ca| ca.not_after(NOW - 1),
        |ca| ca.not_before(NOW + 1),
        |ca| ca.push(Extension::unknown(3).critical(true)),
        |ca| ca.subject("Not the CA").issuer("CA"),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let pki = TwoKeys::new(change);
        let list = CrlBuilder::new().issuer("CA").issued_by(&pki.for_lists);
        let presented = [&pki.leaf, &pki.ca, &pki.for_lists];
        let failed = pki.verdict(Policy::RFC5280, &list, &presented);
        assert_eq!(failed, missing, "{index}");
    }
    // Of another root, which is trusted as well.
    let pki = TwoKeys::new(|ca| ca);
    let other = Certificate::ca("Other Root", Key::p256(6));
    let for_lists = CertificateBuilder::ca("CA", Key::p256(2)).issued_by(&other);
    let list = revoking(&for_lists, []);
    let policy = Policy::RFC5280.with_missing_crl(MissingCrl::Deny);
    let store = store_with(policy, &[&pki.root, &other], &[&list]);
    assert_eq!(verdict(&store, &[&pki.leaf, &pki.ca, &for_lists]), missing);
}

#[test]
fn a_key_beside_the_path_that_may_not_sign_lists_makes_them_unusable() {
    let pki = TwoKeys::new(|ca| ca.key_usage(KeyUsage::KEY_CERT_SIGN));
    let list = revoking(&pki.for_lists, [&pki.leaf]);
    let presented = [&pki.leaf, &pki.ca, &pki.for_lists];
    let unusable = processing_error(Check::CrlUsability, Presented(0));
    assert_eq!(pki.verdict(Policy::RFC5280, &list, &presented), unusable);
}

#[test]
fn a_list_beside_the_path_with_a_bad_signature_is_unusable() {
    let pki = TwoKeys::new(|ca| ca);
    let list = CrlBuilder::new().bad_signature().issued_by(&pki.for_lists);
    let presented = [&pki.leaf, &pki.ca, &pki.for_lists];
    let unusable = processing_error(Check::CrlUsability, Presented(0));
    assert_eq!(pki.verdict(Policy::RFC5280, &list, &presented), unusable);
}

#[test]
fn a_key_for_lists_alone_signs_no_certificates() {
    let pki = TwoKeys::new(|ca| ca);
    let leaf = Certificate::leaf("Client", Key::p256(3), &pki.for_lists);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[&pki.root], &[]);
        let failed = verdict(&store, &[&leaf, &pki.for_lists, &pki.ca]);
        assert!(failed.is_some());
    }
}

#[test]
fn two_roots_of_one_name_have_lists_of_their_own() {
    let roots = [0, 1].map(|key| Certificate::ca("Root", Key::p256(key)));
    let leaves = roots.each_ref().map(|root| {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial([7]);
        leaf.issued_by(root)
    });
    // The new root's list says nothing of the old one's certificates: another anchor.
    let list = revoking(&roots[1], [&leaves[1]]);
    for (_, policy) in POLICIES {
        let deny = policy.with_missing_crl(MissingCrl::DenyOnceThereIsOne);
        let store = store_with(deny, &[&roots[0], &roots[1]], &[&list]);
        let missing = processing_error(Check::CrlPresence, Presented(0));
        assert_eq!(verdict(&store, &[&leaves[0]]), missing);
        assert_eq!(verdict(&store, &[&leaves[1]]), hit(Presented(0)));
    }
}

/// A CA with one key for certificates and one, in a certificate of its own, for lists.
struct TwoKeys {
    root: Certificate,
    ca: Certificate,
    for_lists: Certificate,
    leaf: Certificate,
}

impl TwoKeys {
    fn new(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let ca = Certificate::intermediate("CA", Key::p256(1), &root);
        let for_lists = CertificateBuilder::ca("CA", Key::p256(2))
            .without(oid::BASIC_CONSTRAINTS)
            .key_usage(KeyUsage::CRL_SIGN);
        Self {
            for_lists: change(for_lists).issued_by(&ca),
            leaf: Certificate::leaf("Client", Key::p256(3), &ca),
            root,
            ca,
        }
    }

    /// With a list for every other certificate, and without one only if the client passes.
    #[track_caller]
    fn verdict(&self, policy: Policy, list: &Crl, presented: &[&Certificate]) -> Failed {
        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(policy, &[&self.root], &[list, &revoking(&self.root, [])]);
        verdict(&store, presented)
    }
}
