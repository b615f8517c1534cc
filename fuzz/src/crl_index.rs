//! An index that somebody else made: one that is accepted hides no entry and makes none up.

use std::sync::LazyLock;

use portcullis::Crl;
use portcullis_fixtures::{Certificate, CrlBuilder, CrlEntry, Key, serials};

use crate::agreement::without_allocation;
use crate::crl::{look_up, probes};
use crate::input::Input;

/// An octet that chooses a list, one that tells what the index is made of, and what it is made of:
/// words, or changes to the right index.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let list = &LISTS[usize::from(input.octet()) % LISTS.len()];
    let right = Crl::from_der(list.clone()).expect("a list");
    let kind = input.octet();
    let index = match kind % 3 {
        0 => {
            let mut words = Vec::new();
            while !input.is_empty() && words.len() <= right.index().len() {
                words.push(word(&mut input));
            }
            words
        }
        1 => {
            let mut words = right.index().to_vec();
            for _ in 0..=kind / 3 {
                change(&mut words, &mut input);
            }
            words
        }
        // Of another list altogether.
        _ => {
            let other = &LISTS[usize::from(input.octet()) % LISTS.len()];
            let other = Crl::from_der(other.clone()).expect("a list");
            other.index().to_vec()
        }
    };
    let entries: Vec<_> = right
        .revocations()
        .map(|entry| entry.serial.as_bytes())
        .collect();
    let step = (entries.len() / 8).max(1);
    let listed = entries.iter().step_by(step).take(8).copied();
    let neighbours = NEIGHBOURS.iter().map(Vec::as_slice);
    let probes = probes(&listed.chain(neighbours).collect::<Vec<_>>());
    without_allocation(|| {
        if let Ok(crl) = Crl::with_index(list, &index) {
            look_up(&crl, &probes);
            // All of them, not just some: none may be hidden.
            for entry in right.revocations() {
                assert!(crl.find(entry.serial).is_some());
            }
        }
    });
}

fn word(input: &mut Input<'_>) -> u32 {
    u32::from(input.number()) | u32::from(input.number()) << 16
}

/// One change: a word replaced, two exchanged, one moved, or the length.
fn change(words: &mut Vec<u32>, input: &mut Input<'_>) {
    let kind = input.octet();
    let (one, other) = (usize::from(input.number()), usize::from(input.number()));
    if words.is_empty() {
        words.push(word(input));
        return;
    }
    let (one, other) = (one % words.len(), other % words.len());
    match kind % 6 {
        0 => words[one] = word(input),
        1 => words.swap(one, other),
        2 => words[one] = words[other],
        3 => words[one] ^= 1 << (other % 32),
        4 => {
            let word = words.remove(one);
            words.insert(other, word);
        }
        _ if kind & 0x80 == 0 => words.truncate(one),
        _ => words.push(word(input)),
    }
}

/// Lists of few entries and of many, with repeated, padded and negative serial numbers.
static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let ca = Certificate::ca("Root", Key::p256(0));
    let list = |serials: Vec<Vec<u8>>| {
        let entries = serials.into_iter().map(CrlEntry::new);
        CrlBuilder::new()
            .entries(entries)
            .issued_by(&ca)
            .der()
            .to_vec()
    };
    vec![
        list(vec![]),
        list(vec![vec![1]]),
        list(vec![vec![1], vec![2]]),
        list(vec![vec![1], vec![0, 1], vec![0, 0, 1]]),
        list(vec![vec![0xff], vec![0, 0xff], vec![0xff, 0xff]]),
        list(serials::random(20, 1).take(7).collect()),
        list(serials::counting_up(0).take(30).collect()),
        list(serials::negative(8, 1).take(40).collect()),
        list(serials::common_prefix(16).take(100).collect()),
        list(serials::random(20, 2).take(300).collect()),
    ]
});

/// Serial numbers that are near those of the lists, and on some of them.
static NEIGHBOURS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut serials = vec![
        vec![0],
        vec![1],
        vec![0, 2],
        vec![3],
        vec![0xff],
        vec![0, 0xff],
        vec![0x80],
    ];
    serials.extend(serials::random(20, 3).take(1));
    serials
});
