//! As a product would have it: a store, a policy, a CRL, a client, and the status as text.

use core::hint::black_box;
use core::time::Duration;

use board::{Ending, console, exit};
use portcullis::VerifyStatus;
use portcullis::pki_types::{CertificateDer, UnixTime};
use static_cell::StaticCell;

use crate::{List, Store, filled};

/// What the image holds beside its code.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// The CA that the store holds.
    pub root: &'static [u8],
    /// What a client presents. A product would read it from the network.
    pub presented: [&'static [u8]; 2],
    /// The revocations of the client's CA.
    pub list: List,
}

/// Verifies the client, writes the status to the UART, and lets QEMU's exit code say whether it may pass.
///
/// The store is made at the start: then it lies in RAM alone, and its octets are not in flash as well.
pub fn run(
    cell: &'static StaticCell<Store>,
    store: impl FnOnce() -> Store,
    product: &Product,
) -> ! {
    let store = cell.try_init_with(store);
    let filled = store.and_then(|store| filled(store, &[product.root], Some(product.list)));
    let Some(store) = filled else {
        exit(Ending::Failed);
    };
    let presented = black_box(product.presented).map(CertificateDer::from_slice);
    let status = store.verify_at(&presented, black_box(NOW));
    console::write(status.as_str());
    console::write("\n");
    exit(match status {
        VerifyStatus::Success => Ending::Done,
        VerifyStatus::Failed(_) => Ending::Failed,
    })
}

/// 2027-01-15T08:00:00Z
const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));
