//! The headers that tell the backend who the client is.

use core::fmt;

use base64ct::{Base64, Encoding};

use crate::certificate::Certificate;
use crate::chain::Chain;

/// The headers that ALB adds to a request, so that the backend knows the client by its
/// certificate.
///
/// ALB, and whoever does likewise, drops what a client sends under these names:
/// [`is_name`](Self::is_name) tells which those are, and they have to go whether or not there is a
/// certificate.
///
/// ```
/// use portcullis::{Certificate, MtlsHeaders};
///
/// let certificate = Certificate::parse(include_bytes!("../../tests/data/leaf.der"))?;
/// let headers = MtlsHeaders::verify(&certificate);
/// let subject = headers.iter().find(|(name, _)| *name == MtlsHeaders::SUBJECT);
/// let (_, subject) = subject.expect("there always is one");
/// assert_eq!(subject.to_string(), "CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP");
/// # Ok::<(), portcullis::CertificateError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MtlsHeaders<'a> {
    source: Source<'a>,
}

impl<'a> MtlsHeaders<'a> {
    /// What the names of all of them begin with.
    pub const PREFIX: &'static str = "X-Amzn-Mtls-";
    /// The leaf's serial number in upper hex: `03A5B1`.
    pub const SERIAL_NUMBER: &'static str = "X-Amzn-Mtls-Clientcert-Serial-Number";
    /// The leaf's issuer as RFC 2253 text.
    pub const ISSUER: &'static str = "X-Amzn-Mtls-Clientcert-Issuer";
    /// The leaf's subject as RFC 2253 text.
    pub const SUBJECT: &'static str = "X-Amzn-Mtls-Clientcert-Subject";
    /// `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z`.
    pub const VALIDITY: &'static str = "X-Amzn-Mtls-Clientcert-Validity";
    /// The leaf in PEM, percent-encoded.
    pub const LEAF: &'static str = "X-Amzn-Mtls-Clientcert-Leaf";
    /// The whole chain in PEM, leaf first, percent-encoded: passthrough mode.
    pub const CHAIN: &'static str = "X-Amzn-Mtls-Clientcert";

    /// Those of verify mode, five of them, about a leaf that was accepted.
    #[must_use]
    pub const fn verify(leaf: &Certificate<'a>) -> Self {
        Self {
            source: Source::Leaf(*leaf),
        }
    }

    /// That of passthrough mode: the chain as it was presented, of which nothing has been checked.
    #[must_use]
    pub const fn passthrough(chain: Chain<'a>) -> Self {
        Self {
            source: Source::Chain(chain),
        }
    }

    /// The names and values in ALB's order; none for a chain without a certificate.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, MtlsHeaderValue<'a>)> + use<'a> {
        let headers = match self.source {
            Source::Leaf(leaf) => [
                Some((Self::SERIAL_NUMBER, Part::SerialNumber(leaf))),
                Some((Self::ISSUER, Part::Issuer(leaf))),
                Some((Self::SUBJECT, Part::Subject(leaf))),
                Some((Self::VALIDITY, Part::Validity(leaf))),
                Some((Self::LEAF, Part::Leaf(leaf))),
            ],
            Source::Chain(chain) => {
                let header = (!chain.is_empty()).then_some((Self::CHAIN, Part::Chain(chain)));
                [header, None, None, None, None]
            }
        };
        let headers = headers.into_iter().flatten();
        headers.map(|(name, part)| (name, MtlsHeaderValue { part }))
    }

    /// Whether a header of this name has to be dropped from what a client sends: its name begins
    /// with [`PREFIX`](Self::PREFIX) in any case. `_` counts as `-`, for many a backend takes one
    /// for the other.
    ///
    /// ```
    /// # use portcullis::MtlsHeaders;
    /// assert!(MtlsHeaders::is_name("x-amzn-mtls-clientcert-subject"));
    /// assert!(MtlsHeaders::is_name("X_AMZN_MTLS_CLIENTCERT"));
    /// assert!(!MtlsHeaders::is_name("X-Amzn-Trace-Id"));
    /// ```
    #[must_use]
    pub fn is_name(name: impl AsRef<[u8]>) -> bool {
        let start = name.as_ref().get(..Self::PREFIX.len());
        start.is_some_and(|start| {
            let mut pairs = start.iter().zip(Self::PREFIX.bytes());
            pairs.all(|(octet, of_prefix)| match octet {
                b'_' => of_prefix == b'-',
                octet => octet.eq_ignore_ascii_case(&of_prefix),
            })
        })
    }
}

/// The value of a header; `Display` writes it. It is printable ASCII, whatever is in the
/// certificate.
#[derive(Clone, Copy, Debug)]
pub struct MtlsHeaderValue<'a> {
    part: Part<'a>,
}

impl fmt::Display for MtlsHeaderValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Part::SerialNumber(leaf) => leaf.serial().fmt(f),
            Part::Issuer(leaf) => leaf.issuer().fmt(f),
            Part::Subject(leaf) => leaf.subject().fmt(f),
            Part::Validity(leaf) => leaf.validity().fmt(f),
            Part::Leaf(leaf) => write_pem(f, leaf.der()),
            Part::Chain(chain) => chain.iter().try_for_each(|der| write_pem(f, der)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Leaf(Certificate<'a>),
    Chain(Chain<'a>),
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    SerialNumber(Certificate<'a>),
    Issuer(Certificate<'a>),
    Subject(Certificate<'a>),
    Validity(Certificate<'a>),
    Leaf(Certificate<'a>),
    Chain(Chain<'a>),
}

/// Writes PEM, percent-encoded. Base64 has no character that is encoded here: `+`, `/` and `=`
/// stay.
fn write_pem(f: &mut fmt::Formatter<'_>, der: &[u8]) -> fmt::Result {
    f.write_str("-----BEGIN%20CERTIFICATE-----%0A")?;
    for octets in der.chunks(LINE / 4 * 3) {
        let mut line = [0; LINE];
        let line = Base64::encode(octets, &mut line).map_err(|_| fmt::Error)?;
        f.write_str(line)?;
        f.write_str("%0A")?;
    }
    f.write_str("-----END%20CERTIFICATE-----%0A")
}

/// Characters in a line of base64 (RFC 7468 2).
const LINE: usize = 64;
