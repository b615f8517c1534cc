//! The report for a person: a block of lines for each certificate and CRL.

use core::fmt::Display;
use std::io::{self, Write};

use super::crl::CrlEntry;
use super::report::{Entry, Report};
use crate::facts::{BasicConstraintsFacts, CertificateFacts, Currency};
use crate::printable::{Ascii, Line, counted};

/// Writes what is in one file.
pub(super) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let count = report.certificates.len();
    let crl_count = report.crls.len();
    let what: String = [
        (count, "certificate"),
        (crl_count, "CRL"),
        (report.private_keys, "private key"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!(", {}", counted(count, what)))
    .collect();
    writeln!(out, "{}: {}{what}", Line(&report.file), report.format)?;
    for (index, entry) in report.certificates.iter().enumerate() {
        let whose = if entry.has_private_key {
            ", with its private key"
        } else {
            ""
        };
        writeln!(out, "\ncertificate {} of {count}{whose}", index + 1)?;
        write_entry(entry, out)?;
    }
    for (index, entry) in report.crls.iter().enumerate() {
        writeln!(out, "\nCRL {} of {crl_count}", index + 1)?;
        write_crl(entry, out)?;
    }
    Ok(())
}

fn write_crl(entry: &CrlEntry, out: &mut impl Write) -> io::Result<()> {
    let mut line = |name: &str, value: &dyn Display| writeln!(out, "  {name:<20}{value}");
    if let Some(error) = &entry.error {
        line("can't be read", error)?;
    }
    let Some(crl) = &entry.crl else {
        return Ok(());
    };
    let facts = &crl.facts;
    let (due, came) = match crl.currency {
        Currency::Current => ("", ""),
        Currency::Expired => ("", ", which has passed"),
        Currency::NotYetValid => (", which has not come", ""),
    };
    let none = || NONE.to_owned();
    line("issuer", &facts.issuer)?;
    line("number", &facts.number.clone().unwrap_or_else(none))?;
    line("this update", &format_args!("{}{due}", facts.this_update))?;
    let next = facts.next_update.clone().unwrap_or_else(none);
    line("next update", &format_args!("{next}{came}"))?;
    line(
        "signed with",
        &algorithm(facts.signature_algorithm.as_deref()),
    )?;
    line("scope", &facts.scope)?;
    match &facts.fault {
        None => line("usable", &"yes, if it is signed by its issuer")?,
        Some(fault) => line("usable", &format_args!("no: {fault}"))?,
    }
    line("entries", &facts.entry_count)?;
    for entry in &crl.entries {
        writeln!(out, "    {} {}, {}", entry.date, entry.serial, entry.reason)?;
    }
    match facts.entry_count.saturating_sub(crl.entries.len()) {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more (--all shows them)"),
    }
}

fn algorithm(name: Option<&str>) -> &str {
    name.unwrap_or("an unknown algorithm")
}

fn write_entry(entry: &Entry, out: &mut impl Write) -> io::Result<()> {
    let mut line = |name: &str, value: &dyn Display| writeln!(out, "  {name:<20}{value}");
    if let Some(error) = &entry.error {
        line("can't be read", error)?;
    }
    if let Some(facts) = &entry.certificate {
        for (name, value) in lines(facts) {
            line(name, &value)?;
        }
    }
    line("in ALB trust store", &entry.fitness.as_ca)?;
    line("as client of ALB", &entry.fitness.as_client)
}

/// Names and values, in the order of the certificate. What an extension says stands there even when
/// the extension is not, for its absence has a meaning; lists of names don't.
fn lines(facts: &CertificateFacts) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("subject", facts.subject.clone()),
        ("issuer", facts.issuer.clone()),
        ("serial", facts.serial.clone()),
        ("not before", facts.not_before.clone()),
        ("not after", facts.not_after.clone()),
        ("version", facts.version.to_string()),
        ("key", facts.key.clone()),
        (
            "signed with",
            algorithm(facts.signature_algorithm.as_deref()).to_owned(),
        ),
        (
            "basic constraints",
            basic_constraints(facts.basic_constraints.as_ref()),
        ),
        ("key usage", list_or_none(facts.key_usage.as_deref())),
        (
            "extended key usage",
            list_or_none(
                facts
                    .extended_key_usage
                    .as_ref()
                    .map(|purposes| purposes.iter().map(|oid| purpose(oid)).collect::<Vec<_>>())
                    .as_deref(),
            ),
        ),
    ];
    let names = &facts.subject_alternative_names;
    for (name, values) in [
        ("DNS names", &names.dns),
        ("e-mail addresses", &names.email),
        ("URIs", &names.uri),
        ("IP addresses", &names.ip),
        ("CRLs at", &facts.crl_distribution_points),
    ] {
        lines.extend(values.iter().map(|value| (name, Ascii(value).to_string())));
    }
    for (name, value) in [
        ("subject key id", &facts.subject_key_identifier),
        ("authority key id", &facts.authority_key_identifier),
    ] {
        lines.extend(value.clone().map(|value| (name, value)));
    }
    if facts.malformed_extension {
        lines.push(("extensions", "one is malformed or there twice".to_owned()));
    }
    if facts.unknown_critical_extension {
        lines.push(("extensions", "one that is not known is critical".to_owned()));
    }
    lines.push(("SHA-256", facts.sha256.clone()));
    lines.push(("SHA-256 of its key", facts.spki_sha256.clone()));
    lines
}

fn basic_constraints(constraints: Option<&BasicConstraintsFacts>) -> String {
    match constraints {
        None => NONE.to_owned(),
        Some(BasicConstraintsFacts { ca: false, .. }) => "not a CA".to_owned(),
        Some(BasicConstraintsFacts {
            path_length: None, ..
        }) => "CA".to_owned(),
        Some(BasicConstraintsFacts {
            path_length: Some(length),
            ..
        }) => format!("CA, path length {length}"),
    }
}

fn list_or_none(values: Option<&[impl AsRef<str>]>) -> String {
    match values {
        None => NONE.to_owned(),
        Some([]) => "empty".to_owned(),
        Some(values) => values
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The purposes that have a name in everyday use; RFC 5280 4.2.1.12, RFC 4556, Microsoft's smart
/// card logon.
fn purpose(oid: &str) -> &str {
    match oid {
        "1.3.6.1.5.5.7.3.1" => "serverAuth",
        "1.3.6.1.5.5.7.3.2" => "clientAuth",
        "1.3.6.1.5.5.7.3.3" => "codeSigning",
        "1.3.6.1.5.5.7.3.4" => "emailProtection",
        "1.3.6.1.5.5.7.3.8" => "timeStamping",
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning",
        "1.3.6.1.4.1.311.20.2.2" => "smartcardLogon",
        "2.5.29.37.0" => "anyExtendedKeyUsage",
        _ => oid,
    }
}

const NONE: &str = "none";
