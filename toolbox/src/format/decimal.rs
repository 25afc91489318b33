//! The decimal digits of binary numbers: all that there are, or as many as are asked for, rounded to the nearest and to even.

use std::cmp::Ordering;

use super::natural::{Natural, digit};

/// Where the digits end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// So many behind the point.
    Places(usize),
    /// So many from the first that is not zero.
    Significant(usize),
}

/// Digits, as text. Zeros at the end may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub digits: Vec<u8>,
    /// How many of the digits stand before the point; below zero, so many zeros follow the point.
    pub point: i64,
}

/// The digits of `mantissa` times two to the power of `exponent`. Of zero there are none.
pub fn decimal(mantissa: u64, exponent: i32, end: End) -> Decimal {
    let mut fraction = Fraction::Zero;
    let whole = match exponent {
        0.. => {
            let mut whole = Natural::from_u128(mantissa.into());
            whole.shift_left(exponent.unsigned_abs());
            whole.into_digits()
        }
        _ => {
            let bits = exponent.unsigned_abs();
            let whole = mantissa.checked_shr(bits).unwrap_or(0);
            let rest = match bits {
                0..=63 => mantissa & ((1 << bits) - 1),
                _ => mantissa,
            };
            fraction = Fraction::new(rest, bits);
            match whole {
                0 => Vec::new(),
                _ => whole.to_string().into_bytes(),
            }
        }
    };
    let mut digits = whole;
    let mut point = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // Zeros behind the point of a number without a whole part are counted, not kept.
    let mut places = 0;
    let wanted = |digits: &[u8], places: usize| match end {
        End::Places(most) => places < most,
        End::Significant(most) => digits.len() < most,
    };
    while !fraction.is_zero() && wanted(&digits, places) {
        let next = fraction.next();
        places += 1;
        if next == 0 && digits.is_empty() {
            point -= 1;
        } else {
            digits.push(digit(next));
        }
    }
    let mut tail = fraction.compare_to_half();
    let mut some_left = !fraction.is_zero();
    if let End::Significant(most) = end
        && digits.len() > most
    {
        let cut = digits.split_off(most);
        some_left = some_left || cut.iter().skip(1).any(|digit| *digit != b'0');
        tail = match cut.first() {
            Some(b'5') if !some_left => Ordering::Equal,
            Some(b'5'..) => Ordering::Greater,
            _ => Ordering::Less,
        };
    }
    let up = match tail {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => digits.last().is_some_and(|digit| digit % 2 == 1),
    };
    if up {
        round_up(&mut digits, &mut point);
    }
    Decimal { digits, point }
}

/// Adds one to the last digit.
fn round_up(digits: &mut Vec<u8>, point: &mut i64) {
    for digit in digits.iter_mut().rev() {
        if *digit != b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    *point += 1;
}

/// What is left behind the point.
enum Fraction {
    Zero,
    /// So many parts of two to the power of `bits`, which is at most 124.
    Small {
        parts: u128,
        bits: u32,
    },
    Large {
        parts: Natural,
        bits: u32,
    },
}

impl Fraction {
    fn new(parts: u64, bits: u32) -> Self {
        match (parts, bits) {
            (0, _) => Self::Zero,
            (_, ..=124) => Self::Small {
                parts: parts.into(),
                bits,
            },
            _ => Self::Large {
                parts: Natural::from_u128(parts.into()),
                bits,
            },
        }
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Zero => true,
            Self::Small { parts, .. } => *parts == 0,
            Self::Large { parts, .. } => parts.is_zero(),
        }
    }

    /// The next digit.
    fn next(&mut self) -> u32 {
        match self {
            Self::Zero => 0,
            Self::Small { parts, bits } => {
                *parts *= 10;
                let digit = *parts >> *bits;
                *parts &= (1 << *bits) - 1;
                u32::try_from(digit).unwrap_or(0)
            }
            Self::Large { parts, bits } => {
                parts.multiply_add(10, 0);
                parts.take_above(*bits)
            }
        }
    }

    fn compare_to_half(&self) -> Ordering {
        match self {
            Self::Zero => Ordering::Less,
            Self::Small { bits: 0, .. } => Ordering::Less,
            Self::Small { parts, bits } => parts.cmp(&(1 << (bits - 1))),
            Self::Large { parts, bits } => {
                let mut twice = parts.clone();
                twice.shift_left(1);
                let mut one = Natural::from_u128(1);
                one.shift_left(*bits);
                twice.compare(&one)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mantissa: u64, exponent: i32, end: End) -> (String, i64) {
        let Decimal { digits, point } = decimal(mantissa, exponent, end);
        (String::from_utf8(digits).expect("digits"), point)
    }

    #[test]
    fn places_are_counted_from_the_point() {
        assert_eq!(shown(5, -1, End::Places(0)), ("2".into(), 1));
        assert_eq!(shown(7, -1, End::Places(0)), ("4".into(), 1));
        assert_eq!(shown(1, -1, End::Places(0)), (String::new(), 0));
        assert_eq!(shown(3, -2, End::Places(0)), ("1".into(), 1));
        assert_eq!(shown(1, -10, End::Places(4)), ("10".into(), -2));
        assert_eq!(shown(1, -10, End::Places(20)), ("9765625".into(), -3));
        assert_eq!(shown(10, 0, End::Places(20)), ("10".into(), 2));
    }

    #[test]
    fn significant_digits_are_counted_from_the_first() {
        assert_eq!(shown(12345, 0, End::Significant(3)), ("123".into(), 5));
        assert_eq!(shown(12350, 0, End::Significant(3)), ("124".into(), 5));
        assert_eq!(shown(1250, 0, End::Significant(2)), ("12".into(), 4));
        assert_eq!(shown(1251, 0, End::Significant(2)), ("13".into(), 4));
        assert_eq!(shown(999, 0, End::Significant(2)), ("100".into(), 4));
        assert_eq!(shown(1, -200, End::Significant(5)), ("62230".into(), -60));
        assert_eq!(shown(1, 70, End::Significant(4)), ("1181".into(), 22));
    }
}
