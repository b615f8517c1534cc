//! How a run ends: the exit code, and what is told on standard error.

use core::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::printable::Line;

/// The result of one chain or file, and of a whole run: the worst of its parts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Outcome {
    /// Every verdict was `Success`, every certificate could be read.
    Good,
    /// There was a verdict, and it was no.
    Failed,
    /// An input could not be used, so there is no verdict on it.
    Unusable,
}

impl Outcome {
    /// The exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Unusable => 2,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        outcome.code().into()
    }
}

/// Why a run broke off.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An input can't be used; the error names it.
    Input(anyhow::Error),
    /// The answer could not be written.
    Output(io::Error),
}

impl Failure {
    /// Tells the operator, unless nobody is listening.
    pub(crate) fn report(&self) {
        match self {
            Self::Input(error) => complain(error),
            // The reader went away (`portcullis ... | head`): it knows.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Self::Output(error) => complain(format_args!("standard output: {error}")),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Input(error)
    }
}

/// Reading gives its errors a context (`anyhow`), so a bare one comes from writing.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

/// One line on standard error. That it can't be written is no reason to panic, as `eprintln!`
/// would.
pub(crate) fn complain(message: impl fmt::Display) {
    // In one go, so that no other thread's comes between.
    _ = io::stderr().write_all(complaint(message).as_bytes());
}

/// The line that [`complain`] writes.
pub(crate) fn complaint(message: impl fmt::Display) -> String {
    // The alternate form makes `anyhow` write the whole chain of causes.
    format!("portcullis: {}\n", Line(format!("{message:#}")))
}
