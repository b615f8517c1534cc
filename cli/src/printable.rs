//! Text that is safe to print: what stands in a certificate was written by whoever made it, and a
//! terminal obeys control characters.

use core::fmt;

use serde::Serialize;

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

/// A value as indented JSON, ASCII only, so that it is both exact and safe on a terminal.
pub(crate) fn json_document(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|json| to_ascii(&json))
}

/// A value as JSON on one line (JSON Lines), ASCII only.
pub(crate) fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(|json| to_ascii(&json))
}

/// JSON escapes the C0 controls only. This escapes DEL and everything past ASCII too, which can
/// stand nowhere but inside strings.
fn to_ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, '\0'..='~') {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    ascii
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

    #[test]
    fn json_is_ascii_and_reads_back_exactly() {
        let text = "a\"\\\n\u{7f}\u{9b}é\u{202e}\u{1f512}";
        for json in [json_line(&text), json_document(&text)] {
            let json = json.expect("a string is JSON");
            assert!(
                json.bytes().all(|byte| matches!(byte, b' '..=b'~')),
                "{json}"
            );
            assert_eq!(
                serde_json::from_str::<String>(&json).expect("it is JSON"),
                text
            );
        }
    }
}
