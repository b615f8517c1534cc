//! How long handshakes take.

use core::time::Duration;
use std::collections::BTreeMap;

use serde::Serialize;

/// Latencies by the millisecond, which is as fine as the log has them.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    counts: BTreeMap<u32, u64>,
    total: u64,
}

/// What is told of them, in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct LatencyFacts {
    pub(crate) count: u64,
    pub(crate) median_ms: u32,
    pub(crate) p99_ms: u32,
    pub(crate) max_ms: u32,
}

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        let millis = u32::try_from(latency.as_millis()).unwrap_or(LONGEST);
        *self.counts.entry(millis.min(LONGEST)).or_default() += 1;
        self.total += 1;
    }

    /// None of none.
    pub(crate) fn facts(&self) -> Option<LatencyFacts> {
        let (max_ms, _) = self.counts.last_key_value()?;
        Some(LatencyFacts {
            count: self.total,
            median_ms: self.percentile(50),
            p99_ms: self.percentile(99),
            max_ms: *max_ms,
        })
    }

    /// The smallest one that so many of a hundred do not exceed.
    fn percentile(&self, percent: u64) -> u32 {
        let rank = (u128::from(self.total) * u128::from(percent)).div_ceil(100);
        let mut so_far = 0;
        for (millis, count) in &self.counts {
            so_far += u128::from(*count);
            if so_far >= rank {
                return *millis;
            }
        }
        0
    }
}

/// What takes ten minutes or more counts as ten minutes: so there is an end to what is kept.
const LONGEST: u32 = 600_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(millis: impl IntoIterator<Item = u64>) -> Option<(u64, u32, u32, u32)> {
        let mut latencies = Latencies::default();
        for millis in millis {
            latencies.add(Duration::from_millis(millis));
        }
        let facts = latencies.facts()?;
        Some((facts.count, facts.median_ms, facts.p99_ms, facts.max_ms))
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        assert_eq!(facts([]), None);
        assert_eq!(facts([7]), Some((1, 7, 7, 7)));
        assert_eq!(facts([9, 1]), Some((2, 1, 9, 9)));
        assert_eq!(facts([3, 1, 2]), Some((3, 2, 3, 3)));
        assert_eq!(facts(1..=100), Some((100, 50, 99, 100)));
        assert_eq!(facts(1..=200), Some((200, 100, 198, 200)));
    }

    #[test]
    fn what_takes_too_long_counts_as_ten_minutes() {
        assert_eq!(
            facts([u64::MAX, 600_001]),
            Some((2, 600_000, 600_000, 600_000))
        );
    }
}
