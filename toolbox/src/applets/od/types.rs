//! The types of data that `od` shows: how they are named and how a datum looks.

use crate::format::extended::{Extended, Size as Magnitude};
use crate::format::read;
use crate::format::spec::Spec;
use crate::sys::quote::quoted_text;

/// What bytes are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `a`: seven bits, by their name.
    Named,
    /// `c`: characters, or backslash escapes.
    Character,
    Signed,
    Unsigned,
    Octal,
    Hexadecimal,
    Float,
}

/// A type, with its size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    pub kind: Kind,
    pub size: usize,
    /// Whether the line ends with the bytes as text.
    pub text: bool,
}

impl Type {
    pub const fn new(kind: Kind, size: usize) -> Self {
        Self {
            kind,
            size,
            text: false,
        }
    }

    /// The characters that a datum takes at most.
    pub fn width(self) -> usize {
        let by_size = |widths: [usize; 4]| match self.size {
            1 => widths[0],
            2 => widths[1],
            4 => widths[2],
            _ => widths[3],
        };
        match self.kind {
            Kind::Named | Kind::Character => 3,
            Kind::Signed => by_size([4, 6, 11, 20]),
            Kind::Unsigned => by_size([3, 5, 10, 20]),
            Kind::Octal => by_size([3, 6, 11, 22]),
            Kind::Hexadecimal => by_size([2, 4, 8, 16]),
            Kind::Float => match self.size {
                4 => 15,
                8 => 24,
                _ => 29,
            },
        }
    }

    /// The text of a datum, which is given with its lowest byte first.
    pub fn show(self, bytes: &[u8]) -> Vec<u8> {
        let value = bytes
            .iter()
            .take(8)
            .rev()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let bits = 8 * self.size.min(8);
        match self.kind {
            Kind::Named => named(bytes.first().copied().unwrap_or(0)),
            Kind::Character => character(bytes.first().copied().unwrap_or(0)),
            Kind::Signed => {
                let unused = 64 - bits;
                let value = (value << unused).cast_signed() >> unused;
                value.to_string().into_bytes()
            }
            Kind::Unsigned => value.to_string().into_bytes(),
            Kind::Octal => {
                let width = self.width();
                format!("{value:0width$o}").into_bytes()
            }
            Kind::Hexadecimal => {
                let width = self.width();
                format!("{value:0width$x}").into_bytes()
            }
            Kind::Float => match self.size {
                4 => {
                    let number = f32::from_bits(u32::try_from(value).unwrap_or(0));
                    let digits = format!("{number:e}");
                    let least = if number.abs() < f32::MIN_POSITIVE {
                        1
                    } else {
                        6
                    };
                    float(
                        Extended::from_f64(f64::from(number)),
                        least.max(count(&digits)),
                    )
                }
                8 => {
                    let number = f64::from_bits(value);
                    let digits = format!("{number:e}");
                    let least = if number.abs() < f64::MIN_POSITIVE {
                        1
                    } else {
                        15
                    };
                    float(Extended::from_f64(number), least.max(count(&digits)))
                }
                _ => long_double(bytes, value),
            },
        }
    }
}

/// How many digits stand before the exponent.
fn count(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or_default();
    mantissa.bytes().filter(u8::is_ascii_digit).count()
}

fn float(number: Extended, digits: usize) -> Vec<u8> {
    let spec = Spec {
        precision: Some(digits),
        ..Spec::default()
    };
    let mut text = Vec::new();
    // Memory takes whatever is written.
    let _ = spec.float(number, b'g', &mut |bytes| {
        text.extend_from_slice(bytes);
        Ok(())
    });
    text
}

/// A number of 80 bits: its mantissa comes first.
fn long_double(bytes: &[u8], mantissa: u64) -> Vec<u8> {
    let upper = u16::from_le_bytes([
        bytes.get(8).copied().unwrap_or(0),
        bytes.get(9).copied().unwrap_or(0),
    ]);
    let (negative, exponent) = (upper >> 15 == 1, i32::from(upper & 0x7fff));
    let has_leading_one = mantissa >> 63 == 1;
    let number = match exponent {
        0x7fff if mantissa << 1 == 0 && has_leading_one => Extended::infinite(negative),
        0x7fff => Extended::nan(negative),
        // The C library does not look at a leading one that should not be there.
        0 => Extended::rounded(negative, (mantissa << 1 >> 1).into(), -16445, false).0,
        // The processor takes what should have a leading one and has none for no number.
        _ if !has_leading_one => Extended::nan(negative),
        _ => Extended::rounded(negative, mantissa.into(), exponent - 16446, false).0,
    };
    let is_tiny = matches!(number.size, Magnitude::Finite { mantissa, .. } if mantissa >> 63 == 0);
    let mut digits = if is_tiny { 1 } else { 18 };
    loop {
        let text = float(number, digits);
        let is_exact = !number.is_finite() || read::extended(&text).value == number;
        if is_exact || digits >= 21 {
            return text;
        }
        digits += 1;
    }
}

fn named(byte: u8) -> Vec<u8> {
    const NAMES: [&str; 33] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr",
        "so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub",
        "esc", "fs", "gs", "rs", "us", "sp",
    ];
    let byte = byte & 0x7f;
    match NAMES.get(usize::from(byte)) {
        Some(name) => name.as_bytes().to_vec(),
        None if byte == 0x7f => b"del".to_vec(),
        None => vec![byte],
    }
}

fn character(byte: u8) -> Vec<u8> {
    let letter = match byte {
        0 => b'0',
        0x07 => b'a',
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0b => b'v',
        0x0c => b'f',
        b'\r' => b'r',
        b' '..=b'~' => return vec![byte],
        _ => return format!("{byte:03o}").into_bytes(),
    };
    vec![b'\\', letter]
}

/// Reads a string of types, or says why it is none.
pub fn parse(text: &[u8]) -> Result<Vec<Type>, Vec<u8>> {
    let mut types = Vec::new();
    let mut rest = text;
    while let Some((letter, after)) = rest.split_first() {
        rest = after;
        let kind = match letter {
            b'a' => Kind::Named,
            b'c' => Kind::Character,
            b'd' => Kind::Signed,
            b'u' => Kind::Unsigned,
            b'o' => Kind::Octal,
            b'x' => Kind::Hexadecimal,
            b'f' => Kind::Float,
            _ => {
                let shown = [b"invalid character '", &[*letter][..], b"' in type string "];
                return Err([shown.concat().as_slice(), &quoted_text(text)].concat());
            }
        };
        let size = match kind {
            Kind::Named | Kind::Character => 1,
            _ => size(kind, &mut rest, text)?,
        };
        let mut found = Type::new(kind, size);
        if let Some(after) = rest.strip_prefix(b"z") {
            found.text = true;
            rest = after;
        }
        types.push(found);
    }
    Ok(types)
}

fn size(kind: Kind, rest: &mut &[u8], text: &[u8]) -> Result<usize, Vec<u8>> {
    let letters: &[(u8, usize)] = match kind {
        Kind::Float => &[(b'F', 4), (b'D', 8), (b'L', 16)],
        _ => &[(b'C', 1), (b'S', 2), (b'I', 4), (b'L', 8)],
    };
    if let Some((letter, after)) = rest.split_first()
        && let Some((_, size)) = letters.iter().find(|(known, _)| known == letter)
    {
        *rest = after;
        return Ok(*size);
    }
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    if digits.is_empty() {
        return Ok(if kind == Kind::Float { 8 } else { 4 });
    }
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    let Ok(size) = digits.parse::<usize>() else {
        return Err([b"invalid type string ", quoted_text(text).as_slice()].concat());
    };
    let what = match kind {
        Kind::Float => "floating point",
        _ => "integral",
    };
    if letters.iter().any(|(_, known)| *known == size) {
        return Ok(size);
    }
    let after = format!(";\nthis system doesn't provide a {size}-byte {what} type");
    let quoted = quoted_text(text);
    Err([b"invalid type string ", quoted.as_slice(), after.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(types: &str, bytes: &[u8]) -> String {
        let types = parse(types.as_bytes()).expect("types");
        String::from_utf8(types[0].show(bytes)).expect("text")
    }

    #[test]
    fn a_datum_looks_as_its_type_says() {
        assert_eq!(shown("d1", b"\x80"), "-128");
        assert_eq!(shown("u2", b"\xff\xff"), "65535");
        assert_eq!(shown("x", b"\x01\x02\x03\x04"), "04030201");
        assert_eq!(
            shown("oL", b"\xff\xff\xff\xff\xff\xff\xff\xff"),
            "1777777777777777777777"
        );
        assert_eq!(shown("a", b"\x80"), "nul");
        assert_eq!(shown("c", b"\n"), "\\n");
        assert_eq!(shown("fF", &0.1_f32.to_le_bytes()), "0.1");
        assert_eq!(shown("fF", &f32::MAX.to_le_bytes()), "3.4028235e+38");
        assert_eq!(shown("f8", &1e-5_f64.to_le_bytes()), "1e-05");
        assert_eq!(
            shown("f8", &(1.0_f64 / 3.0).to_le_bytes()),
            "0.3333333333333333"
        );
        let one = [0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f, 0, 0, 0, 0, 0, 0];
        assert_eq!(shown("fL", &one), "1");
    }

    #[test]
    fn sizes_are_letters_or_numbers_that_exist() {
        assert_eq!(parse(b"xCz").expect("types")[0].size, 1);
        assert_eq!(parse(b"x1d2cfF").expect("types").len(), 4);
        assert!(parse(b"d3").is_err() && parse(b"f2").is_err() && parse(b"q").is_err());
    }
}
