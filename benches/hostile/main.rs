//! How much more a client can make a verification cost than a good client does.
//!
//! Each hostile chain is compared with a good one of as many certificates, octets and algorithms,
//! against the same store, by the instructions that callgrind counts and by the time that both
//! take. Fails if any costs more than [`LIMIT`] times the instructions.
//! `cargo bench --bench hostile [-- FILTER]`

#[path = "../support/callgrind.rs"]
mod callgrind;
mod case;
mod content;
mod measure;
mod names;
mod search;

use core::hint::black_box;
use core::time::Duration;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use callgrind::Count;
use case::{Case, verify};
use portcullis::VerifyStatus;

/// How many times the instructions of a good chain a hostile one may cost.
const LIMIT: f64 = 3.0;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [child, chains] = &arguments[..]
        && child == measure::CHILD
    {
        return finish(measure::child(Path::new(chains)).map(|()| true));
    }
    let filter = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"));
    finish(run(filter.map_or("", String::as_str)))
}

fn finish(outcome: io::Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives whether every case stays within the limit.
fn run(filter: &str) -> io::Result<bool> {
    let mut cases = search::all();
    cases.extend(names::all());
    cases.extend(content::all());
    cases.retain(|case| case.name.contains(filter));
    for case in &cases {
        let status = verify(&case.rules.store(&case.store), &case.good);
        assert_eq!(
            status,
            VerifyStatus::Success,
            "the good chain of {}",
            case.name
        );
    }
    let folder = std::env::temp_dir().join(format!("portcullis-hostile-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = report(&cases, &folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn report(cases: &[Case], folder: &Path) -> io::Result<bool> {
    let counts = measure::count(cases, folder)?;
    let ratio =
        |[good, hostile]: &[Count; 2]| hostile.instructions as f64 / good.instructions as f64;
    let mut rows: Vec<_> = cases.iter().zip(&counts).collect();
    rows.sort_by(|one, other| ratio(other.1).total_cmp(&ratio(one.1)));
    println!(
        "| hostile chain | policy | certificates | octets | status | good, thousand instructions | hostile | ratio | good us | hostile us | ratio |"
    );
    println!("|---|---|--:|--:|---|--:|--:|--:|--:|--:|--:|");
    for (case, count) in &rows {
        println!("{}", row(case, count, ratio(count)));
    }
    let excessive: Vec<_> = rows
        .iter()
        .filter(|(_, count)| ratio(count) > LIMIT)
        .collect();
    for (case, [_, hostile]) in excessive.iter().take(PROFILES) {
        println!("\n{}, {}:", case.name, case.rules.name());
        for line in hostile.hottest()? {
            println!("  {line}");
        }
    }
    println!(
        "\n{} cases, {} over {LIMIT} times the instructions",
        rows.len(),
        excessive.len()
    );
    Ok(excessive.is_empty())
}

fn row(case: &Case, [good, hostile]: &[Count; 2], ratio: f64) -> String {
    let octets: usize = case.hostile.iter().map(|it| it.len()).sum();
    let status = verify(&case.rules.store(&case.store), &case.hostile);
    let [good_time, hostile_time] = times(case);
    format!(
        "| {} | {} | {} | {octets} | {status} | {} | {} | {ratio:.2} | {good_time:.0} | {hostile_time:.0} | {:.2} |",
        case.name,
        case.rules.name(),
        case.hostile.len(),
        good.instructions / 1000,
        hostile.instructions / 1000,
        hostile_time / good_time,
    )
}

/// Medians in microseconds of the good and the hostile chain, which take turns.
fn times(case: &Case) -> [f64; 2] {
    let store = case.rules.store(&case.store);
    let mut samples = [Vec::new(), Vec::new()];
    let started = Instant::now();
    while started.elapsed() < TIME_FOR_A_CASE || samples[0].len() < 5 {
        for (samples, chain) in samples.iter_mut().zip([&case.good, &case.hostile]) {
            let started = Instant::now();
            let _ = black_box(verify(black_box(&store), black_box(chain)));
            samples.push(started.elapsed().as_secs_f64() * 1e6);
        }
    }
    samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    })
}

const TIME_FOR_A_CASE: Duration = Duration::from_millis(60);
/// How many profiles are shown when cases fail.
const PROFILES: usize = 10;
