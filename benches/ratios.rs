//! How much a verdict costs beside the signature checks it needs, and beside webpki.
//!
//! The three ways take turns in short batches, so that whatever the machine does meanwhile happens
//! to all of them; a table of medians comes out.
//! `cargo bench --bench ratios [-- [FILTER] [--seconds=S]]`

#[path = "support/processor.rs"]
mod processor;
#[path = "support/sorted.rs"]
mod sorted;
mod support;

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use processor::processor_time;
use sorted::Sorted;
use support::Case;

const SECONDS_FOR_A_CASE: f64 = 4.0;
const TIME_FOR_A_BATCH: Duration = Duration::from_micros(400);
/// Passes before those of a batch.
const WARM_UP: usize = 2;

fn main() {
    let filter = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_default();
    let seconds = std::env::args()
        .find_map(|argument| argument.strip_prefix("--seconds=")?.parse().ok())
        .unwrap_or(SECONDS_FOR_A_CASE);
    for backend in support::backends() {
        println!("\n### {}\n", backend.name);
        println!(
            "| chain | floor us | portcullis us | ratio (p10 to p90) | extra us | webpki us | ratio |"
        );
        println!("|---|--:|--:|--:|--:|--:|--:|");
        let cases = support::cases(&backend);
        for case in cases.iter().filter(|case| case.name.contains(&filter)) {
            println!("{}", row(case, Duration::from_secs_f64(seconds)));
        }
    }
}

/// Measures one case for that long.
fn row(case: &Case, time: Duration) -> String {
    let ways: [fn(&Case) -> bool; 3] = [Case::floor, Case::portcullis, Case::webpki];
    let passes = passes_in_a_batch(case);
    let mut rounds = Vec::new();
    let started = Instant::now();
    while started.elapsed() < time {
        let mut times = [0.0; 3];
        // No way is always the one that comes first, or after the same other one.
        for turn in 0..3 {
            let way = match rounds.len() % 2 {
                0 => (turn + rounds.len() / 2) % 3,
                _ => (2 - turn + rounds.len() / 2) % 3,
            };
            times[way] = microseconds(case, ways[way], passes);
        }
        rounds.push(times);
    }
    let of = |value: fn(&[f64; 3]) -> f64| Sorted::new(rounds.iter().map(value));
    let ratio = of(|[floor, ours, _]| ours / floor);
    format!(
        "| {} | {:.2} | {:.2} | {:.3} ({:.3} to {:.3}) | {:.2} | {:.2} | {:.3} |",
        case.name,
        of(|times| times[0]).quantile(0.5),
        of(|times| times[1]).quantile(0.5),
        ratio.quantile(0.5),
        ratio.quantile(0.1),
        ratio.quantile(0.9),
        of(|[floor, ours, _]| ours - floor).quantile(0.5),
        of(|times| times[2]).quantile(0.5),
        of(|[floor, _, webpki]| webpki / floor).quantile(0.5),
    )
}

fn passes_in_a_batch(case: &Case) -> u32 {
    let warm_up = 200;
    let each = microseconds(case, Case::floor, warm_up);
    (TIME_FOR_A_BATCH.as_secs_f64() * 1e6 / each).ceil() as u32
}

/// The CPU time of one pass, from so many in a row.
fn microseconds(case: &Case, way: fn(&Case) -> bool, passes: u32) -> f64 {
    // The way before, or others on the machine, have left the caches full of something else.
    for _ in 0..WARM_UP {
        assert!(way(black_box(case)));
    }
    let started = processor_time();
    for _ in 0..passes {
        assert!(way(black_box(case)));
    }
    (processor_time() - started).as_secs_f64() * 1e6 / f64::from(passes)
}
