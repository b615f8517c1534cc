//! Revocation lists of any octets: read, indexed, and looked up.

use portcullis::{Crl, CrlError};
use portcullis_fixtures::der;

use crate::agreement::{without_allocation, write};
use crate::input::Input;

/// Serial numbers to look up, each with its length before it, and a list after an empty one.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let mut serials = Vec::new();
    while serials.len() < 16 {
        match input.piece() {
            [] => break,
            serial => serials.push(serial),
        }
    }
    read(input.rest(), &serials);
}

/// Reads a list in every way; they must agree with one another and with a search from end to end.
pub(crate) fn read(list: &[u8], serials: &[&[u8]]) {
    let mut needed = Err(CrlError::Empty);
    without_allocation(|| needed = Crl::index_len(list));
    let owned = Crl::from_der(list.to_vec());
    let needed = match needed {
        Ok(needed) => needed,
        Err(error) => {
            assert!(error == CrlError::NoIndex || owned.is_err());
            return;
        }
    };
    // What was there before is overwritten, and what is behind is left alone.
    let mut index = vec![0xA5A5_A5A5; needed + 3];
    if let Some(too_short) = needed.checked_sub(1) {
        assert!(Crl::parse(list, &mut vec![0; too_short]).is_err());
    }
    let probes = probes(serials);
    let mut copy = Vec::with_capacity(needed);
    let mut is_read = false;
    without_allocation(|| {
        let crl = match Crl::parse(list, &mut index) {
            Ok(crl) => crl,
            Err(error) => {
                assert_eq!(error, CrlError::NoIndex);
                return;
            }
        };
        is_read = true;
        look_up(&crl, &probes);
        describe(&crl);
        copy.extend_from_slice(crl.index());
    });
    assert_eq!(is_read, owned.is_ok());
    if !is_read {
        return;
    }
    assert_eq!(index[needed..], [0xA5A5_A5A5; 3]);
    without_allocation(|| {
        let crl = Crl::with_index(list, &copy).expect("an index that was made for the list");
        look_up(&crl, &probes);
    });
}

/// Every entry and each serial number of the probes, through the index and from end to end.
pub(crate) fn look_up(crl: &Crl<'_>, probes: &[u8]) {
    assert_eq!(crl.revocations().count(), crl.len());
    assert_eq!(crl.is_empty(), crl.revocations().next().is_none());
    // So that a list of thousands of entries is not searched for each of them.
    let step = (crl.len() / 64).max(1);
    for entry in crl.revocations().step_by(step) {
        let found = crl.find(entry.serial).expect("an entry of the list");
        assert!(is_same(found.serial.as_bytes(), entry.serial.as_bytes()));
    }
    let mut index = [0; 32];
    let probes = Crl::parse(probes, &mut index).expect("a list of probes");
    for probe in probes.revocations() {
        let mut listed = crl.revocations();
        let listed = listed.find(|it| is_same(it.serial.as_bytes(), probe.serial.as_bytes()));
        assert_eq!(crl.find(probe.serial), listed);
    }
}

fn describe(crl: &Crl<'_>) {
    write(&crl.issuer());
    write(&crl.scope());
    write(&crl.this_update());
    if let Some(next) = crl.next_update() {
        write(&next);
    }
    if let Some(number) = crl.number() {
        write(&number);
    }
    for entry in crl.revocations().take(64) {
        write(&entry.serial);
        write(&entry.date);
        assert!(!entry.reason_str().is_empty());
    }
    let _ = crl.fault();
    let _ = crl.signature_algorithm();
}

/// A list that nobody signed, of these serial numbers, since they have no other way in.
pub(crate) fn probes(serials: &[&[u8]]) -> Vec<u8> {
    let entries = serials
        .iter()
        .take(16)
        .map(|serial| der::sequence([der::integer_bytes(serial), der::utc_time(0)]));
    let entries = der::sequence(entries);
    let algorithm = der::sequence([der::oid("1.2.3")]);
    let body = der::sequence([
        algorithm.clone(),
        der::sequence([[]; 0]),
        der::utc_time(0),
        entries,
    ]);
    der::sequence([body, algorithm, der::bit_string([])])
}

/// Whether two octet strings are the same number in two's complement.
pub(crate) fn is_same(ours: &[u8], theirs: &[u8]) -> bool {
    let length = ours.len().max(theirs.len());
    let octet = |number: &[u8], from_end: usize| match number.len().checked_sub(from_end) {
        Some(index) => number[index],
        None if number[0] & 0x80 != 0 => 0xff,
        None => 0,
    };
    (1..=length).all(|from_end| octet(ours, from_end) == octet(theirs, from_end))
}
