//! How much a refusal costs beside the success of the same chain.
//!
//! By the instructions that callgrind counts, and by the CPU time that both take in turns. Fails if
//! a refusal takes more than [`LIMIT`] times the instructions. `cargo bench --bench refusals`

#[path = "support/callgrind.rs"]
mod callgrind;
#[path = "support/chains.rs"]
mod chains;
#[path = "support/clock.rs"]
mod clock;
#[path = "support/processor.rs"]
mod processor;
#[path = "support/refusals.rs"]
mod refusals;
#[path = "support/sorted.rs"]
mod sorted;

use core::hint::black_box;
use std::io;
use std::process::ExitCode;

use portcullis::VerifyStatus;
use processor::processor_time;
use refusals::{Judged, KINDS, POLICIES, Refusal};
use sorted::Sorted;

/// How many times the instructions of the success a refusal may cost.
const LIMIT: f64 = 1.5;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let chosen = all();
    if arguments.iter().any(|argument| argument == CHILD) {
        for (_, refusal) in &chosen {
            for judged in [&refusal.passing, &refusal.refused] {
                // Whatever is done once in the life of a process is done now.
                let _ = judged.verify();
                let _ = measured(judged);
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let folder = tempfile::tempdir()?;
    let counts = callgrind::count(MEASURED, 2 * chosen.len(), &[CHILD], folder.path())?;
    println!(
        "| keys, policy | refused for | status | thousand instructions | success | ratio | us | success | ratio (p10 to p90) |"
    );
    println!("|---|---|---|--:|--:|--:|--:|--:|--:|");
    let mut excessive = Vec::new();
    for ((rules, refusal), counts) in chosen.iter().zip(counts.chunks_exact(2)) {
        let [success, refused] = [&counts[0], &counts[1]].map(|count| count.instructions as f64);
        if refused > LIMIT * success {
            excessive.push((refusal.name, &counts[1]));
        }
        let times = Times::measure(refusal);
        println!(
            "| {rules} | {} | {} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.2} |",
            refusal.name,
            refusal.reason,
            refused / 1e3,
            success / 1e3,
            refused / success,
            times.refused.quantile(0.5),
            times.success.quantile(0.5),
            times.ratio,
        );
    }
    for (name, refused) in &excessive {
        println!("\n{name}:");
        for line in refused.hottest()? {
            println!("  {line}");
        }
    }
    println!(
        "\n{} refusals, {} over {LIMIT} times the instructions",
        chosen.len(),
        excessive.len()
    );
    Ok(match excessive.len() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// With the name of their keys and policy.
fn all() -> Vec<(String, Refusal)> {
    let mut all = Vec::new();
    for kind in KINDS {
        for (name, policy) in POLICIES {
            let named = |refusal| (format!("{}, {name}", kind.name), refusal);
            all.extend(refusals::refusals(kind, policy).into_iter().map(named));
        }
    }
    all
}

#[inline(never)]
fn measured(judged: &Judged) -> VerifyStatus {
    black_box(black_box(judged).verify())
}

/// In microseconds.
struct Times {
    refused: Sorted,
    success: Sorted,
    /// Within each round.
    ratio: Sorted,
}

impl Times {
    fn measure(refusal: &Refusal) -> Self {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let mut times = [0.0; 2];
            for turn in 0..2 {
                let which = (turn + round) % 2;
                let judged = [&refusal.refused, &refusal.passing][which];
                let started = processor_time();
                for _ in 0..PASSES {
                    let _ = measured(judged);
                }
                let time = (processor_time() - started).as_secs_f64();
                times[which] = time * 1e6 / f64::from(PASSES);
            }
            rounds.push(times);
        }
        let of = |value: fn(&[f64; 2]) -> f64| Sorted::new(rounds.iter().map(value));
        Self {
            refused: of(|[refused, _]| *refused),
            success: of(|[_, success]| *success),
            ratio: of(|[refused, success]| refused / success),
        }
    }
}

const ROUNDS: usize = 60;
const PASSES: u32 = 24;

/// How the process that is measured is told so.
const CHILD: &str = "--verify-each-once";

/// Callgrind finds it by name.
const MEASURED: &str = concat!(module_path!(), "::measured");
