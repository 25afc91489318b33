//! A conversion of a format: its flags, width, precision and letter, and how what it stands for is laid out.

use std::io;

use super::decimal::{Decimal, End, decimal};
use super::extended::{Extended, Size};

/// Between `%` and the letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// a space
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zeros: bool,
    pub width: usize,
    pub precision: Option<usize>,
}

/// A converted number in its parts: zeros are counted, as there may be many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    /// The sign, and `0x`.
    prefix: Vec<u8>,
    leading_zeros: usize,
    digits: Vec<u8>,
    trailing_zeros: usize,
    /// The exponent.
    suffix: Vec<u8>,
    /// Whether `0` fills the width.
    is_number: bool,
}

/// Where the bytes go.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

const BLOCK: usize = 64;

fn repeat(byte: u8, mut count: usize, sink: Sink) -> io::Result<()> {
    let block = [byte; BLOCK];
    while count > 0 {
        let now = count.min(BLOCK);
        sink(block.get(..now).unwrap_or_default())?;
        count -= now;
    }
    Ok(())
}

impl Spec {
    /// `%s`: the precision is the most bytes there are.
    pub fn text(&self, text: &[u8], sink: Sink) -> io::Result<()> {
        let text = self
            .precision
            .and_then(|most| text.get(..most))
            .unwrap_or(text);
        self.padded(text, sink)
    }

    /// A text within the width.
    pub fn padded(&self, text: &[u8], sink: Sink) -> io::Result<()> {
        let missing = self.width.saturating_sub(text.len());
        if !self.left {
            repeat(b' ', missing, sink)?;
        }
        sink(text)?;
        if self.left {
            repeat(b' ', missing, sink)?;
        }
        Ok(())
    }

    /// `%d` and `%i`.
    pub fn signed(&self, value: i64, sink: Sink) -> io::Result<()> {
        let digits = value.unsigned_abs().to_string().into_bytes();
        let prefix = self.sign(value < 0).to_vec();
        self.whole(prefix, digits, value == 0, sink)
    }

    /// `%u`, `%o`, `%x` and `%X`.
    pub fn unsigned(&self, value: u64, letter: u8, sink: Sink) -> io::Result<()> {
        let mut digits = match letter {
            b'o' => format!("{value:o}"),
            b'x' => format!("{value:x}"),
            b'X' => format!("{value:X}"),
            _ => value.to_string(),
        }
        .into_bytes();
        let mut prefix = Vec::new();
        if self.alternate {
            match letter {
                b'x' if value != 0 => prefix.extend_from_slice(b"0x"),
                b'X' if value != 0 => prefix.extend_from_slice(b"0X"),
                // The zero in front counts as one of the digits of the precision.
                b'o' if value != 0 => digits.insert(0, b'0'),
                b'o' if self.precision == Some(0) => return self.padded(b"0", sink),
                _ => {}
            }
        }
        self.whole(prefix, digits, value == 0, sink)
    }

    fn whole(&self, prefix: Vec<u8>, digits: Vec<u8>, is_zero: bool, sink: Sink) -> io::Result<()> {
        let digits = match self.precision {
            Some(0) if is_zero => Vec::new(),
            _ => digits,
        };
        let parts = Parts {
            prefix,
            leading_zeros: self.precision.unwrap_or(0).saturating_sub(digits.len()),
            digits,
            is_number: self.precision.is_none(),
            ..Parts::default()
        };
        self.lay_out(&parts, sink)
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, ..) => b"-",
            (false, true, _) => b"+",
            (false, false, true) => b" ",
            (false, false, false) => b"",
        }
    }

    fn lay_out(&self, parts: &Parts, sink: Sink) -> io::Result<()> {
        let length = parts.prefix.len()
            + parts.leading_zeros
            + parts.digits.len()
            + parts.trailing_zeros
            + parts.suffix.len();
        let missing = self.width.saturating_sub(length);
        let fill_zeros = self.zeros && !self.left && parts.is_number;
        if !self.left && !fill_zeros {
            repeat(b' ', missing, sink)?;
        }
        sink(&parts.prefix)?;
        let zeros = if fill_zeros { missing } else { 0 };
        repeat(b'0', parts.leading_zeros + zeros, sink)?;
        sink(&parts.digits)?;
        repeat(b'0', parts.trailing_zeros, sink)?;
        sink(&parts.suffix)?;
        if self.left {
            repeat(b' ', missing, sink)?;
        }
        Ok(())
    }

    /// `%f`, `%e`, `%g`, `%a` and the same in capitals, of a `long double`.
    pub fn float(&self, value: Extended, letter: u8, sink: Sink) -> io::Result<()> {
        let upper = letter.is_ascii_uppercase();
        let mut parts = Parts {
            is_number: true,
            ..Parts::default()
        };
        match value.size {
            Size::Infinite | Size::Nan => {
                parts.is_number = false;
                parts.digits = match value.size {
                    Size::Nan => b"nan".to_vec(),
                    _ => b"inf".to_vec(),
                };
            }
            Size::Finite { mantissa, exponent } => match letter.to_ascii_lowercase() {
                b'f' => self.fixed(mantissa, exponent, &mut parts),
                b'e' => {
                    let precision = self.precision.unwrap_or(6);
                    self.scientific(mantissa, exponent, precision, false, &mut parts);
                }
                b'g' => self.general(mantissa, exponent, &mut parts),
                _ => self.hexadecimal(mantissa, exponent, &mut parts),
            },
        }
        parts
            .prefix
            .splice(0..0, self.sign(value.negative).iter().copied());
        if upper {
            for part in [&mut parts.prefix, &mut parts.digits, &mut parts.suffix] {
                part.make_ascii_uppercase();
            }
        }
        self.lay_out(&parts, sink)
    }

    fn fixed(&self, mantissa: u64, exponent: i32, parts: &mut Parts) {
        let precision = self.precision.unwrap_or(6);
        let number = decimal(mantissa, exponent, End::Places(precision));
        self.put_fixed(&number, precision, false, parts);
    }

    /// Digits around a point; `short` leaves out zeros at the end, and the point with them.
    fn put_fixed(&self, number: &Decimal, precision: usize, short: bool, parts: &mut Parts) {
        let whole = usize::try_from(number.point).unwrap_or(0);
        let (before, behind) = match number.digits.split_at_checked(whole) {
            Some((before, behind)) => (before, behind),
            None => (number.digits.as_slice(), &[][..]),
        };
        parts.digits.extend_from_slice(before);
        // A whole number may be given without its last zeros.
        let zeros = whole.saturating_sub(before.len());
        parts.digits.extend(std::iter::repeat_n(b'0', zeros));
        if whole == 0 {
            parts.digits.push(b'0');
        }
        let mut places = Vec::new();
        if !behind.is_empty() {
            let zeros = usize::try_from(-number.point).unwrap_or(0);
            places.extend(std::iter::repeat_n(b'0', zeros.min(precision)));
            places.extend_from_slice(behind);
        }
        places.truncate(precision);
        self.put_places(places, precision, short, parts);
    }

    /// The point and what is behind it.
    fn put_places(&self, mut places: Vec<u8>, precision: usize, short: bool, parts: &mut Parts) {
        if short {
            let zeros = places
                .iter()
                .rev()
                .take_while(|digit| **digit == b'0')
                .count();
            places.truncate(places.len() - zeros);
        } else {
            parts.trailing_zeros = precision - places.len();
        }
        if !places.is_empty() || parts.trailing_zeros > 0 || self.alternate {
            parts.digits.push(b'.');
        }
        parts.digits.extend(places);
    }

    fn scientific(
        &self,
        mantissa: u64,
        exponent: i32,
        precision: usize,
        short: bool,
        parts: &mut Parts,
    ) {
        let end = End::Significant(precision.saturating_add(1));
        let number = decimal(mantissa, exponent, end);
        self.put_scientific(&number, precision, short, parts);
    }

    fn put_scientific(&self, number: &Decimal, precision: usize, short: bool, parts: &mut Parts) {
        let (first, behind) = match number.digits.split_first() {
            Some((first, behind)) => (*first, behind),
            None => (b'0', &[][..]),
        };
        parts.digits.push(first);
        let mut places = behind.to_vec();
        places.truncate(precision);
        self.put_places(places, precision, short, parts);
        let power = power_of(number);
        let sign = if power < 0 { '-' } else { '+' };
        parts.suffix = format!("e{sign}{:02}", power.unsigned_abs()).into_bytes();
    }

    fn general(&self, mantissa: u64, exponent: i32, parts: &mut Parts) {
        let significant = self.precision.unwrap_or(6).max(1);
        let number = decimal(mantissa, exponent, End::Significant(significant));
        let power = power_of(&number);
        let short = !self.alternate;
        let most = i64::try_from(significant).unwrap_or(i64::MAX);
        if power < -4 || power >= most {
            self.put_scientific(&number, significant - 1, short, parts);
        } else {
            let places = usize::try_from(most - 1 - power).unwrap_or(0);
            self.put_fixed(&number, places, short, parts);
        }
    }

    /// Four bits stand before the point, as glibc shows a `long double`.
    fn hexadecimal(&self, mantissa: u64, exponent: i32, parts: &mut Parts) {
        parts.prefix = b"0x".to_vec();
        let (mut mantissa, mut power) = (u128::from(mantissa), exponent + 60);
        if mantissa == 0 {
            power = 0;
        }
        let mut places = 15;
        if let Some(precision) = self.precision.filter(|precision| *precision < 15) {
            places = precision;
            let cut = u32::try_from(4 * (15 - precision)).unwrap_or(0);
            let (kept, rest, half) = (mantissa >> cut, mantissa & ((1 << cut) - 1), 1 << (cut - 1));
            let up = rest > half || (rest == half && kept & 1 == 1);
            mantissa = kept + u128::from(up);
            // A carry out of the four bits makes the number a one, 16 times as large.
            if mantissa >> (4 * precision + 4) != 0 {
                mantissa >>= 4;
                power += 4;
            }
        }
        let digits = format!("{mantissa:0width$x}", width = places + 1).into_bytes();
        let (first, behind) = digits.split_at(1);
        parts.digits.extend_from_slice(first);
        let precision = self.precision.unwrap_or(0);
        self.put_places(
            behind.to_vec(),
            precision.max(places),
            self.precision.is_none(),
            parts,
        );
        let sign = if power < 0 { '-' } else { '+' };
        parts.suffix = format!("p{sign}{}", power.unsigned_abs()).into_bytes();
    }
}

/// The power of ten of the first digit.
fn power_of(number: &Decimal) -> i64 {
    match number.digits.is_empty() {
        true => 0,
        false => number.point - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::read;

    fn spec(width: usize, precision: impl Into<Option<usize>>) -> Spec {
        Spec {
            width,
            precision: precision.into(),
            ..Spec::default()
        }
    }

    fn shown(write: impl FnOnce(Sink) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        let mut sink = |more: &[u8]| {
            bytes.extend_from_slice(more);
            Ok(())
        };
        write(&mut sink).expect("writing to memory");
        String::from_utf8(bytes).expect("text")
    }

    fn float(spec: Spec, text: &str, letter: u8) -> String {
        let value = read::extended(text.as_bytes()).value;
        shown(|sink| spec.float(value, letter, sink))
    }

    #[test]
    fn whole_numbers_fill_width_and_precision() {
        assert_eq!(shown(|sink| spec(5, None).signed(-7, sink)), "   -7");
        assert_eq!(shown(|sink| spec(6, 3).signed(-7, sink)), "  -007");
        let zeros = Spec {
            zeros: true,
            ..spec(6, None)
        };
        assert_eq!(shown(|sink| zeros.signed(-7, sink)), "-00007");
        let alternate = Spec {
            alternate: true,
            ..spec(0, 5)
        };
        assert_eq!(shown(|sink| alternate.unsigned(255, b'x', sink)), "0x000ff");
        assert_eq!(shown(|sink| alternate.unsigned(8, b'o', sink)), "00010");
        assert_eq!(shown(|sink| spec(0, 0).signed(0, sink)), "");
    }

    #[test]
    fn a_tenth_is_that_of_a_long_double() {
        assert_eq!(float(spec(0, 20), "0.1", b'f'), "0.10000000000000000000");
        assert_eq!(
            float(spec(0, 25), "0.1", b'f'),
            "0.1000000000000000000013553"
        );
        assert_eq!(float(spec(0, None), "0.1", b'a'), "0xc.ccccccccccccccdp-7");
        assert_eq!(float(spec(0, 3), "0.1", b'a'), "0xc.ccdp-7");
        assert_eq!(float(spec(0, 0), "1.96875", b'a'), "0x1p+1");
    }

    #[test]
    fn general_numbers_choose_their_form() {
        let general = |text| float(spec(0, None), text, b'g');
        assert_eq!(general("100000"), "100000");
        assert_eq!(general("1000000"), "1e+06");
        assert_eq!(general("999999.5"), "1e+06");
        assert_eq!(general("0.0001"), "0.0001");
        assert_eq!(general("0.00001"), "1e-05");
        assert_eq!(general("0"), "0");
        assert_eq!(general("3.14159265"), "3.14159");
        let alternate = Spec {
            alternate: true,
            ..spec(0, None)
        };
        assert_eq!(float(alternate, "1", b'g'), "1.00000");
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!(float(spec(0, 0), "0.5", b'f'), "0");
        assert_eq!(float(spec(0, 0), "1.5", b'f'), "2");
        assert_eq!(float(spec(0, 0), "2.5", b'f'), "2");
        assert_eq!(float(spec(0, 2), "0.125", b'f'), "0.12");
        assert_eq!(float(spec(0, 1), "9.96", b'f'), "10.0");
        assert_eq!(float(spec(0, 0), "9.5", b'e'), "1e+01");
    }

    #[test]
    fn what_is_no_number_is_never_filled_with_zeros() {
        let zeros = Spec {
            zeros: true,
            plus: true,
            ..spec(6, None)
        };
        assert_eq!(float(zeros, "inf", b'F'), "  +INF");
        assert_eq!(float(zeros, "-nan", b'e'), "  -nan");
    }
}
