//! The Certificate message of TLS 1.3, read where it lies.

#![forbid(unsafe_code)]
#![no_std]

use portcullis::pki_types::CertificateDer;

/// How many certificates a [`CertificateMessage`] holds: one more than ALB's policy lets pass, which is enough to know
/// that there are too many.
pub const MOST: usize = 5;

/// The certificates of a Certificate message (RFC 8446 4.4.2), borrowed from it.
///
/// They are what a client claims. That it has the key as well says only its CertificateVerify (RFC 8446 4.4.3), whose
/// signature over the transcript is the TLS stack's to check with the leaf's key.
#[derive(Clone, Debug)]
pub struct CertificateMessage<'m> {
    certificates: [CertificateDer<'m>; MOST],
    count: usize,
}

impl<'m> CertificateMessage<'m> {
    /// Reads the body of the message, what follows the four octets of the handshake header. `None` if it is malformed
    /// or has a context, which the answer to a request within the handshake has not.
    #[must_use]
    pub fn parse(body: &'m [u8]) -> Option<Self> {
        let (context, body) = vector(body, 1)?;
        let (mut entries, rest) = vector(body, 3)?;
        if !context.is_empty() || !rest.is_empty() {
            return None;
        }
        let mut certificates = [const { CertificateDer::from_slice(&[]) }; MOST];
        let mut count = 0;
        while !entries.is_empty() {
            let (certificate, after) = vector(entries, 3)?;
            let (_extensions, after) = vector(after, 2)?;
            entries = after;
            if let Some(place) = certificates.get_mut(count) {
                *place = CertificateDer::from_slice(certificate);
                count += 1;
            }
        }
        Some(Self {
            certificates,
            count,
        })
    }

    /// As presented, leaf first; the sixth and later ones are left out.
    #[must_use]
    pub fn certificates(&self) -> &[CertificateDer<'m>] {
        self.certificates.get(..self.count).unwrap_or_default()
    }
}

/// A vector whose length is given in so many octets (RFC 8446 3.4), and what follows.
fn vector(octets: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_at_checked(size)?;
    let length = length
        .iter()
        .fold(0, |length, octet| length << 8 | usize::from(*octet));
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No context; two entries, the second with an extension of one octet.
    const TWO: [u8; 18] = [
        0, 0, 0, 14, 0, 0, 2, 0x30, 0x00, 0, 0, 0, 0, 1, 0x31, 0, 1, 0x77,
    ];

    #[test]
    fn certificates_are_read_in_order_and_extensions_left_out() {
        let message = CertificateMessage::parse(&TWO).unwrap();
        let certificates: &[CertificateDer<'_>] = &[
            CertificateDer::from_slice(&[0x30, 0x00]),
            CertificateDer::from_slice(&[0x31]),
        ];
        assert_eq!(message.certificates(), certificates);
    }

    #[test]
    fn a_message_without_certificates_is_one() {
        let message = CertificateMessage::parse(&[0, 0, 0, 0]).unwrap();
        assert!(message.certificates().is_empty());
    }

    #[test]
    fn a_message_that_is_cut_short_is_refused() {
        for length in 0..TWO.len() {
            assert!(CertificateMessage::parse(&TWO[..length]).is_none());
        }
    }

    #[test]
    fn an_octet_after_the_message_is_refused() {
        assert!(CertificateMessage::parse(&[0, 0, 0, 0, 0]).is_none());
    }

    #[test]
    fn a_context_is_refused() {
        assert!(CertificateMessage::parse(&[1, 0x55, 0, 0, 0]).is_none());
    }

    #[test]
    fn certificates_after_the_fifth_are_left_out_but_read() {
        let mut message = [0; 4 + 7 * 5];
        message[3] = 7 * 5;
        assert_eq!(
            CertificateMessage::parse(&message)
                .unwrap()
                .certificates()
                .len(),
            MOST
        );
        // The seventh's extensions end after the message.
        *message.last_mut().unwrap() = 1;
        assert!(CertificateMessage::parse(&message).is_none());
    }
}
