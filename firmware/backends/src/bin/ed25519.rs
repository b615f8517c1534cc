//! Ed25519, by the crate `ed25519-dalek`.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Chain, Store};
use cortex_m_rt::entry;
use portcullis::signature::{Ed25519Verification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::ConstStaticCell;

static STORE: ConstStaticCell<Store> = backends::store(Policy::RFC5280, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ed25519,
    SignatureAlgorithm::Ed25519,
    &Ed25519Verification,
)];

static CHAIN: Chain = Chain {
    root: include_bytes!("../../../data/backends/ed25519/root.der"),
    issuing: include_bytes!("../../../data/backends/ed25519/issuing.der"),
    device: include_bytes!("../../../data/backends/ed25519/device.der"),
    forged: include_bytes!("../../../data/backends/ed25519/forged.der"),
};

#[entry]
fn main() -> ! {
    backends::run(&STORE, &CHAIN)
}
