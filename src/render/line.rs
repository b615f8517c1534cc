//! What the lines of both logs have in common: fields with a space between them.

use core::fmt::{self, Write};
use core::str::FromStr;
use core::time::Duration;

use crate::render::LogText;

/// Why a line of a log could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogLineError {
    /// There is nothing in the line.
    Empty,
    /// ALB tells that it has begun to log: `Enable ConnectionLog for ELB: ...`. Nothing is wrong
    /// with such a line, and it is about no connection.
    Control,
    /// It is more than one line.
    LineBreak,
    /// It has fewer fields than the oldest lines known.
    TooFewFields {
        /// How many it has.
        found: usize,
        /// How many it should have at least.
        needed: usize,
    },
    /// The double quotes of a field are not where they should be: the closing one is missing, or
    /// something other than a space comes after it, or there is one within a bare field.
    Quotes {
        /// Which field, from 1.
        number: usize,
    },
    /// A field does not hold what it should.
    Field {
        /// Which field, from 1.
        number: usize,
        /// AWS's name of it.
        name: &'static str,
    },
}

impl fmt::Display for LogLineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the line is empty"),
            Self::Control => f.write_str("the line tells that logging was enabled"),
            Self::LineBreak => f.write_str("there is a line break within the line"),
            Self::TooFewFields { found, needed } => {
                write!(f, "there are {found} fields; at least {needed} are needed")
            }
            Self::Quotes { number } => write!(f, "field {number}: misplaced double quotes"),
            Self::Field { number, name } => write!(f, "field {number}, {name}, is malformed"),
        }
    }
}

impl core::error::Error for LogLineError {}

/// Reads a line field by field.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    /// What is left, without the space before it; none after the last field.
    rest: Option<&'a str>,
    /// Of the field read last, from 1.
    number: usize,
    names: &'static [&'static str],
}

impl<'a> Fields<'a> {
    /// Begins a line that has at least so many fields. An end of line at its end is passed over.
    pub(crate) fn new(
        line: &'a str,
        names: &'static [&'static str],
        needed: usize,
    ) -> Result<Self, LogLineError> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Err(LogLineError::Empty);
        }
        if line.contains(['\n', '\r']) {
            return Err(LogLineError::LineBreak);
        }
        if CONTROL.iter().any(|start| line.starts_with(start)) {
            return Err(LogLineError::Control);
        }
        let fields = Self {
            rest: Some(line),
            number: 0,
            names,
        };
        let mut counting = fields.clone();
        while counting.number < needed {
            if counting.token()?.is_none() {
                let found = counting.number;
                return Err(LogLineError::TooFewFields { found, needed });
            }
        }
        Ok(fields)
    }

    /// How many fields have been read.
    pub(crate) const fn number(&self) -> usize {
        self.number
    }

    /// All that has not been read, as it is.
    pub(crate) const fn rest(&self) -> Option<&'a str> {
        self.rest
    }

    /// The next field; none after the last.
    pub(crate) fn token(&mut self) -> Result<Option<Token<'a>>, LogLineError> {
        let Some(rest) = self.rest else {
            return Ok(None);
        };
        self.number = self.number.saturating_add(1);
        let misplaced = LogLineError::Quotes {
            number: self.number,
        };
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = closing_quote(quoted)
                .and_then(|end| quoted.split_at_checked(end))
                .ok_or(misplaced)?;
            let after = after.strip_prefix('"').ok_or(misplaced)?;
            self.rest = match after.strip_prefix(' ') {
                None if after.is_empty() => None,
                None => return Err(misplaced),
                rest => rest,
            };
            return Ok(Some(Token::Quoted(text)));
        }
        let (text, after) = match rest.split_once(' ') {
            Some((text, after)) => (text, Some(after)),
            None => (rest, None),
        };
        self.rest = after;
        match text {
            "" => Err(self.malformed()),
            text if text.contains('"') => Err(misplaced),
            text => Ok(Some(Token::Bare(text))),
        }
    }

    /// A bare field; none for `-` and after the last.
    pub(crate) fn bare(&mut self) -> Result<Option<&'a str>, LogLineError> {
        match self.token()? {
            Some(Token::Bare(ABSENT)) | None => Ok(None),
            Some(Token::Bare(text)) => Ok(Some(text)),
            Some(Token::Quoted(_)) => Err(LogLineError::Quotes {
                number: self.number,
            }),
        }
    }

    /// A field in quotes, as it stands there; none for `"-"` and after the last.
    pub(crate) fn quoted(&mut self) -> Result<Option<&'a str>, LogLineError> {
        match self.token()? {
            Some(Token::Quoted(ABSENT)) | None => Ok(None),
            Some(Token::Quoted(text)) => Ok(Some(text)),
            Some(Token::Bare(_)) => Err(LogLineError::Quotes {
                number: self.number,
            }),
        }
    }

    pub(crate) fn text(&mut self) -> Result<Option<LogText<'a>>, LogLineError> {
        Ok(self.quoted()?.map(LogText::logged))
    }

    /// What a bare field is read as; none for `-` and after the last.
    pub(crate) fn read<T>(
        &mut self,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, LogLineError> {
        match self.bare()? {
            Some(text) => read(text).map(Some).ok_or(self.malformed()),
            None => Ok(None),
        }
    }

    /// The same where there is no line without it.
    pub(crate) fn need<T>(
        &mut self,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, LogLineError> {
        self.read(read)?.ok_or(self.malformed())
    }

    /// That the field read last does not hold what it should.
    pub(crate) fn malformed(&self) -> LogLineError {
        let name = self.number.checked_sub(1);
        let name = name.and_then(|index| self.names.get(index));
        LogLineError::Field {
            number: self.number,
            name: name.copied().unwrap_or("unknown"),
        }
    }
}

/// A field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Token<'a> {
    Bare(&'a str),
    /// What is between the quotes.
    Quoted(&'a str),
}

/// A number, without the sign that `from_str` would take.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    (!text.starts_with('+')).then(|| text.parse().ok())?
}

/// `4.036`.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let digits = u32::try_from(fraction.len()).ok()?;
    let scale = 10_u32.checked_pow(9_u32.checked_sub(digits)?)?;
    let nanos = fraction.parse::<u32>().ok()?.checked_mul(scale)?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

/// Writes seconds with three decimals, the rest cut off.
pub(crate) fn write_seconds(f: &mut fmt::Formatter<'_>, time: Duration) -> fmt::Result {
    write!(f, "{}.{:03}", time.as_secs(), time.subsec_millis())
}

/// Something, or `-`.
pub(crate) struct OrAbsent<T>(pub(crate) Option<T>);

impl<T: fmt::Display> fmt::Display for OrAbsent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str(ABSENT),
        }
    }
}

/// Text in a bare field, which it cannot break out of: whatever is not printable ASCII becomes
/// `\xNN`, octet by octet, and so do spaces and double quotes. Nothing at all becomes `-`.
pub(crate) struct Bare<'a>(pub(crate) Option<&'a str>);

impl fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.filter(|text| !text.is_empty()).unwrap_or(ABSENT);
        text.bytes().try_for_each(|octet| match octet {
            b'"' => f.write_str("\\x22"),
            b'!'..=b'~' => f.write_char(char::from(octet)),
            _ => write!(f, "\\x{octet:02X}"),
        })
    }
}

/// Fields that were read and are not known, as they were but for control characters.
pub(crate) struct Further<'a>(pub(crate) &'a str);

impl fmt::Display for Further<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visibly(f, self.0)
    }
}

/// Writes what stood in a line as it was, but for control characters, which become `\xNN`. A
/// backslash before one that stands for itself gets another, since it would take the new one for its
/// own.
pub(crate) fn write_visibly(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut is_open = false;
    text.chars().try_for_each(|character| match character {
        '\0'..='\x1f' | '\x7f' => {
            let backslash = if is_open { "\\" } else { "" };
            is_open = false;
            write!(f, "{backslash}\\x{:02X}", u32::from(character))
        }
        _ => {
            is_open = character == '\\' && !is_open;
            f.write_char(character)
        }
    })
}

/// Where the quote is that no backslash is before.
fn closing_quote(text: &str) -> Option<usize> {
    let mut octets = text.bytes().enumerate();
    while let Some((index, octet)) = octets.next() {
        match octet {
            b'"' => return Some(index),
            b'\\' => _ = octets.next(),
            _ => {}
        }
    }
    None
}

/// What stands in a field that has no value.
pub(crate) const ABSENT: &str = "-";

/// How lines begin that are about the log and not in it.
const CONTROL: [&str; 2] = ["Enable ConnectionLog for ELB", "Enable AccessLog for ELB"];
