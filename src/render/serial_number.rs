//! Serial numbers.

use core::fmt;

/// A certificate's serial number (RFC 5280 4.1.2.2).
///
/// `Display` writes the magnitude in upper hex, whole octets, no sign octet, as ALB does:
/// `FEF257372D5C14D4`, `02`, `03A5B1`. Zero is `0`, and a negative number has a `-` before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SerialNumber<'a> {
    content: &'a [u8],
}

impl<'a> SerialNumber<'a> {
    pub(crate) const fn new(content: &'a [u8]) -> Self {
        Self { content }
    }

    /// The content octets of the INTEGER: two's complement, big-endian.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.content
    }
}

impl fmt::Display for SerialNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last_set) = self.content.iter().rposition(|byte| *byte != 0) else {
            return f.write_str("0");
        };
        let is_negative = self.content.first().is_some_and(|byte| byte & 0x80 != 0);
        if is_negative {
            f.write_str("-")?;
        }
        let magnitude = self.content.iter().enumerate().map(|(index, byte)| {
            // Negating two's complement: octets above the lowest set one are inverted, that one is
            // negated, and the zeros below it stay.
            match is_negative {
                true if index < last_set => !byte,
                true => byte.wrapping_neg(),
                false => *byte,
            }
        });
        for byte in magnitude.skip_while(|byte| *byte == 0) {
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn serials_are_written_as_magnitudes_of_whole_octets() {
        for (content, text) in [
            (
                &[0x00, 0xfe, 0xf2, 0x57, 0x37, 0x2d, 0x5c, 0x14, 0xd4][..],
                "FEF257372D5C14D4",
            ),
            (&[0x02], "02"),
            (&[0x03, 0xa5, 0xb1], "03A5B1"),
            (&[0x00], "0"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xff, 0x00], "-0100"),
            (&[0xfe, 0xff], "-0101"),
            (&[0x01, 0x00], "0100"),
        ] {
            assert_eq!(SerialNumber::new(content).to_string(), text);
        }
    }
}
