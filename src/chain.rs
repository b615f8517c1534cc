//! The certificates a client presents.

use pki_types::CertificateDer;

/// A client's certificates as presented in the handshake, leaf first.
///
/// Servers hold them in a slice, or, as rustls does, as the leaf and the rest; both are taken as
/// they are.
///
/// ```
/// use portcullis::Chain;
/// use portcullis::pki_types::CertificateDer;
///
/// let presented = [CertificateDer::from(&b"leaf"[..]), CertificateDer::from(&b"issuer"[..])];
/// assert_eq!(Chain::from(&presented).len(), 2);
/// assert_eq!(Chain::new(&presented[0], &presented[1..]).len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Chain<'c> {
    leaf: Option<&'c [u8]>,
    intermediates: &'c [CertificateDer<'c>],
    protocol: Protocol,
}

impl<'c> Chain<'c> {
    /// The leaf, and what came after it in the order of the wire.
    #[must_use]
    pub fn new(leaf: &'c CertificateDer<'c>, intermediates: &'c [CertificateDer<'c>]) -> Self {
        Self {
            leaf: Some(leaf.as_ref()),
            intermediates,
            protocol: Protocol::Tls13,
        }
    }

    /// The version of TLS in which the chain was presented, which decides how large the message
    /// around it is. Without this, TLS 1.3.
    #[must_use]
    pub const fn presented_in(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// How many certificates were presented.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self.leaf {
            Some(_) => self.intermediates.len().saturating_add(1),
            None => 0,
        }
    }

    /// Whether there is not even a leaf.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.leaf.is_none()
    }

    /// The certificates, leaf first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'c [u8]> + use<'c> {
        self.leaf
            .into_iter()
            .chain(self.intermediates.iter().map(|der| der.as_ref()))
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'c [u8]> {
        match index.checked_sub(1) {
            None => self.leaf,
            Some(index) => self.intermediates.get(index).map(|der| der.as_ref()),
        }
    }

    /// The size of the Certificate message's body (RFC 8446 4.4.2, RFC 5246 7.4.2).
    pub(crate) fn message_size(&self) -> usize {
        let (message, certificate) = match self.protocol {
            // The list's length.
            Protocol::Tls12 => (3, 3),
            // An empty context and the list's length; a certificate also has empty extensions.
            Protocol::Tls13 => (4, 5),
        };
        let leaf = self
            .leaf
            .map_or(0, |der| der.len().saturating_add(certificate));
        let message = leaf.saturating_add(message);
        self.intermediates.iter().fold(message, |size: usize, der| {
            size.saturating_add(der.len()).saturating_add(certificate)
        })
    }
}

impl<'c> From<&'c [CertificateDer<'c>]> for Chain<'c> {
    fn from(presented: &'c [CertificateDer<'c>]) -> Self {
        match presented.split_first() {
            Some((leaf, intermediates)) => Self::new(leaf, intermediates),
            None => Self {
                leaf: None,
                intermediates: &[],
                protocol: Protocol::Tls13,
            },
        }
    }
}

impl<'c, const N: usize> From<&'c [CertificateDer<'c>; N]> for Chain<'c> {
    fn from(presented: &'c [CertificateDer<'c>; N]) -> Self {
        presented.as_slice().into()
    }
}

#[cfg(feature = "alloc")]
impl<'c> From<&'c alloc::vec::Vec<CertificateDer<'c>>> for Chain<'c> {
    fn from(presented: &'c alloc::vec::Vec<CertificateDer<'c>>) -> Self {
        presented.as_slice().into()
    }
}

/// A version of TLS, as far as it frames certificates in its own way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Protocol {
    /// TLS 1.2: 3 octets before each certificate.
    Tls12,
    /// TLS 1.3: 5 octets, since each certificate has a list of extensions.
    Tls13,
}
