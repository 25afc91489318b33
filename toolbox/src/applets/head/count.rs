//! A number of lines or bytes as `head` and `tail` read it: digits, and a letter for a unit.

use std::ffi::OsStr;

use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Lines,
    Bytes,
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    Invalid,
    TooLarge,
}

/// A number, or GNU's error for it. A number behind a sign is the caller's to look for.
pub fn read(text: &OsStr, unit: Unit) -> Result<u64, Vec<u8>> {
    number(text.as_bytes()).map_err(|problem| {
        let of = match unit {
            Unit::Lines => "lines",
            Unit::Bytes => "bytes",
        };
        let after = match problem {
            Problem::Invalid => "",
            Problem::TooLarge => ": Value too large for defined data type",
        };
        [
            b"invalid number of ",
            of.as_bytes(),
            b": ",
            &quoted_text(text.as_bytes()),
            after.as_bytes(),
        ]
        .concat()
    })
}

fn number(text: &[u8]) -> Result<u64, Problem> {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let start = text.iter().position(|byte| !blank(byte)).unwrap_or(0);
    let unsigned = text.get(start..).unwrap_or_default();
    let signless = unsigned.strip_prefix(b"+").unwrap_or(unsigned);
    let end = signless
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(signless.len());
    let (digits, suffix) = signless.split_at(end);
    // A unit alone counts once, but not behind a sign or blanks.
    if digits.is_empty() && (suffix.is_empty() || signless.len() < text.len()) {
        return Err(Problem::Invalid);
    }
    let factor = factor(suffix)?;
    let mut value = u64::from(digits.is_empty());
    for digit in digits {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(digit - b'0')))
            .ok_or(Problem::TooLarge)?;
    }
    match (value, factor) {
        (0, _) => Ok(0),
        (_, Some(factor)) => value.checked_mul(factor).ok_or(Problem::TooLarge),
        (_, None) => Err(Problem::TooLarge),
    }
}

/// What a unit stands for; `None` is more than can be counted.
fn factor(suffix: &[u8]) -> Result<Option<u64>, Problem> {
    let (letter, base) = match suffix {
        [] => return Ok(Some(1)),
        [b'b'] => return Ok(Some(512)),
        [letter] | [letter, b'i', b'B'] => (letter, 1024u64),
        [letter, b'B' | b'D'] => (letter, 1000),
        _ => return Err(Problem::Invalid),
    };
    let power = match letter {
        b'k' | b'K' => 1,
        b'm' | b'M' => 2,
        b'G' => 3,
        b'T' => 4,
        b'P' => 5,
        b'E' => 6,
        b'Z' => 7,
        b'Y' => 8,
        _ => return Err(Problem::Invalid),
    };
    Ok(base.checked_pow(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024_and_with_a_b_of_1000() {
        for (text, value) in [
            ("12", 12),
            (" +7", 7),
            ("2b", 1024),
            ("3k", 3072),
            ("1KiB", 1024),
            ("2kB", 2000),
            ("K", 1024),
            ("0Y", 0),
            ("15E", 15 << 60),
        ] {
            assert_eq!(number(text.as_bytes()), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_and_what_is_too_large_differ() {
        for text in ["", "x", "-1", "1x", "1kk", "1ki", "+K", " K", "1.5", "1c"] {
            assert_eq!(number(text.as_bytes()), Err(Problem::Invalid), "{text}");
        }
        for text in ["18446744073709551616", "16E", "1Y"] {
            assert_eq!(number(text.as_bytes()), Err(Problem::TooLarge), "{text}");
        }
    }
}
