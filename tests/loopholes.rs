//! Ways in that were once open, or nearly: each is one that somebody would try.
#![cfg(all(feature = "std", feature = "aws-lc-rs"))]

use core::time::Duration;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::signature::AWS_LC_RS;
use portcullis::{Certificate as Parsed, Crl, Policy, TrustStore};
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, CrlBuilder, DAY, Extension, GeneralName, Key, NOW,
    Name, NameConstraints, chain, oid,
};

#[test]
fn a_version_1_client_with_its_cas_name_is_no_ca() {
    let root = Certificate::ca("Root", Key::p256(0));
    let client = CertificateBuilder::bare("Root", Key::p256(1));
    let client = client.v1().issued_by(&root);
    let minted = Certificate::leaf("Mallory", Key::p256(2), &client);
    for policy in POLICIES {
        let verdict = verdict(policy, &[&root], &[], &[&minted, &client]);
        assert_eq!(verdict, "Failed:ClientCertUntrusted");
    }
}

#[test]
fn a_revoked_leaf_of_the_store_does_not_pass_as_its_own_anchor() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &ca);
    let list = CrlBuilder::new().revoke(leaf.serial()).issued_by(&ca);
    for policy in POLICIES {
        let store = [&root, &leaf];
        let with_ca = verdict(policy, &store, &[&list], &[&leaf, &ca]);
        assert_eq!(with_ca, "Failed:ClientCertCrlHit");
        // Without its issuer nobody can say whether the list is right.
        let alone = verdict(policy, &store, &[&list], &[&leaf]);
        assert_ne!(alone, "Success");
    }
}

#[test]
fn a_list_by_the_new_key_of_a_ca_of_the_store_counts_for_its_old_key() {
    let old = Certificate::ca("Root", Key::p256(0));
    let new = CertificateBuilder::ca("Root", Key::p256(1)).issued_by(&old);
    let leaf = Certificate::leaf("Client", Key::p256(2), &old);
    let list = CrlBuilder::new().revoke(leaf.serial()).issued_by(&new);
    let verdict = verdict(Policy::RFC5280, &[&old, &new], &[&list], &[&leaf]);
    assert_eq!(verdict, "Failed:ClientCertCrlHit");
}

#[test]
fn a_common_name_evades_no_dns_constraint_by_its_encoding() {
    let root = Certificate::ca("Root", Key::p256(0));
    let permitted = NameConstraints::new().permit(GeneralName::dns("good.example"));
    let ca = CertificateBuilder::ca("Signing", Key::p256(1));
    let ca = ca
        .extension(Extension::name_constraints(&permitted))
        .issued_by(&root);
    for name in [
        Attribute::utf8(oid::COMMON_NAME, "evil.example"),
        Attribute::bmp(oid::COMMON_NAME, "evil.example"),
        Attribute::universal(oid::COMMON_NAME, "evil.example"),
        Attribute::utf8(oid::COMMON_NAME, "evil.example\0.x"),
        Attribute::utf8(oid::COMMON_NAME, "evil.example "),
    ] {
        let leaf = CertificateBuilder::leaf(Name::new().attribute(name), Key::p256(2));
        let leaf = leaf.issued_by(&ca);
        for policy in POLICIES {
            let verdict = verdict(policy, &[&root], &[], &[&leaf, &ca]);
            assert_eq!(verdict, "Failed:ClientCertUntrusted");
        }
    }
}

#[test]
fn a_short_key_does_not_pass_because_its_certificate_is_in_the_store() {
    let root = Certificate::ca("Root", Key::p256(0));
    let issued = Certificate::leaf("Client", Key::rsa1024(), &root);
    let own = CertificateBuilder::leaf("Client", Key::rsa1024()).self_signed();
    for leaf in [&issued, &own] {
        for policy in POLICIES {
            let verdict = verdict(policy, &[leaf], &[], &[leaf]);
            assert_eq!(verdict, "Failed:ClientCertIncompatible");
        }
    }
}

#[test]
fn a_list_with_a_number_does_not_hide_one_without() {
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = Certificate::leaf("Client", Key::p256(1), &root);
    let unnumbered = CrlBuilder::new().without(oid::CRL_NUMBER);
    let unnumbered = unnumbered.revoke(leaf.serial()).issued_by(&root);
    let numbered = CrlBuilder::new().number(1).issued_by(&root);
    for policy in POLICIES {
        let lists = [&unnumbered, &numbered];
        let verdict = verdict(policy, &[&root], &lists, &[&leaf]);
        assert_eq!(verdict, "Failed:ClientCertCrlHit");
    }
}

#[test]
fn a_list_that_names_an_anchor_is_not_ignored_for_want_of_its_issuer() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &ca);
    let list = CrlBuilder::new().revoke(ca.serial()).issued_by(&root);
    for policy in POLICIES {
        let verdict = verdict(policy, &[&ca], &[&list], &[&leaf]);
        assert_eq!(verdict, "Failed:ClientCertCrlProcessingError");
    }
}

#[test]
fn a_badly_signed_list_of_an_anchors_issuer_fails_closed() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &ca);
    let list = CrlBuilder::new().bad_signature().issued_by(&root);
    for policy in POLICIES {
        let verdict = verdict(policy, &[&root, &ca], &[&list], &[&leaf]);
        assert_eq!(verdict, "Failed:ClientCertCrlProcessingError");
    }
}

#[test]
fn a_newer_list_of_one_signer_decides_whatever_key_identifier_it_has() {
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = Certificate::leaf("Client", Key::p256(1), &root);
    let old = CrlBuilder::new()
        .v1()
        .revoke(leaf.serial())
        .this_update(NOW - 9 * DAY);
    let old = old.issued_by(&root);
    let new = CrlBuilder::new().issued_by(&root);
    for lists in [[&old, &new], [&new, &old]] {
        assert_eq!(verdict(Policy::ALB, &[&root], &lists, &[&leaf]), "Success");
    }
}

#[test]
fn what_is_revoked_does_not_depend_on_who_has_connected() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &ca);
    let list = CrlBuilder::new().revoke(leaf.serial()).issued_by(&ca);
    let store = store(Policy::ALB, &[&root], &[&list]);
    let parsed = Parsed::parse(leaf.der()).unwrap();
    let is_revoked = || store.is_revoked(parsed.issuer(), parsed.serial());
    assert!(is_revoked());
    assert!(!store.verify_at(&chain([&leaf, &ca]), now()).is_success());
    assert!(is_revoked());
}

#[test]
fn a_revoked_leaf_of_the_store_does_not_pass_because_its_issuer_is_presented() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = Certificate::leaf("Client", Key::p256(2), &ca);
    let list = CrlBuilder::new().revoke(leaf.serial()).issued_by(&ca);
    let empty = CrlBuilder::new().without(oid::CRL_NUMBER).issued_by(&ca);
    for policy in POLICIES {
        // With a list that takes what may be verified for a path without an anchor, and without.
        for lists in [&[&list][..], &[&empty, &list]] {
            let verdict = verdict(policy, &[&leaf], lists, &[&leaf, &ca]);
            assert_ne!(verdict, "Success");
        }
    }
}

#[test]
fn a_revoked_leaf_of_the_store_does_not_pass_because_another_issuer_is_presented() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = Certificate::intermediate("Signing", Key::p256(1), &root);
    let leaf = CertificateBuilder::leaf("Client", Key::p256(2));
    let leaf = leaf.without(oid::AUTHORITY_KEY_ID).issued_by(&ca);
    // The same key by another identifier than the list's. From an ECDSA signature anybody can compute
    // a second key that verifies it, so this need not be a certificate of the CA.
    let other = CertificateBuilder::ca("Signing", Key::p256(1));
    let other = other
        .without(oid::SUBJECT_KEY_ID)
        .extension(Extension::subject_key_id("other"))
        .issued_by(&root);
    let list = CrlBuilder::new().revoke(leaf.serial()).issued_by(&ca);
    for policy in POLICIES {
        let verdict = verdict(policy, &[&leaf], &[&list], &[&leaf, &other]);
        assert_ne!(verdict, "Success");
    }
}

#[test]
fn a_list_without_key_identifier_by_the_new_key_counts_for_a_presented_old_one() {
    let new = Certificate::ca("Signing", Key::p256(0));
    let old = CertificateBuilder::ca("Signing", Key::p256(1)).issued_by(&new);
    let leaf = Certificate::leaf("Client", Key::p256(2), &old);
    let list = CrlBuilder::new().v1().revoke(leaf.serial()).issued_by(&new);
    for policy in POLICIES {
        let verdict = verdict(policy, &[&new], &[&list], &[&leaf, &old]);
        assert_eq!(verdict, "Failed:ClientCertCrlHit");
    }
}

#[test]
fn a_list_without_key_identifier_by_a_new_key_of_the_store_counts_for_a_presented_old_one() {
    let root = Certificate::ca("Root", Key::p256(0));
    let old = Certificate::intermediate("Signing", Key::p256(1), &root);
    let new = Certificate::intermediate("Signing", Key::p256(2), &root);
    let leaf = Certificate::leaf("Client", Key::p256(3), &old);
    let list = CrlBuilder::new().v1().revoke(leaf.serial()).issued_by(&new);
    let store = [&root, &new];
    let verdict = verdict(Policy::RFC5280, &store, &[&list], &[&leaf, &old]);
    assert_eq!(verdict, "Failed:ClientCertCrlHit");
}

fn verdict(
    policy: Policy,
    cas: &[&Certificate],
    lists: &[&portcullis_fixtures::Crl],
    presented: &[&Certificate],
) -> &'static str {
    let store = store(
        policy.with_missing_eku(portcullis::MissingEku::Allow),
        cas,
        lists,
    );
    let presented: Vec<CertificateDer<'static>> = chain(presented.iter().copied());
    store.verify_at(&presented, now()).as_str()
}

fn store(
    policy: Policy,
    cas: &[&Certificate],
    lists: &[&portcullis_fixtures::Crl],
) -> TrustStore<'static> {
    let mut store = TrustStore::new(policy, AWS_LC_RS);
    for ca in cas {
        store.add_ca(ca.to_certificate_der()).unwrap();
    }
    for list in lists {
        let _ = store
            .add_crl(Crl::from_der(list.der().to_vec()).unwrap())
            .unwrap();
    }
    store
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}

const POLICIES: [Policy; 2] = [Policy::ALB, Policy::RFC5280];
