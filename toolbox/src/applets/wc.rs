//! `wc`: counts lines, words, characters and bytes.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use unicode_width::UnicodeWidthChar;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::quote::{is_printable, quoted, quoted_if_needed};
use crate::sys::{self, Follow, OsStrExt, OsStringExt, locale};

const NAME: &str = "wc";
/// Small: it is filled with zeros at every start.
const BUFFER: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Bytes,
    Chars,
    Files0From,
    Help,
    Lines,
    MaxLineLength,
    Words,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Bytes,
        Some('c'),
        Some("bytes"),
        Takes::Nothing,
        "print the byte counts",
    ),
    flag(
        Id::Chars,
        Some('m'),
        Some("chars"),
        Takes::Nothing,
        "print the character counts",
    ),
    flag(
        Id::Lines,
        Some('l'),
        Some("lines"),
        Takes::Nothing,
        "print the newline counts",
    ),
    flag(
        Id::Files0From,
        None,
        Some("files0-from"),
        Takes::Value("F"),
        "read NUL-terminated names from file F",
    ),
    flag(
        Id::MaxLineLength,
        Some('L'),
        Some("max-line-length"),
        Takes::Nothing,
        "print the maximum display width",
    ),
    flag(
        Id::Words,
        Some('w'),
        Some("words"),
        Takes::Nothing,
        "print the word counts",
    ),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

/// What to print.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    lines: bool,
    words: bool,
    chars: bool,
    bytes: bool,
    width: bool,
}

impl Columns {
    fn count(self) -> usize {
        [self.lines, self.words, self.chars, self.bytes, self.width]
            .into_iter()
            .filter(|shown| *shown)
            .count()
    }
}

/// What was counted. `width` is that of the widest line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    lines: u64,
    words: u64,
    chars: u64,
    bytes: u64,
    width: u64,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut columns = Columns::default();
    let mut list = None;
    for (id, value) in parsed.options {
        match id {
            Id::Bytes => columns.bytes = true,
            Id::Chars => columns.chars = true,
            Id::Lines => columns.lines = true,
            Id::MaxLineLength => columns.width = true,
            Id::Words => columns.words = true,
            Id::Files0From => list = value,
            Id::Help => {
                let text = format!("Usage: wc [OPTION]... [FILE]...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
        }
    }
    if columns.count() == 0 {
        columns = Columns {
            lines: true,
            words: true,
            bytes: true,
            ..columns
        };
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let status = match (list, parsed.operands.first()) {
        (Some(_), Some(operand)) => {
            let message = b"file operands cannot be combined with --files0-from";
            let quoted = quoted(operand.as_bytes());
            return UsageError::new(
                NAME,
                [b"extra operand ", quoted.as_slice(), b"\n", message].concat(),
            )
            .report(1);
        }
        (Some(list), None) => match names_in(&list) {
            Ok(names) => count_all(&names, columns, &mut out),
            Err(error) => {
                let (quoted, text) = (quoted(list.as_bytes()), sys::error_text(&error));
                stdio::complain(
                    NAME,
                    &[
                        b"cannot open ",
                        quoted.as_slice(),
                        b" for reading: ",
                        text.as_bytes(),
                    ]
                    .concat(),
                );
                return 1;
            }
        },
        (None, None) => count_all(&[None], columns, &mut out),
        (None, Some(_)) => {
            let names: Vec<_> = parsed.operands.into_iter().map(Some).collect();
            count_all(&names, columns, &mut out)
        }
    };
    stdio::finish(NAME, out.flush(), status)
}

/// The names in a list, each of which ends in a NUL.
fn names_in(list: &OsStr) -> io::Result<Vec<Option<OsString>>> {
    let mut text = Vec::new();
    match list.as_bytes() {
        b"-" => io::stdin().lock().read_to_end(&mut text)?,
        _ => sys::open(list)?.read_to_end(&mut text)?,
    };
    if text.last() == Some(&0) {
        text.pop();
    }
    if text.is_empty() {
        return Ok(Vec::new());
    }
    Ok(text
        .split(|byte| *byte == 0)
        .map(|name| Some(OsString::from_vec(name.to_vec())))
        .collect())
}

/// Counts and prints each input (no name is standard input); returns the exit status.
fn count_all(names: &[Option<OsString>], columns: Columns, out: &mut impl Write) -> i32 {
    let digits = digits(names, columns);
    let mut status = 0;
    let mut total = Counts::default();
    for name in names {
        let mut counts = Counts::default();
        let result = match name.as_ref().map(|name| name.as_bytes()) {
            Some(b"") => {
                stdio::complain(NAME, b"invalid zero-length file name");
                status = 1;
                continue;
            }
            None | Some(b"-") => read(&mut io::stdin().lock(), columns, &mut counts),
            Some(name) => match sys::open(OsStr::from_bytes(name)) {
                Ok(mut file) => read_file(&mut file, columns, &mut counts),
                Err(error) => {
                    stdio::complain(NAME, &stdio::about(OsStr::from_bytes(name), &error));
                    status = 1;
                    continue;
                }
            },
        };
        let shown = name.as_ref().map(|name| name.as_bytes());
        if let Err(error) = result {
            let name = shown.unwrap_or(b"standard input");
            stdio::complain(NAME, &stdio::about(OsStr::from_bytes(name), &error));
            status = 1;
        }
        total.add(&counts);
        counts.print(columns, digits, shown, out);
    }
    if names.len() > 1 {
        total.print(columns, digits, Some(b"total"), out);
    }
    status
}

/// How wide a number is printed: as wide as the sum of the sizes, and seven where a size is not known before.
fn digits(names: &[Option<OsString>], columns: Columns) -> usize {
    if names.is_empty() || (names.len() == 1 && columns.count() == 1) {
        return 1;
    }
    let (mut least, mut bytes) = (1, 0);
    for name in names {
        let path = name
            .as_deref()
            .filter(|name| *name != "-")
            .unwrap_or(OsStr::new("/dev/stdin"));
        match sys::stat(path, Follow::Yes) {
            Ok(stat) if sys::FileKind::of_mode(stat.mode) == sys::FileKind::Regular => {
                bytes += stat.size
            }
            Err(_) if path != "/dev/stdin" => {}
            _ => least = 7,
        }
    }
    least.max(bytes.to_string().len())
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.lines += other.lines;
        self.words += other.words;
        self.chars += other.chars;
        self.bytes += other.bytes;
        self.width = self.width.max(other.width);
    }

    fn print(&self, columns: Columns, digits: usize, name: Option<&[u8]>, out: &mut impl Write) {
        let shown = [
            (columns.lines, self.lines),
            (columns.words, self.words),
            (columns.chars, self.chars),
            (columns.bytes, self.bytes),
            (columns.width, self.width),
        ];
        let numbers = shown
            .iter()
            .filter(|(shown, _)| *shown)
            .map(|(_, number)| format!("{number:digits$}"));
        let mut line = numbers.collect::<Vec<_>>().join(" ").into_bytes();
        if let Some(name) = name {
            line.push(b' ');
            match name.contains(&b'\n') {
                true => line.extend(quoted_if_needed(name)),
                false => line.extend_from_slice(name),
            }
        }
        line.push(b'\n');
        // What cannot be written is found when the buffer is flushed.
        let _ = out.write_all(&line);
    }
}

fn read_file(file: &mut File, columns: Columns, counts: &mut Counts) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from_raw_os_error(libc::EISDIR));
    }
    if columns.bytes && columns.count() == 1 && metadata.is_file() && metadata.len() > 0 {
        counts.bytes = metadata.len();
        return Ok(());
    }
    read(file, columns, counts)
}

fn read(input: &mut impl Read, columns: Columns, counts: &mut Counts) -> io::Result<()> {
    let characters = columns.words || columns.chars || columns.width;
    let mut buffer = vec![0; BUFFER];
    let mut scanner = Scanner::default();
    // A character may be cut by the end of the buffer: its first bytes wait here for the rest.
    let mut kept = 0;
    loop {
        let free = buffer.get_mut(kept..).unwrap_or_default();
        let length = match input.read(free) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                scanner.finish(counts);
                return Err(error);
            }
        };
        if length == 0 {
            scanner.finish(counts);
            return Ok(());
        }
        counts.bytes += length as u64;
        let filled = buffer.get(..kept + length).unwrap_or_default();
        let new = filled.get(kept..).unwrap_or_default();
        counts.lines += memchr::memchr_iter(b'\n', new).count() as u64;
        if characters {
            let used = scanner.scan(filled, counts);
            let end = filled.len();
            buffer.copy_within(used..end, 0);
            kept = end - used;
        }
    }
}

/// Where the text stands between two characters.
#[derive(Default)]
struct Scanner {
    in_word: bool,
    column: u64,
}

impl Scanner {
    /// Counts the characters of `text`, up to one that may go on behind it; says how many bytes that are.
    fn scan(&mut self, text: &[u8], counts: &mut Counts) -> usize {
        if locale::is_bytes() {
            counts.chars += text.len() as u64;
            for byte in text.iter().filter(|byte| byte.is_ascii()) {
                self.step(char::from(*byte), counts);
            }
            return text.len();
        }
        let mut used = 0;
        for chunk in text.utf8_chunks() {
            for character in chunk.valid().chars() {
                counts.chars += 1;
                self.step(character, counts);
            }
            used += chunk.valid().len();
            let rest = chunk.invalid();
            if used + rest.len() == text.len() && may_go_on(rest) {
                return used;
            }
            // A byte that is no character separates nothing and counts as nothing.
            used += rest.len();
        }
        used
    }

    fn step(&mut self, character: char, counts: &mut Counts) {
        match character {
            '\n' | '\r' | '\x0c' => {
                counts.width = counts.width.max(self.column);
                self.column = 0;
                self.end_word(counts);
            }
            '\t' => {
                self.column += 8 - self.column % 8;
                self.end_word(counts);
            }
            '\x0b' => self.end_word(counts),
            ' ' => {
                self.column += 1;
                self.end_word(counts);
            }
            '!'..='~' => {
                self.column += 1;
                self.in_word = true;
            }
            _ if character.is_ascii() || !is_printable(character) => {}
            _ => {
                self.column += columns(character);
                match character.is_whitespace() || character == '\u{2060}' {
                    true => self.end_word(counts),
                    false => self.in_word = true,
                }
            }
        }
    }

    fn end_word(&mut self, counts: &mut Counts) {
        counts.words += u64::from(self.in_word);
        self.in_word = false;
    }

    fn finish(&mut self, counts: &mut Counts) {
        self.end_word(counts);
        counts.width = counts.width.max(self.column);
    }
}

/// The columns that a printable character takes. A soft hyphen is shown, as glibc has it.
fn columns(character: char) -> u64 {
    match character {
        '\u{ad}' => 1,
        _ => character.width().unwrap_or(0) as u64,
    }
}

/// Whether these bytes are the start of a character.
fn may_go_on(bytes: &[u8]) -> bool {
    !bytes.is_empty() && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Columns = Columns {
        lines: true,
        words: true,
        chars: true,
        bytes: true,
        width: true,
    };

    /// Hands out its bytes one at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            let Some(place) = buffer.first_mut() else {
                return Ok(0);
            };
            *place = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn counted(mut input: impl Read) -> [u64; 5] {
        let mut counts = Counts::default();
        read(&mut input, ALL, &mut counts).expect("reading from memory");
        [
            counts.lines,
            counts.words,
            counts.chars,
            counts.bytes,
            counts.width,
        ]
    }

    #[test]
    fn words_are_runs_of_what_is_no_space() {
        assert_eq!(counted(&b"a bc\td\n\n e"[..]), [2, 4, 10, 10, 9]);
        assert_eq!(counted(&b""[..]), [0, 0, 0, 0, 0]);
    }

    #[test]
    fn characters_are_counted_across_the_ends_of_reads() {
        let text = "é 日本\u{a0}x\n";
        assert_eq!(counted(text.as_bytes()), [1, 3, 7, 13, 8]);
        assert_eq!(counted(Slow(text.as_bytes())), [1, 3, 7, 13, 8]);
    }

    #[test]
    fn bytes_that_are_no_text_are_neither_characters_nor_words() {
        assert_eq!(counted(&b"\xff\xfe \x80"[..]), [0, 0, 1, 4, 1]);
        assert_eq!(counted(&b"a\xffb \xe6\x97"[..]), [0, 1, 3, 6, 3]);
        assert_eq!(counted(&b"\x01\x02"[..]), [0, 0, 2, 2, 0]);
    }
}
