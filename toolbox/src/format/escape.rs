//! Escapes with a backslash, as the two printfs read them in formats and in the arguments of `%b`.

use super::Dialect;

/// Where the backslash stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Format,
    /// In an argument of `%b`, where octal numbers may have a zero in front.
    Argument,
}

/// What a backslash and the bytes behind it stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Escape {
    Bytes(Vec<u8>),
    /// `\c`: nothing more is printed.
    Stop,
    /// A mistake of which bash tells; the bytes are printed as they are.
    Warning(&'static str, Vec<u8>),
    /// A mistake that ends the tool.
    Error(String),
}

/// Reads what follows a backslash; the second value is how many bytes of `text` that is.
pub fn escape(text: &[u8], dialect: Dialect, place: Place) -> (Escape, usize) {
    let bash = dialect == Dialect::Bash;
    let Some(letter) = text.first() else {
        return (Escape::Bytes(b"\\".to_vec()), 0);
    };
    let simple = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' => 0x1b,
        b'E' if bash => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'"' if !bash || place == Place::Format => b'"',
        b'\'' | b'?' if bash && place == Place::Format => *letter,
        b'c' if !bash || place == Place::Argument => return (Escape::Stop, 1),
        b'0'..=b'7' => {
            let most = if *letter == b'0' && place == Place::Argument {
                4
            } else {
                3
            };
            let (value, length) = number(text, 8, most);
            return (Escape::Bytes(vec![low_byte(value)]), length);
        }
        b'x' => return hexadecimal(text, dialect),
        b'u' | b'U' => return unicode(text, *letter, dialect),
        _ => return (Escape::Bytes(vec![b'\\', *letter]), 1),
    };
    (Escape::Bytes(vec![simple]), 1)
}

/// The number at the start of a text, of at most so many digits, and how many there are.
fn number(text: &[u8], base: u32, most: usize) -> (u32, usize) {
    let digits = text
        .iter()
        .take(most)
        .map_while(|byte| char::from(*byte).to_digit(base));
    digits.fold((0, 0), |(value, length), digit| {
        (
            u32::wrapping_mul(value, base).wrapping_add(digit),
            length + 1,
        )
    })
}

fn low_byte(value: u32) -> u8 {
    value.to_le_bytes()[0]
}

fn hexadecimal(text: &[u8], dialect: Dialect) -> (Escape, usize) {
    let (value, length) = number(text.get(1..).unwrap_or_default(), 16, 2);
    match (length, dialect) {
        (0, Dialect::Gnu) => (missing_digits(), 1),
        (0, Dialect::Bash) => {
            let warning = "missing hex digit for \\x";
            (Escape::Warning(warning, b"\\x".to_vec()), 1)
        }
        _ => (Escape::Bytes(vec![low_byte(value)]), 1 + length),
    }
}

fn missing_digits() -> Escape {
    Escape::Error("missing hexadecimal number in escape".to_owned())
}

fn unicode(text: &[u8], letter: u8, dialect: Dialect) -> (Escape, usize) {
    let most = if letter == b'u' { 4 } else { 8 };
    let (value, length) = number(text.get(1..).unwrap_or_default(), 16, most);
    let escape = match dialect {
        Dialect::Bash if length == 0 => {
            let (warning, kept) = match letter {
                b'u' => ("missing unicode digit for \\u", b"\\u"),
                _ => ("missing unicode digit for \\U", b"\\U"),
            };
            Escape::Warning(warning, kept.to_vec())
        }
        Dialect::Bash => Escape::Bytes(long_utf8(value)),
        Dialect::Gnu if length < most => missing_digits(),
        Dialect::Gnu => {
            let is_basic = value < 0xa0 && !matches!(value, 0x24 | 0x40 | 0x60);
            match char::from_u32(value) {
                _ if is_basic || (0xd800..0xe000).contains(&value) => {
                    let letter = char::from(letter);
                    Escape::Error(format!(
                        "invalid universal character name \\{letter}{value:0most$x}"
                    ))
                }
                Some(character) => Escape::Bytes(character.to_string().into_bytes()),
                // Beyond Unicode there is nothing to encode.
                None => Escape::Bytes(format!("\\U{value:08X}").into_bytes()),
            }
        }
    };
    (escape, 1 + length)
}

/// UTF-8 as it was before it was cut at 0x10FFFF: up to six bytes, of any number below 2^31. Bash writes it.
pub fn long_utf8(value: u32) -> Vec<u8> {
    let (lead, rest): (u32, u32) = match value {
        0..=0x7f => return vec![low_byte(value)],
        0x80..=0x7ff => (0xc0, 1),
        0x800..=0xffff => (0xe0, 2),
        0x1_0000..=0x1f_ffff => (0xf0, 3),
        0x20_0000..=0x3ff_ffff => (0xf8, 4),
        0x400_0000..=0x7fff_ffff => (0xfc, 5),
        0x8000_0000.. => return Vec::new(),
    };
    let first = low_byte(lead | value >> (6 * rest));
    let others = (0..rest)
        .rev()
        .map(|at| low_byte(0x80 | (value >> (6 * at) & 0x3f)));
    std::iter::once(first).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gnu(text: &str) -> (Escape, usize) {
        escape(text.as_bytes(), Dialect::Gnu, Place::Format)
    }

    fn bash(text: &str) -> (Escape, usize) {
        escape(text.as_bytes(), Dialect::Bash, Place::Argument)
    }

    fn bytes(bytes: &[u8], length: usize) -> (Escape, usize) {
        (Escape::Bytes(bytes.to_vec()), length)
    }

    #[test]
    fn octal_numbers_have_a_zero_more_in_arguments() {
        assert_eq!(gnu("0101"), bytes(b"\x08", 3));
        assert_eq!(bash("0101"), bytes(b"A", 4));
        assert_eq!(bash("1014"), bytes(b"A", 3));
        assert_eq!(gnu("777"), bytes(b"\xff", 3));
    }

    #[test]
    fn the_two_differ_in_quotes_and_stops() {
        assert_eq!(gnu("\"x"), bytes(b"\"", 1));
        assert_eq!(gnu("'x"), bytes(b"\\'", 1));
        assert_eq!(bash("\""), bytes(b"\\\"", 1));
        assert_eq!(gnu("c"), (Escape::Stop, 1));
        assert_eq!(bash("c"), (Escape::Stop, 1));
        let format = escape(b"c", Dialect::Bash, Place::Format);
        assert_eq!(format, bytes(b"\\c", 1));
        assert_eq!(gnu(""), bytes(b"\\", 0));
    }

    #[test]
    fn characters_by_number_are_utf8() {
        assert_eq!(gnu("u00e9x"), bytes("é".as_bytes(), 5));
        assert_eq!(bash("ue9x"), bytes("é".as_bytes(), 3));
        assert_eq!(bash("U7fffffff"), bytes(b"\xfd\xbf\xbf\xbf\xbf\xbf", 9));
        assert_eq!(gnu("U00110000"), bytes(b"\\U00110000", 9));
        assert_eq!(
            gnu("u0041").0,
            Escape::Error("invalid universal character name \\u0041".into())
        );
        assert_eq!(
            gnu("u41").0,
            Escape::Error("missing hexadecimal number in escape".into())
        );
    }
}
