//! What `bench` tells; as JSON, docs/bench.schema.json.

use serde::Serialize;

use super::pool::Latencies;
use super::rounds::{Measurement, Side};

/// The whole answer.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) time: String,
    pub(super) policy: &'static str,
    pub(super) trust_store_size: usize,
    pub(super) crl_count: usize,
    pub(super) crl_entry_count: usize,
    pub(super) memo: Option<u32>,
    pub(super) threads: u16,
    /// How long it took.
    pub(super) seconds: f64,
    pub(super) interrupted: bool,
    pub(super) chains: Vec<ChainFacts>,
    pub(super) portcullis: SideFacts,
    pub(super) peer: Option<PeerFacts>,
}

/// A chain and its verdicts.
#[derive(Debug, Serialize)]
pub(super) struct ChainFacts {
    pub(super) file: String,
    pub(super) certificates: usize,
    pub(super) status: String,
    /// Absent without a peer.
    pub(super) peer: Option<PeerVerdict>,
}

impl ChainFacts {
    pub(super) fn accepted(&self) -> bool {
        self.status == "Success"
    }

    /// Whether the peer says otherwise.
    pub(super) fn is_disputed(&self) -> bool {
        let peer = self.peer.as_ref();
        peer.is_some_and(|peer| peer.accepts != self.accepted())
    }
}

/// What the peer says of a chain.
#[derive(Debug, Serialize)]
pub(super) struct PeerVerdict {
    pub(super) accepts: bool,
    /// In its own words; absent if it accepts.
    pub(super) refusal: Option<String>,
}

/// What one contender did.
#[derive(Debug, Serialize)]
pub(super) struct SideFacts {
    pub(super) verifications: u64,
    /// Absent if it was interrupted before the first, as are the times.
    pub(super) per_second: Option<f64>,
    pub(super) latency: Option<LatencyFacts>,
    pub(super) histogram: Vec<Bin>,
    /// Absent where nobody knows.
    pub(super) signatures: Option<SignatureFacts>,
    pub(super) allocations: Option<AllocationFacts>,
}

/// How long verifications took, in nanoseconds.
#[derive(Debug, Serialize)]
pub(super) struct LatencyFacts {
    pub(super) min_ns: u64,
    pub(super) p50_ns: u64,
    pub(super) p99_ns: u64,
    pub(super) p999_ns: u64,
    pub(super) max_ns: u64,
    pub(super) mean_ns: f64,
}

/// A part of a histogram.
#[derive(Debug, Serialize)]
pub(super) struct Bin {
    pub(super) from_ns: u64,
    /// The next one's beginning; the last one has no end.
    pub(super) to_ns: Option<u64>,
    pub(super) count: u64,
}

/// Signature checks of a verification, on average.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct SignatureFacts {
    pub(super) checks: f64,
    /// Those that would have been made without a memo.
    pub(super) remembered: f64,
    /// The part of the time that they take.
    pub(super) share: f64,
}

/// Allocations of a verification, on average.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct AllocationFacts {
    pub(super) count: f64,
    pub(super) octets: f64,
}

/// The peer, and how the two compare.
#[derive(Debug, Serialize)]
pub(super) struct PeerFacts {
    pub(super) name: &'static str,
    pub(super) notes: Vec<String>,
    /// Of how many chains it says otherwise.
    pub(super) disputed: usize,
    /// Absent if no round was completed.
    pub(super) ratio: Option<RatioFacts>,
    #[serde(flatten)]
    pub(super) side: SideFacts,
}

/// The time that Portcullis takes over the peer's, of each round.
#[derive(Debug, Serialize)]
pub(super) struct RatioFacts {
    pub(super) rounds: usize,
    pub(super) p10: f64,
    pub(super) median: f64,
    pub(super) p90: f64,
}

impl RatioFacts {
    pub(super) fn new(measurement: &Measurement) -> Option<Self> {
        let ratios = &measurement.ratios;
        let last = ratios.len().checked_sub(1)?;
        let quantile = |fraction: f64| ratios[(last as f64 * fraction).round() as usize];
        Some(Self {
            rounds: ratios.len(),
            p10: quantile(0.1),
            median: quantile(0.5),
            p90: quantile(0.9),
        })
    }
}

impl SideFacts {
    pub(super) fn new(side: &Side, edges: &[u64]) -> Self {
        let Side {
            verifications,
            time,
            latencies,
        } = side;
        let is_any = *verifications > 0;
        Self {
            verifications: *verifications,
            per_second: is_any.then(|| *verifications as f64 / time.as_secs_f64()),
            latency: is_any.then(|| LatencyFacts {
                min_ns: latencies.min(),
                p50_ns: latencies.value_at_quantile(0.5),
                p99_ns: latencies.value_at_quantile(0.99),
                p999_ns: latencies.value_at_quantile(0.999),
                max_ns: latencies.max(),
                mean_ns: latencies.mean(),
            }),
            histogram: bins(latencies, edges),
            signatures: None,
            allocations: None,
        }
    }
}

/// Where the bins of all sides begin: from the shortest time to where but one in a thousand is
/// shorter, each as much longer than the one before, so that a fast and a slow side fit into one
/// scale.
pub(super) fn edges(sides: &[Side]) -> Vec<u64> {
    let measured = || sides.iter().filter(|side| side.verifications > 0);
    let first = measured().map(|side| side.latencies.min()).min();
    let last = measured()
        .map(|side| side.latencies.value_at_quantile(0.999))
        .max();
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let growth = (last as f64 / first.max(1) as f64).max(NARROWEST);
    let mut edges: Vec<u64> = (0..BINS)
        .map(|bin| first as f64 * growth.powf(f64::from(bin) / f64::from(BINS - 1)))
        .map(|edge| edge.floor() as u64)
        .collect();
    edges.dedup();
    edges
}

fn bins(latencies: &Latencies, edges: &[u64]) -> Vec<Bin> {
    let ends = edges.iter().skip(1).copied().map(Some).chain([None]);
    let mut bins: Vec<Bin> = edges
        .iter()
        .zip(ends)
        .map(|(from, end)| Bin {
            from_ns: *from,
            to_ns: end,
            count: 0,
        })
        .collect();
    for recorded in latencies.iter_recorded() {
        let after = edges.partition_point(|edge| *edge <= recorded.value_iterated_to());
        // The shortest time is rounded down to an edge, so nothing comes before the first.
        if let Some(bin) = bins.get_mut(after.saturating_sub(1)) {
            bin.count += recorded.count_since_last_iteration();
        }
    }
    bins
}

const BINS: u32 = 14;
/// So that the beginnings of bins differ in their first three digits.
const NARROWEST: f64 = 1.3;

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::bench::pool::latencies;

    fn side(values: &[u64]) -> Side {
        let mut latencies = latencies();
        for value in values {
            latencies.record(*value).expect("in range");
        }
        Side {
            verifications: values.len() as u64,
            time: Duration::from_secs(1),
            latencies,
        }
    }

    #[test]
    fn every_time_is_in_a_bin_of_a_scale_that_both_sides_share() {
        for (ours, theirs) in [
            (
                &[28_000, 28_100, 29_000, 95_000][..],
                &[300_000, 310_000][..],
            ),
            (&[1], &[1]),
            (&[0], &[u64::MAX / 2]),
            (&[5, 5, 6], &[]),
        ] {
            let sides = [side(ours), side(theirs)];
            let edges = edges(&sides);
            for side in &sides {
                let facts = SideFacts::new(side, &edges);
                let counts = facts.histogram.iter().map(|bin| bin.count);
                assert_eq!(counts.sum::<u64>(), side.verifications, "{facts:?}");
                assert!(facts.histogram.is_sorted_by_key(|bin| bin.from_ns));
            }
        }
    }

    #[test]
    fn nothing_measured_is_no_number() {
        let sides = [side(&[])];
        let facts = SideFacts::new(&sides[0], &edges(&sides));
        assert!(facts.per_second.is_none() && facts.latency.is_none());
        assert!(facts.histogram.is_empty());
    }

    #[test]
    fn a_ratio_is_the_median_of_the_rounds() {
        let measurement = |ratios: &[f64]| Measurement {
            sides: Vec::new(),
            ratios: ratios.to_vec(),
            elapsed: Duration::ZERO,
        };
        let ratio = RatioFacts::new(&measurement(&[0.5, 0.9, 1.0, 1.1, 3.0])).expect("rounds");
        assert_eq!((ratio.rounds, ratio.median), (5, 1.0));
        assert_eq!((ratio.p10, ratio.p90), (0.5, 3.0));
        assert!(RatioFacts::new(&measurement(&[])).is_none());
    }
}
