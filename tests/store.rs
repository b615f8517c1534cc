//! The trust store: what goes in, what stays out, who may use it, and what a Success hands over.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use core::net::IpAddr;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

use aws_lc_rs::digest;
use portcullis::FailureReason::{ClientCertRejected, ClientCertUntrusted};
use portcullis::Position::Presented;
use portcullis::pem::{BundleError, PemError};
use portcullis::pki_types::CertificateDer;
use portcullis::{
    Added, CertificateError, Check, ClientCertificate, KeyType, Policy, StoreError, TrustStore,
    VerifyStatus, signature,
};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, GeneralName, Key, NOW, Pki, chain, der, spki,
};

use crate::common::{at, failure, store};

static EMPTY: TrustStore<'static> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);

#[test]
fn a_25th_ca_fits_and_a_26th_does_not() {
    let cas: Vec<_> = (0..26)
        .map(|n| Certificate::ca(format!("CA {n}"), Key::p256(n)).to_certificate_der())
        .collect();
    let mut store = store(Policy::ALB, &cas[..24]);
    assert_eq!(store.add_ca(cas[24].clone()), Ok(Added::New));
    let full = Err(StoreError::TooManyCas { capacity: 25 });
    assert_eq!(store.add_ca(cas[25].clone()), full);
    assert_eq!(store.cas().len(), 25);
    assert_eq!(store.add_ca(cas[24].clone()), Ok(Added::Duplicate));

    let mut small: TrustStore<'_, 1> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    assert_eq!(small.add_ca(cas[0].clone()), Ok(Added::New));
    let full = Err(StoreError::TooManyCas { capacity: 1 });
    assert_eq!(small.add_ca(cas[1].clone()), full);
}

#[test]
fn the_25th_ca_is_an_anchor_like_the_first() {
    let cas: Vec<_> = (0..25)
        .map(|n| Certificate::ca(format!("CA {n}"), Key::p256(n)))
        .collect();
    let store = store(Policy::ALB, &chain(&cas));
    for (index, ca) in cas.iter().enumerate() {
        let presented = chain([&Certificate::leaf("Client", Key::p256(30), ca)]);
        assert_eq!(failure(&store, &presented, NOW), None);
        let explanation = store.explain(&presented, at(NOW));
        let anchor = explanation.anchor().expect("there is one");
        assert_eq!(anchor.position, portcullis::Position::Store(index));
        assert_eq!(anchor.certificate.der(), ca.der());
    }
}

#[test]
fn a_duplicate_is_taken_once() {
    let pki = Pki::new(0);
    let mut store = store(Policy::ALB, &[]);
    assert_eq!(store.add_ca(pki.anchor()), Ok(Added::New));
    assert_eq!(store.add_ca(pki.anchor()), Ok(Added::Duplicate));
    assert_eq!(store.cas().len(), 1);
    // The same name and key in another certificate is no duplicate.
    let again = CertificateBuilder::ca("Root", pki.root().key()).serial([1]);
    let again = again.self_signed().to_certificate_der();
    assert_eq!(store.add_ca(again), Ok(Added::New));
    assert_eq!(store.cas().len(), 2);
}

#[test]
fn a_ca_certificate_has_16_kib_at_most() {
    let of_size = |size| {
        let ca = CertificateBuilder::ca("Large", Key::p256(0)).size(size);
        ca.self_signed().to_certificate_der()
    };
    let mut store = store(Policy::ALB, &[]);
    assert_eq!(store.add_ca(of_size(16_384)), Ok(Added::New));
    let too_large = StoreError::CaTooLarge {
        size: 16_385,
        limit: 16_384,
    };
    assert_eq!(store.add_ca(of_size(16_385)), Err(too_large));
    let mut roomy = common::store(Policy::ALB.with_max_ca_size(20_000), &[]);
    assert_eq!(roomy.add_ca(of_size(20_000)), Ok(Added::New));
    assert!(roomy.add_ca(of_size(20_001)).is_err());
}

#[test]
fn a_ca_whose_signatures_cannot_be_verified_is_refused_by_name() {
    let x25519 = spki::with_algorithm(spki::algorithm("1.3.101.110", []), [7; 32]);
    for (key, kind) in [
        (
            Key::rsa1024().spki_der().to_vec(),
            KeyType::Rsa { bits: 1024 },
        ),
        (spki::rsa_of_bits(2047), KeyType::Rsa { bits: 2047 }),
        (spki::rsa_of_bits(8193), KeyType::Rsa { bits: 8193 }),
        (Key::p224().spki_der().to_vec(), KeyType::P224),
        (Key::secp256k1().spki_der().to_vec(), KeyType::Secp256k1),
        (x25519, KeyType::X25519),
    ] {
        let ca = CertificateBuilder::ca("CA", Key::p256(0)).spki(key.clone());
        let mut store = store(Policy::ALB, &[]);
        let refused = store.add_ca(ca.self_signed().to_certificate_der());
        assert_eq!(refused, Err(StoreError::UnsupportedKey(kind)));
        assert_eq!(store.cas().len(), 0);
        // One that is no CA anchors only itself, and nobody need verify what it signs.
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).spki(key);
        let added = store.add_ca(leaf.self_signed().to_certificate_der());
        assert_eq!(added, Ok(Added::New));
    }
    for key in [
        spki::rsa_of_bits(2048),
        spki::rsa_of_bits(8192),
        Key::p384(0).spki_der().to_vec(),
        Key::p521(0).spki_der().to_vec(),
    ] {
        let ca = CertificateBuilder::ca("CA", Key::p256(0)).spki(key);
        let mut store = store(Policy::ALB, &[]);
        let added = store.add_ca(ca.self_signed().to_certificate_der());
        assert_eq!(added, Ok(Added::New));
    }
}

#[test]
fn a_bundle_with_a_broken_certificate_is_refused_whole() {
    let good = |n: usize| Certificate::ca(format!("CA {n}"), Key::p256(n)).to_pem();
    let broken = CertificateBuilder::ca("Broken", Key::p256(9)).trailing([0]);
    let broken = broken.self_signed().to_pem();
    let mut store = store(Policy::ALB, &[Pki::new(0).anchor()]);
    let bundle = [good(0), good(1), broken, good(2)].concat();
    match store.add_bundle(bundle.as_bytes()) {
        Err(error @ BundleError::Certificate { number: 3, .. }) => {
            assert!(error.to_string().starts_with("certificate 3: "), "{error}");
            let BundleError::Certificate { error, .. } = error else {
                unreachable!("it was one");
            };
            let trailing = StoreError::Certificate(CertificateError::TrailingData);
            assert_eq!(error, trailing);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(store.cas().len(), 1);
    let names: Vec<_> = store.cas().map(|ca| ca.subject().to_string()).collect();
    assert_eq!(names, ["CN=Root"]);

    let not_base64 = good(1).replace("MII", "M\u{21}I");
    let bundle = [good(0), not_base64, good(2)].concat();
    match store.add_bundle(bundle.as_bytes()) {
        Err(BundleError::Pem(PemError::Section { number: 2, .. })) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(store.cas().len(), 1);
}

#[test]
fn a_bundle_that_does_not_fit_is_refused_whole() {
    let bundle: String = (0..26)
        .map(|n| Certificate::ca(format!("CA {n}"), Key::p256(n)).to_pem())
        .collect();
    let mut store = store(Policy::ALB, &[]);
    match store.add_bundle(bundle.as_bytes()) {
        Err(BundleError::Certificate {
            number: 26,
            error: StoreError::TooManyCas { capacity: 25 },
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(store.cas().len(), 0);
}

#[test]
fn bundles_come_as_pem_in_any_dress_or_as_der() {
    let (a, b) = (
        Certificate::ca("A", Key::p256(0)),
        Certificate::ca("B", Key::p256(1)),
    );
    let both = [a.to_pem(), b.to_pem()].concat();
    let dressed = format!(
        "Certificate:\n    Data:\n        Version: 3 (0x2)\n{}\n# a comment\n\n{}trailing text\n",
        a.to_pem(),
        b.to_pem()
    );
    for (bundle, new) in [
        (both.clone().into_bytes(), 2),
        (both.replace('\n', "\r\n").into_bytes(), 2),
        (dressed.into_bytes(), 2),
        ([a.to_pem(), a.to_pem()].concat().into_bytes(), 1),
        (b.der().to_vec(), 1),
    ] {
        let mut store = store(Policy::ALB, &[]);
        assert_eq!(store.add_bundle(&bundle).expect("it is a bundle"), new);
        assert_eq!(store.cas().len(), new);
        // All of it is there already.
        assert_eq!(store.add_bundle(&bundle).expect("it still is"), 0);
    }
    for nothing in ["", " \n\n"] {
        let refused = store(Policy::ALB, &[]).add_bundle(nothing.as_bytes());
        assert!(matches!(refused, Err(BundleError::Pem(PemError::Empty))));
    }
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let refused = store(Policy::ALB, &[]).add_bundle(key.as_bytes());
    let none = matches!(refused, Err(BundleError::Pem(PemError::NoCertificates)));
    assert!(none, "{refused:?}");
}

#[test]
fn an_empty_store_trusts_nobody_and_can_be_a_static() {
    let untrusted = Some((ClientCertUntrusted, Check::Issuer, Some(Presented(0))));
    let pki = Pki::new(0);
    assert_eq!(failure(&EMPTY, &pki.chain(), NOW), untrusted);
    assert_eq!(EMPTY.cas().len(), 0);
}

#[test]
fn a_store_borrows_its_certificates_or_owns_them() {
    let pki = Pki::new(1);
    let flash = pki.root().der().to_vec();
    let mut borrowing: TrustStore<'_> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    let added = borrowing.add_ca(CertificateDer::from(&flash[..]));
    assert_eq!(added, Ok(Added::New));
    assert_eq!(failure(&borrowing, &pki.chain(), NOW), None);

    let owning: TrustStore<'static> = store(Policy::ALB, &[pki.anchor()]);
    let moved = Box::new(owning);
    let presented = pki.chain();
    let verdict = thread::spawn(move || moved.verify_at(&presented, at(NOW)));
    assert_eq!(verdict.join().expect("no panic"), VerifyStatus::Success);
}

#[test]
fn threads_share_a_store() {
    let (known, unknown) = (
        Pki::new(1),
        Pki::builder().keys(|n| Key::p256(n + 10)).build(),
    );
    let store = Arc::new(store(Policy::RFC5280, &[known.anchor()]));
    let untrusted = VerifyStatus::Failed(ClientCertUntrusted);
    let verify = |pki: &Pki, expected| {
        let (store, presented) = (Arc::clone(&store), pki.chain());
        thread::spawn(move || {
            for _ in 0..50 {
                assert_eq!(store.verify_at(&presented, at(NOW)), expected);
            }
        })
    };
    let threads = [
        verify(&known, VerifyStatus::Success),
        verify(&unknown, untrusted),
        verify(&known, VerifyStatus::Success),
    ];
    for thread in threads {
        thread.join().expect("no panic");
    }
}

#[test]
fn a_success_hands_over_who_the_client_is() {
    let pki = Pki::builder()
        .leaf(|leaf| {
            leaf.subject_alt_name([
                GeneralName::dns("client.example"),
                GeneralName::email("client@example.org"),
                GeneralName::uri("spiffe://example.org/billing"),
                GeneralName::ip([192, 0, 2, 7]),
                GeneralName::dns("other.example"),
                GeneralName::ip([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
                GeneralName::ip_bytes([1, 2, 3]),
                GeneralName::dns([0xff]),
            ])
            .serial([0x03, 0xa5, 0xb1])
        })
        .build();
    let store = store(Policy::ALB, &[pki.anchor()]);
    let presented = pki.chain();
    let client = store.authenticate(&presented, at(NOW)).expect("it passes");
    assert_eq!(client.der(), pki.leaf().der());
    assert_eq!(client.subject().to_string(), "CN=Client");
    assert_eq!(client.issuer().to_string(), "CN=Intermediate 0");
    assert_eq!(client.serial().to_string(), "03A5B1");
    assert_eq!(client.key_type().to_string(), "P-256");
    let dns: Vec<_> = client.dns_names().collect();
    assert_eq!(dns, ["client.example", "other.example"]);
    let email: Vec<_> = client.email_addresses().collect();
    assert_eq!(email, ["client@example.org"]);
    let uris: Vec<_> = client.uris().collect();
    assert_eq!(uris, ["spiffe://example.org/billing"]);
    let addresses: Vec<IpAddr> = client.ip_addresses().collect();
    let parse = |text: &str| text.parse::<IpAddr>().expect("an address");
    assert_eq!(addresses, [parse("192.0.2.7"), parse("2001:db8::1")]);
    assert_eq!(client.spiffe_id(), Some("spiffe://example.org/billing"));

    let sha256 = |octets: &[u8]| digest::digest(&digest::SHA256, octets).as_ref().to_vec();
    let of_all = sha256(pki.leaf().der());
    assert_eq!(client.sha256().0[..], of_all);
    assert_eq!(
        client.spki_sha256().0[..],
        sha256(pki.leaf().key().spki_der())
    );
    let lower: String = of_all.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(client.sha256().to_string(), lower);
    let upper: Vec<_> = of_all.iter().map(|octet| format!("{octet:02X}")).collect();
    assert_eq!(format!("{:#}", client.sha256()), upper.join(":"));
}

#[test]
fn a_failure_still_tells_who_the_client_says_it_is() {
    let pki = Pki::new(1);
    let presented = pki.chain();
    let explanation = EMPTY.explain(&presented, at(NOW));
    let client = explanation.client().expect("it can be read");
    assert_eq!(client.subject().to_string(), "CN=Client");
    assert_eq!(client.der(), pki.leaf().der());
}

#[test]
fn a_spiffe_id_is_the_only_uri_and_has_its_scheme() {
    let id = "spiffe://example.org/billing";
    let dns = || GeneralName::dns("client.example");
    for (names, expected) in [
        (vec![GeneralName::uri(id)], Some(id)),
        (vec![dns(), GeneralName::uri(id), dns()], Some(id)),
        (vec![GeneralName::uri(id), GeneralName::uri(id)], None),
        (
            vec![
                GeneralName::uri(id),
                GeneralName::uri("https://example.org"),
            ],
            None,
        ),
        (
            vec![
                GeneralName::uri("https://example.org"),
                GeneralName::uri(id),
            ],
            None,
        ),
        (vec![GeneralName::uri("https://example.org")], None),
        (vec![GeneralName::uri("spiffe:example.org")], None),
        (vec![GeneralName::dns(id)], None),
        (
            vec![GeneralName::uri([id.as_bytes(), &[0xff]].concat())],
            None,
        ),
        (vec![], None),
    ] {
        let made = CertificateBuilder::leaf("Client", Key::p256(0)).subject_alt_name(names);
        let made = made.self_signed();
        let certificate = portcullis::Certificate::parse(made.der()).expect("it is sound");
        assert_eq!(certificate.spiffe_id(), expected);
    }
}

#[test]
fn the_application_has_its_say_about_clients_that_pass_all_else_and_about_no_others() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn only_client(client: &ClientCertificate<'_>) -> bool {
        ASKED.fetch_add(1, Ordering::Relaxed);
        client.subject().to_string() == "CN=Client"
    }
    let asked = || ASKED.swap(0, Ordering::Relaxed);
    let rejected = Some((ClientCertRejected, Check::Application, Some(Presented(0))));
    for policy in [Policy::ALB, Policy::RFC5280] {
        let pki = Pki::new(1);
        let check = only_client;
        let store = store(policy, &[pki.anchor()]).with_application_check(&check);
        assert_eq!(
            store.verify_at(&pki.chain(), at(NOW)),
            VerifyStatus::Success
        );
        assert_eq!(asked(), 1);
        let other = Pki::builder().leaf(|leaf| leaf.subject("Other")).build();
        assert_eq!(failure(&store, &other.chain(), NOW), rejected);
        asked();
        let forged = Pki::builder()
            .leaf(CertificateBuilder::bad_signature)
            .build();
        assert!(failure(&store, &forged.chain(), NOW).is_some());
        let broken = [CertificateDer::from(der::null())];
        assert!(failure(&store, &broken, NOW).is_some());
        assert!(failure(&store, &[], NOW).is_some());
        assert_eq!(asked(), 0);
    }
}
