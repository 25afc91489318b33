//! Patterns of the shell: `*`, `?`, `[…]`, and with `extglob` the groups `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)`.
//!
//! A pattern without groups is a row of segments with a `*` between each two; they are looked for one after another, each at
//! the first place where it stands, so that no text makes it try again. One with groups works on sets of places.

pub mod characters;
mod groups;
mod parse;
mod segment;
mod set;

use memchr::memmem;

use self::groups::Node;
use self::segment::{Segment, Unit};
use self::set::Set;
use super::ast::Text;

/// A pattern that was read.
#[derive(Clone, Debug)]
pub struct Pattern {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Never empty; a `*` stands between each two.
    Segments(Vec<Segment>),
    Groups(Vec<Node>),
}

impl Pattern {
    /// Reads a pattern in which a backslash takes the meaning of the character behind it away.
    pub fn new(source: &[u8], extglob: bool, ignore_case: bool) -> Self {
        let nodes = parse::parse(source, extglob, ignore_case);
        let has_groups = nodes.iter().any(|node| matches!(node, Node::Group(..)));
        if has_groups {
            return Self {
                kind: Kind::Groups(nodes),
            };
        }
        let mut segments = vec![Segment::default()];
        for node in nodes {
            match node {
                Node::Unit(unit) => segments
                    .last_mut()
                    .expect("there is always one")
                    .units
                    .push(unit),
                Node::Star => {
                    let is_second =
                        segments.len() > 1 && segments.last().is_some_and(Segment::is_empty);
                    if !is_second {
                        segments.push(Segment::default());
                    }
                }
                Node::Group(..) => {}
            }
        }
        Self {
            kind: Kind::Segments(segments),
        }
    }

    /// The text that the pattern stands for, if it is only that.
    pub fn literal(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [segment] => segment.literal(),
                _ => None,
            },
            Kind::Groups(_) => None,
        }
    }

    pub fn matches(&self, text: &[u8]) -> bool {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [only] => only.end(text, 0) == Some(text.len()),
                [first, middle @ .., last] => {
                    let Some(at) = first.end(text, 0) else {
                        return false;
                    };
                    let Some(at) = in_order(middle, text, at) else {
                        return false;
                    };
                    last.start(text, text.len())
                        .is_some_and(|start| start >= at)
                }
                [] => false,
            },
            Kind::Groups(nodes) => groups::matches(nodes, text, false),
        }
    }

    /// Likewise for a file's name: a `.` at its start has to stand in the pattern.
    pub fn matches_name(&self, name: &[u8]) -> bool {
        if name.first() != Some(&b'.') {
            return self.matches(name);
        }
        match &self.kind {
            Kind::Segments(_) => self.begins_with_dot() && self.matches(name),
            Kind::Groups(nodes) => groups::matches(nodes, name, true),
        }
    }

    fn begins_with_dot(&self) -> bool {
        match &self.kind {
            Kind::Segments(segments) => {
                match segments.first().and_then(|first| first.units.first()) {
                    Some(Unit::Literal(text)) => text.first() == Some(&b'.'),
                    Some(Unit::Folded(text)) => text.first().is_some_and(|first| first.is(b'.')),
                    _ => false,
                }
            }
            Kind::Groups(_) => false,
        }
    }

    /// The end of the longest beginning of the text that the pattern matches.
    pub fn longest_prefix(&self, text: &[u8]) -> Option<usize> {
        self.longest_from(text, 0)
    }

    /// The end of the longest match that begins at a place.
    pub fn longest_from(&self, text: &[u8], start: usize) -> Option<usize> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [only] => only.end(text, start),
                [first, middle @ .., last] => {
                    let at = in_order(middle, text, first.end(text, start)?)?;
                    last.find_last(text, at).map(|(_, end)| end)
                }
                [] => None,
            },
            Kind::Groups(nodes) => groups::ends(nodes, text, start).last(),
        }
    }

    /// The end of the shortest beginning of the text that the pattern matches.
    pub fn shortest_prefix(&self, text: &[u8]) -> Option<usize> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [first, others @ ..] => in_order(others, text, first.end(text, 0)?),
                [] => None,
            },
            Kind::Groups(nodes) => groups::ends(nodes, text, 0).first(),
        }
    }

    /// Where the longest end of the text that the pattern matches begins.
    pub fn longest_suffix(&self, text: &[u8]) -> Option<usize> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [only] => only.start(text, text.len()),
                [first, middle @ .., last] => {
                    let before = in_reverse(middle, text, last.start(text, text.len())?)?;
                    first.find(&text[..before], 0).map(|(start, _)| start)
                }
                [] => None,
            },
            Kind::Groups(nodes) => groups::starts(nodes, text).first(),
        }
    }

    /// Where the shortest end of the text that the pattern matches begins.
    pub fn shortest_suffix(&self, text: &[u8]) -> Option<usize> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [others @ .., last] => in_reverse(others, text, last.start(text, text.len())?),
                [] => None,
            },
            Kind::Groups(nodes) => groups::starts(nodes, text).last(),
        }
    }

    /// The first match from a place on, and of those that begin there the longest.
    pub fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match &self.kind {
            Kind::Segments(segments) => match segments.as_slice() {
                [only] => only.find(text, from),
                [first, ..] => {
                    // What the first `*` stands for does not matter: the rest matches behind the first place of the
                    // first segment, or nowhere.
                    let (start, _) = first.find(text, from)?;
                    Some((start, self.longest_from(text, start)?))
                }
                [] => None,
            },
            Kind::Groups(nodes) => {
                let mut start = from;
                loop {
                    if let Some(end) = groups::ends(nodes, text, start).last() {
                        return Some((start, end));
                    }
                    start += characters::at(text, start)?.1;
                }
            }
        }
    }
}

/// The end of segments that stand one after another, each at the first place from the end of the one before.
fn in_order(segments: &[Segment], text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for segment in segments {
        at = segment.find(text, at)?.1;
    }
    Some(at)
}

/// The start of segments that stand one before another, each at the last place up to the start of the one behind it.
fn in_reverse(segments: &[Segment], text: &[u8], to: usize) -> Option<usize> {
    let mut at = to;
    for segment in segments.iter().rev() {
        at = segment.find_last(&text[..at], 0)?.0;
    }
    Some(at)
}

/// Puts a text into the source of a pattern as one that stands for itself.
pub fn push_escaped(text: &[u8], source: &mut Text) {
    for &byte in text {
        if matches!(
            byte,
            b'*' | b'?'
                | b'['
                | b']'
                | b'\\'
                | b'('
                | b')'
                | b'|'
                | b'!'
                | b'^'
                | b'-'
                | b'+'
                | b'@'
                | b'&'
                | b'/'
                | b':'
                | b'='
                | b'.'
        ) {
            source.push(b'\\');
        }
        source.push(byte);
    }
}

/// The parts of a source between separators that stand outside of `[…]`.
pub fn split(source: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(&byte) = source.get(at) {
        if byte == separator {
            parts.push(&source[start..at]);
            start = at + 1;
        }
        at += match byte {
            b'\\' => 2,
            b'[' => 1 + Set::parse(&source[at + 1..], false).map_or(0, |(_, length)| length),
            _ => 1,
        };
    }
    parts.push(&source[start..]);
    parts
}

/// Whether a text may be more than characters that stand for themselves.
pub fn has_special(text: &[u8]) -> bool {
    text.iter()
        .any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'('))
}

/// The first place of a text in another one from a place on.
fn find_bytes(needle: &[u8], text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let at = match needle {
        [byte] => memchr::memchr(*byte, rest),
        _ => memmem::find(rest, needle),
    };
    Some(at? + from)
}

#[cfg(test)]
mod tests;
