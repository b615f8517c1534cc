//! The time as of which is judged, and how far ahead.

use portcullis::DateTime;
use portcullis::pki_types::UnixTime;

/// Both, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) now: DateTime,
    soon: i64,
}

impl Moment {
    pub(super) fn new(now: UnixTime, soon_days: u32) -> Self {
        Self {
            now: DateTime::from(now),
            soon: i64::from(soon_days) * DAY,
        }
    }

    /// Whether a time is still to come. A certificate is valid from the second of notBefore on.
    pub(super) fn is_before(self, time: DateTime) -> bool {
        self.now < time
    }

    /// Whether a time has come. For ALB a certificate has expired at the second of notAfter.
    pub(super) fn has_reached(self, time: DateTime) -> bool {
        self.now >= time
    }

    /// Whether a time comes within the days that count as soon.
    pub(super) const fn is_soon(self, time: DateTime) -> bool {
        time.unix_seconds().saturating_sub(self.now.unix_seconds()) <= self.soon
    }
}

const DAY: i64 = 24 * 60 * 60;
