//! `portcullis log`: what ALB's connection and access logs tell, summed up or line by line.

mod arguments;
mod explanation;
mod fields;
mod kind;
mod latency;
mod lines;
mod meaning;
mod pass;
mod summary;
mod tally;
mod text;

use std::io::Write;
use std::path::{Path, PathBuf};

use self::arguments::Wanted;
pub(crate) use self::arguments::{LOG_HELP, LogArguments};
use self::explanation::Explanation;
use self::pass::Pass;
use self::summary::Summary;
use self::tally::Tally;
use crate::arguments::Format;
use crate::input;
use crate::outcome::{Failure, Outcome, complain};
use crate::printable::json_document;

/// Sums the logs up, or explains the lines that are asked for.
pub(crate) fn run(arguments: &LogArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    input::check_standard_input(arguments.files.iter().map(PathBuf::as_path))?;
    match arguments.explain {
        Some(wanted) => explain(arguments, wanted, out),
        None => sum_up(arguments, out),
    }
}

fn sum_up(arguments: &LogArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut tally = Tally::default();
    let mut pass = Pass::default();
    for file in &arguments.files {
        pass.read(file, |_, line| tally.add(line));
    }
    let outcome = pass.outcome();
    let summary = Summary::new(tally, pass.into_files(), arguments.top);
    match arguments.format {
        Format::Json => writeln!(out, "{}", json_document(&summary)?)?,
        Format::Text => text::write_summary(&summary, out)?,
    }
    Ok(outcome)
}

fn explain(
    arguments: &LogArguments,
    wanted: Wanted,
    out: &mut impl Write,
) -> Result<Outcome, Failure> {
    let mut pass = match (wanted, arguments.files.as_slice()) {
        (Wanted::Line(_), [_, _, ..]) => return Err(too_many_files().into()),
        (Wanted::Line(number), _) => Pass::of_line(number),
        (Wanted::Connection(_), _) => Pass::default(),
    };
    let mut explanation = Explanation::default();
    for file in &arguments.files {
        pass.read(file, |number, line| {
            if wanted.matches(number, &line) {
                explanation.add(file, number, &line);
            }
        });
    }
    let mut outcome = pass.outcome();
    if explanation.is_empty() && outcome == Outcome::Good {
        complain(format_args!("{wanted}: there is nothing to explain"));
        outcome = Outcome::Failed;
    }
    match arguments.format {
        Format::Json => writeln!(out, "{}", json_document(&explanation)?)?,
        Format::Text => text::write_explanation(&explanation, out)?,
    }
    Ok(outcome)
}

fn too_many_files() -> anyhow::Error {
    anyhow::anyhow!("--explain: a line number is for one file; name one, or give a TID_...")
}

/// As it was named.
fn name(file: &Path) -> String {
    file.display().to_string()
}
