//! `date`-style formats, as GNU's tools extend `strftime`.

use super::clock::{Civil, is_leap};

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Default)]
struct Directive {
    pad: Pad,
    upper: bool,
    swap: bool,
    width: Option<usize>,
    colons: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Pad {
    #[default]
    Default,
    None,
    Spaces,
    Zeros,
    /// Zeros, and a plus sign before years of more digits than usual.
    Plus,
}

/// Appends the time in the given format. What is not a directive is copied.
pub fn format_time(format: &[u8], time: &Civil, out: &mut Vec<u8>) {
    let mut rest = format;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        out.extend_from_slice(&rest[..at]);
        let sequence = &rest[at..];
        let (directive, letter_at) = parse(sequence);
        let known = sequence
            .get(letter_at)
            .is_some_and(|letter| convert(*letter, directive, time, out));
        let end = (letter_at + 1).min(sequence.len());
        if !known {
            out.extend_from_slice(&sequence[..end]);
        }
        rest = &sequence[end..];
    }
    out.extend_from_slice(rest);
}

/// Reads flags, width, colons and modifier; returns where the letter stands.
fn parse(sequence: &[u8]) -> (Directive, usize) {
    let mut directive = Directive::default();
    let mut at = 1;
    while let Some(flag) = sequence.get(at) {
        match flag {
            b'-' => directive.pad = Pad::None,
            b'_' => directive.pad = Pad::Spaces,
            b'0' => directive.pad = Pad::Zeros,
            b'+' => directive.pad = Pad::Plus,
            b'^' => directive.upper = true,
            b'#' => directive.swap = true,
            _ => break,
        }
        at += 1;
    }
    while let Some(digit) = sequence.get(at).filter(|byte| byte.is_ascii_digit()) {
        let width = directive.width.unwrap_or(0);
        // A width that no terminal has is cut, so that a typo does not fill the memory.
        directive.width = Some((width * 10 + usize::from(digit - b'0')).min(4096));
        at += 1;
    }
    while sequence.get(at) == Some(&b':') {
        directive.colons += 1;
        at += 1;
    }
    if matches!(sequence.get(at), Some(b'E' | b'O')) {
        at += 1;
    }
    (directive, at)
}

/// Appends one conversion; false when there is none by that letter.
fn convert(letter: u8, directive: Directive, time: &Civil, out: &mut Vec<u8>) -> bool {
    if directive.colons > 0 && letter != b'z' {
        return false;
    }
    let hour12 = match time.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let weekday = i64::from(time.weekday);
    let year_day = i64::from(time.year_day);
    let monday_based = (weekday + 6) % 7;
    let mut number = |value: i64, width: usize, pad: Pad| {
        put_number(value, width, pad, directive, out);
        true
    };
    match letter {
        b'C' => number(time.year.div_euclid(100), 2, Pad::Zeros),
        b'd' => number(time.day.into(), 2, Pad::Zeros),
        b'e' => number(time.day.into(), 2, Pad::Spaces),
        b'g' => number(iso_week(time).0.rem_euclid(100), 2, Pad::Zeros),
        b'G' => number(iso_week(time).0, 4, Pad::Zeros),
        b'H' => number(time.hour.into(), 2, Pad::Zeros),
        b'I' => number(hour12.into(), 2, Pad::Zeros),
        b'j' => number(year_day + 1, 3, Pad::Zeros),
        b'k' => number(time.hour.into(), 2, Pad::Spaces),
        b'l' => number(hour12.into(), 2, Pad::Spaces),
        b'm' => number(time.month.into(), 2, Pad::Zeros),
        b'M' => number(time.minute.into(), 2, Pad::Zeros),
        b'q' => number(i64::from(time.month - 1) / 3 + 1, 1, Pad::Zeros),
        b's' => number(time.timestamp, 1, Pad::Zeros),
        b'S' => number(time.second.into(), 2, Pad::Zeros),
        b'u' => number(monday_based + 1, 1, Pad::Zeros),
        b'U' => number((year_day + 7 - weekday) / 7, 2, Pad::Zeros),
        b'V' => number(iso_week(time).1, 2, Pad::Zeros),
        b'w' => number(weekday, 1, Pad::Zeros),
        b'W' => number((year_day + 7 - monday_based) / 7, 2, Pad::Zeros),
        b'y' => number(time.year.rem_euclid(100), 2, Pad::Zeros),
        b'Y' => number(time.year, 4, Pad::Zeros),
        b'N' => {
            put_nanoseconds(time.nanosecond, directive, out);
            true
        }
        b'z' => put_offset(time.offset, directive, out),
        _ => convert_text(letter, directive, time, out),
    }
}

fn convert_text(letter: u8, directive: Directive, time: &Civil, out: &mut Vec<u8>) -> bool {
    let day = DAYS.get(usize::from(time.weekday)).copied().unwrap_or("?");
    let month = usize::from(time.month)
        .checked_sub(1)
        .and_then(|at| MONTHS.get(at).copied())
        .unwrap_or("?");
    let half = if time.hour < 12 { "AM" } else { "PM" };
    let swapped_lower = directive.swap && !directive.upper;
    let composite = |format: &str| {
        let mut text = Vec::new();
        format_time(format.as_bytes(), time, &mut text);
        text
    };
    let mut text = match letter {
        b'a' => day.as_bytes()[..3].to_vec(),
        b'A' => day.into(),
        b'b' | b'h' => month.as_bytes()[..3].to_vec(),
        b'B' => month.into(),
        b'c' => composite("%a %b %e %H:%M:%S %Y"),
        b'D' | b'x' => composite("%m/%d/%y"),
        b'F' => return put_date(directive, time, out),
        b'r' => composite("%I:%M:%S %p"),
        b'R' => composite("%H:%M"),
        b'T' | b'X' => composite("%H:%M:%S"),
        b'p' if swapped_lower => half.to_ascii_lowercase().into(),
        b'p' => half.into(),
        b'P' => half.to_ascii_lowercase().into(),
        b'Z' if swapped_lower => time.zone.to_ascii_lowercase().into(),
        b'Z' => time.zone.clone().into(),
        b'n' => b"\n".to_vec(),
        b't' => b"\t".to_vec(),
        b'%' if directive.width.is_none() => b"%".to_vec(),
        _ => return false,
    };
    let raises = matches!(letter, b'a' | b'A' | b'b' | b'h' | b'B');
    if directive.upper && letter != b'P' || directive.swap && raises {
        text.make_ascii_uppercase();
    }
    let fill = match directive.pad {
        Pad::Zeros | Pad::Plus => b'0',
        _ => b' ',
    };
    if directive.pad != Pad::None {
        let missing = directive.width.unwrap_or(0).saturating_sub(text.len());
        out.extend(std::iter::repeat_n(fill, missing));
    }
    out.extend(text);
    true
}

/// `%F`: a width is the date's, and is made up by the year.
fn put_date(directive: Directive, time: &Civil, out: &mut Vec<u8>) -> bool {
    let year = Directive {
        width: directive.width.map(|width| width.saturating_sub(6)),
        ..directive
    };
    put_number(time.year, 4, Pad::Zeros, year, out);
    format_time(b"-%m-%d", time, out);
    true
}

fn put_number(value: i64, width: usize, pad: Pad, directive: Directive, out: &mut Vec<u8>) {
    let digits = value.unsigned_abs().to_string();
    let pad = match directive.pad {
        Pad::Default => pad,
        chosen => chosen,
    };
    let usual = width;
    let width = directive.width.unwrap_or(width);
    let sign = if value < 0 {
        "-"
    } else if pad == Pad::Plus && (digits.len() > usual || width > usual) && usual == 4 {
        "+"
    } else {
        ""
    };
    let missing = match pad {
        Pad::None => 0,
        _ => width.saturating_sub(digits.len() + sign.len()),
    };
    if pad == Pad::Spaces {
        out.extend(std::iter::repeat_n(b' ', missing));
        out.extend_from_slice(sign.as_bytes());
    } else {
        out.extend_from_slice(sign.as_bytes());
        out.extend(std::iter::repeat_n(b'0', missing));
    }
    out.extend_from_slice(digits.as_bytes());
}

/// `%N`: the width is the number of places, and padding is on the right.
fn put_nanoseconds(value: u32, directive: Directive, out: &mut Vec<u8>) {
    let digits = format!("{value:09}");
    let width = directive.width.unwrap_or(9);
    let kept = &digits[..width.min(9)];
    match directive.pad {
        Pad::None | Pad::Spaces => {
            let digits = kept.trim_end_matches('0');
            // One digit always stands, as a number needs it.
            let digits = if digits.is_empty() { "0" } else { digits };
            out.extend_from_slice(digits.as_bytes());
            if directive.pad == Pad::Spaces {
                out.extend(std::iter::repeat_n(
                    b' ',
                    width.saturating_sub(digits.len()),
                ));
            }
        }
        _ => {
            out.extend_from_slice(kept.as_bytes());
            out.extend(std::iter::repeat_n(b'0', width.saturating_sub(kept.len())));
        }
    }
}

/// `%z`, and with colons the longer forms; three colons give the shortest that says all.
fn put_offset(offset: i32, directive: Directive, out: &mut Vec<u8>) -> bool {
    let size = offset.unsigned_abs();
    let (hours, minutes, seconds) = (size / 3600, size / 60 % 60, size % 60);
    let tail = match directive.colons {
        0 => format!("{minutes:02}"),
        1 => format!(":{minutes:02}"),
        2 => format!(":{minutes:02}:{seconds:02}"),
        3 if seconds != 0 => format!(":{minutes:02}:{seconds:02}"),
        3 if minutes != 0 => format!(":{minutes:02}"),
        3 => String::new(),
        _ => return false,
    };
    let sign = if offset < 0 { b'-' } else { b'+' };
    let digits = match directive.pad {
        Pad::None | Pad::Spaces => hours.to_string(),
        _ => format!("{hours:02}"),
    };
    let usual = 3 + tail.len();
    let width = directive.width.unwrap_or(usual);
    let missing = width.saturating_sub(1 + digits.len() + tail.len());
    match directive.pad {
        Pad::Spaces => {
            out.extend(std::iter::repeat_n(b' ', missing));
            out.push(sign);
        }
        Pad::None => out.push(sign),
        _ => {
            out.push(sign);
            out.extend(std::iter::repeat_n(b'0', missing));
        }
    }
    out.extend_from_slice(digits.as_bytes());
    out.extend_from_slice(tail.as_bytes());
    true
}

/// The year and the week of ISO 8601: weeks start on Monday and belong to the year that holds their Thursday.
fn iso_week(time: &Civil) -> (i64, i64) {
    let length = |year| if is_leap(year) { 366 } else { 365 };
    let monday_based = (i64::from(time.weekday) + 6) % 7;
    let thursday = i64::from(time.year_day) - monday_based + 3;
    if thursday < 0 {
        let year = time.year - 1;
        return (year, (thursday + length(year)) / 7 + 1);
    }
    if thursday >= length(time.year) {
        return (time.year + 1, (thursday - length(time.year)) / 7 + 1);
    }
    (time.year, thursday / 7 + 1)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::super::Timestamp;
    use super::super::clock::Zone;
    use super::*;

    fn shown(zone: &str, seconds: i64, format: &str) -> String {
        let time = Timestamp {
            seconds,
            nanoseconds: 123_456_789,
        };
        let civil = Zone::named(OsStr::new(zone)).civil(time);
        let mut out = Vec::new();
        format_time(format.as_bytes(), &civil, &mut out);
        String::from_utf8(out).expect("the format is ASCII")
    }

    #[test]
    fn every_letter_has_its_meaning() {
        assert_eq!(
            shown(
                "EST5EDT",
                1_750_000_000,
                "%a|%A|%b|%B|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%k"
            ),
            "Sun|Sunday|Jun|June|Sun Jun 15 11:06:40 2025|20|15|06/15/25|15|2025-06-15|25|2025|Jun|11|11|166|11"
        );
        assert_eq!(
            shown(
                "EST5EDT",
                1_750_000_000,
                "%l|%m|%M|%N|%p|%P|%q|%r|%R|%s|%S|%T|%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%Z|%%"
            ),
            "11|06|06|123456789|AM|am|2|11:06:40 AM|11:06|1750000000|40|11:06:40|7|24|24|0|23|06/15/25|11:06:40|25|2025|-0400|EDT|%"
        );
    }

    #[test]
    fn flags_and_widths_change_padding_and_case() {
        assert_eq!(
            shown(
                "EST5EDT",
                1_750_000_000,
                "%-m|%_m|%05d|%^a|%#Z|%3N|%12N|%10Y|%_10Y|%^10b|%3S"
            ),
            "6| 6|00015|SUN|edt|123|123456789000|0000002025|      2025|       JUN|040"
        );
        assert_eq!(
            shown("EST5EDT", 1_750_000_000, "%:z|%::z|%:::z|%_z|%-z|%10z"),
            "-04:00|-04:00:00|-04| -400|-400|-000000400"
        );
    }

    #[test]
    fn what_is_no_directive_is_copied() {
        assert_eq!(shown("UTC", 0, "%Q|%5%|%:Q|%"), "%Q|%5%|%:Q|%");
    }

    #[test]
    fn weeks_of_iso_8601_belong_to_the_year_of_their_thursday() {
        assert_eq!(
            shown("UTC", 1_735_603_200, "%F %G-%V"),
            "2024-12-31 2025-01"
        );
        assert_eq!(
            shown("UTC", 1_609_459_200, "%F %G-%V"),
            "2021-01-01 2020-53"
        );
    }
}
