//! `portcullis lint`: what is wrong with a trust store before it is uploaded.

mod certificates;
mod chains;
mod crls;
mod finding;
mod fix;
mod form;
mod moment;
mod pem;
mod quota;
mod relations;
mod report;

use std::io::Write;
use std::path::PathBuf;

use anyhow::anyhow;
use portcullis::DateTime;

use self::finding::{Findings, Kind, Source};
use self::fix::Fix;
use self::form::Bundle;
use self::moment::Moment;
use self::report::Report;
use crate::arguments::{Format, LintArguments};
use crate::clock;
use crate::input::{self, Password};
use crate::outcome::{Failure, Outcome, complain};
use crate::printable::json_document;

/// Looks at everything, and tells it at the end. Only a bundle that can't be read stops it.
pub(crate) fn run(arguments: &LintArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let files = core::iter::once(&arguments.bundle)
        .chain(&arguments.crl)
        .chain(&arguments.chain)
        .chain(&arguments.password_file);
    input::check_standard_input(files.map(PathBuf::as_path))?;
    if arguments
        .fix
        .as_deref()
        .is_some_and(input::is_standard_stream)
    {
        let error = anyhow!("--fix: standard output is for the findings, so name a file");
        return Err(error.into());
    }
    let password = arguments
        .password_file
        .as_deref()
        .map(Password::read)
        .transpose()?;
    let now = arguments.time.map_or_else(clock::now, Ok)?;
    let moment = Moment::new(now, arguments.soon);
    let mut findings = Findings::default();

    let bytes = input::read(&arguments.bundle)?;
    let source = Source {
        name: arguments.bundle.display().to_string(),
        kind: Kind::Bundle,
        number: 0,
    };
    let bundle = Bundle::read(&source, &bytes, &mut findings);
    let members = certificates::read(&source, &bundle, &mut findings);
    certificates::check(&source, &members, moment, &mut findings);
    relations::check(&source, &members, &mut findings);
    let lists = crls::check(&arguments.crl, &source, &members, moment, &mut findings);
    let (chains, all_chains_read) = chains::check(
        &arguments.chain,
        1 + arguments.crl.len(),
        password.as_ref(),
        &lists.store,
        now,
        &mut findings,
    );
    let quotas = quota::check(&source, &bundle, &lists.usage, &mut findings);
    let mut outcome = match lists.all_read && all_chains_read {
        true => Outcome::Good,
        false => Outcome::Unusable,
    };
    let fix = arguments
        .fix
        .as_deref()
        .map(|name| Fix::write(name, &bundle, &members))
        .transpose()
        .unwrap_or_else(|error| {
            complain(error);
            outcome = Outcome::Unusable;
            None
        });

    let time = DateTime::from(now).to_string();
    let report = Report::new(source.name, time, findings, quotas, chains, fix);
    match arguments.format {
        Format::Json => writeln!(out, "{}", json_document(&report)?)?,
        Format::Text => report.write(out)?,
    }
    Ok(outcome.max(report.outcome()))
}
