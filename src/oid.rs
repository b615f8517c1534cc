//! Object identifiers: the ones that matter here, and how to write any.

use core::fmt;

/// An OBJECT IDENTIFIER of a certificate. `Display` writes it dotted: `1.3.6.1.5.5.7.3.2`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ObjectIdentifier<'a> {
    content: &'a [u8],
}

impl<'a> ObjectIdentifier<'a> {
    pub(crate) const fn new(content: &'a [u8]) -> Self {
        Self { content }
    }

    /// The content octets of its DER encoding (X.690 8.19).
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.content
    }
}

impl fmt::Display for ObjectIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc = 0_u128;
        let mut first = true;
        for byte in self.content {
            let Some(shifted) = arc.checked_mul(128) else {
                // No registered arc is that long; what comes after it is not worth memory.
                return f.write_str(".?");
            };
            arc = shifted | u128::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                continue;
            }
            if first {
                // X.690 8.19.4: the first two arcs share one number.
                let top = (arc / 40).min(2);
                let second = arc.saturating_sub(top.saturating_mul(40));
                write!(f, "{top}.{second}")?;
            } else {
                write!(f, ".{arc}")?;
            }
            first = false;
            arc = 0;
        }
        Ok(())
    }
}

/// What follows an arc in an identifier that begins with it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn below<'a>(identifier: &'a [u8], arc: &[u8]) -> Option<&'a [u8]> {
    identifier.strip_prefix(arc)
}

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = [$($byte:literal),+];)+) => {
        $($(#[$doc])* pub(crate) const $name: &[u8] = &[$($byte),+];)+
    };
}

// RFC 5280 4.2 and appendix A; Netscape's certificate type is 2.16.840.1.113730.1.1.
oids! {
    /// id-ce, the arc of the extensions of certificates and CRLs.
    EXTENSION = [0x55, 0x1d];
    NETSCAPE_CERT_TYPE = [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01];

    ANY_EXTENDED_KEY_USAGE = [0x55, 0x1d, 0x25, 0x00];
    CLIENT_AUTH = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

    SMTP_UTF8_MAILBOX = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09];

    COMMON_NAME = [0x55, 0x04, 0x03];
    EMAIL_ADDRESS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];
}

// What follows id-ce.
pub(crate) const SUBJECT_KEY_IDENTIFIER: u8 = 0x0e;
pub(crate) const KEY_USAGE: u8 = 0x0f;
pub(crate) const SUBJECT_ALT_NAME: u8 = 0x11;
pub(crate) const BASIC_CONSTRAINTS: u8 = 0x13;
pub(crate) const CRL_NUMBER: u8 = 0x14;
pub(crate) const REASON_CODE: u8 = 0x15;
pub(crate) const DELTA_CRL_INDICATOR: u8 = 0x1b;
pub(crate) const ISSUING_DISTRIBUTION_POINT: u8 = 0x1c;
pub(crate) const CERTIFICATE_ISSUER: u8 = 0x1d;
pub(crate) const NAME_CONSTRAINTS: u8 = 0x1e;
pub(crate) const CRL_DISTRIBUTION_POINTS: u8 = 0x1f;
pub(crate) const CERTIFICATE_POLICIES: u8 = 0x20;
pub(crate) const POLICY_MAPPINGS: u8 = 0x21;
pub(crate) const AUTHORITY_KEY_IDENTIFIER: u8 = 0x23;
pub(crate) const POLICY_CONSTRAINTS: u8 = 0x24;
pub(crate) const EXTENDED_KEY_USAGE: u8 = 0x25;
pub(crate) const INHIBIT_ANY_POLICY: u8 = 0x36;

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn dotted_forms() {
        for (content, text) in [
            (CLIENT_AUTH, "1.3.6.1.5.5.7.3.2"),
            (EMAIL_ADDRESS, "1.2.840.113549.1.9.1"),
            (NETSCAPE_CERT_TYPE, "2.16.840.1.113730.1.1"),
            (ANY_EXTENDED_KEY_USAGE, "2.5.29.37.0"),
            (&[0x88, 0x37, 0x01], "2.999.1"),
        ] {
            assert_eq!(ObjectIdentifier::new(content).to_string(), text);
        }
        let endless = [0xff; 40];
        assert_eq!(ObjectIdentifier::new(&endless).to_string(), ".?");
    }
}
