//! How two keys compare: as bytes, numbers, months, versions or by chance.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

use super::key::{self, is_blank};
use crate::sys::version;

/// Compares the parts of two lines that a key names.
pub fn compare(a: &[u8], b: &[u8], how: &key::Ordering, chance: &RandomState) -> Ordering {
    let order = if how.numeric {
        numeric(a, b)
    } else if how.general {
        General::read(a).compare(&General::read(b))
    } else if how.human && how.fold {
        // Folded first, as GNU does: the e of 1e3 becomes a unit.
        let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
        human(&a, &b)
    } else if how.human {
        human(a, b)
    } else if how.month {
        month(a).cmp(&month(b))
    } else {
        text(a, b, how, chance)
    };
    if how.reverse { order.reverse() } else { order }
}

fn text(a: &[u8], b: &[u8], how: &key::Ordering, chance: &RandomState) -> Ordering {
    if !(how.dictionary || how.printing || how.fold || how.random || how.version) {
        return a.cmp(b);
    }
    let seen = |text: &[u8]| -> Vec<u8> {
        let counts = |byte: &&u8| {
            (!how.dictionary || is_blank(**byte) || byte.is_ascii_alphanumeric())
                && (!how.printing || matches!(**byte, b' '..=b'~'))
        };
        let kept = text.iter().filter(counts);
        kept.map(|byte| {
            if how.fold {
                byte.to_ascii_uppercase()
            } else {
                *byte
            }
        })
        .collect()
    };
    let (a, b) = (seen(a), seen(b));
    if how.random {
        return chance
            .hash_one(&a)
            .cmp(&chance.hash_one(&b))
            .then_with(|| a.cmp(&b));
    }
    if how.version {
        version::compare(&a, &b)
    } else {
        a.cmp(&b)
    }
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
    text.get(blanks..).unwrap_or_default()
}

/// A decimal number as it is written: no digits are lost. An empty one is zero.
struct Decimal<'t> {
    negative: bool,
    whole: &'t [u8],
    fraction: &'t [u8],
    /// What follows the number.
    rest: &'t [u8],
}

impl<'t> Decimal<'t> {
    fn read(text: &'t [u8]) -> Decimal<'t> {
        let text = skip_blanks(text);
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, mut rest) = digits(text);
        let zeros = whole.iter().take_while(|digit| **digit == b'0').count();
        let mut fraction: &[u8] = &[];
        if let Some(after) = rest.strip_prefix(b".") {
            (fraction, rest) = digits(after);
            let used = fraction
                .iter()
                .rposition(|digit| *digit != b'0')
                .map_or(0, |last| last + 1);
            fraction = fraction.get(..used).unwrap_or_default();
        }
        let whole = whole.get(zeros..).unwrap_or_default();
        Decimal {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
            rest,
        }
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn numeric(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (Decimal::read(a), Decimal::read(b));
    match (a.negative, b.negative) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (negative, _) => {
            let lengths = a.whole.len().cmp(&b.whole.len());
            let order = lengths
                .then_with(|| a.whole.cmp(b.whole))
                .then_with(|| a.fraction.cmp(b.fraction));
            if negative { order.reverse() } else { order }
        }
    }
}

fn human(a: &[u8], b: &[u8]) -> Ordering {
    unit(a).cmp(&unit(b)).then_with(|| numeric(a, b))
}

/// The size of the unit behind a number, with the number's sign: `2K` is one, `-3M` is minus two.
fn unit(text: &[u8]) -> i32 {
    let number = Decimal::read(text);
    if number.is_zero() {
        return 0;
    }
    let unit = match number.rest.first() {
        Some(b'K' | b'k') => 1,
        Some(b'M') => 2,
        Some(b'G') => 3,
        Some(b'T') => 4,
        Some(b'P') => 5,
        Some(b'E') => 6,
        Some(b'Z') => 7,
        Some(b'Y') => 8,
        _ => 0,
    };
    if number.negative { -unit } else { unit }
}

/// A number as `strtod` reads it.
enum General {
    None,
    NotANumber,
    Number(f64),
}

impl General {
    fn read(text: &[u8]) -> General {
        let start = text
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace() || **byte == b'\x0b')
            .count();
        let text = text.get(start..).unwrap_or_default();
        let (sign, unsigned) = match text.split_first() {
            Some((b'-', rest)) => (-1.0, rest),
            Some((b'+', rest)) => (1.0, rest),
            _ => (1.0, text),
        };
        let begins = |word: &[u8]| {
            unsigned
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if begins(b"inf") {
            return General::Number(sign * f64::INFINITY);
        }
        if begins(b"nan") {
            return General::NotANumber;
        }
        if let Some(number) = begins(b"0x")
            .then(|| hexadecimal(unsigned.get(2..).unwrap_or_default()))
            .flatten()
        {
            return General::Number(sign * number);
        }
        let (whole, rest) = digits(unsigned);
        let mut length = whole.len();
        let mut fraction = 0;
        if let Some(after) = rest.strip_prefix(b".") {
            fraction = digits(after).0.len();
            length += 1 + fraction;
        }
        if whole.len() + fraction == 0 {
            return General::None;
        }
        let exponent = unsigned.get(length..).unwrap_or_default();
        if let Some((b'e' | b'E', after)) = exponent.split_first() {
            let signs = usize::from(matches!(after.first(), Some(b'+' | b'-')));
            let count = digits(after.get(signs..).unwrap_or_default()).0.len();
            if count > 0 {
                length += 1 + signs + count;
            }
        }
        let number = unsigned
            .get(..length)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<f64>().ok());
        number.map_or(General::None, |number| General::Number(sign * number))
    }

    /// No number comes first, then what is not a number, then numbers.
    fn compare(&self, other: &General) -> Ordering {
        match (self, other) {
            (General::Number(a), General::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            General::None => 0,
            General::NotANumber => 1,
            General::Number(_) => 2,
        }
    }
}

/// The value of hexadecimal digits, with a point and a binary exponent where they have them.
fn hexadecimal(text: &[u8]) -> Option<f64> {
    let (mut value, mut scale, mut seen, mut point) = (0.0, 0, false, false);
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        match (*byte as char).to_digit(16) {
            Some(digit) => {
                value = value * 16.0 + f64::from(digit);
                scale -= if point { 4 } else { 0 };
                seen = true;
            }
            None if *byte == b'.' && !point => point = true,
            None => break,
        }
        rest = after;
    }
    if let Some((b'p' | b'P', after)) = rest.split_first() {
        let signs = usize::from(matches!(after.first(), Some(b'+' | b'-')));
        let count = digits(after.get(signs..).unwrap_or_default()).0.len();
        let exponent = after
            .get(..signs + count)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<i32>().ok());
        scale += exponent.unwrap_or(0);
    }
    seen.then(|| value * f64::from(scale).exp2())
}

/// One to twelve; zero is no month.
fn month(text: &[u8]) -> usize {
    const NAMES: [&[u8]; 12] = [
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV",
        b"DEC",
    ];
    let text = skip_blanks(text);
    let known = |name: &&[u8]| {
        text.get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    NAMES.iter().position(known).map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(a: &str, b: &str, letters: &str) -> Ordering {
        let mut how = key::Ordering::default();
        assert!(
            letters
                .bytes()
                .all(|letter| how.add(letter, key::Place::Both))
        );
        compare(a.as_bytes(), b.as_bytes(), &how, &RandomState::new())
    }

    fn ascending(lines: &[&str], letters: &str) {
        for pair in lines.windows(2) {
            assert_eq!(
                compared(pair[0], pair[1], letters),
                Ordering::Less,
                "{pair:?} by -{letters}"
            );
            assert_eq!(
                compared(pair[1], pair[0], letters),
                Ordering::Greater,
                "{pair:?} by -{letters}"
            );
        }
    }

    #[test]
    fn numbers_of_any_length_are_compared_digit_by_digit() {
        ascending(
            &[
                "-10",
                "-9.5",
                "-9.4",
                "0",
                ".05",
                "0.1",
                "1",
                "9",
                "10",
                "123456789012345678901",
                "123456789012345678902",
            ],
            "n",
        );
        for zero in ["", "-0", "x", "-", "0.0", "+5"] {
            assert_eq!(compared(zero, "0", "n"), Ordering::Equal, "{zero}");
        }
        assert_eq!(compared("007", " 7.0", "n"), Ordering::Equal);
    }

    #[test]
    fn a_unit_outweighs_the_number_before_it() {
        ascending(
            &[
                "-1M", "-2K", "-5", "0", "10", "1000", "2K", "10k", "1M", "1G", "1T",
            ],
            "h",
        );
        assert_eq!(compared("0K", "0M", "h"), Ordering::Equal);
    }

    #[test]
    fn general_numbers_have_exponents_and_come_after_words() {
        ascending(
            &[
                "word", "nan", "-inf", "-1e3", "0", "1e-3", "+0.5", "0x10", "1e2", "inf",
            ],
            "g",
        );
        assert_eq!(compared("1e", "1", "g"), Ordering::Equal);
        assert_eq!(compared("0x1.8p1", "3", "g"), Ordering::Equal);
    }

    #[test]
    fn months_come_in_the_order_of_the_year_and_other_words_before() {
        ascending(&["foo", "jan", " FEBRUARY", "Mar", "dec"], "M");
    }

    #[test]
    fn letters_and_bytes_can_be_left_out_or_folded() {
        assert_eq!(compared("a-b", "ab", "d"), Ordering::Equal);
        assert_eq!(compared("a\x01b", "ab", "i"), Ordering::Equal);
        assert_eq!(compared("ABC", "abc", "f"), Ordering::Equal);
        assert_eq!(compared("b", "a", "r"), Ordering::Less);
        ascending(&["v1.2", "v1.9", "v1.10"], "V");
        assert_eq!(compared("same", "same", "R"), Ordering::Equal);
    }
}
