//! The report for a person: the verdict, the path as a tree, and what to make of it.

use std::io::{self, Write};

use super::report::{DecidingCrl, Report};
use crate::facts::{Place, Step, is_client_in_store};
use crate::printable::{Line, counted};

/// Writes a report. The first line is the one `verify` would have written.
pub(super) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}\n", report.status)?;
    if !report.path.is_empty() {
        write_tree(report, out)?;
        writeln!(out)?;
    }
    let mut line = |name: &str, text: &str| writeln!(out, "{name:<9}{text}");
    for (index, presented) in report.presented.iter().enumerate() {
        let name = match presented.in_path {
            // Without a path the certificates were not shown yet.
            _ if report.path.is_empty() => "sent",
            // Whether it would have been needed is known once the path is whole.
            false if report.anchor.is_some() => "unused",
            _ => continue,
        };
        let text = format!(
            "{} of {}, {}",
            index + 1,
            report.presented.len(),
            presented.describe()
        );
        line(name, &text)?;
    }
    if let Some(place) = report.failed_at {
        line("stopped", &format!("at {}", describe(place, report)))?;
    }
    line("why", &report.reason)?;
    if let Some(crl) = &report.crl {
        line("CRL", &describe_crl(crl))?;
    }
    if let Some(entry) = &report.revocation {
        let text = format!("{}, {}, {}", entry.serial, entry.date, entry.reason);
        line("entry", &text)?;
    }
    if let Some(remedy) = &report.remedy {
        line("remedy", remedy)?;
    }
    for note in &report.notes {
        line("note", &Line(note).to_string())?;
    }
    let crls = match report.crl_count {
        0 => String::new(),
        count => format!(", {}", counted(count, "CRL")),
    };
    line(
        "judged",
        &format!("as of {}, policy {}{crls}", report.time, report.policy),
    )
}

fn describe_crl(crl: &DecidingCrl) -> String {
    let facts = &crl.facts;
    let number = match &facts.number {
        Some(number) => format!("number {number} of"),
        None => "of".to_owned(),
    };
    let next = match &facts.next_update {
        Some(next) => format!("the next one due {next}"),
        None => "without a date for the next one".to_owned(),
    };
    format!(
        "{}: {number} {}, issued {}, {next}",
        Line(&crl.file),
        facts.issuer,
        facts.this_update
    )
}

/// The client's certificate at the top, each issuer below and further in.
fn write_tree(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut indent = String::new();
    for (depth, step) in report.path.iter().enumerate() {
        let is_last = depth + 1 == report.path.len() && report.missing_issuer.is_none();
        if depth == 0 {
            writeln!(out, "{}", title(step, report))?;
        } else {
            writeln!(out, "{indent}└─ {}", title(step, report))?;
            indent.push_str("   ");
        }
        let bar = if is_last { " " } else { "│" };
        let facts = &step.certificate;
        for (name, value) in [
            ("subject", &facts.subject),
            ("issuer", &facts.issuer),
            ("serial", &facts.serial),
            (
                "valid",
                &format!("{} to {}", facts.not_before, facts.not_after),
            ),
            ("key", &facts.key),
        ] {
            writeln!(out, "{indent}{bar}  {name:<9}{value}")?;
        }
    }
    if let Some(issuer) = &report.missing_issuer {
        writeln!(out, "{indent}└─ not found: {issuer}")?;
    }
    Ok(())
}

fn title(step: &Step, report: &Report) -> String {
    let mut place = describe(step.place, report);
    if is_client_in_store(&report.path) {
        place = format!(
            "{}, which is {place}",
            describe(Place::Presented(0), report)
        );
    }
    let role = match step.place {
        Place::Presented(0) => "client",
        _ if is_client_in_store(&report.path) => "client",
        _ => "issued by",
    };
    let stop = if report.failed_at == Some(step.place) {
        "  <- stopped here"
    } else {
        ""
    };
    format!("{role}: {place}{stop}")
}

/// Where a certificate is from, counted as people count.
fn describe(place: Place, report: &Report) -> String {
    match place {
        Place::Presented(index) => {
            format!(
                "certificate {} of {} sent",
                index + 1,
                report.presented.len()
            )
        }
        Place::TrustStore(index) => {
            format!(
                "CA {} of {} in the trust store",
                index + 1,
                report.trust_store_size
            )
        }
    }
}
