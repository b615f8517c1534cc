//! The leaf in a line of the connection log.

use core::fmt::{self, Write};

use crate::certificate::Certificate;
use crate::name::DistinguishedName;
use crate::render::line::{ABSENT, Bare, Fields, OrAbsent};
use crate::render::{LogLineError, SerialNumber};
use crate::time::Validity;

/// The client's certificate as the connection log has it: fields 8 to 10.
///
/// Made of a [`Certificate`] to be written, or read from a line.
#[derive(Clone, Copy, Debug)]
pub struct LogLeaf<'a> {
    subject: Subject<'a>,
    validity: Option<Validity>,
    serial: Serial<'a>,
}

impl<'a> LogLeaf<'a> {
    /// Reads fields 8 to 10; none if all of them say `-`.
    pub(crate) fn read(fields: &mut Fields<'a>) -> Result<Option<Self>, LogLineError> {
        let subject = fields.quoted()?;
        let validity = fields.read(Validity::from_text)?;
        let serial = fields.bare()?;
        if subject.is_none() && validity.is_none() && serial.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            subject: Subject::Logged(subject),
            validity,
            serial: Serial::Logged(serial),
        }))
    }

    /// The distinguished name of the client, as RFC 2253 text.
    #[must_use]
    pub fn subject(&self) -> impl fmt::Display + use<'a> {
        self.subject
    }

    /// When the certificate is valid. None if a line says only `-`.
    #[must_use]
    pub const fn validity(&self) -> Option<Validity> {
        self.validity
    }

    /// The serial number in upper hex, as [`SerialNumber`] writes it.
    #[must_use]
    pub fn serial(&self) -> impl fmt::Display + use<'a> {
        self.serial
    }

    /// Fields 8 to 10.
    pub(crate) fn write(leaf: Option<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match leaf {
            None => f.write_str("\"-\" - -"),
            Some(leaf) => write!(
                f,
                "\"{}\" {} {}",
                leaf.subject,
                OrAbsent(leaf.validity),
                leaf.serial
            ),
        }
    }
}

impl<'a> From<&Certificate<'a>> for LogLeaf<'a> {
    fn from(certificate: &Certificate<'a>) -> Self {
        Self {
            subject: Subject::Name(certificate.subject()),
            validity: Some(certificate.validity()),
            serial: Serial::Number(certificate.serial()),
        }
    }
}

/// RFC 2253 escapes what would end the quotes round it: `"` has a backslash before it and a
/// backslash one more, and there is no control character.
#[derive(Clone, Copy, Debug)]
enum Subject<'a> {
    Name(DistinguishedName<'a>),
    Logged(Option<&'a str>),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Logged(text) => {
                text.unwrap_or(ABSENT)
                    .chars()
                    .try_for_each(|character| match character {
                        '\0'..'\x20' | '\x7f' => write!(f, "\\{:02X}", u32::from(character)),
                        _ => f.write_char(character),
                    })
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Serial<'a> {
    Number(SerialNumber<'a>),
    Logged(Option<&'a str>),
}

impl fmt::Display for Serial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Logged(text) => Bare(*text).fmt(f),
        }
    }
}
