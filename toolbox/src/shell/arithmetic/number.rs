//! Numbers as texts.

use crate::shell::ast::Text;

/// The value of a text that is a decimal number and nothing else; none of one that may mean something else, as `010`, or that
/// does not fit.
pub fn plain_number(text: &[u8]) -> Option<i64> {
    let (digits, is_negative) = match text {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    };
    if digits.is_empty() || digits.len() > 18 || digits[0] == b'0' && digits.len() > 1 {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if is_negative { -value } else { value })
}

/// Appends a number's digits.
pub fn put_number(number: i64, out: &mut Text) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        // A remainder by ten is a digit.
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_told_from_others() {
        assert_eq!(plain_number(b"0"), Some(0));
        assert_eq!(plain_number(b"-17"), Some(-17));
        assert_eq!(
            plain_number(b"999999999999999999"),
            Some(999_999_999_999_999_999)
        );
        for other in ["", "-", "010", "1 ", "1a", "--1", "9223372036854775808"] {
            assert_eq!(plain_number(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn numbers_are_written() {
        for number in [0, 7, -10, i64::MAX, i64::MIN] {
            let mut out = Text::new();
            put_number(number, &mut out);
            assert_eq!(out, number.to_string().into_bytes());
        }
    }
}
