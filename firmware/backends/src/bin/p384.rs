//! ECDSA on P-384, by the crate `p384`, as a product has it.

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
    KeyKind::Ec(EcCurve::P384),
    SignatureAlgorithm::EcdsaSha384,
    &EcdsaVerification::P384_SHA384,
)];

#[entry]
fn main() -> ! {
    product::run(
        &STORE,
        || backends::store(Policy::ALB, &VERIFIERS),
        &kind::p384::PRODUCT,
    )
}
