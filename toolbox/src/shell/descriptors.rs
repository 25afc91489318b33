//! The descriptors of a script. A number of the script is not the number of the process: a redirection changes which open
//! file a number stands for, and so needs no system call, nor does its end. A program that is started gets them under
//! their numbers.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::rc::Rc;

use super::ast::Text;
use crate::sys::{self, process};

/// Which open file each number stands for. A copy is a subshell's.
#[derive(Clone, Debug)]
pub struct Descriptors {
    /// Sorted by number.
    open: Rc<Vec<(u32, Rc<Open>)>>,
}

/// An open file of the script.
#[derive(Debug)]
pub enum Open {
    /// One that the process was started with, and keeps.
    Inherited(RawFd),
    Owned(OwnedFd),
    /// What collects the output of a command substitution.
    Collector(RefCell<Collector>),
}

/// Output that is collected: in memory for as long as only builtins print, else by a pipe without a bound.
#[derive(Debug)]
pub enum Collector {
    Memory(Text),
    Pipe {
        reader: OwnedFd,
        writer: OwnedFd,
    },
    /// It was read; what is still printed is lost, as on a closed pipe.
    Closed,
}

impl Open {
    /// A number of the process, for programs and system calls.
    pub fn raw(&self) -> io::Result<RawFd> {
        match self {
            Self::Inherited(fd) => Ok(*fd),
            Self::Owned(fd) => Ok(fd.as_raw_fd()),
            Self::Collector(collector) => collector.borrow_mut().writer(),
        }
    }

    pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        if let Self::Collector(collector) = self
            && let Collector::Memory(text) = &mut *collector.borrow_mut()
        {
            text.extend_from_slice(bytes);
            return Ok(());
        }
        sys::Descriptor(self.raw()?).write_all(bytes)
    }
}

impl Collector {
    fn writer(&mut self) -> io::Result<RawFd> {
        if let Self::Memory(text) = self {
            let (reader, writer) = process::collector()?;
            sys::Descriptor(writer.as_raw_fd()).write_all(text)?;
            *self = Self::Pipe { reader, writer };
        }
        match self {
            Self::Pipe { writer, .. } => Ok(writer.as_raw_fd()),
            _ => Err(io::Error::from_raw_os_error(libc::EBADF)),
        }
    }

    /// All that was printed. Waits for those who may still print.
    pub fn finish(&mut self) -> io::Result<Text> {
        match std::mem::replace(self, Self::Closed) {
            Self::Memory(text) => Ok(text),
            Self::Closed => Ok(Text::new()),
            Self::Pipe { reader, writer } => {
                drop(writer);
                let mut text = Text::new();
                let mut reader = std::fs::File::from(reader);
                loop {
                    match reader.read_to_end(&mut text) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        read => break read.map(|_| text),
                    }
                }
            }
        }
    }
}

impl Descriptors {
    /// The descriptors that a process has from its start: the standard ones and those with other numbers that are open.
    pub fn inherited(others: impl IntoIterator<Item = u32>) -> Self {
        let standard = (0..3).filter(|&fd| process::is_open(fd as RawFd));
        let open = standard
            .chain(others)
            .map(|fd| (fd, Rc::new(Open::Inherited(fd as RawFd))))
            .collect();
        Self {
            open: Rc::new(open),
        }
    }

    pub fn get(&self, fd: u32) -> Option<&Rc<Open>> {
        let at = self.position(fd).ok()?;
        Some(&self.open[at].1)
    }

    fn position(&self, fd: u32) -> Result<usize, usize> {
        self.open.binary_search_by_key(&fd, |(number, _)| *number)
    }

    /// Lets a number stand for an open file, or for none, and gives back what it stood for.
    pub fn set(&mut self, fd: u32, file: Option<Rc<Open>>) -> Option<Rc<Open>> {
        let open = Rc::make_mut(&mut self.open);
        match (open.binary_search_by_key(&fd, |(number, _)| *number), file) {
            (Ok(at), Some(file)) => Some(std::mem::replace(&mut open[at].1, file)),
            (Ok(at), None) => Some(open.remove(at).1),
            (Err(at), Some(file)) => {
                open.insert(at, (fd, file));
                None
            }
            (Err(_), None) => None,
        }
    }

    /// The lowest free number from `least` up.
    pub fn free_from(&self, least: u32) -> u32 {
        let mut free = least;
        for (fd, _) in self.open.iter().filter(|(fd, _)| *fd >= least) {
            if *fd != free {
                break;
            }
            free += 1;
        }
        free
    }

    /// The highest free number from `most` down to 10.
    pub fn free_below(&self, most: u32) -> u32 {
        (10..=most)
            .rev()
            .find(|fd| self.get(*fd).is_none())
            .unwrap_or_else(|| self.free_from(most))
    }

    /// The numbers that are in use.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.open.iter().map(|(fd, _)| *fd)
    }

    /// What a program is given: its numbers and the process's.
    pub fn for_program(&self) -> io::Result<Vec<process::Descriptor>> {
        let descriptor = |(fd, file): &(u32, Rc<Open>)| {
            Ok(process::Descriptor {
                target: *fd,
                source: file.raw()?.cast_unsigned(),
            })
        };
        self.open.iter().map(descriptor).collect()
    }
}

/// Takes a descriptor of a file that was just opened away from its owner, above the numbers that scripts use.
pub fn owned(file: impl Into<OwnedFd>) -> Rc<Open> {
    Rc::new(Open::Owned(file.into()))
}

/// The number in a path like `/dev/fd/5` or `/dev/stdin`, which means a descriptor of the script.
pub fn number_in_path(path: &[u8]) -> Option<u32> {
    match path {
        b"/dev/stdin" => return Some(0),
        b"/dev/stdout" => return Some(1),
        b"/dev/stderr" => return Some(2),
        _ => {}
    }
    let digits = path
        .strip_prefix(b"/dev/fd/")
        .or_else(|| path.strip_prefix(b"/proc/self/fd/"))?;
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
    digits.parse().ok()
}

/// A file with this content, to be read from its start.
pub fn here_file(content: &[u8]) -> io::Result<Rc<Open>> {
    let (reader, writer) = process::collector()?;
    sys::Descriptor(writer.as_raw_fd()).write_all(content)?;
    Ok(owned(reader))
}

/// An own descriptor of what `fd` has open.
pub fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    process::dup(fd, LEAST)
}

/// The lowest number for what the shell keeps open itself.
const LEAST: RawFd = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_descriptors_are_known() {
        assert_eq!(number_in_path(b"/dev/stdin"), Some(0));
        assert_eq!(number_in_path(b"/dev/fd/63"), Some(63));
        assert_eq!(number_in_path(b"/proc/self/fd/2"), Some(2));
        for path in ["/dev/fd/", "/dev/fd/x", "/dev/null", "/dev/fd/+1"] {
            assert_eq!(number_in_path(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn a_copy_keeps_what_the_numbers_stood_for() {
        let mut descriptors = Descriptors::inherited([]);
        let copy = descriptors.clone();
        descriptors.set(1, None);
        descriptors.set(7, Some(Rc::new(Open::Inherited(2))));
        assert!(descriptors.get(1).is_none() && copy.get(1).is_some());
        assert_eq!(descriptors.numbers().collect::<Vec<_>>(), [0, 2, 7]);
        assert_eq!((descriptors.free_from(0), descriptors.free_from(7)), (1, 8));
        assert_eq!(descriptors.free_below(7), 8);
    }

    #[test]
    fn what_builtins_print_is_collected_in_memory() {
        let collector = Open::Collector(RefCell::new(Collector::Memory(Text::new())));
        collector.write_all(b"a").expect("memory");
        collector.write_all(b"b").expect("memory");
        let Open::Collector(inner) = &collector else {
            panic!("it is a collector");
        };
        assert_eq!(inner.borrow_mut().finish().expect("memory"), b"ab");
        assert!(collector.write_all(b"c").is_err());
    }
}
