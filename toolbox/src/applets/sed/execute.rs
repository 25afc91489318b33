//! Runs a script over its input.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::PathBuf;

use crate::regex::Captures;
use crate::stdio;
use crate::sys::{self, OsStrExt};

use super::inplace::{self, Edit};
use super::input::{Input, Source};
use super::list::visible;
use super::output::{MAIN, Outputs};
use super::ranges::Ranges;
use super::script::{Action, Address, Jump, RegexIndex, Script, Selector};
use super::skip::Skipper;
use super::{Fatal, shell};

/// What the command line says about running.
pub struct Settings {
    /// `-n`
    pub quiet: bool,
    pub posix: bool,
    pub delimiter: u8,
    /// `-l`
    pub width: usize,
    /// `-i`, with the suffix of backups.
    pub in_place: Option<OsString>,
    pub follow_links: bool,
}

/// A text with or without a line end.
#[derive(Clone, Debug)]
pub struct Line {
    pub text: Vec<u8>,
    pub ended: bool,
}

impl Line {
    fn empty() -> Line {
        Line {
            text: Vec::new(),
            ended: true,
        }
    }

    /// Adds another line behind a line end.
    fn append(&mut self, delimiter: u8, other: &Line) {
        self.text.push(delimiter);
        self.text.extend_from_slice(&other.text);
        self.ended = other.ended;
    }
}

/// What is printed when the next line is read.
enum Appended {
    /// The text of this command.
    Text(usize),
    File(usize),
    Line(Vec<u8>),
}

/// Why a line is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// For the next cycle.
    Cycle,
    /// `n`
    Next,
    /// `N`: it is put behind what there is.
    Append,
}

/// How a cycle ends.
enum End {
    Printed,
    Silent,
    /// Once more with what is left of the pattern space.
    Again,
    Quit {
        status: i32,
        printed: bool,
    },
}

pub struct Machine<'s> {
    pub(super) script: &'s Script,
    settings: &'s Settings,
    pub(super) input: Input,
    pub(super) outputs: Outputs,
    pub(super) pattern: Line,
    hold: Line,
    pub(super) number: u64,
    pub(super) ranges: Ranges,
    /// A substitution has succeeded since the last line was read.
    pub(super) replaced: bool,
    pub(super) last_regex: RegexIndex,
    appended: Vec<Appended>,
    /// The files of `R`, as far as they are read. They stay open while others are put in their place.
    read: Vec<Option<Source>>,
    edit: Option<Edit>,
    pub(super) skipper: Option<Skipper>,
    pub(super) captures: Captures,
    pub(super) scratch: Vec<u8>,
}

impl<'s> Machine<'s> {
    pub fn new(
        script: &'s Script,
        settings: &'s Settings,
        input: Input,
        outputs: Outputs,
    ) -> Machine<'s> {
        Machine {
            script,
            settings,
            input,
            outputs,
            pattern: Line::empty(),
            hold: Line::empty(),
            number: 0,
            ranges: Ranges::new(script),
            replaced: false,
            last_regex: None,
            appended: Vec::new(),
            read: Vec::new(),
            edit: None,
            skipper: None,
            captures: Captures::default(),
            scratch: Vec::new(),
        }
    }

    /// Runs to the end of the input, or to a `q`; the exit status.
    pub fn run(&mut self) -> Result<i32, Fatal> {
        let quiet = self.settings.quiet || self.script.quiet;
        if !self.input.unbuffered {
            self.skipper = Skipper::new(self.script, quiet, self.settings.delimiter);
        }
        for name in &self.script.read {
            let source = self.open(name)?;
            self.read.push(source);
        }
        let mut status = 0;
        let mut again = false;
        while again || self.read_line(Reading::Cycle)? {
            let end = self.cycle()?;
            again = matches!(end, End::Again);
            match end {
                End::Printed if !quiet => self.print()?,
                // What is appended waits until a line is read.
                End::Again | End::Printed | End::Silent => {}
                End::Quit {
                    status: asked,
                    printed,
                } => {
                    if printed && !quiet {
                        self.print()?;
                    }
                    if printed {
                        self.print_appended()?;
                    }
                    if printed && self.input.separate {
                        self.outputs.text(MAIN, b"")?;
                    }
                    self.finish_edit()?;
                    self.input.finish();
                    status = asked;
                    break;
                }
            }
        }
        self.outputs.flush()?;
        Ok(if self.input.failed { 2 } else { status })
    }

    fn print(&mut self) -> Result<(), Fatal> {
        let Line { text, ended } = &self.pattern;
        self.outputs.line(MAIN, text, *ended)
    }

    /// Reads the next line into the pattern space. False at the end of the input.
    fn read_line(&mut self, reading: Reading) -> Result<bool, Fatal> {
        self.print_appended()?;
        self.replaced = false;
        loop {
            if reading == Reading::Cycle && self.skipper.is_some() {
                self.skip()?;
            }
            if let Some(source) = &mut self.input.current
                && let Some((place, ended)) = source.line(self.input.delimiter)?
            {
                match reading {
                    Reading::Append => self.pattern.text.push(self.input.delimiter),
                    Reading::Cycle | Reading::Next => self.pattern.text.clear(),
                }
                self.pattern.text.extend_from_slice(source.text(place));
                self.pattern.ended = ended;
                self.number += 1;
                if self.number == 1 {
                    self.print_preludes()?;
                }
                return Ok(true);
            }
            self.finish_edit()?;
            if !self.next_file()? {
                return Ok(false);
            }
            if self.input.separate {
                self.number = 0;
                self.ranges = Ranges::new(self.script);
                self.hold.text.clear();
                self.read.iter_mut().flatten().for_each(Source::rewind);
            }
        }
    }

    fn next_file(&mut self) -> Result<bool, Fatal> {
        // What has been written may be read now.
        if !self.script.written.is_empty() {
            self.outputs.flush()?;
        }
        if self.settings.in_place.is_none() {
            return self.input.open_next();
        }
        while let Some(name) = self.input.next_name() {
            let target = match self.settings.follow_links {
                true => inplace::follow(&name)?,
                false => PathBuf::from(&name),
            };
            match sys::open(&target) {
                Ok(file) => {
                    let (edit, new) = Edit::begin(&target)?;
                    self.outputs.redirect(name.as_bytes(), new);
                    self.edit = Some(edit);
                    self.input.open(Source::new(&name, file, false));
                    return Ok(true);
                }
                Err(error) => self.input.refuse(&name, &error),
            }
        }
        Ok(false)
    }

    fn finish_edit(&mut self) -> Result<(), Fatal> {
        let Some(edit) = self.edit.take() else {
            return Ok(());
        };
        self.outputs.restore()?;
        edit.finish(self.settings.in_place.as_deref())
    }

    /// Prints what `a`, `r` and `R` have left.
    fn print_appended(&mut self) -> Result<(), Fatal> {
        if self.appended.is_empty() {
            return Ok(());
        }
        let script = self.script;
        for appended in std::mem::take(&mut self.appended) {
            match appended {
                Appended::Line(line) => self.outputs.text(MAIN, &line)?,
                Appended::Text(command) => {
                    if let Some(Action::Append(text)) =
                        script.commands.get(command).map(|command| &command.action)
                    {
                        self.outputs.text(MAIN, text)?;
                    }
                }
                Appended::File(command) => {
                    if let Some(Action::Read(name)) =
                        script.commands.get(command).map(|command| &command.action)
                    {
                        self.print_file(name)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Prints the files of `0r`, before the first line.
    fn print_preludes(&mut self) -> Result<(), Fatal> {
        for (at, command) in self.script.commands.iter().enumerate() {
            let is_prelude = command.selector == Selector::One(Address::Line(0));
            if is_prelude && matches!(command.action, Action::Read(_)) && !command.negated {
                self.appended.push(Appended::File(at));
            }
        }
        self.print_appended()
    }

    /// Prints a whole file; one that cannot be opened is empty.
    fn print_file(&mut self, name: &OsStr) -> Result<(), Fatal> {
        self.outputs.text(MAIN, b"")?;
        let Some(mut source) = self.open(name)? else {
            return Ok(());
        };
        while source.has_more()? {
            let count = source.rest().len();
            self.outputs.text(MAIN, source.rest())?;
            source.take(count);
        }
        Ok(())
    }

    /// A file that a command names.
    fn open(&mut self, name: &OsStr) -> Result<Option<Source>, Fatal> {
        let file = match name.as_bytes() {
            b"/dev/stdin" => stdio::shared_stdin(),
            _ => sys::open(name),
        };
        Ok(file.ok().map(|file| Source::new(name, file, false)))
    }

    /// One line of a file of `R`.
    fn read_file_line(&mut self, index: usize) -> Result<(), Fatal> {
        let Some(name) = self.script.read.get(index) else {
            return Ok(());
        };
        let delimiter = self.settings.delimiter;
        let Some(source) = self.read.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        debug_assert_eq!(
            source.name, *name,
            "the sources are in the order of the names"
        );
        if let Some((place, ended)) = source.line(delimiter)? {
            let mut line = source.text(place).to_vec();
            if ended {
                line.push(delimiter);
            }
            self.appended.push(Appended::Line(line));
        }
        Ok(())
    }

    /// One run of the script over the pattern space.
    fn cycle(&mut self) -> Result<End, Fatal> {
        let script = self.script;
        let mut at = 0;
        while let Some(command) = script.commands.get(at) {
            let selected = match command.selector {
                Selector::All => true,
                selector => self.selects(at, selector)?,
            };
            if selected == command.negated {
                at = match command.action {
                    Action::Block(end) => end,
                    _ => at + 1,
                };
                continue;
            }
            let mut next = at + 1;
            let mut jump = |to: Jump| next = to.unwrap_or(script.commands.len());
            match &command.action {
                Action::Nothing | Action::Block(_) => {}
                Action::Substitute(substitution) => self.substitute(substitution)?,
                Action::Print => self.print()?,
                Action::Delete => return Ok(End::Silent),
                Action::Branch(to) => jump(*to),
                Action::BranchIfReplaced(to) => {
                    if std::mem::take(&mut self.replaced) {
                        jump(*to);
                    }
                }
                Action::BranchUnlessReplaced(to) => {
                    if !std::mem::take(&mut self.replaced) {
                        jump(*to);
                    }
                }
                Action::Next => {
                    if self.input.is_at_end()? {
                        return Ok(End::Printed);
                    }
                    if !(self.settings.quiet || script.quiet) {
                        self.print()?;
                    }
                    self.read_line(Reading::Next)?;
                }
                Action::NextAppend => {
                    if self.input.is_at_end()? {
                        return Ok(match self.settings.posix {
                            true => End::Silent,
                            false => End::Printed,
                        });
                    }
                    self.read_line(Reading::Append)?;
                }
                Action::DeleteFirst => {
                    let delimiter = self.settings.delimiter;
                    let Some(end) = memchr::memchr(delimiter, &self.pattern.text) else {
                        return Ok(End::Silent);
                    };
                    self.pattern.text.drain(..=end);
                    return Ok(End::Again);
                }
                Action::Quit(status) => {
                    return Ok(End::Quit {
                        status: *status,
                        printed: true,
                    });
                }
                Action::QuitSilently(status) => {
                    return Ok(End::Quit {
                        status: *status,
                        printed: false,
                    });
                }
                Action::Change(text) => {
                    if !self.ranges.is_active(at) {
                        self.insert(text)?;
                    }
                    return Ok(End::Silent);
                }
                Action::Append(_) => self.appended.push(Appended::Text(at)),
                Action::Read(_) => self.appended.push(Appended::File(at)),
                Action::ReadLine(file) => self.read_file_line(*file)?,
                action => self.simple(action)?,
            }
            at = next;
        }
        Ok(End::Printed)
    }

    /// The commands that only do something to the spaces, or print.
    fn simple(&mut self, action: &Action) -> Result<(), Fatal> {
        let delimiter = self.settings.delimiter;
        match action {
            Action::Exchange => std::mem::swap(&mut self.pattern, &mut self.hold),
            Action::Get => self.pattern.clone_from(&self.hold),
            Action::GetAppend => self.pattern.append(delimiter, &self.hold),
            Action::Hold => self.hold.clone_from(&self.pattern),
            Action::HoldAppend => self.hold.append(delimiter, &self.pattern),
            Action::Zap => self.pattern.text.clear(),
            Action::Translate(translation) => translation.apply(&mut self.pattern.text),
            Action::Insert(text) => self.insert(text)?,
            Action::LineNumber => {
                let number = self.number.to_string();
                self.outputs.line(MAIN, number.as_bytes(), true)?;
            }
            Action::FileName => {
                let name = self.input.current.as_ref().map(|source| &source.name);
                let name = name.map_or(OsStr::new("-"), OsString::as_os_str);
                self.outputs.line(MAIN, name.as_bytes(), true)?;
            }
            Action::List(width) => {
                let width = width.unwrap_or(self.settings.width);
                let line = visible(&self.pattern.text, width, self.settings.delimiter);
                self.outputs.line(MAIN, &line, true)?;
            }
            Action::PrintFirst => self.print_first(MAIN)?,
            Action::Write(file) => {
                let Line { text, ended } = &self.pattern;
                self.outputs.line(file + 1, text, *ended)?;
            }
            Action::WriteFirst(file) => self.print_first(file + 1)?,
            Action::Execute(command) => self.execute(command.as_deref())?,
            Action::Unknown(name) => {
                return Err(Fatal {
                    message: format!("INTERNAL ERROR: Bad cmd {name}").into_bytes(),
                    status: 4,
                });
            }
            _ => return Err(Fatal::internal()),
        }
        Ok(())
    }

    fn print_first(&mut self, channel: usize) -> Result<(), Fatal> {
        let Line { text, ended } = &self.pattern;
        match memchr::memchr(self.settings.delimiter, text) {
            Some(end) => {
                let first = text.get(..end).unwrap_or_default();
                self.outputs.line(channel, first, true)
            }
            None => self.outputs.line(channel, text, *ended),
        }
    }

    /// Prints the text of `i` or `c`.
    fn insert(&mut self, text: &[u8]) -> Result<(), Fatal> {
        match text.split_last() {
            Some((b'\n', line)) => self.outputs.line(MAIN, line, true),
            _ => self.outputs.text(MAIN, text),
        }
    }

    fn execute(&mut self, command: Option<&[u8]>) -> Result<(), Fatal> {
        self.outputs.flush()?;
        match command {
            Some(command) => {
                let output = shell::output_of(command)?;
                self.outputs.text(MAIN, &output)
            }
            None => {
                self.evaluate()?;
                self.pattern.ended = true;
                Ok(())
            }
        }
    }

    /// Runs the pattern space as a command; what that prints is the new one.
    pub(super) fn evaluate(&mut self) -> Result<(), Fatal> {
        self.outputs.flush()?;
        let mut output = shell::output_of(&self.pattern.text)?;
        if output.last() == Some(&self.settings.delimiter) {
            output.pop();
        }
        self.pattern.text = output;
        Ok(())
    }

    fn selects(&mut self, at: usize, selector: Selector) -> Result<bool, Fatal> {
        match selector {
            Selector::All => Ok(true),
            Selector::One(address) => self.is_at(address),
            Selector::Range(begin, end) => self.is_in(at, begin, end),
        }
    }

    /// Whether an address is that of this line.
    pub(super) fn is_at(&mut self, address: Address) -> Result<bool, Fatal> {
        match address {
            Address::Line(line) => Ok(self.number == line),
            Address::Step { first, step } => {
                Ok(self.number >= first && (self.number - first).is_multiple_of(step))
            }
            Address::Last => self.input.is_at_end(),
            Address::Regex(index) => {
                let index = self.regex(index)?;
                let regex = self.script.regexes.get(index).ok_or_else(Fatal::internal)?;
                Ok(regex.is_match(&self.pattern.text)?)
            }
        }
    }

    /// The regex of a command; the last one for an empty one.
    pub(super) fn regex(&mut self, index: RegexIndex) -> Result<usize, Fatal> {
        let Some(index) = index.or(self.last_regex) else {
            return Err(Fatal::no_regex());
        };
        self.last_regex = Some(index);
        Ok(index)
    }
}

/// Reads a whole file.
pub fn read_all(mut file: impl Read) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok(text)
}
