//! A part of a pattern without `*`: it matches a fixed number of characters.

use super::characters::{self, Character};
use super::find_bytes;
use super::set::Set;
use crate::shell::ast::Text;

#[derive(Clone, Debug)]
pub enum Unit {
    Literal(Text),
    /// A literal whose case does not matter, in lower case.
    Folded(Vec<Character>),
    /// `?`
    Any,
    Set(Set),
}

#[derive(Clone, Debug, Default)]
pub struct Segment {
    pub units: Vec<Unit>,
}

impl Unit {
    /// Where the unit ends when it stands at a place.
    pub fn end(&self, text: &[u8], start: usize) -> Option<usize> {
        match self {
            Self::Literal(literal) => {
                let rest = text.get(start..)?;
                rest.starts_with(literal).then(|| start + literal.len())
            }
            Self::Folded(literal) => {
                let mut at = start;
                for &expected in literal {
                    let (character, width) = characters::at(text, at)?;
                    if character.lowercase() != expected {
                        return None;
                    }
                    at += width;
                }
                Some(at)
            }
            Self::Any => Some(start + characters::at(text, start)?.1),
            Self::Set(set) => {
                let (character, width) = characters::at(text, start)?;
                set.has(character).then(|| start + width)
            }
        }
    }

    /// Where the unit begins when it ends at a place.
    pub fn start(&self, text: &[u8], end: usize) -> Option<usize> {
        match self {
            Self::Literal(literal) => {
                let rest = text.get(..end)?;
                rest.ends_with(literal).then(|| end - literal.len())
            }
            Self::Folded(literal) => {
                let mut at = end;
                for &expected in literal.iter().rev() {
                    let (character, width) = characters::before(text, at)?;
                    if character.lowercase() != expected {
                        return None;
                    }
                    at -= width;
                }
                Some(at)
            }
            Self::Any => Some(end - characters::before(text, end)?.1),
            Self::Set(set) => {
                let (character, width) = characters::before(text, end)?;
                set.has(character).then(|| end - width)
            }
        }
    }
}

impl Segment {
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The text that it stands for, if it is only that.
    pub fn literal(&self) -> Option<&[u8]> {
        match self.units.as_slice() {
            [] => Some(b""),
            [Unit::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Where the segment ends when it stands at a place.
    pub fn end(&self, text: &[u8], start: usize) -> Option<usize> {
        let mut at = start;
        for unit in &self.units {
            at = unit.end(text, at)?;
        }
        Some(at)
    }

    /// Where the segment begins when it ends at a place.
    pub fn start(&self, text: &[u8], end: usize) -> Option<usize> {
        let mut at = end;
        for unit in self.units.iter().rev() {
            at = unit.start(text, at)?;
        }
        Some(at)
    }

    /// The first place from a place on where it stands.
    pub fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        match self.units.as_slice() {
            [] => Some((from, from)),
            [Unit::Literal(literal)] => {
                let start = find_bytes(literal, text, from)?;
                Some((start, start + literal.len()))
            }
            [Unit::Literal(literal), rest @ ..] => loop {
                let start = find_bytes(literal, text, at)?;
                let end = rest
                    .iter()
                    .try_fold(start + literal.len(), |at, unit| unit.end(text, at));
                if let Some(end) = end {
                    return Some((start, end));
                }
                at = start + 1;
            },
            [Unit::Set(set)] if text.is_ascii() => {
                let start = text[from..].iter().position(|&byte| set.has_byte(byte))?;
                Some((from + start, from + start + 1))
            }
            _ => loop {
                if let Some(end) = self.end(text, at) {
                    return Some((at, end));
                }
                at += characters::at(text, at)?.1;
            },
        }
    }

    /// The last place from a place on where it stands.
    pub fn find_last(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self.units.as_slice() {
            [] => Some((text.len(), text.len())),
            [Unit::Literal(literal)] => {
                let rest = text.get(from..)?;
                let at = match literal.as_slice() {
                    [byte] => memchr::memrchr(*byte, rest)?,
                    _ => memchr::memmem::rfind(rest, literal)?,
                };
                Some((from + at, from + at + literal.len()))
            }
            _ => {
                let mut end = text.len();
                loop {
                    if let Some(start) = self.start(text, end) {
                        return (start >= from).then_some((start, end));
                    }
                    end -= characters::before(text, end)?.1;
                    if end < from {
                        return None;
                    }
                }
            }
        }
    }
}
