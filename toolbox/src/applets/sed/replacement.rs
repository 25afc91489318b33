//! What `s` puts in place of a match: text, groups of the match, and their case.

use crate::regex::Captures;
use crate::regex::posix::character;

use super::escape;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Upper,
    Lower,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Vec<u8>),
    /// 0 is the whole match.
    Group(usize),
    /// `\U`, `\L` and `\E`: the case of what follows.
    Case(Option<Case>),
    /// `\u` and `\l`: the case of the next character.
    Once(Case),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replacement {
    parts: Vec<Part>,
    /// The highest group that is put in.
    pub groups: usize,
    cased: bool,
}

impl Replacement {
    /// Reads it; `gnu` is whether case can be changed.
    pub fn new(text: &[u8], gnu: bool) -> Result<Replacement, &'static str> {
        let mut replacement = Replacement::default();
        let mut rest = text;
        while let Some((&first, after)) = rest.split_first() {
            rest = after;
            match (first, after.split_first()) {
                (b'&', _) => replacement.group(0),
                (b'\\', Some((&escaped, after_escaped))) => {
                    rest = after_escaped;
                    match escaped {
                        b'0'..=b'9' => replacement.group(usize::from(escaped - b'0')),
                        b'n' => replacement.push(b'\n'),
                        b'U' if gnu => replacement.case(Part::Case(Some(Case::Upper))),
                        b'L' if gnu => replacement.case(Part::Case(Some(Case::Lower))),
                        b'E' if gnu => replacement.case(Part::Case(None)),
                        b'u' if gnu => replacement.case(Part::Once(Case::Upper)),
                        b'l' if gnu => replacement.case(Part::Once(Case::Lower)),
                        _ => match escape::read(after)? {
                            Some((byte, length)) => {
                                replacement.push(byte);
                                rest = after.get(length..).unwrap_or_default();
                            }
                            None => replacement.push(escaped),
                        },
                    }
                }
                _ => replacement.push(first),
            }
        }
        Ok(replacement)
    }

    fn push(&mut self, byte: u8) {
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text.push(byte),
            _ => self.parts.push(Part::Text(vec![byte])),
        }
    }

    fn group(&mut self, group: usize) {
        self.groups = self.groups.max(group);
        self.parts.push(Part::Group(group));
    }

    fn case(&mut self, part: Part) {
        self.cased = true;
        self.parts.push(part);
    }

    /// Whether only the whole match is put in, if anything: then its groups are not needed.
    pub fn needs_groups(&self) -> bool {
        self.groups > 0
    }

    /// Adds the replacement of a match in `text`.
    pub fn apply(&self, text: &[u8], captures: &Captures, result: &mut Vec<u8>) {
        let mut case = Casing::default();
        for part in &self.parts {
            let piece = match part {
                Part::Text(piece) => piece.as_slice(),
                Part::Group(group) => captures
                    .get(*group)
                    .and_then(|(start, end)| text.get(start..end))
                    .unwrap_or_default(),
                Part::Case(lasting) => {
                    case = Casing {
                        lasting: *lasting,
                        once: None,
                    };
                    continue;
                }
                Part::Once(once) => {
                    case.once = Some(*once);
                    continue;
                }
            };
            match self.cased {
                true => case.add(piece, result),
                false => result.extend_from_slice(piece),
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Casing {
    lasting: Option<Case>,
    once: Option<Case>,
}

impl Casing {
    fn add(&mut self, piece: &[u8], result: &mut Vec<u8>) {
        let mut rest = piece;
        while let Some((letter, length)) = character(rest) {
            let case = self.once.take().or(self.lasting);
            let (one, after) = rest.split_at(length);
            match (letter, case) {
                (Ok(letter), Some(case)) => {
                    let letter = cased(letter, case);
                    result.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
                (Err(_), _) => result.extend_from_slice(one),
                (Ok(_), None) => {
                    result.extend_from_slice(rest);
                    return;
                }
            }
            rest = after;
        }
    }
}

/// One character in another case, which is one character again, as C's `towupper` and `towlower` have it.
fn cased(letter: char, case: Case) -> char {
    if letter.is_ascii() {
        return match case {
            Case::Upper => letter.to_ascii_uppercase(),
            Case::Lower => letter.to_ascii_lowercase(),
        };
    }
    let alone = |mut letters: std::iter::Peekable<_>| {
        let first: Option<char> = letters.next();
        first.filter(|_| letters.peek().is_none())
    };
    let alone = match case {
        Case::Upper => alone(
            letter
                .to_uppercase()
                .collect::<Vec<_>>()
                .into_iter()
                .peekable(),
        ),
        Case::Lower => alone(
            letter
                .to_lowercase()
                .collect::<Vec<_>>()
                .into_iter()
                .peekable(),
        ),
    };
    alone.unwrap_or(match (letter, case) {
        // Greek letters with an iota beside them are capitals of one character as well.
        (
            '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}',
            Case::Upper,
        ) => char::from_u32(letter as u32 + 8).unwrap_or(letter),
        ('\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}', Case::Upper) => {
            char::from_u32(letter as u32 + 9).unwrap_or(letter)
        }
        ('\u{130}', Case::Lower) => 'i',
        _ => letter,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::{Options, Regex};

    fn replaced(pattern: &str, replacement: &str, text: &str) -> String {
        let regex = Regex::new(pattern.as_bytes(), Options::extended()).expect("a pattern");
        let replacement = Replacement::new(replacement.as_bytes(), true).expect("a replacement");
        let mut captures = Captures::default();
        let found = regex.captures_at(text.as_bytes(), 0, &mut captures);
        assert_eq!(found, Ok(true));
        let mut result = Vec::new();
        replacement.apply(text.as_bytes(), &captures, &mut result);
        String::from_utf8(result).expect("text")
    }

    #[test]
    fn groups_and_escapes_are_put_in() {
        assert_eq!(
            replaced("(a)(b)", "\\2\\1[&]\\&\\n\\t\\x26\\q", "ab"),
            "ba[ab]&\n\t&q"
        );
        assert_eq!(replaced("(a)|b", "<\\1>", "b"), "<>");
    }

    #[test]
    fn case_lasts_until_it_ends_or_for_one_character() {
        assert_eq!(replaced(".*", "\\U&x\\Ey", "é"), "ÉXy");
        assert_eq!(replaced(".*", "\\L\\u&", "FOO"), "Foo");
        assert_eq!(replaced(".*", "\\u\\L&", "FOO"), "foo");
        assert_eq!(replaced(".*", "a\\Ub\\lCD\\u&", "foo"), "aBcDFOO");
        assert_eq!(replaced("(x)*foo", "\\u\\1&", "foo"), "Foo");
        assert_eq!(replaced(".*", "\\u\\Ex", "foo"), "x");
        assert_eq!(replaced(".*", "\\U&", "ßǆᾳ"), "ßǄᾼ");
    }
}
