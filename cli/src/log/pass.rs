//! Going through the files: what can't be read is told, and the rest handed on.

use std::io;
use std::path::Path;

use portcullis::LogLineError;
use serde::Serialize;

use super::kind::Line;
use super::lines::{Lines, Packing};
use super::name;
use crate::outcome::{Outcome, complain};

/// Goes through one file after the other.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    /// The one line that is wanted.
    only: Option<u64>,
    files: Vec<FileCounts>,
    unreadable: u64,
    is_unusable: bool,
}

/// What a file holds.
#[derive(Debug, Serialize)]
pub(crate) struct FileCounts {
    /// As it was named.
    pub(crate) file: String,
    pub(crate) packing: Packing,
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    /// Lines about the log itself.
    pub(crate) control: u64,
    pub(crate) unreadable: u64,
}

impl Pass {
    /// A pass that reads no line but this one.
    pub(crate) fn of_line(number: u64) -> Self {
        Self {
            only: Some(number),
            ..Self::default()
        }
    }

    /// Hands on every line of a file that can be read, with its number.
    pub(crate) fn read(&mut self, file: &Path, take: impl FnMut(u64, Line<'_>)) {
        let read = Lines::open(file).map_err(|error| (0, error));
        if let Err((number, error)) = read.and_then(|lines| self.read_lines(file, lines, take)) {
            let place = match number {
                0 => name(file),
                number => format!("{}: after line {number}", name(file)),
            };
            complain(format_args!("{place}: {error}"));
            self.is_unusable = true;
        }
    }

    fn read_lines(
        &mut self,
        file: &Path,
        mut lines: Lines,
        mut take: impl FnMut(u64, Line<'_>),
    ) -> Result<(), (u64, io::Error)> {
        let mut counts = FileCounts {
            file: name(file),
            packing: lines.packing,
            connections: 0,
            requests: 0,
            control: 0,
            unreadable: 0,
        };
        let read = loop {
            let number = lines.number + 1;
            if self.only.is_some_and(|only| number > only) {
                break Ok(());
            }
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(error) => break Err((lines.number, error)),
            };
            if self.only.is_some_and(|only| number < only) {
                continue;
            }
            let error = match line.map(Line::parse) {
                Ok(Ok(line)) => {
                    match line {
                        Line::Connection(_) => counts.connections += 1,
                        Line::Request(_) => counts.requests += 1,
                    }
                    take(number, line);
                    continue;
                }
                Ok(Err(LogLineError::Empty)) => continue,
                Ok(Err(LogLineError::Control)) => {
                    counts.control += 1;
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.as_str().to_owned(),
            };
            counts.unreadable += 1;
            self.unreadable += 1;
            if self.unreadable <= NAMED {
                complain(format_args!("{}:{number}: {error}", counts.file));
            }
        };
        self.files.push(counts);
        read
    }

    /// How it went, which is told once all is read.
    pub(crate) fn outcome(&self) -> Outcome {
        if let Some(more) = self.unreadable.checked_sub(NAMED).filter(|more| *more > 0) {
            complain(format_args!("{more} more lines can't be read"));
        }
        if self.is_unusable {
            Outcome::Unusable
        } else if self.unreadable > 0 {
            Outcome::Failed
        } else {
            Outcome::Good
        }
    }

    /// The files that could be opened.
    pub(crate) fn into_files(self) -> Vec<FileCounts> {
        self.files
    }
}

/// How many lines that can't be read are named.
const NAMED: u64 = 5;
