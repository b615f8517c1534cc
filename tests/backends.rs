//! A verdict does not depend on the backend: what one lacks is refused by name.
#![cfg(all(feature = "std", feature = "aws-lc-rs", feature = "ring"))]

use core::time::Duration;

use portcullis::pki_types::UnixTime;
use portcullis::signature::{AWS_LC_RS, RING};
use portcullis::{AlgorithmSet, Check, KeyType, Policy, StoreError, TrustStore, VerifyStatus};
use portcullis_fixtures::{Key, NOW, Pki, SignatureScheme};

#[test]
fn both_backends_pass_what_both_know() {
    let keys: [fn(usize) -> Key; 4] = [Key::rsa2048, Key::p256, Key::p384, Key::ed25519];
    for keys in keys {
        let pki = Pki::builder().keys(keys).intermediates(2).build();
        for backend in [AWS_LC_RS, RING] {
            assert_eq!(status(backend, &pki), VerifyStatus::Success);
        }
    }
}

#[test]
fn both_backends_refuse_a_wrong_signature() {
    let keys: [fn(usize) -> Key; 4] = [Key::rsa2048, Key::p256, Key::p384, Key::ed25519];
    for keys in keys {
        let pki = Pki::builder().keys(keys).intermediates(1);
        let pki = pki.leaf(|leaf| leaf.bad_signature()).build();
        for backend in [AWS_LC_RS, RING] {
            let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, backend);
            store.add_ca(pki.anchor()).unwrap();
            let presented = pki.chain();
            let explanation = store.explain(&presented, now());
            assert_eq!(explanation.check(), Some(Check::Signature));
        }
    }
}

#[test]
fn a_presented_certificate_that_the_backend_cannot_check_is_incompatible() {
    let pki = Pki::builder().keys(Key::p256).intermediates(1);
    let pki = pki
        .leaf(|leaf| leaf.scheme(SignatureScheme::EcdsaSha512))
        .build();
    assert_eq!(status(AWS_LC_RS, &pki), VerifyStatus::Success);
    assert_eq!(status(RING, &pki).as_str(), "Failed:ClientCertIncompatible");
}

#[test]
fn a_ca_that_the_backend_cannot_check_with_is_refused_when_loaded() {
    let pki = Pki::builder().keys(Key::p521).build();
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, RING);
    let refused = Err(StoreError::UnsupportedKey(KeyType::P521));
    assert_eq!(store.add_ca(pki.anchor()), refused);
    assert_eq!(status(AWS_LC_RS, &pki), VerifyStatus::Success);
}

fn status(backend: AlgorithmSet, pki: &Pki) -> VerifyStatus {
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, backend);
    store.add_ca(pki.anchor()).unwrap();
    store.verify_at(&pki.chain(), now())
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}
