//! Limits of ours that no standard sets: what is just within each is taken, what is beyond refused.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::{ClientCertMaxChainDepthExceeded, ClientCertUntrusted};
use portcullis::Position::Presented;
use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, CertificateError, Check, Crl, CrlError, Policy, TrustStore};
use portcullis_fixtures::{
    self as fixtures, Attribute, CertificateBuilder, CrlBuilder, Key, NOW, Name, Pki, chain, der,
    oid, spki,
};

use crate::common::{at, failure, store};

#[test]
fn a_name_has_64_rdns_at_most() {
    let name = |rdns: usize| {
        (0..rdns).fold(Name::new(), |name, number| {
            name.organizational_unit(&format!("Unit {number}"))
        })
    };
    assert_refused_beyond(&name(64), &name(65));
}

#[test]
fn an_rdn_has_4_attributes_at_most() {
    let name = |attributes: usize| {
        let attributes = (0..attributes)
            .map(|number| Attribute::utf8(oid::ORGANIZATIONAL_UNIT, &number.to_string()));
        Name::new().country("JP").rdn(attributes)
    };
    assert_refused_beyond(&name(4), &name(5));
    // In whatever order they are written (RFC 5280 7.1).
    let set = |order: [usize; 4]| {
        let attribute = |number: usize| {
            let value = der::tlv(der::UTF8_STRING, number.to_string());
            der::sequence([der::oid(oid::ORGANIZATIONAL_UNIT), value])
        };
        let rdn = Name::new().raw_rdn(der::tlv(der::SET, order.map(attribute).concat()));
        CertificateBuilder::bare(&rdn, Key::p256(0)).self_signed()
    };
    let [one, same, other] = [[0, 1, 2, 3], [3, 1, 0, 2], [0, 1, 2, 2]].map(set);
    let parse = |der| Certificate::parse(der).expect("its name is sound");
    let (one, same, other) = (parse(one.der()), parse(same.der()), parse(other.der()));
    assert!(one.subject() == same.subject());
    assert!(one.subject() != other.subject() && other.subject() != one.subject());
}

#[test]
fn sixty_four_certificates_in_a_row_lead_to_an_anchor_and_one_more_is_too_many() {
    for policy in [Policy::ALB, Policy::RFC5280] {
        let policy = policy
            .with_max_depth(u8::MAX)
            .with_max_message_size(1 << 20);
        for presented in [1, 4, 5, 26, 27, 63, 64] {
            let pki = Pki::new(presented - 1);
            let store = store(policy, &[pki.anchor()]);
            assert_eq!(failure(&store, &pki.chain(), NOW), None, "{presented}");
            let path = store.explain(&pki.chain(), at(NOW)).path().count();
            assert_eq!(path, presented + 1);
        }
        let pki = Pki::new(64);
        let store = store(policy, &[pki.anchor()]);
        let too_many = (
            ClientCertMaxChainDepthExceeded,
            Check::ChainDepth,
            Some(Presented(64)),
        );
        assert_eq!(failure(&store, &pki.chain(), NOW), Some(too_many));
    }
}

/// Three CAs of one name, the last of which has signed, take six checks, three of them of the
/// client's 30,000 octets: 140,000 with the eight KiB that each check counts for. One check of each
/// certificate would be 64,000, and two and a half times that are allowed.
#[test]
fn a_search_that_hashes_less_than_two_and_a_half_times_what_is_presented_is_made() {
    let presented = three_cas(|key| key.spki_der().to_vec(), Some(30_000));
    assert_eq!(failure(&store_of_root(), &presented, NOW), None);
}

/// To find the point of a compressed key counts for one and a half checks, which leaves one check
/// for each of four certificates, and not the six of this search.
#[test]
fn compressed_keys_leave_less_to_search_with_and_enough_for_a_good_chain() {
    let store = store_of_root();
    let uncompressed = three_cas(|key| key.spki_der().to_vec(), None);
    assert_eq!(failure(&store, &uncompressed, NOW), None);
    let searched = three_cas(compressed, None);
    let given_up = (ClientCertUntrusted, Check::SearchBudget, Some(Presented(0)));
    assert_eq!(failure(&store, &searched, NOW), Some(given_up));
    let root = fixtures::Certificate::ca("Root", Key::p256(0));
    let mut row = vec![root];
    for number in 1..=6 {
        let key = Key::p256(number);
        let client = CertificateBuilder::leaf("Client", key).spki(compressed(key));
        let client = client.issued_by(&row[number - 1]);
        let above = row.iter().skip(1).rev();
        let presented = chain([&client].into_iter().chain(above));
        assert_eq!(failure(&store, &presented, NOW), None, "{number}");
        let ca = CertificateBuilder::ca(format!("CA {number}"), key).spki(compressed(key));
        row.push(ca.issued_by(&row[number - 1]));
    }
}

/// A client of the last of three CAs of one name, with keys written in a way of the caller's.
fn three_cas(spki: fn(Key) -> Vec<u8>, size: Option<usize>) -> Vec<CertificateDer<'static>> {
    let root = fixtures::Certificate::ca("Root", Key::p256(0));
    // Without key identifiers each is as likely as the other.
    let cas = [1, 2, 3].map(|number| {
        let key = Key::p256(number);
        let ca = CertificateBuilder::ca("Signing", key).without(oid::SUBJECT_KEY_ID);
        ca.spki(spki(key)).issued_by(&root)
    });
    let key = Key::p256(4);
    let client = CertificateBuilder::leaf("Client", key).without(oid::AUTHORITY_KEY_ID);
    let client = client.spki(spki(key));
    let client = match size {
        Some(size) => client.size(size),
        None => client,
    };
    let client = client.issued_by(&cas[2]);
    chain([&client].into_iter().chain(&cas))
}

fn store_of_root() -> TrustStore<'static> {
    let root = fixtures::Certificate::ca("Root", Key::p256(0));
    store(Policy::RFC5280, &chain([&root]))
}

/// The key with its point as an `x` and the parity of `y` (SEC 1 2.3.3).
fn compressed(key: Key) -> Vec<u8> {
    let [0x04, point @ ..] = key.public_key() else {
        panic!("it is a point with both coordinates");
    };
    let (x, y) = point.split_at(32);
    let parity = y[31] & 1;
    spki::ec(spki::P256, [&[2 + parity], x].concat())
}

/// Certificates and lists may have the one name and not the other.
fn assert_refused_beyond(within: &Name, beyond: &Name) {
    let subject = |name: &Name| CertificateBuilder::bare(name, Key::p256(0)).issuer("CA");
    let issuer =
        |name: &Name| CertificateBuilder::bare("Client", Key::p256(0)).issuer(name.clone());
    for (name, errors) in [
        (within, [None; 2]),
        (
            beyond,
            [
                Some(CertificateError::Subject),
                Some(CertificateError::Issuer),
            ],
        ),
    ] {
        let made = [subject(name), issuer(name)].map(|made| made.self_signed());
        let found = made.each_ref().map(|it| Certificate::parse(it.der()).err());
        assert_eq!(found, errors);
        let list = CrlBuilder::new().issuer(name.clone()).sign_by(Key::p256(0));
        let found = Crl::from_der(list.into_der()).err();
        assert_eq!(found, errors[0].map(|_| CrlError::Issuer));
    }
}
