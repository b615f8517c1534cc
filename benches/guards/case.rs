//! Something to count, and the certificates for it.

use portcullis_fixtures::{Certificate, CertificateBuilder, Crl, CrlBuilder, Key};

use crate::backend::seal;

/// A piece of work that is done once, and counted.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) work: Box<dyn FnMut()>,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>, work: impl FnMut() + 'static) -> Self {
        Self {
            name: name.into(),
            work: Box::new(work),
        }
    }
}

/// A kind of key.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) key: fn(usize) -> Key,
}

impl Kind {
    pub(crate) const RSA: Self = Self {
        name: "RSA-2048",
        key: Key::rsa2048,
    };
    pub(crate) const P256: Self = Self {
        name: "P-256",
        key: Key::p256,
    };
    pub(crate) const ALL: [Self; 4] = [
        Self::RSA,
        Self::P256,
        Self {
            name: "P-384",
            key: Key::p384,
        },
        Self {
            name: "Ed25519",
            key: Key::ed25519,
        },
    ];
}

/// Issues with a signature that [`NODDING`](crate::backend::NODDING) takes, as long as a real one
/// and the same each time, which ECDSA's are not.
pub(crate) fn issue(builder: CertificateBuilder, issuer: &Certificate) -> Certificate {
    sealed(builder, issuer.key()).issued_by(issuer)
}

/// Signs with the certificate's own key.
pub(crate) fn self_signed(builder: CertificateBuilder, key: Key) -> Certificate {
    sealed(builder, key).self_signed()
}

pub(crate) fn issue_crl(builder: CrlBuilder, issuer: &Certificate) -> Crl {
    let seal = seal(issuer.key().public_key());
    builder
        .map_signature(move |signature| stamp(signature, seal))
        .issued_by(issuer)
}

fn sealed(builder: CertificateBuilder, key: Key) -> CertificateBuilder {
    let seal = seal(key.public_key());
    builder.map_signature(move |signature| stamp(signature, seal))
}

fn stamp(mut signature: Vec<u8>, seal: [u8; 16]) -> Vec<u8> {
    signature.fill(0x5A);
    signature[..seal.len()].copy_from_slice(&seal);
    signature
}
