//! `portcullis inspect`: what is in certificates, bundles, PKCS#12 files and CRLs.

mod crl;
mod fitness;
mod report;
mod text;

use std::io::Write;
use std::path::PathBuf;

use self::crl::CrlView;
use self::report::Report;
use crate::arguments::{Format, InspectArguments};
use crate::input::{self, Contents, Password};
use crate::outcome::{Failure, Outcome, complain};
use crate::printable::json_document;

/// Shows each file. One that can't be used doesn't keep the others from being shown.
pub(crate) fn run(arguments: &InspectArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let files = arguments.files.iter().chain(&arguments.password_file);
    input::check_standard_input(files.map(PathBuf::as_path))?;
    let password = arguments
        .password_file
        .as_deref()
        .map(Password::read)
        .transpose()?;
    let crl_view = CrlView::new(arguments)?;
    let mut worst = Outcome::Good;
    let mut reports = Vec::new();
    for file in &arguments.files {
        match Contents::read_with_crls(file, password.as_ref()) {
            Ok(contents) => {
                let report = Report::new(file, &contents, &crl_view);
                worst = worst.max(report.outcome());
                reports.push(report);
            }
            Err(error) => {
                complain(error);
                worst = Outcome::Unusable;
            }
        }
    }
    match arguments.format {
        Format::Json => writeln!(out, "{}", json_document(&reports)?)?,
        Format::Text => {
            for (number, report) in reports.iter().enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                text::write(report, out)?;
            }
        }
    }
    Ok(worst)
}
