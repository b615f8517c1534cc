//! ECDSA on P-256, by the crate `p256`, measured.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::kind;
use backends::measured::{self, Stores};
use board::entry;
use portcullis::signature::{EcCurve, EcdsaVerification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};

static STORES: Stores = Stores::new(Policy::ALB, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &EcdsaVerification::P256_SHA256,
)];

#[entry]
fn main() -> ! {
    measured::run(&STORES, &kind::p256::MEASURED)
}
