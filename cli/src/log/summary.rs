//! The answer of `log`, put together once for both formats.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::latency::LatencyFacts;
use super::pass::FileCounts;
use super::tally::{Joined, Tally, status_str};

/// What the files hold; as JSON, `summary` of docs/log.schema.json.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) files: Vec<FileCounts>,
    /// The time of the earliest line.
    pub(crate) from: Option<String>,
    /// And of the latest.
    pub(crate) to: Option<String>,
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    /// By the verdict, the most frequent one first.
    pub(crate) statuses: Vec<StatusSum>,
    /// By the status of the response.
    pub(crate) responses: Vec<ResponseSum>,
    pub(crate) handshake_latency: Option<LatencyFacts>,
    pub(crate) requests_per_connection: PerConnection,
    /// Requests whose connection is in none of the files.
    pub(crate) requests_without_connection: u64,
    pub(crate) without_trace_id: Uncounted,
    /// Connections with an identifier that another one had before.
    pub(crate) repeated_trace_ids: u64,
    /// What there was no room for.
    pub(crate) not_kept: NotKept,
    pub(crate) connections_without_certificate: u64,
    /// How many subjects there are.
    pub(crate) subject_count: usize,
    /// Those with the most connections.
    pub(crate) subjects: Vec<SubjectFacts>,
    /// The connections with the most requests.
    pub(crate) busiest: Vec<BusyConnection>,
}

/// A verdict.
#[derive(Debug, Serialize)]
pub(crate) struct StatusSum {
    pub(crate) status: &'static str,
    pub(crate) connections: u64,
    /// Made over those of the connections that are joined.
    pub(crate) requests: u64,
}

/// A status of HTTP.
#[derive(Debug, Serialize)]
pub(crate) struct ResponseSum {
    pub(crate) status: Option<u16>,
    pub(crate) requests: u64,
}

/// How many connections there are with so many requests.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PerConnection {
    pub(crate) none: u64,
    pub(crate) one: u64,
    pub(crate) two_to_ten: u64,
    pub(crate) more: u64,
}

/// Lines without an identifier.
#[derive(Debug, Serialize)]
pub(crate) struct Uncounted {
    pub(crate) connections: u64,
    pub(crate) requests: u64,
}

/// Lines that were counted and that nothing else was kept of.
#[derive(Debug, Serialize)]
pub(crate) struct NotKept {
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    /// Connections whose subject was not kept.
    pub(crate) subjects: u64,
}

/// A client.
#[derive(Debug, Serialize)]
pub(crate) struct SubjectFacts {
    pub(crate) subject: String,
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    /// Connections by the verdict.
    pub(crate) statuses: BTreeMap<&'static str, u64>,
}

/// A connection with many requests.
#[derive(Debug, Serialize)]
pub(crate) struct BusyConnection {
    pub(crate) conn_trace_id: String,
    pub(crate) requests: u64,
    pub(crate) timestamp: String,
    pub(crate) client_ip: String,
    pub(crate) status: &'static str,
    /// Absent without a certificate.
    pub(crate) subject: Option<String>,
}

impl Summary {
    /// Sums up, with so many of the subjects and connections.
    pub(crate) fn new(tally: Tally, files: Vec<FileCounts>, top: u32) -> Self {
        let top = top as usize;
        let mut requests_of_status = BTreeMap::<&str, u64>::new();
        let mut requests_of_subject = vec![0; tally.subjects.len()];
        let mut per_connection = PerConnection::default();
        let mut requests_without_connection = 0;
        for joined in tally.joined.values() {
            let Some(connection) = &joined.connection else {
                requests_without_connection += joined.requests;
                continue;
            };
            *requests_of_status
                .entry(status_str(connection.status))
                .or_default() += joined.requests;
            let subject = connection.subject.map(|index| index as usize);
            if let Some(sum) = subject.and_then(|index| requests_of_subject.get_mut(index)) {
                *sum += joined.requests;
            }
            per_connection.add(joined.requests);
        }
        let mut statuses: Vec<StatusSum> = tally
            .statuses
            .iter()
            .map(|(status, connections)| StatusSum {
                status,
                connections: *connections,
                requests: requests_of_status.get(status).copied().unwrap_or_default(),
            })
            .collect();
        statuses.sort_by_key(|sum| Reverse(sum.connections));
        Self {
            files,
            from: tally.span.map(|(from, _)| from.to_string()),
            to: tally.span.map(|(_, to)| to.to_string()),
            connections: tally.connections,
            requests: tally.requests,
            statuses,
            responses: tally
                .responses
                .iter()
                .map(|(status, requests)| ResponseSum {
                    status: *status,
                    requests: *requests,
                })
                .collect(),
            handshake_latency: tally.latencies.facts(),
            requests_per_connection: per_connection,
            requests_without_connection,
            without_trace_id: Uncounted {
                connections: tally.without_id.connections,
                requests: tally.without_id.requests,
            },
            repeated_trace_ids: tally.repeated,
            not_kept: NotKept {
                connections: tally.not_kept.connections,
                requests: tally.not_kept.requests,
                subjects: tally.subjects_not_kept,
            },
            connections_without_certificate: tally.without_certificate,
            subject_count: tally.subjects.len(),
            subjects: top_subjects(&tally, &requests_of_subject, top),
            busiest: busiest(&tally, top),
        }
    }
}

impl PerConnection {
    const fn add(&mut self, requests: u64) {
        match requests {
            0 => self.none += 1,
            1 => self.one += 1,
            2..=10 => self.two_to_ten += 1,
            _ => self.more += 1,
        }
    }
}

fn top_subjects(tally: &Tally, requests: &[u64], top: usize) -> Vec<SubjectFacts> {
    let mut sums: Vec<_> = tally.subjects.iter().zip(requests).collect();
    sums.sort_unstable_by_key(|(sum, _)| (Reverse(sum.connections), &sum.subject));
    sums.truncate(top);
    sums.into_iter()
        .map(|(sum, requests)| SubjectFacts {
            subject: sum.subject.to_string(),
            connections: sum.connections,
            requests: *requests,
            statuses: sum.statuses.clone(),
        })
        .collect()
}

fn busiest(tally: &Tally, top: usize) -> Vec<BusyConnection> {
    let mut busy: Vec<_> = tally
        .joined
        .iter()
        .filter(|(_, joined)| joined.requests > 0 && joined.connection.is_some())
        .collect();
    busy.sort_unstable_by_key(|(id, joined)| (Reverse(joined.requests), **id));
    busy.truncate(top);
    busy.into_iter()
        .filter_map(
            |(
                id,
                Joined {
                    requests,
                    connection,
                },
            )| {
                let connection = connection.as_ref()?;
                let subject = connection.subject.map(|index| index as usize);
                let subject = subject.and_then(|index| tally.subjects.get(index));
                Some(BusyConnection {
                    conn_trace_id: id.to_string(),
                    requests: *requests,
                    timestamp: connection.timestamp.to_string(),
                    client_ip: connection.client_ip.to_string(),
                    status: status_str(connection.status),
                    subject: subject.map(|sum| sum.subject.to_string()),
                })
            },
        )
        .collect()
}
