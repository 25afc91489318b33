//! `cut`: prints selected bytes or fields of each line.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

const NAME: &str = "cut";
const BUFFER: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Bytes,
    Complement,
    Delimiter,
    Fields,
    Help,
    NoSplit,
    OnlyDelimited,
    OutputDelimiter,
    ZeroTerminated,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Bytes,
        Some('b'),
        Some("bytes"),
        Takes::Value("LIST"),
        "select only these bytes",
    ),
    // A character is a byte here, as it is to GNU.
    flag(
        Id::Bytes,
        Some('c'),
        Some("characters"),
        Takes::Value("LIST"),
        "select only these characters",
    ),
    flag(
        Id::Delimiter,
        Some('d'),
        Some("delimiter"),
        Takes::Value("DELIM"),
        "use DELIM instead of TAB for field delimiter",
    ),
    flag(
        Id::Fields,
        Some('f'),
        Some("fields"),
        Takes::Value("LIST"),
        "select only these fields",
    ),
    flag(Id::NoSplit, Some('n'), None, Takes::Nothing, "(ignored)"),
    flag(
        Id::Complement,
        None,
        Some("complement"),
        Takes::Nothing,
        "complement the set of selected bytes or fields",
    ),
    flag(
        Id::OnlyDelimited,
        Some('s'),
        Some("only-delimited"),
        Takes::Nothing,
        "do not print lines without delimiters",
    ),
    flag(
        Id::OutputDelimiter,
        None,
        Some("output-delimiter"),
        Takes::Value("STRING"),
        "use STRING as the output delimiter",
    ),
    flag(
        Id::ZeroTerminated,
        Some('z'),
        Some("zero-terminated"),
        Takes::Nothing,
        "line delimiter is NUL, not newline",
    ),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

/// A part of a list, counted from one. Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: usize,
    last: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Byte,
    Field,
}

/// What to print of each line.
#[derive(Debug)]
struct Job {
    unit: Unit,
    /// Sorted; no two overlap.
    spans: Vec<Span>,
    delimiter: u8,
    output_delimiter: Option<Vec<u8>>,
    only_delimited: bool,
    line_end: u8,
}

enum Wish {
    Cut(Job, Vec<OsString>),
    Help,
}

pub fn main(args: &[OsString]) -> i32 {
    let (job, files) = match read_options(args) {
        Ok(Wish::Cut(job, files)) => (job, files),
        Ok(Wish::Help) => {
            let text = format!("Usage: cut OPTION... [FILE]...\n\n{}", getopt::help(FLAGS));
            return stdio::print(NAME, text.as_bytes());
        }
        Err(error) => return error.report(1),
    };
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut status = 0;
    for name in &files {
        let result = match name.as_bytes() {
            b"-" => job.cut(&mut io::stdin().lock(), &mut out),
            _ => stdio::open(name)
                .and_then(|file| job.cut(&mut BufReader::with_capacity(BUFFER, file), &mut out)),
        };
        if let Err(error) = result {
            stdio::complain(NAME, &stdio::about(name, &error));
            status = 1;
        }
    }
    stdio::finish(NAME, out.flush(), status)
}

fn read_options(args: &[OsString]) -> Result<Wish, UsageError> {
    let usage = |message: &str| UsageError::new(NAME, message);
    let parsed = getopt::parse(NAME, FLAGS, Order::Permute, args)?;
    let mut lists = Vec::new();
    let (mut delimiter, mut output_delimiter) = (None, None);
    let (mut complement, mut only_delimited, mut line_end) = (false, false, b'\n');
    for (id, value) in parsed.options {
        let given = value.as_deref().map_or(&b""[..], OsStr::as_bytes);
        match id {
            Id::Bytes => lists.push((Unit::Byte, given.to_vec())),
            Id::Fields => lists.push((Unit::Field, given.to_vec())),
            Id::Complement => complement = true,
            Id::Delimiter => match given {
                [] => delimiter = Some(0),
                [byte] => delimiter = Some(*byte),
                _ => return Err(usage("the delimiter must be a single character")),
            },
            Id::Help => return Ok(Wish::Help),
            Id::NoSplit => {}
            Id::OnlyDelimited => only_delimited = true,
            Id::OutputDelimiter => {
                output_delimiter = Some(if given.is_empty() {
                    vec![0]
                } else {
                    given.to_vec()
                })
            }
            Id::ZeroTerminated => line_end = 0,
        }
    }
    let (unit, list) = match lists.as_slice() {
        [] => {
            return Err(usage(
                "you must specify a list of bytes, characters, or fields",
            ));
        }
        [(unit, list)] => (*unit, list),
        _ => return Err(usage("only one list may be specified")),
    };
    if unit == Unit::Byte && delimiter.is_some() {
        return Err(usage(
            "an input delimiter may be specified only when operating on fields",
        ));
    }
    if unit == Unit::Byte && only_delimited {
        return Err(usage(
            "suppressing non-delimited lines makes sense\n\tonly when operating on fields",
        ));
    }
    let mut spans = read_list(list, unit).map_err(|message| UsageError::new(NAME, message))?;
    if complement {
        spans = others(&spans);
    }
    let files = if parsed.operands.is_empty() {
        vec!["-".into()]
    } else {
        parsed.operands
    };
    let delimiter = delimiter.unwrap_or(b'\t');
    Ok(Wish::Cut(
        Job {
            unit,
            spans,
            delimiter,
            output_delimiter,
            only_delimited,
            line_end,
        },
        files,
    ))
}

/// The spans of a list as `1,3-5,7-`, sorted, those that overlap made one.
fn read_list(list: &[u8], unit: Unit) -> Result<Vec<Span>, Vec<u8>> {
    let mut spans = Vec::new();
    for part in list.split(|byte| matches!(byte, b',' | b' ' | b'\t')) {
        spans.push(read_span(part, unit)?);
    }
    spans.sort_by_key(|span: &Span| span.first);
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(before) if span.first <= before.last => before.last = before.last.max(span.last),
            _ => merged.push(span),
        }
    }
    Ok(merged)
}

fn read_span(part: &[u8], unit: Unit) -> Result<Span, Vec<u8>> {
    let choose = |field: &str, byte: &str| match unit {
        Unit::Field => field.as_bytes().to_vec(),
        Unit::Byte => byte.as_bytes().to_vec(),
    };
    let zero = || {
        choose(
            "fields are numbered from 1",
            "byte/character positions are numbered from 1",
        )
    };
    let ends: Vec<&[u8]> = part.split(|byte| *byte == b'-').collect();
    let (first, last) = match ends.as_slice() {
        [number] => (*number, *number),
        [first, last] => (*first, *last),
        _ => {
            return Err(choose(
                "invalid field range",
                "invalid byte or character range",
            ));
        }
    };
    let number = |digits: &[u8]| -> Result<usize, Vec<u8>> {
        if !digits.iter().all(u8::is_ascii_digit) {
            let message = choose("invalid field value ", "invalid byte/character position ");
            return Err([message, quoted_text(digits)].concat());
        }
        let value = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok());
        value.filter(|value| *value < usize::MAX).ok_or_else(|| {
            let message = choose("field number ", "byte/character offset ");
            [message, quoted_text(digits), b" is too large".to_vec()].concat()
        })
    };
    match (ends.len(), first, last) {
        (1, b"", _) => return Err(zero()),
        (2, b"", b"") => return Err(b"invalid range with no endpoint: -".to_vec()),
        _ => {}
    }
    let span = Span {
        first: if first.is_empty() { 1 } else { number(first)? },
        last: if last.is_empty() {
            usize::MAX
        } else {
            number(last)?
        },
    };
    match span {
        Span { first: 0, .. } => Err(zero()),
        Span { first, last } if last < first => Err(b"invalid decreasing range".to_vec()),
        span => Ok(span),
    }
}

/// What lies between and around the spans.
fn others(spans: &[Span]) -> Vec<Span> {
    let mut others = Vec::new();
    let mut first = 1;
    for span in spans {
        if first < span.first {
            others.push(Span {
                first,
                last: span.first - 1,
            });
        }
        first = span.last.saturating_add(1);
    }
    if first < usize::MAX {
        others.push(Span {
            first,
            last: usize::MAX,
        });
    }
    others
}

impl Job {
    fn cut(&self, input: &mut impl BufRead, out: &mut impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        // Where lines end as fields do, the whole input is one line.
        if self.unit == Unit::Field && self.delimiter == self.line_end {
            input.read_to_end(&mut line)?;
            return if line.is_empty() {
                Ok(())
            } else {
                self.print(&line, out)
            };
        }
        loop {
            line.clear();
            if input.read_until(self.line_end, &mut line)? == 0 {
                return Ok(());
            }
            self.print(&line, out)?;
        }
    }

    fn print(&self, line: &[u8], out: &mut impl Write) -> io::Result<()> {
        let line = line.strip_suffix(&[self.line_end]).unwrap_or(line);
        match self.unit {
            Unit::Byte => self.print_bytes(line, out)?,
            Unit::Field if memchr::memchr(self.delimiter, line).is_some() => {
                self.print_fields(line, out)?
            }
            Unit::Field if self.only_delimited => return Ok(()),
            Unit::Field => out.write_all(line)?,
        }
        out.write_all(&[self.line_end])
    }

    fn print_bytes(&self, line: &[u8], out: &mut impl Write) -> io::Result<()> {
        for (index, span) in self.spans.iter().enumerate() {
            let Some(part) = line
                .get(span.first - 1..span.last.min(line.len()))
                .filter(|part| !part.is_empty())
            else {
                return Ok(());
            };
            if let Some(delimiter) = self.output_delimiter.as_ref().filter(|_| index > 0) {
                out.write_all(delimiter)?;
            }
            out.write_all(part)?;
        }
        Ok(())
    }

    fn print_fields(&self, line: &[u8], out: &mut impl Write) -> io::Result<()> {
        let input_delimiter = [self.delimiter];
        let delimiter = self.output_delimiter.as_deref().unwrap_or(&input_delimiter);
        let mut spans = self.spans.iter().peekable();
        let mut started = false;
        let mut at = 0;
        for number in 1_usize.. {
            while spans.next_if(|span| span.last < number).is_some() {}
            let Some(span) = spans.peek() else { break };
            let rest = line.get(at..).unwrap_or_default();
            let end = memchr::memchr(self.delimiter, rest);
            if span.first <= number {
                if started {
                    out.write_all(delimiter)?;
                }
                out.write_all(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default())?;
                started = true;
            }
            let Some(end) = end else { break };
            at += end + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(args: &[&str], input: &str) -> String {
        let args: Vec<OsString> = ["cut"].iter().chain(args).map(OsString::from).collect();
        let Ok(Wish::Cut(job, _)) = read_options(&args) else {
            panic!("a valid line: {args:?}")
        };
        let mut out = Vec::new();
        job.cut(&mut input.as_bytes(), &mut out)
            .expect("writing to memory");
        String::from_utf8(out).expect("a text")
    }

    fn refused(args: &[&str]) -> String {
        let args: Vec<OsString> = ["cut"].iter().chain(args).map(OsString::from).collect();
        read_options(&args).err().expect("a wrong line").to_string()
    }

    #[test]
    fn bytes_are_selected_by_place() {
        assert_eq!(cut(&["-c1-3"], "abcdef\nab\n\n"), "abc\nab\n\n");
        assert_eq!(cut(&["-b", "5,1"], "abcdef\n"), "ae\n");
        assert_eq!(cut(&["-c3-", "--complement"], "abcdef"), "ab\n");
        assert_eq!(
            cut(&["-c1-2,3-4", "--output-delimiter=:"], "abcdef\n"),
            "ab:cd\n"
        );
        assert_eq!(
            cut(&["-c1-3,2-4,6", "--output-delimiter=:"], "abcdef\n"),
            "abcd:f\n"
        );
    }

    #[test]
    fn fields_are_joined_by_the_output_delimiter() {
        assert_eq!(cut(&["-d,", "-f3,1"], "a,b,c\n"), "a,c\n");
        assert_eq!(
            cut(&["-d,", "-f2-", "--output-delimiter= | "], "a,b,c\n"),
            "b | c\n"
        );
        assert_eq!(cut(&["-d,", "-f2", "--complement"], "a,b,c\n"), "a,c\n");
        assert_eq!(cut(&["-d,", "-f9"], "a,b\n"), "\n");
        assert_eq!(cut(&["-f1-2", "--output-delimiter="], "a\tb\n"), "a\0b\n");
    }

    #[test]
    fn a_line_without_delimiter_is_printed_whole_or_not_at_all() {
        assert_eq!(cut(&["-d,", "-f2"], "ab\n"), "ab\n");
        assert_eq!(cut(&["-d,", "-sf2"], "ab\na,b\n"), "b\n");
    }

    #[test]
    fn a_newline_can_separate_fields() {
        assert_eq!(cut(&["-d\n", "-f1,3"], "a\nb\nc\n"), "a\nc\n");
        assert_eq!(
            cut(&["-d\n", "-f2-", "--output-delimiter=:"], "a\nb\nc\n"),
            "b:c\n"
        );
        assert_eq!(cut(&["-zf1"], "a\tb\0c"), "a\0c\0");
    }

    #[test]
    fn wrong_lists_are_refused_in_gnus_words() {
        assert_eq!(refused(&["-f0"]), "fields are numbered from 1");
        assert_eq!(refused(&["-f", "1,,2"]), "fields are numbered from 1");
        assert_eq!(
            refused(&["-c0"]),
            "byte/character positions are numbered from 1"
        );
        assert_eq!(refused(&["-fa"]), "invalid field value ‘a’");
        assert_eq!(refused(&["-f3-1"]), "invalid decreasing range");
        assert_eq!(refused(&["-f-"]), "invalid range with no endpoint: -");
        assert_eq!(refused(&["-f1-2-3"]), "invalid field range");
        assert_eq!(refused(&["-f1", "-c1"]), "only one list may be specified");
        assert_eq!(
            refused(&["-c1", "-d,"]),
            "an input delimiter may be specified only when operating on fields"
        );
    }
}
