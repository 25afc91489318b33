//! `ls`: lists files and directories as GNU ls does when its output is not a terminal.

mod color;
mod columns;
mod entry;
mod flags;
mod long;
mod name;
mod options;
mod pattern;
mod resolve;
mod size;
mod sort;

use std::cell::{Cell, OnceCell};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use color::Colors;
use entry::{Entry, Needs};
use long::Widths;
use options::{Config, Dereference, Format, Hidden, Refusal, Request};

use crate::getopt;
use crate::sys::clock::{self, Zone};
use crate::sys::quote::{Quoting, quoted};
use crate::sys::{self, FileKind, Follow, OsStrExt, Timestamp, error_text};

/// A file of a directory could not be looked at.
const MINOR: i32 = 1;
/// An operand could not be, or the command line is wrong.
const SERIOUS: i32 = 2;

pub fn main(args: &[OsString]) -> i32 {
    let (config, operands) = match options::read(args) {
        Ok(Request::List(config, operands)) => (config, operands),
        Ok(Request::Help) => return print_help(),
        Ok(Request::Version) => return print_version(),
        Err(Refusal::Usage(error, status)) => return error.report(status),
        Err(Refusal::Plain(error)) => {
            complain(&error);
            return SERIOUS;
        }
    };
    let mut lister = Lister::new(*config);
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let listed = lister.run(operands, &mut out).and_then(|()| out.flush());
    match listed {
        Ok(()) => lister.status,
        Err(error) => {
            complain(format!("write error: {}", error_text(&error)).as_bytes());
            SERIOUS
        }
    }
}

/// Prints an error. A stderr that cannot be written to leaves the status as the only witness.
fn complain(text: &[u8]) {
    let line = [b"ls: ", text, b"\n"].concat();
    let _ = io::stderr().write_all(&line);
}

fn print(text: &str) -> i32 {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => {
            complain(format!("write error: {}", error_text(&error)).as_bytes());
            SERIOUS
        }
    }
}

fn print_help() -> i32 {
    let flags = getopt::help(flags::FLAGS);
    print(&format!(
        "Usage: ls [OPTION]... [FILE]...\n\
         List files, and what directories hold; the current directory when no FILE is given.\n\n\
         {flags}\n\
         Exit status: 0 if all went well, 1 if a file in a directory could not be looked at,\n\
         2 if an operand could not be, or the command line is wrong.\n"
    ))
}

fn print_version() -> i32 {
    print(concat!(
        "ls (agent-sandbox toolbox) ",
        env!("CARGO_PKG_VERSION"),
        "\n"
    ))
}

/// A directory that is still to be listed.
struct Pending {
    path: PathBuf,
    from_command_line: bool,
    /// What the heading says.
    heading: Vec<u8>,
}

/// One run: the options, and what is asked of the system once.
struct Lister {
    config: Config,
    colors: Option<Colors>,
    zone: OnceCell<Zone>,
    now: OnceCell<Timestamp>,
    /// Whether the terminal was told to forget colours of before.
    reset: Cell<bool>,
    /// Whether a name of the current listing is quoted, so that the others get a space before them.
    some_quoted: bool,
    print_headings: bool,
    anything_printed: bool,
    /// The directories on the way down, to notice links that lead back up.
    visiting: Vec<(u64, u64)>,
    status: i32,
}

impl Lister {
    fn new(mut config: Config) -> Self {
        let variable = std::env::var_os("LS_COLORS").filter(|value| !value.is_empty());
        config.color &= variable.is_some() || color::terminal_has_colors();
        let mut colors = None;
        if config.color {
            colors = Colors::new(variable.as_deref());
            if colors.is_none() {
                complain(b"unparsable value for LS_COLORS environment variable");
                config.color = false;
            }
        }
        if config.color || config.width == 0 {
            config.tab_size = 0;
        }
        Self {
            config,
            colors,
            zone: OnceCell::new(),
            now: OnceCell::new(),
            reset: Cell::new(false),
            some_quoted: false,
            print_headings: true,
            anything_printed: false,
            visiting: Vec::new(),
            status: 0,
        }
    }

    fn zone(&self) -> &Zone {
        self.zone.get_or_init(Zone::from_env)
    }

    fn now(&self) -> Timestamp {
        *self.now.get_or_init(clock::now)
    }

    fn fail(&mut self, problem: &str, path: &OsStr, error: &io::Error, serious: bool) {
        let name = quoted(path.as_bytes());
        let text = format!(": {}", error_text(error));
        complain(&[problem.as_bytes(), b" ", &name, text.as_bytes()].concat());
        self.status = self.status.max(if serious { SERIOUS } else { MINOR });
    }

    fn run(&mut self, operands: Vec<OsString>, out: &mut impl Write) -> io::Result<()> {
        let mut pending: VecDeque<Pending> = VecDeque::new();
        let single = operands.len() <= 1;
        if operands.is_empty() && !self.config.directories {
            pending.push_back(self.pending(OsStr::new("."), true));
        } else {
            let operands = match operands.is_empty() {
                true => vec![OsString::from(".")],
                false => operands,
            };
            let mut entries = Vec::new();
            for operand in &operands {
                match Entry::operand(operand, &self.config) {
                    Ok(entry) => entries.push(entry),
                    Err(error) => self.fail("cannot access", operand, &error, true),
                }
            }
            self.align_quotes(&mut entries);
            sort::sort(&mut entries, &self.config);
            // Operands that turn out to be directories count for the widths, although they are listed apart.
            let widths = Widths::of(&entries, self);
            let list_contents = !self.config.directories;
            let (directories, files): (Vec<Entry>, Vec<Entry>) = entries
                .into_iter()
                .partition(|entry| list_contents && entry.kind == FileKind::Directory);
            if !files.is_empty() {
                self.write_entries(&files, &widths, out)?;
                self.anything_printed = true;
            }
            for directory in directories {
                pending.push_back(self.pending(OsStr::from_bytes(&directory.name), true));
            }
        }
        self.print_headings = self.config.recursive || !single;
        while let Some(directory) = pending.pop_front() {
            self.list_directory(directory, out)?;
        }
        Ok(())
    }

    fn pending(&self, path: &OsStr, from_command_line: bool) -> Pending {
        let quoting = Quoting {
            colons: true,
            ..self.config.quoting
        };
        Pending {
            path: PathBuf::from(path),
            from_command_line,
            heading: quoting.apply(path.as_bytes()),
        }
    }

    /// Lists one directory and, with `-R`, those below it.
    fn list_directory(&mut self, directory: Pending, out: &mut impl Write) -> io::Result<()> {
        let path = &directory.path;
        let reader = match std::fs::read_dir(path) {
            Ok(reader) => reader,
            Err(error) => {
                let serious = directory.from_command_line;
                self.fail("cannot open directory", path.as_os_str(), &error, serious);
                return Ok(());
            }
        };
        let identity = self.identity(path);
        if let Some(identity) = identity {
            if self.visiting.contains(&identity) {
                let name = sys::quote::quoted_if_needed(path.as_os_str().as_bytes());
                complain(&[&name, &b": not listing already-listed directory"[..]].concat());
                self.status = SERIOUS;
                return Ok(());
            }
            self.visiting.push(identity);
        }
        if self.print_headings {
            if self.anything_printed {
                out.write_all(b"\n")?;
            }
            self.write_heading(&directory, out)?;
        }
        self.anything_printed = true;
        let entries = self.read_entries(&directory, reader);
        if self.config.format == Format::Long || self.config.blocks {
            let blocks: u64 = entries
                .iter()
                .filter_map(|entry| entry.stat.as_ref())
                .map(|stat| stat.blocks)
                .sum();
            let total = self.config.block_sizes.show(blocks.saturating_mul(512));
            write!(out, "total {total}")?;
            out.write_all(&[self.config.end])?;
        }
        let widths = Widths::of(&entries, self);
        self.write_entries(&entries, &widths, out)?;
        if self.config.recursive {
            for entry in &entries {
                let is_self = matches!(entry.name.as_slice(), b"." | b"..");
                if entry.kind == FileKind::Directory && !is_self {
                    // Below `.`, paths keep the `./` that names in messages go without.
                    let below = path.join(OsStr::from_bytes(&entry.name));
                    let below = self.pending(below.as_os_str(), false);
                    self.list_directory(below, out)?;
                }
            }
        }
        if identity.is_some() {
            self.visiting.pop();
        }
        Ok(())
    }

    /// The device and inode of a directory, where following links could lead back to it.
    fn identity(&self, path: &Path) -> Option<(u64, u64)> {
        if !self.config.recursive || self.config.dereference != Dereference::Always {
            return None;
        }
        let stat = sys::stat(path, Follow::Yes).ok()?;
        Some((stat.dev, stat.ino))
    }

    fn write_heading(&self, directory: &Pending, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&directory.heading)?;
        out.write_all(b":\n")
    }

    fn read_entries(&mut self, directory: &Pending, reader: std::fs::ReadDir) -> Vec<Entry> {
        let needs = Needs::of(&self.config);
        let mut entries = Vec::new();
        let mut add = |lister: &mut Self, name: &OsStr, kind: FileKind| {
            let (entry, problem) =
                Entry::in_directory(&directory.path, name, kind, needs, &lister.config);
            if let Some((path, error)) = problem {
                lister.fail("cannot access", path.as_os_str(), &error, false);
            }
            entries.push(entry);
        };
        if self.config.hidden == Hidden::Show {
            for name in [".", ".."] {
                if self.lists(name.as_bytes()) {
                    add(self, OsStr::new(name), FileKind::Directory);
                }
            }
        }
        for item in reader {
            match item {
                Ok(item) => {
                    let name = item.file_name();
                    if self.lists(name.as_bytes()) {
                        let kind = item
                            .file_type()
                            .map_or(FileKind::Unknown, FileKind::of_type);
                        add(self, &name, kind);
                    }
                }
                Err(error) => {
                    let path = directory.path.as_os_str();
                    self.fail(
                        "reading directory",
                        path,
                        &error,
                        directory.from_command_line,
                    );
                    break;
                }
            }
        }
        self.align_quotes(&mut entries);
        sort::sort(&mut entries, &self.config);
        entries
    }

    /// Whether a name of a directory is listed.
    fn lists(&self, name: &[u8]) -> bool {
        if self.config.hidden == Hidden::Skip && name.first() == Some(&b'.') {
            return false;
        }
        let left_out = |patterns: &[OsString]| {
            patterns
                .iter()
                .any(|pattern| pattern::matches(pattern.as_bytes(), name))
        };
        !left_out(&self.config.hide) && !left_out(&self.config.ignore)
    }

    fn write_entries(
        &self,
        entries: &[Entry],
        widths: &Widths,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match self.config.format {
            Format::Columns => columns::write_grid(self, entries, widths, false, out),
            Format::Across => columns::write_grid(self, entries, widths, true, out),
            Format::Commas => columns::write_commas(self, entries, widths, out),
            Format::OneColumn => {
                for entry in entries {
                    self.write_cell(entry, widths, 0, out)?;
                    out.write_all(&[self.config.end])?;
                }
                Ok(())
            }
            Format::Long => {
                let mut line = Vec::new();
                for entry in entries {
                    line.clear();
                    let column = long::write_columns(entry, widths, self, &mut line)?;
                    self.write_name(entry, column, &mut line)?;
                    line.push(self.config.end);
                    out.write_all(&line)?;
                }
                Ok(())
            }
        }
    }

    /// Notes whether names without quotes get a space before them, because others of the listing have quotes.
    fn align_quotes(&mut self, entries: &mut [Entry]) {
        let lines_up = match self.config.format {
            Format::Long => true,
            Format::Columns | Format::Across => self.config.width != 0,
            Format::OneColumn | Format::Commas => false,
        };
        self.some_quoted =
            lines_up && self.config.quoting.may_quote() && entries.iter().any(name::is_quoted);
        if self.some_quoted {
            for entry in entries.iter_mut().filter(|entry| !name::is_quoted(entry)) {
                entry.width += 1;
            }
        }
    }
}
