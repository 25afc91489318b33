//! Characters of a text that may hold bytes which are no UTF-8: each of those is a character of its own.

pub use crate::sys::locale::is_bytes as are_bytes;

/// A character: a code point, or a byte that belongs to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Character(u32);

/// Bytes that are no UTF-8 have numbers above those of all code points.
const BYTES: u32 = 0x11_0000;

impl Character {
    pub fn from_char(character: char) -> Self {
        Self(character as u32)
    }

    pub fn from_byte(byte: u8) -> Self {
        if byte.is_ascii() {
            return Self(u32::from(byte));
        }
        Self(BYTES + u32::from(byte))
    }

    /// The code point; none of a byte that is no UTF-8.
    pub fn to_char(self) -> Option<char> {
        char::from_u32(self.0)
    }

    pub fn is(self, character: u8) -> bool {
        self.0 == u32::from(character)
    }

    pub fn lowercase(self) -> Self {
        self.mapped(lowercase)
    }

    pub fn uppercase(self) -> Self {
        self.mapped(uppercase)
    }

    fn mapped(self, map: fn(char) -> char) -> Self {
        self.to_char()
            .map_or(self, |character| Self::from_char(map(character)))
    }
}

/// The lower-case form, when it is one character.
pub fn lowercase(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let mut mapped = character.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// The upper-case form, when it is one character.
pub fn uppercase(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// The character at a place and its number of bytes.
pub fn at(text: &[u8], start: usize) -> Option<(Character, usize)> {
    let first = *text.get(start)?;
    if first.is_ascii() {
        return Some((Character::from_byte(first), 1));
    }
    let width = match first {
        _ if are_bytes() => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let character = text
        .get(start..start + width)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next());
    Some(match character {
        Some(character) => (Character::from_char(character), width),
        None => (Character::from_byte(first), 1),
    })
}

/// The character that ends at a place and its number of bytes.
pub fn before(text: &[u8], end: usize) -> Option<(Character, usize)> {
    let last = *text.get(..end)?.last()?;
    if last.is_ascii() {
        return Some((Character::from_byte(last), 1));
    }
    for width in 2..=4.min(end) {
        if let Some((character, length)) = at(text, end - width)
            && length == width
        {
            return Some((character, width));
        }
    }
    Some((Character::from_byte(last), 1))
}

/// The number of characters.
pub fn count(text: &[u8]) -> usize {
    if text.is_ascii() || are_bytes() {
        return text.len();
    }
    text.utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

/// Where the character with a number begins; the end of the text when it has fewer.
pub fn offset(text: &[u8], number: usize) -> usize {
    let head = &text[..number.min(text.len())];
    if head.is_ascii() {
        return head.len();
    }
    let mut at_byte = 0;
    for _ in 0..number {
        match at(text, at_byte) {
            Some((_, width)) => at_byte += width,
            None => break,
        }
    }
    at_byte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted() {
        assert_eq!(count("aé€𝄞".as_bytes()), 4);
        assert_eq!(count(b"a\xff\xc3"), 3);
        assert_eq!(offset("aé€b".as_bytes(), 2), 3);
        assert_eq!(offset(b"ab", 7), 2);
    }

    #[test]
    fn a_character_is_found_from_both_sides() {
        let text = "aé€𝄞".as_bytes();
        assert_eq!(at(text, 1), Some((Character::from_char('é'), 2)));
        assert_eq!(
            before(text, text.len()),
            Some((Character::from_char('𝄞'), 4))
        );
        assert_eq!(before(text, 3), Some((Character::from_char('é'), 2)));
        assert_eq!(before(b"\xa9", 1), Some((Character::from_byte(0xa9), 1)));
        assert_eq!(before(text, 0), None);
    }

    #[test]
    fn case_changes_keep_one_character() {
        assert_eq!(uppercase('é'), 'É');
        assert_eq!(uppercase('ß'), 'ß');
        assert_eq!(lowercase('Σ'), 'σ');
    }
}
