//! The server's own certificate.

use std::path::Path;

use anyhow::Context as _;
use portcullis::pki_types::pem::PemObject as _;
use portcullis::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

use crate::arguments::ServeArguments;
use crate::facts::hex;
use crate::input;

/// Reads certificate and key, or makes them; then there is something to tell about it.
pub(super) fn load(
    arguments: &ServeArguments,
    provider: &CryptoProvider,
) -> anyhow::Result<(CertifiedKey, Option<String>)> {
    match (&arguments.cert, &arguments.key) {
        (Some(certificate), Some(key)) => Ok((read(certificate, key, provider)?, None)),
        _ => make(provider),
    }
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> anyhow::Result<CertifiedKey> {
    let chain = input::chain([certificate], None)?;
    let key_der = PrivateKeyDer::from_pem_slice(&input::read(key)?).with_context(|| {
        format!(
            "{}: there is no private key in PEM that can be read without a password",
            key.display()
        )
    })?;
    CertifiedKey::from_der(chain, key_der, provider).map_err(|error| {
        let what = match error {
            rustls::Error::InconsistentKeys(_) => {
                format!(
                    "is not the key of the certificate in {}",
                    certificate.display()
                )
            }
            error => format!("can't be used with {}: {error}", certificate.display()),
        };
        anyhow::anyhow!("{}: {what}", key.display())
    })
}

/// A certificate that signs itself, with a key that is kept nowhere.
fn make(provider: &CryptoProvider) -> anyhow::Result<(CertifiedKey, Option<String>)> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names)
        .context("a certificate for localhost can't be made")?;
    let certificate = CertificateDer::from(made.cert.der().to_vec());
    let origin = format!(
        "there is no --cert, so this is a certificate made just now, for localhost, 127.0.0.1 and \
         ::1; clients must be told to take it (curl -k). Its SHA-256 is {}",
        hex(&Sha256::digest(&certificate))
    );
    let key =
        PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
    let certified = CertifiedKey::from_der(vec![certificate], key, provider)?;
    Ok((certified, Some(origin)))
}
