//! The blocks of `hexdump`: all files as one, cut in equal lengths, and the same ones only once.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::NAME;
use crate::stdio;
use crate::sys::{self, FileKind, Follow, OsStrExt};

/// What comes next.
pub enum Block<'b> {
    /// Bytes, their address, and where the input ended if it did among them.
    Data(&'b [u8], u64, Option<u64>),
    /// Blocks that are the same as the one before.
    Repeated,
    /// The address of the end; none when nothing was there.
    End(Option<u64>),
}

/// Which repeated blocks have been told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Squeezing {
    Never,
    /// Before the first block.
    First,
    /// Nothing has been repeated.
    Wait,
    Repeated,
}

pub struct Blocks<'a> {
    names: std::slice::Iter<'a, OsString>,
    current: Option<(&'a OsString, BufReader<File>)>,
    /// To be passed over, still.
    skip: u64,
    /// To be read, still.
    length: Option<u64>,
    address: u64,
    squeezing: Squeezing,
    block: Vec<u8>,
    before: Vec<u8>,
    status: i32,
    opened: bool,
}

impl<'a> Blocks<'a> {
    pub fn new(
        names: &'a [OsString],
        block: usize,
        skip: u64,
        length: Option<u64>,
        squeeze: bool,
    ) -> Self {
        Self {
            names: names.iter(),
            current: None,
            skip,
            length,
            address: 0,
            squeezing: if squeeze {
                Squeezing::First
            } else {
                Squeezing::Never
            },
            block: vec![0; block],
            before: vec![0; block],
            status: 0,
            opened: false,
        }
    }

    pub fn status(&self) -> i32 {
        self.status
    }

    pub fn has_opened(&self) -> bool {
        self.opened
    }

    pub fn next(&mut self) -> Block<'_> {
        loop {
            let size = self.block.len();
            let read = self.fill();
            if read == 0 {
                self.give_back();
                return Block::End(Some(self.address));
            }
            let start = self.address;
            self.address += read as u64;
            let same = self.block.get(..read) == self.before.get(..read);
            std::mem::swap(&mut self.block, &mut self.before);
            if read < size {
                if let Some(rest) = self.before.get_mut(read..) {
                    rest.fill(0);
                }
                return Block::Data(&self.before, start, Some(self.address));
            }
            if !same || matches!(self.squeezing, Squeezing::Never | Squeezing::First) {
                if self.squeezing != Squeezing::Never {
                    self.squeezing = Squeezing::Wait;
                }
                return Block::Data(&self.before, start, None);
            }
            if self.squeezing == Squeezing::Wait {
                self.squeezing = Squeezing::Repeated;
                return Block::Repeated;
            }
        }
    }

    /// What was read beyond the length is for who reads on.
    fn give_back(&mut self) {
        if let Some((_, input)) = &mut self.current {
            let unused = input.buffer().len();
            stdio::give_back(input.get_mut(), unused);
        }
    }

    /// Reads a block, or what there is of one.
    fn fill(&mut self) -> usize {
        if self.block.is_empty() {
            // Formats that show no bytes; still, the files have to be there.
            while self.open() {}
        }
        let mut filled = 0;
        while filled < self.block.len() && self.length != Some(0) {
            let Some((name, input)) = &mut self.current else {
                match self.open() {
                    true => continue,
                    false => break,
                }
            };
            let free = self.block.get_mut(filled..).unwrap_or_default();
            let most = self.length.map_or(free.len(), |length| {
                usize::try_from(length).map_or(free.len(), |length| length.min(free.len()))
            });
            match input.read(free.get_mut(..most).unwrap_or_default()) {
                Ok(0) => self.current = None,
                Ok(read) => {
                    filled += read;
                    if let Some(length) = &mut self.length {
                        *length -= read as u64;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let text = format!(": {}", sys::error_text(&error));
                    stdio::complain(NAME, &[name.as_bytes(), text.as_bytes()].concat());
                    self.current = None;
                }
            }
        }
        filled
    }

    /// Opens the next file that there is, behind what is to be passed over.
    fn open(&mut self) -> bool {
        for name in self.names.by_ref() {
            let opened = match name == "-" {
                true => stdio::shared_stdin(),
                false => sys::open(name),
            };
            let mut input = match opened {
                Ok(input) => input,
                Err(error) => {
                    let text = format!(": {}", sys::error_text(&error));
                    stdio::complain(NAME, &[name.as_bytes(), text.as_bytes()].concat());
                    self.status = 1;
                    continue;
                }
            };
            if self.skip > 0 && name == "-" && is_pipe() {
                stdio::complain(NAME, b"stdin: Illegal seek");
                self.status = 1;
                self.opened = true;
                return false;
            }
            self.opened = true;
            if self.skip > 0 && !pass(&mut input, &mut self.skip, &mut self.address) {
                continue;
            }
            self.current = Some((name, BufReader::with_capacity(16 * 1024, input)));
            return true;
        }
        false
    }
}

/// Whether standard input is one that the original cannot pass over.
fn is_pipe() -> bool {
    sys::stat("/dev/stdin", Follow::Yes)
        .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Fifo)
}

/// Passes over the start of an input; false when all of it was passed over.
fn pass(input: &mut File, skip: &mut u64, address: &mut u64) -> bool {
    if let Ok(metadata) = input.metadata()
        && metadata.is_file()
    {
        let passed = metadata.len().min(*skip);
        *address += passed;
        *skip -= passed;
        return passed < metadata.len() && input.seek(SeekFrom::Start(passed)).is_ok();
    }
    let passed = io::copy(&mut input.take(*skip), &mut io::sink()).unwrap_or(0);
    *address += passed;
    *skip -= passed;
    *skip == 0
}
