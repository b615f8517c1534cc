//! What a line is.

use portcullis::{AccessLogEntry, ConnTraceId, ConnectionLogEntry, LogLineError};

/// A line of either log.
#[derive(Debug)]
pub(crate) enum Line<'a> {
    Connection(Box<ConnectionLogEntry<'a>>),
    Request(Box<AccessLogEntry<'a>>),
}

impl<'a> Line<'a> {
    /// Reads a line. The connection log's begin with a time, and the access log's with a word.
    pub(super) fn parse(line: &'a str) -> Result<Self, LogLineError> {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            ConnectionLogEntry::parse(line).map(|entry| Self::Connection(Box::new(entry)))
        } else {
            AccessLogEntry::parse(line).map(|entry| Self::Request(Box::new(entry)))
        }
    }

    pub(super) const fn conn_trace_id(&self) -> Option<ConnTraceId> {
        match self {
            Self::Connection(entry) => entry.conn_trace_id,
            Self::Request(entry) => entry.conn_trace_id,
        }
    }
}
