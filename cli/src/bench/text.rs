//! The answer of `bench` for a person.

use std::io::{self, Write};

use super::report::{ChainFacts, PeerFacts, Report, SideFacts};
use crate::printable::{Line, counted};

/// Writes a chain's verdict, and the peer's if it is another.
pub(super) fn write_verdict(
    facts: &ChainFacts,
    peer: Option<&str>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{}\t{}", facts.status, Line(&facts.file))?;
    let (Some(peer), Some(verdict)) = (peer, &facts.peer) else {
        return Ok(());
    };
    match &verdict.refusal {
        Some(refusal) => writeln!(out, "  {peer} refuses: {}", Line(refusal)),
        None if facts.is_disputed() => writeln!(out, "  {peer} accepts"),
        None => Ok(()),
    }
}

/// Writes all but the verdicts.
pub(super) fn write_report(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{}", heading(report))?;
    if report.interrupted {
        writeln!(out, "interrupted: this is what was measured until then")?;
    }
    let refused = report.chains.iter().filter(|it| !it.accepted()).count();
    if refused > 0 {
        writeln!(
            out,
            "{} of {} refused: what is measured is a refusal",
            counted(refused, "chain"),
            report.chains.len()
        )?;
    }
    let mut sides = vec![("Portcullis", &report.portcullis)];
    sides.extend(report.peer.as_ref().map(|peer| (peer.name, &peer.side)));
    write_table(&sides, report.memo.is_some(), out)?;
    if let Some(peer) = &report.peer {
        write_comparison(peer, &report.portcullis, report.chains.len(), out)?;
    }
    write_histograms(&sides, out)
}

fn heading(report: &Report) -> String {
    let memo = match report.memo {
        Some(entries) => format!(
            "a memo of {}",
            counted_as(entries as usize, "entry", "entries")
        ),
        None => "no memo".to_owned(),
    };
    let crls = match report.crl_count {
        0 => "no CRL".to_owned(),
        count => format!(
            "{} with {}",
            counted(count, "CRL"),
            counted_as(report.crl_entry_count, "entry", "entries")
        ),
    };
    format!(
        "{} in turn, policy {}, {}, {crls}, {memo}, {}, {:.1} s",
        counted(report.chains.len(), "chain"),
        report.policy,
        counted(report.trust_store_size, "CA"),
        counted(report.threads.into(), "thread"),
        report.seconds,
    )
}

fn counted_as(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn write_table(
    sides: &[(&str, &SideFacts)],
    has_memo: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    type Cell = fn(&SideFacts) -> Option<String>;
    let mut rows: Vec<(&str, Cell)> = vec![
        ("verifications/s", |side| {
            side.per_second.map(|rate| format!("{rate:.0}"))
        }),
        ("p50, us", |side| {
            side.latency.as_ref().map(|it| microseconds(it.p50_ns))
        }),
        ("p99, us", |side| {
            side.latency.as_ref().map(|it| microseconds(it.p99_ns))
        }),
        ("p99.9, us", |side| {
            side.latency.as_ref().map(|it| microseconds(it.p999_ns))
        }),
        ("longest, us", |side| {
            side.latency.as_ref().map(|it| microseconds(it.max_ns))
        }),
        ("signature checks each", |side| {
            side.signatures.map(|it| format!("{:.2}", it.checks))
        }),
    ];
    if has_memo {
        rows.push(("remembered each", |side| {
            side.signatures.map(|it| format!("{:.2}", it.remembered))
        }));
    }
    rows.push(("time in these, %", |side| {
        side.signatures.map(|it| format!("{:.1}", it.share * 100.0))
    }));
    if sides.iter().any(|(_, side)| side.allocations.is_some()) {
        rows.push(("allocations each", |side| {
            side.allocations.map(|it| format!("{:.1}", it.count))
        }));
        rows.push(("allocated each, octets", |side| {
            side.allocations.map(|it| format!("{:.0}", it.octets))
        }));
    }
    rows.push(("verifications", |side| Some(side.verifications.to_string())));
    write!(out, "\n{:<22}", "")?;
    for (name, _) in sides {
        write!(out, "  {name:>12}")?;
    }
    writeln!(out)?;
    for (what, cell) in rows {
        write!(out, "{what:<22}")?;
        for (_, side) in sides {
            let cell = cell(side);
            write!(out, "  {:>12}", cell.as_deref().unwrap_or("-"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_comparison(
    peer: &PeerFacts,
    ours: &SideFacts,
    chains: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let name = peer.name;
    writeln!(out)?;
    if let Some(ratio) = &peer.ratio {
        writeln!(
            out,
            "Portcullis takes {} times as long as {name} ({} to {} in eight of ten of {}).",
            three_digits(ratio.median),
            three_digits(ratio.p10),
            three_digits(ratio.p90),
            counted(ratio.rounds, "round"),
        )?;
    }
    if peer.disputed > 0 {
        writeln!(
            out,
            "NOT LIKE FOR LIKE: for {} of {chains} the verdicts differ, so a success is compared with \
             a refusal.",
            counted(peer.disputed, "chain"),
        )?;
    }
    for note in &peer.notes {
        writeln!(out, "NOT LIKE FOR LIKE: {name} {}.", Line(note))?;
    }
    let rates = [("Portcullis", ours), (name, &peer.side)];
    let most = rates.iter().filter_map(|(_, side)| side.per_second);
    let most = most.fold(0.0, f64::max);
    writeln!(out, "\nverifications/s")?;
    for (name, side) in rates {
        if let Some(rate) = side.per_second {
            let bar = bar(rate / most, RATE_BAR);
            writeln!(out, "{name:>10}  {bar:<RATE_BAR$}  {rate:.0}")?;
        }
    }
    Ok(())
}

fn write_histograms(sides: &[(&str, &SideFacts)], out: &mut impl Write) -> io::Result<()> {
    let Some((_, first)) = sides.first().filter(|(_, side)| !side.histogram.is_empty()) else {
        return Ok(());
    };
    let width = match sides {
        [_] => RATE_BAR,
        _ => BAR,
    };
    let mut line = format!("{:>10}", "from us");
    for (name, _) in sides {
        line += &format!("  {name:<0$}", width + SHARE);
    }
    writeln!(out, "\n{}", line.trim_end())?;
    // The longest bar of all fills its column.
    let share = |side: &SideFacts, count: u64| count as f64 / side.verifications.max(1) as f64;
    let longest = sides
        .iter()
        .flat_map(|(_, side)| side.histogram.iter().map(|bin| share(side, bin.count)))
        .fold(0.0, f64::max);
    for (index, bin) in first.histogram.iter().enumerate() {
        let mut line = format!("{:>10}", microseconds(bin.from_ns));
        for (_, side) in sides {
            let count = side.histogram.get(index).map_or(0, |bin| bin.count);
            let share = share(side, count);
            let text = match count {
                0 => String::new(),
                _ => format!("{} {:.1}%", bar(share / longest, width), share * 100.0),
            };
            line += &format!("  {text:<0$}", width + SHARE);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// So much of a bar of that width; something is never nothing.
fn bar(part: f64, width: usize) -> String {
    let length = (part * width as f64).round() as usize;
    "#".repeat(length.clamp(1, width))
}

fn microseconds(nanoseconds: u64) -> String {
    three_digits(nanoseconds as f64 / 1000.0)
}

/// What is known of a measured number.
fn three_digits(number: f64) -> String {
    match number {
        ..0.9995 => format!("{number:.3}"),
        ..9.995 => format!("{number:.2}"),
        ..99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

const RATE_BAR: usize = 50;
const BAR: usize = 22;
/// A space and 100.0%.
const SHARE: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let numbers = [
            0.0, 0.0123, 0.99949, 0.9996, 1.234, 9.996, 27.96, 99.96, 123.4, 1e6,
        ];
        let texts = [
            "0.000", "0.012", "0.999", "1.00", "1.23", "10.0", "28.0", "100", "123", "1000000",
        ];
        assert_eq!(numbers.map(three_digits), texts.map(str::to_owned));
    }

    #[test]
    fn a_bar_is_as_long_as_its_part_and_never_empty_or_too_long() {
        for (part, length) in [(0.0, 1), (0.001, 1), (0.5, 10), (1.0, 20), (f64::NAN, 1)] {
            assert_eq!(bar(part, 20).len(), length, "{part}");
        }
        assert_eq!(bar(f64::INFINITY, 20).len(), 20);
    }
}
