//! `portcullis`: tells what AWS ALB's mutual TLS would say of a client's certificate chain, and
//! why.
//!
//! The program is a thin coat round the library: it reads files, hands bytes over, and puts the
//! answer into words. No verdict is made here.

#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod chains;
mod clock;
mod explain;
mod facts;
mod gate;
mod index;
mod input;
mod inspect;
mod lint;
mod log;
mod outcome;
mod printable;
mod replace;
#[cfg(unix)]
mod serve;
mod trust;
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::outcome::{Failure, Outcome};

fn main() -> ExitCode {
    let result = answer(&Arguments::parse().command);
    // Not left to the end of the process, which would swallow an error.
    let result = result.and_then(|outcome| Ok(io::stdout().flush().map(|()| outcome)?));
    match result {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            failure.report();
            // Also when the reader went away: nobody got the verdict, so nobody may take it for
            // yes.
            Outcome::Unusable.into()
        }
    }
}

fn answer(command: &Command) -> Result<Outcome, Failure> {
    let out = || io::stdout().lock();
    match command {
        Command::Verify(arguments) => verify::run(arguments, &mut out()),
        Command::Explain(arguments) => explain::run(arguments, &mut out()),
        Command::Inspect(arguments) => inspect::run(arguments, &mut out()),
        Command::Index(arguments) => index::run(arguments, &mut out()),
        Command::Lint(arguments) => lint::run(arguments, &mut out()),
        Command::Log(arguments) => log::run(arguments, &mut out()),
        Command::Bench(arguments) => bench::run(arguments, &mut out()),
        // Its logs are written by other threads.
        #[cfg(unix)]
        Command::Serve(arguments) => serve::run(arguments),
    }
}
