//! ECDSA on P-256, by the crate `p256`, measured.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use backends::measured::{self, Stores};
use backends::{Store, kind};
use board::entry;
use portcullis::signature::{EcCurve, EcdsaVerification, KeyKind, Verifier};
use portcullis::{Policy, SignatureAlgorithm};
use static_cell::ConstStaticCell;

static ON_ALB: ConstStaticCell<Store> =
    ConstStaticCell::new(backends::store(Policy::ALB, &VERIFIERS));
static ON_RFC5280: ConstStaticCell<Store> =
    ConstStaticCell::new(backends::store(Policy::RFC5280, &VERIFIERS));
static ALB_CROWD: ConstStaticCell<Store> =
    ConstStaticCell::new(backends::store(Policy::ALB, &VERIFIERS));
static RFC5280_CROWD: ConstStaticCell<Store> =
    ConstStaticCell::new(backends::store(Policy::RFC5280, &VERIFIERS));
static STORES: Stores = Stores {
    alb: &ON_ALB,
    rfc5280: &ON_RFC5280,
    crowds: [&ALB_CROWD, &RFC5280_CROWD],
};
static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &EcdsaVerification::P256_SHA256,
)];

#[entry]
fn main() -> ! {
    measured::run(&STORES, &kind::p256::MEASURED)
}
