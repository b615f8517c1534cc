//! JSON that is safe on a terminal.

use serde::Serialize;

/// A value as indented JSON, ASCII only, so that it is both exact and safe on a terminal.
///
/// # Errors
///
/// A value that has no JSON.
pub fn json_document(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|json| to_ascii(&json))
}

/// A value as JSON on one line (JSON Lines), ASCII only.
///
/// # Errors
///
/// A value that has no JSON.
pub fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
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
