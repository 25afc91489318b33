//! File sizes in units of blocks, or with the suffix that keeps them short.

use std::ffi::OsStr;

use crate::sys::OsStrExt;
use crate::sys::quote::quoted;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SizeFormat {
    /// Counted in units of so many bytes, rounded up; the suffix is printed after the number.
    Units { bytes: u64, suffix: String },
    /// `4.0K`, by powers of 1024 or 1000.
    Human { base: u64 },
}

impl SizeFormat {
    pub fn units(bytes: u64) -> Self {
        SizeFormat::Units {
            bytes,
            suffix: String::new(),
        }
    }

    /// Reads the value of `--block-size`, or says what is wrong with it.
    pub fn parse(option: &str, value: &OsStr) -> Result<Self, Vec<u8>> {
        let bytes = value.as_bytes();
        match bytes.strip_prefix(b"'").unwrap_or(bytes) {
            b"human-readable" => return Ok(SizeFormat::Human { base: 1024 }),
            b"si" => return Ok(SizeFormat::Human { base: 1000 }),
            _ => {}
        }
        let error = |before: &str, after: &str| {
            [before.as_bytes(), &quoted(bytes), after.as_bytes()].concat()
        };
        let text = bytes.strip_prefix(b"'").unwrap_or(bytes);
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, suffix) = text.split_at(digits);
        let invalid_suffix = || error(&format!("invalid suffix in {option} argument "), "");
        let invalid = || error(&format!("invalid {option} argument "), "");
        let too_large = || error(&format!("{option} argument "), " too large");
        let named = suffix.first().is_some_and(u8::is_ascii_alphabetic) && suffix != b"B";
        if number.is_empty() && !named {
            return Err(invalid());
        }
        let unit = suffix_unit(suffix).ok_or_else(invalid_suffix)?;
        let mut count = u64::from(number.is_empty());
        for digit in number {
            count = count
                .checked_mul(10)
                .and_then(|count| count.checked_add(u64::from(digit - b'0')))
                .ok_or_else(too_large)?;
        }
        match unit.and_then(|unit| unit.checked_mul(count)) {
            None => Err(too_large()),
            Some(0) => Err(invalid()),
            Some(bytes) => Ok(SizeFormat::Units {
                bytes,
                suffix: match number.is_empty() {
                    true => printed_suffix(suffix),
                    false => String::new(),
                },
            }),
        }
    }

    pub fn show(&self, bytes: u64) -> String {
        match self {
            SizeFormat::Units { bytes: 1, suffix } if suffix.is_empty() => bytes.to_string(),
            SizeFormat::Units {
                bytes: unit,
                suffix,
            } => format!("{}{suffix}", bytes.div_ceil(*unit)),
            SizeFormat::Human { base } => human(bytes, *base),
        }
    }
}

/// The power that a suffix letter stands for.
fn suffix_power(suffix: &[u8]) -> Option<u32> {
    let letters = b"KMGTPEZY";
    let first = match suffix.first()? {
        b'k' => b'K',
        other => *other,
    };
    let at = letters.iter().position(|letter| *letter == first)?;
    u32::try_from(at + 1).ok()
}

/// The bytes of a unit: `K` and `KiB` are 1024, `KB` is 1000. The inner `None` is a unit beyond 64 bits.
fn suffix_unit(suffix: &[u8]) -> Option<Option<u64>> {
    if suffix.is_empty() {
        return Some(Some(1));
    }
    let power = suffix_power(suffix)?;
    let base: u64 = match &suffix[1..] {
        b"" | b"iB" => 1024,
        b"B" => 1000,
        _ => return None,
    };
    Some(base.checked_pow(power))
}

/// The suffix as it stands behind numbers: in capitals, but for the `k` of 1000.
fn printed_suffix(suffix: &[u8]) -> String {
    let text = String::from_utf8_lossy(suffix);
    match text.as_ref() {
        "KB" => "kB".to_owned(),
        "k" => "K".to_owned(),
        "kiB" => "KiB".to_owned(),
        _ => text.into_owned(),
    }
}

/// At most three digits, or one and a tenth, rounded up, and a suffix.
fn human(bytes: u64, base: u64) -> String {
    if bytes < base {
        return bytes.to_string();
    }
    let first = if base == 1000 { 'k' } else { 'K' };
    let (bytes, base) = (u128::from(bytes), u128::from(base));
    let mut unit = base;
    for suffix in [first, 'M', 'G', 'T', 'P', 'E'] {
        let tenths = (bytes * 10).div_ceil(unit);
        if tenths < 100 {
            return format!("{}.{}{suffix}", tenths / 10, tenths % 10);
        }
        let whole = bytes.div_ceil(unit);
        if whole < base {
            return format!("{whole}{suffix}");
        }
        unit *= base;
    }
    format!("{}Z", bytes.div_ceil(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> Result<SizeFormat, String> {
        SizeFormat::parse("--block-size", OsStr::new(value))
            .map_err(|text| String::from_utf8(text).expect("the value is UTF-8"))
    }

    #[test]
    fn human_sizes_round_up_to_what_fits() {
        let human = SizeFormat::Human { base: 1024 };
        let shown = [
            0,
            1023,
            1024,
            1025,
            10_240,
            10_241,
            1_047_553,
            1_048_575,
            u64::MAX,
        ]
        .map(|bytes| human.show(bytes));
        assert_eq!(
            shown,
            [
                "0", "1023", "1.0K", "1.1K", "10K", "11K", "1.0M", "1.0M", "16E"
            ]
        );
        assert_eq!(SizeFormat::Human { base: 1000 }.show(12_345_678), "13M");
        assert_eq!(SizeFormat::Human { base: 1000 }.show(5_000), "5.0k");
    }

    #[test]
    fn a_unit_without_a_number_is_printed() {
        assert_eq!(parsed("K").map(|unit| unit.show(5000)), Ok("5K".to_owned()));
        assert_eq!(
            parsed("kB").map(|unit| unit.show(5000)),
            Ok("5kB".to_owned())
        );
        assert_eq!(
            parsed("1KiB").map(|unit| unit.show(5000)),
            Ok("5".to_owned())
        );
    }

    #[test]
    fn what_is_no_unit_is_refused() {
        let error = |value| parsed(value).expect_err("the value is wrong");
        assert_eq!(error("zz"), "invalid suffix in --block-size argument 'zz'");
        assert_eq!(error("B"), "invalid --block-size argument 'B'");
        assert_eq!(error("1Q"), "invalid suffix in --block-size argument '1Q'");
        assert_eq!(error("0"), "invalid --block-size argument '0'");
        assert_eq!(
            error("99999999999999999999"),
            "--block-size argument '99999999999999999999' too large"
        );
    }
}
