//! `portcullis index`: the index of a CRL, made where the firmware is built.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::Builder;

use crate::arguments::{Endian, IndexArguments};
use crate::input;
use crate::outcome::{Failure, Outcome, complain};

/// Writes the index. A CRL that a store would keep as unusable has one, too.
pub(crate) fn run(arguments: &IndexArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let crl = input::crl(&arguments.crl)?;
    if let Some(fault) = crl.fault() {
        complain(format_args!(
            "{}: no trust store will use this CRL: {fault}",
            arguments.crl.display()
        ));
    }
    let octets: Vec<u8> = crl
        .index()
        .iter()
        .flat_map(|word| match arguments.endian {
            Endian::Big => word.to_be_bytes(),
            Endian::Little => word.to_le_bytes(),
        })
        .collect();
    if input::is_standard_stream(&arguments.output) {
        out.write_all(&octets)?;
    } else {
        replace(&arguments.output, &octets)
            .with_context(|| arguments.output.display().to_string())?;
    }
    Ok(Outcome::Good)
}

/// Writes a file so that whoever reads it finds the old content or the new one, whole.
fn replace(name: &Path, content: &[u8]) -> io::Result<()> {
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
