//! Times of certificates and CRLs: 1950 to 9999, so `i64` seconds rather than `UnixTime`.

use core::fmt;

use pki_types::UnixTime;

use crate::der;

/// A point in time with a resolution of one second, in UTC, from year 0 to 9999.
///
/// `Display` writes RFC 3339: `2026-11-14T02:58:00Z`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DateTime {
    seconds: i64,
}

impl DateTime {
    pub(crate) const EPOCH: Self = Self { seconds: 0 };

    /// The last second of the year 9999.
    pub(crate) const LAST: Self = Self {
        seconds: 253_402_300_799,
    };

    /// None past the year 9999.
    pub(crate) fn from_unix_seconds(seconds: u64) -> Option<Self> {
        let seconds = i64::try_from(seconds).ok()?;
        Some(Self { seconds }).filter(|time| *time <= Self::LAST)
    }

    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Reads the UTCTime or GeneralizedTime of a certificate or CRL (RFC 5280 4.1.2.5).
    ///
    /// Only the forms RFC 5280 allows: with seconds, without fractions, ending in `Z`. A
    /// GeneralizedTime before 2050 is taken, as everybody takes it.
    pub(crate) fn from_der(time: der::Tlv<'_>) -> Option<Self> {
        let (century, rest) = match (time.tag, time.value) {
            (der::UTC_TIME, rest) => (None, rest),
            (der::GENERALIZED_TIME, [a, b, rest @ ..]) => (Some(two_digits([*a, *b])?), rest),
            _ => return None,
        };
        let (fields, zone) = fields(rest)?;
        let [year, month, day, hour, minute, second] = fields;
        // RFC 5280 4.1.2.5.1: 50 to 99 are of the twentieth century.
        let century = century.unwrap_or(if year >= 50 { 19 } else { 20 });
        let year = century.wrapping_mul(100).wrapping_add(year);
        match zone {
            b"Z" => Self::from_civil((year, month, day), (hour, minute, second)),
            _ => None,
        }
    }

    /// Reads the next element as such a time.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn read(reader: &mut der::Reader<'_>) -> Option<Self> {
        Self::from_der(reader.any()?)
    }

    /// Reads `2026-11-14T02:58:00`, what `Display` writes before the `Z`.
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let [ya, yb, yc, yd, b'-', mo, mp, b'-', da, db, b'T', time @ ..] = text else {
            return None;
        };
        let [ha, hb, b':', ma, mb, b':', sa, sb] = time else {
            return None;
        };
        let digits = [*yc, *yd, *mo, *mp, *da, *db, *ha, *hb, *ma, *mb, *sa, *sb];
        let ([year, month, day, hour, minute, second], _) = fields(&digits)?;
        let century = two_digits([*ya, *yb])?;
        let year = century.wrapping_mul(100).wrapping_add(year);
        Self::from_civil((year, month, day), (hour, minute, second))
    }

    /// Of year, month and day, and of hour, minute and second, if there is such a time. Each is
    /// what its digits say, and so no sum goes past 32 bits but the last.
    fn from_civil(date: (u32, u32, u32), time: (u32, u32, u32)) -> Option<Self> {
        let ((year, month, day), (hour, minute, second)) = (date, time);
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let minutes = hour.wrapping_mul(60).wrapping_add(minute);
        let of_day = minutes.wrapping_mul(60).wrapping_add(second);
        let days = i64::from(days_from_march(year, month, day)).wrapping_sub(DAYS_TO_EPOCH);
        let seconds = days
            .wrapping_mul(SECONDS_A_DAY)
            .wrapping_add(i64::from(of_day));
        Some(Self { seconds })
    }

    /// Year, month and day of the proleptic Gregorian calendar.
    fn civil(self) -> (i64, i64, i64) {
        // Howard Hinnant's civil_from_days: years begin in March, so that a leap day ends one.
        let days = self
            .seconds
            .div_euclid(SECONDS_A_DAY)
            .saturating_add(719_468);
        let era = days.div_euclid(DAYS_AN_ERA);
        let day_of_era = days.rem_euclid(DAYS_AN_ERA);
        let leap_days = (day_of_era / 1460)
            .saturating_sub(day_of_era / 36_524)
            .saturating_add(day_of_era / 146_096);
        let year_of_era = day_of_era.saturating_sub(leap_days) / 365;
        let before = year_of_era
            .saturating_mul(365)
            .saturating_add(year_of_era / 4)
            .saturating_sub(year_of_era / 100);
        let day_of_year = day_of_era.saturating_sub(before);
        let shifted = day_of_year.saturating_mul(5).saturating_add(2) / 153;
        let month_start = shifted.saturating_mul(153).saturating_add(2) / 5;
        let day = day_of_year.saturating_sub(month_start).saturating_add(1);
        let month = if shifted < 10 {
            shifted.saturating_add(3)
        } else {
            shifted.saturating_sub(9)
        };
        let year = era
            .saturating_mul(400)
            .saturating_add(year_of_era)
            .saturating_add(i64::from(month <= 2));
        (year, month, day)
    }

    /// Writes it as `Display` does, without the `Z`, so that a fraction can follow.
    pub(crate) fn write_without_zone(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let of_day = self.seconds.rem_euclid(SECONDS_A_DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_without_zone(f)?;
        f.write_str("Z")
    }
}

impl From<UnixTime> for DateTime {
    /// A time past the year 292 277 026 596 is taken as the last second that `i64` holds.
    fn from(time: UnixTime) -> Self {
        Self {
            seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        }
    }
}

/// When a certificate is valid (RFC 5280 4.1.2.5).
///
/// `Display` writes it as ALB's logs and headers do:
/// `NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Validity {
    pub(crate) not_before: DateTime,
    pub(crate) not_after: DateTime,
}

impl Validity {
    pub(crate) const EMPTY: Self = Self {
        not_before: DateTime::EPOCH,
        not_after: DateTime::EPOCH,
    };

    /// The first second of validity.
    #[must_use]
    pub const fn not_before(self) -> DateTime {
        self.not_before
    }

    /// The end of validity: under ALB's rules the first second that is past it, under RFC 5280's
    /// the last one that is valid.
    #[must_use]
    pub const fn not_after(self) -> DateTime {
        self.not_after
    }

    /// Reads what `Display` writes.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (not_before, not_after) = text
            .strip_prefix("NotBefore=")?
            .strip_suffix('Z')?
            .split_once("Z;NotAfter=")?;
        Some(Self {
            not_before: DateTime::from_text(not_before.as_bytes())?,
            not_after: DateTime::from_text(not_after.as_bytes())?,
        })
    }

    /// Reads `Validity ::= SEQUENCE { notBefore Time, notAfter Time }`.
    pub(crate) fn from_der(content: &[u8]) -> Option<Self> {
        let mut reader = der::Reader::new(content);
        let not_before = DateTime::read(&mut reader)?;
        let not_after = DateTime::read(&mut reader)?;
        reader.finish()?;
        Some(Self {
            not_before,
            not_after,
        })
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "NotBefore={};NotAfter={}",
            self.not_before, self.not_after
        )
    }
}

/// Six numbers of two digits, and what follows them.
fn fields(text: &[u8]) -> Option<([u32; 6], &[u8])> {
    let mut fields = [0; 6];
    let mut rest = text;
    for field in &mut fields {
        let (digits, after) = rest.split_first_chunk()?;
        *field = two_digits(*digits)?;
        rest = after;
    }
    Some((fields, rest))
}

fn two_digits([tens, ones]: [u8; 2]) -> Option<u32> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    // Both digits have 0x30 too much.
    let sum = u32::from(tens)
        .wrapping_mul(10)
        .wrapping_add(u32::from(ones));
    Some(sum.wrapping_sub(11 * 0x30))
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(if year.is_multiple_of(100) { 400 } else { 4 }) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of March 400 years before year 0 to a date of the proleptic Gregorian
/// calendar.
fn days_from_march(year: u32, month: u32, day: u32) -> u32 {
    // Howard Hinnant's days_from_civil: years begin in March, so that a leap day ends one.
    let (before, month) = match month {
        1 | 2 => (1, month.wrapping_add(9)),
        _ => (0, month.wrapping_sub(3)),
    };
    let year = year.wrapping_add(400).wrapping_sub(before);
    let of_year = month.wrapping_mul(153).wrapping_add(2) / 5;
    year.wrapping_mul(365)
        .wrapping_add(year / 4)
        .wrapping_sub(year / 100)
        .wrapping_add(year / 400)
        .wrapping_add(of_year)
        .wrapping_add(day)
}

/// From the day before that first of March to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_469 + DAYS_AN_ERA;
const SECONDS_A_DAY: i64 = 86_400;
const DAYS_AN_ERA: i64 = 146_097;

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    fn parse(tag: u8, text: &str) -> Option<DateTime> {
        let encoded = [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        DateTime::from_der(der::Reader::new(&encoded).any()?)
    }

    #[test]
    fn known_seconds_of_known_dates() {
        // From `date -u -d ... +%s`.
        for (text, seconds) in [
            ("19700101000000Z", 0),
            ("20261114025800Z", 1_794_625_080),
            ("20000229120000Z", 951_825_600),
            ("00000101000000Z", -62_167_219_200),
            ("99991231235959Z", 253_402_300_799),
        ] {
            let time = parse(der::GENERALIZED_TIME, text).unwrap();
            assert_eq!(time.unix_seconds(), seconds, "{text}");
        }
        let display = parse(der::GENERALIZED_TIME, "20261114025800Z")
            .unwrap()
            .to_string();
        assert_eq!(display, "2026-11-14T02:58:00Z");
    }

    #[test]
    fn utc_time_turns_over_between_49_and_50() {
        assert_eq!(
            parse(der::UTC_TIME, "500101000000Z").unwrap().to_string(),
            "1950-01-01T00:00:00Z"
        );
        assert_eq!(
            parse(der::UTC_TIME, "491231235959Z").unwrap().to_string(),
            "2049-12-31T23:59:59Z"
        );
    }

    #[test]
    fn every_day_of_ten_thousand_years_prints_as_it_was_read() {
        for year in (0..=9999).step_by(7) {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let text = std::format!("{year:04}{month:02}{day:02}010203Z");
                    let expected = std::format!("{year:04}-{month:02}-{day:02}T01:02:03Z");
                    let time = parse(der::GENERALIZED_TIME, &text).unwrap();
                    assert_eq!(time.to_string(), expected);
                }
            }
        }
    }

    #[test]
    fn forms_that_rfc_5280_forbids_are_refused() {
        for text in [
            "",
            "Z",
            "20260101000000",
            "20260101000000.5Z",
            "202601010000Z",
            "20260101000000+0100",
            "20261301000000Z",
            "20260001000000Z",
            "20260100000000Z",
            "20260230000000Z",
            "20250229000000Z",
            "20260101240000Z",
            "20260101006000Z",
            "20260101000060Z",
            "2026010100000:Z",
            "2026010100 000Z",
        ] {
            assert_eq!(parse(der::GENERALIZED_TIME, text), None, "{text}");
        }
        assert_eq!(parse(der::UTC_TIME, "2601010000Z"), None);
        assert_eq!(parse(der::INTEGER, "260101000000Z"), None);
    }
}
