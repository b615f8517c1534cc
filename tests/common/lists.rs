//! Lists in stores.

use portcullis::{Crl, CrlAdded, TrustStore};
use portcullis_fixtures as fixtures;

/// A list that was made, read.
pub(crate) fn read(list: &fixtures::Crl) -> Crl<'static> {
    Crl::from_der(list.der().to_vec()).expect("the list reads well")
}

/// Adds a list that the store takes.
#[track_caller]
pub(crate) fn add(store: &mut TrustStore<'_>, list: &fixtures::Crl) -> CrlAdded {
    store
        .add_crl(read(list))
        .expect("the store takes this list")
}
