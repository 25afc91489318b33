//! Reads the source of a pattern.

use super::characters;
use super::groups::{GroupKind, Node};
use super::segment::Unit;
use super::set::Set;
use crate::shell::ast::Text;

/// How deep groups may stand inside each other; deeper ones are characters like others.
const DEEPEST: usize = 250;

pub fn parse(source: &[u8], extglob: bool, ignore_case: bool) -> Vec<Node> {
    let mut reader = Reader {
        source,
        extglob,
        ignore_case,
        at: 0,
        depth: 0,
        is_unclosed: false,
    };
    reader.sequence().0
}

struct Reader<'a> {
    source: &'a [u8],
    extglob: bool,
    ignore_case: bool,
    at: usize,
    /// How many groups enclose the place.
    depth: usize,
    /// A group inside of others has no end: then those have none either, and are not read on.
    is_unclosed: bool,
}

/// What ended a sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Source,
    Bar,
    Parenthesis,
}

impl Reader<'_> {
    fn sequence(&mut self) -> (Vec<Node>, Ended) {
        let mut nodes = Vec::new();
        let mut literal = Text::new();
        // Parentheses that are no group's: inside of a group they come in pairs.
        let mut pairs = 0;
        loop {
            let Some(&byte) = self.source.get(self.at) else {
                self.put_literal(&mut nodes, &mut literal);
                return (nodes, Ended::Source);
            };
            if self.depth > 0 && pairs == 0 && matches!(byte, b'|' | b')') {
                self.at += 1;
                self.put_literal(&mut nodes, &mut literal);
                let ended = match byte {
                    b'|' => Ended::Bar,
                    _ => Ended::Parenthesis,
                };
                return (nodes, ended);
            }
            let group = self.group();
            if self.is_unclosed {
                return (nodes, Ended::Source);
            }
            let node = group.or_else(|| self.unit(byte));
            match node {
                Some(node) => {
                    self.put_literal(&mut nodes, &mut literal);
                    nodes.push(node);
                }
                None => {
                    match byte {
                        b'(' => pairs += 1,
                        b')' if pairs > 0 => pairs -= 1,
                        _ => {}
                    }
                    if byte == b'\\' && self.at + 1 < self.source.len() {
                        self.at += 1;
                    }
                    literal.push(self.source[self.at]);
                    self.at += 1;
                }
            }
        }
    }

    fn put_literal(&self, nodes: &mut Vec<Node>, literal: &mut Text) {
        if literal.is_empty() {
            return;
        }
        let text = std::mem::take(literal);
        nodes.push(Node::Unit(if self.ignore_case {
            let mut folded = Vec::new();
            let mut at = 0;
            while let Some((character, width)) = characters::at(&text, at) {
                folded.push(character.lowercase());
                at += width;
            }
            Unit::Folded(folded)
        } else {
            Unit::Literal(text)
        }));
    }

    fn unit(&mut self, byte: u8) -> Option<Node> {
        match byte {
            b'*' => {
                self.at += 1;
                Some(Node::Star)
            }
            b'?' => {
                self.at += 1;
                Some(Node::Unit(Unit::Any))
            }
            b'[' => {
                let rest = &self.source[self.at + 1..];
                let (set, length) = Set::parse(rest, self.ignore_case)?;
                self.at += 1 + length;
                Some(Node::Unit(Unit::Set(set)))
            }
            _ => None,
        }
    }

    fn group(&mut self) -> Option<Node> {
        if !self.extglob || self.source.get(self.at + 1) != Some(&b'(') || self.depth == DEEPEST {
            return None;
        }
        let kind = match self.source[self.at] {
            b'?' => GroupKind::Optional,
            b'*' => GroupKind::Any,
            b'+' => GroupKind::Some,
            b'@' => GroupKind::One,
            b'!' => GroupKind::Not,
            _ => return None,
        };
        let start = self.at;
        closing(self.source, start + 2)?;
        self.at = start + 2;
        self.depth += 1;
        let mut alternatives = Vec::new();
        let ended = loop {
            let (nodes, ended) = self.sequence();
            alternatives.push(nodes);
            if ended != Ended::Bar {
                break ended;
            }
        };
        self.depth -= 1;
        if ended == Ended::Source {
            // A bracket expression has taken the parenthesis.
            self.at = start;
            self.is_unclosed = self.depth > 0;
            return None;
        }
        Some(Node::Group(kind, alternatives))
    }
}

/// The `)` of a group, from behind its `(` on: without it there is no group.
fn closing(source: &[u8], start: usize) -> Option<usize> {
    let mut depth = 1;
    let mut at = start;
    while let Some(&byte) = source.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
