//! A PEM text line by line: its sections, and everything that is odd about it. Unlike a reader,
//! this goes on after a fault, so that all of them are told at once.

mod boundary;
mod run;

use portcullis::pki_types::CertificateDer;
use portcullis::pki_types::pem::PemObject as _;

use self::boundary::{Boundary, Edge};
use self::run::{Runs, Tallies};

/// A section of the label that was looked for, decoded.
#[derive(Debug)]
pub(super) struct Section {
    /// Of its BEGIN line, from 1.
    pub(super) line: usize,
    pub(super) der: Vec<u8>,
}

/// Something odd.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Oddity<'t> {
    pub(super) kind: OddityKind<'t>,
    /// The first line concerned, from 1.
    pub(super) line: usize,
    /// In characters, from 1.
    pub(super) column: Option<usize>,
    /// How many lines are concerned.
    pub(super) lines: usize,
}

/// What is odd.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum OddityKind<'t> {
    /// A line of a section holds something that isn't base64.
    BadCharacter,
    /// A section is not base64 as a whole.
    BadBase64,
    /// Lines end in a lone CR.
    BareCr,
    BlankLine,
    ByteOrderMark,
    /// Lines end in CR and LF.
    Crlf,
    DashInComment,
    EmptySection,
    /// An END line and the next BEGIN line are one.
    JoinedBoundaries,
    /// Lines of a section are not of 64 characters.
    LineLength,
    /// Nearly a BEGIN or END line.
    MalformedBoundary,
    /// A section has no END line.
    MissingEnd,
    /// A section of another label.
    OtherSection(&'t [u8]),
    /// Blanks before or after what a line holds.
    OuterBlanks,
    PrivateKey(&'t [u8]),
    /// An END line without a BEGIN line.
    StrayEnd,
    /// What programs write about certificates for people.
    TextDump,
    /// Text that is neither PEM nor a comment.
    TextLine,
    /// An END line of another label than the BEGIN line.
    WrongEnd,
}

/// Reads a text for sections of one label, and tells the sink what is odd.
pub(super) fn scan<'t>(
    text: &'t [u8],
    label: &'static str,
    sink: &mut dyn FnMut(Oddity<'t>),
) -> Vec<Section> {
    let mut scanner = Scanner {
        label: label.as_bytes(),
        sink,
        sections: Vec::new(),
        open: None,
        runs: Runs::default(),
        tallies: Tallies::default(),
    };
    let mut rest = text;
    if let Some(after) = text.strip_prefix(BYTE_ORDER_MARK) {
        scanner.tell(OddityKind::ByteOrderMark, 1, Some(1));
        rest = after;
    }
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let (line, ending, after) = split_line(rest);
        rest = after;
        match ending {
            Ending::CrLf => scanner.tallies.add(OddityKind::Crlf, number),
            Ending::Cr => scanner.tallies.add(OddityKind::BareCr, number),
            Ending::Lf | Ending::None => {}
        }
        scanner.read(number, line);
    }
    scanner.finish()
}

struct Scanner<'t, 's> {
    label: &'static [u8],
    sink: &'s mut dyn FnMut(Oddity<'t>),
    sections: Vec<Section>,
    open: Option<Open<'t>>,
    runs: Runs<'t>,
    tallies: Tallies<'t>,
}

/// A section whose END line has not come.
struct Open<'t> {
    label: &'t [u8],
    line: usize,
    /// The base64, line by line; nothing of a section that isn't looked for.
    body: Vec<u8>,
    is_broken: bool,
    /// The line before, and how long it was.
    last: Option<(usize, usize)>,
}

impl<'t> Scanner<'t, '_> {
    fn read(&mut self, number: usize, line: &'t [u8]) {
        let content = line.trim_ascii();
        if content.is_empty() {
            if self
                .open
                .as_ref()
                .is_none_or(|open| open.label == self.label)
            {
                self.tell_run(OddityKind::BlankLine, number);
            }
            return;
        }
        let column = 1 + line.len() - line.trim_ascii_start().len();
        if let Some(boundary) = Boundary::read(content) {
            if content.len() != line.len() {
                self.tallies.add(OddityKind::OuterBlanks, number);
            }
            self.cross(number, column, boundary);
        } else if self.open.is_some() {
            self.read_body(number, column, line);
        } else {
            self.read_outside(number, line);
        }
    }

    fn read_outside(&mut self, number: usize, line: &'t [u8]) {
        if line.starts_with(b"#") {
            if let Some(index) = line.iter().position(|byte| *byte == b'-') {
                let column = 1 + String::from_utf8_lossy(&line[..index]).chars().count();
                self.tell(OddityKind::DashInComment, number, Some(column));
            }
            return;
        }
        // A dump goes on with lines that could be anything.
        if is_dump(line) || self.runs.has(OddityKind::TextDump, number - 1) {
            self.tell_run(OddityKind::TextDump, number);
        } else {
            self.tell_run(OddityKind::TextLine, number);
        }
    }

    fn read_body(&mut self, number: usize, column: usize, line: &'t [u8]) {
        let Some(open) = self.open.as_mut().filter(|open| open.label == self.label) else {
            // What is in other sections is none of ours, a private key least of all.
            return;
        };
        let content = line.trim_ascii();
        if content.len() != line.len() {
            self.tallies.add(OddityKind::OuterBlanks, number);
        }
        let bad = content
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/' | b'='));
        if let Some(index) = bad {
            if !core::mem::replace(&mut open.is_broken, true) {
                self.tell(OddityKind::BadCharacter, number, Some(column + index));
            }
            return;
        }
        open.body.extend_from_slice(content);
        let before = open.last.replace((number, content.len()));
        if let Some((before, length)) = before
            && length != LINE_LENGTH
        {
            self.tallies.add(OddityKind::LineLength, before);
        }
    }

    fn cross(&mut self, number: usize, mut column: usize, boundary: Boundary<'t>) {
        let mut next = Some(boundary);
        while let Some(boundary) = next.take() {
            if !boundary.is_exact && boundary.next.is_none() {
                self.tell(OddityKind::MalformedBoundary, number, Some(column));
            }
            match boundary.edge {
                Edge::Begin => self.begin(number, boundary.label),
                Edge::End => self.end(number, boundary.label, boundary.is_exact),
            }
            if let Some((offset, rest)) = boundary.next {
                column += offset;
                self.tell(OddityKind::JoinedBoundaries, number, Some(column));
                next = Boundary::read(rest);
            }
        }
    }

    fn begin(&mut self, line: usize, label: &'t [u8]) {
        if let Some(open) = self.open.take() {
            self.tell(OddityKind::MissingEnd, open.line, None);
        }
        if label != self.label {
            let key = b"PRIVATE KEY";
            let is_key = label.windows(key.len()).any(|part| part == key);
            let kind = match is_key {
                true => OddityKind::PrivateKey(label),
                false => OddityKind::OtherSection(label),
            };
            self.tell(kind, line, None);
        }
        self.open = Some(Open {
            label,
            line,
            body: Vec::new(),
            is_broken: false,
            last: None,
        });
    }

    fn end(&mut self, line: usize, label: &[u8], is_exact: bool) {
        let Some(open) = self.open.take() else {
            if is_exact {
                self.tell(OddityKind::StrayEnd, line, None);
            }
            return;
        };
        if open.label != label {
            self.tell(OddityKind::WrongEnd, line, None);
            return;
        }
        if open.label != self.label || open.is_broken {
            return;
        }
        if let Some((last, length)) = open.last
            && length > LINE_LENGTH
        {
            self.tallies.add(OddityKind::LineLength, last);
        }
        if open.body.is_empty() {
            self.tell(OddityKind::EmptySection, open.line, None);
            return;
        }
        match decode(&open.body) {
            Some(der) => self.sections.push(Section {
                line: open.line,
                der,
            }),
            None => self.tell(OddityKind::BadBase64, open.line, None),
        }
    }

    fn finish(mut self) -> Vec<Section> {
        if let Some(open) = self.open.take() {
            self.tell(OddityKind::MissingEnd, open.line, None);
        }
        self.runs.flush(self.sink);
        self.tallies.flush(self.sink);
        self.sections
    }

    fn tell_run(&mut self, kind: OddityKind<'t>, line: usize) {
        self.runs.add(kind, line, self.sink);
    }

    fn tell(&mut self, kind: OddityKind<'t>, line: usize, column: Option<usize>) {
        (self.sink)(Oddity {
            kind,
            line,
            column,
            lines: 1,
        });
    }
}

/// Whether a line begins what OpenSSL writes beside a certificate for people.
fn is_dump(line: &[u8]) -> bool {
    [
        &b"Certificate:"[..],
        b"Certificate Revocation List (CRL):",
        b"Certificate chain",
        b"Bag Attributes",
        b"Key Attributes",
        b"subject=",
        b"issuer=",
        b"subject:",
        b"issuer:",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

/// The base64 of a section. It is decoded as the library decodes PEM, which overlooks padding that is
/// missing; OpenSSL doesn't.
fn decode(body: &[u8]) -> Option<Vec<u8>> {
    let unpadded = body.len() - body.iter().rev().take_while(|byte| **byte == b'=').count();
    if !body.len().is_multiple_of(4) || body.len() - unpadded > 2 {
        return None;
    }
    let text = [
        b"-----BEGIN CERTIFICATE-----\n",
        body,
        b"\n-----END CERTIFICATE-----\n",
    ]
    .concat();
    let der = CertificateDer::from_pem_slice(&text).ok()?;
    Some(der.to_vec())
}

#[derive(Clone, Copy)]
enum Ending {
    Cr,
    CrLf,
    Lf,
    None,
}

/// The first line, how it ends, and what follows it.
fn split_line(text: &[u8]) -> (&[u8], Ending, &[u8]) {
    let Some(end) = text.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
        return (text, Ending::None, &[]);
    };
    let (line, rest) = text.split_at(end);
    match rest {
        [b'\r', b'\n', rest @ ..] => (line, Ending::CrLf, rest),
        [b'\r', rest @ ..] => (line, Ending::Cr, rest),
        [_, rest @ ..] => (line, Ending::Lf, rest),
        [] => (line, Ending::None, rest),
    }
}

/// RFC 7468 section 2.
const LINE_LENGTH: usize = 64;

/// What editors on Windows put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[cfg(test)]
mod tests;
