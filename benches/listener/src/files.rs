//! The fleet as the files that listeners read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use pem_rfc7468::LineEnding;
use tempfile::TempDir;

use crate::fleet::{Fleet, Revoked};

/// A directory that goes when this does.
pub(crate) struct Files {
    directory: TempDir,
    pub(crate) bundle: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// The lists of one chain, in PEM.
pub(crate) struct Lists {
    /// One file for each CA: Portcullis and the peer take as many as there are.
    pub(crate) each: Vec<PathBuf>,
    /// All in one, for nginx.
    pub(crate) together: PathBuf,
}

impl Files {
    pub(crate) fn new(fleet: &Fleet) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("listener-bench")
            .tempdir()?;
        let path = |name: &str| directory.path().join(name);
        let files = Self {
            bundle: path("bundle.pem"),
            certificate: path("server.pem"),
            key: path("server.key"),
            directory,
        };
        let key = fleet.server().key();
        fs::write(&files.bundle, fleet.root().to_pem())?;
        fs::write(&files.certificate, fleet.server().to_pem())?;
        fs::write(&files.key, pem("PRIVATE KEY", key.pkcs8_der()))?;
        Ok(files)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes the lists of both CAs, the lower one's with as many entries, of which one
    /// revokes a client; none for no entries.
    pub(crate) fn lists(&self, fleet: &Fleet, entries: usize) -> io::Result<Option<Lists>> {
        if entries == 0 {
            return Ok(None);
        }
        let [root, issuer] = [fleet.root_list(), fleet.list(entries, Revoked::OneClient)]
            .map(|list| pem("X509 CRL", &list));
        let path = |name: &str| self.path().join(format!("{name}-{entries}.crl"));
        let lists = Lists {
            each: vec![path("root"), path("issuer")],
            together: path("both"),
        };
        fs::write(&lists.each[0], &root)?;
        fs::write(&lists.each[1], &issuer)?;
        fs::write(&lists.together, root + &issuer)?;
        Ok(Some(lists))
    }
}

/// DER as PEM, lines ended by LF.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).expect("any bytes fit into PEM")
}
