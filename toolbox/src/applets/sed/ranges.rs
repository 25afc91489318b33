//! Which lines a range of addresses is for.

use super::Fatal;
use super::execute::Machine;
use super::script::{Address, End, Script, Selector};
use super::skip::next_step;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Outside,
    /// With the line that ends it, where that is known.
    Inside(u64),
    /// It has ended. One that begins at a line number cannot begin again.
    Over,
}

/// The state of each command's range.
pub struct Ranges {
    states: Vec<State>,
}

impl Ranges {
    /// As they are before the first line.
    pub fn new(script: &Script) -> Ranges {
        let state = |selector| match selector {
            Selector::Range(Address::Line(0), _) => State::Inside(0),
            _ => State::Outside,
        };
        let commands = script.commands.iter();
        Ranges {
            states: commands.map(|command| state(command.selector)).collect(),
        }
    }

    /// Whether the command's range goes on behind this line.
    pub fn is_active(&self, command: usize) -> bool {
        matches!(self.states.get(command), Some(State::Inside(_)))
    }

    /// Whether the command's range has ended.
    pub fn is_over(&self, command: usize) -> bool {
        self.get(command) == State::Over
    }

    /// The last line of a range, where that is known.
    pub fn last_line(&self, command: usize) -> Option<u64> {
        match self.get(command) {
            State::Inside(last) => Some(last),
            _ => None,
        }
    }

    fn get(&self, command: usize) -> State {
        self.states.get(command).copied().unwrap_or(State::Over)
    }

    fn set(&mut self, command: usize, state: State) {
        if let Some(place) = self.states.get_mut(command) {
            *place = state;
        }
    }
}

impl Machine<'_> {
    /// Whether this line is in the range of a command.
    pub(super) fn is_in(&mut self, at: usize, begin: Address, end: End) -> Result<bool, Fatal> {
        match self.ranges.get(at) {
            State::Inside(last) => self.goes_on(at, end, last),
            State::Over if matches!(begin, Address::Line(_)) => Ok(false),
            State::Outside | State::Over => self.begins(at, begin, end),
        }
    }

    fn goes_on(&mut self, at: usize, end: End, last: u64) -> Result<bool, Fatal> {
        let (over, inside) = match end {
            End::At(Address::Line(line)) => (self.number >= line, self.number <= line),
            // A line that has been jumped over ends these at the next one.
            End::At(Address::Step { .. }) | End::Lines(_) | End::Multiple(_) => {
                (self.number >= last, true)
            }
            End::At(address) => (self.is_at(address)?, true),
        };
        if over {
            self.ranges.set(at, State::Over);
        }
        Ok(inside)
    }

    fn begins(&mut self, at: usize, begin: Address, end: End) -> Result<bool, Fatal> {
        let here = match begin {
            // The line itself may have been jumped over.
            Address::Line(line) => self.number >= line,
            begin => self.is_at(begin)?,
        };
        if !here {
            return Ok(false);
        }
        let number = self.number;
        let only = begin == Address::Line(number) || !matches!(begin, Address::Line(_));
        let last = match end {
            // The end may be where the beginning has been jumped over.
            End::At(Address::Line(line)) if line < number => return Ok(only),
            End::At(Address::Line(line)) => line,
            End::At(Address::Step { first, step }) => next_step(first, step, number - 1),
            End::At(Address::Last) if self.input.is_at_end()? => number,
            End::At(_) => u64::MAX,
            End::Lines(lines) => number.saturating_add(lines),
            End::Multiple(0) => number,
            End::Multiple(step) => (number / step + 1).saturating_mul(step),
        };
        self.ranges.set(
            at,
            match last > number {
                true => State::Inside(last),
                false => State::Over,
            },
        );
        Ok(true)
    }
}
