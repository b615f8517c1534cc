//! How ECDSA signatures and keys are read by the algorithms in Rust alone.
#![cfg(all(feature = "p256", feature = "p384"))]

use portcullis::pki_types::{SignatureVerificationAlgorithm, alg_id};
use portcullis::signature::EcdsaVerification;
use portcullis_fixtures::{Key, SignatureScheme, der};

const MESSAGE: &[u8] = b"portcullis";

#[test]
fn every_hash_is_verified_on_either_curve() {
    for (algorithm, key, scheme) in algorithms() {
        let signature = key.sign(scheme, MESSAGE);
        let verify = |message| algorithm.verify_signature(key.public_key(), message, &signature);
        assert!(verify(MESSAGE).is_ok(), "{scheme:?}");
        assert!(verify(b"Portcullis").is_err(), "{scheme:?}");
    }
}

#[test]
fn the_hash_is_the_one_that_is_named() {
    for (algorithm, key, scheme) in algorithms() {
        for (_, other_key, other) in algorithms() {
            if other == scheme || other_key.public_key() != key.public_key() {
                continue;
            }
            let signature = key.sign(other, MESSAGE);
            let result = algorithm.verify_signature(key.public_key(), MESSAGE, &signature);
            assert!(result.is_err(), "{scheme:?} {other:?}");
        }
    }
}

#[test]
fn another_encoding_of_r_or_s_is_not_verified() {
    let key = Key::p256(0);
    let signature = key.sign(SignatureScheme::EcdsaSha256, MESSAGE);
    let [r, s] = numbers(&signature);
    let encode = |r: &[u8], s: &[u8]| der::sequence([der::tlv(0x02, r), der::tlv(0x02, s)]);
    assert!(verifies(key, &encode(r, s)));

    assert!(!verifies(key, &encode(&[&[0], r].concat(), s)));
    assert!(!verifies(key, &encode(r, &[&[0; 9], s].concat())));
    assert!(!verifies(key, &[&*signature, &[0]].concat()));
    let third = der::sequence([der::tlv(0x02, r), der::tlv(0x02, s), der::tlv(0x02, [1])]);
    assert!(!verifies(key, &third));
    let long_length = [&[0x30, 0x81], &signature[1..]].concat();
    assert!(!verifies(key, &long_length));
    // `r` and `s` one after the other, as P1363 has them.
    let fixed = [r, s].map(|number| number.strip_prefix(&[0]).unwrap_or(number));
    assert!(!verifies(key, &fixed.concat()));
    assert!(!verifies(key, &[]));
}

#[test]
fn a_number_that_looks_negative_is_not_verified() {
    // A number with its first bit set has a zero before it; without that, DER calls it negative.
    let key = Key::p256(0);
    let signature = (0_u32..).find_map(|number| {
        let message = number.to_be_bytes();
        let signature = key.sign(SignatureScheme::EcdsaSha256, &message);
        (numbers(&signature)[0][0] == 0).then_some((message, signature))
    });
    let (message, signature) = signature.unwrap();
    let [r, s] = numbers(&signature);
    let negative = der::sequence([der::tlv(0x02, &r[1..]), der::tlv(0x02, s)]);
    let verify = |signature: &[u8]| {
        EcdsaVerification::P256_SHA256.verify_signature(key.public_key(), &message, signature)
    };
    assert!(verify(&signature).is_ok());
    assert!(verify(&negative).is_err());
}

#[test]
fn s_may_be_high_but_not_as_high_as_the_order() {
    let key = Key::p256(0);
    let signature = key.sign(SignatureScheme::EcdsaSha256, MESSAGE);
    let [r, s] = numbers(&signature);
    // The other of the two that verify is the order less this one.
    let other = difference(&P256_ORDER, s);
    assert!(verifies(
        key,
        &der::sequence([der::tlv(0x02, r), der::unsigned_integer(other)])
    ));
    let zero = der::sequence([der::tlv(0x02, r), der::tlv(0x02, [0])]);
    assert!(!verifies(key, &zero));
    let order = der::sequence([der::tlv(0x02, r), der::unsigned_integer(P256_ORDER)]);
    assert!(!verifies(key, &order));
}

#[test]
fn a_key_is_an_uncompressed_point_of_its_curve() {
    let key = Key::p256(0);
    let signature = key.sign(SignatureScheme::EcdsaSha256, MESSAGE);
    let verifies = |key: &[u8]| {
        let result = EcdsaVerification::P256_SHA256.verify_signature(key, MESSAGE, &signature);
        result.is_ok()
    };
    let point = key.public_key().to_vec();
    assert!(verifies(&point));
    let is_odd = point[64] & 1;
    assert!(!verifies(&[&[0x02 + is_odd], &point[1..33]].concat()));
    assert!(!verifies(&[&[0x06 + is_odd], &point[1..]].concat()));
    let mut beside = point.clone();
    beside[64] ^= 1;
    assert!(!verifies(&beside));
    assert!(!verifies(&[&*point, &[0]].concat()));
    assert!(!verifies(&point[..64]));
    assert!(!verifies(&[0]));
    assert!(!verifies(&[]));
    assert!(!verifies(Key::p384(0).public_key()));
}

#[test]
fn each_constant_names_its_algorithm() {
    type Ecdsa = EcdsaVerification;
    for (algorithm, key, hash) in [
        (Ecdsa::P256_SHA256, alg_id::ECDSA_P256, alg_id::ECDSA_SHA256),
        (Ecdsa::P256_SHA384, alg_id::ECDSA_P256, alg_id::ECDSA_SHA384),
        (Ecdsa::P256_SHA512, alg_id::ECDSA_P256, alg_id::ECDSA_SHA512),
        (Ecdsa::P384_SHA256, alg_id::ECDSA_P384, alg_id::ECDSA_SHA256),
        (Ecdsa::P384_SHA384, alg_id::ECDSA_P384, alg_id::ECDSA_SHA384),
        (Ecdsa::P384_SHA512, alg_id::ECDSA_P384, alg_id::ECDSA_SHA512),
    ] {
        assert_eq!(algorithm.public_key_alg_id(), key);
        assert_eq!(algorithm.signature_alg_id(), hash);
    }
}

fn algorithms() -> [(EcdsaVerification, Key, SignatureScheme); 6] {
    use SignatureScheme as Scheme;
    type Ecdsa = EcdsaVerification;
    [
        (Ecdsa::P256_SHA256, Key::p256(0), Scheme::EcdsaSha256),
        (Ecdsa::P256_SHA384, Key::p256(0), Scheme::EcdsaSha384),
        (Ecdsa::P256_SHA512, Key::p256(0), Scheme::EcdsaSha512),
        (Ecdsa::P384_SHA256, Key::p384(0), Scheme::EcdsaSha256),
        (Ecdsa::P384_SHA384, Key::p384(0), Scheme::EcdsaSha384),
        (Ecdsa::P384_SHA512, Key::p384(0), Scheme::EcdsaSha512),
    ]
}

fn verifies(key: Key, signature: &[u8]) -> bool {
    let algorithm = EcdsaVerification::P256_SHA256;
    let result = algorithm.verify_signature(key.public_key(), MESSAGE, signature);
    result.is_ok()
}

/// The content octets of `r` and `s` of a well-formed signature.
fn numbers(signature: &[u8]) -> [&[u8]; 2] {
    let (r, rest) = signature[4..].split_at(usize::from(signature[3]));
    [r, &rest[2..]]
}

fn difference(a: &[u8; 32], b: &[u8]) -> [u8; 32] {
    let mut difference = *a;
    let mut borrow = 0;
    for (to, from) in difference.iter_mut().rev().zip(b.iter().rev()) {
        let value = 256 + u16::from(*to) - u16::from(*from) - borrow;
        borrow = 1 - value / 256;
        *to = (value % 256) as u8;
    }
    // What is left of `b` above is zeros; of `a`, octets that may lend.
    for to in difference.iter_mut().rev().skip(b.len()) {
        let value = 256 + u16::from(*to) - borrow;
        borrow = 1 - value / 256;
        *to = (value % 256) as u8;
    }
    difference
}

/// SP 800-186 3.2.1.3.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
