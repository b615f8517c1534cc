//! All peers in turns on the same chains.

use core::time::Duration;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use portcullis_fixtures::Random;

use crate::peer::{Peer, Verdict, Work};
use crate::programs::Program;
use crate::sorted::Sorted;
use crate::subject::Subject;

const SECONDS_FOR_A_BATCH: f64 = 800e-6;
/// Passes before those of a batch, for the code to be back in the caches.
const WARM_UP: usize = 16;
/// The slow ones sit out most rounds, so that there are enough of them.
const SLOW: f64 = 1e-3;
const SLOW_EVERY: usize = 8;
/// With this many rounds a peer is done, however slow it is.
const FEWEST: usize = 3 * SLOW_EVERY;

/// What the peers take for a subject, in the order of the programs; none if one does not take part.
pub(crate) struct Measured {
    pub(crate) subject: Subject,
    pub(crate) peers: Vec<Option<Times>>,
}

/// In microseconds, of all rounds.
pub(crate) struct Times {
    pub(crate) floor: Sorted,
    pub(crate) whole: Sorted,
    /// Within each round.
    pub(crate) ratio: Sorted,
}

/// Measures everybody who gives the right verdicts.
pub(crate) fn measure(
    programs: &[Program],
    subject: Subject,
    length: Duration,
) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    subject.write(folder.path())?;
    let mut turns = Vec::new();
    for program in programs {
        let peer = start(program, subject, folder.path()).context(program.name)?;
        turns.push(peer.map(Turns::new).transpose().context(program.name)?);
    }
    // They have read everything.
    folder.close()?;

    let mut random = Random::new(1);
    let mut order: Vec<_> = turns.iter_mut().flatten().collect();
    let started = Instant::now();
    for round in 0.. {
        if started.elapsed() > length && round >= FEWEST {
            break;
        }
        // Nobody always comes after the same one, who leaves caches and predictors behind.
        for left in (1..=order.len()).rev() {
            order.swap(left - 1, random.below(left));
        }
        for turns in &mut order {
            turns.take(round)?;
        }
    }
    let times = |turns: Option<Turns>| turns.map(Turns::times);
    Ok(Measured {
        subject,
        peers: turns.into_iter().map(times).collect(),
    })
}

/// Whether everybody gives the right verdicts.
pub(crate) fn check(programs: &[Program], subject: Subject) -> Result<()> {
    let folder = tempfile::tempdir()?;
    subject.write(folder.path())?;
    for program in programs {
        start(program, subject, folder.path()).context(program.name)?;
    }
    Ok(())
}

/// A peer that accepts what it should accept and nothing else; none if it does not take part.
fn start(program: &Program, subject: Subject, folder: &Path) -> Result<Option<Peer>> {
    if !program.takes(subject) {
        return Ok(None);
    }
    let mut peer = Peer::start(program.command(folder))?;
    let revoked = match subject.entries {
        0 => Verdict::Passes,
        _ => Verdict::Revoked,
    };
    for (leaf, expected) in [
        ("leaf-0", Verdict::Passes),
        ("revoked", revoked),
        ("forged", Verdict::Fails),
        ("for-servers", Verdict::Fails),
    ] {
        let judged = peer.judge(leaf)?;
        ensure!(judged == expected, "{leaf}: {}", judged.as_str());
    }
    Ok(Some(peer))
}

/// What a peer has done so far.
struct Turns {
    peer: Peer,
    plans: [Plan; 2],
    /// The times of the floor and of the verification in each round that it took part in.
    rounds: Vec<[f64; 2]>,
}

#[derive(Clone, Copy)]
struct Plan {
    work: Work,
    warm: usize,
    passes: usize,
}

impl Turns {
    fn new(mut peer: Peer) -> Result<Self> {
        let mut plan = |work| -> Result<Plan> {
            // What is put off until the first time, as OpenSSL's sorting, is not measured.
            let mut each = peer.time(work, 1, 1, 0)? / 1e6;
            if each < SLOW {
                each = peer.time(work, 20, 100, 0)? / 1e6;
            }
            Ok(Plan {
                work,
                warm: if each < SLOW { WARM_UP } else { 0 },
                passes: (SECONDS_FOR_A_BATCH / each).ceil() as usize,
            })
        };
        Ok(Self {
            plans: [plan(Work::Floor)?, plan(Work::Verify)?],
            peer,
            rounds: Vec::new(),
        })
    }

    fn take(&mut self, round: usize) -> Result<()> {
        let is_slow = self.plans.iter().any(|plan| plan.warm == 0);
        if is_slow && !round.is_multiple_of(SLOW_EVERY) {
            return Ok(());
        }
        let mut times = [0.0; 2];
        for turn in 0..2 {
            let which = (turn + round / SLOW_EVERY + round) % 2;
            let Plan { work, warm, passes } = self.plans[which];
            times[which] = self.peer.time(work, warm, passes, round * 24)?;
        }
        self.rounds.push(times);
        Ok(())
    }

    fn times(self) -> Times {
        let of = |value: fn(&[f64; 2]) -> f64| Sorted::new(self.rounds.iter().map(value));
        Times {
            floor: of(|[floor, _]| *floor),
            whole: of(|[_, whole]| *whole),
            ratio: of(|[floor, whole]| whole / floor),
        }
    }
}
