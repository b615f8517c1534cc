//! What somebody should see to.

use maud::{Markup, html};

use super::text::{ago, foreign, time};
use crate::printable::counted;
use crate::serve::admin::snapshot::{Currency, Snapshot};

pub(super) fn show(snapshot: &Snapshot) -> Markup {
    let store = &snapshot.trust_store;
    let cas = |validity| count(store.cas.iter().map(|ca| ca.validity), validity);
    let crls = |validity| count(store.crls.iter().map(|crl| crl.validity), validity);
    let of_validity = [
        (cas(Currency::Expired), "CA certificate", "expired"),
        (
            cas(Currency::NotYetValid),
            "CA certificate",
            "not valid yet",
        ),
        (cas(Currency::EndsSoon), "CA certificate", "about to end"),
        (
            crls(Currency::Expired),
            "CRL",
            "past the time of the next one",
        ),
        (crls(Currency::NotYetValid), "CRL", "not valid yet"),
        (crls(Currency::EndsSoon), "CRL", "about to end"),
    ];
    let faults = store.notices.iter().filter(|notice| notice.is_fault);
    html! {
        @if let Some(refusal) = &store.last_refusal {
            div.warning.grave {
                p {
                    strong { "Warning: the last reload was refused; the old trust store goes on serving." }
                }
                p { (foreign(&refusal.reason)) }
                p.quiet { (time(refusal.time)) ", " (ago(refusal.time, snapshot.time)) }
            }
        }
        @for fault in faults {
            div.warning.grave { p { strong { "Warning: " } (foreign(&fault.text)) } }
        }
        @for (count, what, state) in of_validity {
            @if count > 0 {
                div.warning {
                    p {
                        strong { "Warning: " }
                        (counted(count, what)) @if count == 1 { " is " } @else { " are " }
                        (state) ". " a href="#trust-store" { "Which" }
                    }
                }
            }
        }
        @if snapshot.over_limit > 0 {
            div.warning {
                p {
                    strong { "Warning: " }
                    "connections have been reset since " (snapshot.max_connections)
                    " were open, which is the limit: " (snapshot.over_limit) " so far."
                }
            }
        }
    }
}

fn count(all: impl Iterator<Item = Currency>, validity: Currency) -> usize {
    all.filter(|known| *known == validity).count()
}
