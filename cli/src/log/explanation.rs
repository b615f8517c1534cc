//! Lines explained field by field.

use std::path::Path;

use serde::Serialize;

use super::fields::{connection_fields, request_fields};
use super::kind::Line;
use super::meaning::{meaning, remedy};
use super::name;

/// The lines that were asked for; as JSON, `explanation` of docs/log.schema.json.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Explanation {
    pub(crate) lines: Vec<ExplainedLine>,
    /// How many more there are.
    pub(crate) lines_left_out: u64,
}

/// A line.
#[derive(Debug, Serialize)]
pub(crate) struct ExplainedLine {
    pub(crate) file: String,
    pub(crate) line: u64,
    /// `connection` or `request`.
    pub(crate) kind: &'static str,
    pub(crate) fields: Vec<Field>,
    /// What the verdict means; absent for a request.
    pub(crate) meaning: Option<String>,
    /// What to do about it; absent if nothing is wrong.
    pub(crate) remedy: Option<&'static str>,
}

/// A field.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    /// From 1.
    pub(crate) number: usize,
    /// AWS's name.
    pub(crate) name: &'static str,
    /// Unescaped; absent if the line says `-`, or `-1` for a time, or has no such field.
    pub(crate) value: Option<String>,
    /// What it is.
    pub(crate) about: &'static str,
}

impl Explanation {
    pub(crate) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn add(&mut self, file: &Path, number: u64, line: &Line<'_>) {
        if self.lines.len() >= MOST {
            self.lines_left_out += 1;
            return;
        }
        let file = name(file);
        self.lines.push(match line {
            Line::Connection(entry) => ExplainedLine {
                file,
                line: number,
                kind: "connection",
                fields: connection_fields(entry),
                meaning: Some(meaning(entry)),
                remedy: remedy(entry.status),
            },
            Line::Request(entry) => ExplainedLine {
                file,
                line: number,
                kind: "request",
                fields: request_fields(entry),
                meaning: None,
                remedy: None,
            },
        });
    }
}

/// How many lines are explained.
const MOST: usize = 100;
