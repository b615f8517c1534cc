//! What a signature check takes by the algorithms in Rust alone, beside ring and AWS-LC.
//!
//! The three take turns in short batches, so that whatever the machine does meanwhile happens to all
//! of them; a table of medians comes out. `cargo bench --bench signatures --features ring,rustcrypto`

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use portcullis::pki_types::SignatureVerificationAlgorithm;
use portcullis::signature::{EcdsaVerification, Ed25519Verification, RsaVerification};
use portcullis_fixtures::{Key, SignatureScheme};
use webpki::{aws_lc_rs, ring};

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

const TIME_FOR_A_CASE: Duration = Duration::from_secs(3);
const CHECKS_IN_A_BATCH: u32 = 8;

fn main() {
    use SignatureScheme as Scheme;
    let rsa: [Algorithm; 3] = [
        &<RsaVerification>::PKCS1_SHA256,
        ring::RSA_PKCS1_2048_8192_SHA256,
        aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    ];
    let p256: [Algorithm; 3] = [
        &EcdsaVerification::P256_SHA256,
        ring::ECDSA_P256_SHA256,
        aws_lc_rs::ECDSA_P256_SHA256,
    ];
    let p384: [Algorithm; 3] = [
        &EcdsaVerification::P384_SHA384,
        ring::ECDSA_P384_SHA384,
        aws_lc_rs::ECDSA_P384_SHA384,
    ];
    let ed25519: [Algorithm; 3] = [&Ed25519Verification, ring::ED25519, aws_lc_rs::ED25519];
    println!("| key | ours us | ring us | ratio (p10 to p90) | AWS-LC us | ratio |");
    println!("|---|--:|--:|--:|--:|--:|");
    row("RSA-2048", Key::rsa2048(0), Scheme::RsaPkcs1Sha256, rsa);
    row("RSA-3072", Key::rsa3072(), Scheme::RsaPkcs1Sha256, rsa);
    row("RSA-4096", Key::rsa4096(), Scheme::RsaPkcs1Sha256, rsa);
    row("P-256", Key::p256(0), Scheme::EcdsaSha256, p256);
    row("P-384", Key::p384(0), Scheme::EcdsaSha384, p384);
    row("Ed25519", Key::ed25519(0), Scheme::Ed25519, ed25519);
}

/// Measures one key for [`TIME_FOR_A_CASE`].
fn row(name: &str, key: Key, scheme: SignatureScheme, algorithms: [Algorithm; 3]) {
    // As long as what is signed of a certificate is, mostly.
    let message = [0x5a; 700];
    let signature = key.sign(scheme, &message);
    let check = |algorithm: Algorithm| {
        let started = Instant::now();
        for _ in 0..CHECKS_IN_A_BATCH {
            let [key, message, signature] = black_box([key.public_key(), &message, &signature]);
            algorithm.verify_signature(key, message, signature).unwrap();
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS_IN_A_BATCH)
    };
    let mut rounds = Vec::new();
    let started = Instant::now();
    while started.elapsed() < TIME_FOR_A_CASE {
        let mut times = [0.0; 3];
        for turn in 0..3 {
            let way = (turn + rounds.len()) % 3;
            times[way] = check(algorithms[way]);
        }
        rounds.push(times);
    }
    let quantile = |of: fn(&[f64; 3]) -> f64, fraction: f64| {
        let mut values: Vec<_> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[((values.len() - 1) as f64 * fraction).round() as usize]
    };
    let ratio = |fraction| quantile(|[ours, ring, _]| ours / ring, fraction);
    println!(
        "| {name} | {:.1} | {:.1} | {:.2} ({:.2} to {:.2}) | {:.1} | {:.2} |",
        quantile(|times| times[0], 0.5),
        quantile(|times| times[1], 0.5),
        ratio(0.5),
        ratio(0.1),
        ratio(0.9),
        quantile(|times| times[2], 0.5),
        quantile(|[ours, _, theirs]| ours / theirs, 0.5),
    );
}
