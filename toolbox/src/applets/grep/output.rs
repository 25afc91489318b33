//! What grep prints: lines with what stands before them, names, counts, and messages.

use std::io::{self, Write};

use super::color::Colors;
use super::held::{Held, Stream};
use super::matcher::Matcher;
use super::options::{Binary, Options};
use crate::sys::locale;

const BUFFER: usize = 64 << 10;

/// Standard output in large pieces. The first error is kept and ends the run.
#[derive(Default)]
pub struct Output {
    buffer: Vec<u8>,
    line_buffered: bool,
    /// What may not be written yet.
    held: Option<Held>,
    pub error: Option<io::Error>,
}

impl Output {
    /// Output that is held until its turn.
    pub fn held(held: Held) -> Output {
        Output {
            held: Some(held),
            ..Output::default()
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// After a whole line.
    fn end_line(&mut self) {
        if self.buffer.len() >= BUFFER || self.line_buffered {
            self.flush();
        }
    }

    pub fn flush(&mut self) {
        if let Some(held) = &mut self.held {
            held.add(Stream::Output, &self.buffer);
            self.buffer.clear();
            return self.release_full();
        }
        let mut stdout = io::stdout().lock();
        if self.error.is_none()
            && let Err(error) = stdout.write_all(&self.buffer).and_then(|()| stdout.flush())
        {
            self.error = Some(error);
        }
        self.buffer.clear();
    }

    /// Writes everything, when its turn has come.
    pub fn finish(&mut self) {
        self.flush();
        self.release();
    }

    /// Drops what is held.
    pub fn forget(&mut self) {
        if let Some(held) = &mut self.held {
            held.clear();
        }
    }

    fn release_full(&mut self) {
        if self.held.as_ref().is_some_and(Held::is_full) {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some(held) = self.held.take()
            && let Err(error) = held.release(&mut io::stdout().lock(), &mut io::stderr())
        {
            self.error = Some(error);
        }
    }

    /// A line on standard error, after all that was printed before it.
    pub fn message(&mut self, parts: &[&[u8]]) {
        self.flush();
        let text = [b"grep: ", parts.concat().as_slice(), b"\n"].concat();
        if let Some(held) = &mut self.held {
            held.add(Stream::Errors, &text);
            return self.release_full();
        }
        // A stderr that cannot be written to leaves the status as the only witness.
        let _ = io::stderr().write_all(&text);
    }
}

/// A file as its lines name it.
pub struct Label<'n> {
    pub name: &'n [u8],
    /// Whether lines begin with the name.
    pub shown: bool,
    /// The width of numbers for `-T`.
    pub width: usize,
}

/// One line to print.
#[derive(Clone, Copy)]
pub struct Line<'t> {
    pub text: &'t [u8],
    pub number: u64,
    /// Where it starts in the file.
    pub offset: u64,
    pub selected: bool,
}

pub struct Printer<'o> {
    options: &'o Options,
    pub out: Output,
    colors: Option<Colors>,
}

/// Whether a line could be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    Yes,
    /// It is not UTF-8, and the file is not to be treated as text.
    Binary,
}

impl<'o> Printer<'o> {
    pub fn new(options: &'o Options, mut out: Output) -> Printer<'o> {
        out.line_buffered = options.line_buffered;
        let colors = options.color.then(|| {
            let (colors, warning) = Colors::from_env();
            if let Some(warning) = warning {
                out.message(&[&warning]);
            }
            colors
        });
        Printer {
            options,
            out,
            colors,
        }
    }

    fn start(&mut self, color: fn(&Colors) -> &Vec<u8>) -> bool {
        let Some(colors) = &self.colors else {
            return false;
        };
        let code = color(colors);
        if code.is_empty() {
            return false;
        }
        self.out.put(b"\x1b[");
        self.out.buffer.extend_from_slice(code);
        self.out
            .buffer
            .extend_from_slice(if colors.no_clear { b"m" } else { b"m\x1b[K" });
        true
    }

    fn end(&mut self) {
        let clears = self.colors.as_ref().is_some_and(|colors| !colors.no_clear);
        self.out
            .put(if clears { b"\x1b[m\x1b[K" } else { b"\x1b[m" });
    }

    fn colored(&mut self, color: fn(&Colors) -> &Vec<u8>, text: &[u8]) {
        let marked = self.start(color);
        self.out.put(text);
        if marked {
            self.end();
        }
    }

    fn separator(&mut self, text: &[u8]) {
        self.colored(|colors| &colors.separator, text);
    }

    /// The name of a file and what follows it.
    fn name(&mut self, name: &[u8], after: &[u8]) {
        self.colored(|colors| &colors.file, name);
        if self.options.null {
            self.out.put(b"\0");
        } else {
            self.separator(after);
        }
    }

    fn number(&mut self, color: fn(&Colors) -> &Vec<u8>, number: u64, label: &Label, mark: &[u8]) {
        let width = if self.options.initial_tab {
            label.width
        } else {
            0
        };
        let marked = self.start(color);
        if width > 0 {
            self.out.put(format!("{number:>width$}").as_bytes());
        } else {
            put_decimal(&mut self.out.buffer, number);
        }
        if marked {
            self.end();
        }
        self.separator(mark);
    }

    /// What stands before the text of a line.
    fn head(&mut self, label: &Label, line: Line, offset: u64) {
        let mark: &[u8] = if line.selected { b":" } else { b"-" };
        if label.shown {
            self.name(label.name, mark);
        }
        if self.options.line_number {
            self.number(|colors| &colors.line_number, line.number, label, mark);
        }
        if self.options.byte_offset {
            self.number(|colors| &colors.byte_offset, offset, label, mark);
        }
        if self.options.initial_tab
            && !line.text.is_empty()
            && (label.shown || self.options.line_number || self.options.byte_offset)
        {
            self.out.put(b"\t");
        }
    }

    fn is_binary(&self, text: &[u8]) -> bool {
        self.options.binary != Binary::Text
            && !text.is_ascii()
            && !locale::is_bytes()
            && std::str::from_utf8(text).is_err()
    }

    pub fn line(
        &mut self,
        label: &Label,
        line: Line,
        matcher: &mut Matcher,
    ) -> Result<Printed, &'static str> {
        if self.options.only_matching {
            return self.matches(label, line, matcher);
        }
        if self.is_binary(line.text) {
            return Ok(Printed::Binary);
        }
        self.head(label, line, line.offset);
        match self.colors {
            None => self.out.put(line.text),
            Some(_) => self.marked(line, matcher)?,
        }
        self.out.put(&[self.options.terminator]);
        self.out.end_line();
        Ok(Printed::Yes)
    }

    /// The text of a line with its matches marked.
    fn marked(&mut self, line: Line, matcher: &mut Matcher) -> Result<(), &'static str> {
        let reversed =
            self.options.invert && self.colors.as_ref().is_some_and(|colors| colors.reversed);
        let line_color: fn(&Colors) -> &Vec<u8> = if line.selected != reversed {
            |colors| &colors.selected_line
        } else {
            |colors| &colors.context_line
        };
        let match_color: fn(&Colors) -> &Vec<u8> = if line.selected {
            |colors| &colors.selected_match
        } else {
            |colors| &colors.context_match
        };
        let (mut at, mut done) = (0, 0);
        // The lines that matched: the selected ones, or with -v the others.
        while line.selected != self.options.invert
            && let Some((start, end)) = next_match(matcher, line.text, &mut at)?
        {
            self.start(line_color);
            self.out.put(line.text.get(done..start).unwrap_or_default());
            self.colored(match_color, line.text.get(start..end).unwrap_or_default());
            done = end;
        }
        let rest = line.text.get(done..).unwrap_or_default();
        if !rest.is_empty() {
            self.colored(line_color, rest);
        }
        Ok(())
    }

    /// `-o`: every match on a line of its own.
    fn matches(
        &mut self,
        label: &Label,
        line: Line,
        matcher: &mut Matcher,
    ) -> Result<Printed, &'static str> {
        let (mut at, mut printed) = (0, Printed::Yes);
        if !line.selected || self.options.invert {
            return Ok(printed);
        }
        while let Some((start, end)) = next_match(matcher, line.text, &mut at)? {
            let text = line.text.get(start..end).unwrap_or_default();
            if self.is_binary(text) {
                printed = Printed::Binary;
                continue;
            }
            self.head(label, line, line.offset + start as u64);
            self.colored(|colors| &colors.selected_match, text);
            self.out.put(&[self.options.terminator]);
            self.out.end_line();
        }
        Ok(printed)
    }

    /// What stands between two groups of lines.
    pub fn group_separator(&mut self) {
        if let Some(separator) = &self.options.separator {
            self.separator(separator);
            self.out.put(b"\n");
        }
    }

    pub fn count(&mut self, label: &Label, count: u64) {
        if label.shown {
            self.name(label.name, b":");
        }
        put_decimal(&mut self.out.buffer, count);
        self.out.put(b"\n");
        self.out.end_line();
    }

    pub fn file_name(&mut self, name: &[u8]) {
        self.colored(|colors| &colors.file, name);
        self.out.put(if self.options.null { b"\0" } else { b"\n" });
        self.out.end_line();
    }
}

/// The next match at `at` or later that is not empty; `at` moves behind it.
fn next_match(
    matcher: &mut Matcher,
    text: &[u8],
    at: &mut usize,
) -> Result<Option<(usize, usize)>, &'static str> {
    while *at < text.len() {
        let Some((start, end)) = matcher.find(text, *at)? else {
            return Ok(None);
        };
        if end > start {
            *at = end;
            return Ok(Some((start, end)));
        }
        let next = crate::regex::posix::character(text.get(start..).unwrap_or_default());
        *at = start.max(*at) + next.map_or(1, |(_, length)| length);
    }
    Ok(None)
}

fn put_decimal(buffer: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    while let Some(place) = at.checked_sub(1).and_then(|before| digits.get_mut(before)) {
        *place = b'0' + (number % 10) as u8;
        (at, number) = (at - 1, number / 10);
        if number == 0 {
            break;
        }
    }
    buffer.extend_from_slice(digits.get(at..).unwrap_or_default());
}
