//! Certificates out of the headers of mutual TLS.

use core::fmt;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
#[cfg(feature = "alloc")]
use pki_types::CertificateDer;

/// The certificates in the value of a header: [`MtlsHeaders::LEAF`](crate::MtlsHeaders::LEAF) or
/// [`MtlsHeaders::CHAIN`](crate::MtlsHeaders::CHAIN).
///
/// The value is percent-decoded, and never as a form: `+` is a character of base64, not a space.
/// What is decoded is not looked at; that is for [`Certificate::parse`](crate::Certificate::parse).
///
/// Who sent the header is the first question: only a load balancer that drops a client's own may
/// be believed.
///
/// ```
/// use portcullis::{Certificate, MtlsHeaders, MtlsPem};
///
/// let leaf = Certificate::parse(include_bytes!("../../tests/data/leaf.der"))?;
/// let (_, value) = MtlsHeaders::verify(&leaf).iter().last().expect("the leaf");
///
/// let mut buffer = [0; 4096];
/// assert_eq!(MtlsPem::leaf(value.to_string().as_bytes(), &mut buffer)?, leaf.der());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MtlsPem<'h> {
    rest: &'h [u8],
}

impl<'h> MtlsPem<'h> {
    /// The longest value that is read, in octets. ALB takes 64 KiB of certificates from a client,
    /// which are 92 KiB in a header.
    pub const MAX_VALUE: usize = 128 << 10;

    /// Begins to read a value.
    ///
    /// # Errors
    ///
    /// [`MtlsHeaderError::TooLong`], or [`Empty`](MtlsHeaderError::Empty).
    pub const fn new(value: &'h [u8]) -> Result<Self, MtlsHeaderError> {
        match value.len() {
            0 => Err(MtlsHeaderError::Empty),
            length if length > Self::MAX_VALUE => Err(MtlsHeaderError::TooLong),
            _ => Ok(Self { rest: value }),
        }
    }

    /// The one certificate of [`MtlsHeaders::LEAF`](crate::MtlsHeaders::LEAF), its DER written to
    /// the buffer.
    ///
    /// # Errors
    ///
    /// Whatever is not one certificate and nothing else.
    pub fn leaf<'b>(value: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], MtlsHeaderError> {
        let mut pem = MtlsPem::new(value)?;
        let der = pem.next_into(buffer)?.ok_or(MtlsHeaderError::Empty)?;
        if pem.rest.is_empty() {
            return Ok(der);
        }
        // Tell one more certificate from something else.
        match pem.section(&mut Sink::nowhere()) {
            Ok(_) => Err(MtlsHeaderError::MoreThanOne),
            Err(error) => Err(error),
        }
    }

    /// The next certificate, its DER written to the buffer; none after the last. As long as the
    /// value is enough for the buffer.
    ///
    /// # Errors
    ///
    /// What is wrong with the certificate, or that the buffer is too small. Nothing can be read
    /// after an error.
    pub fn next_into<'b>(
        &mut self,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b [u8]>, MtlsHeaderError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut sink = Sink {
            buffer: Some(buffer),
            length: 0,
        };
        let read = self.section(&mut sink);
        if read.is_err() {
            self.rest = &[];
        }
        read?;
        let Sink { buffer, length } = sink;
        Ok(buffer.and_then(|buffer| buffer.get(..length)))
    }

    /// The one certificate of [`MtlsHeaders::LEAF`](crate::MtlsHeaders::LEAF).
    ///
    /// # Errors
    ///
    /// Whatever is not one certificate and nothing else.
    #[cfg(feature = "alloc")]
    pub fn leaf_der(value: &[u8]) -> Result<CertificateDer<'static>, MtlsHeaderError> {
        MtlsPem::new(value)?;
        let mut buffer = buffer_for(value);
        let length = Self::leaf(value, &mut buffer)?.len();
        buffer.truncate(length);
        Ok(buffer.into())
    }

    /// The certificates of [`MtlsHeaders::CHAIN`](crate::MtlsHeaders::CHAIN), leaf first.
    ///
    /// # Errors
    ///
    /// Whatever is not certificates and nothing else.
    #[cfg(feature = "alloc")]
    pub fn chain_der(value: &[u8]) -> Result<Vec<CertificateDer<'static>>, MtlsHeaderError> {
        let mut pem = MtlsPem::new(value)?;
        let mut buffer = buffer_for(value);
        let mut certificates = Vec::new();
        while let Some(der) = pem.next_into(&mut buffer)? {
            certificates.push(CertificateDer::from(der.to_vec()));
        }
        Ok(certificates)
    }

    /// Reads from BEGIN to END and the line break after it, which may be missing at the end.
    fn section(&mut self, sink: &mut Sink<'_>) -> Result<(), MtlsHeaderError> {
        self.literally(b"-----BEGIN CERTIFICATE-----")?;
        if !self.line_break()? {
            return Err(MtlsHeaderError::Boundary);
        }
        let mut base64 = Base64Text::new();
        let mut is_line_empty = true;
        loop {
            let plain = self.plain(base64.room());
            if !plain.is_empty() {
                base64.push(plain, sink)?;
                is_line_empty = false;
                continue;
            }
            let before = self.rest;
            match self.character()?.ok_or(MtlsHeaderError::Boundary)? {
                b'\r' | b'\n' => {
                    self.rest = before;
                    if !self.line_break()? || is_line_empty {
                        return Err(MtlsHeaderError::Base64);
                    }
                    is_line_empty = true;
                }
                b'-' if is_line_empty => {
                    self.rest = before;
                    break;
                }
                escaped => {
                    base64.push(&[escaped], sink)?;
                    is_line_empty = false;
                }
            }
        }
        base64.decode(sink)?;
        if sink.length == 0 {
            return Err(MtlsHeaderError::Base64);
        }
        self.literally(b"-----END CERTIFICATE-----")?;
        if !self.line_break()? && !self.rest.is_empty() {
            return Err(MtlsHeaderError::Boundary);
        }
        Ok(())
    }

    /// Passes over characters of base64 that stand as they are, so many at most.
    fn plain(&mut self, most: usize) -> &'h [u8] {
        let rest = self.rest.iter().take(most);
        let length = rest.take_while(|octet| is_base64(**octet)).count();
        let (plain, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        plain
    }

    fn literally(&mut self, expected: &[u8]) -> Result<(), MtlsHeaderError> {
        for expected in expected {
            if self.character()? != Some(*expected) {
                return Err(MtlsHeaderError::Boundary);
            }
        }
        Ok(())
    }

    /// Passes over LF or CR LF, if it is next.
    fn line_break(&mut self) -> Result<bool, MtlsHeaderError> {
        let before = self.rest;
        let is_there = match self.character()? {
            Some(b'\n') => true,
            Some(b'\r') => self.character()? == Some(b'\n'),
            _ => false,
        };
        if !is_there {
            self.rest = before;
        }
        Ok(is_there)
    }

    /// The next character, percent-decoded.
    fn character(&mut self) -> Result<Option<u8>, MtlsHeaderError> {
        let (character, rest) = match self.rest {
            [b'%', high, low, rest @ ..] => {
                let digits = [*high, *low].map(|digit| char::from(digit).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return Err(MtlsHeaderError::Percent);
                };
                let character = u8::try_from(high << 4 | low);
                (character.map_err(|_| MtlsHeaderError::Percent)?, rest)
            }
            [b'%', ..] => return Err(MtlsHeaderError::Percent),
            [character, rest @ ..] => (*character, rest),
            [] => return Ok(None),
        };
        self.rest = rest;
        Ok(Some(character))
    }
}

/// Why the value of a header holds no certificates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MtlsHeaderError {
    /// There is nothing in it.
    Empty,
    /// It is longer than [`MtlsPem::MAX_VALUE`].
    TooLong,
    /// A `%` is not followed by two hexadecimal digits.
    Percent,
    /// The BEGIN or END line of a `CERTIFICATE` is missing or malformed, or there is something
    /// round it.
    Boundary,
    /// The base64 is malformed, or there is none.
    Base64,
    /// There is more than one certificate where one is meant.
    MoreThanOne,
    /// The certificate is larger than the buffer given for it.
    BufferTooSmall,
}

impl fmt::Display for MtlsHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the value is empty",
            Self::TooLong => "the value is longer than 128 KiB",
            Self::Percent => "a percent sign is not followed by two hexadecimal digits",
            Self::Boundary => "a BEGIN or END line of a certificate is missing or malformed",
            Self::Base64 => "the base64 of a certificate is malformed",
            Self::MoreThanOne => "there is more than one certificate",
            Self::BufferTooSmall => "the certificate is larger than the buffer",
        })
    }
}

impl core::error::Error for MtlsHeaderError {}

/// Characters of base64 that are not decoded yet: a line of PEM is decoded in one go.
struct Base64Text {
    characters: [u8; 64],
    length: usize,
    /// Nothing may follow.
    is_padded: bool,
}

impl Base64Text {
    const fn new() -> Self {
        Self {
            characters: [0; 64],
            length: 0,
            is_padded: false,
        }
    }

    /// There is always some.
    const fn room(&self) -> usize {
        self.characters.len().saturating_sub(self.length)
    }

    fn push(&mut self, characters: &[u8], sink: &mut Sink<'_>) -> Result<(), MtlsHeaderError> {
        if self.is_padded {
            return Err(MtlsHeaderError::Base64);
        }
        let end = self.length.saturating_add(characters.len());
        let slot = self.characters.get_mut(self.length..end);
        slot.ok_or(MtlsHeaderError::Base64)?
            .copy_from_slice(characters);
        self.length = end;
        match self.room() {
            0 => self.decode(sink),
            _ => Ok(()),
        }
    }

    fn decode(&mut self, sink: &mut Sink<'_>) -> Result<(), MtlsHeaderError> {
        let characters = self.characters.get(..self.length).unwrap_or_default();
        if !characters.len().is_multiple_of(4) {
            return Err(MtlsHeaderError::Base64);
        }
        let mut octets = [0; 48];
        let octets = Base64::decode(characters, &mut octets);
        let octets = octets.map_err(|_| MtlsHeaderError::Base64)?;
        self.is_padded = characters.last() == Some(&b'=');
        self.length = 0;
        sink.push(octets)
    }
}

const fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')
}

/// Where octets go.
struct Sink<'b> {
    /// None to count them only.
    buffer: Option<&'b mut [u8]>,
    length: usize,
}

impl Sink<'_> {
    const fn nowhere() -> Self {
        Self {
            buffer: None,
            length: 0,
        }
    }

    fn push(&mut self, octets: &[u8]) -> Result<(), MtlsHeaderError> {
        let end = self.length.saturating_add(octets.len());
        if let Some(buffer) = &mut self.buffer {
            let slot = buffer.get_mut(self.length..end);
            let slot = slot.ok_or(MtlsHeaderError::BufferTooSmall)?;
            slot.copy_from_slice(octets);
        }
        self.length = end;
        Ok(())
    }
}

/// As large as what is in the value can be.
#[cfg(feature = "alloc")]
fn buffer_for(value: &[u8]) -> Vec<u8> {
    alloc::vec![0; (value.len() / 4).saturating_mul(3)]
}
