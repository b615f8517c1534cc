//! The client's certificate, as handed to the application.

use core::fmt;
use core::ops::Deref;

use crate::certificate::Certificate;

/// The leaf of a chain, with all that [`Certificate`] tells and its fingerprints.
///
/// It has passed every check if it comes from [`authenticate`](crate::TrustStore::authenticate),
/// every one but the last two if an [`ApplicationCheck`](crate::ApplicationCheck) is given it, and
/// none if it comes from an [`Explanation`](crate::Explanation) of a failure. In each case it is
/// what was presented: that the client holds its key is for the handshake to prove.
#[derive(Clone, Copy)]
pub struct ClientCertificate<'a> {
    certificate: Certificate<'a>,
    sha256: fn(&[u8]) -> [u8; 32],
}

impl<'a> ClientCertificate<'a> {
    pub(crate) const fn new(certificate: Certificate<'a>, sha256: fn(&[u8]) -> [u8; 32]) -> Self {
        Self {
            certificate,
            sha256,
        }
    }

    /// SHA-256 of the whole certificate.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        Fingerprint((self.sha256)(self.certificate.der()))
    }

    /// SHA-256 of the `SubjectPublicKeyInfo`, which stays the same when a certificate is renewed
    /// with its key.
    #[must_use]
    pub fn spki_sha256(&self) -> Fingerprint {
        Fingerprint((self.sha256)(self.certificate.spki_der()))
    }
}

impl<'a> Deref for ClientCertificate<'a> {
    type Target = Certificate<'a>;

    fn deref(&self) -> &Self::Target {
        &self.certificate
    }
}

impl fmt::Debug for ClientCertificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientCertificate")
            .field(&self.certificate)
            .finish()
    }
}

/// A SHA-256 digest. `{}` writes lower hex, `{:#}` upper hex with colons, as OpenSSL does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            match f.alternate() {
                true if index > 0 => write!(f, ":{byte:02X}")?,
                true => write!(f, "{byte:02X}")?,
                false => write!(f, "{byte:02x}")?,
            }
        }
        Ok(())
    }
}
