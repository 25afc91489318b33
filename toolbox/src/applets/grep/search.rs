//! One file, read piece by piece and searched a buffer at a time: lines are only taken apart around matches.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use super::matcher::Matcher;
use super::options::{Binary, List, Options};
use super::output::{Label, Line, Printed, Printer};

/// How much is read at once. A file is binary from the piece that holds its first zero byte.
const PIECE: usize = 96 << 10;

/// Why a search of a file ended early.
#[derive(Debug)]
pub enum Failure {
    Read(io::Error),
    /// The pattern is beyond its engine for this text.
    Pattern(&'static str),
}

impl From<&'static str> for Failure {
    fn from(text: &'static str) -> Self {
        Failure::Pattern(text)
    }
}

/// What was found in a file.
pub struct Found {
    pub selected: u64,
    /// Some selected text was not printed, because the file is binary.
    pub binary: bool,
    /// Where the last line ended that may be selected, if it came to that (`-m`).
    pub stopped_at: Option<u64>,
}

/// What all files share.
pub struct Searcher<'o> {
    pub options: &'o Options,
    pub matcher: Matcher,
    pub printer: Printer<'o>,
    buffer: Vec<u8>,
    /// Something was printed, so the next group needs a separator.
    grouped: bool,
}

/// The state of one file. Places are offsets into the buffer, whose first byte is `base` in the file.
struct State {
    base: u64,
    /// Lines before this place are done with.
    handled: usize,
    /// Where the last printed line ended, while that is still in the buffer.
    printed_to: Option<usize>,
    /// The lines before `counted_to`.
    lines: u64,
    counted_to: usize,
    selected: u64,
    /// How many more lines may be selected.
    left: u64,
    /// How many lines of context are still due.
    trailing: usize,
    /// Nothing more is printed.
    quiet: bool,
    /// The first selected line ends the search.
    first_only: bool,
    /// Zero bytes were seen: they end lines from there on.
    zeros: bool,
    /// Selected lines before that.
    selected_as_text: u64,
    bad_encoding: bool,
    stopped_at: Option<u64>,
}

impl<'o> Searcher<'o> {
    pub fn new(options: &'o Options, matcher: Matcher, printer: Printer<'o>) -> Searcher<'o> {
        Searcher {
            options,
            matcher,
            printer,
            buffer: Vec::new(),
            grouped: false,
        }
    }

    /// Whether no file was searched yet.
    pub fn is_fresh(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Searches one file. Its size, where known, keeps the buffer small for a first small file.
    pub fn search(
        &mut self,
        input: &mut dyn Read,
        label: &Label,
        size: Option<usize>,
    ) -> Result<Found, Failure> {
        let options = self.options;
        let quiet = options.quiet || options.count || options.list != List::Lines;
        let mut state = State {
            base: 0,
            handled: 0,
            printed_to: None,
            lines: 0,
            counted_to: 0,
            selected: 0,
            left: options.max_count.unwrap_or(u64::MAX),
            trailing: 0,
            quiet,
            first_only: options.quiet || options.list != List::Lines,
            zeros: false,
            selected_as_text: 0,
            bad_encoding: false,
            stopped_at: None,
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        let first_piece = size.map_or(PIECE, |size| size.saturating_add(1).min(PIECE));
        let done = self.pieces(input, label, &mut state, &mut buffer, first_piece);
        self.buffer = buffer;
        done?;
        let binary = !quiet
            && (state.bad_encoding || (state.zeros && state.selected > state.selected_as_text));
        Ok(Found {
            selected: state.selected,
            binary: binary && options.binary == Binary::Report,
            stopped_at: state.stopped_at,
        })
    }

    fn pieces(
        &mut self,
        input: &mut dyn Read,
        label: &Label,
        state: &mut State,
        buffer: &mut Vec<u8>,
        first_piece: usize,
    ) -> Result<(), Failure> {
        let terminator = self.options.terminator;
        let mut filled = 0;
        let mut most = first_piece;
        while state.left > 0 || state.trailing > 0 {
            if buffer.len() < filled + most + 1 {
                buffer.resize(filled + most + 1, 0);
            }
            let piece = buffer.get_mut(filled..filled + most).unwrap_or_default();
            let count = match input.read(piece) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Read(error)),
            };
            if count == most {
                most = PIECE;
            }
            let fresh = piece.get_mut(..count).unwrap_or_default();
            if !self.admit(fresh, state) {
                return Ok(());
            }
            let read_to = filled + count;
            let lines_to = if count > 0 {
                memrchr(terminator, buffer.get(filled..read_to).unwrap_or_default())
                    .map(|at| filled + at + 1)
            } else if filled > state.handled {
                // The last line has no end of its own.
                if let Some(place) = buffer.get_mut(filled) {
                    *place = terminator;
                }
                Some(filled + 1)
            } else {
                None
            };
            filled = read_to;
            if let Some(to) = lines_to {
                let more = self.lines(buffer.get(..to).unwrap_or_default(), label, state)?;
                if !more || self.printer.out.error.is_some() {
                    return Ok(());
                }
            }
            if count == 0 {
                return Ok(());
            }
            filled = self.keep(buffer, filled, state);
        }
        Ok(())
    }

    /// Looks at what was just read. False when the file is to be taken for one without a match.
    fn admit(&self, fresh: &mut [u8], state: &mut State) -> bool {
        if self.options.terminator != b'\n' || self.options.binary == Binary::Text {
            return true;
        }
        if !state.zeros {
            if memchr(0, fresh).is_none() {
                return true;
            }
            if self.options.binary == Binary::WithoutMatch {
                state.selected = 0;
                return false;
            }
            state.zeros = true;
            state.selected_as_text = state.selected;
            state.first_only |= !self.options.count;
            state.quiet = true;
        }
        for byte in fresh.iter_mut().filter(|byte| **byte == 0) {
            *byte = b'\n';
        }
        true
    }

    /// Moves what is still needed to the start of the buffer: an unfinished line and the context before it.
    fn keep(&mut self, buffer: &mut [u8], filled: usize, state: &mut State) -> usize {
        let mut from = state.handled;
        if !state.quiet {
            from = self.context_start(buffer, from, state.printed_to.unwrap_or(0));
        }
        if from == 0 {
            return filled;
        }
        self.count_to(buffer, from, state);
        buffer.copy_within(from..filled, 0);
        state.base += from as u64;
        state.handled -= from;
        state.counted_to = state.counted_to.saturating_sub(from);
        state.printed_to = state.printed_to.and_then(|to| to.checked_sub(from));
        filled - from
    }

    /// Where the lines of context before `place` start, no earlier than `least`.
    fn context_start(&self, text: &[u8], place: usize, least: usize) -> usize {
        let mut start = place;
        for _ in 0..self.options.before {
            if start <= least {
                break;
            }
            let head = text.get(least..start - 1).unwrap_or_default();
            start = memrchr(self.options.terminator, head).map_or(least, |at| least + at + 1);
        }
        start
    }

    fn count_to(&self, text: &[u8], place: usize, state: &mut State) {
        if self.options.line_number && place > state.counted_to {
            let lines = text.get(state.counted_to..place).unwrap_or_default();
            state.lines += memchr_iter(self.options.terminator, lines).count() as u64;
            state.counted_to = place;
        }
    }

    /// Searches the whole lines of `text` that are not handled yet. False when the file is done with.
    fn lines(&mut self, text: &[u8], label: &Label, state: &mut State) -> Result<bool, Failure> {
        self.matcher
            .prepare(text.get(state.handled..).unwrap_or_default());
        let mut at = state.handled;
        while at < text.len() && state.left > 0 {
            let found = self.matcher.next_line(text, at)?;
            if !self.options.invert {
                let Some((start, end)) = found else { break };
                if !self.select(text, start, end, label, state)? {
                    return Ok(false);
                }
                at = end + 1;
                continue;
            }
            let (gap_end, after) =
                found.map_or((text.len(), text.len()), |(start, end)| (start, end + 1));
            if state.quiet && !state.first_only {
                let gap = text.get(at..gap_end).unwrap_or_default();
                let lines =
                    (memchr_iter(self.options.terminator, gap).count() as u64).min(state.left);
                state.selected += lines;
                state.left -= lines;
                if state.left == 0 {
                    let ends = memchr_iter(self.options.terminator, gap);
                    let last = ends
                        .take(usize::try_from(lines).unwrap_or(usize::MAX))
                        .last();
                    state.stopped_at = last.map(|last| state.base + (at + last + 1) as u64);
                }
            } else {
                while at < gap_end && state.left > 0 {
                    let rest = text.get(at..gap_end).unwrap_or_default();
                    let end =
                        memchr(self.options.terminator, rest).map_or(gap_end, |length| at + length);
                    if !self.select(text, at, end, label, state)? {
                        return Ok(false);
                    }
                    at = end + 1;
                }
            }
            at = after;
        }
        self.trail(text, text.len(), label, state)?;
        state.handled = text.len();
        Ok(state.left > 0 || state.trailing > 0)
    }

    /// One selected line. False when it ends the search.
    fn select(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        label: &Label,
        state: &mut State,
    ) -> Result<bool, Failure> {
        self.trail(text, start, label, state)?;
        state.handled = end + 1;
        state.selected += 1;
        state.left -= 1;
        if state.left == 0 {
            state.stopped_at = Some(state.base + (end + 1) as u64);
        }
        if state.quiet {
            // A match in a binary file counts as a group, though nothing of it is printed.
            self.grouped |= state.zeros
                && !self.options.quiet
                && !self.options.count
                && self.options.list == List::Lines;
            return Ok(!state.first_only);
        }
        let from = self.context_start(text, start, state.printed_to.unwrap_or(0));
        if self.grouped && state.printed_to != Some(from) {
            self.printer.group_separator();
        }
        self.grouped = true;
        let mut at = from;
        while at < start {
            at = self.print(text, at, false, label, state)?;
        }
        self.print(text, start, true, label, state)?;
        if state.printed_to == Some(end + 1) {
            state.trailing = self.options.after;
        }
        Ok(self.printer.out.error.is_none())
    }

    /// Prints the lines of context that are due before `to`.
    fn trail(
        &mut self,
        text: &[u8],
        to: usize,
        label: &Label,
        state: &mut State,
    ) -> Result<(), Failure> {
        let mut at = state.handled;
        while state.trailing > 0 && at < to && !state.quiet {
            at = self.print(text, at, false, label, state)?;
            state.trailing -= 1;
        }
        Ok(())
    }

    /// Prints the line that starts at `start`, and returns where the next one starts.
    fn print(
        &mut self,
        text: &[u8],
        start: usize,
        selected: bool,
        label: &Label,
        state: &mut State,
    ) -> Result<usize, Failure> {
        self.count_to(text, start, state);
        let rest = text.get(start..).unwrap_or_default();
        let length = memchr(self.options.terminator, rest).unwrap_or(rest.len());
        let line = Line {
            text: rest.get(..length).unwrap_or_default(),
            number: state.lines + 1,
            offset: state.base + start as u64,
            selected,
        };
        if self.printer.line(label, line, &mut self.matcher)? == Printed::Binary {
            state.bad_encoding = true;
        } else {
            state.printed_to = Some(start + length + 1);
        }
        Ok(start + length + 1)
    }
}
