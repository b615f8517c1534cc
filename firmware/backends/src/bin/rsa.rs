//! RSA of 2048 bits, by the library's own code, as a product has it.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::{Store, kind, product};
use board::entry;
use portcullis::signature::{KeyKind, RsaVerification, Verifier, rsa_limbs};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::StaticCell;

static STORE: StaticCell<Store> = StaticCell::new();
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Rsa,
    SignatureAlgorithm::RsaPkcs1Sha256,
    &RsaVerification::<{ rsa_limbs(2048) }>::PKCS1_SHA256,
)];

#[entry]
fn main() -> ! {
    product::run(
        &STORE,
        || backends::store(Policy::ALB, &VERIFIERS),
        &kind::rsa::PRODUCT,
    )
}
