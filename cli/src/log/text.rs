//! The answers of `log` for a person.

use core::fmt::Display;
use std::io::{self, Write};

use super::explanation::{ExplainedLine, Explanation};
use super::lines::Packing;
use super::summary::{BusyConnection, SubjectFacts, Summary};
use crate::printable::Line;

/// Writes the sums.
pub(super) fn write_summary(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    for file in &summary.files {
        let packing = match file.packing {
            Packing::Plain => "",
            Packing::Gzip => "gzip, ",
        };
        write!(
            out,
            "{}: {packing}{}, {}",
            Line(&file.file),
            counted(file.connections, "connection"),
            counted(file.requests, "request")
        )?;
        match file.unreadable {
            0 => writeln!(out)?,
            count => writeln!(out, ", {} unreadable", counted(count, "line"))?,
        }
    }
    let mut line = |name: &str, value: &dyn Display| writeln!(out, "{name:<13}{value}");
    line("connections", &summary.connections)?;
    line("requests", &summary.requests)?;
    if let (Some(from), Some(to)) = (&summary.from, &summary.to) {
        line("time", &format_args!("{from} to {to}"))?;
    }
    if let Some(latency) = &summary.handshake_latency {
        let seconds = [latency.median_ms, latency.p99_ms, latency.max_ms].map(seconds);
        let [median, p99, max] = seconds;
        let text = format!(
            "median {median} s, 99% within {p99} s, longest {max} s, of {}",
            latency.count
        );
        line("handshakes", &text)?;
    }
    write_statuses(summary, out)?;
    write_responses(summary, out)?;
    write_subjects(summary, out)?;
    write_connections(summary, out)?;
    write_notes(summary, out)
}

fn write_statuses(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    if summary.statuses.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nconnections    requests  verdict")?;
    for sum in &summary.statuses {
        let status = match sum.status {
            "-" => "- (no TLS)",
            status => status,
        };
        writeln!(
            out,
            "{:>11}  {:>10}  {status}",
            sum.connections, sum.requests
        )?;
    }
    Ok(())
}

fn write_responses(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    if summary.responses.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n             requests  response")?;
    for sum in &summary.responses {
        match sum.status {
            Some(status) => writeln!(out, "{:>21}  {status:03}", sum.requests)?,
            None => writeln!(out, "{:>21}  -", sum.requests)?,
        }
    }
    Ok(())
}

fn write_subjects(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    if summary.subjects.is_empty() {
        return Ok(());
    }
    let shown = summary.subjects.len();
    let total = summary.subject_count;
    writeln!(
        out,
        "\nconnections    requests  subject ({shown} of {total})"
    )?;
    for facts in &summary.subjects {
        let SubjectFacts {
            subject,
            connections,
            requests,
            statuses,
        } = facts;
        writeln!(out, "{connections:>11}  {requests:>10}  {}", Line(subject))?;
        for (status, count) in statuses.iter().filter(|(status, _)| **status != "Success") {
            writeln!(out, "{:25}{count} {status}", "")?;
        }
    }
    Ok(())
}

fn write_connections(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    // Without both logs there is nothing to say about one in terms of the other.
    if summary.connections == 0 || summary.requests == 0 {
        return Ok(());
    }
    let per = &summary.requests_per_connection;
    writeln!(out, "\nconnections  with requests")?;
    for (count, what) in [
        (per.none, "none"),
        (per.one, "1"),
        (per.two_to_ten, "2 to 10"),
        (per.more, "more"),
    ] {
        writeln!(out, "{count:>11}  {what}")?;
    }
    if summary.busiest.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n   requests  connection")?;
    for connection in &summary.busiest {
        let BusyConnection {
            conn_trace_id,
            requests,
            timestamp,
            client_ip,
            status,
            subject,
        } = connection;
        let subject = subject.as_deref().unwrap_or("no certificate");
        writeln!(
            out,
            "{requests:>11}  {conn_trace_id} {timestamp} {client_ip} {status}"
        )?;
        writeln!(out, "{:13}{}", "", Line(subject))?;
    }
    Ok(())
}

fn write_notes(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let without = &summary.without_trace_id;
    let not_kept = &summary.not_kept;
    let notes = [
        (
            if summary.connections == 0 {
                0
            } else {
                summary.requests_without_connection
            },
            "requests are of connections that are in none of these files",
        ),
        (
            without.connections,
            "connections have no conn_trace_id to join them by",
        ),
        (
            without.requests,
            "requests have no conn_trace_id to join them by",
        ),
        (
            summary.repeated_trace_ids,
            "connections have the conn_trace_id of an earlier one",
        ),
        (
            not_kept.connections,
            "connections are over the limit and are not joined",
        ),
        (
            not_kept.requests,
            "requests are over the limit and are not joined",
        ),
        (
            not_kept.subjects,
            "connections have subjects that are over the limit",
        ),
    ];
    let mut is_first = true;
    for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
        if core::mem::take(&mut is_first) {
            writeln!(out)?;
        }
        writeln!(out, "note: {count} {what}")?;
    }
    Ok(())
}

/// Writes lines field by field.
pub(super) fn write_explanation(explanation: &Explanation, out: &mut impl Write) -> io::Result<()> {
    for (index, line) in explanation.lines.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_line(line, out)?;
    }
    if explanation.lines_left_out > 0 {
        writeln!(
            out,
            "\nnote: {} more lines are left out",
            explanation.lines_left_out
        )?;
    }
    Ok(())
}

fn write_line(line: &ExplainedLine, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}:{}: {}", Line(&line.file), line.line, line.kind)?;
    for field in &line.fields {
        let value = field.value.as_deref().unwrap_or("-");
        let (number, name, about) = (field.number, field.name, field.about);
        writeln!(out, "{number:>4}  {name:<31}{}  ({about})", Line(value))?;
    }
    if let Some(meaning) = &line.meaning {
        writeln!(out, "means   {meaning}")?;
    }
    if let Some(remedy) = line.remedy {
        writeln!(out, "remedy  {remedy}")?;
    }
    Ok(())
}

fn seconds(millis: u32) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
