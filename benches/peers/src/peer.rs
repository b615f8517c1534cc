//! A peer that runs: a child process that is told what to do.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Passes,
    Revoked,
    Fails,
}

impl Verdict {
    const ALL: [Self; 3] = [Self::Passes, Self::Revoked, Self::Fails];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Revoked => "revoked",
            Self::Fails => "fails",
        }
    }
}

/// What is timed.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// The bare signature checks.
    Floor,
    Verify,
}

/// Ends when it is dropped.
pub(crate) struct Peer {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Gives it once it has loaded everything.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut peer = Self {
            commands: child.stdin.take().context("a pipe")?,
            answers: BufReader::new(child.stdout.take().context("a pipe")?),
            child,
        };
        match peer.answer()?.as_str() {
            "ready" => Ok(peer),
            other => bail!("it says {other:?}"),
        }
    }

    /// What it says of one of the folder's leaves.
    pub(crate) fn judge(&mut self, leaf: &str) -> Result<Verdict> {
        writeln!(self.commands, "judge {leaf}")?;
        let answer = self.answer()?;
        let mut all = Verdict::ALL.into_iter();
        all.find(|verdict| verdict.as_str() == answer)
            .with_context(|| format!("{answer:?} is no verdict"))
    }

    /// Microseconds of one pass, from so many in a row, beginning with the leaf of that number.
    pub(crate) fn time(
        &mut self,
        work: Work,
        warm: usize,
        passes: usize,
        first: usize,
    ) -> Result<f64> {
        let work = match work {
            Work::Floor => "floor",
            Work::Verify => "verify",
        };
        writeln!(self.commands, "{work} {warm} {passes} {first}")?;
        let nanoseconds: f64 = self.answer()?.parse()?;
        Ok(nanoseconds / 1e3 / passes as f64)
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("it has ended");
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
