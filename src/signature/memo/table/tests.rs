//! A table against a set, under a flood, and under two threads.

use core::array;
use core::sync::atomic::AtomicBool;
use std::boxed::Box;
use std::collections::HashSet;
use std::thread;
use std::vec::Vec;

use super::*;

#[test]
fn nothing_is_found_that_was_not_remembered_and_much_that_was() {
    let places = [2, 3, 8, 9, 100, 1000];
    for memo in places.map(Memo::new) {
        let table = memo.table();
        let mut remembered = HashSet::new();
        let mut random = Random(1);
        for _ in 0..50_000 {
            let digest = Random(random.next() % 2000).digest();
            if random.next().is_multiple_of(2) {
                table.remember(&digest);
                remembered.insert(digest);
                assert!(table.find(&digest));
            } else {
                assert!(!table.find(&digest) || remembered.contains(&digest));
            }
        }
        let of_them = remembered.iter().filter(|digest| table.find(digest));
        let found = of_them.count();
        // Looking moves what is found, but drops nothing.
        assert!(found <= memo.places.len());
        assert!(found * 10 >= memo.places.len() * 9, "{found}");
    }
}

/// Every sequence of so many steps, each of which remembers or looks for one of three digests, in
/// tables of one bucket, a part of one, and two that share a version.
#[test]
fn no_short_sequence_finds_what_was_not_remembered() {
    let digests = [
        [1; 8],
        [2, 1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, u32::MAX],
    ];
    let steps = if cfg!(miri) { 3 } else { 6 };
    for places in [1, 2, 3, 8, 9, 8 * VERSIONS + 1] {
        for number in 0..6_usize.pow(steps) {
            let memo = Memo::new(places);
            let mut remembered = [false; 3];
            for step in 0..steps {
                let choice = number / 6_usize.pow(step) % 6;
                let (digest, is_known) = (&digests[choice % 3], &mut remembered[choice % 3]);
                if choice < 3 {
                    memo.table().remember(digest);
                    *is_known = true;
                    assert!(memo.table().find(digest));
                } else {
                    let is_found = memo.table().find(digest);
                    assert!(*is_known || !is_found, "{places} {number}");
                    // Three have room in eight places.
                    assert!(places < 8 || is_found == *is_known, "{places} {number}");
                }
            }
        }
    }
}

#[test]
fn one_word_makes_another_digest() {
    let memo = Memo::new(8);
    let digest = Random(7).digest();
    memo.table().remember(&digest);
    assert!(memo.table().find(&digest));
    for word in 0..8 {
        for bit in 0..32 {
            let mut other = digest;
            other[word] ^= 1 << bit;
            assert!(!memo.table().find(&other), "bit {bit} of word {word}");
        }
    }
}

#[test]
fn what_an_empty_place_holds_is_not_found() {
    assert!(!Memo::new(4).table().find(&EMPTY));
}

#[test]
fn without_places_nothing_is_remembered() {
    let memo = Memo::new(0);
    memo.table().remember(&Random(1).digest());
    assert!(!memo.table().find(&Random(1).digest()));
}

#[test]
fn one_place_holds_the_last() {
    let memo = Memo::new(1);
    for seed in 1..100 {
        memo.table().remember(&Random(seed).digest());
        assert!(memo.table().find(&Random(seed).digest()));
        assert!(!memo.table().find(&Random(seed - 1).digest()));
    }
}

#[test]
fn remembering_twice_takes_one_place() {
    let memo = Memo::new(8);
    for seed in 1..=8 {
        for _ in 0..10 {
            memo.table().remember(&Random(seed).digest());
        }
    }
    assert!((1..=8).all(|seed| memo.table().find(&Random(seed).digest())));
}

#[test]
fn a_digest_that_stays_where_it_is_is_not_written() {
    let memo = Memo::new(8);
    for seed in 1..=8 {
        memo.table().remember(&Random(seed).digest());
    }
    let versions = || {
        memo.versions
            .0
            .each_ref()
            .map(|version| version.load(Ordering::Relaxed))
    };
    let before = versions();
    assert!((1..=6).all(|seed| memo.table().find(&Random(seed).digest())));
    assert_eq!(versions(), before);
}

/// Whether each writer asks, or only every second or sixteenth.
#[test]
fn each_settled_place_has_its_turn() {
    let memo = Memo::new(6);
    for step in [2, 4, 32] {
        let mut turns = [0; 6];
        for number in 0..600 {
            let place = turn(&memo.places, number * step).unwrap();
            let index = memo.places.iter().position(|it| core::ptr::eq(it, place));
            turns[index.unwrap()] += 1;
        }
        let is_fair = |times| (80..=120).contains(times);
        assert!(turns.iter().all(is_fair), "{step}: {turns:?}");
    }
    assert!(turn(&[], 2).is_none());
}

#[test]
fn a_large_table_has_versions_for_all_its_buckets() {
    let buckets = if cfg!(miri) { 40 } else { 3000 };
    let memo = Memo::new(buckets * PLACES);
    for bucket in 0..buckets as u64 {
        // The middle of what the bucket takes.
        let selector = ((2 * bucket + 1) << 31) / buckets as u64;
        let digest = [1, 1, 1, 1, 1, 1, 1, selector as u32];
        memo.table().remember(&digest);
        assert!(memo.table().find(&digest), "{bucket}");
    }
    let of_one = memo.places.chunks(PLACES);
    assert!(of_one.map(|bucket| bucket[0].get()).all(|it| it != EMPTY));
}

/// After every so many newcomers, two known CAs are asked for.
#[test]
fn a_million_that_come_once_push_out_no_known_ca() {
    for (places, every, percent) in [(4096, 1000, 99.0), (64, 100, 90.0), (8, 10, 90.0)] {
        let memo = Memo::new(places);
        let mut flood = Flood::new(&memo, every);
        flood.meet_cas();
        flood.run(1_000_000, 1);
        let known = flood.percent();
        assert!(known >= percent, "{places}: {known}");
    }
}

#[test]
fn a_ca_that_comes_in_the_middle_of_them_gets_in() {
    let memo = Memo::new(4096);
    let mut flood = Flood::new(&memo, 100);
    flood.run(300_000, 1);
    let known = flood.percent();
    assert!(known >= 99.0, "{known}");
}

#[test]
fn neither_do_those_that_come_three_times() {
    let memo = Memo::new(4096);
    let mut flood = Flood::new(&memo, 100);
    flood.run(300_000, 3);
    let known = flood.percent();
    assert!(known >= 90.0, "{known}");
}

#[test]
fn those_that_were_known_once_give_way_to_those_that_are_met_now() {
    let memo = Memo::new(256);
    for clients in [0..128, 1000..1128] {
        for _ in 0..20 {
            for client in clients.clone() {
                if !memo.table().find(&Random(client).digest()) {
                    memo.table().remember(&Random(client).digest());
                }
            }
        }
        let known = clients.filter(|client| memo.table().find(&Random(*client).digest()));
        assert!(known.count() >= 115);
    }
}

#[test]
fn a_mix_of_two_digests_is_never_found_while_both_are_written() {
    let memo = Memo::new(4);
    let digests = [[1; 8], [2; 8], [3; 8], [4; 8], [5; 8], [6; 8]];
    let is_over = AtomicBool::new(false);
    let times = if cfg!(miri) { 40 } else { 300_000 };
    thread::scope(|scope| {
        for start in 0..2 {
            let (memo, is_over) = (&memo, &is_over);
            scope.spawn(move || {
                for digest in digests.iter().cycle().skip(start * 3).take(times) {
                    memo.table().remember(digest);
                    memo.table().find(digest);
                }
                is_over.store(true, Ordering::Relaxed);
            });
        }
        let mixes: Vec<Digest> = (1..=6)
            .flat_map(|left| (1..=6).map(move |right| (left, right)))
            .filter(|(left, right)| left != right)
            .flat_map(|pair| (1..8).map(move |words| mix(pair, words)))
            .collect();
        while !is_over.load(Ordering::Relaxed) {
            assert!(mixes.iter().all(|mix| !memo.table().find(mix)));
        }
    });
    // Nor has any stayed: a writer is alone.
    assert!(
        memo.places
            .iter()
            .all(|place| digests.contains(&place.get()))
    );
    let of_them = digests.iter().filter(|digest| memo.table().find(digest));
    assert!(of_them.count() >= 1);
}

#[test]
fn a_bucket_that_is_being_written_is_left_alone() {
    let memo = Memo::new(4);
    memo.table().remember(&[1; 8]);
    let version = &memo.versions.0[0];
    version.store(version.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    assert!(!memo.table().find(&[1; 8]));
    memo.table().remember(&[2; 8]);
    version.store(version.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    assert!(memo.table().find(&[1; 8]));
    assert!(!memo.table().find(&[2; 8]));
}

#[test]
fn of_two_writers_that_begin_at_once_the_second_leaves_the_bucket_alone() {
    let memo = Memo::new(4);
    let bucket = memo.table().bucket(&[1; 8]).unwrap();
    let version = bucket.version.load(Ordering::Relaxed);
    bucket.write(version, || memo.places[0].set(&[1; 8]));
    bucket.write(version, || memo.places[0].set(&[2; 8]));
    assert_eq!(memo.places[0].get(), [1; 8]);
    assert!(memo.table().find(&[1; 8]));
}

fn mix((left, right): (u32, u32), words: usize) -> Digest {
    array::from_fn(|index| if index < words { left } else { right })
}

/// Places without their owner.
struct Memo {
    versions: Versions,
    places: Box<[Place]>,
}

impl Memo {
    fn new(places: usize) -> Self {
        Self {
            versions: Versions::new(),
            places: (0..places).map(|_| Place::new()).collect(),
        }
    }

    fn table(&self) -> Table<'_> {
        Table::new(&self.versions, &self.places)
    }
}

/// Newcomers without end, and between them two known CAs.
struct Flood<'m> {
    table: Table<'m>,
    every: u64,
    /// Whether a CA was known, each time that it was met.
    answers: Vec<bool>,
}

impl<'m> Flood<'m> {
    fn new(memo: &'m Memo, every: u64) -> Self {
        Self {
            table: memo.table(),
            every,
            answers: Vec::new(),
        }
    }

    fn meet_cas(&mut self) {
        for _ in 0..3 {
            self.meet_each_ca();
        }
        self.answers.clear();
    }

    fn percent(&self) -> f64 {
        let hits = self.answers.iter().filter(|is_known| **is_known).count();
        hits as f64 / self.answers.len() as f64 * 100.0
    }

    fn run(&mut self, newcomers: u64, times: usize) {
        for newcomer in 1..=newcomers {
            let digest = Random(newcomer << 8).digest();
            assert!(!self.table.find(&digest));
            for _ in 0..times {
                if !self.table.find(&digest) {
                    self.table.remember(&digest);
                }
            }
            if newcomer.is_multiple_of(self.every) {
                self.meet_each_ca();
            }
        }
    }

    fn meet_each_ca(&mut self) {
        for ca in 1..=2 {
            let digest = Random(ca).digest();
            let is_known = self.table.find(&digest);
            if !is_known {
                self.table.remember(&digest);
            }
            self.answers.push(is_known);
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn digest(mut self) -> Digest {
        [(); 8].map(|()| (self.next() >> 32) as u32)
    }
}
