//! ECDSA on P-384, by the crate `p384`.

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
    KeyKind::Ec(EcCurve::P384),
    SignatureAlgorithm::EcdsaSha384,
    &EcdsaVerification::P384_SHA384,
)];

static CHAIN: Chain = Chain {
    root: include_bytes!("../../../data/backends/p384/root.der"),
    issuing: include_bytes!("../../../data/backends/p384/issuing.der"),
    device: include_bytes!("../../../data/backends/p384/device.der"),
    forged: include_bytes!("../../../data/backends/p384/forged.der"),
};

#[entry]
fn main() -> ! {
    backends::run(&STORE, &CHAIN)
}
