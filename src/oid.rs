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

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = [$($byte:literal),+];)+) => {
        $($(#[$doc])* pub(crate) const $name: &[u8] = &[$($byte),+];)+
    };
}

// RFC 5280 4.2 and appendix A; Netscape's certificate type is 2.16.840.1.113730.1.1.
oids! {
    SUBJECT_KEY_IDENTIFIER = [0x55, 0x1d, 0x0e];
    KEY_USAGE = [0x55, 0x1d, 0x0f];
    SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];
    BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
    NAME_CONSTRAINTS = [0x55, 0x1d, 0x1e];
    CRL_DISTRIBUTION_POINTS = [0x55, 0x1d, 0x1f];
    CERTIFICATE_POLICIES = [0x55, 0x1d, 0x20];
    POLICY_MAPPINGS = [0x55, 0x1d, 0x21];
    AUTHORITY_KEY_IDENTIFIER = [0x55, 0x1d, 0x23];
    POLICY_CONSTRAINTS = [0x55, 0x1d, 0x24];
    EXTENDED_KEY_USAGE = [0x55, 0x1d, 0x25];
    CRL_NUMBER = [0x55, 0x1d, 0x14];
    REASON_CODE = [0x55, 0x1d, 0x15];
    DELTA_CRL_INDICATOR = [0x55, 0x1d, 0x1b];
    ISSUING_DISTRIBUTION_POINT = [0x55, 0x1d, 0x1c];
    CERTIFICATE_ISSUER = [0x55, 0x1d, 0x1d];
    INHIBIT_ANY_POLICY = [0x55, 0x1d, 0x36];
    NETSCAPE_CERT_TYPE = [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01];

    ANY_EXTENDED_KEY_USAGE = [0x55, 0x1d, 0x25, 0x00];
    CLIENT_AUTH = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

    SMTP_UTF8_MAILBOX = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09];

    COMMON_NAME = [0x55, 0x04, 0x03];
    EMAIL_ADDRESS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];
}

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
