//! The index of a list against naive ones: sets, and going through the list.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

use std::collections::BTreeSet;

use portcullis::{Crl, CrlError, Revocation, SerialNumber};
use portcullis_fixtures::{CrlBuilder, CrlEntry, Key, Random, serials};

/// ALB's quota.
const MANY: usize = 500_000;

#[test]
fn of_half_a_million_random_serials_each_is_found_and_its_neighbours_are_not() {
    for length in [8, 20] {
        let crl = list(serials::random(length, 1).take(MANY));
        assert_eq!(crl.len(), MANY);
        let known: BTreeSet<_> = crl.revocations().map(|it| it.serial.as_bytes()).collect();
        assert_eq!(known.len(), MANY);
        for entry in crl.revocations() {
            let found = crl.find(entry.serial).expect("it is on the list");
            assert_eq!(found.serial, entry.serial);
        }
        let neighbours = list(serials::random(length, 1).take(MANY).map(next));
        let mut missed = 0;
        for neighbour in neighbours.revocations() {
            let is_known = known.contains(neighbour.serial.as_bytes());
            assert_eq!(crl.find(neighbour.serial).is_some(), is_known);
            missed += usize::from(!is_known);
        }
        assert!(missed > MANY - 10);
    }
}

#[test]
fn half_a_million_entries_for_a_few_thousand_serials_fold() {
    let crl = list(serials::repeated(20, 5000, 1).take(MANY));
    let known: BTreeSet<_> = crl.revocations().map(|it| it.serial.as_bytes()).collect();
    assert_eq!(known.len(), 5000);
    let full = crl.index()[1..].iter().filter(|slot| **slot != 0).count();
    assert_eq!(full, 5000);
    assert!(crl.revocations().all(|it| crl.find(it.serial).is_some()));
    let strangers = list(serials::random(20, 2).take(5000));
    assert!(
        strangers
            .revocations()
            .all(|it| crl.find(it.serial).is_none())
    );
}

#[test]
fn serials_that_look_alike_fill_an_index_like_any_others() {
    fn check(name: &str, serials: impl Iterator<Item = Vec<u8>> + Clone) {
        let crl = list(serials.take(MANY / 5));
        let is_found = |it: Revocation<'_>| crl.find(it.serial).is_some();
        assert!(crl.revocations().all(is_found), "{name}");
        let runs = crl.index()[1..].split(|slot| *slot == 0);
        let longest = runs.map(<[u32]>::len).max().expect("there is one");
        assert!(longest < 512, "{name}: {longest}");
    }
    check("counting up", serials::counting_up(1));
    check(
        "counting up from far",
        serials::counting_up(0x7654_3210_0000_0000),
    );
    check("common prefix", serials::common_prefix(20));
    check("common suffix", serials::common_suffix(20));
    check("long common prefix", serials::common_prefix(40));
    check("long common suffix", serials::common_suffix(40));
    check("negative", serials::negative(20, 1));
    check("padded", serials::zero_padded(8, 2, 1));
    let steps = (1_u64..).map(|number| (number << 16).to_be_bytes().to_vec());
    check("steps of 65536", steps);
}

#[test]
fn half_a_million_serials_that_count_up_are_found_and_the_next_are_not() {
    let crl = list(serials::counting_up(1).take(MANY));
    assert!(crl.revocations().all(|it| crl.find(it.serial).is_some()));
    let after = list(serials::counting_up(MANY as u64 + 1).take(MANY));
    assert!(after.revocations().all(|it| crl.find(it.serial).is_none()));
}

#[test]
fn an_index_takes_six_octets_for_an_entry() {
    let crl = list(serials::random(20, 1).take(MANY));
    let octets = 4 * crl.index().len();
    assert!(octets < 3 << 20, "{octets}");
}

#[test]
fn an_index_made_before_is_taken_and_finds_the_same() {
    for count in [1, 2, 3, 10, 1000, 20_000] {
        let crl = list(serials::random(8, count as u64).take(count));
        let other = Crl::with_index(crl.der(), crl.index()).expect("its own index");
        assert_eq!(other.index(), crl.index());
        for entry in crl.revocations() {
            assert_eq!(other.find(entry.serial), Some(entry));
        }
    }
}

#[test]
fn the_index_of_another_list_is_refused() {
    let lists = [
        list(serials::random(8, 1).take(100)),
        list(serials::random(8, 2).take(100)),
        list(serials::counting_up(1).take(100)),
    ];
    for (at, crl) in lists.iter().enumerate() {
        for (of, other) in lists.iter().enumerate() {
            let result = Crl::with_index(crl.der(), other.index()).err();
            let expected = (at != of).then_some(CrlError::IndexMismatch);
            assert_eq!(result, expected, "{at} with the index of {of}");
        }
    }
}

#[test]
fn an_index_with_one_word_changed_is_refused() {
    let crl = list(serials::random(8, 1).take(20));
    let index = crl.index();
    for position in 0..index.len() {
        for bit in 0..32 {
            let mut changed = index.to_vec();
            changed[position] ^= 1 << bit;
            // Another seed moves every entry.
            let result = Crl::with_index(crl.der(), &changed).err();
            assert_eq!(
                result,
                Some(CrlError::IndexMismatch),
                "bit {bit} of {position}"
            );
        }
        for word in [0, u32::MAX] {
            let mut changed = index.to_vec();
            if changed[position] == word {
                continue;
            }
            changed[position] = word;
            let result = Crl::with_index(crl.der(), &changed).err();
            assert_eq!(
                result,
                Some(CrlError::IndexMismatch),
                "{word} at {position}"
            );
        }
    }
}

#[test]
fn an_index_that_leaves_an_entry_out_or_has_one_twice_is_refused() {
    let crl = list(serials::random(8, 1).take(50));
    let full: Vec<_> = (1..crl.index().len())
        .filter(|at| crl.index()[*at] != 0)
        .collect();
    let empty: Vec<_> = (1..crl.index().len())
        .filter(|at| crl.index()[*at] == 0)
        .collect();
    for at in &full {
        let mut without = crl.index().to_vec();
        without[*at] = 0;
        assert_eq!(mismatch(&crl, &without), Some(CrlError::IndexMismatch));
        for other in &empty {
            let mut twice = crl.index().to_vec();
            twice[*other] = twice[*at];
            assert_eq!(mismatch(&crl, &twice), Some(CrlError::IndexMismatch));
        }
        for other in full.iter().filter(|other| *other != at) {
            // One is there twice and the other no more.
            let mut instead = crl.index().to_vec();
            instead[*other] = instead[*at];
            assert_eq!(mismatch(&crl, &instead), Some(CrlError::IndexMismatch));
        }
    }
}

#[test]
fn an_offset_into_the_middle_of_an_entry_is_refused() {
    // An entry within an entry: what an extension holds is an entry for another serial number.
    let inner = CrlEntry::new([0x11; 8]).to_der();
    let outer = CrlEntry::new([0x22; 8]);
    let outer = outer.extension(portcullis_fixtures::Extension::new(
        "2.999.1",
        inner.clone(),
    ));
    let built = CrlBuilder::new()
        .entry(outer)
        .revoke([0x33; 8])
        .sign_by(Key::p256(0));
    let crl = Crl::from_der(built.into_der()).expect("a good list");
    assert_eq!(crl.len(), 2);
    let place = crl.der().windows(inner.len()).position(|it| it == inner);
    let place = u32::try_from(place.expect("it is there")).expect("a small list");
    for at in 1..crl.index().len() {
        for tag in 0..64 {
            let mut changed = crl.index().to_vec();
            changed[at] = tag << 26 | place;
            assert_eq!(mismatch(&crl, &changed), Some(CrlError::IndexMismatch));
        }
    }
}

#[test]
fn an_index_of_the_wrong_length_or_of_zeros_is_refused() {
    let crl = list(serials::random(8, 1).take(50));
    let needed = crl.index().len();
    let longer = [crl.index(), &[0]].concat();
    assert_eq!(mismatch(&crl, &longer), Some(CrlError::IndexMismatch));
    let given = needed - 1;
    let short = Some(CrlError::IndexTooShort { needed, given });
    assert_eq!(mismatch(&crl, &crl.index()[..given]), short);
    assert_eq!(
        mismatch(&crl, &[]),
        Some(CrlError::IndexTooShort { needed, given: 0 })
    );
    assert_eq!(
        mismatch(&crl, &vec![0; needed]),
        Some(CrlError::IndexMismatch)
    );
    assert_eq!(
        mismatch(&crl, &vec![u32::MAX; needed]),
        Some(CrlError::IndexMismatch)
    );
}

#[test]
fn whatever_an_index_holds_taking_it_never_panics() {
    let mut random = Random::new(1);
    let crl = list(serials::repeated(8, 20, 1).take(40));
    for _ in 0..20_000 {
        let mut index = crl.index().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(index.len());
            index[at] = random.next_u64() as u32 & (u32::MAX >> random.below(32));
        }
        if let Ok(other) = Crl::with_index(crl.der(), &index) {
            assert!(
                other
                    .revocations()
                    .all(|it| other.find(it.serial).is_some())
            );
        }
    }
}

#[test]
fn small_lists_of_any_kind_agree_with_going_through_them() {
    let mut random = Random::new(7);
    let queries: Vec<_> = (0..400).map(|_| any_serial(&mut random)).collect();
    let queries = list(queries.into_iter());
    for round in 0..300 {
        let count = 1 + random.below(40);
        let serials: Vec<_> = (0..count).map(|_| any_serial(&mut random)).collect();
        let crl = list(serials.into_iter());
        let loaded = Crl::with_index(crl.der(), crl.index()).expect("its own index");
        let own = crl.revocations().map(|it| it.serial);
        for serial in own.chain(queries.revocations().map(|it| it.serial)) {
            let expected = naive_find(&crl, serial);
            assert_eq!(crl.find(serial), expected, "round {round}: {serial}");
            assert_eq!(loaded.find(serial), expected, "round {round}: {serial}");
        }
    }
}

#[test]
fn of_entries_for_one_serial_the_first_is_found() {
    let entries = (1..=5)
        .map(|reason| CrlEntry::new([0, 7][usize::from(reason % 2)..].to_vec()).reason(reason));
    let built = CrlBuilder::new().entries(entries).sign_by(Key::p256(0));
    let crl = Crl::from_der(built.into_der()).expect("a good list");
    for entry in crl.revocations() {
        let found = crl.find(entry.serial).expect("it is on the list");
        assert_eq!(found.reason, Some(1));
    }
}

#[test]
fn numbers_are_compared_with_their_sign_and_without_their_padding() {
    let crl = list(
        [
            vec![0x00, 0xFF],
            vec![0x00, 0x00, 0x01],
            vec![0xFF, 0xFF, 0x80],
        ]
        .into_iter(),
    );
    let cases: [(&[u8], bool); 12] = [
        (&[0x00, 0xFF], true),
        (&[0x00, 0x00, 0x00, 0xFF], true),
        (&[0xFF], false),
        (&[0xFF, 0xFF], false),
        (&[0x01], true),
        (&[0x00, 0x01], true),
        (&[0x00], false),
        (&[0x80], true),
        (&[0xFF, 0x80], true),
        (&[0x00, 0x80], false),
        (&[0x01, 0x00], false),
        (&[0xFF, 0x00, 0x01], false),
    ];
    for (serial, is_there) in cases {
        let query = list([serial.to_vec()].into_iter());
        let serial = query.revocations().next().expect("an entry").serial;
        assert_eq!(crl.find(serial).is_some(), is_there, "{serial}");
    }
}

fn mismatch(crl: &Crl<'_>, index: &[u32]) -> Option<CrlError> {
    Crl::with_index(crl.der(), index).err()
}

/// Few bytes of few values, so that the same numbers in other forms come up.
fn any_serial(random: &mut Random) -> Vec<u8> {
    let length = 1 + random.below(5);
    (0..length)
        .map(|_| [0x00, 0x01, 0x7F, 0x80, 0xFF][random.below(5)])
        .collect()
}

/// The first entry for the same number, numbers being compared by their value in 64 bits.
fn naive_find<'a>(crl: &'a Crl<'_>, serial: SerialNumber<'_>) -> Option<Revocation<'a>> {
    fn value(serial: SerialNumber<'_>) -> i64 {
        let is_negative = serial.as_bytes()[0] & 0x80 != 0;
        let start = if is_negative { -1 } else { 0 };
        let octets = serial.as_bytes().iter();
        octets.fold(start, |value, octet| value << 8 | i64::from(*octet))
    }
    crl.revocations()
        .find(|it| value(it.serial) == value(serial))
}

/// The number one above, for serials whose last byte is not 0xFF; else with that byte 0.
fn next(mut serial: Vec<u8>) -> Vec<u8> {
    let last = serial.last_mut().expect("a serial has bytes");
    *last = last.wrapping_add(1);
    serial
}

fn list(serials: impl Iterator<Item = Vec<u8>> + Clone) -> Crl<'static> {
    let entry = CrlEntry::new([]);
    let mut der = Vec::new();
    CrlBuilder::new()
        .issuer("CA")
        .write_signed_by(
            Key::p256(0),
            serials.map(|it| entry.with_serial(it)),
            &mut der,
        )
        .expect("memory takes it");
    Crl::from_der(der).expect("a good list")
}
