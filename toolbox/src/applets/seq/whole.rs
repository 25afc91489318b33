//! Whole numbers: as digits that are counted up where they stand, however many they are.

use std::io;

use super::Output;

/// The largest step that the digits are counted up by; GNU goes over to floating point beyond it.
const MOST: u16 = 200;

/// Numbers that are typed as nothing but digits.
#[derive(Debug, PartialEq, Eq)]
pub struct Digits {
    number: Vec<u8>,
    step: u16,
    /// Nothing is infinity.
    last: Option<Vec<u8>>,
}

impl Digits {
    /// The operands, when all are digits and the step is small.
    pub fn of(operands: &[&[u8]]) -> Option<Self> {
        let (first, step, last) = match operands {
            [last] => (&b"1"[..], &b"1"[..], *last),
            [first, last] => (*first, &b"1"[..], *last),
            [first, step, last] => (*first, *step, *last),
            _ => return None,
        };
        let step = std::str::from_utf8(&digits(step)?).ok()?.parse().ok()?;
        Some(Self {
            number: digits(first)?,
            step: Some(step).filter(|step| (1..=MOST).contains(step))?,
            last: match last {
                b"inf" => None,
                last => Some(digits(last)?),
            },
        })
    }

    pub fn print(&mut self, output: &mut Output) -> io::Result<()> {
        if self.is_beyond() {
            return Ok(());
        }
        let separator = output.separator.clone();
        loop {
            output.buffer.extend_from_slice(&self.number);
            self.advance();
            if self.is_beyond() {
                output.buffer.push(b'\n');
                return Ok(());
            }
            output.buffer.extend_from_slice(&separator);
            output.tick()?;
        }
    }

    fn is_beyond(&self) -> bool {
        let Some(last) = &self.last else {
            return false;
        };
        let length = self.number.len().cmp(&last.len());
        length.then_with(|| self.number.cmp(last)).is_gt()
    }

    fn advance(&mut self) {
        let mut carry = self.step;
        for digit in self.number.iter_mut().rev() {
            let sum = u16::from(*digit - b'0') + carry;
            carry = sum / 10;
            *digit = b'0' + u8::try_from(sum % 10).unwrap_or(0);
            if carry == 0 {
                return;
            }
        }
        let more = carry.to_string().into_bytes();
        self.number.splice(0..0, more);
    }
}

/// The digits of a number without zeros in front.
fn digits(text: &[u8]) -> Option<Vec<u8>> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let zeros = text.iter().take_while(|digit| **digit == b'0').count();
    let start = zeros.min(text.len() - 1);
    text.get(start..).map(<[u8]>::to_vec)
}

/// Prints numbers that fit 63 bits, filled up with zeros to a width.
pub fn print(
    first: i64,
    step: i64,
    last: i64,
    width: usize,
    output: &mut Output,
) -> io::Result<()> {
    let is_beyond = |number: i64| {
        if step < 0 {
            number < last
        } else {
            number > last
        }
    };
    if is_beyond(first) {
        return Ok(());
    }
    let mut number = first;
    loop {
        put(number, width, &mut output.buffer);
        output.tick()?;
        // What is beyond 64 bits is beyond the end as well.
        match number.checked_add(step).filter(|next| !is_beyond(*next)) {
            Some(next) => number = next,
            None => break,
        }
        output.buffer.extend_from_slice(&output.separator);
    }
    output.buffer.push(b'\n');
    Ok(())
}

fn put(number: i64, width: usize, buffer: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(start..).unwrap_or_default();
    let sign: &[u8] = if number < 0 { b"-" } else { b"" };
    buffer.extend_from_slice(sign);
    let zeros = width.saturating_sub(digits.len() + sign.len());
    buffer.extend(std::iter::repeat_n(b'0', zeros));
    buffer.extend_from_slice(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advanced(number: &str, step: &str, times: usize) -> String {
        let operands = [number.as_bytes(), step.as_bytes(), b"inf"];
        let mut digits = Digits::of(&operands).expect("digits");
        for _ in 0..times {
            digits.advance();
        }
        String::from_utf8(digits.number).expect("digits")
    }

    #[test]
    fn digits_are_counted_up_where_they_stand() {
        assert_eq!(advanced("0099", "1", 1), "100");
        assert_eq!(advanced("999", "200", 1), "1199");
        assert_eq!(advanced("9", "200", 5), "1009");
        assert_eq!(
            advanced("99999999999999999999", "1", 2),
            "100000000000000000001"
        );
        assert!(Digits::of(&[b"1", b"0", b"2"]).is_none());
        assert!(Digits::of(&[b"1", b"201", b"2"]).is_none());
        assert!(Digits::of(&[b"-1", b"2"]).is_none());
    }

    #[test]
    fn zeros_stand_behind_the_sign() {
        let shown = |number, width| {
            let mut buffer = Vec::new();
            put(number, width, &mut buffer);
            String::from_utf8(buffer).expect("digits")
        };
        assert_eq!(shown(-5, 4), "-005");
        assert_eq!(shown(0, 0), "0");
        assert_eq!(shown(i64::MIN, 0), "-9223372036854775808");
    }
}
