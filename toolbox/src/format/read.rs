//! Numbers as C's `strtold`, `strtoimax` and `strtoumax` read them from the start of a text.

use super::extended::{Extended, Fit};
use super::natural::Natural;

/// More digits than these only say whether something follows: no two numbers and no middle between two differ behind them.
const MOST_DIGITS: usize = 12_000;
/// Exponents beyond this are all the same.
const FAR: i64 = 1 << 40;

/// What stands at the start of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub value: T,
    /// How many bytes are the number's, with the spaces before it; 0 when there is no number.
    pub length: usize,
    pub fit: Fit,
}

impl<T> Found<T> {
    fn nothing(value: T) -> Self {
        Self {
            value,
            length: 0,
            fit: Fit::Well,
        }
    }
}

/// The blanks and the sign before a number: what they take, and whether the sign is a minus.
fn start(text: &[u8]) -> (usize, bool) {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let spaces = text.iter().take_while(|byte| is_space(byte)).count();
    match text.get(spaces) {
        Some(b'-') => (spaces + 1, true),
        Some(b'+') => (spaces + 1, false),
        _ => (spaces, false),
    }
}

/// The size of a whole number, its sign, and what it takes; the base is told by `0x` or `0`.
fn whole(text: &[u8], base: Option<u32>) -> (Option<u64>, bool, usize) {
    let (at, negative) = start(text);
    let rest = text.get(at..).unwrap_or_default();
    let is_hex = matches!(rest, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    let (base, skipped) = match (base, rest) {
        (None | Some(16), _) if is_hex => (16, 2),
        (None, [b'0', ..]) => (8, 0),
        (base, _) => (base.unwrap_or(10), 0),
    };
    let mut value = Some(0_u64);
    let mut length = 0;
    for byte in rest.iter().skip(skipped) {
        let Some(digit) = char::from(*byte).to_digit(base) else {
            break;
        };
        value = value
            .and_then(|value| value.checked_mul(base.into()))
            .and_then(|value| value.checked_add(digit.into()));
        length += 1;
    }
    match length {
        0 => (Some(0), false, 0),
        _ => (value, negative, at + skipped + length),
    }
}

/// A whole number in decimal, octal or hexadecimal.
pub fn signed(text: &[u8]) -> Found<i64> {
    let (size, negative, length) = whole(text, None);
    let limit = if negative { i64::MIN } else { i64::MAX };
    let value = size.and_then(|size| match negative {
        true => 0_i64.checked_sub_unsigned(size),
        false => 0_i64.checked_add_unsigned(size),
    });
    Found {
        value: value.unwrap_or(limit),
        length,
        fit: fit(value.is_some()),
    }
}

/// The same without a sign; a minus counts down from zero, as in C.
pub fn unsigned(text: &[u8]) -> Found<u64> {
    let (size, negative, length) = whole(text, None);
    let value = size.map(|size| match negative {
        true => size.wrapping_neg(),
        false => size,
    });
    Found {
        value: value.unwrap_or(u64::MAX),
        length,
        fit: fit(value.is_some()),
    }
}

fn fit(fits: bool) -> Fit {
    match fits {
        true => Fit::Well,
        false => Fit::OutOfRange,
    }
}

/// A number with a point or an exponent, in decimal or hexadecimal, or `inf` or `nan`.
pub fn extended(text: &[u8]) -> Found<Extended> {
    let (at, negative) = start(text);
    let rest = text.get(at..).unwrap_or_default();
    let found = match rest {
        [b'0', b'x' | b'X', after @ ..] => match hexadecimal(after, negative) {
            Some(found) => Some(Found {
                length: found.length + 2,
                ..found
            }),
            None => decimal(rest, negative),
        },
        [b'0'..=b'9' | b'.', ..] => decimal(rest, negative),
        _ => word(rest, negative),
    };
    match found {
        Some(found) => Found {
            length: at + found.length,
            ..found
        },
        None => Found::nothing(Extended::ZERO),
    }
}

fn word(text: &[u8], negative: bool) -> Option<Found<Extended>> {
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    let (value, length) = if begins("infinity") {
        (Extended::infinite(negative), 8)
    } else if begins("inf") {
        (Extended::infinite(negative), 3)
    } else if begins("nan") {
        (Extended::nan(negative), 3 + payload(text.get(3..)?))
    } else {
        return None;
    };
    Some(Found {
        value,
        length,
        fit: Fit::Well,
    })
}

/// The length of `(letters and digits)`.
fn payload(text: &[u8]) -> usize {
    let Some(inner) = text.strip_prefix(b"(") else {
        return 0;
    };
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let letters = inner.iter().take_while(|byte| is_letter(byte)).count();
    match inner.get(letters) {
        Some(b')') => letters + 2,
        _ => 0,
    }
}

/// Digits around a point: their bytes without the point, how many stand before it, and what all take.
fn around_point(text: &[u8], is_digit: fn(&u8) -> bool) -> Option<(Vec<u8>, usize, usize)> {
    let before = text.iter().take_while(|byte| is_digit(byte)).count();
    let (whole, rest) = text.split_at(before);
    let mut digits = whole.to_vec();
    let mut length = before;
    if let Some((b'.', rest)) = rest.split_first() {
        let behind = rest.iter().take_while(|byte| is_digit(byte)).count();
        digits.extend_from_slice(rest.get(..behind)?);
        length += behind + 1;
    }
    (!digits.is_empty()).then_some((digits, before, length))
}

/// An exponent behind its letter, and what it takes with the letter; nothing when there are no digits.
fn exponent(text: &[u8], letter: u8) -> (i64, usize) {
    let [first, rest @ ..] = text else {
        return (0, 0);
    };
    if first.to_ascii_lowercase() != letter {
        return (0, 0);
    }
    let (negative, sign) = match rest.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let digits = rest
        .iter()
        .skip(sign)
        .take_while(|byte| byte.is_ascii_digit());
    let (value, count) = digits.fold((0_i64, 0), |(value, count), digit| {
        ((value * 10 + i64::from(digit - b'0')).min(FAR), count + 1)
    });
    match count {
        0 => (0, 0),
        _ => (if negative { -value } else { value }, 1 + sign + count),
    }
}

fn hexadecimal(text: &[u8], negative: bool) -> Option<Found<Extended>> {
    let (digits, before, length) = around_point(text, u8::is_ascii_hexdigit)?;
    let (power, taken) = exponent(text.get(length..)?, b'p');
    let (mut bits, mut dropped, mut more) = (0_u128, 0_i64, false);
    for digit in &digits {
        let digit = char::from(*digit).to_digit(16).unwrap_or(0);
        if bits.leading_zeros() >= 4 {
            bits = bits << 4 | u128::from(digit);
        } else {
            dropped += 4;
            more |= digit != 0;
        }
    }
    let behind = i64::try_from(digits.len() - before).unwrap_or(FAR);
    let power = (power - 4 * behind + dropped).clamp(-100_000, 100_000);
    let (value, fit) = Extended::rounded(negative, bits, i32::try_from(power).unwrap_or(0), more);
    Some(Found {
        value,
        length: length + taken,
        fit,
    })
}

fn decimal(text: &[u8], negative: bool) -> Option<Found<Extended>> {
    let (digits, before, length) = around_point(text, u8::is_ascii_digit)?;
    let (power, taken) = exponent(text.get(length..)?, b'e');
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let significant = digits.get(zeros..).unwrap_or_default();
    let trailing = significant
        .iter()
        .rev()
        .take_while(|digit| **digit == b'0')
        .count();
    let significant = significant
        .get(..significant.len() - trailing)
        .unwrap_or_default();
    let count = |number: usize| i64::try_from(number).unwrap_or(FAR);
    // The number is 0.DIGITS times ten to the power of `scale`.
    let scale = power + count(before) - count(zeros);
    let (value, fit) = from_digits(negative, significant, scale);
    Some(Found {
        value,
        length: length + taken,
        fit,
    })
}

/// The number `0.DIGITS` times ten to the power of `scale`. The first digit is not zero.
fn from_digits(negative: bool, digits: &[u8], scale: i64) -> (Extended, Fit) {
    if digits.is_empty() {
        return Extended::rounded(negative, 0, 0, false);
    }
    match scale {
        5000.. => return (Extended::infinite(negative), Fit::OutOfRange),
        ..=-5000 => return Extended::rounded(negative, 0, 0, true),
        _ => {}
    }
    let kept = digits.get(..MOST_DIGITS).unwrap_or(digits);
    let more = kept.len() < digits.len();
    let power = i32::try_from(scale).unwrap_or(0) - i32::try_from(kept.len()).unwrap_or(0);
    if kept.len() <= 19 && (-27..=27).contains(&power) {
        return from_small(negative, value_of(kept), power);
    }
    let mut number = Natural::default();
    for group in kept.chunks(9) {
        let factor = 10_u32.pow(u32::try_from(group.len()).unwrap_or(0));
        number.multiply_add(factor, u32::try_from(value_of(group)).unwrap_or(0));
    }
    if power >= 0 {
        number.multiply_by_power_of_ten(power.unsigned_abs());
        let (bits, shift, below) = number.top();
        return Extended::rounded(negative, bits, shift.cast_signed(), below || more);
    }
    let mut divisor = Natural::from_u128(1);
    divisor.multiply_by_power_of_ten(power.unsigned_abs());
    // The quotient is to have more bits than the mantissa, and not many more.
    let wanted = divisor.bit_length() + 70;
    let shift = wanted.saturating_sub(number.bit_length());
    number.shift_left(shift);
    let excess = number.bit_length().saturating_sub(wanted);
    divisor.shift_left(excess);
    let (bits, rest) = number.quotient(&divisor);
    let exponent = excess.cast_signed() - shift.cast_signed();
    Extended::rounded(negative, bits, exponent, rest || more)
}

/// The value of at most 19 digits.
fn value_of(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

/// A number times a small power of ten, which is exact in 128 bits.
fn from_small(negative: bool, number: u64, power: i32) -> (Extended, Fit) {
    // Ten is five and a power of two.
    let fives = 5_u128.pow(power.unsigned_abs());
    if power >= 0 {
        return Extended::rounded(negative, u128::from(number) * fives, power, false);
    }
    let shift = u128::from(number).leading_zeros();
    let dividend = u128::from(number) << shift;
    let exponent = power - shift.cast_signed();
    Extended::rounded(negative, dividend / fives, exponent, dividend % fives != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(text: &str) -> (f64, usize) {
        let found = extended(text.as_bytes());
        let value: f64 = text
            .get(..found.length)
            .unwrap_or("")
            .trim()
            .parse()
            .unwrap_or(0.0);
        (value, found.length)
    }

    #[test]
    fn whole_numbers_have_three_bases() {
        assert_eq!(signed(b"  -0x1Fz").value, -31);
        assert_eq!(signed(b"  -0x1Fz").length, 7);
        assert_eq!(signed(b"010").value, 8);
        assert_eq!((signed(b"09").value, signed(b"09").length), (0, 1));
        assert_eq!((signed(b"0x").value, signed(b"0x").length), (0, 1));
        assert_eq!(signed(b"-").length, 0);
        assert_eq!(signed(b"9223372036854775808").value, i64::MAX);
        assert_eq!(signed(b"9223372036854775808").fit, Fit::OutOfRange);
        assert_eq!(signed(b"-9223372036854775808").value, i64::MIN);
        assert_eq!(signed(b"-9223372036854775808").fit, Fit::Well);
        assert_eq!(unsigned(b"-1").value, u64::MAX);
        assert_eq!(unsigned(b"18446744073709551616").fit, Fit::OutOfRange);
    }

    #[test]
    fn the_number_ends_where_it_cannot_go_on() {
        assert_eq!(close("1e+").1, 1);
        assert_eq!(close("1.5e3x").1, 5);
        assert_eq!(close(".").1, 0);
        assert_eq!(close("5.").1, 2);
        assert_eq!(close("0x").1, 1);
        assert_eq!(extended(b"0x.8p1").value, Extended::ONE);
        assert_eq!(extended(b"infinityx").length, 8);
        assert_eq!(extended(b"nan(a_1)").length, 8);
        assert_eq!(extended(b"nan(-)").length, 3);
    }

    #[test]
    fn numbers_that_are_doubles_are_read_exactly() {
        for text in [
            "1",
            "0.5",
            "1024",
            "3.25e10",
            "1e22",
            "1e-3",
            "123456789.125",
        ] {
            let value: f64 = text.parse().expect("a number");
            let found = extended(text.as_bytes()).value;
            if text != "1e-3" {
                assert_eq!(found, Extended::from_f64(value), "{text}");
            }
        }
    }

    #[test]
    fn the_long_way_gives_what_the_short_way_gives() {
        for (digits, scale) in [("1", -3), ("123456789", 9), ("999", 20), ("7", -20)] {
            let long = [digits.as_bytes(), &[b'0'; 30]].concat();
            assert_eq!(
                from_digits(false, digits.as_bytes(), scale),
                from_digits(false, &long, scale),
                "{digits}"
            );
        }
    }

    #[test]
    fn the_ends_of_the_range_are_noticed() {
        assert_eq!(extended(b"1e5000").value, Extended::infinite(false));
        assert_eq!(extended(b"1e5000").fit, Fit::OutOfRange);
        assert_eq!(extended(b"1e-5000").fit, Fit::OutOfRange);
        assert_eq!(extended(b"1e4932").fit, Fit::Well);
        assert_eq!(extended(b"1e-4950").fit, Fit::OutOfRange);
        assert_eq!(extended(b"0x1p-16445").fit, Fit::Well);
        assert!(extended(b"0e99999999999999999999").value.is_zero());
    }
}
