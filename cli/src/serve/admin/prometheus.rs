//! The numbers, in Prometheus's text format.
//!
//! Version 0.0.4: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use core::fmt::Write as _;

use super::snapshot::{ListFacts, Snapshot};
use crate::printable::Line;

/// All of them.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let mut text = Exposition::default();
    process(&mut text, snapshot);
    trust_store(&mut text, snapshot);
    text.0
}

fn process(text: &mut Exposition, snapshot: &Snapshot) {
    text.gauge(
        "portcullis_build_info",
        "Always 1; the labels tell which program it is.",
        [Sample::new(1).label("version", snapshot.version)],
    );
    text.gauge(
        "portcullis_start_time_seconds",
        "When the program was started, since 1970.",
        [Sample::new(snapshot.started.unix_seconds())],
    );
    text.counter(
        "portcullis_verdicts_total",
        "Handshakes that have ended and proxies that were answered, by status.",
        snapshot
            .verdicts
            .iter()
            .map(|verdict| Sample::new(verdict.count).label("status", verdict.status)),
    );
    text.gauge(
        "portcullis_open_connections",
        "Connections that are open, those whose handshake is under way too.",
        [Sample::new(snapshot.open_connections)],
    );
    text.gauge(
        "portcullis_max_connections",
        "How many connections may be open at once.",
        [Sample::new(snapshot.max_connections)],
    );
    text.counter(
        "portcullis_connections_over_limit_total",
        "Connections that were reset since too many were open.",
        [Sample::new(snapshot.over_limit)],
    );
    text.counter(
        "portcullis_requests_total",
        "Requests of clients that were let in.",
        [Sample::new(snapshot.requests)],
    );
    text.counter(
        "portcullis_auth_requests_total",
        "Requests of proxies about clients.",
        [Sample::new(snapshot.auth_requests)],
    );
}

fn trust_store(text: &mut Exposition, snapshot: &Snapshot) {
    let store = &snapshot.trust_store;
    text.counter(
        "portcullis_trust_store_reloads_total",
        "How often the trust store was replaced.",
        [Sample::new(store.reloads)],
    );
    text.counter(
        "portcullis_trust_store_refused_reloads_total",
        "How often what should replace the trust store could not be used.",
        [Sample::new(store.refused_reloads)],
    );
    text.gauge(
        "portcullis_trust_store_last_reload_successful",
        "0 if the trust store in use is not what its files hold now, since that was refused.",
        [Sample::new(u8::from(store.last_refusal.is_none()))],
    );
    text.gauge(
        "portcullis_trust_store_loaded_timestamp_seconds",
        "When the trust store in use was read, since 1970.",
        [Sample::new(store.loaded.unix_seconds())],
    );
    text.gauge(
        "portcullis_trust_store_ca_certificates",
        "CA certificates in the trust store.",
        [Sample::new(
            i128::try_from(store.cas.len()).unwrap_or(i128::MAX),
        )],
    );
    text.gauge(
        "portcullis_ca_not_after_timestamp_seconds",
        "When a CA certificate of the trust store ends, since 1970.",
        store.cas.iter().map(|ca| {
            Sample::new(ca.not_after.unix_seconds())
                .label("subject", &ca.subject)
                .label("serial", &ca.serial)
        }),
    );
    text.gauge(
        "portcullis_crl_next_update_timestamp_seconds",
        "When the next issue of a CRL is due, since 1970; absent where it doesn't say.",
        store.crls.iter().filter_map(|crl| {
            let next_update = crl.next_update?.unix_seconds();
            Some(Sample::new(next_update).of_crl(crl))
        }),
    );
    text.gauge(
        "portcullis_crl_entries",
        "Certificates that a CRL revokes.",
        store
            .crls
            .iter()
            .map(|crl| Sample::new(i128::try_from(crl.entries).unwrap_or(i128::MAX)).of_crl(crl)),
    );
}

/// The text so far.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn counter(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = Sample>) {
        self.family(name, "counter", help, samples);
    }

    fn gauge(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = Sample>) {
        self.family(name, "gauge", help, samples);
    }

    fn family(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = Sample>,
    ) {
        let mut samples: Vec<_> = samples.into_iter().collect();
        // Two certificates may have all labels in common, and Prometheus would take nothing at all
        // then. The smaller value stays: what ends first.
        samples.sort();
        samples.dedup_by(|later, earlier| later.labels == earlier.labels);
        // Writing to a string does not fail.
        _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for Sample { labels, value } in samples {
            _ = match labels.as_str() {
                "" => writeln!(self.0, "{name} {value}"),
                labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
            };
        }
    }
}

/// One number, and what tells it from others of its name.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Sample {
    labels: String,
    value: i128,
}

impl Sample {
    fn new(value: impl Into<i128>) -> Self {
        Self {
            labels: String::new(),
            value: value.into(),
        }
    }

    fn label(mut self, name: &str, value: &str) -> Self {
        if !self.labels.is_empty() {
            self.labels.push(',');
        }
        _ = write!(self.labels, "{name}=\"");
        // File names may hold anything.
        for character in Line(value).to_string().chars() {
            if matches!(character, '\\' | '"') {
                self.labels.push('\\');
            }
            self.labels.push(character);
        }
        self.labels.push('"');
        self
    }

    fn of_crl(self, crl: &ListFacts) -> Self {
        self.label("issuer", &crl.issuer).label("file", &crl.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_stay_on_their_line() {
        let mut text = Exposition::default();
        let file = "a\"b\\c\nd\u{202e}é{},=";
        text.gauge("g", "Help.", [Sample::new(-1).label("file", file)]);
        assert_eq!(
            text.0,
            "# HELP g Help.\n# TYPE g gauge\ng{file=\"a\\\"b\\\\c\\\\nd\\\\u{202e}é{},=\"} -1\n"
        );
    }

    #[test]
    fn of_two_with_the_same_labels_the_smaller_stays() {
        let mut text = Exposition::default();
        let of = |value, serial| Sample::new(value).label("serial", serial);
        text.gauge("g", "Help.", [of(9, "1"), of(5, "2"), of(7, "1")]);
        assert_eq!(
            text.0,
            "# HELP g Help.\n# TYPE g gauge\ng{serial=\"1\"} 7\ng{serial=\"2\"} 5\n"
        );
    }
}
