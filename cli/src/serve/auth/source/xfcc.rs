//! Envoy's form: `X-Forwarded-Client-Cert`.

use portcullis::MtlsPem;
use portcullis::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

use super::HeaderFault;
use crate::facts::hex;

/// The one element that a proxy writes, with `Cert` or `Chain`, or both if they agree, and with the
/// `Hash` of the client's own certificate.
///
/// Envoy writes one when it is told `SANITIZE_SET`. Where there are several, all but the last were
/// sent by the client, unless another proxy before this one is as trusted; and even the last need not
/// be Envoy's, since it writes the URI and DNS names of a certificate without quotes, so that a
/// certificate can be made whose name goes on in another element or in another `Cert`. So several
/// elements are refused, and so is whatever is there twice or is not the certificate of the `Hash`,
/// which Envoy writes before any name.
pub(super) fn read(value: &[u8]) -> Result<Vec<CertificateDer<'static>>, HeaderFault> {
    let Element { hash, cert, chain } = Element::parse(value).map_err(HeaderFault::Element)?;
    let cert = cert.map(MtlsPem::leaf_der).transpose()?;
    let presented = match (cert, chain) {
        (Some(cert), None) => vec![cert],
        (cert, Some(chain)) => {
            let chain = MtlsPem::chain_der(chain)?;
            if cert.is_some() && cert.as_ref() != chain.first() {
                return Err(HeaderFault::Element(
                    "its Cert is not the first certificate of its Chain",
                ));
            }
            chain
        }
        (None, None) => return Err(HeaderFault::Element("it has neither Cert nor Chain")),
    };
    let is_of = |hash: &[u8]| {
        let leaf = presented.first();
        leaf.is_some_and(|leaf| hash.eq_ignore_ascii_case(hex(&Sha256::digest(leaf)).as_bytes()))
    };
    match hash.is_none_or(is_of) {
        true => Ok(presented),
        false => Err(HeaderFault::Element(
            "its Hash is not that of the certificate",
        )),
    }
}

/// What counts of an element. Values have no quotes round them any more.
#[derive(Default)]
struct Element<'h> {
    hash: Option<&'h [u8]>,
    cert: Option<&'h [u8]>,
    chain: Option<&'h [u8]>,
}

impl<'h> Element<'h> {
    fn parse(mut rest: &'h [u8]) -> Result<Self, &'static str> {
        let mut element = Self::default();
        loop {
            let key;
            (key, rest) = split_at(rest, |octet| !octet.is_ascii_alphanumeric());
            rest = match rest.strip_prefix(b"=") {
                Some(rest) if !key.is_empty() => rest,
                _ => return Err("an element has a part that is not a key, = and a value"),
            };
            let value;
            (value, rest) = match rest.strip_prefix(b"\"") {
                Some(rest) => quoted(rest).ok_or("a quote has no end")?,
                None => split_at(rest, |octet| matches!(octet, b';' | b',' | b'"')),
            };
            element.set(key, value)?;
            rest = match rest {
                [] => return Ok(element),
                [b';', rest @ ..] => rest,
                [b',', ..] => return Err(SEVERAL),
                _ => return Err("a quote is in the middle of a value"),
            };
        }
    }

    fn set(&mut self, key: &[u8], value: &'h [u8]) -> Result<(), &'static str> {
        // "The keys are case-insensitive".
        let field = match key {
            key if key.eq_ignore_ascii_case(b"Hash") => &mut self.hash,
            key if key.eq_ignore_ascii_case(b"Cert") => &mut self.cert,
            key if key.eq_ignore_ascii_case(b"Chain") => &mut self.chain,
            _ => return Ok(()),
        };
        match field.replace(value) {
            None => Ok(()),
            Some(_) => Err("its Hash, Cert or Chain is there twice"),
        }
    }
}

/// What is before the quote that ends, and what is behind it. A backslash takes away the meaning of
/// the next character.
fn quoted(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut is_escaped = false;
    let end = octets.iter().position(|octet| {
        let is_end = *octet == b'"' && !is_escaped;
        is_escaped = *octet == b'\\' && !is_escaped;
        is_end
    })?;
    Some((octets.get(..end)?, octets.get(end + 1..)?))
}

fn split_at(octets: &[u8], is_end: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = octets.iter().position(|octet| is_end(*octet));
    octets.split_at(end.unwrap_or(octets.len()))
}

const SEVERAL: &str = "it has several elements, of which one may be the client's";
