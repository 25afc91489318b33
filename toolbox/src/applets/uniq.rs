//! `uniq`: prints or counts lines that are like the one before them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt};

const NAME: &str = "uniq";
const BUFFER: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    AllRepeated,
    AllRepeatedBy,
    CheckChars,
    Count,
    Digits,
    Group,
    Help,
    IgnoreCase,
    Repeated,
    SkipChars,
    SkipFields,
    Unique,
    ZeroTerminated,
}

const fn plain(
    id: Id,
    short: Option<char>,
    long: &'static str,
    takes: Takes,
    help: &'static str,
) -> Flag<Id> {
    flag(id, short, Some(long), takes, help)
}

#[rustfmt::skip]
const FLAGS: &[Flag<Id>] = &[
    plain(Id::Count, Some('c'), "count", Takes::Nothing, "prefix lines by the number of occurrences"),
    plain(Id::Repeated, Some('d'), "repeated", Takes::Nothing, "only print duplicate lines, one for each group"),
    flag(Id::AllRepeated, Some('D'), None, Takes::Nothing, "print all duplicate lines"),
    plain(Id::AllRepeatedBy, None, "all-repeated", Takes::Optional("METHOD"), "like -D; METHOD={none,prepend,separate}"),
    plain(Id::SkipFields, Some('f'), "skip-fields", Takes::Value("N"), "avoid comparing the first N fields"),
    plain(Id::Group, None, "group", Takes::Optional("METHOD"), "show all items; METHOD={separate,prepend,append,both}"),
    plain(Id::IgnoreCase, Some('i'), "ignore-case", Takes::Nothing, "ignore differences in case when comparing"),
    plain(Id::SkipChars, Some('s'), "skip-chars", Takes::Value("N"), "avoid comparing the first N characters"),
    plain(Id::Unique, Some('u'), "unique", Takes::Nothing, "only print unique lines"),
    plain(Id::ZeroTerminated, Some('z'), "zero-terminated", Takes::Nothing, "line delimiter is NUL, not newline"),
    plain(Id::CheckChars, Some('w'), "check-chars", Takes::Value("N"), "compare no more than N characters in lines"),
    plain(Id::Help, None, "help", Takes::Nothing, "display this help and exit"),
    flag(Id::Digits, None, None, Takes::Digits, ""),
];

/// Where empty lines stand around groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    None,
    Prepend,
    Append,
    Separate,
    Both,
}

const REPEATED: &Choices<Around> = &[
    ("none", Around::None),
    ("prepend", Around::Prepend),
    ("separate", Around::Separate),
];

const GROUP: &Choices<Around> = &[
    ("prepend", Around::Prepend),
    ("append", Around::Append),
    ("separate", Around::Separate),
    ("both", Around::Both),
];

#[derive(Clone, Copy, Debug)]
struct Job {
    count: bool,
    /// A line that is alone.
    unique: bool,
    /// One line of those that are repeated.
    first: bool,
    /// All the other lines of those.
    others: bool,
    repeated_around: Around,
    group: Option<Around>,
    ignore_case: bool,
    skip_fields: usize,
    skip_chars: usize,
    check_chars: usize,
    line_end: u8,
}

enum Refusal {
    Usage(UsageError),
    /// GNU gives no hint after these.
    Number(Vec<u8>),
}

enum Wish {
    Filter(Job, Vec<OsString>),
    Help,
}

pub fn main(args: &[OsString]) -> i32 {
    let (job, files) = match read_options(args) {
        Ok(Wish::Filter(job, files)) => (job, files),
        Ok(Wish::Help) => {
            let flags = getopt::help(FLAGS);
            let text = format!("Usage: uniq [OPTION]... [INPUT [OUTPUT]]\n\n{flags}");
            return stdio::print(NAME, text.as_bytes());
        }
        Err(Refusal::Usage(error)) => return error.report(1),
        Err(Refusal::Number(message)) => {
            stdio::complain(NAME, &message);
            return 1;
        }
    };
    let named = |index: usize| files.get(index).filter(|name| *name != "-");
    let fail = |name: &OsStr, error: &io::Error| {
        stdio::complain(NAME, &stdio::about(name, error));
        1
    };
    let mut input: Box<dyn BufRead> = match named(0) {
        None => Box::new(io::stdin().lock()),
        Some(name) => match sys::open(name) {
            Ok(file) => Box::new(BufReader::with_capacity(BUFFER, file)),
            Err(error) => return fail(name, &error),
        },
    };
    let output: Box<dyn Write> = match named(1) {
        None => Box::new(io::stdout().lock()),
        Some(name) => match File::create(name) {
            Ok(file) => Box::new(file),
            Err(error) => return fail(name, &error),
        },
    };
    let mut out = BufWriter::with_capacity(BUFFER, output);
    let mut status = 0;
    if job.filter(&mut input, &mut out).is_err() {
        let name = files.first().map_or(OsStr::new("-"), OsString::as_os_str);
        let message = [b"error reading ", quoted(name.as_bytes()).as_slice()].concat();
        stdio::complain(NAME, &message);
        status = 1;
    }
    stdio::finish(NAME, out.flush(), status)
}

fn usage(message: impl Into<Vec<u8>>) -> Refusal {
    Refusal::Usage(UsageError::new(NAME, message))
}

fn read_options(args: &[OsString]) -> Result<Wish, Refusal> {
    let mut job = Job {
        count: false,
        unique: true,
        first: true,
        others: false,
        repeated_around: Around::None,
        group: None,
        ignore_case: false,
        skip_fields: 0,
        skip_chars: 0,
        check_chars: usize::MAX,
        line_end: b'\n',
    };
    let parsed = getopt::parse(NAME, FLAGS, Order::Permute, args).map_err(Refusal::Usage)?;
    let mut chosen = false;
    let mut old_digits = Vec::new();
    for (id, value) in parsed.options {
        let given = value.as_deref().unwrap_or_default();
        chosen |= matches!(
            id,
            Id::AllRepeated | Id::AllRepeatedBy | Id::Count | Id::Repeated | Id::Unique
        );
        match id {
            Id::AllRepeated | Id::AllRepeatedBy => {
                (job.unique, job.others) = (false, true);
                job.repeated_around = match value {
                    Some(ref word) => choose("--all-repeated", REPEATED, word).map_err(usage)?,
                    None => Around::None,
                };
            }
            Id::CheckChars => job.check_chars = number(given, "bytes to compare")?,
            Id::Count => job.count = true,
            Id::Digits => {
                old_digits.extend_from_slice(given.as_bytes());
                job.skip_fields = number(OsStr::from_bytes(&old_digits), "fields to skip")?;
            }
            Id::Group => {
                job.group = Some(match value {
                    Some(ref word) => choose("--group", GROUP, word).map_err(usage)?,
                    None => Around::Separate,
                });
            }
            Id::Help => return Ok(Wish::Help),
            Id::IgnoreCase => job.ignore_case = true,
            Id::Repeated => job.unique = false,
            Id::SkipChars => job.skip_chars = number(given, "bytes to skip")?,
            Id::SkipFields => {
                old_digits.clear();
                job.skip_fields = number(given, "fields to skip")?;
            }
            Id::Unique => job.first = false,
            Id::ZeroTerminated => job.line_end = 0,
        }
    }
    let mut files = parsed.operands;
    if !args.iter().any(|arg| arg == "--") {
        // The old form of -s.
        files.retain(|name| match name.as_bytes() {
            [b'+', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
                job.skip_chars = digits_value(digits);
                false
            }
            _ => true,
        });
    }
    if let Some(extra) = files.get(2) {
        let quoted = quoted_text(extra.as_bytes());
        return Err(usage([b"extra operand ", quoted.as_slice()].concat()));
    }
    if job.group.is_some() && chosen {
        return Err(usage("--group is mutually exclusive with -c/-d/-D/-u"));
    }
    if job.count && job.others {
        return Err(usage(
            "printing all duplicated lines and repeat counts is meaningless",
        ));
    }
    Ok(Wish::Filter(job, files))
}

fn number(text: &OsStr, of: &str) -> Result<usize, Refusal> {
    let bytes = text.as_bytes().trim_ascii_start();
    let digits = bytes.strip_prefix(b"+").unwrap_or(bytes);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        let of = format!(": invalid number of {of}");
        return Err(Refusal::Number([text.as_bytes(), of.as_bytes()].concat()));
    }
    Ok(digits_value(digits))
}

/// A number; what is too large is as good as the largest.
fn digits_value(digits: &[u8]) -> usize {
    digits.iter().fold(0usize, |value, digit| {
        let digit = usize::from(digit.wrapping_sub(b'0'));
        value.saturating_mul(10).saturating_add(digit)
    })
}

impl Job {
    /// Only reading fails here: what cannot be written is found when the buffer is flushed.
    fn filter(&self, input: &mut dyn BufRead, out: &mut impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        // The first line of the group, or where all are printed, the last one.
        let mut held = Vec::new();
        let mut count = 0u64;
        let mut groups = 0u64;
        loop {
            line.clear();
            let result = input.read_until(self.line_end, &mut line);
            let ended = !matches!(result, Ok(1..));
            if line.last() == Some(&self.line_end) {
                line.pop();
            }
            let same = !ended && count > 0 && self.is_same(&held, &line);
            if let Some(around) = self.group {
                if !ended && !same {
                    let before = match around {
                        Around::Prepend | Around::Both => true,
                        Around::Append | Around::Separate => groups > 0,
                        Around::None => false,
                    };
                    self.blank(before, out);
                    groups += 1;
                }
                if ended {
                    let after = matches!(around, Around::Append | Around::Both);
                    self.blank(after && groups > 0, out);
                } else {
                    self.print(&line, 0, out);
                }
            } else if same {
                if count == 1 {
                    let before = match self.repeated_around {
                        Around::Prepend => true,
                        Around::Separate => groups > 0,
                        _ => false,
                    };
                    self.blank(before, out);
                    groups += 1;
                }
                if self.others {
                    self.print(&held, count, out);
                }
            } else if (count == 1 && self.unique) || (count > 1 && self.first) {
                self.print(&held, count, out);
            }
            if ended {
                return result.map(drop);
            }
            if !same || self.others {
                std::mem::swap(&mut held, &mut line);
            }
            count = if same { count + 1 } else { 1 };
        }
    }

    fn blank(&self, wanted: bool, out: &mut impl Write) {
        if wanted {
            let _ = out.write_all(&[self.line_end]);
        }
    }

    fn print(&self, line: &[u8], count: u64, out: &mut impl Write) {
        if self.count {
            let _ = write!(out, "{count:7} ");
        }
        let _ = out.write_all(line);
        let _ = out.write_all(&[self.line_end]);
    }

    fn is_same(&self, one: &[u8], other: &[u8]) -> bool {
        let (one, other) = (self.key(one), self.key(other));
        match self.ignore_case {
            true => one.eq_ignore_ascii_case(other),
            false => one == other,
        }
    }

    /// The part of a line that is compared.
    fn key<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let mut rest = line;
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        for _ in 0..self.skip_fields {
            if rest.is_empty() {
                break;
            }
            let word = rest.iter().position(|byte| !is_blank(byte));
            rest = rest.get(word.unwrap_or(rest.len())..).unwrap_or_default();
            let end = rest.iter().position(is_blank);
            rest = rest.get(end.unwrap_or(rest.len())..).unwrap_or_default();
        }
        let rest = rest.get(self.skip_chars..).unwrap_or_default();
        rest.get(..self.check_chars).unwrap_or(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(args: &[&str], mut text: &[u8]) -> Vec<u8> {
        let args: Vec<OsString> = std::iter::once(&NAME)
            .chain(args)
            .map(OsString::from)
            .collect();
        let mut out = Vec::new();
        match read_options(&args) {
            Ok(Wish::Filter(job, _)) => job.filter(&mut text, &mut out).expect("memory"),
            _ => panic!("a command line that is allowed"),
        }
        out
    }

    #[test]
    fn lines_are_grouped_by_the_part_that_is_compared() {
        assert_eq!(filtered(&["-f1"], b"a x\nb x\nc\n"), b"a x\nc\n");
        assert_eq!(filtered(&["-s1", "-w1"], b"abc\nxbd\nxx"), b"abc\nxx\n");
        assert_eq!(filtered(&["-ic"], b"a\nA\nb"), b"      2 a\n      1 b\n");
    }

    #[test]
    fn repeated_lines_and_groups_may_be_set_apart() {
        let text = b"a\na\nb\nc\nc\n";
        assert_eq!(
            filtered(&["--all-repeated=separate"], text),
            b"a\na\n\nc\nc\n"
        );
        assert_eq!(
            filtered(&["--group=both"], text),
            b"\na\na\n\nb\n\nc\nc\n\n"
        );
        assert_eq!(filtered(&["--group"], b""), b"");
    }
}
