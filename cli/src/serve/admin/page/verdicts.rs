//! How often each verdict was given.

use maud::{Markup, html};

use crate::serve::admin::snapshot::{Snapshot, VerdictCount};

pub(super) fn show(snapshot: &Snapshot) -> Markup {
    let (given, others): (Vec<_>, Vec<_>) = snapshot
        .verdicts
        .iter()
        .partition(|verdict| verdict.count > 0);
    let total = given
        .iter()
        .fold(0_u64, |total, verdict| total.saturating_add(verdict.count));
    html! {
        section aria-labelledby="verdicts" {
            h2 #verdicts { "Verdicts" }
            @if given.is_empty() {
                p {
                    @if snapshot.listener.is_some() { "No handshake has ended yet." }
                    @else { "No proxy has asked yet." }
                }
            } @else {
                table.verdicts {
                    thead {
                        tr {
                            th scope="col" { "Status" }
                            th.number scope="col" { "Count" }
                            th scope="col" { "Share" }
                        }
                    }
                    tbody { @for verdict in &given { (row(verdict, total)) } }
                }
            }
            details {
                summary { "Not so far: " (others.len()) " other statuses" }
                ul.plain { @for verdict in others { li { (status(verdict.status)) } } }
            }
        }
    }
}

fn row(verdict: &VerdictCount, total: u64) -> Markup {
    let total = u128::from(total.max(1));
    let permille = (u128::from(verdict.count) * 1000 + total / 2) / total;
    let percent = format!("{}.{}%", permille / 10, permille % 10);
    let kind = if verdict.status == "Success" {
        "bar good"
    } else {
        "bar bad"
    };
    html! {
        tr {
            th scope="row" { (status(verdict.status)) }
            td.number { (verdict.count) }
            td {
                div.share {
                    span { (percent) }
                    div.track aria-hidden="true" { div class=(kind) style={ "width:" (percent) } {} }
                }
            }
        }
    }
}

/// A status of the connection log, which may be broken where its words begin.
pub(super) fn status(status: &str) -> Markup {
    let words = status.split_inclusive(':').flat_map(|part| {
        let starts = part
            .char_indices()
            .skip(1)
            .filter_map(|(index, character)| character.is_ascii_uppercase().then_some(index));
        let bounds: Vec<_> = core::iter::once(0)
            .chain(starts)
            .chain([part.len()])
            .collect();
        let words: Vec<_> = bounds
            .windows(2)
            .filter_map(|bounds| part.get(*bounds.first()?..*bounds.last()?))
            .collect();
        words
    });
    html! {
        code { @for (index, word) in words.enumerate() { @if index > 0 { wbr; } (word) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_can_be_broken_between_its_words() {
        assert_eq!(
            status("Failed:ClientCertCrlHit").into_string(),
            "<code>Failed:<wbr>Client<wbr>Cert<wbr>Crl<wbr>Hit</code>"
        );
        assert_eq!(status("Success").into_string(), "<code>Success</code>");
    }
}
