//! `paste`: joins lines of files.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::quote::{Quoting, Style};
use crate::sys::{self, OsStrExt};

const NAME: &str = "paste";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Delimiters,
    Help,
    Serial,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Delimiters, Some('d'), Some("delimiters"), Takes::Value("LIST"), "reuse characters from LIST instead of TABs"),
    flag(Id::Serial, Some('s'), Some("serial"), Takes::Nothing, "paste one file at a time instead of in parallel"),
    flag(Id::Zero, Some('z'), Some("zero-terminated"), Takes::Nothing, "line delimiter is NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// Where lines come from. Standard input may be named more than once, and then gives its lines in turn.
enum Source {
    Stdin,
    File(BufReader<File>),
    Ended,
}

struct Paste<'a, W> {
    delimiters: Vec<Option<u8>>,
    end: u8,
    stdin: io::StdinLock<'static>,
    out: W,
    status: i32,
    names: &'a [OsString],
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut list, mut serial, mut end) = (OsString::from("\t"), false, b'\n');
    for (id, value) in parsed.options {
        match id {
            Id::Delimiters => list = value.unwrap_or_default(),
            Id::Help => {
                let text = format!(
                    "Usage: paste [OPTION]... [FILE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Serial => serial = true,
            Id::Zero => end = 0,
        }
    }
    let Some(delimiters) = delimiters(list.as_bytes()) else {
        let problem = b"delimiter list ends with an unescaped backslash: ";
        let mut quoting = Quoting::new(Style::CMaybe);
        quoting.colons = true;
        let message = [problem, quoting.apply(list.as_bytes()).as_slice()].concat();
        stdio::complain(NAME, &message);
        return 1;
    };
    let mut names = parsed.operands;
    if names.is_empty() {
        names.push("-".into());
    }
    let mut paste = Paste {
        delimiters,
        end,
        stdin: io::stdin().lock(),
        out: BufWriter::with_capacity(16 * 1024, io::stdout().lock()),
        status: 0,
        names: &names,
    };
    let written = if serial {
        paste.serial()
    } else {
        paste.parallel()
    };
    let written = written.and_then(|()| paste.out.flush());
    stdio::finish(NAME, written, paste.status)
}

/// The bytes of a list; nothing stands for an empty one. None when the list ends in the middle of an escape.
fn delimiters(list: &[u8]) -> Option<Vec<Option<u8>>> {
    let mut delimiters = Vec::new();
    let mut bytes = list.iter();
    while let Some(byte) = bytes.next() {
        delimiters.push(match byte {
            b'\\' => match bytes.next()? {
                b'0' => None,
                b'b' => Some(0x08),
                b'f' => Some(0x0c),
                b'n' => Some(b'\n'),
                b'r' => Some(b'\r'),
                b't' => Some(b'\t'),
                b'v' => Some(0x0b),
                other => Some(*other),
            },
            byte => Some(*byte),
        });
    }
    if delimiters.is_empty() {
        delimiters.push(None);
    }
    Some(delimiters)
}

impl<W: Write> Paste<'_, W> {
    fn open(&mut self, name: &OsStr) -> Option<Source> {
        if name == "-" {
            return Some(Source::Stdin);
        }
        match sys::open(name) {
            Ok(file) => Some(Source::File(BufReader::new(file))),
            Err(error) => {
                self.complain(name, &error);
                None
            }
        }
    }

    fn complain(&mut self, name: &OsStr, error: &io::Error) {
        let _ = self.out.flush();
        stdio::complain(NAME, &stdio::about(name, error));
        self.status = 1;
    }

    /// Reads a line without its end; false at the end of the input.
    fn read(&mut self, source: &mut Source, name: &OsStr, line: &mut Vec<u8>) -> bool {
        line.clear();
        let read = match source {
            Source::Stdin => self.stdin.read_until(self.end, line),
            Source::File(file) => file.read_until(self.end, line),
            Source::Ended => return false,
        };
        match read {
            Ok(0) => {
                *source = Source::Ended;
                return false;
            }
            Ok(_) => {}
            Err(error) => {
                self.complain(name, &error);
                *source = Source::Ended;
                return !line.is_empty();
            }
        }
        if line.last() == Some(&self.end) {
            line.pop();
        }
        true
    }

    fn parallel(&mut self) -> io::Result<()> {
        let names = self.names;
        let mut sources = Vec::new();
        for name in names {
            match self.open(name) {
                Some(source) => sources.push(source),
                None => return Ok(()),
            }
        }
        let mut line = Vec::new();
        let delimiters = self.delimiters.clone();
        loop {
            // Delimiters behind files that have ended wait until it is known whether there is a line at all.
            let mut waiting = Vec::new();
            let mut has_line = false;
            let mut next = delimiters.iter().cycle();
            for (at, (source, name)) in sources.iter_mut().zip(names).enumerate() {
                if self.read(source, name, &mut line) {
                    self.out.write_all(&waiting)?;
                    waiting.clear();
                    self.out.write_all(&line)?;
                    has_line = true;
                }
                if at + 1 < names.len() {
                    waiting.extend(next.next().copied().flatten());
                }
            }
            if !has_line {
                return Ok(());
            }
            self.out.write_all(&waiting)?;
            self.out.write_all(&[self.end])?;
        }
    }

    fn serial(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        let delimiters = self.delimiters.clone();
        for name in self.names {
            let Some(mut source) = self.open(name) else {
                continue;
            };
            let mut next = delimiters.iter().cycle();
            let mut is_first = true;
            while self.read(&mut source, name, &mut line) {
                if !is_first && let Some(Some(delimiter)) = next.next() {
                    self.out.write_all(&[*delimiter])?;
                }
                is_first = false;
                self.out.write_all(&line)?;
            }
            self.out.write_all(&[self.end])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_bytes_escapes_and_nothings() {
        assert_eq!(delimiters(b",\\t"), Some(vec![Some(b','), Some(b'\t')]));
        assert_eq!(delimiters(b"\\0\\q"), Some(vec![None, Some(b'q')]));
        assert_eq!(delimiters(b""), Some(vec![None]));
        assert_eq!(delimiters(b"a\\"), None);
    }
}
