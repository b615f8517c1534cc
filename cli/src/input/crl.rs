//! CRL files.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use portcullis::pki_types::CertificateRevocationListDer;
use portcullis::pki_types::pem::PemObject as _;
use portcullis::{Certificate, Crl, CrlError};

use super::{MAX_CRL_SIZE, format, read_up_to};

/// Reads the one CRL of a file, in PEM or DER. Errors name the file.
pub(crate) fn crl(name: &Path) -> anyhow::Result<Crl<'static>> {
    let bytes = read_up_to(name, MAX_CRL_SIZE)?;
    parse(&bytes).with_context(|| format!("{}: the CRL can't be used", name.display()))
}

/// Every CRL of a PEM text; none where there is no PEM.
pub(super) fn pem_crls(bytes: &[u8]) -> anyhow::Result<Vec<CertificateRevocationListDer<'static>>> {
    if !format::has_section(bytes, PEM_LABEL) {
        return Ok(Vec::new());
    }
    let sections = CertificateRevocationListDer::pem_slice_iter(format::trim_to_pem(bytes));
    (1..)
        .zip(sections)
        .map(|(number, section)| {
            section.map_err(|_| anyhow!(CrlError::BrokenPem).context(format!("CRL {number}")))
        })
        .collect()
}

/// Whether something in DER is a CRL and not a certificate, whether or not it is a sound one: after
/// the issuer's name comes a time, where a certificate has its validity.
pub(super) fn is_der_crl(bytes: &[u8]) -> bool {
    fn issue_time_tag(bytes: &[u8]) -> Option<u8> {
        let (list, _) = expect(SEQUENCE, bytes)?;
        let (body, _) = expect(SEQUENCE, list)?;
        let after_version = expect(INTEGER, body).map_or(body, |(_, rest)| rest);
        let (_, after_algorithm) = expect(SEQUENCE, after_version)?;
        let (_, after_issuer) = expect(SEQUENCE, after_algorithm)?;
        after_issuer.first().copied()
    }
    matches!(issue_time_tag(bytes), Some(UTC_TIME | GENERALIZED_TIME))
}

/// The content of an element and what follows it. One that is cut off ends where the input does.
fn expect(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match length {
        ..=0x7F => (usize::from(length), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
            let length = octets
                .iter()
                .fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
            (length, rest)
        }
        _ => return None,
    };
    Some(rest.split_at(length.min(rest.len())))
}

fn parse(bytes: &[u8]) -> anyhow::Result<Crl<'static>> {
    match Crl::from_pem(format::trim_to_pem(bytes)) {
        Ok(crl) => Ok(crl),
        Err(CrlError::OtherPem) => bail!(
            "it holds no CRL, only {}",
            format::pem_labels(bytes).join(", ")
        ),
        Err(CrlError::MoreThanOne) => bail!("there is more than one CRL; a file holds one"),
        Err(_) if Certificate::parse(bytes).is_ok() => bail!("it is a certificate, not a CRL"),
        Err(CrlError::NotACrl) if format::as_text(bytes).is_some() => {
            bail!("it is text without a -----BEGIN {PEM_LABEL}----- line")
        }
        Err(error) => Err(error.into()),
    }
}

/// The label that RFC 7468 gives CRLs.
const PEM_LABEL: &str = "X509 CRL";

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crl_is_told_from_a_certificate_even_if_it_is_cut_off() {
        let crl = b"\x30\x82\x01\x00\x30\x81\xA0\x02\x01\x01\x30\x00\x30\x02\x31\x00\x17\x0D";
        assert!(is_der_crl(crl));
        assert!(is_der_crl(b"\x30\x08\x30\x06\x30\x00\x30\x00\x18\x00"));
        for certificate in [
            &b"\x30\x82\x01\x00\x30\x81\xA0\x02\x01\x01\x30\x00\x30\x02\x31\x00\x30\x1E"[..],
            b"\x30\x82\x01\x00\x30\x81\xA0\xA0\x03\x02\x01\x02\x02\x01\x01",
            b"\x30\x80\x30\x80\x30\x00\x30\x00\x17\x00",
            b"-----BEGIN X509 CRL-----",
            b"",
        ] {
            assert!(!is_der_crl(certificate), "{certificate:x?}");
        }
        for end in 0..crl.len() - 1 {
            assert!(!is_der_crl(&crl[..end]), "{end}");
        }
    }
}
