//! The page for people: no script, nothing from elsewhere, readable on a telephone.

mod refusals;
mod store;
mod text;
mod verdicts;
mod warnings;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::text::{duration, foreign, time};
use super::snapshot::Snapshot;
use crate::arguments::Mode;
use crate::printable::Line;

/// The whole page. The templates escape whatever they are given.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Portcullis on " (place(snapshot)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(snapshot))
                main {
                    (warnings::show(snapshot))
                    (overview(snapshot))
                    (verdicts::show(snapshot))
                    (refusals::show(snapshot))
                    (store::show(snapshot))
                }
                (footer(snapshot))
            }
        }
    };
    page.into_string()
}

fn header(snapshot: &Snapshot) -> Markup {
    html! {
        header {
            h1 { "Portcullis" }
            // It is not renewed by itself: nobody can read what is replaced under their eyes.
            p { "As it was at " (time(snapshot.time)) ". " a href="/" { "Reload" } }
            nav aria-label="On this page" {
                a href="#verdicts" { "Verdicts" }
                a href="#refusals" { "Refused clients" }
                a href="#trust-store" { "Trust store" }
            }
        }
    }
}

fn overview(snapshot: &Snapshot) -> Markup {
    html! {
        section aria-labelledby="overview" {
            h2 #overview { "Overview" }
            dl.facts {
                @if let Some(listener) = &snapshot.listener {
                    div { dt { "Listens on" } dd { "https://" (listener) } }
                    div { dt { "Mode" } dd { (mode(snapshot.mode)) } }
                }
                @if let Some(auth) = &snapshot.auth {
                    div { dt { "Answers proxies on" } dd { (foreign(&auth.address)) } }
                    div {
                        dt { "Believes the header" }
                        dd { code { (auth.header) } }
                    }
                }
                div {
                    dt { "Policy" }
                    dd { (snapshot.policy) @if snapshot.ignore_expiry { ", expired certificates pass" } }
                }
                @if let Some(moment) = snapshot.judged_as_of {
                    div { dt { "Judges as of" } dd { (time(moment)) ", and not now" } }
                }
                div { dt { "Load balancer in the logs" } dd { (Line(&snapshot.elb)) } }
                div {
                    dt { "Up for" }
                    dd { (duration(snapshot.uptime_seconds)) ", since " (time(snapshot.started)) }
                }
                div {
                    dt { "Open connections" }
                    dd { (snapshot.open_connections) " of at most " (snapshot.max_connections) }
                }
                @if snapshot.listener.is_some() {
                    div { dt { "Requests" } dd { (snapshot.requests) } }
                }
                @if snapshot.auth.is_some() {
                    div { dt { "Requests of proxies" } dd { (snapshot.auth_requests) } }
                }
                div { dt { "Version" } dd { (snapshot.version) } }
            }
        }
    }
}

/// What tells this program from another on this machine.
fn place(snapshot: &Snapshot) -> String {
    let auth = snapshot.auth.as_ref().map(|auth| auth.address.as_str());
    let place = snapshot.listener.as_deref().or(auth);
    Line(place.unwrap_or_default()).to_string()
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off: clients are not asked for a certificate",
        Mode::Passthrough => {
            "passthrough: what clients present goes on to the target, and is not verified"
        }
        Mode::Verify => "verify: clients must present a certificate that passes",
    }
}

fn footer(snapshot: &Snapshot) -> Markup {
    html! {
        footer {
            p {
                "For programs: " a href="/status.json" { "/status.json" } ", "
                a href="/metrics" { "/metrics" } " (Prometheus)"
            }
            p {
                "Portcullis " (snapshot.version) ". It is not affiliated with Amazon Web Services; "
                "ALB is its Application Load Balancer."
            }
        }
    }
}

const STYLE: &str = include_str!("page/style.css");
