//! Text in double quotes.

use core::fmt::{self, Write};

use crate::render::line::write_visibly;

/// Text of a log line that stands in double quotes, and that a client may have had its say in.
///
/// It is made of what is to be written, or read from a line. `Display` writes the text itself,
/// not as it stands in a log: it may hold control characters, which a terminal obeys. Octets that
/// are no UTF-8 become U+FFFD; [`bytes`](Self::bytes) has them as they are.
///
/// In a log `"` and `\` have a backslash before them, and whatever is not printable ASCII is
/// `\xNN`, octet by octet, so that no text can break out of its field.
#[derive(Clone, Copy)]
pub struct LogText<'a> {
    form: Form<'a>,
}

impl<'a> LogText<'a> {
    /// What stood between the quotes.
    pub(crate) const fn logged(text: &'a str) -> Self {
        Self {
            form: Form::Logged(text),
        }
    }

    /// The octets of the text.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let (mut rest, is_logged) = match self.form {
            Form::Plain(octets) => (octets, false),
            Form::Logged(text) => (text.as_bytes(), true),
        };
        core::iter::from_fn(move || {
            let (octet, after) = match (is_logged, rest) {
                (true, [b'\\', b'x', high, low, after @ ..])
                    if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
                {
                    (hex(*high) << 4 | hex(*low), after)
                }
                (true, [b'\\', octet @ (b'"' | b'\\'), after @ ..]) => (*octet, after),
                (_, [octet, after @ ..]) => (*octet, after),
                (_, []) => return None,
            };
            rest = after;
            Some(octet)
        })
    }

    /// Writes it in quotes, as much as `limit` octets of it.
    pub(crate) fn write_quoted(
        self,
        f: &mut fmt::Formatter<'_>,
        limit: Option<usize>,
    ) -> fmt::Result {
        f.write_char('"')?;
        match self.form {
            Form::Plain(octets) => {
                let limited = limit.and_then(|limit| octets.get(..limit));
                for octet in limited.unwrap_or(octets) {
                    match octet {
                        b'"' | b'\\' => write!(f, "\\{}", char::from(*octet))?,
                        b' '..=b'~' => f.write_char(char::from(*octet))?,
                        _ => write!(f, "\\x{octet:02X}")?,
                    }
                }
            }
            // As it was, for it was in quotes before.
            Form::Logged(text) => write_visibly(f, text)?,
        }
        f.write_char('"')
    }
}

impl<'a> From<&'a str> for LogText<'a> {
    fn from(text: &'a str) -> Self {
        text.as_bytes().into()
    }
}

impl<'a> From<&'a [u8]> for LogText<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Self {
            form: Form::Plain(octets),
        }
    }
}

impl fmt::Display for LogText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sequence = [0; 4];
        let mut length = 0_usize;
        for octet in self.bytes() {
            if let Some(slot) = sequence.get_mut(length) {
                *slot = octet;
                length = length.saturating_add(1);
            }
            let so_far = sequence.get(..length).unwrap_or_default();
            match core::str::from_utf8(so_far) {
                Ok(character) => {
                    f.write_str(character)?;
                    length = 0;
                }
                // More may come.
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    f.write_char(char::REPLACEMENT_CHARACTER)?;
                    // The octet that ended a sequence too early may begin another.
                    let begins_another = length > 1 && !(0x80..0xc0).contains(&octet);
                    length = 0;
                    if octet.is_ascii() && begins_another {
                        f.write_char(char::from(octet))?;
                    } else if begins_another {
                        sequence = [octet, 0, 0, 0];
                        length = 1;
                    }
                }
            }
        }
        if length > 0 {
            f.write_char(char::REPLACEMENT_CHARACTER)?;
        }
        Ok(())
    }
}

impl fmt::Debug for LogText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogText(")?;
        self.write_quoted(f, None)?;
        f.write_str(")")
    }
}

impl PartialEq for LogText<'_> {
    /// Whether it is the same text, however it is written.
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for LogText<'_> {}

#[derive(Clone, Copy)]
enum Form<'a> {
    /// As it is.
    Plain(&'a [u8]),
    /// As it stands in a log, between the quotes.
    Logged(&'a str),
}

/// The value of a hexadecimal digit, of which it must be one.
fn hex(digit: u8) -> u8 {
    let value = char::from(digit).to_digit(16).unwrap_or_default();
    u8::try_from(value).unwrap_or_default()
}
