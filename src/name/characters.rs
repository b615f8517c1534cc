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
        let mut decoded = characters.clone();
        while decoded.next().is_some() {}
        decoded.rest.is_empty().then_some(characters)
    }

    /// The next character, and what comes after it.
    fn decode(&self) -> Option<(char, &'a [u8])> {
        let (&first, rest) = self.rest.split_first()?;
        // How many octets follow, the first one's part of the character, and the least that takes so many.
        let (following, part, least) = match self.encoding {
            Encoding::Latin1 => (0, first, 0),
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
