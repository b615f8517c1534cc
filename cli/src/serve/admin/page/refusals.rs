//! Who was refused last, and why.

use maud::{Markup, html};

use super::text::{ago, foreign, time};
use super::verdicts::status;
use crate::arguments::Mode;
use crate::printable::{Line, counted};
use crate::serve::admin::snapshot::{Moment, RefusalFacts, Snapshot};
use crate::serve::refusal::Via;

pub(super) fn show(snapshot: &Snapshot) -> Markup {
    let all = snapshot.refusals.as_slice();
    let (first, others) = all.split_at_checked(SHOWN).unwrap_or((all, &[]));
    html! {
        section aria-labelledby="refusals" {
            h2 #refusals { "Refused clients" }
            @if !all.is_empty() {
                p.quiet { "The last ones, the newest first. The connection log has all." }
                (list(first, snapshot.time))
                @if !others.is_empty() {
                    details {
                        summary { (counted(others.len(), "more refusal")) }
                        (list(others, snapshot.time))
                    }
                }
            } @else if snapshot.mode == Mode::Verify || snapshot.auth.is_some() {
                p { "No client has been refused." }
            } @else {
                p { "Clients are not verified in this mode." }
            }
        }
    }
}

fn list(refusals: &[RefusalFacts], now: Moment) -> Markup {
    html! { ol.cards { @for refusal in refusals { li { (card(refusal, now)) } } } }
}

fn card(refusal: &RefusalFacts, now: Moment) -> Markup {
    html! {
        article {
            h3 { (status(refusal.status)) }
            p { (Line(&refusal.explanation)) }
            @if let Some(remedy) = &refusal.remedy {
                p { strong { "Remedy: " } (Line(remedy)) }
            }
            dl.facts {
                div.row {
                    dt { "Subject" }
                    dd {
                        @match &refusal.subject {
                            Some(subject) => code { (Line(subject)) },
                            None => "No certificate that can be read",
                        }
                    }
                }
                div { dt { "Time" } dd { (time(refusal.time)) ", " (ago(refusal.time, now)) } }
                @match refusal.via {
                    Via::Auth => div { dt { "Asked by" } dd { (foreign(&refusal.client)) } },
                    Via::Handshake => div {
                        dt { "Client" }
                        dd { (refusal.client) ", " (refusal.protocol.unwrap_or("no TLS agreed on")) }
                    },
                }
                div { dt { "Trace ID" } dd { code { (refusal.conn_trace_id) } } }
            }
        }
    }
}

/// How many there are to see before anybody asks for more.
const SHOWN: usize = 10;
