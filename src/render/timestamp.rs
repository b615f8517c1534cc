//! The times of log lines.

use core::fmt;
use core::time::Duration;

use crate::time::DateTime;

/// A point in time as ALB's logs write it: UTC, microseconds, from 1970 to the year 9999.
///
/// ```
/// use core::time::Duration;
/// use portcullis::LogTimestamp;
///
/// let time = LogTimestamp::since_unix_epoch(Duration::from_micros(1_696_439_115_514_108));
/// assert_eq!(time.to_string(), "2023-10-04T17:05:15.514108Z");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LogTimestamp {
    seconds: DateTime,
    micros: u32,
}

impl LogTimestamp {
    /// So long after 1970-01-01T00:00:00Z, leap seconds not counted; what is below a microsecond
    /// is cut off. What lies past the year 9999 becomes its last microsecond.
    #[must_use]
    pub fn since_unix_epoch(elapsed: Duration) -> Self {
        match DateTime::from_unix_seconds(elapsed.as_secs()) {
            Some(seconds) => Self {
                seconds,
                micros: elapsed.subsec_micros(),
            },
            None => Self {
                seconds: DateTime::LAST,
                micros: 999_999,
            },
        }
    }

    /// How long after 1970-01-01T00:00:00Z it is.
    #[must_use]
    pub fn unix_time(self) -> Duration {
        let seconds = u64::try_from(self.seconds.unix_seconds()).unwrap_or_default();
        Duration::from_secs(seconds).saturating_add(Duration::from_micros(self.micros.into()))
    }

    /// Reads `2023-10-04T17:05:15.514108Z`, and no other form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (seconds, micros) = text.strip_suffix('Z')?.split_once('.')?;
        if micros.len() != 6 || !micros.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds =
            DateTime::from_text(seconds.as_bytes()).filter(|it| *it >= DateTime::EPOCH)?;
        let micros = micros.parse().ok()?;
        Some(Self { seconds, micros })
    }
}

impl fmt::Display for LogTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seconds.write_without_zone(f)?;
        write!(f, ".{:06}Z", self.micros)
    }
}
