//! Patterns with groups: all places that a match can get to, at one time.

use super::characters;
use super::segment::Unit;

#[derive(Clone, Debug)]
pub enum Node {
    Unit(Unit),
    Star,
    Group(GroupKind, Vec<Vec<Node>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// `?(…)`
    Optional,
    /// `*(…)`
    Any,
    /// `+(…)`
    Some,
    /// `@(…)`
    One,
    /// `!(…)`
    Not,
}

/// A set of places in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    bits: Vec<u64>,
}

impl Places {
    fn none(text: &[u8]) -> Self {
        Self {
            bits: vec![0; text.len() / 64 + 1],
        }
    }

    fn one(text: &[u8], place: usize) -> Self {
        let mut places = Self::none(text);
        places.insert(place);
        places
    }

    fn insert(&mut self, place: usize) {
        if let Some(word) = self.bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        self.bits
            .get(place / 64)
            .is_some_and(|word| word & 1 << (place % 64) != 0)
    }

    fn add(&mut self, others: &Self) {
        for (word, other) in self.bits.iter_mut().zip(&others.bits) {
            *word |= other;
        }
    }

    fn without(mut self, others: &Self) -> Self {
        for (word, other) in self.bits.iter_mut().zip(&others.bits) {
            *word &= !other;
        }
        self
    }

    fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.bits.iter().enumerate().flat_map(|(number, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(number * 64 + bit)
            })
        })
    }

    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    pub fn last(&self) -> Option<usize> {
        let (number, word) = self
            .bits
            .iter()
            .enumerate()
            .rfind(|(_, word)| **word != 0)?;
        Some(number * 64 + 63 - word.leading_zeros() as usize)
    }
}

/// Whether the nodes match a whole text. With `hides_dot`, a `.` at its start is matched by itself alone.
pub fn matches(nodes: &[Node], text: &[u8], hides_dot: bool) -> bool {
    let walk = Walk {
        text,
        hides_dot,
        is_backward: false,
    };
    walk.sequence(nodes, Places::one(text, 0)).has(text.len())
}

/// Where matches that begin at a place end.
pub fn ends(nodes: &[Node], text: &[u8], start: usize) -> Places {
    let walk = Walk {
        text,
        hides_dot: false,
        is_backward: false,
    };
    walk.sequence(nodes, Places::one(text, start))
}

/// Where matches that end at the end of the text begin.
pub fn starts(nodes: &[Node], text: &[u8]) -> Places {
    let walk = Walk {
        text,
        hides_dot: false,
        is_backward: true,
    };
    walk.sequence(nodes, Places::one(text, text.len()))
}

struct Walk<'a> {
    text: &'a [u8],
    hides_dot: bool,
    /// From the end of the text to its start.
    is_backward: bool,
}

impl Walk<'_> {
    fn sequence(&self, nodes: &[Node], from: Places) -> Places {
        let mut places = from;
        for at in 0..nodes.len() {
            if places.is_empty() {
                break;
            }
            let at = if self.is_backward {
                nodes.len() - 1 - at
            } else {
                at
            };
            places = self.step(&nodes[at], places);
        }
        places
    }

    fn step(&self, node: &Node, from: Places) -> Places {
        match node {
            Node::Unit(unit) => {
                let mut to = Places::none(self.text);
                let hides = |place| {
                    self.is_hidden(place) && !matches!(unit, Unit::Literal(_) | Unit::Folded(_))
                };
                for place in from.iter().filter(|&place| !hides(place)) {
                    let next = if self.is_backward {
                        unit.start(self.text, place)
                    } else {
                        unit.end(self.text, place)
                    };
                    if let Some(next) = next {
                        to.insert(next);
                    }
                }
                to
            }
            Node::Star => self.beyond(&from),
            Node::Group(kind, alternatives) => self.group(*kind, alternatives, from),
        }
    }

    fn is_hidden(&self, place: usize) -> bool {
        self.hides_dot && place == 0 && self.text.first() == Some(&b'.')
    }

    /// What a `*` gets to.
    fn beyond(&self, from: &Places) -> Places {
        let mut to = Places::none(self.text);
        if self.is_backward {
            let mut place = from.last();
            while let Some(at) = place {
                to.insert(at);
                place = characters::before(self.text, at).map(|(_, width)| at - width);
            }
            return to;
        }
        let mut place = from.first();
        if place.is_some_and(|place| self.is_hidden(place)) {
            place = from.iter().nth(1);
        }
        while let Some(at) = place {
            to.insert(at);
            place = characters::at(self.text, at).map(|(_, width)| at + width);
        }
        to
    }

    fn group(&self, kind: GroupKind, alternatives: &[Vec<Node>], from: Places) -> Places {
        match kind {
            GroupKind::One => self.any_of(alternatives, &from),
            GroupKind::Optional => {
                let mut to = self.any_of(alternatives, &from);
                to.add(&from);
                to
            }
            GroupKind::Any => self.repeated(alternatives, from),
            GroupKind::Some => {
                let once = self.any_of(alternatives, &from);
                self.repeated(alternatives, once)
            }
            GroupKind::Not => {
                let mut to = Places::none(self.text);
                for place in from.iter() {
                    let one = Places::one(self.text, place);
                    let matched = self.any_of(alternatives, &one);
                    to.add(&self.beyond(&one).without(&matched));
                }
                to
            }
        }
    }

    fn any_of(&self, alternatives: &[Vec<Node>], from: &Places) -> Places {
        let mut to = Places::none(self.text);
        for nodes in alternatives {
            to.add(&self.sequence(nodes, from.clone()));
        }
        to
    }

    fn repeated(&self, alternatives: &[Vec<Node>], from: Places) -> Places {
        let mut all = from.clone();
        let mut newest = from;
        while !newest.is_empty() {
            newest = self.any_of(alternatives, &newest).without(&all);
            all.add(&newest);
        }
        all
    }
}
