//! What it would save to decode a CA's public key once, when it is loaded, instead of at each check.
//!
//! AWS-LC with the key as octets and with the key decoded, in turns. `cargo bench --bench keys`

#[path = "support/processor.rs"]
mod processor;
#[path = "support/sorted.rs"]
mod sorted;

use core::hint::black_box;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use portcullis_fixtures::Key;
use processor::processor_time;
use sorted::Sorted;

const ROUNDS: usize = 400;
const PASSES: u32 = 24;

fn main() {
    println!("| key | as octets, us | decoded, us | saved, us | ratio (p10 to p90) |");
    println!("|---|--:|--:|--:|--:|");
    print_row("RSA-2048", &RSA_PKCS1_2048_8192_SHA256, Key::rsa2048(0));
    print_row("P-256", &ECDSA_P256_SHA256_ASN1, Key::p256(0));
    print_row("P-384", &ECDSA_P384_SHA384_ASN1, Key::p384(0));
    print_row("Ed25519", &ED25519, Key::ed25519(0));
}

fn print_row(name: &str, algorithm: &'static dyn VerificationAlgorithm, key: Key) {
    let message = [0x55; 900];
    let signature = key.sign(key.default_scheme(), &message);
    let octets = UnparsedPublicKey::new(algorithm, key.public_key());
    let decoded = ParsedPublicKey::new(algorithm, key.public_key()).expect("a key");
    let as_octets = || octets.verify(black_box(&message), &signature).is_ok();
    let as_decoded = || decoded.verify_sig(black_box(&message), &signature).is_ok();
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|round| {
            // Neither is always the first.
            if round % 2 == 0 {
                let octets = microseconds(as_octets);
                [octets, microseconds(as_decoded)]
            } else {
                let decoded = microseconds(as_decoded);
                [microseconds(as_octets), decoded]
            }
        })
        .collect();
    let of = |value: fn(&[f64; 2]) -> f64| Sorted::new(rounds.iter().map(value));
    println!(
        "| {name} | {:.2} | {:.2} | {:.2} | {:.3} |",
        of(|[octets, _]| *octets).quantile(0.5),
        of(|[_, decoded]| *decoded).quantile(0.5),
        of(|[octets, decoded]| octets - decoded).quantile(0.5),
        of(|[octets, decoded]| decoded / octets),
    );
}

/// Of CPU time, for one check out of so many in a row.
fn microseconds(check: impl Fn() -> bool) -> f64 {
    let started = processor_time();
    for _ in 0..PASSES {
        assert!(check());
    }
    (processor_time() - started).as_secs_f64() * 1e6 / f64::from(PASSES)
}
