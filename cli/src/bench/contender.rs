//! Who is measured: Portcullis, and a peer beside it.

#[cfg(feature = "openssl")]
mod openssl;
mod webpki;

use portcullis::TrustStore;
use portcullis::pki_types::{CertificateDer, UnixTime};

#[cfg(feature = "openssl")]
use self::openssl::OpenSsl;
use self::webpki::Webpki;
use super::arguments::PeerName;
use crate::arguments::StoreArguments;
use crate::gate::Gate;

/// One who verifies chains.
pub(super) trait Contender: Sync {
    /// Whether the chain may pass. This is what is measured.
    fn accepts(&self, chain: &[CertificateDer<'static>]) -> bool;

    /// Why the chain may not pass, in the contender's own words; `None` if it may.
    fn refusal(&self, chain: &[CertificateDer<'static>]) -> Option<String>;
}

/// A store of ours at a time.
pub(super) struct Portcullis<'s> {
    pub(super) store: &'s TrustStore<'static>,
    pub(super) now: UnixTime,
}

impl Contender for Portcullis<'_> {
    fn accepts(&self, chain: &[CertificateDer<'static>]) -> bool {
        self.store.verify_at(chain, self.now).is_success()
    }

    fn refusal(&self, chain: &[CertificateDer<'static>]) -> Option<String> {
        let status = self.store.verify_at(chain, self.now);
        (!status.is_success()).then(|| status.to_string())
    }
}

/// Another verifier, set up like the gate.
pub(super) struct Peer {
    /// As people write it.
    pub(super) name: &'static str,
    pub(super) contender: Box<dyn Contender>,
    /// The same with [`TIMED`](super::algorithms::TIMED) algorithms, if it takes them.
    pub(super) timed: Option<Box<dyn Contender>>,
    /// In what it could not be set up like the gate.
    pub(super) notes: Vec<String>,
}

impl Peer {
    pub(super) fn new(
        name: PeerName,
        arguments: &StoreArguments,
        gate: &Gate,
    ) -> anyhow::Result<Self> {
        let mut notes = Vec::new();
        if arguments.ignore_expiry {
            notes.push("has nothing like --ignore-expiry".to_owned());
        }
        match name {
            #[cfg(feature = "openssl")]
            PeerName::Openssl => Ok(Self {
                name: "OpenSSL",
                contender: Box::new(OpenSsl::new(arguments, gate, &mut notes)?),
                timed: None,
                notes,
            }),
            #[cfg(not(feature = "openssl"))]
            PeerName::Openssl => Err(not_built_in()),
            PeerName::Webpki => {
                let webpki = Webpki::new(arguments, gate, &mut notes);
                Ok(Self {
                    name: "webpki",
                    timed: Some(Box::new(webpki.timed())),
                    contender: Box::new(webpki),
                    notes,
                })
            }
        }
    }
}

/// What can be told before any file is read.
pub(super) fn check(name: Option<PeerName>) -> anyhow::Result<()> {
    match name {
        #[cfg(not(feature = "openssl"))]
        Some(PeerName::Openssl) => Err(not_built_in()),
        _ => Ok(()),
    }
}

#[cfg(not(feature = "openssl"))]
fn not_built_in() -> anyhow::Error {
    anyhow::anyhow!(
        "--against openssl: this program was built without OpenSSL (cargo install --path cli \
         --features openssl builds it in)"
    )
}
