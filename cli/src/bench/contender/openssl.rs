//! The system's OpenSSL, each CA of the bundle an anchor as with ALB.

use std::io::Write as _;

use anyhow::Context as _;
use openssl::error::ErrorStack;
use openssl::ssl::SslFiletype;
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext, X509VerifyResult};
use portcullis::pki_types::CertificateDer;
use tempfile::NamedTempFile;

use super::Contender;
use crate::arguments::{Reach, StoreArguments};
use crate::gate::Gate;

pub(super) struct OpenSsl(X509Store);

impl OpenSsl {
    pub(super) fn new(
        arguments: &StoreArguments,
        gate: &Gate,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Self> {
        let ours = &gate.trust.store;
        let mut store = X509StoreBuilder::new()?;
        for ca in ours.cas() {
            let added = X509::from_der(ca.der()).and_then(|ca| store.add_cert(ca));
            if let Err(error) = added {
                notes.push(format!("is without the CA {}: {error}", ca.subject()));
            }
        }
        let mut flags = X509VerifyFlags::PARTIAL_CHAIN;
        for (crl, file) in ours.crls().zip(&gate.trust.crl_files) {
            flags |= match arguments.revocation.crl_reach {
                Some(Reach::Leaf) => X509VerifyFlags::CRL_CHECK,
                Some(Reach::Path) | None => {
                    X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL
                }
            };
            if let Err(error) = load(&mut store, crl.der())? {
                notes.push(format!("is without the CRL {}: {error}", file.display()));
            }
        }
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_flags(flags)?;
        parameters.set_time(gate.now.as_secs().try_into()?);
        parameters.set_purpose(X509PurposeId::SSL_CLIENT)?;
        store.set_param(&parameters)?;
        Ok(Self(store.build()))
    }

    fn verify(&self, chain: &[CertificateDer<'static>]) -> Result<X509VerifyResult, ErrorStack> {
        let mut presented = chain.iter().map(|der| X509::from_der(der));
        let leaf = presented.next().ok_or_else(ErrorStack::get)??;
        let mut intermediates = Stack::new()?;
        for intermediate in presented {
            intermediates.push(intermediate?)?;
        }
        X509StoreContext::new()?.init(&self.0, &leaf, &intermediates, |context| {
            context.verify_cert()?;
            Ok(context.error())
        })
    }
}

/// The crate takes CRLs from files alone. They are read at once.
fn load(store: &mut X509StoreBuilder, crl: &[u8]) -> anyhow::Result<Result<i32, ErrorStack>> {
    let mut file = NamedTempFile::new().context("a file for OpenSSL")?;
    file.write_all(crl).context("a file for OpenSSL")?;
    let lookup = store.add_lookup(X509Lookup::file())?;
    Ok(lookup.load_crl_file(file.path(), SslFiletype::ASN1))
}

impl Contender for OpenSsl {
    fn accepts(&self, chain: &[CertificateDer<'static>]) -> bool {
        self.verify(chain)
            .is_ok_and(|it| it == X509VerifyResult::OK)
    }

    fn refusal(&self, chain: &[CertificateDer<'static>]) -> Option<String> {
        match self.verify(chain) {
            Ok(X509VerifyResult::OK) => None,
            Ok(error) => Some(error.error_string().to_owned()),
            Err(error) => Some(format!("a certificate can't be read: {error}")),
        }
    }
}
