//! The chains a command is about: the one on the command line, or a batch of them.

use std::io::{self, BufRead, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use portcullis::VerifyStatus;
use portcullis::pki_types::CertificateDer;

use crate::arguments::ChainArguments;
use crate::gate::Gate;
use crate::input::{self, STANDARD_INPUT};
use crate::outcome::{Failure, Outcome, complain};

/// What a client sent.
pub(crate) struct PresentedChain<'n> {
    /// Leaf first. None has been parsed.
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    /// The files it came from.
    pub(crate) files: &'n [PathBuf],
    /// The name of the chain in a batch, as it was read.
    pub(crate) batch_name: Option<&'n [u8]>,
}

/// Hands each chain to `judge`, all files of the command line being one. In a batch a chain that can't be used doesn't stop the others.
pub(crate) fn for_each(
    arguments: &ChainArguments,
    gate: &Gate,
    mut judge: impl FnMut(&PresentedChain<'_>) -> Result<VerifyStatus, Failure>,
) -> Result<Outcome, Failure> {
    let mut judge_files = |files: &[PathBuf], batch_name: Option<&[u8]>| {
        let certificates =
            input::chain(files.iter().map(PathBuf::as_path), gate.password.as_ref())?;
        let status = judge(&PresentedChain {
            certificates,
            files,
            batch_name,
        })?;
        Ok(if status.is_success() {
            Outcome::Good
        } else {
            Outcome::Failed
        })
    };
    if !arguments.batch {
        return judge_files(&arguments.chain, None);
    }

    let mut worst = Outcome::Good;
    let mut names = io::stdin().lock();
    let mut line = Vec::new();
    while let Some(name) = next_name(&mut names, &mut line)? {
        let outcome = path(name)
            .map_err(Failure::from)
            .and_then(|file| judge_files(&[file], Some(name)));
        match outcome {
            Ok(outcome) => worst = worst.max(outcome),
            Err(Failure::Input(error)) => {
                complain(error);
                worst = Outcome::Unusable;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(worst)
}

/// The next line that isn't empty, without its ending.
fn next_name<'l>(
    names: &mut impl BufRead,
    line: &'l mut Vec<u8>,
) -> anyhow::Result<Option<&'l [u8]>> {
    loop {
        line.clear();
        let read = names
            .by_ref()
            .take(MAX_NAME + 1)
            .read_until(b'\n', line)
            .context("-: the file names can't be read")?;
        if read == 0 {
            return Ok(None);
        }
        if u64::try_from(read)? > MAX_NAME {
            bail!("-: a line over {MAX_NAME} bytes is no file name");
        }
        let ending = [&b"\r\n"[..], b"\n"]
            .iter()
            .find(|ending| line.ends_with(ending))
            .map_or(0, |ending| ending.len());
        line.truncate(line.len() - ending);
        if !line.is_empty() {
            return Ok(Some(line));
        }
    }
}

fn path(name: &[u8]) -> anyhow::Result<PathBuf> {
    if name == STANDARD_INPUT.as_bytes() {
        bail!("-: standard input holds the names of the batch, so it can't hold a chain");
    }
    #[cfg(unix)]
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name);
    #[cfg(not(unix))]
    let name = str::from_utf8(name)
        .with_context(|| format!("{}: not UTF-8", String::from_utf8_lossy(name)))?;
    Ok(Path::new(name).to_path_buf())
}

/// Over the longest path of any system in use.
const MAX_NAME: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn names(mut text: &[u8]) -> Vec<Vec<u8>> {
        let mut line = Vec::new();
        core::iter::from_fn(|| {
            next_name(&mut text, &mut line)
                .expect("readable")
                .map(<[u8]>::to_vec)
        })
        .collect()
    }

    #[test]
    fn names_are_read_a_line_at_a_time_with_either_ending() {
        assert_eq!(names(b""), Vec::<Vec<u8>>::new());
        assert_eq!(names(b"a b\nc\r\n\n\r\nd"), [&b"a b"[..], b"c", b"d"]);
    }

    #[test]
    fn a_line_without_an_end_is_not_read_for_ever() {
        let endless = io::repeat(b'a');
        assert!(next_name(&mut io::BufReader::new(endless), &mut Vec::new()).is_err());
    }
}
