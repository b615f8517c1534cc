//! `portcullis explain`: how the verdict comes about, and what would mend it.

mod remedy;
mod report;
mod text;

use std::io::Write;

pub(crate) use self::remedy::remedy;
use self::report::Report;
use crate::arguments::{ExplainArguments, Format};
use crate::chains;
use crate::gate::Gate;
use crate::outcome::{Failure, Outcome};
use crate::printable::{Line, json_document, json_line};

/// Explains the chain, or each chain of a batch.
pub(crate) fn run(arguments: &ExplainArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let gate = Gate::open(&arguments.chain)?;
    let mut first = true;
    chains::for_each(&arguments.chain, &gate, |chain| {
        let (report, status) = Report::new(&gate, chain);
        match (arguments.format, chain.batch_name) {
            (Format::Json, None) => writeln!(out, "{}", json_document(&report)?)?,
            (Format::Json, Some(_)) => writeln!(out, "{}", json_line(&report)?)?,
            (Format::Text, batch_name) => {
                if !core::mem::take(&mut first) {
                    writeln!(out)?;
                }
                if batch_name.is_some() {
                    writeln!(out, "{}:", Line(report.files.join(" ")))?;
                }
                text::write(&report, out)?;
            }
        }
        Ok(status)
    })
}
