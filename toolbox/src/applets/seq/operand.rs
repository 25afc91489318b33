//! A number of the command line, and how many places it is typed with.

use crate::format::extended::{Extended, Fit};
use crate::format::read;
use crate::sys::quote::quoted_text;

/// A number, and what its text says of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    pub value: Extended,
    /// The characters that it takes without an exponent.
    pub width: i64,
    /// The places behind the point; not known of hexadecimal numbers with one.
    pub precision: Option<i64>,
}

/// Reads a number, or says what it is instead.
pub fn parse(text: &[u8]) -> Result<Operand, Vec<u8>> {
    let found = read::extended(text);
    let lost = found.fit == Fit::OutOfRange && !found.value.is_zero();
    if found.length == 0 || found.length < text.len() || lost {
        let quoted = quoted_text(text);
        return Err([b"invalid floating point argument: ", quoted.as_slice()].concat());
    }
    if found.value.is_nan() {
        let (what, text) = (quoted_text(b"not-a-number"), quoted_text(text));
        return Err([b"invalid ", what.as_slice(), b" argument: ", &text].concat());
    }
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0x0b | b'+');
    let start = text.iter().take_while(|byte| is_blank(byte)).count();
    let (width, precision) = shape(
        text.get(start..).unwrap_or_default(),
        found.value.is_finite(),
    );
    Ok(Operand {
        value: found.value,
        width,
        precision,
    })
}

fn shape(text: &[u8], is_finite: bool) -> (i64, Option<i64>) {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let point = text.iter().position(|byte| *byte == b'.');
    let is_hexadecimal = text.iter().any(|byte| matches!(byte, b'x' | b'X'));
    if is_hexadecimal || !is_finite {
        let has_places = point.is_some() || text.contains(&b'p');
        return (0, (!has_places).then_some(0));
    }
    let exponent_at = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (number, exponent) = text.split_at(exponent_at.unwrap_or(text.len()));
    let places = point.map_or(0, |point| count(number.len()) - count(point) - 1);
    let mut width = count(number.len());
    let mut precision = places;
    if let Some(point) = point {
        // A point without places is not printed; one without digits before it gets a zero.
        let bare = !point
            .checked_sub(1)
            .and_then(|before| number.get(before))
            .is_some_and(u8::is_ascii_digit);
        width += if places == 0 { -1 } else { i64::from(bare) };
    }
    if let Some(digits) = exponent.get(1..) {
        let exponent = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse::<i64>().ok())
            .map_or(0, |exponent| exponent.clamp(-20_000, 20_000));
        if exponent < 0 {
            precision -= exponent;
            // The number needs a point now, if it has none.
            width += i64::from(point.is_none() || places == 0) - exponent;
        } else {
            precision -= precision.min(exponent);
            width -= i64::from(places > 0 && precision == 0);
            width += exponent - places.min(exponent);
        }
    }
    (width, Some(precision))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> (i64, Option<i64>) {
        let operand = parse(text.as_bytes()).expect("a number");
        (operand.width, operand.precision)
    }

    #[test]
    fn places_and_widths_are_those_of_the_text() {
        assert_eq!(shape("12"), (2, Some(0)));
        assert_eq!(shape("+1.50"), (4, Some(2)));
        assert_eq!(shape("-.5"), (4, Some(1)));
        assert_eq!(shape("5."), (1, Some(0)));
        assert_eq!(shape("1e3"), (4, Some(0)));
        assert_eq!(shape("1.5e1"), (2, Some(0)));
        assert_eq!(shape("1e-2"), (4, Some(2)));
        assert_eq!(shape("0x10"), (0, Some(0)));
        assert_eq!(shape("0x1p1"), (0, None));
        assert_eq!(shape("inf"), (0, Some(0)));
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "1x", "1e5000", "x"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(
            parse(b"nan"),
            Err("invalid ‘not-a-number’ argument: ‘nan’".as_bytes().to_vec())
        );
    }
}
