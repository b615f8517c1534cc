//! The trust store, and what became of its files.

use maud::{Markup, html};

use super::text::{ago, foreign, time};
use crate::printable::Line;
use crate::serve::admin::snapshot::{CaFacts, Currency, ListFacts, Moment, Snapshot};

pub(super) fn show(snapshot: &Snapshot) -> Markup {
    let store = &snapshot.trust_store;
    let notices = store.notices.iter().filter(|notice| !notice.is_fault);
    html! {
        section aria-labelledby="trust-store" {
            h2 #trust-store { "Trust store" }
            dl.facts {
                div { dt { "File" } dd { (foreign(&store.file)) } }
                div {
                    dt { "Loaded" }
                    dd { (time(store.loaded)) ", " (ago(store.loaded, snapshot.time)) }
                }
                div { dt { "Reloads" } dd { (store.reloads) } }
                div {
                    dt { "Refused reloads" }
                    dd { (store.refused_reloads) @if store.last_refusal.is_some() { ", the last one too" } }
                }
            }
            h3 { "CA certificates (" (store.cas.len()) ")" }
            (cas(&store.cas))
            h3 { "Revocation lists (" (store.crls.len()) ")" }
            (crls(&store.crls))
            @for notice in notices { p { "Note: " (foreign(&notice.text)) } }
        }
    }
}

fn cas(cas: &[CaFacts]) -> Markup {
    html! {
        // Safari forgets that it is a table once it is shown as cards; the roles remind it.
        table.wide role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    (head("Subject")) (head("Key")) (head("Ends"))
                    (number("Days left")) (head("Validity"))
                }
            }
            tbody role="rowgroup" {
                @for ca in cas {
                    tr role="row" {
                        th scope="row" role="rowheader" {
                            code { (Line(&ca.subject)) }
                            div.quiet { "Serial " (ca.serial) }
                            @if ca.issuer != ca.subject {
                                div.quiet { "Issued by " (Line(&ca.issuer)) }
                            }
                        }
                        td role="cell" data-head="Key" { (ca.key) }
                        td role="cell" data-head="Ends" { (time(ca.not_after)) }
                        td.number role="cell" data-head="Days left" { (ca.days_left) }
                        td role="cell" data-head="Validity" { (validity(ca.validity, ca.not_before)) }
                    }
                }
            }
        }
    }
}

fn crls(crls: &[ListFacts]) -> Markup {
    html! {
        @if crls.is_empty() {
            p { "There are none: nothing is revoked." }
        } @else {
            table.wide role="table" {
                thead role="rowgroup" {
                    tr role="row" {
                        (head("Issuer")) (head("This update")) (head("Next update"))
                        (number("Entries")) (head("Validity"))
                    }
                }
                tbody role="rowgroup" {
                    @for crl in crls {
                        tr role="row" {
                            th scope="row" role="rowheader" {
                                code { (Line(&crl.issuer)) }
                                div.quiet { "File " (foreign(&crl.file)) }
                                @if let Some(fault) = &crl.fault {
                                    div { strong { "Can't be used: " } (Line(fault)) }
                                }
                            }
                            td role="cell" data-head="This update" { (time(crl.this_update)) }
                            td role="cell" data-head="Next update" {
                                @match crl.next_update {
                                    Some(next_update) => (time(next_update)),
                                    None => "not told",
                                }
                            }
                            td.number role="cell" data-head="Entries" { (crl.entries) }
                            td role="cell" data-head="Validity" { (validity(crl.validity, crl.this_update)) }
                        }
                    }
                }
            }
        }
    }
}

fn head(name: &str) -> Markup {
    html! { th scope="col" role="columnheader" { (name) } }
}

fn number(name: &str) -> Markup {
    html! { th.number scope="col" role="columnheader" { (name) } }
}

/// In words and with a sign; the colour only underlines them.
fn validity(validity: Currency, begin: Moment) -> Markup {
    let (kind, words) = match validity {
        Currency::Current => ("state good", "\u{2713} valid"),
        Currency::EndsSoon => ("state soon", "! ends soon"),
        Currency::Expired => ("state bad", "\u{2715} expired"),
        Currency::NotYetValid => ("state bad", "\u{2715} not valid yet"),
    };
    html! {
        span class=(kind) { (words) }
        @if validity == Currency::NotYetValid { div.quiet { "from " (time(begin)) } }
    }
}
