//! What a client had to be told at which time.

use std::time::Instant;

/// Whether clients of one kind are let in, from the start and after each replacement.
pub(crate) struct Timeline {
    at_first: Answer,
    changes: Vec<Change>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    Passes,
    Refused,
}

/// A replacement that took effect somewhen between two moments.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    /// Before the file was replaced.
    pub(crate) begun: Instant,
    /// When the listener said that it had taken it.
    pub(crate) told: Instant,
    pub(crate) to: Answer,
}

impl Timeline {
    pub(crate) fn new(at_first: Answer) -> Self {
        Self {
            at_first,
            changes: Vec::new(),
        }
    }

    /// Adds a change, later than all others.
    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub(crate) fn last(&self) -> Answer {
        self.changes
            .last()
            .map_or(self.at_first, |change| change.to)
    }

    /// The answer to a connection between two moments; `None` if either will do, because a
    /// replacement may have taken effect before or after the listener decided.
    pub(crate) fn expected(&self, started: Instant, ended: Instant) -> Option<Answer> {
        let in_force = self.changes.iter().rfind(|change| change.told <= started);
        let in_force = in_force.map_or(self.at_first, |change| change.to);
        let is_sure = self
            .changes
            .iter()
            .filter(|change| change.told > started && change.begun <= ended)
            .all(|change| change.to == in_force);
        is_sure.then_some(in_force)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn before_any_change_the_first_answer_holds() {
        let (timeline, at) = timeline();
        assert_eq!(timeline.expected(at(0), at(9)), Some(Answer::Passes));
    }

    #[test]
    fn what_ends_after_the_replacement_began_may_get_either() {
        let (timeline, at) = timeline();
        assert_eq!(timeline.expected(at(0), at(10)), None);
        assert_eq!(timeline.expected(at(15), at(16)), None);
    }

    #[test]
    fn what_starts_when_it_was_told_gets_the_new_answer() {
        let (timeline, at) = timeline();
        assert_eq!(timeline.expected(at(19), at(25)), None);
        assert_eq!(timeline.expected(at(20), at(25)), Some(Answer::Refused));
    }

    #[test]
    fn a_change_back_is_a_change() {
        let (timeline, at) = timeline();
        assert_eq!(timeline.expected(at(20), at(30)), None);
        assert_eq!(timeline.expected(at(40), at(90)), Some(Answer::Passes));
    }

    /// Passes, but is refused from 10 to 20 on, and passes again from 30 to 40 on.
    fn timeline() -> (Timeline, impl Fn(u64) -> Instant) {
        let start = Instant::now();
        let at = move |seconds| start + Duration::from_secs(seconds);
        let mut timeline = Timeline::new(Answer::Passes);
        for (begun, told, to) in [(10, 20, Answer::Refused), (30, 40, Answer::Passes)] {
            timeline.push(Change {
                begun: at(begun),
                told: at(told),
                to,
            });
        }
        (timeline, at)
    }
}
