//! When a chain is judged.

use core::time::Duration;

use portcullis::pki_types::UnixTime;

use crate::error::Problem;

/// In place of a time: now, by the system's clock. The library for firmware has no clock; there it says that there is no time,
/// and the policy decides what becomes of that.
pub const PORTCULLIS_NOW: i64 = i64::MIN;

/// When a chain is judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Moment {
    /// Now.
    Now,
    /// Then.
    At(UnixTime),
}

impl Moment {
    /// Reads seconds since 1970-01-01T00:00:00Z, or [`PORTCULLIS_NOW`].
    ///
    /// # Errors
    ///
    /// A time before 1970. `time()` gives -1 when it fails.
    pub fn read(seconds: i64) -> Result<Self, Problem> {
        if seconds == PORTCULLIS_NOW {
            return Ok(Self::Now);
        }
        let seconds = u64::try_from(seconds).map_err(|_| Problem::Time)?;
        Ok(Self::At(UnixTime::since_unix_epoch(Duration::from_secs(
            seconds,
        ))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_are_no_times() {
        for seconds in [-1, i64::MIN + 1] {
            assert_eq!(Moment::read(seconds).unwrap_err().code(), 4);
        }
        assert_eq!(Moment::read(i64::MIN).unwrap(), Moment::Now);
        let end = UnixTime::since_unix_epoch(Duration::from_secs(i64::MAX as u64));
        assert_eq!(Moment::read(i64::MAX).unwrap(), Moment::At(end));
    }
}
