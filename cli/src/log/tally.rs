//! What is kept of the lines to join and to sum them up.

use core::net::IpAddr;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use portcullis::{
    AccessLogEntry, ConnTraceId, ConnectionLogEntry, LogLeaf, LogTimestamp, VerifyStatus,
};

use super::kind::Line;
use super::latency::Latencies;

/// The sums so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    limits: Limits,
    /// The earliest and the latest time of a line.
    pub(crate) span: Option<(LogTimestamp, LogTimestamp)>,
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    pub(crate) without_certificate: u64,
    pub(crate) latencies: Latencies,
    /// Connections by the verdict.
    pub(crate) statuses: BTreeMap<&'static str, u64>,
    /// Requests by the status of the response.
    pub(crate) responses: BTreeMap<Option<u16>, u64>,
    /// What is joined.
    pub(crate) joined: HashMap<ConnTraceId, Joined>,
    pub(crate) subjects: Vec<SubjectSum>,
    indices: HashMap<Rc<str>, u32>,
    octets_of_subjects: usize,
    /// Connections whose identifier another one had before.
    pub(crate) repeated: u64,
    pub(crate) without_id: Skipped,
    pub(crate) not_kept: Skipped,
    /// Connections whose subject was not kept.
    pub(crate) subjects_not_kept: u64,
}

/// What one identifier is about.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    pub(crate) requests: u64,
    /// None as long as only requests have been read.
    pub(crate) connection: Option<Connection>,
}

/// What is kept of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) timestamp: LogTimestamp,
    pub(crate) client_ip: IpAddr,
    pub(crate) status: Option<VerifyStatus>,
    /// The index of its subject; none without a certificate, and if it was not kept.
    pub(crate) subject: Option<u32>,
}

/// The connections of one subject.
#[derive(Debug)]
pub(crate) struct SubjectSum {
    pub(crate) subject: Rc<str>,
    pub(crate) connections: u64,
    pub(crate) statuses: BTreeMap<&'static str, u64>,
}

/// Lines that were counted and not joined.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    pub(crate) connections: u64,
    pub(crate) requests: u64,
}

impl Tally {
    /// Counts a line.
    pub(crate) fn add(&mut self, line: Line<'_>) {
        match line {
            Line::Connection(entry) => self.add_connection(&entry),
            Line::Request(entry) => self.add_request(&entry),
        }
    }

    fn add_connection(&mut self, entry: &ConnectionLogEntry<'_>) {
        self.connections += 1;
        self.extend_span(entry.timestamp);
        if let Some(latency) = entry.tls_handshake_latency {
            self.latencies.add(latency);
        }
        let status = status_str(entry.status);
        *self.statuses.entry(status).or_default() += 1;
        let subject = match &entry.leaf {
            Some(leaf) => self.add_subject(leaf, status),
            None => {
                self.without_certificate += 1;
                None
            }
        };
        let Some(id) = entry.conn_trace_id else {
            self.without_id.connections += 1;
            return;
        };
        let Some(joined) = self.joined(id) else {
            self.not_kept.connections += 1;
            return;
        };
        if joined.connection.is_some() {
            self.repeated += 1;
            return;
        }
        joined.connection = Some(Connection {
            timestamp: entry.timestamp,
            client_ip: entry.client_ip,
            status: entry.status,
            subject,
        });
    }

    fn add_request(&mut self, entry: &AccessLogEntry<'_>) {
        self.requests += 1;
        self.extend_span(entry.time);
        *self.responses.entry(entry.elb_status).or_default() += 1;
        let Some(id) = entry.conn_trace_id else {
            self.without_id.requests += 1;
            return;
        };
        match self.joined(id) {
            Some(joined) => joined.requests += 1,
            None => self.not_kept.requests += 1,
        }
    }

    fn extend_span(&mut self, time: LogTimestamp) {
        let (from, to) = self.span.unwrap_or((time, time));
        self.span = Some((from.min(time), to.max(time)));
    }

    /// The place of an identifier, made if there is room for it.
    fn joined(&mut self, id: ConnTraceId) -> Option<&mut Joined> {
        if self.joined.len() >= self.limits.connections && !self.joined.contains_key(&id) {
            return None;
        }
        Some(self.joined.entry(id).or_default())
    }

    fn add_subject(&mut self, leaf: &LogLeaf<'_>, status: &'static str) -> Option<u32> {
        let subject = leaf.subject().to_string();
        let index = match self.indices.get(subject.as_str()) {
            Some(index) => *index,
            None => {
                let octets = self.octets_of_subjects + subject.len() + PER_SUBJECT;
                let index = u32::try_from(self.subjects.len()).ok();
                let Some(index) = index.filter(|_| octets <= self.limits.octets_of_subjects) else {
                    self.subjects_not_kept += 1;
                    return None;
                };
                self.octets_of_subjects = octets;
                let subject: Rc<str> = subject.into();
                self.indices.insert(Rc::clone(&subject), index);
                self.subjects.push(SubjectSum {
                    subject,
                    connections: 0,
                    statuses: BTreeMap::new(),
                });
                index
            }
        };
        let sum = self.subjects.get_mut(index as usize)?;
        sum.connections += 1;
        *sum.statuses.entry(status).or_default() += 1;
        Some(index)
    }
}

/// How much is kept, whatever the files hold.
#[derive(Debug)]
struct Limits {
    connections: usize,
    octets_of_subjects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A hash table with room for one more would be twice as large.
            connections: 3_670_000,
            octets_of_subjects: 64 << 20,
        }
    }
}

/// What stands in the connection log.
pub(crate) const fn status_str(status: Option<VerifyStatus>) -> &'static str {
    match status {
        Some(status) => status.as_str(),
        None => "-",
    }
}

/// What a subject takes besides its text, about.
const PER_SUBJECT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(limits: Limits, lines: &[String]) -> Tally {
        let mut tally = Tally {
            limits,
            ..Tally::default()
        };
        for line in lines {
            tally.add(Line::parse(line).expect("a line"));
        }
        tally
    }

    fn connection(id: u8, subject: &str) -> String {
        let validity = "NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z";
        format!(
            "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 X 4.036 \"{subject}\" \
             {validity} 02 Success TID_{id:032x}"
        )
    }

    fn request(id: u8) -> String {
        format!(
            "h2 2023-10-04T17:05:16.000000Z app/a/1 203.0.113.1:36280 - -1 -1 -1 200 - 1 2 \"-\" \
             \"-\" - - - \"-\" \"-\" \"-\" - - \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" \
             TID_{id:032x}"
        )
    }

    #[test]
    fn what_is_over_the_limit_of_connections_is_counted_and_not_kept() {
        let limits = Limits {
            connections: 2,
            ..Limits::default()
        };
        let lines = [
            connection(1, "CN=a"),
            request(2),
            connection(3, "CN=a"),
            request(4),
            request(1),
            connection(2, "CN=a"),
        ];
        let tally = tally(limits, &lines);
        assert_eq!(tally.joined.len(), 2);
        assert_eq!((tally.connections, tally.requests), (3, 3));
        assert_eq!(
            (tally.not_kept.connections, tally.not_kept.requests),
            (1, 1)
        );
        let requests: u64 = tally.joined.values().map(|joined| joined.requests).sum();
        assert_eq!(requests, 2);
    }

    #[test]
    fn what_is_over_the_limit_of_subjects_is_counted_and_not_kept() {
        let limits = Limits {
            octets_of_subjects: 2 * (PER_SUBJECT + 4),
            ..Limits::default()
        };
        let subjects = ["CN=a", "CN=b", "CN=c", "CN=a", "CN=d"];
        let lines = (0..).zip(subjects).map(|(id, it)| connection(id, it));
        let tally = tally(limits, &lines.collect::<Vec<_>>());
        let kept = tally
            .subjects
            .iter()
            .map(|sum| (&*sum.subject, sum.connections));
        assert_eq!(kept.collect::<Vec<_>>(), [("CN=a", 2), ("CN=b", 1)]);
        assert_eq!(tally.subjects_not_kept, 2);
        assert_eq!(tally.connections, 5);
    }

    #[test]
    fn an_identifier_that_comes_again_stays_the_first_connection_s() {
        let lines = [connection(1, "CN=a"), connection(1, "CN=b"), request(1)];
        let tally = tally(Limits::default(), &lines);
        assert_eq!((tally.repeated, tally.joined.len()), (1, 1));
        let joined = tally.joined.values().next().expect("one");
        let first = joined.connection.as_ref().and_then(|it| it.subject);
        assert_eq!((first, joined.requests), (Some(0), 1));
    }
}
