//! RSA of 2048 bits, by the library's own code, measured.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::kind;
use backends::measured::{self, Stores};
use board::entry;
use portcullis::signature::{KeyKind, RsaVerification, Verifier, rsa_limbs};
use portcullis::{Policy, SignatureAlgorithm};

static STORES: Stores = Stores::new(Policy::ALB, &VERIFIERS);
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Rsa,
    SignatureAlgorithm::RsaPkcs1Sha256,
    &RsaVerification::<{ rsa_limbs(2048) }>::PKCS1_SHA256,
)];

#[entry]
fn main() -> ! {
    measured::run(&STORES, &kind::rsa::MEASURED)
}
