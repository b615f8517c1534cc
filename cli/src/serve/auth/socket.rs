//! A Unix socket under a name.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixStream as Probe};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tokio::net::{UnixListener, UnixStream};

/// What listens under a name. The name goes with it.
pub(in crate::serve) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl Socket {
    /// Listens, with these permissions from the first moment. What a program that was killed has left
    /// behind is replaced; what is in use, or no socket, is not.
    pub(super) fn bind(path: &Path, mode: u32) -> anyhow::Result<Self> {
        check(path)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Nobody else gets in there before the permissions are right.
        let folder = tempfile::Builder::new().prefix(".").tempdir_in(folder)?;
        let new = folder.path().join("s");
        let listener = UnixListener::bind(&new)?;
        fs::set_permissions(&new, Permissions::from_mode(mode))?;
        fs::rename(&new, path)?;
        Ok(Self {
            listener,
            path: path.to_path_buf(),
            identity: identity(path),
        })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Another program may have taken the name.
        if self.identity.is_some() && identity(&self.path) == self.identity {
            _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the name is free, or what has it may go.
fn check(path: &Path) -> anyhow::Result<()> {
    // It is made under another one, which may be shorter.
    SocketAddr::from_pathname(path)?;
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    if !metadata.file_type().is_socket() {
        bail!("there is a file of this name that is no socket");
    }
    match Probe::connect(path) {
        Ok(_) => bail!("another program listens there"),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error).context("there is a socket of this name, perhaps in use"),
    }
}

/// Device and inode.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::symlink_metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
