//! The characters of strings, decoded by the strings' types.

use core::str;

use crate::der;

/// The characters of one string, decoded by its type.
#[derive(Clone)]
pub(crate) enum Characters<'a> {
    Utf8(str::Chars<'a>),
    /// PrintableString, IA5String, T61String and the like: an octet is a character, taken as
    /// Latin-1 as AWS-LC takes it.
    Latin1(&'a [u8]),
    Bmp(&'a [u8]),
    Universal(&'a [u8]),
}

impl<'a> Characters<'a> {
    /// `None` if the type is not that of a string or the encoding is broken.
    pub(crate) fn new(tag: u8, value: &'a [u8]) -> Option<Self> {
        let characters = match tag {
            der::UTF8_STRING => Self::Utf8(str::from_utf8(value).ok()?.chars()),
            der::NUMERIC_STRING
            | der::PRINTABLE_STRING
            | der::T61_STRING
            | der::IA5_STRING
            | der::VISIBLE_STRING => Self::Latin1(value),
            der::BMP_STRING => Self::Bmp(value),
            der::UNIVERSAL_STRING => Self::Universal(value),
            _ => return None,
        };
        let is_sound = match characters {
            Self::Utf8(_) | Self::Latin1(_) => true,
            Self::Bmp(_) => {
                value.len().is_multiple_of(2) && characters.clone().count() == value.len() / 2
            }
            Self::Universal(_) => {
                value.len().is_multiple_of(4) && characters.clone().count() == value.len() / 4
            }
        };
        is_sound.then_some(characters)
    }
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Utf8(characters) => characters.next(),
            Self::Latin1(octets) => {
                let (&octet, rest) = octets.split_first()?;
                *octets = rest;
                Some(char::from(octet))
            }
            Self::Bmp(octets) => {
                let (&pair, rest) = octets.split_first_chunk()?;
                *octets = rest;
                char::from_u32(u32::from(u16::from_be_bytes(pair)))
            }
            Self::Universal(octets) => {
                let (&four, rest) = octets.split_first_chunk()?;
                *octets = rest;
                char::from_u32(u32::from_be_bytes(four))
            }
        }
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
