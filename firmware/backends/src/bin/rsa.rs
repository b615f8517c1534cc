//! RSA of 2048 bits, by the library's own code.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Chain, Store};
use cortex_m_rt::entry;
use portcullis::signature::{KeyKind, RsaVerification, Verifier, rsa_limbs};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::ConstStaticCell;

static STORE: ConstStaticCell<Store> = backends::store(Policy::ALB, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Rsa,
    SignatureAlgorithm::RsaPkcs1Sha256,
    &RsaVerification::<{ rsa_limbs(2048) }>::PKCS1_SHA256,
)];

static CHAIN: Chain = Chain {
    root: include_bytes!("../../../data/backends/rsa/root.der"),
    issuing: include_bytes!("../../../data/backends/rsa/issuing.der"),
    device: include_bytes!("../../../data/backends/rsa/device.der"),
    forged: include_bytes!("../../../data/backends/rsa/forged.der"),
};

#[entry]
fn main() -> ! {
    backends::run(&STORE, &CHAIN)
}
