//! The files to search: operands, standard input, and directories with all that is below them.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::stdio;
use crate::sys::process::{ExitStatus, end_like};
use crate::sys::{self, FileKind, Follow, OsStrExt, error_text, stat};

use super::options::{Directories, List, Options};
use super::output::Label;
use super::parallel::{self, Item, Workers};
use super::search::{Failure, Searcher};

/// The digits of the largest offset: the width of numbers where the size of a file is not known.
const WIDEST: usize = 19;

/// What is said of a file that lines are printed to.
const ITSELF: &str = "input file is also the output";

/// The file that an endless search could fill.
fn output_of(options: &Options) -> Option<(u64, u64)> {
    let prints_lines = !options.quiet
        && !options.count
        && options.list == List::Lines
        && options.max_count.is_none_or(|most| most > 1);
    if !prints_lines {
        return None;
    }
    let output = stat("/dev/stdout", Follow::Yes).ok()?;
    let is_regular = FileKind::of_mode(output.mode) == FileKind::Regular;
    is_regular.then_some((output.dev, output.ino))
}

pub struct Walk<'o> {
    pub searcher: Searcher<'o>,
    options: &'o Options,
    pub selected: bool,
    pub failed: bool,
    /// The output takes nothing more, which was said.
    cannot_write: bool,
    /// Lines begin with the name of their file.
    named: bool,
    /// The device and number of the directories that are open, from the operand down.
    ancestors: Vec<(u64, u64)>,
    /// The device and number of the regular file that lines are printed to, if they are.
    output: Option<(u64, u64)>,
    /// What is to be searched later; without a list, a file is searched when it is found.
    list: Option<parallel::List>,
}

impl<'o> Walk<'o> {
    pub fn new(searcher: Searcher<'o>, named: bool) -> Walk<'o> {
        let options = searcher.options;
        Walk {
            searcher,
            options,
            selected: false,
            failed: false,
            cannot_write: false,
            named,
            ancestors: Vec::new(),
            output: output_of(options),
            list: parallel::is_for(options).then(parallel::List::default),
        }
    }

    /// Whether there is nothing more to find out.
    pub fn is_over(&self) -> bool {
        (self.options.quiet && self.selected)
            || self.cannot_write
            || self.searcher.printer.out.error.is_some()
    }

    /// Searches a file, or puts it into the list.
    fn found(&mut self, path: &OsStr, named: bool) {
        if self.output.is_some() && self.is_output(path) {
            self.complain(path.as_bytes(), ITSELF);
            return;
        }
        match &mut self.list {
            // The only operand shows no name: there is nothing to share out.
            Some(list) if named == shows_names(self.options) => {
                list.push(Item::File(path.to_owned()));
                if list.is_full() {
                    self.search_listed();
                }
            }
            _ => self.file(path, named),
        }
    }

    /// Whether what is found in a file would be added to it, and be found again.
    fn is_output(&self, path: &OsStr) -> bool {
        stat(path, Follow::Yes).is_ok_and(|stat| self.output == Some((stat.dev, stat.ino)))
    }

    /// Says something, or puts it into the list.
    fn say(&mut self, parts: &[&[u8]]) {
        match &mut self.list {
            None => self.searcher.printer.out.message(parts),
            Some(list) => list.push(Item::Message(parts.concat())),
        }
    }

    /// Searches the files of the list, beside other processes when they are many.
    pub fn search_listed(&mut self) {
        let Some(list) = self.list.take() else { return };
        let (first, others) = list.parts();
        let workers = Workers::start(self.options, &others);
        let left = others.get(workers.count()..).unwrap_or_default();
        self.items(first);
        self.searcher.printer.out.flush();
        if self.is_over() {
            workers.stop();
        } else {
            for status in workers.finish() {
                self.part_ended(status);
            }
        }
        for part in left {
            self.items(part);
        }
        self.list = Some(parallel::List::default());
    }

    /// Searches what a walk found.
    pub fn items(&mut self, items: &[Item]) {
        for item in items {
            if self.is_over() {
                break;
            }
            match item {
                Item::File(path) => self.file(path, shows_names(self.options)),
                Item::Message(text) => self.searcher.printer.out.message(&[text]),
            }
        }
    }

    /// Takes over how the process of a part has ended.
    fn part_ended(&mut self, status: io::Result<ExitStatus>) {
        // What ends a process that does our work ends us.
        let code = status.map_or(parallel::CANNOT_WRITE, end_like);
        match code {
            0 => self.selected = true,
            1 => {}
            code => {
                self.failed = true;
                self.cannot_write |= code == parallel::CANNOT_WRITE;
            }
        }
    }

    fn complain(&mut self, name: &[u8], problem: &str) {
        self.failed = true;
        if !self.options.no_messages {
            self.say(&[name, b": ", problem.as_bytes()]);
        }
    }

    /// A file that the command line names.
    pub fn operand(&mut self, operand: &OsStr) {
        let name = operand.as_bytes();
        if name == b"-" {
            let label = self
                .options
                .label
                .as_deref()
                .map_or(&b"(standard input)"[..], OsStrExt::as_bytes);
            let mut input = match stdio::shared_stdin() {
                Ok(input) => input,
                Err(error) => return self.complain(label, &error_text(&error)),
            };
            if self.output.is_some() && self.is_output(OsStr::new("/dev/stdin")) {
                return self.complain(label, ITSELF);
            }
            let start = input.stream_position();
            let stopped_at = self.search(&mut input, label, self.named, None);
            // What is behind the last line that is selected is for who reads on.
            if let (Ok(start), Some(stopped_at)) = (start, stopped_at) {
                let _ = input.seek(SeekFrom::Start(start + stopped_at));
            }
            return;
        }
        let status = match fs::metadata(operand) {
            Ok(status) => status,
            Err(error) => return self.complain(name, &error_text(&error)),
        };
        if !status.is_dir() {
            let skipped = !status.is_file() && self.options.skip_devices == Some(true);
            if !skipped && !self.options.files.leave_out(name, true) {
                self.found(operand, self.named);
            }
            return;
        }
        let trimmed = trim_slashes(name);
        if self.options.directories != Directories::Skip
            && self.options.folders.leave_out(trimmed, true)
        {
            return;
        }
        match self.options.directories {
            Directories::Skip => {}
            Directories::Recurse { .. } => self.directory(name.to_vec()),
            Directories::Read => {
                self.complain(name, "Is a directory");
                self.report(name, self.named, 0);
            }
        }
    }

    /// The working directory, when a recursive search names nothing.
    pub fn here(&mut self) {
        self.directory(Vec::new());
    }

    /// Everything below a directory, in the order in which the directory gives it.
    fn directory(&mut self, name: Vec<u8>) {
        let path = if name.is_empty() {
            OsStr::new(".")
        } else {
            OsStr::from_bytes(&name)
        };
        let follow = self.options.directories == (Directories::Recurse { follow: true });
        if follow && let Ok(status) = stat(path, Follow::Yes) {
            let identity = (status.dev, status.ino);
            if self.ancestors.contains(&identity) {
                return self.say(&[&name, b": warning: recursive directory loop"]);
            }
            self.ancestors.push(identity);
        }
        let entries: Vec<fs::DirEntry> = match fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).collect(),
            Err(error) => {
                self.complain(path.as_bytes(), &error_text(&error));
                Vec::new()
            }
        };
        let mut child = name;
        if !child.is_empty() && !child.ends_with(b"/") {
            child.push(b'/');
        }
        let base = child.len();
        for entry in entries {
            if self.is_over() {
                break;
            }
            child.truncate(base);
            child.extend_from_slice(entry.file_name().as_bytes());
            self.entry(&entry, &child, base, follow);
        }
        if follow {
            self.ancestors.pop();
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, path: &[u8], base: usize, follow: bool) {
        let name = path.get(base..).unwrap_or_default();
        let mut kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return self.complain(path, &error_text(&error)),
        };
        if kind.is_symlink() {
            if !follow {
                return;
            }
            kind = match fs::metadata(OsStr::from_bytes(path)) {
                Ok(status) => status.file_type(),
                Err(error) => return self.complain(path, &error_text(&error)),
            };
        }
        if kind.is_dir() {
            if !self.options.folders.leave_out(name, false) {
                self.directory(path.to_vec());
            }
        } else if !self.options.files.leave_out(name, false) && !self.is_skipped_device(kind) {
            self.found(OsStr::from_bytes(path), shows_names(self.options));
        }
    }

    /// Devices found in directories are skipped unless they are asked for.
    fn is_skipped_device(&self, kind: FileType) -> bool {
        !kind.is_file() && self.options.skip_devices != Some(false)
    }

    fn file(&mut self, path: &OsStr, named: bool) {
        let mut file = match sys::open(Path::new(path)) {
            Ok(file) => file,
            Err(error) => return self.complain(path.as_bytes(), &error_text(&error)),
        };
        let status = match self.options.initial_tab || self.searcher.is_fresh() {
            true => file.metadata().ok().filter(fs::Metadata::is_file),
            false => None,
        };
        let size = status.map(|status| status.len());
        self.search(&mut file, path.as_bytes(), named, size);
    }

    /// Searches one input; `size` is unknown for what is no regular file. Gives where in it the search has stopped, if it was
    /// to stop after a number of lines.
    fn search(
        &mut self,
        input: &mut dyn Read,
        name: &[u8],
        named: bool,
        size: Option<u64>,
    ) -> Option<u64> {
        let label = Label {
            name,
            shown: named,
            width: size.map_or(WIDEST, digits),
        };
        let size = size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        match self.searcher.search(input, &label, size) {
            Ok(found) => {
                self.selected |= found.selected > 0;
                self.report(name, named, found.selected);
                if found.binary {
                    self.searcher
                        .printer
                        .out
                        .message(&[name, b": binary file matches"]);
                }
                found.stopped_at
            }
            Err(Failure::Read(error)) => {
                self.complain(name, &error_text(&error));
                self.report(name, named, 0);
                None
            }
            Err(Failure::Pattern(text)) => {
                self.failed = true;
                self.searcher
                    .printer
                    .out
                    .message(&[name, b": ", text.as_bytes()]);
                None
            }
        }
    }

    /// What is printed for a whole file: its count, or its name.
    fn report(&mut self, name: &[u8], named: bool, selected: u64) {
        let printer = &mut self.searcher.printer;
        if self.options.quiet {
            return;
        }
        match self.options.list {
            List::Lines if self.options.count => {
                printer.count(
                    &Label {
                        name,
                        shown: named,
                        width: 0,
                    },
                    selected,
                );
            }
            List::Matching if selected > 0 => printer.file_name(name),
            List::NotMatching if selected == 0 => printer.file_name(name),
            _ => {}
        }
    }
}

/// Whether files found in directories are shown with their names.
fn shows_names(options: &Options) -> bool {
    options.filename != Some(false)
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

fn trim_slashes(name: &[u8]) -> &[u8] {
    match name {
        [first @ .., b'/'] if !first.is_empty() => trim_slashes(first),
        name => name,
    }
}
