//! ECDSA on P-384, by the crate `p384`, measured.

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
    KeyKind::Ec(EcCurve::P384),
    SignatureAlgorithm::EcdsaSha384,
    &EcdsaVerification::P384_SHA384,
)];

#[entry]
fn main() -> ! {
    measured::run(&STORES, &kind::p384::MEASURED)
}
