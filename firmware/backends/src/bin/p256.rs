//! ECDSA on P-256, by the crate `p256`.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Chain, Store};
use cortex_m_rt::entry;
use portcullis::signature::{EcCurve, EcdsaVerification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::ConstStaticCell;

static STORE: ConstStaticCell<Store> = backends::store(Policy::ALB, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &EcdsaVerification::P256_SHA256,
)];

static CHAIN: Chain = Chain {
    root: include_bytes!("../../../data/backends/p256/root.der"),
    issuing: include_bytes!("../../../data/backends/p256/issuing.der"),
    device: include_bytes!("../../../data/backends/p256/device.der"),
    forged: include_bytes!("../../../data/backends/p256/forged.der"),
};

#[entry]
fn main() -> ! {
    backends::run(&STORE, &CHAIN)
}
