//! Instructions of fixed cases, which are to grow only when somebody means them to.
//!
//! Callgrind counts them, and only those of code that comes with this repository's compiler: not
//! those of a signature backend, which takes other code on other processors, but of one that just
//! nods ([`backend`]), nor those of the C library, for the same reason. So the counts are the same
//! on every machine, run after run. They are compared with those in `instructions.txt`, and more by
//! [`TOLERANCE`] is a failure.
//! `cargo bench --bench guards [-- --accept]`; `.ci/guards` takes care of the compiler.

mod backend;
mod case;
#[path = "../support/chains.rs"]
mod chains;
#[path = "../support/clock.rs"]
mod clock;
mod loading;
mod measure;
mod verdicts;

use core::fmt::Write as _;
use std::fs;
use std::io;
use std::process::{Command, ExitCode};

use case::Case;

/// By what part a count may grow unnoticed.
const TOLERANCE: f64 = 0.02;

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let outcome = if has(measure::CHILD) {
        measure::child(cases());
        Ok(true)
    } else if has("--accept") {
        accept().map(|()| true)
    } else {
        compare()
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn cases() -> Vec<Case> {
    let mut cases = verdicts::all();
    cases.extend(loading::all());
    cases
}

/// Counts, and says what has changed. Gives whether nothing has grown.
fn compare() -> io::Result<bool> {
    let stored = fs::read_to_string(STORED)?;
    let stored: Vec<_> = stored.lines().filter_map(parse).collect();
    let counts = measure::count()?;
    let mut is_good = true;
    println!("{:>12} {:>12} {:>8}", "stored", "now", "change");
    for (name, now) in &counts {
        let Some((_, before)) = stored.iter().find(|(known, _)| known == name) else {
            println!("{:>12} {now:>12} {:>8}  {name}: NEW, so accept it", "-", "");
            is_good = false;
            continue;
        };
        let change = *now as f64 / *before as f64 - 1.0;
        let remark = if change > TOLERANCE {
            is_good = false;
            ": FAILED, it takes more"
        } else if change < -TOLERANCE {
            ": takes less, so accept it before it is lost"
        } else {
            ""
        };
        let percent = change * 100.0;
        println!("{before:>12} {now:>12} {percent:>+7.2}%  {name}{remark}");
    }
    for (name, before) in &stored {
        if counts.iter().all(|(known, _)| known != name) {
            println!(
                "{before:>12} {:>12} {:>8}  {name}: GONE, so accept that",
                "-", ""
            );
            is_good = false;
        }
    }
    if !is_good {
        println!("if that is meant: .ci/guards accept");
    }
    Ok(is_good)
}

/// Counts, and stores that.
fn accept() -> io::Result<()> {
    let rustc = Command::new("rustc").arg("-vV").output()?;
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let mut lines = rustc.lines();
    let version = lines.next().unwrap_or_default();
    let host = lines
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or_default();
    let mut text = format!("# {version} for {host}\n{EXPLANATION}");
    for (name, count) in measure::count()? {
        _ = writeln!(text, "{count:>10}  {name}");
    }
    fs::write(STORED, &text)?;
    print!("{text}");
    Ok(())
}

/// A count and its case; `None` for a comment.
fn parse(line: &str) -> Option<(&str, u64)> {
    let (count, name) = line.trim_start().split_once("  ")?;
    Some((name, count.parse().ok()?))
}

const STORED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/benches/guards/instructions.txt"
);

const EXPLANATION: &str = "\
# Instructions without those of the signature backend and the C library; benches/guards counts them.
# `.ci/guards accept` writes this file, for the Rust of the first line.
";
