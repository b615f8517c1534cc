//! The page for people.

use maud::html;

use super::snapshot::Snapshot;

/// The whole page. Everything is escaped by the template.
pub(super) fn write(snapshot: &Snapshot) -> String {
    html! { (maud::DOCTYPE) html { body { p { (snapshot.listener) } } } }.into_string()
}
