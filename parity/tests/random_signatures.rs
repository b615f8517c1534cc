//! The algorithms in Rust alone agree with AWS-LC on signatures, keys and messages of every kind.

use std::env;

use parity::report::show;
use parity::signatures::{ALGORITHMS, Algorithm};
use portcullis_fixtures::{Key, Random, SignatureScheme};

/// How many checks: `PORTCULLIS_RANDOM_SIGNATURES`, or enough for every day.
const CHECKS: &str = "PORTCULLIS_RANDOM_SIGNATURES";
const CHECKS_OF_EVERY_DAY: usize = 3_000;
const SEED: u64 = 0x5165_6e61_7475_7265;

#[test]
fn every_check_comes_out_as_by_aws_lc() {
    let checks = env::var(CHECKS).map_or(CHECKS_OF_EVERY_DAY, |number| {
        number.parse().expect("a number of checks")
    });
    let mut random = Random::new(SEED);
    let mut passed = 0;
    let mut disagreements = Vec::new();
    let mut done = 0;
    while done < checks {
        let algorithm = &ALGORITHMS[random.below(ALGORITHMS.len())];
        let key = key(algorithm, &mut random);
        let length = random.below(300);
        let message = random.bytes(length);
        let signature = key.sign(algorithm.scheme, &message);
        for mutation in 0..8 {
            let mut key = key.public_key().to_vec();
            let mut message = message.clone();
            let mut signature = signature.clone();
            match mutation {
                0 => {}
                1 => mutate(&mut message, &mut random),
                2 => mutate(&mut key, &mut random),
                _ => mutate(&mut signature, &mut random),
            }
            let ours = algorithm.ours.verify_signature(&key, &message, &signature);
            let theirs = algorithm
                .aws_lc_rs
                .verify_signature(&key, &message, &signature);
            passed += usize::from(ours.is_ok());
            if ours.is_ok() != theirs.is_ok() {
                disagreements.push(format!(
                    "{} {:?}: ours {ours:?}, theirs {theirs:?}: key {key:02x?} message \
                     {message:02x?} signature {signature:02x?}",
                    algorithm.name, algorithm.curve,
                ));
            }
            done += 1;
        }
    }
    show(&format!(
        "\n{done} checks from seed {SEED:#x}: {passed} passed, {} unlike AWS-LC\n",
        disagreements.len()
    ));
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
    // Each signature passes as it is, and few do otherwise.
    assert!(passed >= done / 8);
}

/// A key for the algorithm. RSA keys of 2048 bits come most often, since signing with others is slow.
fn key(algorithm: &Algorithm, random: &mut Random) -> Key {
    match (algorithm.curve, algorithm.scheme) {
        (Some("secp256r1"), _) => Key::p256(random.below(8)),
        (Some(_), _) => Key::p384(random.below(4)),
        (None, SignatureScheme::Ed25519) => Key::ed25519(random.below(4)),
        (None, _) if random.one_in(32) => Key::rsa4096(),
        (None, _) if random.one_in(16) => Key::rsa3072(),
        (None, _) => Key::rsa2048(random.below(4)),
    }
}

/// A bit turned, an octet replaced, removed, inserted or appended, or two numbers of DER exchanged.
fn mutate(octets: &mut Vec<u8>, random: &mut Random) {
    if octets.is_empty() {
        octets.push(0);
        return;
    }
    let last = octets.len() - 1;
    let place = match random.below(4) {
        // Where headers, first and last octets are, something is decided more often.
        0 => random.below(8).min(last),
        1 => last - random.below(3).min(last),
        _ => random.below(octets.len()),
    };
    match random.below(8) {
        0 => drop(octets.remove(place)),
        1 => octets.insert(place, 0),
        2 => octets.push(0),
        3 => octets[place] = octets[place].wrapping_add(1),
        4 => octets[place] = [0x00, 0x01, 0x7f, 0x80, 0xff][random.below(5)],
        5 => octets.truncate(place),
        _ => octets[place] ^= 1 << random.below(8),
    }
}
