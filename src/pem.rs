//! PEM bundles and chains (RFC 7468), as OpenSSL and AWS write and take them.

use core::fmt;

use alloc::vec::Vec;
use pki_types::pem::{self, PemObject};
use pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::crl::CrlError;
use crate::store::StoreError;

/// Reads certificates from PEM: any number, with CRLF or LF, whatever text there is around them.
/// Other sections, keys for instance, are passed over. Input that is no PEM is taken as one
/// certificate in DER.
///
/// What is inside a section is not looked at: whether it is a certificate is for
/// [`Certificate::parse`](crate::Certificate::parse) and the verdict.
///
/// # Errors
///
/// Broken PEM, or nothing at all.
///
/// ```
/// let bundle = std::fs::read("tests/data/bundle.pem")?;
/// assert_eq!(portcullis::pem::certificates(&bundle)?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn certificates(input: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    if input.trim_ascii().is_empty() {
        return Err(PemError::Empty);
    }
    if !has_pem_boundary(input) {
        return Ok(Vec::from([CertificateDer::from(input.to_vec())]));
    }
    let mut certificates = Vec::new();
    for section in CertificateDer::pem_slice_iter(input) {
        match section {
            Ok(certificate) => certificates.push(certificate),
            Err(error) => {
                let number = certificates.len().saturating_add(1);
                return Err(PemError::Section {
                    number,
                    error: SectionError(error),
                });
            }
        }
    }
    if certificates.is_empty() {
        return Err(PemError::NoCertificates);
    }
    Ok(certificates)
}

/// The DER of the one CRL in a file.
pub(crate) fn crl(input: &[u8]) -> Result<Vec<u8>, CrlError> {
    if input.trim_ascii().is_empty() {
        return Err(CrlError::Empty);
    }
    if !has_pem_boundary(input) {
        return Ok(input.to_vec());
    }
    let mut lists = CertificateRevocationListDer::pem_slice_iter(input);
    let list = lists
        .next()
        .ok_or(CrlError::OtherPem)?
        .map_err(|_| CrlError::BrokenPem)?;
    match lists.next() {
        None => Ok(list.to_vec()),
        Some(Ok(_)) => Err(CrlError::MoreThanOne),
        Some(Err(_)) => Err(CrlError::BrokenPem),
    }
}

fn has_pem_boundary(input: &[u8]) -> bool {
    // DER of a certificate begins with the tag of a SEQUENCE, `0`, and PEM never does.
    let boundary = b"-----BEGIN";
    !input.starts_with(b"0")
        && input
            .windows(boundary.len())
            .any(|window| window == boundary)
}

/// Why PEM could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum PemError {
    /// There is nothing in the input.
    Empty,
    /// There is PEM, but no section is a `CERTIFICATE`.
    NoCertificates,
    /// A section is broken.
    Section {
        /// Which certificate it would have been, from 1.
        number: usize,
        /// What is wrong with it.
        error: SectionError,
    },
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the input is empty"),
            Self::NoCertificates => f.write_str("there is no certificate in the PEM"),
            Self::Section { number, error } => write!(f, "certificate {number}: {error}"),
        }
    }
}

impl core::error::Error for PemError {}

/// What is wrong with a section of PEM.
#[derive(Debug)]
pub struct SectionError(pem::Error);

impl fmt::Display for SectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            pem::Error::MissingSectionEnd { .. } => f.write_str("its END line is missing"),
            pem::Error::IllegalSectionStart { .. } => f.write_str("its BEGIN line is malformed"),
            pem::Error::Base64Decode(_) => f.write_str("its base64 is malformed"),
            error => error.fmt(f),
        }
    }
}

impl core::error::Error for SectionError {}

/// Why a bundle was not added to a store.
#[derive(Debug)]
#[non_exhaustive]
pub enum BundleError {
    /// It is not PEM that could be read.
    Pem(PemError),
    /// The store refuses one of its certificates.
    Certificate {
        /// Which one, from 1.
        number: usize,
        /// Why.
        error: StoreError,
    },
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem(error) => error.fmt(f),
            Self::Certificate { number, error } => write!(f, "certificate {number}: {error}"),
        }
    }
}

impl core::error::Error for BundleError {}
