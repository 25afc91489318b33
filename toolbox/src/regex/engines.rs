//! The engines of one pattern, and which of them answers.

use super::ast::{Lines, Pattern};
use super::automaton::{Automaton, Found};
use super::backtrack::{Backtracker, LIMIT};
use super::literal::Literal;

/// Steps that a search with back references may take: about a second.
const MOST_STEPS: u64 = 100_000_000;
/// Places where the literal at the start is found and the rest does not match, before that is given up.
const MOST_TRIES: usize = 16;

pub struct Engines {
    pattern: Pattern,
    lines: Lines,
    automaton: Automaton,
    backtracker: Option<Backtracker>,
}

impl Engines {
    pub fn new(pattern: Pattern, lines: Lines) -> Engines {
        Engines {
            automaton: Automaton::new(&pattern, lines),
            pattern,
            lines,
            backtracker: None,
        }
    }

    fn backtracker(&mut self) -> Result<&mut Backtracker, &'static str> {
        if self.backtracker.is_none() {
            let made = Backtracker::with_limit(&self.pattern, self.lines, MOST_STEPS)?;
            self.backtracker = Some(made);
        }
        self.backtracker.as_mut().ok_or(LIMIT)
    }

    /// The leftmost, longest match at `from` or later; `None` when this text is beyond the engines. A match can only start
    /// where `prefix` is found, and that is also at `from`.
    pub fn find(
        &mut self,
        text: &[u8],
        mut from: usize,
        prefix: Option<&Literal>,
    ) -> Result<Option<Option<(usize, usize)>>, &'static str> {
        let regular = self.pattern.node.is_regular();
        if let Some(prefix) = prefix.filter(|_| regular) {
            for _ in 0..MOST_TRIES {
                match self.automaton.try_longest(text, from)? {
                    Found::Match(start, end) => return Ok(Some(Some((start, end)))),
                    Found::GaveUp => return Ok(None),
                    Found::Nothing => {}
                }
                match prefix.find(text, from + 1) {
                    Some((start, _)) => from = start,
                    None => return Ok(Some(None)),
                }
            }
        }
        match self.automaton.try_find(text, from)? {
            Found::Nothing => Ok(Some(None)),
            Found::GaveUp => Ok(None),
            Found::Match(start, end) if regular => Ok(Some(Some((start, end)))),
            // No match can start before that.
            Found::Match(start, _) => self.backtrack(text, start).map(Some),
        }
    }

    /// The same, in every text.
    pub fn find_anyhow(
        &mut self,
        text: &[u8],
        from: usize,
        prefix: Option<&Literal>,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        match self.find(text, from, prefix)? {
            Some(found) => Ok(found),
            None => self.backtrack(text, from),
        }
    }

    fn backtrack(
        &mut self,
        text: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        self.backtracker()?.find(text, from).map_err(too_long)
    }

    /// Adds where the groups of a match are.
    pub fn locate(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        places: &mut Vec<Option<(usize, usize)>>,
    ) -> Result<(), &'static str> {
        let groups = self.pattern.groups;
        let backtracker = self.backtracker()?;
        let found = backtracker.locate(text, start, end).map_err(too_long)?;
        places.extend((1..=groups).map(|group| backtracker.group(group).filter(|_| found)));
        Ok(())
    }
}

fn too_long(error: &'static str) -> &'static str {
    match error {
        LIMIT => "Regular expression takes too long to match",
        error => error,
    }
}
