//! A time interval as `sleep` and `timeout` read it: a number, and a letter for a unit.

use std::ffi::OsStr;
use std::time::Duration;

use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

/// A time interval, or GNU's error for it. What is longer than `Duration` has room for is its longest one.
pub fn read(text: &OsStr) -> Result<Duration, Vec<u8>> {
    let refused = || {
        let shown = quoted_text(text.as_bytes());
        [b"invalid time interval ", shown.as_slice()].concat()
    };
    seconds(text.as_bytes()).map(duration).ok_or_else(refused)
}

/// Zero stays zero, and anything above it is at least a nanosecond.
fn duration(seconds: f64) -> Duration {
    let whole = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    if seconds > 0.0 {
        whole.max(Duration::from_nanos(1))
    } else {
        whole
    }
}

fn seconds(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let (unit, number) = match text.as_bytes().last()? {
        b's' => (1.0, &text[..text.len() - 1]),
        b'm' => (60.0, &text[..text.len() - 1]),
        b'h' => (3600.0, &text[..text.len() - 1]),
        // The last digit of a hexadecimal number, too, is a letter: as in strtod, the number is as long as it can be.
        b'd' if hexadecimal(text).is_none() => (86400.0, &text[..text.len() - 1]),
        _ => (1.0, text),
    };
    let number = hexadecimal(number).or_else(|| decimal(number))?;
    (number >= 0.0).then_some(number * unit)
}

fn decimal(text: &str) -> Option<f64> {
    match text.as_bytes().last()? {
        b'0'..=b'9' | b'.' => {}
        _ if ["inf", "infinity"].contains(&unsigned(text).to_ascii_lowercase().as_str()) => {}
        _ => return None,
    }
    text.parse().ok()
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// `0x1F`, `0x.8` or `0x1p-3`.
fn hexadecimal(text: &str) -> Option<f64> {
    let digits = unsigned(text);
    let digits = digits.strip_prefix("0x").or(digits.strip_prefix("0X"))?;
    let (digits, exponent) = match digits.split_once(['p', 'P']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let places = i32::try_from(fraction.len()).ok()?;
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    Some(sign * value * 2f64.powi(exponent.saturating_sub(places.saturating_mul(4))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanoseconds(text: &str) -> Option<u128> {
        read(OsStr::new(text)).ok().map(|time| time.as_nanos())
    }

    #[test]
    fn a_number_has_a_unit_or_is_in_seconds() {
        for (text, expected) in [
            ("0", 0),
            ("1", 1_000_000_000),
            (" +1.5s", 1_500_000_000),
            (".1", 100_000_000),
            ("1e-2", 10_000_000),
            ("2m", 120_000_000_000),
            ("0.5h", 1_800_000_000_000),
            ("1d", 86_400_000_000_000),
            ("0x.1", 62_500_000),
            ("0x1p-1", 500_000_000),
            ("0x1d", 29_000_000_000),
            ("1e-30", 1),
            ("-0", 0),
        ] {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
        assert_eq!(nanoseconds("inf"), Some(Duration::MAX.as_nanos()));
        assert_eq!(nanoseconds("1e400"), Some(Duration::MAX.as_nanos()));
    }

    #[test]
    fn other_texts_are_no_interval() {
        for text in [
            "", "x", "1ms", "1 ", "-1", "nan", "s", "1sx", "0x", "1e", "--1", "infd x",
        ] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
        assert_eq!(
            read(OsStr::new("x")),
            Err("invalid time interval ‘x’".as_bytes().to_vec())
        );
    }
}
