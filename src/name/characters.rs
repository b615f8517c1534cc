//! The characters of strings, decoded by the strings' types.

use crate::der;

/// The characters of one string, decoded by its type.
#[derive(Clone)]
pub(crate) struct Characters<'a> {
    encoding: Encoding,
    rest: &'a [u8],
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    /// PrintableString, IA5String, T61String and the like: an octet is a character, taken as
    /// Latin-1 as AWS-LC takes it.
    Latin1,
    /// BMPString, two octets each.
    Bmp,
    /// UniversalString, four octets each.
    Universal,
}

impl<'a> Characters<'a> {
    /// `None` if the type is not that of a string or the encoding is broken.
    pub(crate) fn new(tag: u8, value: &'a [u8]) -> Option<Self> {
        let encoding = match tag {
            // Where flash doesn't count, ASCII is taken for what it is in either encoding.
            der::UTF8_STRING if cfg!(target_pointer_width = "64") && value.is_ascii() => {
                Encoding::Latin1
            }
            der::UTF8_STRING => Encoding::Utf8,
            der::NUMERIC_STRING
            | der::PRINTABLE_STRING
            | der::T61_STRING
            | der::IA5_STRING
            | der::VISIBLE_STRING => Encoding::Latin1,
            der::BMP_STRING => Encoding::Bmp,
            der::UNIVERSAL_STRING => Encoding::Universal,
            _ => return None,
        };
        let characters = Self {
            encoding,
            rest: value,
        };
        if let Encoding::Latin1 = encoding {
            return Some(characters);
        }
        let mut decoded = characters.clone();
        while decoded.next().is_some() {}
        decoded.rest.is_empty().then_some(characters)
    }

    /// The next character, and what comes after it.
    fn decode(&self) -> Option<(char, &'a [u8])> {
        let (&first, rest) = self.rest.split_first()?;
        // How many octets follow, the first one's part of the character, and the least that takes so many.
        let (following, part, least) = match self.encoding {
            Encoding::Latin1 => return Some((char::from(first), rest)),
            Encoding::Bmp => (1, first, 0),
            Encoding::Universal => (3, first, 0),
            // RFC 3629 3.
            Encoding::Utf8 => match first {
                0x00..=0x7f => (0, first, 0),
                0xc0..=0xdf => (1, first & 0x1f, 0x80),
                0xe0..=0xef => (2, first & 0x0f, 0x800),
                0xf0..=0xf7 => (3, first & 0x07, 0x1_0000),
                _ => return None,
            },
        };
        let (following, rest) = rest.split_at_checked(following)?;
        let mut code = u32::from(part);
        for octet in following {
            code = match self.encoding {
                Encoding::Utf8 if octet & 0xc0 == 0x80 => code << 6 | u32::from(octet & 0x3f),
                Encoding::Utf8 => return None,
                _ => code << 8 | u32::from(*octet),
            };
        }
        let character = char::from_u32(code).filter(|_| code >= least)?;
        Some((character, rest))
    }
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let (character, rest) = self.decode()?;
        self.rest = rest;
        Some(character)
    }
}

/// The characters as RFC 5280 7.1 compares them, the way AWS-LC does: ASCII letters in lower case,
/// no blank at either end, one space for each run of blanks.
pub(super) struct Canonical<C> {
    characters: C,
    /// What comes after a space that has just been given.
    waiting: Option<char>,
    started: bool,
}

impl<C> Canonical<C> {
    pub(super) const fn new(characters: C) -> Self {
        Self {
            characters,
            waiting: None,
            started: false,
        }
    }
}

impl<C: Iterator<Item = char>> Iterator for Canonical<C> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(waiting) = self.waiting.take() {
            return Some(waiting);
        }
        let mut character = self.characters.next()?;
        let follows_blank = is_blank(character);
        while is_blank(character) {
            character = self.characters.next()?;
        }
        character = character.to_ascii_lowercase();
        if follows_blank && self.started {
            self.waiting = Some(character);
            return Some(' ');
        }
        self.started = true;
        Some(character)
    }
}

/// C's `isspace`, as AWS-LC uses it.
const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    fn utf8(octets: &[u8]) -> Option<Vec<char>> {
        Some(Characters::new(der::UTF8_STRING, octets)?.collect())
    }

    fn assert_as_the_standard_library_reads(octets: &[u8]) {
        let expected = core::str::from_utf8(octets).ok();
        let expected = expected.map(|text| text.chars().collect());
        assert_eq!(utf8(octets), expected, "{octets:02x?}");
    }

    /// All of up to two octets, and longer ones of octets at which something changes.
    #[test]
    fn utf8_is_read_as_the_standard_library_reads_it() {
        const EDGES: [u8; 19] = [
            0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
            0xed, 0xef, 0xf0, 0xf4, 0xf5,
        ];
        assert_as_the_standard_library_reads(&[]);
        for first in 0..=0xff {
            assert_as_the_standard_library_reads(&[first]);
            for second in 0..=0xff {
                assert_as_the_standard_library_reads(&[first, second]);
            }
        }
        let edges = if cfg!(miri) { &EDGES[15..] } else { &EDGES[..] };
        for first in edges {
            for second in edges {
                for third in edges {
                    assert_as_the_standard_library_reads(&[*first, *second, *third]);
                    for fourth in edges {
                        assert_as_the_standard_library_reads(&[*first, *second, *third, *fourth]);
                        let five = [*first, *second, *third, *fourth, 0x41];
                        assert_as_the_standard_library_reads(&five);
                    }
                }
            }
        }
    }

    #[test]
    fn strings_of_two_and_four_octets_a_character_are_whole_characters() {
        for (tag, octets, expected) in [
            (der::BMP_STRING, &[0x20, 0xac][..], Some('\u{20ac}')),
            (der::BMP_STRING, &[0xd8, 0x00], None),
            (der::BMP_STRING, &[0x20], None),
            (
                der::UNIVERSAL_STRING,
                &[0x00, 0x01, 0xf6, 0x00],
                Some('\u{1f600}'),
            ),
            (der::UNIVERSAL_STRING, &[0x00, 0x11, 0x00, 0x00], None),
            (der::UNIVERSAL_STRING, &[0x00, 0x01, 0xf6], None),
            (der::T61_STRING, &[0xe9], Some('\u{e9}')),
            (der::BIT_STRING, &[0x41], None),
        ] {
            let found = Characters::new(tag, octets).and_then(|mut characters| characters.next());
            assert_eq!(found, expected, "{tag:02x} {octets:02x?}");
        }
    }
}
