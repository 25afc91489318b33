//! Natural numbers of any size, with what reading and printing of numbers needs.

use std::cmp::Ordering;

/// A number; the lowest 32 bits come first, and the last are not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Natural {
    limbs: Vec<u32>,
}

impl Natural {
    pub fn from_u128(number: u128) -> Self {
        let mut limbs = Vec::with_capacity(4);
        let mut rest = number;
        while rest != 0 {
            limbs.push(low(rest));
            rest >>= 32;
        }
        Self { limbs }
    }

    pub fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    pub fn bit_length(&self) -> u32 {
        let Some(last) = self.limbs.last() else {
            return 0;
        };
        let whole = u32::try_from(self.limbs.len()).unwrap_or(u32::MAX / 32);
        whole * 32 - last.leading_zeros()
    }

    /// Becomes itself times `factor`, and `addend` more.
    pub fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = low(carry.into());
            carry >>= 32;
        }
        if carry != 0 {
            self.limbs.push(low(carry.into()));
        }
    }

    /// Becomes itself divided by `divisor`; gives the remainder.
    pub fn divide(&mut self, divisor: u32) -> u32 {
        let divisor = u64::from(divisor);
        let mut rest = 0;
        for limb in self.limbs.iter_mut().rev() {
            let part = rest << 32 | u64::from(*limb);
            *limb = low((part / divisor).into());
            rest = part % divisor;
        }
        self.trim();
        low(rest.into())
    }

    pub fn multiply_by_power_of_ten(&mut self, power: u32) {
        for _ in 0..power / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        self.multiply_add(10_u32.pow(power % 9), 0);
    }

    pub fn shift_left(&mut self, bits: u32) {
        if self.is_zero() {
            return;
        }
        if !bits.is_multiple_of(32) {
            self.multiply_add(1 << (bits % 32), 0);
        }
        let whole = usize::try_from(bits / 32).unwrap_or(0);
        self.limbs.splice(0..0, std::iter::repeat_n(0, whole));
    }

    /// The bits from `at` up, which are taken off.
    pub fn take_above(&mut self, at: u32) -> u32 {
        let (limb, bit) = (usize::try_from(at / 32).unwrap_or(usize::MAX), at % 32);
        let part = |index: usize| u64::from(self.limbs.get(index).copied().unwrap_or(0));
        let above = low((((part(limb + 1) << 32) | part(limb)) >> bit).into());
        self.limbs.truncate(limb + 1);
        if let Some(last) = self.limbs.get_mut(limb) {
            *last &= (1_u32 << bit) - 1;
        }
        self.trim();
        above
    }

    /// The highest 128 bits, the power of two they are multiplied by, and whether there are others below.
    pub fn top(&self) -> (u128, u32, bool) {
        let cut = self.limbs.len().saturating_sub(4);
        let (below, above) = self.limbs.split_at(cut);
        let bits = above
            .iter()
            .rev()
            .fold(0, |bits, limb| bits << 32 | u128::from(*limb));
        let shift = u32::try_from(cut).unwrap_or(0) * 32;
        (bits, shift, below.iter().any(|limb| *limb != 0))
    }

    /// How often `divisor` goes into the number, which is less than two to the power of 100 times; and whether
    /// something is left.
    pub fn quotient(mut self, divisor: &Self) -> (u128, bool) {
        let mut quotient = 0;
        let distance = self.bit_length().saturating_sub(divisor.bit_length());
        let mut subtrahend = divisor.clone();
        subtrahend.shift_left(distance);
        for _ in 0..=distance {
            quotient <<= 1;
            if self.compare(&subtrahend) != Ordering::Less {
                self.subtract(&subtrahend);
                quotient |= 1;
            }
            subtrahend.halve();
        }
        (quotient, !self.is_zero())
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let length = self.limbs.len().cmp(&other.limbs.len());
        length.then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
    }

    /// Becomes itself less `other`, which is not larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        let others = other.limbs.iter().copied().chain(std::iter::repeat(0));
        for (limb, other) in self.limbs.iter_mut().zip(others) {
            let (less, one) = limb.overflowing_sub(other);
            let (less, two) = less.overflowing_sub(u32::from(borrow));
            *limb = less;
            borrow = one || two;
        }
        self.trim();
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for limb in self.limbs.iter_mut().rev() {
            let odd = *limb & 1;
            *limb = *limb >> 1 | carry << 31;
            carry = odd;
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    /// The decimal digits, as text; none for zero.
    pub fn into_digits(mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while !self.is_zero() {
            let mut group = self.divide(1_000_000_000);
            for _ in 0..9 {
                digits.push(digit(group % 10));
                group /= 10;
            }
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        digits.reverse();
        digits
    }
}

/// The digit of a number below ten.
pub fn digit(value: u32) -> u8 {
    b'0' + u8::try_from(value).unwrap_or(0)
}

/// The lowest 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the rest is what is to be left out"
)]
fn low(value: u128) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: Natural) -> String {
        String::from_utf8(number.into_digits()).expect("digits")
    }

    #[test]
    fn digits_come_out_as_they_went_in() {
        let mut number = Natural::default();
        for digit in "123456789012345678901234567890".bytes() {
            number.multiply_add(10, u32::from(digit - b'0'));
        }
        assert_eq!(text(number), "123456789012345678901234567890");
        assert_eq!(text(Natural::default()), "");
        assert_eq!(text(Natural::from_u128(1_000_000_000)), "1000000000");
    }

    #[test]
    fn powers_of_two_and_ten_divide_each_other() {
        let mut power = Natural::from_u128(1);
        power.shift_left(100);
        assert_eq!(text(power.clone()), (1_u128 << 100).to_string());
        assert_eq!(power.bit_length(), 101);
        let mut ten = Natural::from_u128(1);
        ten.multiply_by_power_of_ten(20);
        let expected = (1_u128 << 100) / 10_u128.pow(20);
        assert_eq!(power.quotient(&ten), (expected, true));
        assert_eq!(ten.clone().quotient(&ten), (1, false));
    }

    #[test]
    fn the_top_is_taken_off_or_looked_at() {
        let mut number = Natural::from_u128(0x7_0000_0005);
        assert_eq!(number.take_above(32), 7);
        assert_eq!(number, Natural::from_u128(5));
        assert_eq!(number.take_above(32), 0);
        let mut number = Natural::from_u128(1);
        number.shift_left(160);
        number.multiply_add(1, 1);
        assert_eq!(number.top(), (1 << 96, 64, true));
    }
}
