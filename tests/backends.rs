//! A verdict does not depend on the backend: what one lacks is refused by name.
#![cfg(all(
    feature = "std",
    feature = "aws-lc-rs",
    feature = "ring",
    feature = "rustcrypto"
))]

use core::time::Duration;

use portcullis::pki_types::UnixTime;
use portcullis::signature::{AWS_LC_RS, RING, RUSTCRYPTO};
use portcullis::{AlgorithmSet, Check, KeyType, Policy, StoreError, TrustStore, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Key, NOW, Pki, SignatureScheme, chain, der, spki,
};

#[test]
fn every_backend_passes_what_all_know() {
    for keys in KEYS {
        let pki = Pki::builder().keys(keys).intermediates(2).build();
        for backend in [AWS_LC_RS, RING, RUSTCRYPTO] {
            assert_eq!(status(backend, &pki), VerifyStatus::Success);
        }
    }
}

#[test]
fn every_backend_refuses_a_wrong_signature() {
    for keys in KEYS {
        let pki = Pki::builder().keys(keys).intermediates(1);
        let pki = pki.leaf(|leaf| leaf.bad_signature()).build();
        for backend in [AWS_LC_RS, RING, RUSTCRYPTO] {
            let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, backend);
            store.add_ca(pki.anchor()).unwrap();
            let presented = pki.chain();
            let explanation = store.explain(&presented, now());
            assert_eq!(explanation.check(), Some(Check::Signature));
        }
    }
}

#[test]
fn every_backend_takes_a_compressed_key_for_the_point_that_it_is() {
    for (backend, keys) in [
        (
            AWS_LC_RS,
            &[Key::p256 as fn(usize) -> Key, Key::p384, Key::p521][..],
        ),
        (RING, &[Key::p256, Key::p384]),
        (RUSTCRYPTO, &[Key::p256, Key::p384]),
    ] {
        // Of several keys about half have an odd coordinate.
        for (keys, index) in keys
            .iter()
            .flat_map(|keys| [(keys, 0), (keys, 1), (keys, 2)])
        {
            let root = Certificate::ca("Root", Key::p256(9));
            let key = keys(index);
            let ca = CertificateBuilder::ca("Signing", key).spki(compressed(key));
            let ca = ca.issued_by(&root);
            let leaf = CertificateBuilder::leaf("Client", Key::p256(5));
            let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, backend);
            store.add_ca((&root).into()).unwrap();
            for (leaf, expected) in [
                (leaf.issued_by(&ca), None),
                (leaf.bad_signature().issued_by(&ca), Some(Check::Signature)),
            ] {
                let presented = chain([&leaf, &ca]);
                assert_eq!(store.explain(&presented, now()).check(), expected);
            }
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
    assert_eq!(status(RUSTCRYPTO, &pki), VerifyStatus::Success);
    assert_eq!(status(RING, &pki).as_str(), "Failed:ClientCertIncompatible");
}

#[test]
fn every_scheme_that_both_know_has_the_same_verdict_in_rust_alone() {
    use SignatureScheme as Scheme;
    let rsa: [Scheme; 6] = [
        Scheme::RsaPkcs1Sha256,
        Scheme::RsaPkcs1Sha384,
        Scheme::RsaPkcs1Sha512,
        Scheme::RsaPssSha256,
        Scheme::RsaPssSha384,
        Scheme::RsaPssSha512,
    ];
    let ecdsa = [
        Scheme::EcdsaSha256,
        Scheme::EcdsaSha384,
        Scheme::EcdsaSha512,
    ];
    let rsa_keys: [fn(usize) -> Key; 3] = [Key::rsa2048, |_| Key::rsa3072(), |_| Key::rsa4096()];
    let ec_keys: [fn(usize) -> Key; 2] = [Key::p256, Key::p384];
    let mut cases = Vec::new();
    for keys in rsa_keys {
        cases.extend(rsa.map(|scheme| (keys, scheme)));
    }
    for keys in ec_keys {
        cases.extend(ecdsa.map(|scheme| (keys, scheme)));
    }
    for (keys, scheme) in cases {
        let pki = Pki::builder().keys(keys);
        let pki = pki.leaf(|leaf| leaf.scheme(scheme)).build();
        for backend in [AWS_LC_RS, RUSTCRYPTO] {
            assert_eq!(status(backend, &pki), VerifyStatus::Success, "{scheme:?}");
        }
    }
}

#[test]
fn an_rsa_key_that_is_too_long_for_the_backend_is_refused_by_name() {
    let modulus = [vec![0x80; 512], vec![0x01]].concat();
    let long = spki::rsa(&modulus, [0x01, 0x00, 0x01]);
    let pki = Pki::builder().root(|root| root.spki(&*long)).build();
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, RUSTCRYPTO);
    let refused = Err(StoreError::UnsupportedKey(KeyType::Rsa { bits: 4104 }));
    assert_eq!(store.add_ca(pki.anchor()), refused);
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, AWS_LC_RS);
    assert!(store.add_ca(pki.anchor()).is_ok());

    let pki = Pki::builder().keys(Key::rsa2048).intermediates(1);
    let pki = pki.intermediate(0, |ca| ca.spki(&*long)).build();
    for (backend, check) in [
        (RUSTCRYPTO, Check::SignatureAlgorithm),
        (AWS_LC_RS, Check::Signature),
    ] {
        let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, backend);
        store.add_ca(pki.anchor()).unwrap();
        let presented = pki.chain();
        assert_eq!(store.explain(&presented, now()).check(), Some(check));
    }
}

#[test]
fn a_ca_that_the_backend_cannot_check_with_is_refused_when_loaded() {
    let pki = Pki::builder().keys(Key::p521).build();
    let refused = Err(StoreError::UnsupportedKey(KeyType::P521));
    for backend in [RING, RUSTCRYPTO] {
        let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, backend);
        assert_eq!(store.add_ca(pki.anchor()), refused);
    }
    assert_eq!(status(AWS_LC_RS, &pki), VerifyStatus::Success);
}

/// The key with its point as an `x` and the parity of `y` (SEC 1 2.3.3).
fn compressed(key: Key) -> Vec<u8> {
    let (_, content, _) = der::read(key.spki_der());
    let (_, algorithm, _) = der::read(content);
    let [0x04, point @ ..] = key.public_key() else {
        panic!("it is a point with both coordinates");
    };
    let (x, y) = point.split_at(point.len() / 2);
    let parity = y.last().unwrap() & 1;
    let point = [&[2 + parity], x].concat();
    let algorithm = der::tlv(der::SEQUENCE, algorithm);
    der::sequence([algorithm, der::bit_string(point)])
}

fn status(backend: AlgorithmSet, pki: &Pki) -> VerifyStatus {
    let mut store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, backend);
    store.add_ca(pki.anchor()).unwrap();
    store.verify_at(&pki.chain(), now())
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}

const KEYS: [fn(usize) -> Key; 4] = [Key::rsa2048, Key::p256, Key::p384, Key::ed25519];
