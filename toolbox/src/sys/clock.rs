//! Civil time: a timestamp in the zone that `TZ` names.

use std::ffi::OsString;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;

use super::Timestamp;

const DAY: i64 = 86_400;

/// The zone of the process. UTC costs nothing; other zones are looked up when they are used.
pub enum Zone {
    /// UTC, or what cannot be read as a zone, which then only lends its name.
    Utc(String),
    Other(Box<TimeZone>),
}

/// A point in time as calendars and clocks of a zone show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
    /// 0 is Sunday.
    pub weekday: u8,
    /// 0 is the first of January.
    pub year_day: u16,
    /// Seconds east of Greenwich.
    pub offset: i32,
    pub zone: String,
    pub timestamp: i64,
}

/// The time now.
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp {
        seconds: since.as_secs().cast_signed(),
        nanoseconds: since.subsec_nanos(),
    }
}

impl Zone {
    /// The zone that `TZ` names; UTC when it is not set.
    pub fn from_env() -> Self {
        Self::named(&std::env::var_os("TZ").unwrap_or_else(|| OsString::from("UTC")))
    }

    /// A zone by its name in the tz database or by its rule as POSIX writes it. As in glibc, other text means UTC.
    pub fn named(name: &std::ffi::OsStr) -> Self {
        let name = name.to_string_lossy();
        let name = name.strip_prefix(':').unwrap_or(&name);
        match name {
            "" | "UTC" | "UTC0" => return Self::Utc("UTC".to_owned()),
            _ => {}
        }
        let zone = TimeZone::get(name)
            .or_else(|_| TimeZone::posix(name))
            // A rule that names a summer time without its days follows those of the United States.
            .or_else(|_| TimeZone::posix(&format!("{name},M3.2.0,M11.1.0")));
        match zone {
            Ok(zone) => Self::Other(Box::new(zone)),
            Err(_) => {
                let end = name
                    .find(|letter: char| !letter.is_ascii_alphabetic())
                    .unwrap_or(name.len());
                let letters = if end < 3 { "" } else { &name[..end] };
                Self::Utc(letters.to_owned())
            }
        }
    }

    pub fn civil(&self, time: Timestamp) -> Civil {
        let (offset, name) = match self {
            Self::Utc(name) => (0, name.clone()),
            Self::Other(zone) => {
                // The rules of the last and first years that jiff knows stand for all beyond them.
                let (low, high) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
                let seconds = time.seconds.clamp(low.as_second(), high.as_second());
                let instant = jiff::Timestamp::from_second(seconds).unwrap_or(high);
                let info = zone.to_offset_info(instant);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
        };
        civil_at(time, offset, name)
    }
}

fn civil_at(time: Timestamp, offset: i32, zone: String) -> Civil {
    let seconds = time.seconds.saturating_add(i64::from(offset));
    let days = seconds.div_euclid(DAY);
    let second = seconds.rem_euclid(DAY);
    let (year, month, day) = date_of(days);
    Civil {
        year,
        month,
        day,
        hour: small(second / 3600),
        minute: small(second / 60 % 60),
        second: small(second % 60),
        nanosecond: time.nanoseconds,
        weekday: small((days + 4).rem_euclid(7)),
        year_day: u16::try_from(days - days_before_year(year)).unwrap_or(0),
        offset,
        zone,
        timestamp: time.seconds,
    }
}

/// Narrows a number that its callers have reduced below 100.
fn small(value: i64) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

pub fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// The days from 1970 to the first of January of a year.
fn days_before_year(year: i64) -> i64 {
    let before = year - 1;
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    (year - 1970) * 365 + leaps(before) - leaps(1969)
}

fn date_of(days: i64) -> (i64, u8, u8) {
    // The mean year of 400 gives a guess that is at most one year off.
    let mut year = 1970 + (days * 400).div_euclid(146_097);
    while days < days_before_year(year) {
        year -= 1;
    }
    while days >= days_before_year(year + 1) {
        year += 1;
    }
    let mut left = days - days_before_year(year);
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, small(left + 1))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn shown(zone: &str, seconds: i64) -> String {
        let civil = Zone::named(OsStr::new(zone)).civil(Timestamp {
            seconds,
            nanoseconds: 0,
        });
        format!(
            "{}-{:02}-{:02} {:02}:{:02}:{:02} {} {} {} {}",
            civil.year,
            civil.month,
            civil.day,
            civil.hour,
            civil.minute,
            civil.second,
            civil.offset,
            civil.zone,
            civil.weekday,
            civil.year_day
        )
    }

    #[test]
    fn utc_is_counted_from_1970_in_both_directions() {
        assert_eq!(shown("UTC", 0), "1970-01-01 00:00:00 0 UTC 4 0");
        assert_eq!(shown("UTC", -1), "1969-12-31 23:59:59 0 UTC 3 364");
        assert_eq!(shown("", 1_750_000_000), "2025-06-15 15:06:40 0 UTC 0 165");
        assert_eq!(shown("UTC", 951_782_400), "2000-02-29 00:00:00 0 UTC 2 59");
        assert_eq!(
            shown("UTC", 253_402_300_800),
            "10000-01-01 00:00:00 0 UTC 6 0"
        );
        assert_eq!(
            shown("UTC", -62_135_596_801),
            "0-12-31 23:59:59 0 UTC 0 365"
        );
    }

    #[test]
    fn rules_in_tz_are_followed() {
        assert_eq!(
            shown("EST5", 1_750_000_000),
            "2025-06-15 10:06:40 -18000 EST 0 165"
        );
        assert_eq!(
            shown("XXX3YYY", 1_750_000_000),
            "2025-06-15 13:06:40 -7200 YYY 0 165"
        );
        assert_eq!(
            shown("<+03>-3", 1_750_000_000),
            "2025-06-15 18:06:40 10800 +03 0 165"
        );
        assert_eq!(
            shown(":America/New_York", 1_750_000_000),
            "2025-06-15 11:06:40 -14400 EDT 0 165"
        );
    }

    #[test]
    fn a_zone_nobody_knows_is_utc_under_its_own_name() {
        assert_eq!(shown("Foo/Bar", 0), "1970-01-01 00:00:00 0 Foo 4 0");
        assert_eq!(shown("A5", 0), "1970-01-01 00:00:00 0  4 0");
    }
}
