//! RSA signatures made by OpenSSL, and forged ones with one fault each: see `data/rsa/make.py`.
#![cfg(feature = "rsa")]

use std::collections::BTreeMap;

use portcullis::pki_types::{SignatureVerificationAlgorithm, alg_id};
use portcullis::signature::{RsaVerification, rsa_limbs};
use portcullis_fixtures::der;

/// For keys of up to 8192 bits.
type LargeRsa = RsaVerification<{ rsa_limbs(8192) }>;

#[test]
fn what_openssl_signs_is_verified() {
    let keys = [
        "rsa2048",
        "rsa2049",
        "rsa2050",
        "rsa2055",
        "rsa3072",
        "rsa4096",
        "exponent-3",
        "exponent-of-32-bits",
    ];
    let vectors = Vectors::read();
    for key in keys {
        for algorithm in ALGORITHMS {
            let name = format!("{key}-{algorithm}");
            assert!(vectors.verifies(&name), "{name}");
        }
    }
}

#[test]
fn another_message_is_not_verified() {
    let vectors = Vectors::read();
    for algorithm in ALGORITHMS {
        let (key, _, signature) = vectors.signature(&format!("rsa2048-{algorithm}"));
        let result = implementation(algorithm).verify_signature(key, b"Portcullis", signature);
        assert!(result.is_err(), "{algorithm}");
    }
}

#[test]
fn a_key_of_less_than_2048_bits_verifies_nothing() {
    assert!(!Vectors::read().verifies("rsa2047-pkcs1-sha256"));
}

#[test]
fn a_key_of_8192_bits_takes_a_type_with_room_for_it() {
    let vectors = Vectors::read();
    assert!(!vectors.verifies("rsa8192-pkcs1-sha256"));
    let (key, message, signature) = vectors.signature("rsa8192-pkcs1-sha256");
    let result = LargeRsa::PKCS1_SHA256.verify_signature(key, message, signature);
    assert!(result.is_ok());
}

#[test]
fn an_exponent_of_more_than_32_bits_verifies_nothing() {
    let vectors = Vectors::read();
    assert!(!vectors.verifies("exponent-of-33-bits-pkcs1-sha256"));
    // Its lower 32 bits are 3.
    assert!(!vectors.verifies_cubes_by(&[0x01, 0x00, 0x00, 0x00, 0x03]));
}

#[test]
fn an_exponent_of_1_or_2_verifies_nothing() {
    let vectors = Vectors::read();
    assert!(!vectors.verifies("exponent-1"));
    assert!(!vectors.verifies("exponent-2"));
    // Nor is it taken for the next one that is of use.
    assert!(vectors.verifies_cubes_by(&[0x03]));
    assert!(!vectors.verifies_cubes_by(&[0x00]));
    assert!(!vectors.verifies_cubes_by(&[0x01]));
    assert!(!vectors.verifies_cubes_by(&[0x02]));
}

#[test]
fn a_key_that_is_not_der_verifies_nothing() {
    let vectors = Vectors::read();
    let (key, message, signature) = vectors.signature("rsa2048-pkcs1-sha256");
    // 0x30 0x82, two octets of length; 0x02 0x82 0x01 0x01, 257 octets of modulus; the exponent.
    let modulus = &key[8..8 + 257];
    let exponent = [0x01, 0x00, 0x01];
    let numbers = |modulus: &[u8], exponent: &[u8]| {
        [der::tlv(0x02, modulus), der::tlv(0x02, exponent)].concat()
    };
    let refuses = |key: &[u8]| {
        let result = <RsaVerification>::PKCS1_SHA256.verify_signature(key, message, signature);
        result.is_err()
    };
    let good = der::tlv(0x30, numbers(modulus, &exponent));
    assert_eq!(good, key);
    assert!(!refuses(&good));

    let zero_more = [&[0], modulus].concat();
    assert!(refuses(&der::tlv(0x30, numbers(&zero_more, &exponent))));
    let negative = &modulus[1..];
    assert!(refuses(&der::tlv(0x30, numbers(negative, &exponent))));
    let padded = [0x00, 0x01, 0x00, 0x01];
    assert!(refuses(&der::tlv(0x30, numbers(modulus, &padded))));
    let third = [numbers(modulus, &exponent), der::tlv(0x02, [1])].concat();
    assert!(refuses(&der::tlv(0x30, third)));
    assert!(refuses(&[key, &[0]].concat()));
    assert!(refuses(&[]));
}

#[test]
fn a_digest_info_in_other_words_is_not_verified() {
    let vectors = Vectors::read();
    for name in [
        "without-null",
        "long-length",
        "other-parameters",
        "octets-in-digest-info",
        "bare-digest",
        "oid-of-sha512",
        "other-digest",
        "digest-of-sha512",
    ] {
        assert!(!vectors.verifies(name), "{name}");
    }
}

#[test]
fn padding_of_another_kind_or_length_is_not_verified() {
    let vectors = Vectors::read();
    for name in [
        "octets-after",
        "block-type-0",
        "block-type-2",
        "first-octet",
        "hole-in-padding",
        "end-of-padding",
    ] {
        assert!(!vectors.verifies(name), "{name}");
    }
}

/// Bleichenbacher's forgery of 2006, by rounding up a cube root.
#[test]
fn a_cube_root_of_what_begins_well_is_not_verified() {
    assert!(!Vectors::read().verifies("cube-root"));
}

#[test]
fn a_signature_and_the_modulus_is_not_verified() {
    assert!(!Vectors::read().verifies("and-the-modulus"));
}

#[test]
fn a_signature_is_as_long_as_the_modulus() {
    let vectors = Vectors::read();
    assert!(vectors.verifies("leading-zero"));
    assert!(!vectors.verifies("leading-zero-left-out"));
    assert!(!vectors.verifies("leading-zero-more"));
    assert!(!vectors.verifies("zero-behind"));
    let (key, message, _) = vectors.signature("leading-zero");
    let empty = <RsaVerification>::PKCS1_SHA256.verify_signature(key, message, &[]);
    assert!(empty.is_err());
}

#[test]
fn pss_with_a_salt_of_another_length_is_not_verified() {
    let vectors = Vectors::read();
    for octets in [0, 20, 31, 33] {
        assert!(
            !vectors.verifies(&format!("pss-salt-of-{octets}")),
            "{octets}"
        );
    }
}

#[test]
fn pss_with_a_fault_in_its_encoding_is_not_verified() {
    let vectors = Vectors::read();
    for fault in [
        "trailer",
        "no-0x01",
        "padding",
        "mask-of-sha1",
        "of-sha384",
        "other-hash",
        "other-message",
    ] {
        assert!(!vectors.verifies(&format!("pss-{fault}")), "{fault}");
    }
}

#[test]
fn pss_with_a_bit_beyond_the_encoding_is_not_verified() {
    let vectors = Vectors::read();
    assert!(!vectors.verifies("pss-left-bit-of-2048"));
    assert!(!vectors.verifies("pss-left-bit-of-2050"));
    // Of 2049 bits the encoding has one octet less than the modulus.
    assert!(!vectors.verifies("pss-first-octet-of-2049"));
}

#[test]
fn each_constant_names_its_algorithm() {
    let identifiers = [
        alg_id::RSA_PKCS1_SHA256,
        alg_id::RSA_PKCS1_SHA384,
        alg_id::RSA_PKCS1_SHA512,
        alg_id::RSA_PSS_SHA256,
        alg_id::RSA_PSS_SHA384,
        alg_id::RSA_PSS_SHA512,
    ];
    for (algorithm, identifier) in ALGORITHMS.into_iter().zip(identifiers) {
        let implementation = implementation(algorithm);
        assert_eq!(implementation.signature_alg_id(), identifier, "{algorithm}");
        assert_eq!(implementation.public_key_alg_id(), alg_id::RSA_ENCRYPTION);
    }
}

const ALGORITHMS: [&str; 6] = [
    "pkcs1-sha256",
    "pkcs1-sha384",
    "pkcs1-sha512",
    "pss-sha256",
    "pss-sha384",
    "pss-sha512",
];

fn implementation(algorithm: &str) -> &'static RsaVerification {
    match algorithm {
        "pkcs1-sha256" => &RsaVerification::PKCS1_SHA256,
        "pkcs1-sha384" => &RsaVerification::PKCS1_SHA384,
        "pkcs1-sha512" => &RsaVerification::PKCS1_SHA512,
        "pss-sha256" => &RsaVerification::PSS_SHA256,
        "pss-sha384" => &RsaVerification::PSS_SHA384,
        "pss-sha512" => &RsaVerification::PSS_SHA512,
        _ => panic!("no algorithm: {algorithm}"),
    }
}

/// Keys and signatures by name.
struct Vectors {
    keys: BTreeMap<&'static str, Vec<u8>>,
    signatures: BTreeMap<&'static str, Signature>,
}

struct Signature {
    key: &'static str,
    algorithm: &'static str,
    message: Vec<u8>,
    octets: Vec<u8>,
}

impl Vectors {
    fn read() -> Self {
        let mut keys = BTreeMap::new();
        let mut signatures = BTreeMap::new();
        for line in include_str!("data/rsa/vectors.txt").lines() {
            match *line.split(' ').collect::<Vec<_>>() {
                ["key", name, der] => drop(keys.insert(name, octets(der))),
                ["signature", name, key, algorithm, message, signature] => {
                    let signature = Signature {
                        key,
                        algorithm,
                        message: octets(message),
                        octets: octets(signature),
                    };
                    assert!(signatures.insert(name, signature).is_none(), "{name} twice");
                }
                _ => panic!("not a vector: {line}"),
            }
        }
        Self { keys, signatures }
    }

    /// The key, the message and the signature of that name.
    fn signature(&self, name: &str) -> (&[u8], &[u8], &[u8]) {
        let signature = &self.signatures[name];
        (
            &self.keys[signature.key],
            &signature.message,
            &signature.octets,
        )
    }

    /// Whether a signature for the exponent 3 is verified with this one instead.
    fn verifies_cubes_by(&self, exponent: &[u8]) -> bool {
        let (key, message, signature) = self.signature("exponent-3-pkcs1-sha256");
        let modulus = &key[8..8 + 257];
        let key = der::sequence([der::tlv(0x02, modulus), der::tlv(0x02, exponent)]);
        let result = <RsaVerification>::PKCS1_SHA256.verify_signature(&key, message, signature);
        result.is_ok()
    }

    fn verifies(&self, name: &str) -> bool {
        let (key, message, signature) = self.signature(name);
        let algorithm = self.signatures[name].algorithm;
        implementation(algorithm)
            .verify_signature(key, message, signature)
            .is_ok()
    }
}

fn octets(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}
