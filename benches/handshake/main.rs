//! What client authentication costs the server of a handshake of TLS 1.3, in memory, nothing resumed.
//!
//! The CPU time of the server's side alone. `cargo bench --bench handshake --features rustls` prints a
//! table of all ways in turns; with `-- --criterion [FILTER]` criterion measures each.

#[path = "../support/chains.rs"]
mod chains;
#[path = "../support/clock.rs"]
mod clock;
#[path = "../support/processor.rs"]
mod processor;
#[path = "../support/sorted.rs"]
mod sorted;

mod connection;
mod way;

use core::time::Duration;
use std::time::Instant;

use criterion::Criterion;
use portcullis_fixtures::Key;
use sorted::Sorted;

use crate::way::Way;

const TIME_FOR_KEYS: Duration = Duration::from_secs(30);
const HANDSHAKES_IN_A_BATCH: usize = 8;

type Keys = fn(usize) -> Key;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kinds = [("RSA-2048", Key::rsa2048 as Keys), ("P-256", Key::p256)];
    let ways = kinds.map(|(name, keys)| (name, way::all(keys)));
    if arguments.any(|argument| argument == "--criterion") {
        // Whose own arguments follow.
        let mut criterion = Criterion::default();
        if let Some(filter) = arguments.next() {
            criterion = criterion.with_filter(filter);
        }
        for (name, ways) in &ways {
            by_criterion(&mut criterion, name, ways);
        }
        return;
    }
    println!(
        "| clients' keys | server's verifier | server CPU, us | more than without client authentication (p10 to p90) | of rustls's, %  |"
    );
    println!("|---|---|--:|--:|--:|");
    for (name, ways) in &ways {
        print_rows(name, ways);
    }
}

fn by_criterion(criterion: &mut Criterion, name: &str, ways: &[Way]) {
    let mut group = criterion.benchmark_group(format!("handshake/{name}"));
    for way in ways {
        group.bench_function(way.name, |timer| {
            timer.iter_custom(|handshakes| {
                let handshakes = 0..handshakes as usize;
                handshakes.map(|number| way.server_time(number)).sum()
            });
        });
    }
    group.finish();
}

fn print_rows(name: &str, ways: &[Way]) {
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    let started = Instant::now();
    while started.elapsed() < TIME_FOR_KEYS {
        let mut times = vec![0.0; ways.len()];
        // No way is always the one that comes first.
        for turn in 0..ways.len() {
            let which = (turn + rounds.len()) % ways.len();
            let first = rounds.len() * HANDSHAKES_IN_A_BATCH;
            let batch = first..first + HANDSHAKES_IN_A_BATCH;
            let time: Duration = batch.map(|number| ways[which].server_time(number)).sum();
            times[which] = time.as_secs_f64() * 1e6 / HANDSHAKES_IN_A_BATCH as f64;
        }
        rounds.push(times);
    }
    for (way, description) in ways.iter().enumerate() {
        let whole = Sorted::new(rounds.iter().map(|times| times[way]));
        let added = Sorted::new(rounds.iter().map(|times| times[way] - times[0]));
        let share = rounds.iter().map(|times| {
            let [ours, rustls] = [way, 1].map(|way| times[way] - times[0]);
            100.0 * ours / rustls
        });
        let share = match way {
            0 => String::from("-"),
            _ => format!("{:.0}", Sorted::new(share)),
        };
        println!(
            "| {name} | {} | {:.1} | {:.1} | {share} |",
            description.name,
            whole.quantile(0.5),
            added,
        );
    }
}
