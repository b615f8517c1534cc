//! CRLs of any size.

use portcullis_fixtures::{Certificate, CrlBuilder, CrlEntry, serials};

/// A list of so many entries, in DER, those given spread among others.
pub(crate) fn list(issuer: &Certificate, revoked: &[&Certificate], entries: usize) -> Vec<u8> {
    let distance = entries / revoked.len().max(1);
    let entry = CrlEntry::new([]);
    let serials = (0..entries)
        .zip(serials::mixed(3))
        .map(|(position, serial)| {
            let place = position
                .checked_div(distance)
                .filter(|_| position % distance == 0);
            match place.and_then(|place| revoked.get(place)) {
                Some(revoked) => entry.with_serial(revoked.serial()),
                None => entry.with_serial(serial),
            }
        });
    let mut list = Vec::new();
    CrlBuilder::new()
        .write_issued_by(issuer, serials, &mut list)
        .expect("memory takes all");
    list
}
