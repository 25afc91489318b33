//! The files that are edited, as lines.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;

use memchr::memchr;

use crate::stdio;
use crate::sys::{self, OsStrExt, error_text};

use super::{Fatal, complain, fatal};

const BUFFER: usize = 64 * 1024;

/// A file while it is read.
pub struct Source {
    pub name: OsString,
    file: File,
    buffer: Vec<u8>,
    /// What has been read and not been taken.
    start: usize,
    end: usize,
    at_end: bool,
    /// How much of the file has been taken out of the buffer.
    gone: u64,
    /// It must not read more than it needs: somebody else reads on.
    sparing: bool,
}

impl Source {
    pub fn new(name: &OsStr, file: File, sparing: bool) -> Source {
        Source {
            name: name.to_owned(),
            file,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            at_end: false,
            gone: 0,
            sparing,
        }
    }

    /// Reads more. False at the end of the file.
    fn fill(&mut self) -> Result<bool, Fatal> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 && self.start == self.end {
            self.gone += self.start as u64;
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 && self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.gone += self.start as u64;
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            self.buffer.resize((self.buffer.len() * 2).max(BUFFER), 0);
        }
        let most = match self.sparing {
            true => self.end + 1,
            false => self.buffer.len(),
        };
        let place = self.buffer.get_mut(self.end..most).unwrap_or_default();
        let count = loop {
            match self.file.read(place) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(fatal("read error on ", self.name.as_bytes(), &error)),
            }
        };
        self.end += count;
        self.at_end = count == 0;
        Ok(count > 0)
    }

    /// Whether something is left.
    pub fn has_more(&mut self) -> Result<bool, Fatal> {
        Ok(self.start < self.end || self.fill()?)
    }

    /// The next line, and whether it has an end; none at the end of the file.
    pub fn line(&mut self, delimiter: u8) -> Result<Option<(Range<usize>, bool)>, Fatal> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            let unsearched = rest.get(searched..).unwrap_or_default();
            if let Some(place) = memchr(delimiter, unsearched) {
                let start = self.start;
                let end = start + searched + place;
                self.start = end + 1;
                return Ok(Some((start..end, true)));
            }
            searched = rest.len();
            if !self.fill()? {
                let last = self.start..self.end;
                self.start = self.end;
                return Ok((!last.is_empty()).then_some((last, false)));
            }
        }
    }

    /// A line that `line` returned last.
    pub fn text(&self, place: Range<usize>) -> &[u8] {
        self.buffer.get(place).unwrap_or_default()
    }

    /// What has been read and not been taken.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes so many bytes of the rest.
    pub fn take(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// The place of the rest in the file.
    pub fn offset(&self) -> u64 {
        self.gone + self.start as u64
    }

    /// Reads more behind the rest. False at the end of the file.
    pub fn read_on(&mut self) -> Result<bool, Fatal> {
        self.fill()
    }

    /// Reads from the beginning again, where the file can do that.
    pub fn rewind(&mut self) {
        if self.file.rewind().is_ok() {
            (self.start, self.end, self.gone, self.at_end) = (0, 0, 0, false);
        }
    }

    /// Gives back what has not been taken.
    fn give_back(&mut self) {
        stdio::give_back(&mut self.file, self.end - self.start);
    }
}

pub struct Input {
    names: VecDeque<OsString>,
    pub current: Option<Source>,
    /// How many files have been opened.
    pub opened: usize,
    pub delimiter: u8,
    /// Each file has lines of its own, and a last one.
    pub separate: bool,
    pub unbuffered: bool,
    /// Some file could not be read.
    pub failed: bool,
}

impl Input {
    pub fn new(names: Vec<OsString>, delimiter: u8, separate: bool, unbuffered: bool) -> Input {
        Input {
            names: names.into(),
            current: None,
            opened: 0,
            delimiter,
            separate,
            unbuffered,
            failed: false,
        }
    }

    pub fn open(&mut self, source: Source) {
        self.current = Some(source);
        self.opened += 1;
    }

    pub fn next_name(&mut self) -> Option<OsString> {
        self.names.pop_front()
    }

    /// Says that a file cannot be read; the others are.
    pub fn refuse(&mut self, name: &OsStr, error: &io::Error) {
        let error = error_text(error);
        complain(&[b"can't read ", name.as_bytes(), b": ", error.as_bytes()].concat());
        self.failed = true;
    }

    /// Opens the next file that can be read, `-` as standard input. False when there is none.
    pub fn open_next(&mut self) -> Result<bool, Fatal> {
        while let Some(name) = self.next_name() {
            let is_stdin = name == "-";
            let file = if is_stdin {
                stdio::shared_stdin()
            } else {
                sys::open(&name)
            };
            match file {
                Ok(file) => {
                    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
                        let error = io::Error::from_raw_os_error(libc::EISDIR);
                        return Err(fatal("read error on ", name.as_bytes(), &error));
                    }
                    self.open(Source::new(&name, file, is_stdin && self.unbuffered));
                    return Ok(true);
                }
                Err(error) => self.refuse(&name, &error),
            }
        }
        Ok(false)
    }

    /// Whether no line comes after this one.
    pub fn is_at_end(&mut self) -> Result<bool, Fatal> {
        loop {
            if let Some(current) = &mut self.current
                && current.has_more()?
            {
                return Ok(false);
            }
            if self.separate || !self.open_next()? {
                return Ok(true);
            }
        }
    }

    /// The end of the program: what has been read too much of standard input is for the next one.
    pub fn finish(&mut self) {
        if let Some(current) = self.current.as_mut().filter(|source| source.name == "-") {
            current.give_back();
        }
    }
}
