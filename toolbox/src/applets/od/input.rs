//! The files of `od`, one after another.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};

use super::NAME;
use crate::stdio;

const BUFFER: usize = 16 * 1024;

/// All files as one. What cannot be opened or read is told and left out.
pub struct Files<'a> {
    names: std::slice::Iter<'a, OsString>,
    current: Option<(&'a OsString, File)>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    pub failed: bool,
    /// Whether a file could be opened at all.
    pub opened: bool,
    /// How many bytes may still be read or passed over.
    pub limit: Option<u64>,
}

impl<'a> Files<'a> {
    pub fn new(names: &'a [OsString]) -> Self {
        Self {
            names: names.iter(),
            current: None,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            failed: false,
            opened: false,
            limit: None,
        }
    }

    /// Reads as many bytes as there are, up to the length of `to`.
    pub fn read(&mut self, to: &mut [u8]) -> usize {
        let mut length = 0;
        while let Some(rest) = to.get_mut(length..).filter(|rest| !rest.is_empty()) {
            let limit = self.limit.map_or(rest.len(), |limit| {
                usize::try_from(limit).unwrap_or(usize::MAX)
            });
            let wanted = rest.len().min(limit);
            if wanted == 0 || (self.start == self.end && !self.fill()) {
                break;
            }
            let here = self.buffer.get(self.start..self.end).unwrap_or_default();
            let taken = wanted.min(here.len());
            if let (Some(to), Some(from)) = (rest.get_mut(..taken), here.get(..taken)) {
                to.copy_from_slice(from);
            }
            self.start += taken;
            length += taken;
            if let Some(limit) = &mut self.limit {
                *limit -= taken as u64;
            }
        }
        length
    }

    pub fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        (self.read(&mut byte) == 1).then_some(byte[0])
    }

    /// Passes over bytes; false when there are not as many.
    pub fn skip(&mut self, mut count: u64) -> bool {
        while count > 0 {
            if self.start == self.end && !self.fill() {
                return false;
            }
            let here = self.end - self.start;
            let taken = usize::try_from(count).map_or(here, |count| count.min(here));
            self.start += taken;
            count -= taken as u64;
            if let Some(limit) = &mut self.limit {
                *limit -= taken as u64;
            }
        }
        true
    }

    /// Opens the first file that can be, so that it is known whether there is one.
    pub fn begin(&mut self) {
        if self.start == self.end {
            self.fill();
        }
    }

    /// Reads on, in the next file if one has ended; false when all have.
    fn fill(&mut self) -> bool {
        loop {
            if self.current.is_none() {
                let Some(name) = self.names.next() else {
                    return false;
                };
                match open(name) {
                    Ok(input) => {
                        self.opened = true;
                        self.current = Some((name, input));
                    }
                    Err(error) => {
                        self.complain(name, &error);
                        continue;
                    }
                }
            }
            let Some((name, input)) = &mut self.current else {
                continue;
            };
            // What is behind the limit is left to others.
            let most = self.limit.map_or(BUFFER, |limit| {
                usize::try_from(limit).map_or(BUFFER, |limit| limit.clamp(1, BUFFER))
            });
            match input.read(self.buffer.get_mut(..most).unwrap_or_default()) {
                Ok(0) => self.current = None,
                Ok(length) => {
                    (self.start, self.end) = (0, length);
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let name: &OsString = name;
                    self.complain(name, &error);
                    self.current = None;
                }
            }
        }
    }

    fn complain(&mut self, name: &OsString, error: &io::Error) {
        stdio::complain(NAME, &stdio::about(name, error));
        self.failed = true;
        // A directory can be opened, and only then not be read.
        self.opened |= error.raw_os_error() == Some(libc::EISDIR);
    }
}

fn open(name: &OsString) -> io::Result<File> {
    match name == "-" {
        true => stdio::shared_stdin(),
        false => stdio::open(name),
    }
}
