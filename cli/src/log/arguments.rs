//! The command line of `log`, and the words that explain it.

use core::fmt;
use std::path::PathBuf;

use clap::Args;
use portcullis::ConnTraceId;

use super::kind::Line;
use crate::arguments::Format;

/// `log`: files, and what to tell of them.
#[derive(Args, Debug)]
pub(crate) struct LogArguments {
    /// Connection logs and access logs, plain or as gzip, told apart by content; - is standard
    /// input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Show this many subjects and connections
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(0..=10_000)
    )]
    pub(crate) top: u32,

    /// Explain the lines of a connection, given its TID_..., or the line of this number, field by
    /// field, and not sum up
    ///
    /// A number counts from 1, and there has to be just one file. Of a connection 100 lines at
    /// most are explained.
    #[arg(long, value_name = "TID|LINE", value_parser = Wanted::parse)]
    pub(crate) explain: Option<Wanted>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// What is to be explained.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// Every line of a connection.
    Connection(ConnTraceId),
    /// A line, counted from 1.
    Line(u64),
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Connection(id));
        }
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self::Line(number)),
            _ => Err(
                "neither TID_ and 32 lower hexadecimal digits nor the number of a line".to_owned(),
            ),
        }
    }

    /// Whether this is the line, or one of them.
    pub(super) fn matches(self, number: u64, line: &Line<'_>) -> bool {
        match self {
            Self::Connection(id) => line.conn_trace_id() == Some(id),
            Self::Line(wanted) => number == wanted,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(id) => id.fmt(f),
            Self::Line(number) => write!(f, "line {number}"),
        }
    }
}

// Lines below 80 columns: clap breaks longer ones without regard to their indentation.

pub(crate) const LOG_HELP: &str = "\
Exit codes:
  0  every line could be read
  1  one could not be read, or --explain found nothing; standard error names
     the first 5 lines, counts the others, and says what is wrong
  2  a file can't be used: standard error names it and says why; what could be
     read of it and the other files are summed up. Or the command line is wrong

What is read:
  Lines of either log, in any order and number of files, those of portcullis
  serve too. Lines of the two are told apart by how they begin. A line that
  tells of the log itself (Enable ConnectionLog for ELB) is passed over, and an
  empty one. A line over 256 KiB can't be read.

How the logs are joined:
  By conn_trace_id, field 12 of the connection log and 30 of the access log. A
  request whose connection is in no file is counted as such: ALB writes both
  logs every 5 minutes, and a connection may be in an earlier file.

Memory:
  A line at a time, and what has to be kept to join and to sum up: some 100
  octets for each of up to 3.67 million connections, and each subject once, up to
  64 MiB of them. What the files hold beyond that is counted and not kept;
  the answer says how much it was. A file as gzip is unpacked as it is read.";
