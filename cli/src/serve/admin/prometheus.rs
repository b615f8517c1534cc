//! The numbers, in Prometheus's text format.

use super::snapshot::Snapshot;

/// All of them.
pub(super) fn write(snapshot: &Snapshot) -> String {
    format!("{}", snapshot.requests)
}
