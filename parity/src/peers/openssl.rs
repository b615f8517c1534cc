//! OpenSSL's `X509_verify_cert`.

use core::cmp::Ordering;
use std::path::PathBuf;
use std::{env, fs, process};

use openssl::error::ErrorStack;
use openssl::ssl::SslFiletype;
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{CrlStatus, X509, X509Crl, X509PurposeId, X509StoreContext};
use pem_rfc7468::LineEnding;
use portcullis::pki_types::CertificateDer;

use crate::row::Row;

/// OpenSSL, with a file of its own: it reads CRLs from nowhere else.
#[derive(Debug)]
pub struct OpenSsl {
    crls: PathBuf,
}

impl OpenSsl {
    /// A verifier that nobody else uses.
    #[must_use]
    pub fn new() -> Self {
        let name = format!("portcullis-parity-{}.crl", process::id());
        Self {
            crls: env::temp_dir().join(name),
        }
    }

    /// Which OpenSSL it is.
    #[must_use]
    pub fn version() -> &'static str {
        openssl::version::version()
    }

    /// Whether OpenSSL lets the chain pass as a TLS client's, any certificate of the store being an
    /// anchor. With CRLs, each certificate needs one.
    #[must_use]
    pub fn accepts(&self, row: &Row) -> bool {
        self.verify(row).unwrap_or(false)
    }

    /// Whether one of these lists that can be read has one of these certificates, going by nothing
    /// but the issuer's name and the serial number. Of several lists of one issuer the latest count.
    #[must_use]
    pub fn lists_any(lists: &[Vec<u8>], certificates: &[CertificateDer<'_>]) -> bool {
        let lists = lists.iter().filter_map(|der| X509Crl::from_der(der).ok());
        let lists = lists.collect::<Vec<_>>();
        let mut certificates = certificates.iter();
        certificates.any(|der| {
            X509::from_der(der).is_ok_and(|certificate| {
                let issuer = certificate.issuer_name();
                let serial = certificate.serial_number();
                let is_of_issuer = |list: &&X509Crl| {
                    let order = list.issuer_name().try_cmp(issuer);
                    order.is_ok_and(Ordering::is_eq)
                };
                let of_issuer = || lists.iter().filter(is_of_issuer);
                let is_latest = |list: &&X509Crl| {
                    of_issuer().all(|other| other.last_update() <= list.last_update())
                };
                of_issuer()
                    .filter(is_latest)
                    .any(|list| !matches!(list.get_by_serial(serial), CrlStatus::NotRevoked))
            })
        })
    }

    fn verify(&self, row: &Row) -> Result<bool, ErrorStack> {
        let Some((leaf, others)) = row.chain.split_first() else {
            return Ok(false);
        };
        let leaf = X509::from_der(leaf)?;
        let mut chain = Stack::new()?;
        for other in others {
            if let Ok(other) = X509::from_der(other) {
                chain.push(other)?;
            }
        }
        let mut store = X509StoreBuilder::new()?;
        for anchor in &row.anchors {
            if let Ok(anchor) = X509::from_der(anchor) {
                store.add_cert(anchor)?;
            }
        }
        store.set_purpose(X509PurposeId::SSL_CLIENT)?;
        let mut parameters = X509VerifyParam::new()?;
        let mut flags = X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::TRUSTED_FIRST;
        if !row.crls.is_empty() {
            flags |= X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL;
            let lookup = store.add_lookup(X509Lookup::file())?;
            fs::write(&self.crls, crls_as_pem(row)).expect("a temporary file can be written");
            lookup.load_crl_file(&self.crls, SslFiletype::PEM)?;
        }
        parameters.set_flags(flags)?;
        parameters.set_time(i64::try_from(row.time().as_secs()).unwrap_or(i64::MAX));
        store.set_param(&parameters)?;
        let store = store.build();
        X509StoreContext::new()?.init(&store, &leaf, &chain, |context| context.verify_cert())
    }
}

impl Default for OpenSsl {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        // There is none if no chain had a CRL.
        let _ = fs::remove_file(&self.crls);
    }
}

fn crls_as_pem(row: &Row) -> String {
    let pem = |der: &Vec<u8>| {
        pem_rfc7468::encode_string("X509 CRL", LineEnding::LF, der).expect("any bytes fit into PEM")
    };
    row.crls.iter().map(pem).collect()
}
