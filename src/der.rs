//! Strict DER (X.690) over a borrowed slice: single-byte tags, definite and minimal lengths.

/// What one read took off the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tlv<'a> {
    /// Identifier octet: class, constructed bit and number together.
    pub(crate) tag: u8,
    /// The content octets.
    pub(crate) value: &'a [u8],
}

/// Reads one element after another; `None` is malformed or missing DER. Inlined on machines where
/// flash does not count.
///
/// Which of the two is the caller's to name, since only the caller knows the field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever its tag.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn any(&mut self) -> Option<Tlv<'a>> {
        let (&tag, rest) = self.rest.split_first()?;
        // High tag numbers (X.690 8.1.2.4) occur nowhere in a certificate or a CRL.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let value = self.take_content(rest)?;
        Some(Tlv { tag, value })
    }

    /// The content of the next element, which must have this tag.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        match self.rest.split_first() {
            Some((first, rest)) if *first == tag => self.take_content(rest),
            _ => None,
        }
    }

    /// The next element, which must have this tag: all of it, and its content.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn expect_full(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let start = self.rest;
        let value = self.expect(tag)?;
        let length = start.len().checked_sub(self.rest.len())?;
        Some((start.get(..length)?, value))
    }

    /// Reads on after a tag: the length, and as many octets.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn take_content(&mut self, after_tag: &'a [u8]) -> Option<&'a [u8]> {
        let (length, rest) = match *after_tag {
            [length @ 0..=0x7f, ref rest @ ..] => (usize::from(length), rest),
            _ => long_length(after_tag)?,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(value)
    }

    /// The content of the next element if it has this tag; otherwise nothing is read.
    ///
    /// One that has the tag and is malformed is not read either. Nothing else reads it, so that whoever asks
    /// for what comes after it, or for the [end](Self::finish), gets `None`.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.expect(tag)
    }

    /// A reader over the content of the next element, which must have this tag.
    pub(crate) fn nested(&mut self, tag: u8) -> Option<Self> {
        self.expect(tag).map(Self::new)
    }

    /// Succeeds at the end of the input.
    pub(crate) fn finish(self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// The content of a sole element with this tag: nothing may follow it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn sole(input: &[u8], tag: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(input);
    let value = reader.expect(tag)?;
    reader.finish()?;
    Some(value)
}

/// Checks the content octets of an INTEGER: at least one, no superfluous sign octet (X.690 8.3.2).
pub(crate) fn integer(value: &[u8]) -> Option<&[u8]> {
    match value {
        [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => None,
        _ => Some(value),
    }
}

/// The magnitude of the content octets of a non-negative INTEGER, without its sign octet.
pub(crate) fn unsigned(value: &[u8]) -> Option<&[u8]> {
    match integer(value)? {
        [0x80..=0xff, ..] => None,
        [0x00, rest @ ..] if !rest.is_empty() => Some(rest),
        magnitude => Some(magnitude),
    }
}

/// Whether these are the content octets of an OBJECT IDENTIFIER: whole numbers in their shortest form
/// (X.690 8.19.2).
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn is_object_identifier(content: &[u8]) -> bool {
    let mut begins = true;
    for octet in content {
        if begins && *octet == 0x80 {
            return false;
        }
        begins = *octet < 0x80;
    }
    begins && !content.is_empty()
}

/// Whether this is the content of an `AlgorithmIdentifier` (RFC 5280 4.1.1.2), whatever algorithm.
pub(crate) fn is_algorithm_identifier(content: &[u8]) -> bool {
    let mut reader = Reader::new(content);
    let oid = reader.expect(OBJECT_IDENTIFIER);
    let has_sound_parameters = reader.is_empty() || reader.any().is_some();
    oid.is_some_and(is_object_identifier) && has_sound_parameters && reader.is_empty()
}

/// The content of a BOOLEAN (X.690 11.1).
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn boolean(value: &[u8]) -> Option<bool> {
    match value {
        [0x00] => Some(false),
        [0xff] => Some(true),
        _ => None,
    }
}

/// A BIT STRING's octets and its count of unused bits, which must be zero bits (X.690 11.2.1).
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn bit_string(value: &[u8]) -> Option<(&[u8], u8)> {
    let (&unused, bits) = value.split_first()?;
    let padding = match (unused, bits.last()) {
        (0, _) => 0,
        (1..=7, Some(last)) => last & !(0xff << unused),
        _ => return None,
    };
    (padding == 0).then_some((bits, unused))
}

/// A length of more than one octet, in its shortest form (X.690 10.1), and what follows it.
fn long_length(input: &[u8]) -> Option<(usize, &[u8])> {
    match *input {
        [0x81, length @ 0x80..=0xff, ref rest @ ..] => Some((usize::from(length), rest)),
        [0x82, high @ 1..=0xff, low, ref rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([high, low])), rest))
        }
        [0x83, high @ 1..=0xff, middle, low, ref rest @ ..] => {
            let length = u32::from_be_bytes([0, high, middle, low]);
            Some((usize::try_from(length).ok()?, rest))
        }
        [0x84, high @ 1..=0xff, b, c, d, ref rest @ ..] => {
            let length = u32::from_be_bytes([high, b, c, d]);
            Some((usize::try_from(length).ok()?, rest))
        }
        _ => None,
    }
}

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const VISIBLE_STRING: u8 = 0x1a;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// `[number]`, primitive.
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// `[number]`, constructed.
pub(crate) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers are the tests' own"
)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Option<(u8, usize)> {
        Reader::new(input)
            .any()
            .map(|tlv| (tlv.tag, tlv.value.len()))
    }

    #[test]
    fn lengths_must_be_definite_and_shortest() {
        assert_eq!(read(&[0x30, 0x00]), Some((0x30, 0)));
        assert_eq!(read(&[0x30, 0x80, 0x00, 0x00]), None);
        assert_eq!(read(&[0x04, 0x81, 0x01, 0xaa]), None);
        assert_eq!(read(&[0x04, 0x82, 0x00, 0x80]), None);
        let mut long = [0_u8; 131];
        long[..3].copy_from_slice(&[0x04, 0x81, 0x80]);
        assert_eq!(read(&long), Some((0x04, 128)));
        long[..3].copy_from_slice(&[0x04, 0x81, 0x81]);
        assert_eq!(read(&long), None);
        assert_eq!(read(&[0x04, 0x85, 1, 0, 0, 0, 0]), None);
        assert_eq!(read(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn high_tag_numbers_are_refused() {
        assert_eq!(read(&[0x1f, 0x01, 0x00]), None);
    }

    #[test]
    fn integers_have_no_superfluous_sign_octet() {
        for bad in [&[][..], &[0x00, 0x7f], &[0xff, 0x80]] {
            assert_eq!(integer(bad), None);
        }
        assert_eq!(integer(&[0x00, 0x80]), Some(&[0x00, 0x80][..]));
        assert_eq!(unsigned(&[0x00, 0x80]), Some(&[0x80][..]));
        assert_eq!(unsigned(&[0x00]), Some(&[0x00][..]));
        assert_eq!(unsigned(&[0x80]), None);
    }

    #[test]
    fn booleans_are_all_zeros_or_all_ones() {
        assert_eq!(boolean(&[0xff]), Some(true));
        assert_eq!(boolean(&[0x00]), Some(false));
        assert_eq!(boolean(&[0x01]), None);
        assert_eq!(boolean(&[]), None);
    }

    #[test]
    fn padding_bits_are_zero() {
        assert_eq!(bit_string(&[0x00]), Some((&[][..], 0)));
        assert_eq!(bit_string(&[0x07, 0x80]), Some((&[0x80][..], 7)));
        assert_eq!(bit_string(&[0x07, 0xc0]), None);
        assert_eq!(bit_string(&[0x08, 0x00]), None);
        assert_eq!(bit_string(&[0x01]), None);
        assert_eq!(bit_string(&[]), None);
    }

    /// What X.690 8.1.3 and 10.1 say of a length, by arithmetic: its value, and how many octets it
    /// takes.
    fn length_by_the_book(octets: &[u8]) -> Option<(u64, usize)> {
        let (&first, rest) = octets.split_first()?;
        let count = usize::from(first) % 128;
        if first < 128 {
            return Some((u64::from(first), 1));
        }
        let value = rest.get(..count)?.iter().try_fold(0_u64, |value, octet| {
            value.checked_mul(256)?.checked_add(u64::from(*octet))
        })?;
        let shortest = (1..=8).find(|octets| value < 256_u64.saturating_pow(*octets))?;
        let is_shortest = value >= 128 && u32::try_from(count).ok()? == shortest;
        (is_shortest && count <= 4).then_some((value, 1 + count))
    }

    fn assert_reads_by_the_book(input: &[u8]) {
        let expected = input.split_first().and_then(|(tag, rest)| {
            let (length, header) = length_by_the_book(rest)?;
            let length = usize::try_from(length).ok()?;
            let end = header
                .checked_add(length)
                .filter(|end| *end <= rest.len())?;
            (tag % 32 != 31).then_some((*tag, length, end + 1))
        });
        let mut reader = Reader::new(input);
        let found = reader.any();
        let consumed = input.len() - reader.rest.len();
        let found = found.map(|tlv| (tlv.tag, tlv.value.len(), consumed));
        assert_eq!(found, expected, "{:02x?}", &input[..input.len().min(8)]);
        if found.is_none() {
            assert_eq!(consumed, 0);
        }
        // Reading with a tag in mind differs in the tag alone.
        let tag = input.first().copied().unwrap_or(0);
        let with_tag = Reader::new(input).expect(tag).map(<[u8]>::len);
        if tag % 32 != 31 {
            assert_eq!(with_tag, expected.map(|(_, length, _)| length));
            let full = Reader::new(input).expect_full(tag).map(|(full, _)| full);
            assert_eq!(full, expected.map(|(_, _, end)| &input[..end]));
        }
        assert_eq!(Reader::new(input).expect(!tag), None);
    }

    /// All inputs of up to two octets, and all of three and four of which tag and content do not
    /// matter.
    #[test]
    fn every_short_input_is_read_by_the_book() {
        let step = if cfg!(miri) { 17 } else { 1 };
        assert_reads_by_the_book(&[]);
        for first in (0..=0xff).step_by(step) {
            assert_reads_by_the_book(&[first]);
            for second in (0..=0xff).step_by(step) {
                assert_reads_by_the_book(&[first, second]);
                assert_reads_by_the_book(&[0x30, first, second]);
                assert_reads_by_the_book(&[0x30, 0x81, first, second]);
                assert_reads_by_the_book(&[0x30, 0x82, first, second]);
            }
        }
    }

    /// Five octets that each are one where something changes, and content that is just enough, one
    /// octet more, and one less.
    #[test]
    fn every_length_of_up_to_five_octets_is_read_by_the_book() {
        const EDGES: [u8; 11] = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x88, 0xff];
        let edges = if cfg!(miri) { &EDGES[3..7] } else { &EDGES };
        let mut input = [0_u8; 0x1_0200];
        for number in 0..edges.len().pow(5) {
            input[0] = 0x04;
            for digit in 0..5 {
                input[usize::try_from(digit).unwrap() + 1] =
                    edges[number / edges.len().pow(digit) % edges.len()];
            }
            assert_reads_by_the_book(&input[..6]);
            if let Some((length, header)) = length_by_the_book(&input[1..6])
                && let Ok(length) = usize::try_from(length)
                && length < 0x1_0100
            {
                for end in [header + length, header + length + 1, header + length + 2] {
                    assert_reads_by_the_book(&input[..end]);
                }
            }
        }
    }
}
