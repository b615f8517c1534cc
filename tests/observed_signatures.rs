//! Who is told of signature checks, and when.
#![cfg(feature = "aws-lc-rs")]

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;

use portcullis::pki_types::{SignatureVerificationAlgorithm, UnixTime};
use portcullis::signature::{
    AWS_LC_RS, EcCurve, KeyKind, ObservedVerification, SignatureAlgorithm, SignatureMemo, Verifier,
};
use portcullis::{AlgorithmSet, Crl, Policy, TrustStore};
use portcullis_fixtures::{CrlBuilder, Key, NOW, Pki};

/// A set whose observer counts in a static of its own, so that tests may run at once.
macro_rules! counting {
    ($algorithms:ident, $calls:ident) => {
        static $calls: AtomicUsize = AtomicUsize::new(0);
        static OBSERVED: ObservedVerification =
            ObservedVerification::new(webpki::aws_lc_rs::ECDSA_P256_SHA256, || {
                $calls.fetch_add(1, Ordering::Relaxed);
            });
        static VERIFIERS: [Verifier; 1] = [Verifier::new(
            KeyKind::Ec(EcCurve::P256),
            SignatureAlgorithm::EcdsaSha256,
            &OBSERVED,
        )];
        static $algorithms: AlgorithmSet = AlgorithmSet::new(&VERIFIERS, sha256);
    };
}

#[test]
fn the_observer_is_called_before_and_after_each_check() {
    counting!(ALGORITHMS, CALLS);
    let pki = pki();
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, ALGORITHMS);
    store.add_ca(pki.anchor()).unwrap();
    let chain = pki.chain();
    assert!(store.verify_at(&chain, now()).is_success());
    // Three certificates below the anchor.
    assert_eq!(CALLS.load(Ordering::Relaxed), 6);
    let crl = CrlBuilder::new().issued_by(pki.root()).into_der();
    let _ = store.add_crl(Crl::from_der(crl).unwrap()).unwrap();
    assert_eq!(CALLS.load(Ordering::Relaxed), 8);
}

#[test]
fn a_verifier_keeps_its_key_and_algorithm_with_other_code() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let observed = |verifier: &Verifier| {
        let implementation = ObservedVerification::new(verifier.implementation(), || {
            CALLS.fetch_add(1, Ordering::Relaxed);
        });
        verifier.with_implementation(Box::leak(Box::new(implementation)))
    };
    let verifiers = AWS_LC_RS.verifiers().iter().map(observed);
    let verifiers: &[_] = verifiers.collect::<Vec<_>>().leak();
    // RSA in two paddings and ECDSA on three curves, each with three hashes, and Ed25519.
    assert_eq!(verifiers.len(), 16);
    let algorithms = AlgorithmSet::new(verifiers, AWS_LC_RS.sha256());
    for key in [Key::rsa2048, Key::p256, Key::p384, Key::p521, Key::ed25519] {
        let pki = Pki::builder().intermediates(1).keys(key).build();
        let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, algorithms);
        store.add_ca(pki.anchor()).unwrap();
        CALLS.store(0, Ordering::Relaxed);
        assert!(store.verify_at(&pki.chain(), now()).is_success());
        // Two certificates below the anchor.
        assert_eq!(CALLS.load(Ordering::Relaxed), 4);
    }
}

#[test]
fn the_observer_is_called_of_a_check_that_fails() {
    counting!(ALGORITHMS, CALLS);
    let pki = Pki::builder()
        .intermediates(1)
        .keys(Key::p256)
        .leaf(|leaf| leaf.bad_signature())
        .build();
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, ALGORITHMS);
    store.add_ca(pki.anchor()).unwrap();
    let status = store.verify_at(&pki.chain(), now());
    assert_eq!(status.as_str(), "Failed:ClientCertUntrusted");
    assert_eq!(CALLS.load(Ordering::Relaxed), 4);
}

#[test]
fn the_observer_is_not_called_for_what_is_remembered() {
    counting!(ALGORITHMS, CALLS);
    static MEMO: SignatureMemo<64> = SignatureMemo::new();
    let pki = pki();
    let mut store: TrustStore<'_> =
        TrustStore::new(Policy::RFC5280, ALGORITHMS).with_signature_memo(&MEMO);
    store.add_ca(pki.anchor()).unwrap();
    let chain = pki.chain();
    for _ in 0..3 {
        assert!(store.verify_at(&chain, now()).is_success());
        assert_eq!(CALLS.load(Ordering::Relaxed), 6);
    }
}

#[test]
fn what_is_observed_is_named_as_it_was() {
    let inner = webpki::aws_lc_rs::ECDSA_P256_SHA256;
    let observed = ObservedVerification::new(inner, || {});
    assert_eq!(observed.public_key_alg_id(), inner.public_key_alg_id());
    assert_eq!(observed.signature_alg_id(), inner.signature_alg_id());
    assert_eq!(observed.fips(), inner.fips());
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}

fn pki() -> Pki {
    Pki::builder().intermediates(2).keys(Key::p256).build()
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
    digest.as_ref().try_into().unwrap()
}
