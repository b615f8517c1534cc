//! Short lists, every index that could be given for them, and every way to write a serial number.

extern crate std;
use std::vec::Vec;

use super::*;

/// A list that nobody signed, of these serial numbers.
fn list(serials: &[&[u8]]) -> Vec<u8> {
    let entries = serials.iter().map(|serial| entry(serial, &[]));
    list_of(&entries.collect::<Vec<_>>().concat())
}

fn entry(serial: &[u8], extensions: &[u8]) -> Vec<u8> {
    let serial = element(der::INTEGER, serial);
    element(der::SEQUENCE, &[&serial, TIME, extensions].concat())
}

fn list_of(entries: &[u8]) -> Vec<u8> {
    signed_list_of(entries, &[7, 0xe9])
}

fn signed_list_of(entries: &[u8], signature: &[u8]) -> Vec<u8> {
    let version = element(der::INTEGER, &[1]);
    let entries = element(der::SEQUENCE, entries);
    let algorithm = element(der::SEQUENCE, &[der::OBJECT_IDENTIFIER, 1, 42]);
    let name = element(der::SEQUENCE, &[]);
    let body = [version, algorithm.clone(), name, TIME.to_vec(), entries].concat();
    let signature = element(der::BIT_STRING, &[&[0], signature].concat());
    let body = element(der::SEQUENCE, &body);
    element(der::SEQUENCE, &[body, algorithm, signature].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let header: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [header, content].concat()
}

/// The number that octets in two's complement are.
fn value(octets: &[u8]) -> i64 {
    let sign = if octets[0] < 0x80 { 0 } else { -1 };
    octets
        .iter()
        .fold(sign, |value, octet| value * 256 + i64::from(*octet))
}

/// The fewest octets for a number.
fn shortest(value: i64) -> Vec<u8> {
    let octets = (1..=8_u32).find(|octets| {
        let half = 1_i128 << (8 * octets - 1);
        (-half..half).contains(&i128::from(value))
    });
    let octets = usize::try_from(octets.unwrap()).unwrap();
    value.to_be_bytes()[8 - octets..].to_vec()
}

/// Five bits of rotation for each octet: 7 becomes 0xe0, and 0xe9 is added without carry.
#[test]
fn the_seed_comes_out_of_the_signature() {
    let list = list(&[&[1]]);
    let facts = Facts::parse(&list).unwrap();
    let mut words = [0; 4];
    let words = fill(&list, &facts, &mut words).unwrap();
    assert_eq!(words[0], 9);
}

/// Serial numbers that all want one of a few slots need more than 512 in a row, but only under the seed for
/// which they were looked out.
#[test]
fn an_index_that_one_seed_makes_too_long_to_search_is_made_with_another() {
    let (count, first_seed) = (600, (7 << 5) ^ 15);
    let slots = slots(count);
    let crowded = (1_u32..)
        .map(u32::to_be_bytes)
        .filter(|serial| probes(hash(first_seed, canonical(serial)), slots).next() < Some(80));
    let serials: Vec<_> = crowded.take(count).collect();
    let entries = serials.iter().flat_map(|serial| entry(serial, &[]));
    let list = signed_list_of(&entries.collect::<Vec<_>>(), &[7, 15]);
    let facts = Facts::parse(&list).unwrap();
    let mut words = std::vec![0; slots + 1];
    let words = fill(&list, &facts, &mut words).unwrap();
    assert_ne!(words[0], first_seed);
    check(&list, &facts, words).unwrap();
}

/// So that all but one in 64 of the entries that a look-up comes past need not be read.
#[test]
fn serial_numbers_that_count_up_have_each_of_64_tags_as_often() {
    let mut times = [0; 64];
    for serial in 0..6400_u32 {
        let tag = tag(hash(1, canonical(&serial.to_be_bytes())));
        times[usize::try_from(tag).unwrap()] += 1;
    }
    assert!(
        times.iter().all(|times| (50..150).contains(times)),
        "{times:?}"
    );
}

/// Two serial numbers have the same canonical octets just if they are the same number: the canonical
/// octets are the fewest that the number has.
#[test]
fn canonical_octets_are_the_fewest_of_the_number() {
    let step = if cfg!(miri) { 41 } else { 1 };
    for first in (0..=0xff).step_by(step) {
        assert_eq!(canonical(&[first]), shortest(value(&[first])));
        for second in (0..=0xff).step_by(step) {
            assert_eq!(
                canonical(&[first, second]),
                shortest(value(&[first, second]))
            );
            for rest in [
                &[0][..],
                &[0x7f],
                &[0x80],
                &[0xff],
                &[0, 0],
                &[0xff, 0xff, 0x80],
            ] {
                let octets = [&[first, second], rest].concat();
                assert_eq!(canonical(&octets), shortest(value(&octets)), "{octets:x?}");
            }
        }
    }
    assert!(canonical(&[]).is_empty());
}

/// Every pair of one octet and of two at the edges.
#[test]
fn a_serial_number_is_found_just_if_it_is_the_same_number() {
    let edges: &[u8] = match cfg!(miri) {
        true => &[0, 0x80, 0xff],
        false => &[0, 1, 0x7f, 0x80, 0xfe, 0xff],
    };
    let step = if cfg!(miri) { 85 } else { 1 };
    let mut encodings: Vec<Vec<u8>> = (0..=0xff)
        .step_by(step)
        .map(|octet| Vec::from([octet]))
        .collect();
    for &first in edges {
        for &second in edges {
            encodings.push(Vec::from([first, second]));
            encodings.push(Vec::from([first, first, second]));
        }
    }
    for listed in &encodings {
        let list = list(&[listed]);
        let facts = Facts::parse(&list).unwrap();
        let mut words = [0; 4];
        let index = Index::new(fill(&list, &facts, &mut words).unwrap()).unwrap();
        for asked in &encodings {
            let is_found = index.find(&list, &facts, asked).is_some();
            assert_eq!(
                is_found,
                value(listed) == value(asked),
                "{listed:x?} {asked:x?}"
            );
        }
    }
}

/// Every index of words that could mean something, for lists of up to three entries.
#[test]
fn an_index_that_is_accepted_finds_what_is_listed_and_nothing_else() {
    let lists: [&[&[u8]]; 7] = [
        &[&[1]],
        &[&[1], &[2]],
        &[&[1], &[1]],
        &[&[1], &[0, 1]],
        &[&[0xff], &[0, 0xff]],
        &[&[1], &[2], &[3]],
        &[&[1], &[2], &[0, 1]],
    ];
    let asked: [&[u8]; 9] = [
        &[0],
        &[1],
        &[2],
        &[3],
        &[4],
        &[0xff],
        &[0, 0xff],
        &[0, 0, 1],
        &[1, 0],
    ];
    for serials in lists.iter().take(if cfg!(miri) { 1 } else { 7 }) {
        let list = list(serials);
        let facts = Facts::parse(&list).unwrap();
        let needed = words(facts.entries_count);
        let mut right = [0; 16];
        let right = fill(&list, &facts, &mut right).unwrap();
        check(&list, &facts, right).unwrap();
        let seed = right[0];
        let mut accepted = 0;
        for seed in [seed, 0, 1] {
            let choices = choices(&list, &facts, seed);
            let slots = u32::try_from(needed - 1).unwrap();
            for number in 0..choices.len().pow(slots) {
                let slot = |place| choices[number / choices.len().pow(place) % choices.len()];
                let mut words = Vec::from([seed]);
                words.extend((0..slots).map(slot));
                if check(&list, &facts, &words).is_err() {
                    continue;
                }
                accepted += 1;
                let index = Index::new(&words).unwrap();
                for serial in asked {
                    let is_listed = serials.iter().any(|listed| value(listed) == value(serial));
                    let found = index.find(&list, &facts, serial);
                    assert_eq!(
                        found.is_some(),
                        is_listed,
                        "{serials:x?} {words:x?} {serial:x?}"
                    );
                }
            }
        }
        assert!(accepted > 0);
    }
}

/// An entry may hold what looks like another one.
#[test]
fn an_index_with_a_slot_for_what_only_looks_like_an_entry_is_refused() {
    let hidden = entry(&[9], &[]);
    let value = element(der::OCTET_STRING, &hidden);
    let kind = element(der::OBJECT_IDENTIFIER, &[42]);
    let extension = element(der::SEQUENCE, &[kind, value].concat());
    let extensions = element(der::SEQUENCE, &extension);
    let list = list_of(&entry(&[1], &extensions));
    let facts = Facts::parse(&list).unwrap();
    let mut words = [0; 4];
    fill(&list, &facts, &mut words).unwrap();
    check(&list, &facts, &words).unwrap();
    let position = list
        .windows(hidden.len())
        .position(|window| window == hidden);
    let offset = u32::try_from(position.unwrap()).unwrap();
    let seed = words[0];
    for tag in 0..64 {
        for place in 1..4 {
            let mut words = words;
            words[place] = tag << OFFSET_BITS | offset;
            assert_eq!(check(&list, &facts, &words), Err(CrlError::IndexMismatch));
        }
    }
    // So that it would be found, were it not refused.
    let hash = hash(seed, &[9]);
    for place in 1..4 {
        let mut words = [seed, 0, 0, 0];
        words[place] = tag(hash) << OFFSET_BITS | offset;
        let index = Index::new(&words).unwrap();
        let is_in_its_place = probes(hash, 3).next() == Some(place - 1);
        assert_eq!(index.find(&list, &facts, &[9]).is_some(), is_in_its_place);
    }
}

/// Words for each entry and for what is none: nothing, an entry under another tag, offsets beside
/// entries, before and behind the list.
fn choices(list: &[u8], facts: &Facts, seed: u32) -> Vec<u32> {
    let mut words = Vec::from([EMPTY, u32::MAX]);
    for entry in entries(list, facts) {
        let start = Span::<u32>::of(list, entry.full).unwrap().start();
        let offset = u32::try_from(start).unwrap();
        let tag = tag(hash(seed, canonical(entry.serial)));
        words.push(tag << OFFSET_BITS | offset);
        if words.len() < 5 {
            words.push((tag ^ 1) << OFFSET_BITS | offset);
            words.push(tag << OFFSET_BITS | (offset + 2));
        }
    }
    words
}

/// UTCTime 700101000000Z.
const TIME: &[u8] = b"\x17\x0d700101000000Z";
