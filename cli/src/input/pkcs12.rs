//! PKCS#12 (`.p12`, `.pfx`), as browsers and XCA exchange a client's certificate with its key.

use anyhow::{anyhow, bail};
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;
use portcullis::pki_types::CertificateDer;

use super::{Contents, Format, Password};

/// Takes the certificates out. The private keys are counted and dropped.
pub(super) fn open(bytes: &[u8], password: Option<&Password>) -> anyhow::Result<Contents> {
    let archive = Pkcs12Archive::from_pkcs12(bytes, password.map_or("", Password::as_str))
        .map_err(|error| unusable(error, password.is_some()))?;
    if archive.certs.is_empty() {
        bail!("is a PKCS#12 file without a certificate");
    }
    let with_key = archive
        .certs
        .iter()
        .enumerate()
        .filter(|(_, bag)| {
            bag.local_key_id.as_deref().is_some_and(|id| {
                archive.keys.iter().any(|key| {
                    key.local_key_id
                        .as_ref()
                        .is_some_and(|key_id| key_id.as_ref() == id)
                })
            })
        })
        .map(|(index, _)| index)
        .collect();
    Ok(Contents {
        certificates: archive
            .certs
            .iter()
            .map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()))
            .collect(),
        private_keys: archive.keys.len(),
        with_key,
        ..Contents::empty(Format::Pkcs12)
    })
}

/// The library's errors in an operator's words.
fn unusable(error: Error, password_given: bool) -> anyhow::Error {
    match error {
        Error::MacError(_) | Error::UnpadError if password_given => {
            anyhow!("is a PKCS#12 file, and the password in --password-file is wrong for it")
        }
        Error::MacError(_) | Error::UnpadError => {
            anyhow!(
                "is a PKCS#12 file under a password: name the file that holds it with \
                 --password-file"
            )
        }
        // Also what comes of a wrong password where the file has no MAC.
        Error::Pkcs5Error(reason) => {
            anyhow!(
                "is a PKCS#12 file that can't be decrypted ({reason}): a wrong password, or a \
                 cipher not known here"
            )
        }
        Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType => anyhow!(
            "is a PKCS#12 file protected in a way not known here: export it again, as `openssl \
             pkcs12 -export` does"
        ),
        Error::X509Error(_) | Error::UnsupportedCertificateType => {
            anyhow!("is a PKCS#12 file with a certificate in it that can't be read")
        }
        // BER with indefinite lengths, which old versions of Firefox and Java wrote, is an error of
        // DER as well.
        error => anyhow!("is a PKCS#12 file that can't be read, damaged or not in DER: {error}"),
    }
}
