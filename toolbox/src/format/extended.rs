//! Numbers of 80 bits as x86 has them (`long double`): 64 bits of mantissa, rounded to the nearest and to even.

use std::cmp::Ordering;

/// The exponent of the smallest numbers, which have no leading one.
const MIN_EXPONENT: i32 = -16445;
/// The exponent of the largest.
const MAX_EXPONENT: i32 = 16320;

/// A number, or what stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
    pub negative: bool,
    pub size: Size,
}

/// A number without its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// `mantissa` times two to the power of `exponent`. The highest bit of the mantissa is set unless the number is zero
    /// or has the lowest exponent there is; zero has exponent 0.
    Finite {
        mantissa: u64,
        exponent: i32,
    },
    Infinite,
    Nan,
}

/// How a number fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Well,
    /// It is too large, or so small that bits were lost.
    OutOfRange,
}

impl Extended {
    pub const ZERO: Self = Self::finite(false, 0, 0);
    pub const ONE: Self = Self::finite(false, 1 << 63, -63);

    const fn finite(negative: bool, mantissa: u64, exponent: i32) -> Self {
        Self {
            negative,
            size: Size::Finite { mantissa, exponent },
        }
    }

    pub const fn infinite(negative: bool) -> Self {
        Self {
            negative,
            size: Size::Infinite,
        }
    }

    pub const fn nan(negative: bool) -> Self {
        Self {
            negative,
            size: Size::Nan,
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self.size, Size::Finite { mantissa: 0, .. })
    }

    pub fn is_nan(&self) -> bool {
        self.size == Size::Nan
    }

    pub fn is_finite(&self) -> bool {
        matches!(self.size, Size::Finite { .. })
    }

    /// The number nearest to `bits` times two to the power of `exponent`, and a little more when `more` says so.
    pub fn rounded(negative: bool, bits: u128, exponent: i32, more: bool) -> (Self, Fit) {
        if bits == 0 {
            let fit = if more { Fit::OutOfRange } else { Fit::Well };
            return (Self::finite(negative, 0, 0), fit);
        }
        // The highest bit goes to the top of 128; the upper half is the mantissa.
        let shift = bits.leading_zeros();
        let bits = bits << shift;
        let exponent = i64::from(exponent) - i64::from(shift) + 64;
        if exponent > i64::from(MAX_EXPONENT) {
            return (Self::infinite(negative), Fit::OutOfRange);
        }
        let lost = u32::try_from(i64::from(MIN_EXPONENT) - exponent).unwrap_or(0);
        let is_tiny = lost > 0;
        let (kept, rest, half) = match lost {
            0..=63 => {
                let cut = 64 + lost;
                (bits >> cut, bits & ((1 << cut) - 1), 1 << (cut - 1))
            }
            64 => (0, bits >> 1, 1 << 126),
            _ => (0, 0, 1),
        };
        let exponent =
            i32::try_from(exponent).map_or(MIN_EXPONENT, |known| known.max(MIN_EXPONENT));
        let more = more || (lost > 63 && bits & 1 != 0) || lost > 64;
        let up = match rest.cmp(&half) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => more || kept & 1 == 1,
        };
        let is_exact = rest == 0 && !more;
        let kept = kept + u128::from(up);
        let fit = if is_tiny && !is_exact {
            Fit::OutOfRange
        } else {
            Fit::Well
        };
        match u64::try_from(kept) {
            Ok(0) => (Self::finite(negative, 0, 0), fit),
            Ok(mantissa) => (Self::finite(negative, mantissa, exponent), fit),
            // Rounding up has carried over: the mantissa is a power of two.
            Err(_) if exponent == MAX_EXPONENT => (Self::infinite(negative), Fit::OutOfRange),
            Err(_) => (Self::finite(negative, 1 << 63, exponent + 1), fit),
        }
    }

    pub fn from_u64(number: u64) -> Self {
        Self::rounded(false, number.into(), 0, false).0
    }

    pub fn from_i64(number: i64) -> Self {
        Self::rounded(number < 0, number.unsigned_abs().into(), 0, false).0
    }

    /// Every `double` is one of these numbers.
    pub fn from_f64(number: f64) -> Self {
        let bits = number.to_bits();
        let negative = number.is_sign_negative();
        let fraction = bits & ((1 << 52) - 1);
        match i32::try_from(bits >> 52 & 0x7ff).unwrap_or(0) {
            0x7ff if fraction == 0 => Self::infinite(negative),
            0x7ff => Self::nan(negative),
            0 => Self::rounded(negative, fraction.into(), -1074, false).0,
            exponent => {
                let mantissa = fraction | 1 << 52;
                Self::rounded(negative, mantissa.into(), exponent - 1075, false).0
            }
        }
    }

    pub fn negated(self) -> Self {
        Self {
            negative: !self.negative,
            ..self
        }
    }

    pub fn times(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        match (self.size, other.size) {
            (
                Size::Finite { mantissa, exponent },
                Size::Finite {
                    mantissa: factor,
                    exponent: power,
                },
            ) => {
                let product = u128::from(mantissa) * u128::from(factor);
                Self::rounded(negative, product, exponent + power, false).0
            }
            (Size::Nan, _) | (_, Size::Nan) => Self::nan(negative),
            _ if self.is_zero() || other.is_zero() => Self::nan(true),
            _ => Self::infinite(negative),
        }
    }

    pub fn divided_by(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        match (self.size, other.size) {
            (Size::Nan, _) | (_, Size::Nan) => Self::nan(negative),
            (Size::Infinite, Size::Infinite) => Self::nan(true),
            (Size::Infinite, _) => Self::infinite(negative),
            (_, Size::Infinite) => Self::finite(negative, 0, 0),
            (
                Size::Finite { mantissa, exponent },
                Size::Finite {
                    mantissa: divisor,
                    exponent: power,
                },
            ) => match (mantissa, divisor) {
                (0, 0) => Self::nan(true),
                (_, 0) => Self::infinite(negative),
                (0, _) => Self::finite(negative, 0, 0),
                _ => {
                    let shift = u128::from(mantissa).leading_zeros();
                    let dividend = u128::from(mantissa) << shift;
                    let divisor = u128::from(divisor);
                    let exponent = exponent - power - shift.cast_signed();
                    let (quotient, rest) = (dividend / divisor, dividend % divisor);
                    // The quotient may have no bit more than the mantissa, so 32 more are taken.
                    let (below, rest) = ((rest << 32) / divisor, (rest << 32) % divisor);
                    Self::rounded(negative, quotient << 32 | below, exponent - 32, rest != 0).0
                }
            },
        }
    }

    pub fn plus(self, other: Self) -> Self {
        let (
            Size::Finite { mantissa, exponent },
            Size::Finite {
                mantissa: addend,
                exponent: power,
            },
        ) = (self.size, other.size)
        else {
            return match (self.size, other.size) {
                (Size::Nan, _) => self,
                (_, Size::Nan) => other,
                (Size::Infinite, Size::Infinite) if self.negative != other.negative => {
                    Self::nan(true)
                }
                (Size::Infinite, _) => self,
                _ => other,
            };
        };
        if addend == 0 {
            let both_zero = mantissa == 0 && self.negative != other.negative;
            return if both_zero { Self::ZERO } else { self };
        }
        if mantissa == 0 {
            return other;
        }
        // The larger one is shifted up as far as it goes, but for a bit that a carry may need.
        let (large, small) = if (exponent, mantissa) >= (power, addend) {
            (
                (self.negative, mantissa, exponent),
                (other.negative, addend, power),
            )
        } else {
            (
                (other.negative, addend, power),
                (self.negative, mantissa, exponent),
            )
        };
        let (negative, large, large_exponent) = large;
        let (small_negative, small, small_exponent) = small;
        let large = u128::from(large) << 62;
        let exponent = large_exponent - 62;
        let distance = (exponent - small_exponent).unsigned_abs();
        let small = u128::from(small);
        let (small, more) = if small_exponent >= exponent {
            (small << distance, false)
        } else if distance < 128 {
            let kept = small >> distance;
            (kept, kept << distance != small)
        } else {
            (0, true)
        };
        if negative == small_negative {
            return Self::rounded(negative, large + small, exponent, more).0;
        }
        // What was cut off is taken away as well: one less, and a little more.
        let difference = large - small - u128::from(more);
        match difference {
            0 if !more => Self::ZERO,
            _ => Self::rounded(negative, difference, exponent, more).0,
        }
    }

    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.is_nan() || other.is_nan() {
            return None;
        }
        if self.is_zero() && other.is_zero() {
            return Some(Ordering::Equal);
        }
        let order = match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        };
        Some(order)
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        let rank = |size: Size| match size {
            Size::Finite { mantissa: 0, .. } => (0, 0, 0),
            Size::Finite { mantissa, exponent } => (1, exponent, mantissa),
            Size::Infinite | Size::Nan => (2, 0, 0),
        };
        rank(self.size).cmp(&rank(other.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64) -> Extended {
        Extended::from_f64(value)
    }

    #[test]
    fn a_third_has_64_bits() {
        let third = Extended::ONE.divided_by(Extended::from_u64(3));
        let expected = Size::Finite {
            mantissa: 0xaaaa_aaaa_aaaa_aaab,
            exponent: -65,
        };
        assert_eq!(third.size, expected);
    }

    #[test]
    fn sums_and_products_of_small_numbers_are_exact() {
        assert_eq!(number(1.5).plus(number(2.25)), number(3.75));
        assert_eq!(number(5.0).plus(number(-5.0)), Extended::ZERO);
        assert_eq!(number(1.0).plus(number(-0.25)), number(0.75));
        assert_eq!(number(-2.0).plus(number(0.5)), number(-1.5));
        assert_eq!(number(1.5).times(number(-2.0)), number(-3.0));
        assert_eq!(number(7.0).divided_by(number(2.0)), number(3.5));
    }

    #[test]
    fn what_is_lost_in_a_sum_still_rounds_it() {
        let one = Extended::ONE;
        let tiny = Extended::rounded(false, 1, -200, false).0;
        assert_eq!(one.plus(tiny), one);
        assert_eq!(one.plus(tiny.negated()), one);
        let half_unit = Extended::rounded(false, 1, -64, false).0;
        assert_eq!(one.plus(half_unit), one);
        let more = Extended::rounded(false, 3, -65, false).0;
        let next = Extended::rounded(false, (1 << 63) + 1, -63, false).0;
        assert_eq!(one.plus(more), next);
    }

    #[test]
    fn the_ends_of_the_range_are_noticed() {
        let (largest, fit) = Extended::rounded(false, u64::MAX.into(), MAX_EXPONENT, false);
        assert!(largest.is_finite() && fit == Fit::Well);
        let (beyond, fit) =
            Extended::rounded(false, u128::from(u64::MAX) * 2 + 1, MAX_EXPONENT - 1, false);
        assert_eq!((beyond, fit), (Extended::infinite(false), Fit::OutOfRange));
        let (smallest, fit) = Extended::rounded(false, 1, MIN_EXPONENT, false);
        assert!(!smallest.is_zero() && fit == Fit::Well);
        let (lost, fit) = Extended::rounded(false, 1, MIN_EXPONENT - 1, false);
        assert!(lost.is_zero() && fit == Fit::OutOfRange);
        let (kept, fit) = Extended::rounded(false, 3, MIN_EXPONENT - 2, false);
        assert_eq!((kept, fit), (smallest, Fit::OutOfRange));
    }
}
