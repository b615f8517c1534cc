//! Verifications with a list and without, in turns.

use core::hint::black_box;
use std::time::Instant;

use portcullis::Certificate;
use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::Random;
use webpki::{BorrowedCertRevocationList, OwnedCertRevocationList};

use crate::measure::seconds;
use crate::peers::{Portcullis, Verdict, Verifier, Webpki};
use crate::sorted::Sorted;
use crate::subject::{LEAVES, Subject};

pub(crate) const HEADER: &str = "\
| entries | | Portcullis | Portcullis, alone | webpki Borrowed | webpki Owned | OpenSSL |
|--:|---|--:|--:|--:|--:|--:|";
pub(crate) const WHOLE_HEADER: &str = "\
| entries | | Portcullis without | with | webpki without | Borrowed | Owned | OpenSSL without | with |
|--:|---|--:|--:|--:|--:|--:|--:|--:|";

const SECONDS_FOR_A_ROW: f64 = 5.0;
const SECONDS_ALONE: f64 = 2.0;
const SECONDS_FOR_A_BATCH: f64 = 400e-6;
/// Passes before those of a batch, for the code to be back in the caches.
const WARM_UP: usize = 8;
/// The slow ones sit out most rounds, so that there are enough of them.
const SLOW: f64 = 1e-3;
const SLOW_EVERY: usize = 8;

/// The ways, as the columns of a row.
const PORTCULLIS: [usize; 2] = [0, 1];
const BORROWED: [usize; 2] = [2, 3];
const OWNED: [usize; 2] = [2, 4];
const OPENSSL: [usize; 2] = [5, 6];

/// The times of one list, for leaves that are in it or that are not.
pub(crate) struct Row {
    name: String,
    /// Of each round and way the microseconds that a verification took.
    rounds: Vec<Round>,
    /// The same of Portcullis when nobody else takes turns and empties the caches.
    alone: Vec<Round>,
}

type Round = Vec<Option<f64>>;

impl Row {
    pub(crate) fn measure(subject: &Subject, is_hit: bool) -> Self {
        let mut ours = Portcullis::new(&subject.root);
        if let Some(list) = &subject.list {
            ours.load(list.clone());
        }
        let bare = Portcullis::new(&subject.root);
        let list = subject.list.as_deref();
        let borrowed = list.map(|list| {
            BorrowedCertRevocationList::from_der(list)
                .expect("a list")
                .into()
        });
        let owned = list.map(|list| {
            OwnedCertRevocationList::from_der(list)
                .expect("a list")
                .into()
        });
        let webpki = [None, borrowed, owned].map(|list| Webpki::new(&subject.root, list));
        let mut ways: Vec<&dyn Verifier> = vec![&bare, &ours];
        ways.extend(webpki.iter().map(|way| way as &dyn Verifier));
        #[cfg(feature = "openssl")]
        let openssl = {
            use crate::openssl::OpenSsl;
            let file = subject.list.as_deref().map(crate::load::file_of);
            let path = file.as_ref().map(tempfile::NamedTempFile::path);
            [None, path].map(|list| OpenSsl::new(&subject.root, list))
        };
        #[cfg(feature = "openssl")]
        ways.extend(openssl.iter().map(|way| way as &dyn Verifier));

        let expected = |way| match is_hit && ![0, 2, 5].contains(&way) {
            true => Verdict::Revoked,
            false => Verdict::Passes,
        };
        let leaves = subject.leaves(is_hit);
        let plans: Vec<_> = ways
            .iter()
            .enumerate()
            .map(|(number, way)| Plan::new(*way, expected(number), leaves))
            .collect();
        let kind = match (subject.entries, is_hit) {
            (0, _) => "no CRL",
            (_, false) => "miss",
            (_, true) => "hit",
        };
        Self {
            name: format!("| {} | {kind}", subject.entries),
            rounds: rounds(&plans, leaves, SECONDS_FOR_A_ROW),
            alone: rounds(&plans[..2], leaves, SECONDS_ALONE),
        }
    }

    /// What each takes more than without a list; of no list, how much two measurements differ.
    pub(crate) fn extra(&self) -> String {
        let mut row = self.name.clone();
        for (rounds, [without, with]) in [
            (&self.rounds, PORTCULLIS),
            (&self.alone, PORTCULLIS),
            (&self.rounds, BORROWED),
            (&self.rounds, OWNED),
            (&self.rounds, OPENSSL),
        ] {
            let extra = rounds.iter().filter_map(|round| {
                let of = |way| round.get(way).copied().flatten();
                Some(of(with)? - of(without)?)
            });
            row += &format!(" | {}", Sorted::new(extra));
        }
        row + " |"
    }

    pub(crate) fn whole(&self) -> String {
        let mut row = self.name.clone();
        for way in 0..7 {
            let times = self
                .rounds
                .iter()
                .filter_map(|round| round.get(way).copied().flatten());
            row += &format!(" | {}", Sorted::new(times));
        }
        row + " |"
    }
}

struct Plan<'w> {
    way: &'w dyn Verifier,
    expected: Verdict,
    passes: usize,
    is_slow: bool,
}

impl<'w> Plan<'w> {
    fn new(way: &'w dyn Verifier, expected: Verdict, leaves: &[CertificateDer<'static>]) -> Self {
        // What is put off until the first time, as OpenSSL's sorting, is not measured.
        assert_eq!(way.verify(&leaves[0]), expected);
        let (each, _) = seconds(|| way.verify(&leaves[1]));
        let mut plan = Self {
            way,
            expected,
            passes: 1,
            is_slow: each > SLOW,
        };
        if !plan.is_slow {
            plan.passes = 100;
            let each = plan.microseconds(leaves, 0) / 1e6;
            plan.passes = (SECONDS_FOR_A_BATCH / each).ceil() as usize;
        }
        plan
    }

    /// The time of one pass, from so many in a row.
    fn microseconds(&self, leaves: &[CertificateDer<'static>], first: usize) -> f64 {
        let mut leaves = leaves.iter().cycle().skip(first % leaves.len());
        if !self.is_slow {
            for leaf in leaves.by_ref().take(WARM_UP) {
                self.way.verify(black_box(leaf));
            }
        }
        let (whole, ()) = seconds(|| {
            for leaf in leaves.take(self.passes) {
                assert_eq!(self.way.verify(black_box(leaf)), self.expected);
            }
        });
        whole * 1e6 / self.passes as f64
    }
}

fn rounds(plans: &[Plan<'_>], leaves: &[CertificateDer<'static>], length: f64) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    let count = plans.len();
    let mut order: Vec<_> = (0..count).collect();
    let mut random = Random::new(1);
    let started = Instant::now();
    while started.elapsed().as_secs_f64() < length {
        let number = rounds.len();
        let mut times = vec![None; count];
        // Nobody always comes after the same one, who leaves caches and predictors behind.
        for left in (1..=count).rev() {
            order.swap(left - 1, random.below(left));
        }
        for &way in &order {
            let plan = &plans[way];
            if !plan.is_slow || number.is_multiple_of(SLOW_EVERY) {
                // The same leaves for all, the next ones each round.
                times[way] = Some(plan.microseconds(leaves, number * 24));
            }
        }
        rounds.push(times);
    }
    rounds
}

/// A look-up alone, for leaves that are not in the list and that are.
pub(crate) fn look_up(subject: &Subject) -> String {
    let mut ours = Portcullis::new(&subject.root);
    ours.load(subject.list().to_vec());
    let mut row = format!("| {}", subject.entries);
    for is_hit in [false, true] {
        let leaves = subject.leaves(is_hit).iter();
        let leaves: Vec<_> = leaves
            .map(|leaf| Certificate::parse(leaf).expect("a leaf"))
            .collect();
        let times = (0..2000).map(|_| {
            let (time, ()) = seconds(|| {
                for leaf in &leaves {
                    let is_revoked = ours.0.is_revoked(leaf.issuer(), black_box(leaf.serial()));
                    assert_eq!(is_revoked, is_hit);
                }
            });
            time * 1e9 / LEAVES as f64
        });
        row += &format!(" | {}", Sorted::new(times));
    }
    row + " |"
}
