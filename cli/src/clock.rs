//! The moment of the verdict: given on the command line, or now.

use core::time::Duration;
use std::time::SystemTime;

use anyhow::Context as _;
use jiff::Timestamp;
use portcullis::pki_types::UnixTime;

/// Reads an RFC 3339 time. A fraction of a second is cut off, as certificates hold whole seconds.
pub(crate) fn parse(text: &str) -> Result<UnixTime, String> {
    let time: Timestamp = text
        .parse()
        .map_err(|_| "not a time as RFC 3339 writes it, such as 2026-12-01T00:00:00Z".to_owned())?;
    u64::try_from(time.as_second())
        .ok()
        .filter(|_| time >= Timestamp::UNIX_EPOCH)
        .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
        .ok_or_else(|| {
            "a verifier's clock doesn't hold times before 1970-01-01T00:00:00Z".to_owned()
        })
}

/// The system's clock.
pub(crate) fn now() -> anyhow::Result<UnixTime> {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map(UnixTime::since_unix_epoch)
        .context("the system's clock stands before 1970: set it, or give --time")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Result<u64, String> {
        parse(text).map(|time| time.as_secs())
    }

    #[test]
    fn rfc_3339_times_are_read_with_their_offset() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(seconds("2026-12-01T00:00:00Z"), Ok(1_796_083_200));
        assert_eq!(seconds("2026-12-01t09:00:00+09:00"), Ok(1_796_083_200));
        assert_eq!(seconds("2026-12-01T00:00:00.999Z"), Ok(1_796_083_200));
        assert_eq!(seconds("9999-12-30T00:00:00Z"), Ok(253_402_128_000));
    }

    #[test]
    fn times_without_an_offset_or_a_clock_are_refused() {
        for text in [
            "",
            "2026-12-01",
            "2026-12-01T00:00:00",
            "1796083200",
            "tomorrow",
            "2026-13-01T00:00:00Z",
        ] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_before_1970_are_refused_by_name() {
        for text in [
            "1969-12-31T23:59:59Z",
            "1969-12-31T23:59:59.5Z",
            "1970-01-01T00:00:00+09:00",
        ] {
            assert!(seconds(text).unwrap_err().contains("1970-01-01"), "{text}");
        }
    }
}
