//! Text that is safe to print: what stands in a certificate was written by whoever made it, and a
//! terminal obeys control characters.

use core::fmt;

pub(crate) use portcullis_facts::{json_document, json_line};

/// A string out of a certificate, as pure printable ASCII: anything else becomes `\u{..}`.
pub(crate) struct Ascii<'a>(pub(crate) &'a str);

impl fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\\' => f.write_str(r"\\"),
            ' '..='~' => fmt::Write::write_char(f, character),
            _ => write!(f, "{}", character.escape_unicode()),
        })
    }
}

/// A message that may hold file names: readable in any language, but one line and without control,
/// formatting or other unprintable characters.
pub(crate) struct Line<T>(pub(crate) T);

impl<T: AsRef<str>> fmt::Display for Line<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .as_ref()
            .chars()
            .try_for_each(|character| match character {
                // Harmless, and a Windows path is unreadable with them escaped.
                '\\' | '"' | '\'' => fmt::Write::write_char(f, character),
                _ => write!(f, "{}", character.escape_debug()),
            })
    }
}

/// The text with its first letter in upper case.
pub(crate) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

/// A number and what it counts.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_text_is_printed_as_printable_ascii() {
        assert_eq!(
            Ascii("a\u{1b}[2Jb\\\u{9b}\u{202e}é~ ").to_string(),
            r"a\u{1b}[2Jb\\\u{9b}\u{202e}\u{e9}~ "
        );
    }

    #[test]
    fn a_message_stays_on_one_line_and_keeps_readable_names() {
        assert_eq!(
            Line(r#"C:\証明書.pem: it's "odd""#).to_string(),
            r#"C:\証明書.pem: it's "odd""#
        );
        assert_eq!(
            Line("a\nb\x1b[2J\u{9b}\u{202e}").to_string(),
            r"a\nb\u{1b}[2J\u{9b}\u{202e}"
        );
    }
}
