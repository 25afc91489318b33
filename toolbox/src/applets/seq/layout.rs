//! How a number is printed: the format of `-f`, or the one that the operands ask for.

use std::io;

use super::operand::Operand;
use crate::format::extended::Extended;
use crate::format::spec::Spec;
use crate::sys::quote::quoted_text;

/// A conversion with the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    prefix: Vec<u8>,
    spec: Spec,
    letter: u8,
    suffix: Vec<u8>,
}

impl Layout {
    /// Reads the format of `-f`, which has one conversion of a floating-point number.
    pub fn parse(format: &[u8]) -> Result<Self, Vec<u8>> {
        let error =
            |problem: &[u8]| Err([b"format ", quoted_text(format).as_slice(), problem].concat());
        let mut rest = format;
        let prefix = literal(&mut rest);
        let Some(mut conversion) = rest.strip_prefix(b"%") else {
            return error(b" has no % directive");
        };
        let mut spec = Spec::default();
        while let [flag, behind @ ..] = conversion {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zeros = true,
                b'\'' => {}
                _ => break,
            }
            conversion = behind;
        }
        spec.width = digits(&mut conversion).unwrap_or(0);
        if let Some(behind) = conversion.strip_prefix(b".") {
            conversion = behind;
            spec.precision = Some(digits(&mut conversion).unwrap_or(0));
        }
        conversion = conversion.strip_prefix(b"L").unwrap_or(conversion);
        let Some((letter, mut rest)) = conversion.split_first() else {
            return error(b" ends in %");
        };
        if !b"efgaEFGA".contains(letter) {
            return error(&[b" has unknown %", &[*letter][..], b" directive"].concat());
        }
        let suffix = literal(&mut rest);
        match rest {
            [] => Ok(Self {
                prefix,
                spec,
                letter: *letter,
                suffix,
            }),
            _ => error(b" has too many % directives"),
        }
    }

    /// As many places as the first number and the step have; with `equal_width`, as wide as the widest end.
    pub fn of(first: &Operand, step: &Operand, last: &Operand, equal_width: bool) -> Self {
        let mut layout = Self {
            prefix: Vec::new(),
            spec: Spec::default(),
            letter: b'g',
            suffix: Vec::new(),
        };
        let (Some(one), Some(other), Some(end)) = (first.precision, step.precision, last.precision)
        else {
            return layout;
        };
        let precision = one.max(other);
        layout.letter = b'f';
        layout.spec.precision = usize::try_from(precision).ok();
        if equal_width {
            let first_width = first.width + precision - one + i64::from(one == 0 && precision > 0);
            let last_width = last.width + precision - end - i64::from(end > 0 && precision == 0)
                + i64::from(end == 0 && precision > 0);
            layout.spec.zeros = true;
            layout.spec.width = usize::try_from(first_width.max(last_width)).unwrap_or(0);
        }
        layout
    }

    /// The width that zeros fill, when whole numbers are printed as nothing but their digits.
    pub fn of_whole_numbers(&self) -> Option<usize> {
        let plain = Spec {
            zeros: self.spec.zeros,
            width: self.spec.width,
            precision: Some(0),
            ..Spec::default()
        };
        let bare = self.prefix.is_empty() && self.suffix.is_empty();
        (bare && self.letter == b'f' && self.spec == plain && (plain.zeros || plain.width == 0))
            .then_some(plain.width)
    }

    /// Adds the number.
    pub fn put(&self, number: Extended, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.prefix);
        self.put_number(number, out);
        out.extend_from_slice(&self.suffix);
    }

    /// The number without the text around it.
    pub fn put_number(&self, number: Extended, out: &mut Vec<u8>) {
        let mut sink = |bytes: &[u8]| {
            out.extend_from_slice(bytes);
            Ok::<(), io::Error>(())
        };
        // Memory takes whatever is written.
        let _ = self.spec.float(number, self.letter, &mut sink);
    }
}

/// The text up to a conversion; two percent signs are one.
fn literal(rest: &mut &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    loop {
        *rest = match *rest {
            [b'%', b'%', behind @ ..] => {
                text.push(b'%');
                behind
            }
            [b'%', ..] | [] => return text,
            [byte, behind @ ..] => {
                text.push(*byte);
                behind
            }
        };
    }
}

fn digits(rest: &mut &[u8]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, behind) = rest.split_at(length);
    *rest = behind;
    // A width that no line has is cut, so that a typo does not fill the memory.
    std::str::from_utf8(digits)
        .ok()?
        .parse::<usize>()
        .ok()
        .map(|number| number.min(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: &str, number: u64) -> Result<String, String> {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let layout = Layout::parse(format.as_bytes()).map_err(text)?;
        let mut out = Vec::new();
        layout.put(Extended::from_u64(number), &mut out);
        Ok(text(out))
    }

    #[test]
    fn a_format_has_one_conversion_of_a_number() {
        assert_eq!(shown("%%%03g%%", 7), Ok("%007%".into()));
        assert_eq!(shown("<%+.1Lf>", 7), Ok("<+7.0>".into()));
        assert_eq!(
            shown("%d", 7),
            Err("format ‘%d’ has unknown %d directive".into())
        );
        assert_eq!(
            shown("%f%f", 7),
            Err("format ‘%f%f’ has too many % directives".into())
        );
        assert_eq!(
            shown("x%%", 7),
            Err("format ‘x%%’ has no % directive".into())
        );
        assert_eq!(shown("%5", 7), Err("format ‘%5’ ends in %".into()));
    }
}
