//! A gateway that authenticates devices, once as a product would have it and once measured.

#![forbid(unsafe_code)]
#![no_std]

pub mod kind;
pub mod measured;
pub mod product;

use portcullis::pki_types::CertificateDer;
use portcullis::signature::{Verifier, sha256};
use portcullis::{AlgorithmSet, Crl, Policy, TrustStore};

/// A store for up to four CAs and one CRL.
pub type Store = TrustStore<'static, 4, 1>;

/// A store with these algorithms and no CA yet.
#[must_use]
pub const fn store(policy: Policy, verifiers: &'static [Verifier]) -> Store {
    Store::new(policy, AlgorithmSet::new(verifiers, sha256))
}

/// A list, and the index that was made for it at build time; both stay in flash.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The list.
    pub der: &'static [u8],
    /// The index.
    pub index: &'static [u32],
}

/// The store with its CAs and its list; nothing here may panic, or the image would no longer show that the library
/// does not.
fn filled(
    store: &'static mut Store,
    cas: &[&'static [u8]],
    list: Option<List>,
) -> Option<&'static Store> {
    for ca in cas {
        store.add_ca(CertificateDer::from_slice(ca)).ok()?;
    }
    if let Some(List { der, index }) = list {
        // Its issuer is presented by clients: it is verified when the first one comes.
        let _ = store.add_crl(Crl::with_index(der, index).ok()?).ok()?;
    }
    Some(store)
}
