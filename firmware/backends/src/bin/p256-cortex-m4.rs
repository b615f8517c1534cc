//! ECDSA on P-256, by assembly for the Cortex-M4, as a product has it.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Store, kind, product};
use board::entry;
use portcullis::signature::{EcCurve, EcdsaVerification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::StaticCell;

static STORE: StaticCell<Store> = StaticCell::new();
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &EcdsaVerification::P256_SHA256_CORTEX_M4,
)];

#[entry]
fn main() -> ! {
    product::run(
        &STORE,
        || backends::store(Policy::ALB, &VERIFIERS),
        &kind::p256::PRODUCT,
    )
}
