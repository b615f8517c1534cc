//! Lists as they come: in PEM, in other programs' writing, too large, too many, broken.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use std::fs;

use portcullis::FailureReason::{ClientCertCrlHit, ClientCertCrlProcessingError};
use portcullis::Position::Presented;
use portcullis::pki_types::CertificateDer;
use portcullis::{Check, Crl, CrlAdded, CrlError, CrlFault, Policy, TrustStore, signature};
use portcullis_fixtures::{
    self as fixtures, Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Extension, Key,
    NOW, Pki, SignatureScheme, chain, serials,
};

use crate::common::{at, failure, store};

const ALB_MAX_SIZE: usize = 50 * 1024 * 1024;

#[test]
fn a_list_is_read_from_pem_and_from_der() {
    let list = CrlBuilder::new().issuer("CA").sign_by(Key::p256(0));
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let inputs = [
        list.der().to_vec(),
        list.to_pem().into_bytes(),
        list.to_pem().replace('\n', "\r\n").into_bytes(),
        format!("# of January\n\n{}\n", list.to_pem()).into_bytes(),
        format!("{key}{}", list.to_pem()).into_bytes(),
    ];
    for input in inputs {
        let crl = Crl::from_pem(&input).expect("a good list");
        assert_eq!(crl.der(), list.der());
    }
}

#[test]
fn a_file_that_is_not_one_list_is_refused_by_name() {
    let list = CrlBuilder::new().issuer("CA").sign_by(Key::p256(0));
    let pem = list.to_pem();
    let trailing = CrlBuilder::new().trailing([0]).sign_by(Key::p256(0));
    let trailing = trailing.to_pem();
    let certificate = Certificate::ca("CA", Key::p256(0));
    let certificate_pem = certificate.to_pem();
    let cut = pem.rsplit_once("-----END").expect("it has an end").0;
    let two_of_der = [list.der(), list.der()].concat();
    let inputs: [(&[u8], CrlError); 10] = [
        (b"", CrlError::Empty),
        (b" \r\n\t\n", CrlError::Empty),
        (b"no list at all", CrlError::NotACrl),
        (certificate_pem.as_bytes(), CrlError::OtherPem),
        (certificate.der(), CrlError::NotACrl),
        (cut.as_bytes(), CrlError::BrokenPem),
        (
            &pem.as_bytes().to_ascii_uppercase()[..60],
            CrlError::BrokenPem,
        ),
        (
            &[pem.as_bytes(), pem.as_bytes()].concat(),
            CrlError::MoreThanOne,
        ),
        (&two_of_der, CrlError::TrailingData),
        (trailing.as_bytes(), CrlError::TrailingData),
    ];
    for (index, (input, error)) in inputs.into_iter().enumerate() {
        assert_eq!(Crl::from_pem(input).err(), Some(error), "{index}");
    }
    let broken = pem.replacen("\nMI", "\nM!", 1);
    assert_ne!(broken, pem);
    assert_eq!(
        Crl::from_pem(broken.as_bytes()).err(),
        Some(CrlError::BrokenPem)
    );
}

#[test]
fn the_lists_of_openssl_and_xca_revoke_r_and_let_c_pass() {
    for policy in [Policy::ALB, Policy::RFC5280] {
        for name in ["B-v1", "B-v2", "B-xca"] {
            let mut store: TrustStore<'_> = TrustStore::new(policy, signature::AWS_LC_RS);
            store.add_bundle(&data("pki/bundle.pem")).expect("a bundle");
            let crl = Crl::from_pem(&data(&format!("pki/{name}.crl"))).expect("a list");
            assert_eq!(store.add_crl(crl), Ok(CrlAdded::Usable), "{name}");
            let revoked = Some((ClientCertCrlHit, Check::Revocation, Some(Presented(0))));
            assert_eq!(failure(&store, &pem_chain("pki/chain-R.pem"), NOW), revoked);
            assert_eq!(failure(&store, &pem_chain("pki/chain-C.pem"), NOW), None);
        }
    }
}

#[test]
fn a_list_signed_with_sha_1_counts_and_one_with_md5_is_unusable() {
    let ca = Certificate::ca("Old CA", Key::rsa2048(0));
    let leaf = |serial| CertificateBuilder::leaf("Client", Key::p256(1)).serial([serial]);
    let (seven, eight) = (leaf(7).issued_by(&ca), leaf(8).issued_by(&ca));
    let verdicts = |policy, name| {
        let mut store = store(policy, &chain([&ca]));
        let crl = Crl::from_pem(&data(&format!("crl/openssl-{name}.crl"))).expect("a list");
        let added = store.add_crl(crl).expect("there is room");
        let of = |leaf| failure(&store, &chain([leaf]), NOW).map(|failed| failed.0);
        (added, of(&seven), of(&eight))
    };
    for policy in [Policy::ALB, Policy::RFC5280] {
        let sha1 = (CrlAdded::Usable, Some(ClientCertCrlHit), None);
        assert_eq!(verdicts(policy, "sha1"), sha1);
        let error = Some(ClientCertCrlProcessingError);
        let md5 = (CrlAdded::Unusable(CrlFault::Signature), error, error);
        assert_eq!(verdicts(policy, "md5"), md5);
    }
}

#[test]
fn a_list_may_be_signed_with_all_that_certificates_may() {
    use SignatureScheme::{
        EcdsaSha256, EcdsaSha384, EcdsaSha512, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512,
        RsaPssSha256, RsaPssSha384, RsaPssSha512,
    };
    let rsa = [
        RsaPkcs1Sha256,
        RsaPkcs1Sha384,
        RsaPkcs1Sha512,
        RsaPssSha256,
        RsaPssSha384,
        RsaPssSha512,
    ];
    let ecdsa = [EcdsaSha256, EcdsaSha384, EcdsaSha512];
    let keys = [
        (Key::rsa2048(0), &rsa[..]),
        (Key::rsa4096(), &rsa),
        (Key::p256(0), &ecdsa),
        (Key::p384(0), &ecdsa),
        (Key::p521(0), &ecdsa),
    ];
    for (key, schemes) in keys {
        let ca = Certificate::ca("CA", key);
        for scheme in schemes {
            let mut store = store(Policy::ALB, &chain([&ca]));
            let list = CrlBuilder::new().scheme(*scheme).issued_by(&ca);
            assert_eq!(add(&mut store, &list), CrlAdded::Usable, "{scheme:?}");
            let list = CrlBuilder::new()
                .scheme(*scheme)
                .bad_signature()
                .issued_by(&ca);
            let bad = CrlAdded::Unusable(CrlFault::Signature);
            assert_eq!(add(&mut store, &list), bad, "{scheme:?}");
        }
    }
    let ca = Certificate::ca("CA", Key::ed25519(0));
    let mut store = store(Policy::RFC5280, &chain([&ca]));
    let list = CrlBuilder::new().issued_by(&ca);
    assert_eq!(add(&mut store, &list), CrlAdded::Usable);
}

#[test]
fn algorithms_inside_and_outside_that_differ_are_a_bad_signature() {
    let ca = Certificate::ca("CA", Key::p256(0));
    let other = SignatureScheme::EcdsaSha384.algorithm_identifier();
    let bad = CrlAdded::Unusable(CrlFault::Signature);
    for builder in [
        CrlBuilder::new().inner_algorithm(other.clone()),
        CrlBuilder::new().outer_algorithm(other),
    ] {
        let mut store = store(Policy::ALB, &chain([&ca]));
        assert_eq!(add(&mut store, &builder.issued_by(&ca)), bad);
    }
}

#[test]
fn the_same_list_twice_is_there_once() {
    let pki = Pki::new(0);
    let mut store = store(Policy::ALB, &[pki.anchor()]);
    let list = CrlBuilder::new().issued_by(pki.root());
    assert_eq!(add(&mut store, &list), CrlAdded::Usable);
    assert_eq!(add(&mut store, &list), CrlAdded::Duplicate);
    assert_eq!(store.crls().len(), 1);
    let bad = CrlBuilder::new().bad_signature().issued_by(pki.root());
    assert_eq!(
        add(&mut store, &bad),
        CrlAdded::Unusable(CrlFault::Signature)
    );
    assert_eq!(add(&mut store, &bad), CrlAdded::Duplicate);
    assert_eq!(store.crls().len(), 2);
}

#[test]
fn a_full_store_takes_no_more_lists_and_stays_as_it_was() {
    let pki = Pki::new(0);
    let mut store: TrustStore<'_, 1, 2> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    store.add_ca(pki.anchor()).expect("there is room");
    let list = |number| read(&CrlBuilder::new().number(number).issued_by(pki.root()));
    assert_eq!(store.add_crl(list(1)), Ok(CrlAdded::Usable));
    let second = list(2);
    let again = Crl::from_der(second.der().to_vec()).expect("a list");
    assert_eq!(store.add_crl(second), Ok(CrlAdded::Usable));
    let full = Err(CrlError::TooManyCrls { capacity: 2 });
    assert_eq!(store.add_crl(list(3)), full);
    assert_eq!(store.add_crl(again), Ok(CrlAdded::Duplicate));
    assert_eq!(store.crls().len(), 2);
    assert_eq!(store.verify_at(&pki.chain(), at(NOW)).failure(), None);
}

#[test]
fn by_default_a_store_takes_thirty_lists() {
    let pki = Pki::new(0);
    let mut store = store(Policy::ALB, &[pki.anchor()]);
    let list = |number| CrlBuilder::new().number(number).issued_by(pki.root());
    for number in 0..30 {
        assert_eq!(add(&mut store, &list(number)), CrlAdded::Usable);
    }
    let full = Err(CrlError::TooManyCrls { capacity: 30 });
    assert_eq!(store.add_crl(read(&list(30))), full);
    assert_eq!(failure(&store, &pki.chain(), NOW), None);
}

#[test]
fn entries_are_counted_over_all_lists_and_the_limit_is_still_taken() {
    let pki = Pki::new(0);
    let list = |number, entries| {
        let entries = serials::counting_up(1).take(entries).map(CrlEntry::new);
        let builder = CrlBuilder::new().number(number).entries(entries);
        read(&builder.issued_by(pki.root()))
    };
    let policy = Policy::ALB.with_max_crl_entries(5);
    let mut store = store(policy, &[pki.anchor()]);
    let too_many = Err(CrlError::TooManyEntries { limit: 5 });
    assert_eq!(store.add_crl(list(1, 6)), too_many);
    assert_eq!(store.add_crl(list(2, 3)), Ok(CrlAdded::Usable));
    assert_eq!(store.add_crl(list(3, 3)), too_many);
    assert_eq!(store.crls().len(), 1);
    assert_eq!(store.add_crl(list(4, 2)), Ok(CrlAdded::Usable));
    assert_eq!(store.add_crl(list(5, 1)), too_many);
    assert_eq!(store.add_crl(list(6, 0)), Ok(CrlAdded::Usable));
}

#[test]
fn a_list_larger_than_the_policy_allows_is_refused() {
    let pki = Pki::new(0);
    let list = CrlBuilder::new().issued_by(pki.root());
    let size = list.der().len();
    let limit = u32::try_from(size).expect("a small list");
    let mut store = store(Policy::ALB.with_max_crl_size(limit - 1), &[pki.anchor()]);
    let limit = size - 1;
    assert_eq!(
        store.add_crl(read(&list)),
        Err(CrlError::TooLarge { size, limit })
    );
    assert_eq!(store.crls().len(), 0);
    let policy = Policy::ALB.with_max_crl_size(u32::try_from(size).expect("a small list"));
    let mut store = common::store(policy, &[pki.anchor()]);
    assert_eq!(add(&mut store, &list), CrlAdded::Usable);
}

#[test]
fn alb_takes_fifty_megabytes_and_not_an_octet_more() {
    let pki = Pki::new(0);
    for policy in [Policy::ALB, Policy::RFC5280] {
        let mut store = store(policy, &[pki.anchor()]);
        let list = list_of_size(pki.root(), ALB_MAX_SIZE);
        assert_eq!(store.add_crl(list), Ok(CrlAdded::Usable));
        assert_eq!(failure(&store, &pki.chain(), NOW), None);
    }
    let mut store = store(Policy::ALB, &[pki.anchor()]);
    let (size, limit) = (ALB_MAX_SIZE + 1, ALB_MAX_SIZE);
    let list = list_of_size(pki.root(), size);
    assert_eq!(store.add_crl(list), Err(CrlError::TooLarge { size, limit }));
    assert_eq!(store.crls().len(), 0);
}

#[test]
fn a_list_larger_than_an_index_can_hold_is_refused() {
    let limit = (1 << 26) - 1;
    let size = limit + 1;
    let too_large = Some(CrlError::TooLarge { size, limit });
    assert_eq!(Crl::index_len(&vec![0; size]).err(), too_large);
    assert_eq!(Crl::from_der(vec![0; size]).err(), too_large);
    let pki = Pki::new(0);
    let crl = list_of_size(pki.root(), limit);
    let entry = crl.revocations().last().expect("it has entries");
    assert_eq!(crl.find(entry.serial), Some(entry));
}

#[test]
fn a_changed_octet_never_panics_and_never_makes_a_usable_list() {
    let pki = Pki::new(0);
    let list = CrlBuilder::new()
        .entry(CrlEntry::new(pki.leaf().serial()).reason(1))
        .issued_by(pki.root());
    let mut read_well = 0;
    for position in 0..list.der().len() {
        for octet in 0..=u8::MAX {
            let mut changed = list.der().to_vec();
            if changed[position] == octet {
                continue;
            }
            changed[position] = octet;
            let Ok(crl) = Crl::from_der(changed) else {
                continue;
            };
            read_well += 1;
            for entry in crl.revocations() {
                assert!(crl.find(entry.serial).is_some());
            }
            let written = format!("{crl:?} {} {:?}", crl.scope(), crl.next_update());
            assert!(!written.is_empty());
            if octet % 16 != 0 {
                continue;
            }
            let of_other_issuer = crl.issuer() != read(&list).issuer();
            let mut store = store(Policy::ALB, &[pki.anchor()]);
            let added = store.add_crl(crl).expect("there is room");
            assert_ne!(added, CrlAdded::Usable, "{octet} at {position}");
            let failed = failure(&store, &pki.chain(), NOW).map(|failed| failed.0);
            match added {
                CrlAdded::Unverified if of_other_issuer => assert_eq!(failed, None),
                // The key that the list names is no longer that of its issuer.
                CrlAdded::Unverified => assert_eq!(failed, None),
                _ => assert_eq!(failed, Some(ClientCertCrlProcessingError)),
            }
        }
    }
    assert!(read_well > 10_000, "{read_well}");
}

fn read(list: &fixtures::Crl) -> Crl<'static> {
    Crl::from_der(list.der().to_vec()).expect("the list reads well")
}

#[track_caller]
fn add(store: &mut TrustStore<'_>, list: &fixtures::Crl) -> CrlAdded {
    store
        .add_crl(read(list))
        .expect("the store takes this list")
}

/// A list of exactly so many octets, with entries of which the last is near its end.
fn list_of_size(ca: &Certificate, size: usize) -> Crl<'static> {
    let write = |filling: usize| {
        let large = CrlEntry::new([1]).extension(Extension::unknown(filling));
        let entries = serials::counting_up(2).take(1000).map(CrlEntry::new);
        let mut der = Vec::with_capacity(size);
        CrlBuilder::new()
            .this_update(NOW - DAY)
            .write_issued_by(ca, [large].into_iter().chain(entries), &mut der)
            .expect("memory takes it");
        der
    };
    let about = size - 100_000;
    let der = write(about + size - write(about).len());
    assert_eq!(der.len(), size);
    Crl::from_der(der).expect("a good list")
}

fn data(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).expect("test data")
}

fn pem_chain(name: &str) -> Vec<CertificateDer<'static>> {
    portcullis::pem::certificates(&data(name)).expect("a chain")
}
