//! Files into certificates: reading, telling the formats apart, and saying what is wrong with a
//! file.
//!
//! The line between a verdict and an unusable input is drawn here. What a client could have sent
//! becomes a certificate, readable or not, and the library judges it. What no client could have
//! sent is an error.

mod crl;
mod format;
mod password;
mod pkcs12;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use portcullis::TrustStore;
use portcullis::pem::{self, BundleError, PemError};
use portcullis::pki_types::{CertificateDer, CertificateRevocationListDer};

pub(crate) use self::crl::crl;
pub(crate) use self::format::{Format, as_text, utf16_text};
pub(crate) use self::password::Password;

/// The certificates and CRLs of one file.
#[derive(Debug)]
pub(crate) struct Contents {
    /// What the file is.
    pub(crate) format: Format,
    /// The certificates in the order of the file. None has been parsed.
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    /// The CRLs in the order of the file, if they were asked for. None has been parsed.
    pub(crate) crls: Vec<CertificateRevocationListDer<'static>>,
    /// PKCS#12: how many private keys there are.
    pub(crate) private_keys: usize,
    /// PKCS#12: which of the certificates belong to a private key, as indices.
    pub(crate) with_key: Vec<usize>,
}

impl Contents {
    /// Reads the file of that name, or standard input for `-`. Errors name the file.
    pub(crate) fn read(name: &Path, password: Option<&Password>) -> anyhow::Result<Self> {
        Self::parse(&read(name)?, password).with_context(|| name.display().to_string())
    }

    /// The same for a file that may hold CRLs as well, or nothing else.
    pub(crate) fn read_with_crls(name: &Path, password: Option<&Password>) -> anyhow::Result<Self> {
        let bytes = read_up_to(name, MAX_CRL_SIZE)?;
        Self::parse_with_crls(&bytes, password).with_context(|| name.display().to_string())
    }

    /// The certificates as a client would send them, its own first.
    pub(crate) fn into_chain(mut self) -> anyhow::Result<Vec<CertificateDer<'static>>> {
        if self.format != Format::Pkcs12 || self.certificates.len() == 1 {
            return Ok(self.certificates);
        }
        match *self.with_key {
            [client] => {
                self.certificates[..=client].rotate_right(1);
                Ok(self.certificates)
            }
            [] => bail!(
                "can't tell which of its {} certificates is the client's: none is marked as \
                 belonging to a private key",
                self.certificates.len()
            ),
            _ => bail!(
                "can't tell which certificate is the client's: {} of them have a private key",
                self.with_key.len()
            ),
        }
    }

    fn parse(bytes: &[u8], password: Option<&Password>) -> anyhow::Result<Self> {
        let format = Format::of(bytes)?;
        let certificates = match format {
            Format::Pkcs12 => return pkcs12::open(bytes, password),
            Format::Der => vec![CertificateDer::from(bytes.to_vec())],
            Format::Pem => pem_certificates(bytes)?,
        };
        Ok(Self {
            certificates,
            ..Self::empty(format)
        })
    }

    fn parse_with_crls(bytes: &[u8], password: Option<&Password>) -> anyhow::Result<Self> {
        if crl::is_der_crl(bytes) {
            return Ok(Self {
                crls: vec![CertificateRevocationListDer::from(bytes.to_vec())],
                ..Self::empty(Format::Der)
            });
        }
        let crls = crl::pem_crls(bytes)?;
        if crls.is_empty() || format::has_section(bytes, "CERTIFICATE") {
            return Self::parse(bytes, password).map(|contents| Self { crls, ..contents });
        }
        Ok(Self {
            crls,
            ..Self::empty(Format::Pem)
        })
    }

    const fn empty(format: Format) -> Self {
        Self {
            format,
            certificates: Vec::new(),
            crls: Vec::new(),
            private_keys: 0,
            with_key: Vec::new(),
        }
    }
}

/// Fills a trust store from a file: all of it or nothing. Errors name the file and the certificate.
pub(crate) fn fill_store(store: &mut TrustStore<'_>, name: &Path) -> anyhow::Result<()> {
    let bytes = read(name)?;
    add_bundle(store, &bytes)
        .with_context(|| format!("{}: the trust store can't be used", name.display()))
}

fn add_bundle(store: &mut TrustStore<'_>, bytes: &[u8]) -> anyhow::Result<()> {
    if Format::of(bytes)? == Format::Pkcs12 {
        bail!("is a PKCS#12 file, and a trust store is PEM");
    }
    match store.add_bundle(format::trim_to_pem(bytes)) {
        Ok(_) => Ok(()),
        Err(BundleError::Pem(error)) => Err(pem_error(bytes, error)),
        Err(BundleError::Certificate { number, error }) => {
            Err(anyhow!(error).context(numbered(bytes, number)))
        }
        Err(error) => Err(error.into()),
    }
}

fn pem_certificates(bytes: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    pem::certificates(format::trim_to_pem(bytes)).map_err(|error| pem_error(bytes, error))
}

/// The library's errors with what the file tells besides.
fn pem_error(bytes: &[u8], error: PemError) -> anyhow::Error {
    match error {
        PemError::NoCertificates => {
            anyhow!(
                "holds no certificate, only {}",
                format::pem_labels(bytes).join(", ")
            )
        }
        PemError::Section { number, error } => anyhow!(error).context(numbered(bytes, number)),
        error => error.into(),
    }
}

fn numbered(bytes: &[u8], number: usize) -> String {
    match format::line_of_certificate(bytes, number) {
        Some(line) => format!("certificate {number} (line {line})"),
        None => format!("certificate {number}"),
    }
}

/// Joins the files of one chain.
pub(crate) fn chain<'n>(
    names: impl IntoIterator<Item = &'n Path>,
    password: Option<&Password>,
) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let mut chain = Vec::new();
    for name in names {
        chain.extend(
            Contents::read(name, password)?
                .into_chain()
                .with_context(|| name.display().to_string())?,
        );
    }
    Ok(chain)
}

/// A chain of one file, each certificate with the line on which it begins in PEM. Errors name the
/// file.
pub(crate) fn chain_with_lines(
    name: &Path,
    password: Option<&Password>,
) -> anyhow::Result<Vec<(Option<usize>, CertificateDer<'static>)>> {
    let bytes = read(name)?;
    let chain = Contents::parse(&bytes, password)
        .and_then(Contents::into_chain)
        .with_context(|| name.display().to_string())?;
    let mut lines = format::lines_of_certificates(&bytes);
    Ok(chain
        .into_iter()
        .map(|certificate| (lines.next(), certificate))
        .collect())
}

/// Reads a file that may be as large as a CRL. Errors name the file.
pub(crate) fn read_large(name: &Path) -> anyhow::Result<Vec<u8>> {
    read_up_to(name, MAX_CRL_SIZE)
}

/// Reads a whole file, or standard input for `-`. Errors name the file.
pub(crate) fn read(name: &Path) -> anyhow::Result<Vec<u8>> {
    read_up_to(name, MAX_SIZE)
}

fn read_up_to(name: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    if is_standard_stream(name) {
        read_bounded(io::stdin().lock(), limit)
    } else {
        File::open(name)
            .map_err(anyhow::Error::from)
            .and_then(|file| read_bounded(file, limit))
    }
    .with_context(|| name.display().to_string())
}

/// Refuses a command line that names standard input twice: the second reader would find nothing.
pub(crate) fn check_standard_input<'n>(
    names: impl IntoIterator<Item = &'n Path>,
) -> anyhow::Result<()> {
    let count = names
        .into_iter()
        .filter(|name| is_standard_stream(name))
        .count();
    if count > 1 {
        bail!("-: standard input can be read only once");
    }
    Ok(())
}

/// Whether a name stands for standard input, or output where a file is written.
pub(crate) fn is_standard_stream(name: &Path) -> bool {
    name.as_os_str() == STANDARD_INPUT
}

fn read_bounded(source: impl Read, limit: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more tells "exactly the limit" from "over it"; the length a file claims is not
    // asked, for a pipe or a device claims none.
    let read = source.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(read)? > limit {
        bail!("is over {} MiB, which is too large", limit >> 20);
    }
    Ok(bytes)
}

/// The name that stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// ALB takes 64 KiB from a client and 25 CAs of 16 KB; this leaves room for whatever else a file
/// holds.
const MAX_SIZE: u64 = 64 << 20;

/// The library takes CRLs of 64 MiB, which are a third longer in PEM.
const MAX_CRL_SIZE: u64 = 96 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_just_the_limit_is_read_and_one_byte_more_is_refused() {
        assert_eq!(read_bounded(&[7; 16][..], 16).expect("fits"), [7; 16]);
        assert!(read_bounded(io::repeat(7), 16).is_err());
    }

    fn pkcs12(with_key: &[usize]) -> Contents {
        Contents {
            certificates: (0..4u8)
                .map(|number| CertificateDer::from(vec![number]))
                .collect(),
            private_keys: 1,
            with_key: with_key.to_vec(),
            ..Contents::empty(Format::Pkcs12)
        }
    }

    #[test]
    fn the_certificate_with_the_key_goes_first_and_the_others_keep_their_order() {
        for (client, order) in [(0, [0, 1, 2, 3]), (2, [2, 0, 1, 3]), (3, [3, 0, 1, 2])] {
            let chain = pkcs12(&[client]).into_chain().expect("one client");
            assert_eq!(
                chain
                    .iter()
                    .map(|certificate| certificate[0])
                    .collect::<Vec<_>>(),
                order
            );
        }
    }

    #[test]
    fn a_pkcs12_file_that_names_no_client_or_two_is_refused() {
        assert!(pkcs12(&[]).into_chain().is_err());
        assert!(pkcs12(&[0, 1]).into_chain().is_err());
    }
}
