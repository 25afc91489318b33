//! Which lines of a buffer may match, found without looking at each.

use memchr::memrchr;

use super::ast::Lines;
use super::automaton::{Automaton, Scan};
use super::literal::Literal;
use super::posix::{self, Syntax};

/// What every line that matches holds.
pub struct LineFilter {
    terminator: u8,
    literal: Option<Literal>,
    automaton: Automaton,
}

impl LineFilter {
    /// None for a pattern that cannot be searched for like that.
    pub(super) fn new(pattern: &[u8], syntax: Syntax, terminator: u8) -> Option<LineFilter> {
        let lines = Lines::Apart(terminator);
        let ascii_only = pattern.is_ascii();
        let syntax = Syntax {
            lines,
            ascii_only,
            ..syntax
        };
        let parsed = posix::parse(&[pattern], syntax).ok()?;
        let mut tree = parsed.pattern;
        tree.ascii_only &= parsed.wants_unicode;
        Some(LineFilter {
            terminator,
            literal: Literal::of(&tree),
            automaton: Automaton::new(&tree, lines),
        })
    }

    /// The start of the next line that may match. `text` is whole lines, and `from` starts one.
    pub fn find(&mut self, text: &[u8], from: usize) -> Option<usize> {
        // The last terminator is looked at, not searched: after it there is no line.
        let last = text.len().checked_sub(1).filter(|last| from <= *last)?;
        let place = match &self.literal {
            Some(literal) => literal.find_all_cases(text, from)?,
            None => match self.automaton.scan(text, from, last) {
                Ok(Scan::End(place) | Scan::GaveUp(place)) => place,
                Ok(Scan::Nothing) => return None,
                // What is wrong with the pattern is found when it is used.
                Err(_) => from,
            },
        };
        // A match may end with its line, whose end is then before this place.
        let before = text.get(from..place).unwrap_or_default();
        Some(memrchr(self.terminator, before).map_or(from, |at| from + at + 1))
    }
}
