//! Pieces of text that recur.

use maud::{Markup, html};

use crate::printable::Line;
use crate::serve::admin::snapshot::Moment;

/// A moment as the logs have it.
pub(super) fn time(moment: Moment) -> Markup {
    html! { time datetime=(moment) { (moment) } }
}

/// How long before another moment it was.
pub(super) fn ago(moment: Moment, now: Moment) -> String {
    let seconds = now.unix_seconds().saturating_sub(moment.unix_seconds());
    format!("{} ago", duration(seconds))
}

/// A length of time in its two largest units, or in one. No number is torn from its unit.
pub(super) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let leading = parts.iter().take_while(|(count, _)| *count == 0).count();
    let shown = parts.iter().skip(leading.min(3)).take(2);
    let shown = shown.filter(|(count, _)| *count > 0 || seconds == 0);
    let shown: Vec<_> = shown
        .map(|(count, unit)| format!("{count}\u{a0}{unit}"))
        .collect();
    shown.join(" ")
}

/// A file name or what tells of one, which may be in any script: it does not turn round what
/// stands beside it.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi { (Line(text)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (seconds, text) in [
            (-1, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3661, "1 h 1 min"),
            (3601, "1 h"),
            (86_400, "1 d"),
            (90_000, "1 d 1 h"),
            (8_640_059, "100 d"),
        ] {
            assert_eq!(duration(seconds).replace('\u{a0}', " "), text, "{seconds}");
        }
    }

    #[test]
    fn what_a_file_name_does_to_its_surroundings_stays_visible() {
        let name = "<b>\u{202e}\u{200b}\n&\"é";
        assert_eq!(
            foreign(name).into_string(),
            r"<bdi>&lt;b&gt;\u{202e}\u{200b}\n&amp;&quot;é</bdi>"
        );
    }
}
