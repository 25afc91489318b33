//! `nl`: numbers lines.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio::{self, Input};
use crate::sys::OsStrExt;
use crate::sys::number::Notation;
use crate::sys::quote::quoted_text;

const NAME: &str = "nl";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Blanks,
    Body,
    Delimiter,
    Footer,
    Format,
    Header,
    Help,
    Increment,
    KeepNumbers,
    Separator,
    Start,
    Width,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Body, Some('b'), Some("body-numbering"), Takes::Value("STYLE"), "use STYLE for numbering body lines"),
    flag(Id::Delimiter, Some('d'), Some("section-delimiter"), Takes::Value("CC"), "use CC for logical page delimiters"),
    flag(Id::Footer, Some('f'), Some("footer-numbering"), Takes::Value("STYLE"), "use STYLE for numbering footer lines"),
    flag(Id::Header, Some('h'), Some("header-numbering"), Takes::Value("STYLE"), "use STYLE for numbering header lines"),
    flag(Id::Increment, Some('i'), Some("line-increment"), Takes::Value("NUMBER"), "line number increment at each line"),
    flag(Id::Blanks, Some('l'), Some("join-blank-lines"), Takes::Value("NUMBER"), "group of NUMBER empty lines counted as one"),
    flag(Id::Format, Some('n'), Some("number-format"), Takes::Value("FORMAT"), "insert line numbers according to FORMAT: ln, rn or rz"),
    flag(Id::KeepNumbers, Some('p'), Some("no-renumber"), Takes::Nothing, "do not reset line numbers for each section"),
    flag(Id::Separator, Some('s'), Some("number-separator"), Takes::Value("STRING"), "add STRING after (possible) line number"),
    flag(Id::Start, Some('v'), Some("starting-line-number"), Takes::Value("NUMBER"), "first line number for each section"),
    flag(Id::Width, Some('w'), Some("number-width"), Takes::Value("NUMBER"), "use NUMBER columns for line numbers"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit; STYLE is a (all), t (nonempty) or n (no lines)"),
];

/// Which lines are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    All,
    NonEmpty,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Left,
    Right,
    Zeros,
}

struct Options {
    header: Style,
    body: Style,
    footer: Style,
    delimiter: Vec<u8>,
    increment: i64,
    blanks: i64,
    format: Format,
    renumber: bool,
    separator: Vec<u8>,
    start: i64,
    width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header: Style::None,
            body: Style::NonEmpty,
            footer: Style::None,
            delimiter: b"\\:".to_vec(),
            increment: 1,
            blanks: 1,
            format: Format::Right,
            renumber: true,
            separator: b"\t".to_vec(),
            start: 1,
            width: 6,
        }
    }
}

/// A command line that cannot be used.
enum Refusal {
    /// With a hint at the end.
    Usage(Vec<u8>),
    Value(Vec<u8>),
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut options = Options::default();
    // A style is no reason to stop at once: the others may be wrong too.
    let mut usable = true;
    for (id, value) in parsed.options {
        if id == Id::Help {
            let text = format!("Usage: nl [OPTION]... [FILE]...\n\n{}", getopt::help(FLAGS));
            return stdio::print(NAME, text.as_bytes());
        }
        match options.set(id, value.unwrap_or_default().as_bytes()) {
            Ok(()) => {}
            Err(Refusal::Usage(message)) => {
                stdio::complain(NAME, &message);
                usable = false;
            }
            Err(Refusal::Value(message)) => {
                stdio::complain(NAME, &message);
                return 1;
            }
        }
    }
    if !usable {
        return getopt::hint(NAME, 1);
    }
    let mut names = parsed.operands;
    if names.is_empty() {
        names.push("-".into());
    }
    let mut numbering = Numbering {
        style: options.body,
        number: options.start,
        overflowed: false,
        blanks: 0,
        options,
        out: BufWriter::with_capacity(16 * 1024, io::stdout().lock()),
    };
    let mut status = 0;
    for name in &names {
        match numbering.file(name) {
            Ok(()) => {}
            Err(Failure::Input(error)) => {
                let _ = numbering.out.flush();
                stdio::complain(NAME, &stdio::about(name, &error));
                status = 1;
            }
            Err(Failure::Output(error)) => return stdio::finish(NAME, Err(error), 1),
            Err(Failure::Overflow) => {
                let _ = numbering.out.flush();
                stdio::complain(NAME, b"line number overflow");
                return 1;
            }
        }
    }
    stdio::finish(NAME, numbering.out.flush(), status)
}

impl Options {
    fn set(&mut self, id: Id, value: &[u8]) -> Result<(), Refusal> {
        let number = |what: &str, least, most| {
            Notation::PLAIN.within(value, least, most).map_err(|why| {
                let (before, value) = (format!("invalid {what}: "), quoted_text(value));
                Refusal::Value([before.as_bytes(), value.as_slice(), why.as_bytes()].concat())
            })
        };
        match id {
            Id::Blanks => self.blanks = number("line number of blank lines", 1, i64::MAX)?,
            Id::Body => self.body = style(value, "body")?,
            Id::Delimiter => match value {
                [one] => self.delimiter = vec![*one, b':'],
                _ => self.delimiter = value.to_vec(),
            },
            Id::Footer => self.footer = style(value, "footer")?,
            Id::Format => {
                self.format = match value {
                    b"ln" => Format::Left,
                    b"rn" => Format::Right,
                    b"rz" => Format::Zeros,
                    _ => {
                        let value = quoted_text(value);
                        let before = b"invalid line numbering format: ";
                        return Err(Refusal::Usage([before, value.as_slice()].concat()));
                    }
                }
            }
            Id::Header => self.header = style(value, "header")?,
            Id::Help => {}
            Id::Increment => {
                self.increment = number("line number increment", i64::MIN, i64::MAX)?;
            }
            Id::KeepNumbers => self.renumber = false,
            Id::Separator => self.separator = value.to_vec(),
            Id::Start => self.start = number("starting line number", i64::MIN, i64::MAX)?,
            Id::Width => {
                let width = number("line number field width", 1, i64::from(i32::MAX))?;
                self.width = usize::try_from(width).unwrap_or(0);
            }
        }
        Ok(())
    }
}

fn style(value: &[u8], section: &str) -> Result<Style, Refusal> {
    match value {
        [b'a', ..] => Ok(Style::All),
        [b't', ..] => Ok(Style::NonEmpty),
        [b'n', ..] => Ok(Style::None),
        [b'p', ..] => {
            let message = format!("{section} numbering style 'p' is not supported");
            Err(Refusal::Value(message.into_bytes()))
        }
        _ => {
            let before = format!("invalid {section} numbering style: ");
            let value = quoted_text(value);
            Err(Refusal::Usage(
                [before.as_bytes(), value.as_slice()].concat(),
            ))
        }
    }
}

enum Failure {
    Input(io::Error),
    Output(io::Error),
    /// There is no next number.
    Overflow,
}

/// Where the text stands, over all files.
struct Numbering<W> {
    options: Options,
    style: Style,
    number: i64,
    overflowed: bool,
    /// The empty lines so far that are to be counted as one.
    blanks: i64,
    out: W,
}

impl<W: Write> Numbering<W> {
    fn file(&mut self, name: &OsStr) -> Result<(), Failure> {
        let input = Input::open(name).map_err(Failure::Input)?;
        let mut input = BufReader::with_capacity(16 * 1024, input);
        let mut line = Vec::new();
        loop {
            line.clear();
            match input.read_until(b'\n', &mut line) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Failure::Input(error)),
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            self.line(&line)?;
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        if let Some(style) = self.section(line) {
            self.style = style;
            if self.options.renumber {
                (self.number, self.overflowed) = (self.options.start, false);
            }
            return self.out.write_all(b"\n").map_err(Failure::Output);
        }
        let numbered = match self.style {
            Style::None => false,
            Style::NonEmpty => !line.is_empty(),
            Style::All if line.is_empty() && self.options.blanks > 1 => {
                self.blanks += 1;
                self.blanks == self.options.blanks
            }
            Style::All => true,
        };
        if numbered || !line.is_empty() {
            self.blanks = 0;
        }
        let start = match numbered {
            true => self.numbered()?,
            false => vec![b' '; self.options.width + self.options.separator.len()],
        };
        let written = self.out.write_all(&start);
        written
            .and_then(|()| self.out.write_all(line))
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(Failure::Output)
    }

    /// The style of the section that a line begins.
    fn section(&self, line: &[u8]) -> Option<Style> {
        let delimiter = self.options.delimiter.as_slice();
        if delimiter.is_empty() || !line.starts_with(delimiter) {
            return None;
        }
        let count = line.len() / delimiter.len();
        if count > 3 || line != delimiter.repeat(count) {
            return None;
        }
        match count {
            1 => Some(self.options.footer),
            2 => Some(self.options.body),
            _ => Some(self.options.header),
        }
    }

    /// The next number, in its field.
    fn numbered(&mut self) -> Result<Vec<u8>, Failure> {
        if self.overflowed {
            return Err(Failure::Overflow);
        }
        let (number, width) = (self.number, self.options.width);
        let mut text = match self.options.format {
            Format::Left => format!("{number:<width$}"),
            Format::Right => format!("{number:>width$}"),
            Format::Zeros => format!("{number:0width$}"),
        }
        .into_bytes();
        text.extend_from_slice(&self.options.separator);
        match number.checked_add(self.options.increment) {
            Some(next) => self.number = next,
            None => self.overflowed = true,
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_begin_with_one_to_three_delimiters() {
        let mut numbering = Numbering {
            style: Style::NonEmpty,
            number: 1,
            overflowed: false,
            blanks: 0,
            options: Options {
                header: Style::All,
                ..Options::default()
            },
            out: Vec::new(),
        };
        assert_eq!(numbering.section(b"\\:\\:\\:"), Some(Style::All));
        assert_eq!(numbering.section(b"\\:\\:"), Some(Style::NonEmpty));
        assert_eq!(numbering.section(b"\\:"), Some(Style::None));
        assert_eq!(numbering.section(b"\\:\\:\\:\\:"), None);
        assert_eq!(numbering.section(b"\\:x"), None);
        assert!(numbering.line(b"text").is_ok());
        assert_eq!(numbering.out, b"     1\ttext\n");
    }
}
