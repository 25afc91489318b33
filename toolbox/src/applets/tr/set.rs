//! The sets that `tr` is given: how they are written.

use crate::sys::quote::quoted_text;

/// Part of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Byte(u8),
    /// `a-z`
    Range(u8, u8),
    /// `[:lower:]`
    Class(Class),
    /// `[=a=]`
    Equivalence(u8),
    /// `[x*3]`, or as often as it takes for `[x*]`.
    Repeat(u8, Option<u64>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Xdigit,
}

impl Class {
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alnum" => Self::Alnum,
            b"alpha" => Self::Alpha,
            b"blank" => Self::Blank,
            b"cntrl" => Self::Cntrl,
            b"digit" => Self::Digit,
            b"graph" => Self::Graph,
            b"lower" => Self::Lower,
            b"print" => Self::Print,
            b"punct" => Self::Punct,
            b"space" => Self::Space,
            b"upper" => Self::Upper,
            b"xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    pub fn has(self, byte: u8) -> bool {
        match self {
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Alpha => byte.is_ascii_alphabetic(),
            Self::Blank => matches!(byte, b' ' | b'\t'),
            Self::Cntrl => byte.is_ascii_control(),
            Self::Digit => byte.is_ascii_digit(),
            Self::Graph => byte.is_ascii_graphic(),
            Self::Lower => byte.is_ascii_lowercase(),
            Self::Print => matches!(byte, b' '..=b'~'),
            Self::Punct => byte.is_ascii_punctuation(),
            Self::Space => matches!(byte, b'\t'..=b'\r' | b' '),
            Self::Upper => byte.is_ascii_uppercase(),
            Self::Xdigit => byte.is_ascii_hexdigit(),
        }
    }

    /// The bytes of the class, in order.
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |byte| self.has(*byte))
    }
}

/// A byte of the text, and whether a backslash makes it mean itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token {
    byte: u8,
    escaped: bool,
}

impl Token {
    fn is(self, byte: u8) -> bool {
        self.byte == byte && !self.escaped
    }
}

/// Reads a set, or says why it is none. What is only to be said of it is added to the warnings.
pub fn parse(text: &[u8], warnings: &mut Vec<Vec<u8>>) -> Result<Vec<Element>, Vec<u8>> {
    let mut elements = Vec::new();
    let tokens = tokens(text, warnings);
    let mut rest = tokens.as_slice();
    // Two bytes are too few for anything but themselves.
    while let [first, second, third, ..] = rest {
        if first.is(b'[')
            && let Some((element, length)) = bracketed(rest)?
        {
            elements.push(element);
            rest = rest.get(length..).unwrap_or_default();
        } else if second.is(b'-') {
            elements.push(range(first.byte, third.byte)?);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            elements.push(Element::Byte(first.byte));
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    elements.extend(rest.iter().map(|token| Element::Byte(token.byte)));
    Ok(elements)
}

fn tokens(text: &[u8], warnings: &mut Vec<Vec<u8>>) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let Some((letter, behind)) = after.split_first().filter(|_| *byte == b'\\') else {
            if *byte == b'\\' {
                warnings.push(
                    b"warning: an unescaped backslash at end of string is not portable".to_vec(),
                );
            }
            tokens.push(Token {
                byte: *byte,
                escaped: false,
            });
            continue;
        };
        rest = behind;
        let meant = match letter {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'0'..=b'7' => octal(after, &mut rest, warnings),
            other => *other,
        };
        tokens.push(Token {
            byte: meant,
            escaped: true,
        });
    }
    tokens
}

/// Up to three octal digits; the third is left when the number would not be a byte.
fn octal<'a>(text: &'a [u8], rest: &mut &'a [u8], warnings: &mut Vec<Vec<u8>>) -> u8 {
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .take(3)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .collect();
    let value = |digits: &[u8]| {
        digits
            .iter()
            .fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'))
    };
    let mut length = digits.len();
    let byte = u8::try_from(value(&digits)).unwrap_or_else(|_| {
        length = 2;
        let shown: Vec<char> = digits.iter().map(|digit| char::from(*digit)).collect();
        if let [first, second, third] = shown.as_slice() {
            warnings.push(
                format!(
                    "warning: the ambiguous octal escape \\{first}{second}{third} is being\n\t\
                     interpreted as the 2-byte sequence \\0{first}{second}, {third}"
                )
                .into_bytes(),
            );
        }
        u8::try_from(value(digits.get(..2).unwrap_or_default())).unwrap_or(u8::MAX)
    });
    *rest = text.get(length..).unwrap_or_default();
    byte
}

fn range(first: u8, last: u8) -> Result<Element, Vec<u8>> {
    if first <= last {
        return Ok(Element::Range(first, last));
    }
    let (first, last) = (visible(first), visible(last));
    Err([
        b"range-endpoints of '",
        first.as_slice(),
        b"-",
        &last,
        b"' are in reverse collating sequence order",
    ]
    .concat())
}

/// A byte as it is, or as an escape.
fn visible(byte: u8) -> Vec<u8> {
    let letter = match byte {
        b'\\' => b'\\',
        0x07 => b'a',
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0b => b'v',
        0x0c => b'f',
        0x0d => b'r',
        b' '..=b'~' => return vec![byte],
        _ => return format!("\\{byte:03o}").into_bytes(),
    };
    vec![b'\\', letter]
}

/// What an opening bracket begins, and how many tokens that is; nothing when it is only a bracket.
fn bracketed(tokens: &[Token]) -> Result<Option<(Element, usize)>, Vec<u8>> {
    let Some(kind) = tokens
        .get(1)
        .filter(|kind| kind.is(b':') || kind.is(b'='))
        .map(|kind| kind.byte)
    else {
        return repeat(tokens);
    };
    let inner = tokens.get(2..).unwrap_or_default();
    let Some(length) = inner
        .windows(2)
        .position(|pair| matches!(pair, [first, second] if first.is(kind) && second.is(b']')))
    else {
        return repeat(tokens);
    };
    let bytes: Vec<u8> = inner.iter().take(length).map(|token| token.byte).collect();
    let taken = length + 4;
    if bytes.is_empty() {
        return Err(match kind {
            b':' => b"missing character class name '[::]'".to_vec(),
            _ => b"missing equivalence class character '[==]'".to_vec(),
        });
    }
    if kind == b':' {
        if let Some(class) = Class::named(&bytes) {
            return Ok(Some((Element::Class(class), taken)));
        }
        if is_repeat(tokens) {
            return repeat(tokens);
        }
        let name = quoted_text(&shown(&bytes));
        return Err([b"invalid character class ", name.as_slice()].concat());
    }
    if let [byte] = bytes.as_slice() {
        return Ok(Some((Element::Equivalence(*byte), taken)));
    }
    if is_repeat(tokens) {
        return repeat(tokens);
    }
    let message = b": equivalence class operand must be a single character";
    Err([shown(&bytes).as_slice(), message].concat())
}

fn shown(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| visible(*byte)).collect()
}

/// Whether a star, digits and a closing bracket stand behind the bracket and one more.
fn is_repeat(tokens: &[Token]) -> bool {
    let Some((star, rest)) = tokens.get(2..).and_then(<[Token]>::split_first) else {
        return false;
    };
    let digits = rest
        .iter()
        .take_while(|token| token.byte.is_ascii_digit() && !token.escaped)
        .count();
    star.is(b'*') && rest.get(digits).is_some_and(|token| token.is(b']'))
}

/// `[x*]` or `[x*3]`.
fn repeat(tokens: &[Token]) -> Result<Option<(Element, usize)>, Vec<u8>> {
    let [_, byte, star, rest @ ..] = tokens else {
        return Ok(None);
    };
    let Some(length) = rest
        .iter()
        .position(|token| token.is(b']'))
        .filter(|_| star.is(b'*'))
    else {
        return Ok(None);
    };
    let digits: Vec<u8> = rest.iter().take(length).map(|token| token.byte).collect();
    let count = match count(&digits) {
        Some(0) => None,
        Some(count) => Some(count),
        None => {
            let digits = quoted_text(&shown(&digits));
            let message = [
                b"invalid repeat count ",
                digits.as_slice(),
                b" in [c*n] construct",
            ];
            return Err(message.concat());
        }
    };
    Ok(Some((Element::Repeat(byte.byte, count), length + 4)))
}

/// A number, octal when it begins with a zero; zero when there is none.
fn count(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    let base = if digits.first() == Some(&b'0') { 8 } else { 10 };
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = char::from(*digit).to_digit(base)?;
        value.checked_mul(base.into())?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::Element::{Byte, Equivalence, Range, Repeat};
    use super::*;

    fn elements(text: &str) -> Vec<Element> {
        parse(text.as_bytes(), &mut Vec::new()).expect("a set")
    }

    fn error(text: &str) -> String {
        String::from_utf8(parse(text.as_bytes(), &mut Vec::new()).expect_err("no set"))
            .expect("text")
    }

    #[test]
    fn brackets_hold_classes_repeats_and_themselves() {
        assert_eq!(
            elements("[:digit:]x"),
            [Element::Class(Class::Digit), Byte(b'x')]
        );
        assert_eq!(elements("[=a=]"), [Equivalence(b'a')]);
        assert_eq!(elements("[x*]"), [Repeat(b'x', None)]);
        assert_eq!(elements("[x*010]"), [Repeat(b'x', Some(8))]);
        assert_eq!(
            elements("[a-c]"),
            [Byte(b'['), Range(b'a', b'c'), Byte(b']')]
        );
        assert_eq!(elements("[:*3]"), [Repeat(b':', Some(3))]);
        assert_eq!(elements("[ab"), [Byte(b'['), Byte(b'a'), Byte(b'b')]);
    }

    #[test]
    fn a_backslash_takes_the_meaning_away_or_gives_one() {
        assert_eq!(elements("a\\-z"), [Byte(b'a'), Byte(b'-'), Byte(b'z')]);
        assert_eq!(elements("\\101-\\103"), [Range(b'A', b'C')]);
        assert_eq!(
            elements("\\n\\q\\\\"),
            [Byte(b'\n'), Byte(b'q'), Byte(b'\\')]
        );
        assert_eq!(elements("\\400"), [Byte(0o40), Byte(b'0')]);
        let mut warnings = Vec::new();
        assert_eq!(parse(b"\\", &mut warnings), Ok(vec![Byte(b'\\')]));
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            error("z-a"),
            "range-endpoints of 'z-a' are in reverse collating sequence order"
        );
        assert_eq!(error("[:foo:]"), "invalid character class ‘foo’");
        assert_eq!(
            error("[=ab=]"),
            "ab: equivalence class operand must be a single character"
        );
        assert_eq!(
            error("[a*x]"),
            "invalid repeat count ‘x’ in [c*n] construct"
        );
        assert_eq!(error("[::]"), "missing character class name '[::]'");
    }
}
