//! Lines that a script does nothing to, passed on in one go.
//!
//! A script is looked through once: what would it do to a line that no address selects and no pattern of an `s` matches? When
//! that is nothing but to print the line, or to delete it, only the lines that something may select have to be looked at. They
//! are found by searching the buffer of the input, instead of every line.

use memchr::{memchr_iter, memrchr};

use crate::regex::LineFilter;

use super::Fatal;
use super::execute::Machine;
use super::ranges::Ranges;
use super::script::{Action, Address, Command, End, Script, Selector};

/// So many searches are tried before it is decided whether they pay.
const TRIES: u32 = 64;
/// What a search must pass over, on average, to pay.
const WORTH: usize = 200;
/// So many lines go by before it is tried again.
const REST: u32 = 4096;

/// Why a line must be looked at.
#[derive(Clone, Copy, Debug)]
enum Guard {
    /// A filter may select it.
    Filter(usize),
    Line(u64),
    Step {
        first: u64,
        step: u64,
    },
    Last,
    /// The range of a command begins with it.
    Range {
        command: usize,
        begin: Address,
        filter: Option<usize>,
    },
    /// An `s` with this filter stands in the range of a command.
    Replaced {
        command: usize,
        begin: Address,
        end: End,
        begin_filter: Option<usize>,
        filter: usize,
        end_filter: Option<usize>,
    },
}

/// The next line that a filter finds.
struct Searcher {
    filter: LineFilter,
    /// It is at this place of the input, or everything before it has been searched.
    next: u64,
    found: bool,
}

pub struct Skipper {
    guards: Vec<Guard>,
    searchers: Vec<Searcher>,
    /// What becomes of the lines that are passed over.
    printed: bool,
    counts: bool,
    /// Which of the input's files the searchers are in.
    file: usize,
    /// Those that count for the next line.
    filters: Vec<usize>,
    tries: u32,
    passed: usize,
    rest: u32,
}

impl Skipper {
    /// None for a script that does something to every line.
    pub fn new(script: &Script, quiet: bool, delimiter: u8) -> Option<Skipper> {
        let mut builder = Builder {
            script,
            delimiter,
            guards: Vec::new(),
            searchers: Vec::new(),
        };
        let printed = builder.look_through()?;
        let counts = script.commands.iter().any(needs_number);
        Some(Skipper {
            guards: builder.guards,
            searchers: builder.searchers,
            printed: printed && !quiet,
            counts,
            file: 0,
            filters: Vec::new(),
            tries: 0,
            passed: 0,
            rest: 0,
        })
    }
}

/// Whether a command asks for the number of the line.
fn needs_number(command: &Command) -> bool {
    let address = |address| matches!(address, Address::Line(_) | Address::Step { .. });
    let selected = match command.selector {
        Selector::All => false,
        Selector::One(one) => address(one),
        Selector::Range(begin, End::At(end)) => address(begin) || address(end),
        Selector::Range(..) => true,
    };
    selected || matches!(command.action, Action::LineNumber)
}

struct Builder<'s> {
    script: &'s Script,
    delimiter: u8,
    guards: Vec<Guard>,
    searchers: Vec<Searcher>,
}

impl Builder<'_> {
    /// Whether a line that no guard holds back is printed; none when more is done to it.
    fn look_through(&mut self) -> Option<bool> {
        let script = self.script;
        let mut at = 0;
        while let Some(command) = script.commands.get(at) {
            let next = at + 1;
            at = match (&command.action, command.selector) {
                (Action::Substitute(substitution), Selector::Range(begin, end))
                    if !command.negated =>
                {
                    let guard = Guard::Replaced {
                        command: at,
                        begin,
                        end,
                        begin_filter: self.address_filter(begin)?,
                        filter: self.filter(substitution.regex)?,
                        end_filter: match end {
                            End::At(end) => self.address_filter(end)?,
                            _ => None,
                        },
                    };
                    self.guards.push(guard);
                    next
                }
                (action, selector) => {
                    self.guard(at, selector)?;
                    let selected = (selector == Selector::All) != command.negated;
                    match action {
                        Action::Block(end) if !selected => *end,
                        _ if !selected => next,
                        Action::Substitute(substitution) => {
                            let filter = self.filter(substitution.regex)?;
                            self.guards.push(Guard::Filter(filter));
                            next
                        }
                        Action::Nothing | Action::Block(_) | Action::BranchIfReplaced(_) => next,
                        Action::Delete => return Some(false),
                        Action::Branch(None) | Action::BranchUnlessReplaced(None) => {
                            return Some(true);
                        }
                        Action::Branch(Some(to)) | Action::BranchUnlessReplaced(Some(to))
                            if *to > at =>
                        {
                            *to
                        }
                        _ => return None,
                    }
                }
            };
        }
        Some(true)
    }

    fn guard(&mut self, command: usize, selector: Selector) -> Option<()> {
        let guard = match selector {
            Selector::All => return Some(()),
            Selector::One(Address::Line(line)) => Guard::Line(line.max(1)),
            Selector::One(Address::Step { first, step }) => Guard::Step { first, step },
            Selector::One(Address::Last) => Guard::Last,
            Selector::One(Address::Regex(index)) => Guard::Filter(self.filter(index)?),
            Selector::Range(begin, _) => Guard::Range {
                command,
                begin,
                filter: self.address_filter(begin)?,
            },
        };
        self.guards.push(guard);
        Some(())
    }

    fn address_filter(&mut self, address: Address) -> Option<Option<usize>> {
        match address {
            Address::Regex(index) => self.filter(index).map(Some),
            _ => Some(None),
        }
    }

    /// The searcher of a regex. An empty one is another one each time.
    fn filter(&mut self, index: Option<usize>) -> Option<usize> {
        let filter = self
            .script
            .regexes
            .get(index?)?
            .line_filter(self.delimiter)?;
        self.searchers.push(Searcher {
            filter,
            next: 0,
            found: false,
        });
        Some(self.searchers.len() - 1)
    }
}

/// How far lines can be passed over.
struct Limit {
    /// The first line that must be looked at.
    line: Option<u64>,
    /// The last line must be looked at.
    last: bool,
}

impl Skipper {
    /// None when the next line must be looked at in any case. Collects the searchers that count.
    fn limit(&self, number: u64, ranges: &Ranges, filters: &mut Vec<usize>) -> Option<Limit> {
        let mut limit = Limit {
            line: None,
            last: false,
        };
        for guard in &self.guards {
            match *guard {
                Guard::Filter(filter) => filters.push(filter),
                Guard::Line(line) => limit.at(line, number),
                Guard::Step { first, step } => limit.at(next_step(first, step, number), number),
                Guard::Last => limit.last = true,
                Guard::Range {
                    command,
                    begin,
                    filter,
                } => {
                    if ranges.is_active(command) {
                        return None;
                    }
                    limit.range(ranges.is_over(command), begin, number);
                    filters.extend(filter);
                }
                Guard::Replaced {
                    command,
                    begin,
                    end,
                    begin_filter,
                    filter,
                    end_filter,
                } => {
                    if !ranges.is_active(command) {
                        limit.range(ranges.is_over(command), begin, number);
                        filters.extend(begin_filter);
                        continue;
                    }
                    filters.push(filter);
                    filters.extend(end_filter);
                    match end {
                        End::At(Address::Last) => limit.last = true,
                        End::At(Address::Regex(_)) => {}
                        End::At(Address::Line(_) | Address::Step { .. })
                        | End::Lines(_)
                        | End::Multiple(_) => {
                            limit.at(ranges.last_line(command).unwrap_or(0), number);
                        }
                    }
                }
            }
        }
        (limit.line != Some(number + 1)).then_some(limit)
    }
}

/// The next line of `first~step` behind line `number`.
pub fn next_step(first: u64, step: u64, number: u64) -> u64 {
    match (number + 1).checked_sub(first) {
        Some(over) => first.saturating_add(over.div_ceil(step).saturating_mul(step)),
        None => first,
    }
}

impl Limit {
    /// A line to look at, unless it is over.
    fn at(&mut self, line: u64, number: u64) {
        if line > number && self.line.is_none_or(|other| line < other) {
            self.line = Some(line);
        }
    }

    /// A range that is not active.
    fn range(&mut self, over: bool, begin: Address, number: u64) {
        match begin {
            Address::Line(_) if over => {}
            Address::Line(line) => self.at(line.max(1), number),
            Address::Step { first, step } => self.at(next_step(first, step, number), number),
            Address::Last => self.last = true,
            Address::Regex(_) => {}
        }
    }
}

impl Machine<'_> {
    /// Passes over lines at the front of the input that need not be looked at.
    pub(super) fn skip(&mut self) -> Result<(), Fatal> {
        let Some(skipper) = &mut self.skipper else {
            return Ok(());
        };
        if skipper.rest > 0 {
            skipper.rest -= 1;
            return Ok(());
        }
        if skipper.file != self.input.opened {
            skipper.file = self.input.opened;
            for searcher in &mut skipper.searchers {
                (searcher.next, searcher.found) = (0, false);
            }
        }
        let mut filters = std::mem::take(&mut skipper.filters);
        filters.clear();
        let limit = skipper.limit(self.number, &self.ranges, &mut filters);
        skipper.filters = filters;
        let Some(limit) = limit else {
            return Ok(());
        };
        let Some(source) = &mut self.input.current else {
            return Ok(());
        };
        let delimiter = self.input.delimiter;
        loop {
            let rest = source.rest();
            // Only whole lines are passed over, and the last one only when another one follows.
            let lines = memrchr(delimiter, rest).map_or(0, |at| at + 1);
            let most = match limit.last && lines == rest.len() {
                true => memrchr(
                    delimiter,
                    rest.get(..lines.saturating_sub(1)).unwrap_or_default(),
                )
                .map_or(0, |at| at + 1),
                false => lines,
            };
            let whole = rest.get(..lines).unwrap_or_default();
            let mut end = most;
            for filter in &skipper.filters {
                if let Some(searcher) = skipper.searchers.get_mut(*filter) {
                    end = end.min(searcher.look(whole, source.offset()));
                }
            }
            let mut count = 0;
            if let Some(line) = limit.line {
                let left = line - self.number - 1;
                let part = rest.get(..end).unwrap_or_default();
                let mut ends = memchr_iter(delimiter, part);
                let wanted = usize::try_from(left).unwrap_or(usize::MAX);
                match wanted.checked_sub(1).map(|before| ends.nth(before)) {
                    None => end = 0,
                    Some(Some(at)) => (end, count) = (at + 1, left),
                    Some(None) => count = memchr_iter(delimiter, part).count() as u64,
                }
            } else if skipper.counts {
                let part = rest.get(..end).unwrap_or_default();
                count = memchr_iter(delimiter, part).count() as u64;
            }
            self.number += count;
            if skipper.printed && end > 0 {
                self.outputs.block(rest.get(..end).unwrap_or_default())?;
            }
            source.take(end);
            skipper.passed += end;
            // Everything has been passed over that was there: read on.
            let over = limit.line.is_some_and(|line| line == self.number + 1);
            if over || end < most || !source.read_on()? {
                break;
            }
        }
        skipper.tries += 1;
        if skipper.tries == TRIES {
            if skipper.passed < WORTH * TRIES as usize {
                skipper.rest = REST;
            }
            (skipper.tries, skipper.passed) = (0, 0);
        }
        Ok(())
    }
}

impl Searcher {
    /// Where the first line of `lines` is that may be selected; their end when there is none. They are at `offset` of the input.
    fn look(&mut self, lines: &[u8], offset: u64) -> usize {
        let end = offset + lines.len() as u64;
        if self.next < offset || (!self.found && self.next < end) {
            let from = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(0);
            let place = self.filter.find(lines, from);
            self.found = place.is_some();
            self.next = offset + place.unwrap_or(lines.len()) as u64;
        }
        usize::try_from(self.next - offset).map_or(lines.len(), |at| at.min(lines.len()))
    }
}
