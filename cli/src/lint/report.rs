//! The answer, put together once for both formats.

use std::io::{self, Write};

use serde::Serialize;

use super::chains::ChainFacts;
use super::finding::{Finding, Findings, Severity};
use super::fix::Fix;
use super::quota::Quota;
use crate::outcome::Outcome;
use crate::printable::{Line, counted};

/// All that is told; as JSON, what docs/lint.schema.json describes.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(super) file: String,
    pub(super) time: String,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
    /// By file and line.
    pub(super) findings: Vec<Finding>,
    /// How many findings are counted, but not in the list.
    pub(super) omitted: usize,
    pub(super) quotas: Vec<Quota>,
    pub(super) chains: Vec<ChainFacts>,
    /// Absent without --fix, or where nothing was written.
    pub(super) fix: Option<Fix>,
}

impl Report {
    pub(super) fn new(
        file: String,
        time: String,
        findings: Findings,
        quotas: Vec<Quota>,
        chains: Vec<ChainFacts>,
        fix: Option<Fix>,
    ) -> Self {
        Self {
            file,
            time,
            errors: findings.count(Severity::Error),
            warnings: findings.count(Severity::Warning),
            notes: findings.count(Severity::Note),
            omitted: findings.omitted(),
            findings: findings.into_sorted(),
            quotas,
            chains,
            fix,
        }
    }

    /// Whether it could be uploaded without a surprise.
    pub(super) const fn outcome(&self) -> Outcome {
        match self.errors + self.warnings {
            0 => Outcome::Good,
            _ => Outcome::Failed,
        }
    }

    /// Writes it for a person, as a compiler would.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for finding in &self.findings {
            write_finding(finding, out)?;
        }
        if !self.findings.is_empty() {
            writeln!(out)?;
        }
        let more = match self.omitted {
            0 => String::new(),
            omitted => format!(" ({omitted} of them not shown)"),
        };
        writeln!(
            out,
            "{}: {}, {}, {}{more}",
            Line(&self.file),
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
            counted(self.notes, "note"),
        )?;
        writeln!(out)?;
        write_row(out, "quota", "used", "of", "left")?;
        for quota in &self.quotas {
            let Quota {
                used, limit, left, ..
            } = quota;
            write_row(out, title(quota.name), used, limit, left)?;
        }
        self.write_chains(out)?;
        self.write_fix(out)
    }

    fn write_chains(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.chains.is_empty() {
            writeln!(out)?;
        }
        for chain in &self.chains {
            let room = match chain.depth_left {
                left @ ..0 => format!("{} too many", left.unsigned_abs()),
                left => format!("room for {left} more"),
            };
            writeln!(
                out,
                "{}: {}, {} sent, {room}",
                Line(&chain.file),
                chain.status,
                counted(chain.presented, "certificate"),
            )?;
        }
        Ok(())
    }

    fn write_fix(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(fix) = &self.fix else {
            return Ok(());
        };
        writeln!(
            out,
            "\n{}: written, {}",
            Line(&fix.file),
            counted(fix.certificates, "certificate")
        )?;
        for dropped in &fix.dropped {
            let line = dropped
                .line
                .map(|line| format!("line {line}"))
                .unwrap_or_default();
            let place = [Some(line), dropped.subject.clone()]
                .into_iter()
                .flatten()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
            writeln!(out, "  left out: {}: {}", Line(place), dropped.reason)?;
        }
        Ok(())
    }
}

fn write_finding(finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{}:", Line(&finding.file))?;
    for number in [finding.line, finding.column].into_iter().flatten() {
        write!(out, "{number}:")?;
    }
    writeln!(
        out,
        " {}[{}]: {}",
        finding.severity.as_str(),
        finding.id.as_str(),
        Line(&finding.message)
    )?;
    if let Some(subject) = &finding.subject {
        writeln!(out, "    {}", Line(subject))?;
    }
    writeln!(out, "    {}", Line(&finding.advice))?;
    if let Some(word) = finding.aws {
        writeln!(out, "    AWS: {word}")?;
    }
    Ok(())
}

fn write_row(
    out: &mut impl Write,
    name: &str,
    used: impl core::fmt::Display,
    limit: impl core::fmt::Display,
    left: impl core::fmt::Display,
) -> io::Result<()> {
    writeln!(out, "{name:<32}{used:>10}{limit:>10}{left:>10}")
}

/// What a quota is called in text.
fn title(name: &'static str) -> &'static str {
    match name {
        "ca_certificates" => "CA certificates",
        "largest_ca_certificate_bytes" => "largest CA certificate, bytes",
        "ca_subject_bytes" => "subjects of all CAs, bytes",
        "crls" => "CRLs",
        "largest_crl_bytes" => "largest CRL, bytes",
        "crl_entries" => "entries of all CRLs",
        other => other,
    }
}
