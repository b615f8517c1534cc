//! Writing a file in one go.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// Writes a file so that whoever reads it finds the old content or the new one, whole.
pub(crate) fn replace(name: &Path, content: &[u8]) -> io::Result<()> {
    // The file a link leads to is replaced, and not the link.
    let target = match fs::canonicalize(name) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => name.to_path_buf(),
        Err(error) => return Err(error),
    };
    // A device or a pipe is written to; nothing may take its place.
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return File::create(&target)?.write_all(content);
    }
    let mut temporary = Builder::new();
    // As any new file has it; that of a temporary one keeps others out.
    #[cfg(unix)]
    temporary.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    let mut file = temporary.tempfile_in(folder(&target))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

/// The folder a file is in; a rename works only inside one file system.
fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
