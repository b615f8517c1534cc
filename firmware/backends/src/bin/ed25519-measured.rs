//! Ed25519, by the crate `ed25519-dalek`, measured.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::kind;
use backends::measured::{self, Stores};
use board::entry;
use portcullis::signature::{Ed25519Verification, KeyKind, Verifier};
use portcullis::{LeafKeys, Policy, SignatureAlgorithm};

static STORES: Stores = Stores::new(ALB, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ed25519,
    SignatureAlgorithm::Ed25519,
    &Ed25519Verification,
)];

/// ALB takes no Ed25519; its way of verifying is measured all the same.
const ALB: Policy = Policy::ALB
    .with_signature_algorithm(SignatureAlgorithm::Ed25519)
    .with_leaf_keys(LeafKeys::DocumentedAndEd25519);

#[entry]
fn main() -> ! {
    measured::run(&STORES, &kind::ed25519::MEASURED)
}
