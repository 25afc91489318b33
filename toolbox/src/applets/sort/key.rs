//! Sort keys: `-k POS1[,POS2]`, the letters that go with them, and the part of a line they name.

use std::ops::Range;

/// How a key is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ordering {
    pub dictionary: bool,
    pub printing: bool,
    pub fold: bool,
    pub general: bool,
    pub human: bool,
    pub month: bool,
    pub numeric: bool,
    pub random: bool,
    pub version: bool,
    pub reverse: bool,
    /// Leading blanks are left out where the key starts, and where its end is counted.
    pub blanks: [bool; 2],
}

/// Which of the two positions of a key a letter stands behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Start,
    End,
    Both,
}

impl Ordering {
    /// Adds what a letter means; false when it means nothing.
    pub fn add(&mut self, letter: u8, place: Place) -> bool {
        match letter {
            b'b' => {
                self.blanks[0] |= place != Place::End;
                self.blanks[1] |= place != Place::Start;
            }
            // The last of the two wins, and -d never gives way.
            b'd' => (self.dictionary, self.printing) = (true, false),
            b'i' => self.printing = !self.dictionary,
            b'f' => self.fold = true,
            b'g' => self.general = true,
            b'h' => self.human = true,
            b'M' => self.month = true,
            b'n' => self.numeric = true,
            b'R' => self.random = true,
            b'V' => self.version = true,
            b'r' => self.reverse = true,
            _ => return false,
        }
        true
    }

    pub fn is_plain(&self) -> bool {
        *self == Ordering::default()
    }

    /// Whether keys compare as bytes, be it backwards.
    pub fn is_bytes(&self) -> bool {
        Ordering {
            reverse: false,
            blanks: [false; 2],
            ..*self
        }
        .is_plain()
    }

    /// The letters of orders that exclude each other, if there are such.
    pub fn conflict(&self) -> Option<String> {
        let text = self.version || self.random || self.dictionary || self.printing;
        let orders = [self.numeric, self.general, self.human, self.month, text];
        if orders.into_iter().filter(|order| *order).count() < 2 {
            return None;
        }
        let letters = [
            (self.dictionary, 'd'),
            (self.fold, 'f'),
            (self.general, 'g'),
            (self.human, 'h'),
            (self.printing, 'i'),
            (self.month, 'M'),
            (self.numeric, 'n'),
            (self.random, 'R'),
            (self.version, 'V'),
        ];
        Some(
            letters
                .iter()
                .filter(|(set, _)| *set)
                .map(|(_, letter)| letter)
                .collect(),
        )
    }
}

/// One key. Fields and characters are counted from zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Key {
    field: usize,
    character: usize,
    end: Option<End>,
    pub ordering: Ordering,
}

/// Where a key ends: before character `character` of field `field`, or with the field when that is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    field: usize,
    character: usize,
}

impl Key {
    /// The key that is the whole line.
    pub fn whole(ordering: Ordering) -> Key {
        Key {
            ordering,
            ..Key::default()
        }
    }

    pub fn parse(text: &[u8]) -> Result<Key, Vec<u8>> {
        let bad = |problem: &str| bad_key(problem, text);
        let mut key = Key::default();
        let mut rest = text;
        key.field = number(&mut rest, "invalid number at field start")?
            .checked_sub(1)
            .ok_or_else(|| bad("field number is zero"))?;
        if let Some(after) = rest.strip_prefix(b".") {
            rest = after;
            let character = number(&mut rest, "invalid number after '.'")?;
            key.character = character
                .checked_sub(1)
                .ok_or_else(|| bad("character offset is zero"))?;
        }
        key.letters(&mut rest, Place::Start);
        if let Some(after) = rest.strip_prefix(b",") {
            rest = after;
            let field = number(&mut rest, "invalid number after ','")?
                .checked_sub(1)
                .ok_or_else(|| bad("field number is zero"))?;
            let mut character = 0;
            if let Some(after) = rest.strip_prefix(b".") {
                rest = after;
                character = number(&mut rest, "invalid number after '.'")?;
            }
            key.end = Some(End { field, character });
            key.letters(&mut rest, Place::End);
        }
        if rest.is_empty() {
            Ok(key)
        } else {
            Err(bad("stray character in field spec"))
        }
    }

    fn letters(&mut self, rest: &mut &[u8], place: Place) {
        while let Some((letter, after)) = rest.split_first() {
            if !self.ordering.add(*letter, place) {
                return;
            }
            *rest = after;
        }
    }

    /// The part of `line` that the key names.
    pub fn find<'l>(&self, line: &'l [u8], separator: Option<u8>) -> &'l [u8] {
        let start = self.start(line, separator);
        let end = self
            .end
            .map_or(line.len(), |end| self.limit(line, separator, end));
        line.get(Range {
            start,
            end: end.max(start),
        })
        .unwrap_or_default()
    }

    fn start(&self, line: &[u8], separator: Option<u8>) -> usize {
        let mut at = 0;
        for _ in 0..self.field {
            if at == line.len() {
                break;
            }
            at = match separator {
                Some(separator) => (skip(line, at, |byte| byte != separator) + 1).min(line.len()),
                None => field_end(line, at),
            };
        }
        if self.ordering.blanks[0] {
            at = skip(line, at, is_blank);
        }
        at.saturating_add(self.character).min(line.len())
    }

    fn limit(&self, line: &[u8], separator: Option<u8>, end: End) -> usize {
        // Without a character, the whole field belongs to the key.
        let fields = if end.character == 0 {
            end.field.saturating_add(1)
        } else {
            end.field
        };
        let mut at = 0;
        let mut left = fields;
        while left > 0 && at < line.len() {
            left -= 1;
            at = match separator {
                Some(separator) => {
                    let stop = skip(line, at, |byte| byte != separator);
                    if left > 0 || end.character > 0 {
                        (stop + 1).min(line.len())
                    } else {
                        stop
                    }
                }
                None => field_end(line, at),
            };
        }
        if end.character == 0 {
            return at;
        }
        if self.ordering.blanks[1] {
            at = skip(line, at, is_blank);
        }
        at.saturating_add(end.character).min(line.len())
    }
}

/// What separates fields where `-t` does not say.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

fn skip(line: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|byte| !belongs(*byte))
        .unwrap_or(rest.len())
}

/// A field has the blanks before it.
fn field_end(line: &[u8], from: usize) -> usize {
    skip(line, skip(line, from, is_blank), |byte| !is_blank(byte))
}

/// Reads a count; one that is too large is as large as can be.
fn number(rest: &mut &[u8], problem: &str) -> Result<usize, Vec<u8>> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    if digits.is_empty() {
        let quoted = crate::sys::quote::quoted_text(rest);
        return Err([
            problem.as_bytes(),
            b": invalid count at start of ",
            quoted.as_slice(),
        ]
        .concat());
    }
    *rest = after;
    Ok(digits.iter().fold(0_usize, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'))
    }))
}

fn bad_key(problem: &str, text: &[u8]) -> Vec<u8> {
    let quoted = crate::sys::quote::quoted_text(text);
    [
        problem.as_bytes(),
        b": invalid field specification ",
        quoted.as_slice(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'l>(key: &str, line: &'l str, separator: Option<u8>) -> &'l str {
        let key = Key::parse(key.as_bytes()).expect("a valid key");
        std::str::from_utf8(key.find(line.as_bytes(), separator)).expect("a text")
    }

    fn refused(key: &str) -> String {
        String::from_utf8(Key::parse(key.as_bytes()).expect_err("a wrong key")).expect("a text")
    }

    #[test]
    fn a_field_has_the_blanks_before_it() {
        assert_eq!(found("2", "a  b c", None), "  b c");
        assert_eq!(found("2,2", "a  b c", None), "  b");
        assert_eq!(found("2b,2", "a  b c", None), "b");
        assert_eq!(found("9", "a b", None), "");
    }

    #[test]
    fn a_separator_cuts_fields_and_belongs_to_none() {
        assert_eq!(found("2,2", "a,b,c", Some(b',')), "b");
        assert_eq!(found("2", "a,b,c", Some(b',')), "b,c");
        assert_eq!(found("1,2", "a,,c", Some(b',')), "a,");
        assert_eq!(found("3,3", "a,,c", Some(b',')), "c");
    }

    #[test]
    fn characters_are_counted_within_the_field() {
        assert_eq!(found("1.2,1.3", "abcd", None), "bc");
        assert_eq!(found("2.2,2.2", "x,abc,y", Some(b',')), "b");
        assert_eq!(found("1.3,1.2", "abcd", None), "");
        assert_eq!(found("1.9", "abc", None), "");
    }

    #[test]
    fn a_wrong_key_is_refused_in_gnus_words() {
        assert_eq!(
            refused("0"),
            "field number is zero: invalid field specification ‘0’"
        );
        assert_eq!(
            refused("x"),
            "invalid number at field start: invalid count at start of ‘x’"
        );
        assert_eq!(
            refused("1."),
            "invalid number after '.': invalid count at start of ‘’"
        );
        assert_eq!(
            refused("1.0"),
            "character offset is zero: invalid field specification ‘1.0’"
        );
        assert_eq!(
            refused("1x"),
            "stray character in field spec: invalid field specification ‘1x’"
        );
        assert_eq!(
            refused("1,x"),
            "invalid number after ',': invalid count at start of ‘x’"
        );
    }

    #[test]
    fn orders_that_exclude_each_other_are_named() {
        let conflict = |key: &str| {
            Key::parse(key.as_bytes())
                .expect("a valid key")
                .ordering
                .conflict()
        };
        assert_eq!(conflict("1nM").as_deref(), Some("Mn"));
        assert_eq!(conflict("1n,2Mb").as_deref(), Some("Mn"));
        assert_eq!(conflict("1df"), None);
        assert_eq!(conflict("1RV"), None);
    }
}
