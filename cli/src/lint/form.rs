//! The text form of a bundle: what ALB takes is PEM, and little else may stand beside it.

use std::borrow::Cow;

use portcullis::Certificate;

use super::finding::{Findings, Id, Place, Source};
use super::pem::{self, Oddity, OddityKind as Kind, Section};
use crate::input::{Format, as_text, utf16_text};
use crate::printable::Ascii;

/// What a bundle holds, as far as it could be taken out.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    pub(super) certificates: Vec<Held>,
    /// What could not be, or is no certificate.
    pub(super) lost: Vec<Lost>,
}

/// A certificate, not parsed yet.
#[derive(Debug)]
pub(super) struct Held {
    /// Of its BEGIN line, if there is one.
    pub(super) line: Option<usize>,
    pub(super) der: Vec<u8>,
}

/// Part of a file that is no certificate of the bundle.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    pub(super) line: usize,
    pub(super) why: String,
}

impl Bundle {
    /// Takes a file apart, and tells everything that is wrong with its form.
    pub(super) fn read(source: &Source, bytes: &[u8], findings: &mut Findings) -> Self {
        let file = Place::file(source);
        if let Some(text) = utf16_text(bytes) {
            findings.push(
                Id::Utf16,
                file,
                "The file is UTF-16, and PEM is ASCII.",
                "Save it as ASCII or UTF-8 without a byte order mark.",
            );
            return Self::read_text(source, text.as_bytes(), "holds no certificate", findings);
        }
        match Format::of(bytes) {
            Ok(Format::Pem) => Self::read_text(source, bytes, "holds no certificate", findings),
            Ok(Format::Der) => Self::read_der(file, bytes, findings),
            Ok(Format::Pkcs12) => {
                findings.push(
                    Id::NotPem,
                    file,
                    "The file is PKCS#12, which mostly holds a private key, and a bundle is PEM.",
                    "Take the CA certificates out with openssl pkcs12 -nokeys -cacerts, and keep \
                     the key away from ALB.",
                );
                Self::default()
            }
            Err(reason) if as_text(bytes).is_some() => {
                Self::read_text(source, bytes, &reason.to_string(), findings)
            }
            Err(reason) => {
                findings.push(
                    Id::NotPem,
                    file,
                    format!("The file {reason}."),
                    "Upload the certificates in PEM.",
                );
                Self::default()
            }
        }
    }

    fn read_text(source: &Source, text: &[u8], without: &str, findings: &mut Findings) -> Self {
        let mut lost = Vec::new();
        let sections = pem::scan(text, "CERTIFICATE", &mut |oddity| {
            tell(source, oddity, findings);
            if let Some(why) = loss(oddity.kind)
                && lost.len() < MAX_LOST
            {
                let line = oddity.line;
                lost.push(Lost { line, why });
            }
        });
        if sections.is_empty() {
            let message = match lost.is_empty() {
                true => format!("The file {without}."),
                false => "The file holds no certificate that can be read.".to_owned(),
            };
            findings.push(
                Id::NoCertificates,
                Place::file(source),
                message,
                "Put the CA certificates into it, in PEM.",
            );
        }
        Self {
            certificates: sections.into_iter().map(Held::from).collect(),
            lost,
        }
    }

    fn read_der(file: Place<'_>, bytes: &[u8], findings: &mut Findings) -> Self {
        let parsed = Certificate::parse(bytes);
        let what = match &parsed {
            Ok(_) => "a certificate in DER".to_owned(),
            Err(error) => format!("binary, and no certificate in DER either ({error})"),
        };
        findings.push(
            Id::NotPem,
            file,
            format!("The file is {what}, and a bundle is PEM."),
            "Write it as PEM: openssl x509 -inform DER does, and so does --fix.",
        );
        let held = parsed.is_ok().then(|| Held {
            line: None,
            der: bytes.to_vec(),
        });
        Self {
            certificates: held.into_iter().collect(),
            lost: Vec::new(),
        }
    }
}

impl From<Section> for Held {
    fn from(section: Section) -> Self {
        Self {
            line: Some(section.line),
            der: section.der,
        }
    }
}

/// Makes a finding of something odd.
pub(super) fn tell(source: &Source, oddity: Oddity<'_>, findings: &mut Findings) {
    let place = Place {
        source,
        line: Some(oddity.line),
        column: oddity.column,
        subject: None,
    };
    let (id, message, advice) = describe(oddity);
    findings.push(id, place, message, advice);
}

fn describe(oddity: Oddity<'_>) -> (Id, Cow<'static, str>, &'static str) {
    let lines = |one: &'static str, many: &str| match oddity.lines {
        1 => Cow::Borrowed(one),
        count => format!("{count} {many}").into(),
    };
    match oddity.kind {
        Kind::BadCharacter => (
            Id::BadBase64,
            "The section holds something here that is not base64.".into(),
            ANEW,
        ),
        Kind::BadBase64 => (
            Id::BadBase64,
            "The base64 of the section cannot be decoded: part of it is missing or too much."
                .into(),
            ANEW,
        ),
        Kind::BareCr => (
            Id::BareCr,
            lines(
                "A line ends in CR alone; whether ALB takes that is not documented.",
                "lines end in CR alone; whether ALB takes that is not documented.",
            ),
            "End lines with LF.",
        ),
        Kind::BlankLine => (
            Id::BlankLine,
            lines(
                "The line is blank, and there may be no blank lines.",
                "lines from here on are blank, and there may be no blank lines.",
            ),
            "Delete what is blank.",
        ),
        Kind::ByteOrderMark => (
            Id::ByteOrderMark,
            "The file begins with a byte order mark, so the first line is neither PEM nor a \
             comment."
                .into(),
            "Save it as UTF-8 without a byte order mark.",
        ),
        Kind::Crlf => (
            Id::Crlf,
            lines(
                "A line ends in CR and LF; nothing says that ALB minds.",
                "lines end in CR and LF; nothing says that ALB minds.",
            ),
            "End lines with LF if an upload fails for no other reason.",
        ),
        Kind::DashInComment => (
            Id::DashInComment,
            "The comment holds a hyphen, which comments may not.".into(),
            "Take the hyphen out, or the comment.",
        ),
        Kind::EmptySection => (Id::BrokenPem, "The section holds nothing.".into(), ANEW),
        Kind::JoinedBoundaries => (
            Id::BrokenPem,
            "A section begins here on the line on which the one before ends.".into(),
            "Break the line; files are joined so when the first has no line ending at its end.",
        ),
        Kind::LineLength => (
            Id::LineLength,
            lines(
                "The line has not the 64 characters that RFC 7468 asks for; whether ALB takes it \
                 is not documented.",
                "lines have not the 64 characters that RFC 7468 asks for; whether ALB takes them \
                 is not documented.",
            ),
            "Have it written anew with 64 characters a line, as openssl x509 does.",
        ),
        Kind::MalformedBoundary => (
            Id::MalformedBoundary,
            "This is nearly a BEGIN or END line, but not one: five hyphens go on either side, and \
             nothing else."
                .into(),
            "Write the line as RFC 7468 does, such as -----BEGIN CERTIFICATE-----.",
        ),
        Kind::MissingEnd => (
            Id::BrokenPem,
            "The section is cut off: its END line is missing.".into(),
            ANEW,
        ),
        Kind::OtherSection(label) => (
            Id::OtherSection,
            format!(
                "The section is a {}, and no CA certificate.",
                printable(label)
            )
            .into(),
            section_advice(label),
        ),
        Kind::OuterBlanks => (
            Id::OuterBlanks,
            lines(
                "The line begins or ends with blanks; whether ALB takes that is not documented.",
                "lines begin or end with blanks; whether ALB takes that is not documented.",
            ),
            "Delete the blanks.",
        ),
        Kind::PrivateKey(label) => (
            Id::PrivateKey,
            format!("THE FILE HOLDS A PRIVATE KEY ({}).", printable(label)).into(),
            "Take it out before the file goes anywhere, and replace the key if the file has been \
             somewhere already.",
        ),
        Kind::StrayEnd => (
            Id::BrokenPem,
            "A section ends here that has not begun.".into(),
            "Delete the line, or find the section that belongs to it.",
        ),
        Kind::TextDump => (
            Id::TextDump,
            lines(
                "The line is part of a text dump as OpenSSL writes it, which may not be there.",
                "lines from here on are a text dump as OpenSSL writes it, which may not be there.",
            ),
            "Delete everything outside the sections.",
        ),
        Kind::TextLine => (
            Id::TextLine,
            lines(
                "The line is neither PEM nor a comment, which begins with #.",
                "lines from here on are neither PEM nor comments, which begin with #.",
            ),
            "Delete the text, or put # before it where it holds no hyphen.",
        ),
        Kind::WrongEnd => (
            Id::BrokenPem,
            "The END line is another section's than the BEGIN line before it.".into(),
            ANEW,
        ),
    }
}

/// Whether a section is lost by it.
pub(super) fn is_loss(kind: Kind<'_>) -> bool {
    loss(kind).is_some()
}

/// Why something of the file is no certificate.
fn loss(kind: Kind<'_>) -> Option<String> {
    Some(match kind {
        Kind::BadBase64 | Kind::BadCharacter => "its base64 is broken".to_owned(),
        Kind::EmptySection => "it is empty".to_owned(),
        Kind::MissingEnd => "its END line is missing".to_owned(),
        Kind::WrongEnd => "its END line is another section's".to_owned(),
        Kind::OtherSection(label) => format!("it is a {}", printable(label)),
        Kind::PrivateKey(_) => "it is a private key".to_owned(),
        _ => return None,
    })
}

fn section_advice(label: &[u8]) -> &'static str {
    match label {
        b"PKCS7" | b"CMS" => "Take the certificates out with openssl pkcs7 -print_certs.",
        b"TRUSTED CERTIFICATE" | b"X509 CERTIFICATE" => {
            "Write it as a CERTIFICATE: openssl x509 does."
        }
        b"X509 CRL" => "Upload CRLs by themselves, each in a file of its own.",
        _ => "Delete the section.",
    }
}

/// A label, fit to print.
pub(super) fn printable(label: &[u8]) -> String {
    let shown = label.get(..MAX_LABEL).unwrap_or(label);
    Ascii(&String::from_utf8_lossy(shown)).to_string()
}

const ANEW: &str = "Get the file anew from where it came from.";

/// Longer than any label in use.
const MAX_LABEL: usize = 40;

/// Enough to tell what became of a file.
const MAX_LOST: usize = 100;
