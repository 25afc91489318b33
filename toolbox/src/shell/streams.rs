//! What builtins print: buffered, and written to what the script's descriptors stand for.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::Shell;
use super::ast::Text;
use super::descriptors::{Collector, Descriptors, Open};
use crate::sys;

/// The descriptors of the script and the output on its way to descriptor 1.
#[derive(Debug)]
pub struct Streams {
    /// Printed and not yet written.
    pub out: Vec<u8>,
    pub descriptors: Descriptors,
    /// Of the process substitutions of the command that runs now: closed when it has ended.
    pub substitutions: Vec<u32>,
}

impl Streams {
    pub fn new(descriptors: Descriptors) -> Self {
        Self {
            out: Vec::new(),
            descriptors,
            substitutions: Vec::new(),
        }
    }
}

impl Shell {
    /// Writes what builtins have printed.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.streams.out.is_empty() {
            return Ok(());
        }
        let written = match self.streams.descriptors.get(1) {
            Some(file) => file.write_all(&self.streams.out),
            None => Err(io::Error::from_raw_os_error(libc::EBADF)),
        };
        self.streams.out.clear();
        written
    }

    /// Writes to standard error, behind what is on its way to standard output.
    pub fn write_error(&mut self, text: &[u8]) {
        // A shell whose standard error is closed has nobody to tell.
        let _ = self.flush();
        if let Some(file) = self.streams.descriptors.get(2) {
            let _ = file.write_all(text);
        }
    }

    /// What a number of the script has open, to read from it or write to it.
    pub fn descriptor(&self, fd: u32) -> io::Result<sys::Descriptor> {
        match self.streams.descriptors.get(fd) {
            Some(file) => Ok(sys::Descriptor(file.raw()?)),
            None => Err(io::Error::from_raw_os_error(libc::EBADF)),
        }
    }

    /// Collects what `run` prints on standard output, also by programs it starts.
    pub fn collect<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, io::Result<Text>) {
        let out = std::mem::take(&mut self.streams.out);
        let collector = Rc::new(Open::Collector(RefCell::new(
            Collector::Memory(Text::new()),
        )));
        let before = self.streams.descriptors.clone();
        self.streams.descriptors.set(1, Some(Rc::clone(&collector)));
        let result = run(self);
        let flushed = self.flush();
        self.streams.descriptors = before;
        self.streams.out = out;
        let text = match &*collector {
            Open::Collector(collector) => collector.borrow_mut().finish(),
            _ => Ok(Text::new()),
        };
        (result, flushed.and(text))
    }
}
