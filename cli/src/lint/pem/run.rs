//! Oddities that come many at a time, told once.

use super::{Oddity, OddityKind};

/// Lines that follow on each other.
#[derive(Default)]
pub(super) struct Runs<'t>(Vec<Oddity<'t>>);

impl<'t> Runs<'t> {
    /// Adds a line to the run that it goes on, and tells the runs that have ended.
    pub(super) fn add(
        &mut self,
        kind: OddityKind<'t>,
        line: usize,
        sink: &mut dyn FnMut(Oddity<'t>),
    ) {
        if let Some(run) = self.0.iter_mut().find(|run| run.kind == kind)
            && run.line + run.lines == line
        {
            run.lines += 1;
            return;
        }
        self.0.retain(|run| {
            let goes_on = run.kind != kind;
            if !goes_on {
                sink(*run);
            }
            goes_on
        });
        self.0.push(first(kind, line));
    }

    /// Whether a run has this line as its last.
    pub(super) fn has(&self, kind: OddityKind<'_>, line: usize) -> bool {
        self.0
            .iter()
            .any(|run| run.kind == kind && run.line + run.lines == line + 1)
    }

    /// Tells what is left.
    pub(super) fn flush(&mut self, sink: &mut dyn FnMut(Oddity<'t>)) {
        self.0.drain(..).for_each(sink);
    }
}

/// Lines wherever they are.
#[derive(Default)]
pub(super) struct Tallies<'t>(Vec<Oddity<'t>>);

impl<'t> Tallies<'t> {
    pub(super) fn add(&mut self, kind: OddityKind<'t>, line: usize) {
        match self.0.iter_mut().find(|tally| tally.kind == kind) {
            Some(tally) => tally.lines += 1,
            None => self.0.push(first(kind, line)),
        }
    }

    pub(super) fn flush(&mut self, sink: &mut dyn FnMut(Oddity<'t>)) {
        self.0.drain(..).for_each(sink);
    }
}

const fn first(kind: OddityKind<'_>, line: usize) -> Oddity<'_> {
    Oddity {
        kind,
        line,
        column: None,
        lines: 1,
    }
}
