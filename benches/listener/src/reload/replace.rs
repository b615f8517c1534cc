//! Files that are replaced while a listener serves.

use core::fmt;
use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;

use crate::reload::timeline::{Answer, Change, Timeline};
use crate::server::{Line, Server};

/// How long a listener may take to notice.
const PATIENCE: Duration = Duration::from_secs(10);
const RELOADED: &str = "portcullis: reloaded";
const REFUSED: &str = "portcullis: reload refused";

/// The files, and what there is to put in their places.
pub(crate) struct Replacements {
    pub(crate) bundle: PathBuf,
    /// The list of the CA that the clients are of.
    pub(crate) list: PathBuf,
    /// With the other fleet's root and without.
    pub(crate) bundles: [String; 2],
    pub(crate) broken_bundle: String,
    /// Without the revocable client and with it.
    pub(crate) lists: [String; 2],
    pub(crate) count: u32,
    pub(crate) every: Duration,
}

/// What came of the replacements.
pub(crate) struct Replaced {
    /// Of the client that lists revoke.
    pub(crate) revocable: Timeline,
    /// Of the clients whose root bundles leave out.
    pub(crate) departing: Timeline,
    pub(crate) done: Vec<Done>,
}

/// One replacement, and how long it took to be told.
pub(crate) struct Done {
    pub(crate) how: How,
    pub(crate) outcome: Outcome,
    pub(crate) told_after: Duration,
}

/// How a listener gets to know of a new file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum How {
    Notices,
    Signal,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Refused,
    Reloaded,
}

impl Replacements {
    /// Bundle and list in turns, so that it is always known which one took effect; the one in the
    /// middle is broken.
    pub(crate) fn make(&self, server: &Server) -> Result<Replaced> {
        let mut replaced = Replaced {
            revocable: Timeline::new(Answer::Passes),
            departing: Timeline::new(Answer::Passes),
            done: Vec::new(),
        };
        let started = Instant::now();
        // Even, and thus a bundle; the next one is a bundle, too, and mends it.
        let broken = self.count / 4 * 2;
        for number in 1..=self.count {
            let due = started + self.every * number;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            // Two and two, so that bundles and lists come in both ways.
            let how = match number % 4 {
                1 | 2 => How::Signal,
                _ => How::Notices,
            };
            if number == broken {
                let text = &self.broken_bundle;
                let done = self.replace(server, &self.bundle, text, how)?;
                ensure!(
                    done.0.outcome == Outcome::Refused,
                    "a broken bundle was taken"
                );
                replaced.done.push(done.0);
                continue;
            }
            let is_bundle = number % 2 == 0 || number == broken + 1;
            let (file, texts, timeline) = match is_bundle {
                true => (&self.bundle, &self.bundles, &mut replaced.departing),
                false => (&self.list, &self.lists, &mut replaced.revocable),
            };
            let (text, to) = match timeline.last() {
                Answer::Passes => (&texts[1], Answer::Refused),
                Answer::Refused => (&texts[0], Answer::Passes),
            };
            let (done, begun, told) = self.replace(server, file, text, how)?;
            ensure!(
                done.outcome == Outcome::Reloaded,
                "replacement {number} was refused"
            );
            timeline.push(Change { begun, told, to });
            replaced.done.push(done);
        }
        thread::sleep(self.every);
        Ok(replaced)
    }

    fn replace(
        &self,
        server: &Server,
        file: &Path,
        text: &str,
        how: How,
    ) -> Result<(Done, Instant, Instant)> {
        let new = file.with_extension("new");
        fs::write(&new, text)?;
        if let Some(line) = server
            .lines()
            .try_iter()
            .find(|line| outcome(line).is_some())
        {
            bail!("nothing was replaced, and yet: {}", line.text);
        }
        let begun = Instant::now();
        fs::rename(&new, file)?;
        if how == How::Signal {
            server.signal(Signal::HUP)?;
        }
        let deadline = begun + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = server.lines().recv_timeout(left);
            let line = line.with_context(|| format!("nobody tells of a new file ({how})"))?;
            let Some(outcome) = outcome(&line) else {
                continue;
            };
            let done = Done {
                how,
                outcome,
                told_after: line.at - begun,
            };
            return Ok((done, begun, line.at));
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notices => "by itself",
            Self::Signal => "SIGHUP",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Reloaded => "reloaded",
        })
    }
}

fn outcome(line: &Line) -> Option<Outcome> {
    match &*line.text {
        text if text.starts_with(RELOADED) => Some(Outcome::Reloaded),
        text if text.starts_with(REFUSED) => Some(Outcome::Refused),
        _ => None,
    }
}
