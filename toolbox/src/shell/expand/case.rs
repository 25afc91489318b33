//! Upper and lower case.

use crate::shell::ast::Text;

pub fn uppercase(text: &[u8]) -> Text {
    change(text, |_, character| upper(character))
}

pub fn lowercase(text: &[u8]) -> Text {
    change(text, |_, character| lower(character))
}

/// The first character in upper case, the others in lower case.
pub fn capitalized(text: &[u8]) -> Text {
    change(text, |at, character| match at {
        0 => upper(character),
        _ => lower(character),
    })
}

/// One character in upper case, when that is one character.
pub(super) fn upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => character,
    }
}

pub(super) fn lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

/// Changes each character of a text; bytes that are none stay.
pub(super) fn change(text: &[u8], mut change: impl FnMut(usize, char) -> char) -> Text {
    let mut changed = Text::with_capacity(text.len());
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            let mut buffer = [0; 4];
            let character = change(at, character);
            changed.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            at += 1;
        }
        changed.extend_from_slice(chunk.invalid());
        at += chunk.invalid().len();
    }
    changed
}
