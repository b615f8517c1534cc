//! Ed25519, by the crate `ed25519-dalek`, as a product has it.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Store, kind, product};
use board::entry;
use portcullis::signature::{Ed25519Verification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::StaticCell;

static STORE: StaticCell<Store> = StaticCell::new();
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ed25519,
    SignatureAlgorithm::Ed25519,
    &Ed25519Verification,
)];

#[entry]
fn main() -> ! {
    product::run(
        &STORE,
        || backends::store(Policy::RFC5280, &VERIFIERS),
        &kind::ed25519::PRODUCT,
    )
}
