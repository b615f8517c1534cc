//! Traefik's form: `X-Forwarded-Tls-Client-Cert` of its middleware PassTLSClientCert.

use base64ct::{Base64, Encoding as _};
use portcullis::pki_types::CertificateDer;

use super::HeaderFault;

/// Certificates in base64, PEM without its first and last line and without line breaks, with commas
/// between them.
///
/// Version 2 of Traefik percent-encodes it all, version 3 doesn't. Base64 has no percent sign, so
/// that both can be read.
pub(super) fn read(value: &[u8]) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
    let value = unescape(value).ok_or(HeaderFault::Base64)?;
    let certificates = value.split(|octet| *octet == b',').map(|certificate| {
        let certificate = str::from_utf8(certificate).map_err(|_| HeaderFault::Base64)?;
        let der = Base64::decode_vec(certificate).map_err(|_| HeaderFault::Base64)?;
        match der.is_empty() {
            true => Err(HeaderFault::Base64),
            false => Ok(der.into()),
        }
    });
    certificates.collect()
}

fn unescape(value: &[u8]) -> Option<Vec<u8>> {
    let mut unescaped = Vec::with_capacity(value.len());
    let mut octets = value.iter();
    while let Some(octet) = octets.next() {
        unescaped.push(match octet {
            b'%' => {
                let mut digit = || char::from(*octets.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            octet => *octet,
        });
    }
    Some(unescaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_base64_with_commas_between() {
        let two = vec![vec![0xFB, 0xFF].into(), vec![1, 2, 3].into()];
        for value in ["+/8=,AQID", "%2B%2F8%3D%2CAQID", "%2b/8=,AQID"] {
            assert_eq!(read(value.as_bytes()), Ok(two.clone()), "{value}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for value in [
            &b","[..],
            b"AQID,",
            b",AQID",
            b"AQI",
            b"AQI==",
            b"AQJ=",
            b"A",
            b"AQ==AQID",
            b"-_8=",
            b"AQID AQID",
            b"AQID, AQID",
            b"AQI%",
            b"AQI%4",
            b"AQI%4g",
            b"AQI%+4",
            b"AQI\xC3",
            b"-----BEGIN CERTIFICATE-----",
            b"%2D%2D%2D%2D%2DBEGIN%20CERTIFICATE",
        ] {
            let shown = value.escape_ascii();
            assert_eq!(read(value), Err(HeaderFault::Base64), "{shown}");
        }
    }
}
