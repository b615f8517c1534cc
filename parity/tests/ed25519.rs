//! Where implementations of Ed25519 differ from each other, ours does as AWS-LC.

use parity::signatures::{ALGORITHMS, Algorithm};
use portcullis_fixtures::{Key, SignatureScheme};

/// With a key of small order, 0 is as good an `S` as any for one message in eight or
/// more. Some of these points have two encodings, of which RFC 8032 5.1.3 knows one.
#[test]
fn points_of_small_order_pass_as_by_aws_lc() {
    let ed25519 = ed25519();
    let points: Vec<_> = SMALL_ORDER.into_iter().map(octets).collect();
    let mut passed = 0;
    for key in &points {
        for r in &points {
            let signature = [r.as_slice(), &[0; 32]].concat();
            for message in 0..8 {
                let ours = ed25519.ours.verify_signature(key, &[message], &signature);
                let theirs = ed25519
                    .aws_lc_rs
                    .verify_signature(key, &[message], &signature);
                assert_eq!(ours.is_ok(), theirs.is_ok(), "{key:02x?} {r:02x?}");
                passed += usize::from(ours.is_ok());
            }
        }
    }
    assert!(passed > 8);
}

#[test]
fn a_second_encoding_of_a_key_verifies_nothing() {
    let neutral = octets(SMALL_ORDER[0]);
    let signature = [neutral.as_slice(), &[0; 32]].concat();
    let verifies = |key: &[u8]| {
        let ours = ed25519().ours.verify_signature(key, b"any", &signature);
        ours.is_ok()
    };
    assert!(verifies(&neutral));
    assert!(!verifies(&octets(MINUS_ZERO_AND_ONE)));
    assert!(!verifies(&octets(P_AND_ONE)));
    assert!(!verifies(&octets(P_AND_ONE_NEGATIVE)));
}

#[test]
fn s_and_the_order_is_not_verified() {
    let order = octets("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let key = Key::ed25519(0);
    let mut signature = key.sign(SignatureScheme::Ed25519, b"portcullis");
    let verifies = |signature: &[u8]| {
        let ours = ed25519()
            .ours
            .verify_signature(key.public_key(), b"portcullis", signature);
        ours.is_ok()
    };
    assert!(verifies(&signature));
    let mut carry = 0;
    for (s, order) in signature[32..].iter_mut().zip(order) {
        carry += u16::from(*s) + u16::from(order);
        [*s, _] = carry.to_le_bytes();
        carry >>= 8;
    }
    assert_eq!(carry, 0);
    assert!(!verifies(&signature));
}

fn ed25519() -> &'static Algorithm {
    let mut algorithms = ALGORITHMS.iter();
    let found = algorithms.find(|algorithm| algorithm.is("Ed25519", None));
    found.expect("it is in the list")
}

fn octets(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

const MINUS_ZERO_AND_ONE: &str = "0100000000000000000000000000000000000000000000000000000000000080";
const P_AND_ONE: &str = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
const P_AND_ONE_NEGATIVE: &str = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

/// The points whose order divides 8, in every encoding that 32 octets can hold ("Taming the many
/// EdDSAs", Chalkias, Garillot and Nikolaenko 2020, table 1).
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    MINUS_ZERO_AND_ONE,
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    P_AND_ONE,
    P_AND_ONE_NEGATIVE,
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];
