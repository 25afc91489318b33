//! The text that a pattern requires, found by fast search before any automaton runs.

use aho_corasick::AhoCorasick;
use memchr::{memchr_iter, memchr2_iter, memmem};

use super::ast::{Dialect, Node, Pattern};

enum Finder {
    Exact(Box<memmem::Finder<'static>>),
    Caseless(Caseless),
    Any(AhoCorasick),
}

pub struct Literal {
    finder: Finder,
    /// Every match of the literal is a match of the pattern, and the other way round.
    exact: bool,
    /// Some letter also matches a character beyond ASCII, which the search does not know.
    wide: bool,
    /// Every match begins with it.
    prefix: bool,
}

impl Literal {
    /// The literal of a pattern, if it has one.
    pub fn of(pattern: &Pattern) -> Option<Literal> {
        if let Some(finder) = alternatives(pattern) {
            return Some(Literal {
                finder,
                exact: true,
                wide: false,
                prefix: true,
            });
        }
        let mut runs = Runs::default();
        let whole = runs.collect(&pattern.node);
        runs.cut();
        let single = runs.done.len() == 1;
        let best = runs.done.into_iter().max_by_key(|run| run.bytes.len())?;
        let exact = whole && single && !(best.folded && best.cased);
        let (wide, prefix) = (best.wide, best.prefix);
        let finder = match best.folded {
            true => Finder::Caseless(Caseless::new(&best.bytes)),
            false => Finder::Exact(Box::new(memmem::Finder::new(&best.bytes).into_owned())),
        };
        Some(Literal {
            finder,
            exact,
            wide,
            prefix,
        })
    }

    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// Whether every match begins with the literal.
    pub fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// Whether the search sees everything that could match in `text`.
    pub fn covers(&self, text: &[u8]) -> bool {
        // ſ, ı and the Kelvin sign begin with these bytes.
        !self.wide || memchr::memchr3(0xc4, 0xc5, 0xe2, text).is_none()
    }

    /// A place at `from` or later, no later than the first of the literal in any case: letters beyond ASCII count as well.
    pub fn find_all_cases(&self, text: &[u8], from: usize) -> Option<usize> {
        let found = self.find(text, from).map(|(start, _)| start);
        if !self.wide {
            return found;
        }
        let before = text.get(from..found.unwrap_or(text.len()))?;
        let other = memchr::memchr3(0xc4, 0xc5, 0xe2, before).map(|at| from + at);
        other.or(found)
    }

    /// The first place at `from` or later.
    pub fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let rest = text.get(from..)?;
        let (start, end) = match &self.finder {
            Finder::Exact(finder) => {
                let start = finder.find(rest)?;
                (start, start + finder.needle().len())
            }
            Finder::Caseless(caseless) => {
                let start = caseless.find(rest)?;
                (start, start + caseless.needle.len())
            }
            Finder::Any(automaton) => {
                let found = automaton.find(rest)?;
                (found.start(), found.end())
            }
        };
        Some((from + start, from + end))
    }
}

/// `foo\|bar`, and several patterns without anything special.
fn alternatives(pattern: &Pattern) -> Option<Finder> {
    let Node::Alternate(nodes) = ungrouped(&pattern.node) else {
        return None;
    };
    let literals: Vec<Vec<u8>> = nodes.iter().map(plain).collect::<Option<_>>()?;
    let kind = match pattern.dialect {
        Dialect::Posix => aho_corasick::MatchKind::LeftmostLongest,
        Dialect::Perl => aho_corasick::MatchKind::LeftmostFirst,
    };
    AhoCorasick::builder()
        .match_kind(kind)
        .build(literals)
        .ok()
        .map(Finder::Any)
}

fn ungrouped(node: &Node) -> &Node {
    match node {
        Node::Group { node, .. } => ungrouped(node),
        node => node,
    }
}

/// The bytes of a node that is nothing but literals.
fn plain(node: &Node) -> Option<Vec<u8>> {
    match ungrouped(node) {
        Node::Literal(bytes) => Some(bytes.clone()),
        Node::Concat(nodes) => {
            let parts: Vec<Vec<u8>> = nodes.iter().map(plain).collect::<Option<_>>()?;
            Some(parts.concat())
        }
        _ => None,
    }
}

#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    /// It has letters that match in either case,
    folded: bool,
    /// and letters that do not.
    cased: bool,
    wide: bool,
    /// Nothing that matches text stands before it.
    prefix: bool,
}

/// The stretches of literal text that every match holds.
#[derive(Default)]
struct Runs {
    now: Run,
    done: Vec<Run>,
    /// Something that matches text has been seen.
    inside: bool,
}

impl Runs {
    fn cut(&mut self) {
        let run = std::mem::take(&mut self.now);
        if !run.bytes.is_empty() {
            self.done.push(run);
        }
    }

    fn begin(&mut self) {
        if self.now.bytes.is_empty() {
            self.now.prefix = !self.inside;
        }
        self.inside = true;
    }

    /// Adds the text of `node`. True when the node is that text and nothing else.
    fn collect(&mut self, node: &Node) -> bool {
        match node {
            Node::Literal(bytes) => {
                self.begin();
                self.now.cased |= bytes.iter().any(u8::is_ascii_alphabetic);
                self.now.bytes.extend_from_slice(bytes);
                true
            }
            Node::Folded { letter, class } if letter.is_ascii() => {
                self.begin();
                self.now.folded = true;
                self.now.wide |= !class.is_ascii();
                self.now.bytes.push(*letter as u8);
                true
            }
            Node::Concat(nodes) => {
                let mut whole = true;
                for node in nodes {
                    whole &= self.collect(node);
                }
                whole
            }
            Node::Group { node, .. } => self.collect(node),
            Node::Empty => true,
            // These stand between two characters and leave the text whole, but ask for more than it.
            Node::Assert(_) | Node::Keep | Node::Look { negated: true, .. } => false,
            // What is looked for beside the match is in the line as well.
            Node::Look { node, .. } => {
                self.cut();
                let inside = std::mem::replace(&mut self.inside, true);
                self.collect(node);
                self.cut();
                self.inside = inside;
                false
            }
            Node::Atomic(node) => {
                self.collect(node);
                false
            }
            Node::Repeat { node, min, .. } if *min > 0 => {
                self.cut();
                self.collect(node);
                self.cut();
                false
            }
            _ => {
                self.cut();
                self.inside = true;
                false
            }
        }
    }
}

/// Text in either case, found by the byte of it that is likely to be rarest.
struct Caseless {
    needle: Vec<u8>,
    at: usize,
    lower: u8,
    upper: u8,
}

impl Caseless {
    fn new(needle: &[u8]) -> Caseless {
        let (at, byte) = needle
            .iter()
            .copied()
            .enumerate()
            .max_by_key(|&(_, byte)| rarity(byte))
            .unwrap_or_default();
        let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
        Caseless {
            needle: needle.to_vec(),
            at,
            lower,
            upper,
        }
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        let fits = |place: usize| {
            let start = place.checked_sub(self.at)?;
            let found = text.get(start..start + self.needle.len())?;
            found.eq_ignore_ascii_case(&self.needle).then_some(start)
        };
        if self.lower == self.upper {
            memchr_iter(self.lower, text).find_map(fits)
        } else {
            memchr2_iter(self.lower, self.upper, text).find_map(fits)
        }
    }
}

/// A rank by how seldom a byte stands in prose and program text.
fn rarity(byte: u8) -> usize {
    const COMMON_FIRST: &[u8] = b" etaoinsrlcdupmhf_.g-b,/0\"1v=y()*w2;:x'k3#49586{}7><[]+zjq";
    let byte = byte.to_ascii_lowercase();
    COMMON_FIRST
        .iter()
        .position(|&common| common == byte)
        .unwrap_or(COMMON_FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::super::ast::Lines;
    use super::super::posix::{self, Flavour, Syntax};
    use super::*;

    fn literal(text: &str, folded: bool) -> Option<Literal> {
        let syntax = Syntax {
            extended: true,
            folded,
            lines: Lines::Apart(b'\n'),
            flavour: Flavour::Grep,
            ascii_only: true,
        };
        Literal::of(&posix::parse(&[text.as_bytes()], syntax).ok()?.pattern)
    }

    #[test]
    fn a_plain_pattern_is_its_literal() {
        let found =
            literal("foo", false).map(|literal| (literal.is_exact(), literal.find(b"a foo", 0)));
        assert_eq!(found, Some((true, Some((2, 5)))));
    }

    #[test]
    fn the_longest_required_text_is_searched_for() {
        let found = literal("[a-z]+_foo(bar)?", false)
            .map(|literal| (literal.is_exact(), literal.find(b"x_foo", 0)));
        assert_eq!(found, Some((false, Some((1, 5)))));
    }

    #[test]
    fn alternatives_are_found_together_and_the_longest_wins() {
        let found = literal("ab|abc|x", false)
            .map(|literal| (literal.is_exact(), literal.find(b"zabcx", 0)));
        assert_eq!(found, Some((true, Some((1, 4)))));
    }

    #[test]
    fn letters_of_either_case_are_found_unless_the_text_has_other_cases_of_them() {
        let found =
            literal("tOdo", true).map(|literal| (literal.is_exact(), literal.find(b"a ToDo", 0)));
        assert_eq!(found, Some((true, Some((2, 6)))));
        let covers = literal("is", true).map(|literal| {
            (
                literal.covers(b"plain"),
                literal.covers("ı\u{17f}".as_bytes()),
            )
        });
        assert_eq!(covers, Some((true, false)));
    }

    #[test]
    fn a_literal_is_known_to_begin_every_match() {
        let begins = |text| literal(text, false).map(|literal| literal.is_prefix());
        assert_eq!(begins("\\<foo[a-z]*"), Some(true));
        assert_eq!(begins("(foo)+x?"), Some(true));
        assert_eq!(begins("x?foo"), Some(false));
        assert_eq!(begins("foo|barfoo"), Some(true));
    }

    #[test]
    fn a_pattern_without_required_text_has_no_literal() {
        assert!(literal("[a-z]+|x*", false).is_none());
    }
}
