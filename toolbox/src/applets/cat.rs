//! `cat`: copies files to standard output, with marks and numbers where they are asked for.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::quote::quoted_if_needed;
use crate::sys::{self, FileKind, Follow, OsStrExt};

const NAME: &str = "cat";
/// What is read at once where the size is not known, and at most.
const BUFFER: usize = 16 * 1024;
const LARGE_BUFFER: usize = 128 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    All,
    Ends,
    Help,
    Ignored,
    NonPrinting,
    NonPrintingEnds,
    NonPrintingTabs,
    Number,
    NumberNonBlank,
    Squeeze,
    Tabs,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::NumberNonBlank,
        Some('b'),
        Some("number-nonblank"),
        Takes::Nothing,
        "number nonempty output lines, overrides -n",
    ),
    flag(
        Id::Number,
        Some('n'),
        Some("number"),
        Takes::Nothing,
        "number all output lines",
    ),
    flag(
        Id::Squeeze,
        Some('s'),
        Some("squeeze-blank"),
        Takes::Nothing,
        "suppress repeated empty output lines",
    ),
    flag(
        Id::NonPrinting,
        Some('v'),
        Some("show-nonprinting"),
        Takes::Nothing,
        "use ^ and M- notation, except for LFD and TAB",
    ),
    flag(
        Id::Ends,
        Some('E'),
        Some("show-ends"),
        Takes::Nothing,
        "display $ at end of each line",
    ),
    flag(
        Id::Tabs,
        Some('T'),
        Some("show-tabs"),
        Takes::Nothing,
        "display TAB characters as ^I",
    ),
    flag(
        Id::All,
        Some('A'),
        Some("show-all"),
        Takes::Nothing,
        "equivalent to -vET",
    ),
    flag(
        Id::NonPrintingEnds,
        Some('e'),
        None,
        Takes::Nothing,
        "equivalent to -vE",
    ),
    flag(
        Id::NonPrintingTabs,
        Some('t'),
        None,
        Takes::Nothing,
        "equivalent to -vT",
    ),
    flag(Id::Ignored, Some('u'), None, Takes::Nothing, "(ignored)"),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Numbered {
    #[default]
    None,
    NonBlank,
    All,
}

/// What is shown beside the text itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Marks {
    numbered: Numbered,
    squeeze: bool,
    non_printing: bool,
    ends: bool,
    tabs: bool,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut marks = Marks::default();
    for (id, _) in parsed.options {
        match id {
            Id::All => (marks.non_printing, marks.ends, marks.tabs) = (true, true, true),
            Id::Ends => marks.ends = true,
            Id::Help => {
                let text = format!(
                    "Usage: cat [OPTION]... [FILE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Ignored => {}
            Id::NonPrinting => marks.non_printing = true,
            Id::NonPrintingEnds => (marks.non_printing, marks.ends) = (true, true),
            Id::NonPrintingTabs => (marks.non_printing, marks.tabs) = (true, true),
            Id::Number if marks.numbered == Numbered::NonBlank => {}
            Id::Number => marks.numbered = Numbered::All,
            Id::NumberNonBlank => marks.numbered = Numbered::NonBlank,
            Id::Squeeze => marks.squeeze = true,
            Id::Tabs => marks.tabs = true,
        }
    }
    let mut files = parsed.operands;
    if files.is_empty() {
        files.push("-".into());
    }
    let mut printer = Printer::new(marks, io::stdout().lock());
    let mut status = 0;
    for name in &files {
        match print_file(name, &mut printer) {
            Ok(()) => {}
            Err(Failure::Input(message)) => {
                stdio::complain(NAME, &message);
                status = 1;
            }
            Err(Failure::Output(error)) => return stdio::finish(NAME, Err(error), 1),
        }
    }
    stdio::finish(NAME, printer.finish(), status)
}

/// A file that cannot be read is left out; an output that cannot be written ends everything.
enum Failure {
    Input(Vec<u8>),
    Output(io::Error),
}

fn print_file(name: &OsStr, printer: &mut Printer<impl Write>) -> Result<(), Failure> {
    let failure = |error: io::Error| Failure::Input(stdio::about(name, &error));
    if name == "-" {
        let path = OsStr::new("/dev/stdin");
        return match is_output(path) {
            true => Err(Failure::Input(itself(name))),
            false => print_input(name, &mut io::stdin().lock(), BUFFER, printer),
        };
    }
    let mut file = sys::open(name).map_err(failure)?;
    let metadata = file.metadata().map_err(failure)?;
    if metadata.is_dir() {
        return Err(failure(io::Error::from_raw_os_error(libc::EISDIR)));
    }
    if metadata.len() > 0 && is_output(name) {
        return Err(Failure::Input(itself(name)));
    }
    // One byte more lets the whole file come at once. Clearing a larger buffer than needed costs time.
    let size = match usize::try_from(metadata.len()) {
        Ok(0) => BUFFER,
        Ok(length) => length.saturating_add(1).clamp(512, LARGE_BUFFER),
        Err(_) => LARGE_BUFFER,
    };
    print_input(name, &mut file, size, printer)
}

fn itself(name: &OsStr) -> Vec<u8> {
    [
        quoted_if_needed(name.as_bytes()).as_slice(),
        b": input file is output file",
    ]
    .concat()
}

/// Whether what is read here would be what is written, without an end.
fn is_output(path: &OsStr) -> bool {
    let Ok(output) = sys::stat("/dev/stdout", Follow::Yes) else {
        return false;
    };
    if FileKind::of_mode(output.mode) != FileKind::Regular || output.size == 0 {
        return false;
    }
    sys::stat(path, Follow::Yes)
        .is_ok_and(|input| (input.dev, input.ino) == (output.dev, output.ino))
}

fn print_input(
    name: &OsStr,
    input: &mut impl Read,
    size: usize,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; size];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => printer
                .print(buffer.get(..length).unwrap_or_default())
                .map_err(Failure::Output)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::Input(stdio::about(name, &error))),
        }
    }
}

/// Marks text that comes in pieces. Lines go on from one file to the next.
struct Printer<W> {
    marks: Marks,
    line: u64,
    at_start: bool,
    /// The line before this one was empty.
    after_blank: bool,
    /// A carriage return waits for what follows it: before a line end it is shown as `^M`.
    pending_return: bool,
    marked: Vec<u8>,
    out: W,
}

impl<W: Write> Printer<W> {
    fn new(marks: Marks, out: W) -> Self {
        Printer {
            marks,
            line: 0,
            at_start: true,
            after_blank: false,
            pending_return: false,
            marked: Vec::new(),
            out,
        }
    }

    /// Prints a piece at once: a reader may wait for it.
    fn print(&mut self, text: &[u8]) -> io::Result<()> {
        if self.marks == Marks::default() {
            self.out.write_all(text)?;
        } else {
            let mut marked = std::mem::take(&mut self.marked);
            marked.clear();
            self.mark(text, &mut marked);
            self.out.write_all(&marked)?;
            self.marked = marked;
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.pending_return {
            self.out.write_all(b"\r")?;
        }
        self.out.flush()
    }

    fn mark(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut rest = text;
        while let Some(first) = rest.first() {
            if self.at_start {
                let blank = *first == b'\n';
                if blank && self.marks.squeeze && self.after_blank {
                    rest = rest.get(1..).unwrap_or_default();
                    continue;
                }
                self.after_blank = blank;
                self.at_start = false;
                if self.marks.numbered == Numbered::All
                    || (self.marks.numbered == Numbered::NonBlank && !blank)
                {
                    self.line += 1;
                    out.extend_from_slice(format!("{:6}\t", self.line).as_bytes());
                }
            }
            let end = memchr::memchr(b'\n', rest);
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.mark_line(line, out);
            if end.is_none() {
                return;
            }
            if std::mem::take(&mut self.pending_return) {
                out.extend_from_slice(b"^M");
            }
            if self.marks.ends {
                out.push(b'$');
            }
            out.push(b'\n');
            self.at_start = true;
            rest = after.get(1..).unwrap_or_default();
        }
    }

    /// A piece of a line, without its end.
    fn mark_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let Some(last) = line.last() else { return };
        if std::mem::take(&mut self.pending_return) {
            out.push(b'\r');
        }
        if self.marks.non_printing || self.marks.tabs {
            for byte in line {
                self.mark_byte(*byte, out);
            }
        } else {
            out.extend_from_slice(line);
        }
        if self.marks.ends && !self.marks.non_printing && *last == b'\r' {
            self.pending_return = true;
            out.pop();
        }
    }

    fn mark_byte(&self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'\t' if self.marks.tabs => out.extend_from_slice(b"^I"),
            b'\t' | b' '..=b'~' => out.push(byte),
            _ if !self.marks.non_printing => out.push(byte),
            0x80.. => {
                out.extend_from_slice(b"M-");
                push_caret(byte & 0x7f, out);
            }
            _ => push_caret(byte, out),
        }
    }
}

/// A character of ASCII, in caret notation when it is a control.
fn push_caret(byte: u8, out: &mut Vec<u8>) {
    if byte.is_ascii_control() {
        out.extend_from_slice(&[b'^', byte ^ 0x40]);
    } else {
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(marks: Marks, pieces: &[&[u8]]) -> Vec<u8> {
        let mut printer = Printer::new(marks, Vec::new());
        for piece in pieces {
            printer.print(piece).expect("writing to memory");
        }
        printer.finish().expect("writing to memory");
        printer.out
    }

    #[test]
    fn lines_go_on_from_piece_to_piece() {
        let marks = Marks {
            numbered: Numbered::All,
            ends: true,
            ..Marks::default()
        };
        assert_eq!(
            printed(marks, &[b"a", b"b\n\nc"]),
            b"     1\tab$\n     2\t$\n     3\tc"
        );
    }

    #[test]
    fn a_carriage_return_is_shown_only_at_the_end_of_a_line() {
        let marks = Marks {
            ends: true,
            ..Marks::default()
        };
        assert_eq!(
            printed(marks, &[b"a\r", b"\nb\rc\r\n\r"]),
            b"a^M$\nb\rc^M$\n\r"
        );
    }

    #[test]
    fn repeated_empty_lines_become_one_across_pieces() {
        let marks = Marks {
            squeeze: true,
            numbered: Numbered::NonBlank,
            ..Marks::default()
        };
        assert_eq!(
            printed(marks, &[b"\n", b"\n\na\n\n", b"\n"]),
            b"\n     1\ta\n\n"
        );
    }

    #[test]
    fn bytes_that_do_not_print_have_a_notation() {
        let marks = Marks {
            non_printing: true,
            ..Marks::default()
        };
        assert_eq!(
            printed(marks, &[b"\x00\x7f\x80\xff\xa0\t\r"]),
            b"^@^?M-^@M-^?M- \t^M"
        );
    }
}
