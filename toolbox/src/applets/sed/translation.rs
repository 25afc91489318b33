//! `y`: characters for characters.

use std::collections::HashMap;

use crate::regex::posix::character;

pub struct Translation {
    /// What each byte becomes, where both sides are single bytes.
    bytes: Box<[u8; 256]>,
    /// What longer characters become, and what becomes longer.
    characters: HashMap<Vec<u8>, Vec<u8>>,
}

/// The characters of one side. After a backslash stands a character that means itself, or `n`.
fn side(text: &[u8]) -> Vec<Vec<u8>> {
    let mut characters = Vec::new();
    let mut rest = text;
    while let Some((_, length)) = character(rest) {
        let (one, after) = rest.split_at(length);
        rest = after;
        if one != b"\\" {
            characters.push(one.to_vec());
            continue;
        }
        let Some((_, length)) = character(rest) else {
            characters.push(one.to_vec());
            break;
        };
        let (escaped, after) = rest.split_at(length);
        rest = after;
        characters.push(match escaped {
            b"n" => b"\n".to_vec(),
            other => other.to_vec(),
        });
    }
    characters
}

impl Translation {
    /// None where the sides are not of the same length.
    pub fn new(from: &[u8], to: &[u8]) -> Option<Translation> {
        let (from, to) = (side(from), side(to));
        if from.len() != to.len() {
            return None;
        }
        let mut bytes = Box::new([0; 256]);
        for (byte, place) in (0..=u8::MAX).zip(bytes.iter_mut()) {
            *place = byte;
        }
        let mut characters = HashMap::new();
        // Of a character that is there twice, the first counts.
        for (from, to) in from.into_iter().zip(to).rev() {
            match (from.as_slice(), to.as_slice()) {
                ([one], [other]) if one.is_ascii() => {
                    if let Some(place) = bytes.get_mut(usize::from(*one)) {
                        *place = *other;
                    }
                    characters.remove(&from);
                }
                _ => {
                    characters.insert(from, to);
                }
            }
        }
        Some(Translation { bytes, characters })
    }

    pub fn apply(&self, text: &mut Vec<u8>) {
        if self.characters.is_empty() {
            for byte in text {
                *byte = self.byte(*byte);
            }
            return;
        }
        let mut result = Vec::with_capacity(text.len());
        let mut rest = text.as_slice();
        while let Some((_, length)) = character(rest) {
            let (one, after) = rest.split_at(length);
            rest = after;
            match (self.characters.get(one), one) {
                (Some(other), _) => result.extend_from_slice(other),
                (None, [byte]) => result.push(self.byte(*byte)),
                (None, other) => result.extend_from_slice(other),
            }
        }
        *text = result;
    }

    fn byte(&self, byte: u8) -> u8 {
        self.bytes.get(usize::from(byte)).copied().unwrap_or(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(from: &str, to: &str, text: &str) -> Option<String> {
        let mut text = text.as_bytes().to_vec();
        Translation::new(from.as_bytes(), to.as_bytes())?.apply(&mut text);
        String::from_utf8(text).ok()
    }

    #[test]
    fn each_character_becomes_the_one_at_its_place() {
        assert_eq!(translated("abc", "xyz", "cab"), Some("zxy".into()));
        assert_eq!(translated("é日a", "ab日", "aé日"), Some("日ab".into()));
        assert_eq!(
            translated("a\\n\\\\", "\\n\\\\/", "a\n\\"),
            Some("\n\\/".into())
        );
        assert_eq!(translated("aa", "xy", "a"), Some("x".into()));
    }

    #[test]
    fn the_sides_are_of_the_same_length() {
        assert_eq!(translated("abc", "xy", ""), None);
        assert_eq!(translated("é", "ab", ""), None);
    }
}
