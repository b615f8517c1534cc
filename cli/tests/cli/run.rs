//! Starting the program and looking at what it says.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A time at which the certificates in tests/data/pki are valid.
pub(crate) const TIME: &str = "2026-12-01T00:00:00Z";

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The one line on standard output, of a run that said nothing else.
    pub(crate) fn verdict(&self) -> (&str, i32) {
        assert_eq!(self.stderr, "");
        let line = self.stdout.strip_suffix('\n').expect("a line");
        assert!(!line.contains('\n'), "{line}");
        (line, self.code)
    }

    /// The one line on standard error, of a run that gave no answer.
    pub(crate) fn complaint(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{self:?}");
        let line = self.stderr.strip_suffix('\n').expect("a line");
        assert!(!line.contains('\n'), "{line}");
        line.strip_prefix("portcullis: ")
            .expect("the program's name")
    }
}

/// Runs the program.
pub(crate) fn portcullis(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    portcullis_reading(arguments, b"")
}

/// Runs the program with something on standard input.
pub(crate) fn portcullis_reading(
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stdin: &[u8],
) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // The program may be done before it has read everything.
    _ = pipe.write_all(stdin);
    drop(pipe);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("the program ends");
    Run {
        code: status.code().expect("an exit code"),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// The program, not yet started.
pub(crate) fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments);
    command
}

/// `verify` against bundle.pem at [`TIME`], with these arguments besides.
pub(crate) fn verify(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    portcullis(judging("verify", arguments))
}

/// `explain` against bundle.pem at [`TIME`], with these arguments besides.
pub(crate) fn explain(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    portcullis(judging("explain", arguments))
}

/// The arguments of a command that judges, against bundle.pem at [`TIME`].
pub(crate) fn judging(
    command: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Vec<std::ffi::OsString> {
    let mut all: Vec<std::ffi::OsString> =
        [command, "--trust-store", &pki("bundle.pem"), "--time", TIME]
            .map(Into::into)
            .into();
    all.extend(
        arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned()),
    );
    all
}

/// A file of the repository's tests/data/pki.
pub(crate) fn pki(name: &str) -> String {
    file(&format!("../tests/data/pki/{name}"))
}

/// A file of the repository's tests/data/logs.
pub(crate) fn logs(name: &str) -> String {
    file(&format!("../tests/data/logs/{name}"))
}

/// A file of this package's tests/data.
pub(crate) fn data(name: &str) -> String {
    file(&format!("tests/data/{name}"))
}

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    assert!(path.exists(), "{}", path.display());
    path.into_os_string().into_string().expect("UTF-8")
}

/// Reads one.
pub(crate) fn read(name: &str) -> Vec<u8> {
    std::fs::read(name).expect("readable")
}

/// A folder for files made by a test; it goes when this does.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("writable");
        path.into_os_string().into_string().expect("UTF-8")
    }

    /// The path of a file that need not exist.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
