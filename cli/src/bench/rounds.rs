//! Contenders in turns, so that whatever the machine does meanwhile happens to all of them.

use core::time::Duration;
use std::time::Instant;

use super::interrupt::Interrupt;
use super::pool::{Latencies, Load, Pool, Task, Work};

/// What came of it.
pub(super) struct Measurement {
    /// In the order of the load's contenders.
    pub(super) sides: Vec<Side>,
    /// The first contender's time for one verification over the second's, of each whole round, in
    /// order of size.
    pub(super) ratios: Vec<f64>,
    /// How long it all took.
    pub(super) elapsed: Duration,
}

/// What one contender did.
pub(super) struct Side {
    pub(super) verifications: u64,
    /// While its turn was.
    pub(super) time: Duration,
    pub(super) latencies: Latencies,
}

impl Measurement {
    /// Measures for that long, and one round at least unless it is interrupted.
    pub(super) fn take(load: Load<'_>, threads: u16, seconds: Duration) -> anyhow::Result<Self> {
        let ((totals, mut ratios, elapsed), latencies) = Pool::with(load, threads, |pool| {
            let passes = warm_up(load, pool, seconds)?;
            measure(load.interrupt, pool, seconds, &passes)
        })?;
        ratios.sort_by(f64::total_cmp);
        let sides = totals
            .into_iter()
            .zip(latencies)
            .map(|((verifications, time), latencies)| Side {
                verifications,
                time,
                latencies,
            })
            .collect();
        Ok(Self {
            sides,
            ratios,
            elapsed,
        })
    }
}

/// Lets everybody run until caches and branch predictors know the code, and gives how many passes
/// each has to make for a turn.
fn warm_up(load: Load<'_>, pool: &Pool, seconds: Duration) -> anyhow::Result<Vec<u64>> {
    let turn = LONGEST_TURN.min(seconds / TURNS_AT_LEAST).as_secs_f64();
    (0..load.contenders.len())
        .map(|contender| {
            let work = Work::WarmUp(LONGEST_WARM_UP.min(seconds / 10));
            let slice = pool.run(Task { contender, work })?;
            // Of all threads together: each makes so many passes, at the same time.
            let pass = slice.each() * load.chains.len() as f64 * pool.threads() as f64;
            Ok((turn / pass).round().clamp(1.0, MOST_PASSES) as u64)
        })
        .collect()
}

type Totals = Vec<(u64, Duration)>;

fn measure(
    interrupt: &Interrupt,
    pool: &Pool,
    seconds: Duration,
    passes: &[u64],
) -> anyhow::Result<(Totals, Vec<f64>, Duration)> {
    let mut totals = vec![(0, Duration::ZERO); passes.len()];
    let mut ratios = Vec::new();
    let started = Instant::now();
    for round in 0_usize.. {
        let mut each = vec![0.0; passes.len()];
        for turn in 0..passes.len() {
            // Nobody always goes first.
            let contender = (turn + round) % passes.len();
            let work = Work::Measure {
                passes: passes[contender],
            };
            let slice = pool.run(Task { contender, work })?;
            totals[contender].0 += slice.verifications;
            totals[contender].1 += slice.time();
            each[contender] = slice.each();
        }
        // The last round was cut short.
        if interrupt.came() {
            break;
        }
        if let [ours, theirs] = each[..] {
            ratios.push(ours / theirs);
        }
        if started.elapsed() >= seconds {
            break;
        }
    }
    Ok((totals, ratios, started.elapsed()))
}

/// Short beside what else a machine does, long beside waking threads up.
const LONGEST_TURN: Duration = Duration::from_millis(20);
const TURNS_AT_LEAST: u32 = 20;
const LONGEST_WARM_UP: Duration = Duration::from_millis(500);
/// No more than a float holds exactly.
const MOST_PASSES: f64 = 1e15;
