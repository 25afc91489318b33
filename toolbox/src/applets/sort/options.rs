//! The command line of `sort`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};

use super::key::{Key, Ordering, Place};
use super::{FAILED, NAME, failure};
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt, OsStringExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    BatchSize,
    BufferSize,
    Check,
    CheckQuietly,
    CheckWord,
    CompressProgram,
    Debug,
    Files0From,
    Help,
    Key,
    Letter(u8),
    Merge,
    Output,
    Parallel,
    RandomSource,
    Separator,
    Sort,
    Stable,
    TemporaryDirectory,
    Unique,
    ZeroTerminated,
}

const fn letter(letter: char, long: &'static str, help: &'static str) -> Flag<Id> {
    flag(
        Id::Letter(letter as u8),
        Some(letter),
        Some(long),
        Takes::Nothing,
        help,
    )
}

const FLAGS: &[Flag<Id>] = &[
    letter('b', "ignore-leading-blanks", "ignore leading blanks"),
    letter(
        'd',
        "dictionary-order",
        "consider only blanks and alphanumeric characters",
    ),
    letter(
        'f',
        "ignore-case",
        "fold lower case to upper case characters",
    ),
    letter(
        'g',
        "general-numeric-sort",
        "compare according to general numerical value",
    ),
    letter(
        'i',
        "ignore-nonprinting",
        "consider only printable characters",
    ),
    letter('M', "month-sort", "compare (unknown) < 'JAN' < ... < 'DEC'"),
    letter(
        'h',
        "human-numeric-sort",
        "compare human readable numbers (e.g., 2K 1G)",
    ),
    letter(
        'n',
        "numeric-sort",
        "compare according to string numerical value",
    ),
    letter('R', "random-sort", "shuffle, but group identical keys"),
    flag(
        Id::RandomSource,
        None,
        Some("random-source"),
        Takes::Value("FILE"),
        "",
    ),
    letter('r', "reverse", "reverse the result of comparisons"),
    flag(
        Id::Sort,
        None,
        Some("sort"),
        Takes::Value("WORD"),
        "sort according to WORD",
    ),
    letter(
        'V',
        "version-sort",
        "natural sort of (version) numbers within text",
    ),
    flag(
        Id::BatchSize,
        None,
        Some("batch-size"),
        Takes::Value("NMERGE"),
        "",
    ),
    flag(
        Id::Check,
        Some('c'),
        None,
        Takes::Nothing,
        "check for sorted input; do not sort",
    ),
    flag(
        Id::CheckWord,
        None,
        Some("check"),
        Takes::Optional("WORD"),
        "like -c, or like -C where WORD is quiet",
    ),
    flag(
        Id::CheckQuietly,
        Some('C'),
        None,
        Takes::Nothing,
        "like -c, but do not report first bad line",
    ),
    flag(
        Id::CompressProgram,
        None,
        Some("compress-program"),
        Takes::Value("PROG"),
        "",
    ),
    flag(Id::Debug, None, Some("debug"), Takes::Nothing, ""),
    flag(
        Id::Files0From,
        None,
        Some("files0-from"),
        Takes::Value("F"),
        "read NUL-terminated names from file F",
    ),
    flag(
        Id::Key,
        Some('k'),
        Some("key"),
        Takes::Value("KEYDEF"),
        "sort via a key",
    ),
    flag(
        Id::Merge,
        Some('m'),
        Some("merge"),
        Takes::Nothing,
        "merge already sorted files; do not sort",
    ),
    flag(
        Id::Output,
        Some('o'),
        Some("output"),
        Takes::Value("FILE"),
        "write result to FILE",
    ),
    flag(
        Id::Stable,
        Some('s'),
        Some("stable"),
        Takes::Nothing,
        "disable last-resort comparison",
    ),
    flag(
        Id::BufferSize,
        Some('S'),
        Some("buffer-size"),
        Takes::Value("SIZE"),
        "",
    ),
    flag(
        Id::Separator,
        Some('t'),
        Some("field-separator"),
        Takes::Value("SEP"),
        "use SEP, not blanks, between fields",
    ),
    flag(
        Id::TemporaryDirectory,
        Some('T'),
        Some("temporary-directory"),
        Takes::Value("DIR"),
        "",
    ),
    flag(Id::Parallel, None, Some("parallel"), Takes::Value("N"), ""),
    flag(
        Id::Unique,
        Some('u'),
        Some("unique"),
        Takes::Nothing,
        "output only the first of lines with equal keys",
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

const SORTS: &Choices<u8> = &[
    ("general-numeric", b'g'),
    ("human-numeric", b'h'),
    ("month", b'M'),
    ("numeric", b'n'),
    ("random", b'R'),
    ("version", b'V'),
];

const CHECKS: &Choices<Check> = &[
    ("quiet", Check::Quiet),
    ("silent", Check::Quiet),
    ("diagnose-first", Check::Diagnose),
];

/// What `-c` says of the first line out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Diagnose,
    Quiet,
}

/// What is to be done.
#[derive(Debug)]
pub struct Job {
    pub inputs: Vec<OsString>,
    pub output: Option<OsString>,
    /// Empty: lines compare as bytes.
    pub keys: Vec<Key>,
    pub separator: Option<u8>,
    pub line_end: u8,
    pub check: Option<Check>,
    pub merge: bool,
    pub reverse: bool,
    pub stable: bool,
    pub unique: bool,
}

pub enum Wish {
    Sort(Job),
    Help(String),
}

/// Why a command line is refused.
pub enum Refusal {
    /// With a hint to `--help`, and this status.
    Usage(UsageError, i32),
    Plain(Vec<u8>),
}

impl Refusal {
    pub fn report(self) -> i32 {
        match self {
            Refusal::Usage(error, status) => error.report(status),
            Refusal::Plain(message) => {
                stdio::complain(NAME, &message);
                FAILED
            }
        }
    }
}

impl From<Vec<u8>> for Refusal {
    fn from(message: Vec<u8>) -> Self {
        Refusal::Plain(message)
    }
}

pub fn read(args: &[OsString]) -> Result<Wish, Refusal> {
    let parsed = getopt::parse(NAME, FLAGS, Order::Permute, args)
        .map_err(|error| Refusal::Usage(error, FAILED))?;
    let word = |message| Refusal::Usage(UsageError::new(NAME, message), 1);
    let mut all = Ordering::default();
    let mut list = None;
    let mut checks = Vec::new();
    let mut job = Job {
        inputs: parsed.operands,
        output: None,
        keys: Vec::new(),
        separator: None,
        line_end: b'\n',
        check: None,
        merge: false,
        reverse: false,
        stable: false,
        unique: false,
    };
    for (id, value) in parsed.options {
        let given = value.as_deref().unwrap_or(OsStr::new(""));
        match id {
            Id::Help => return Ok(Wish::Help(help())),
            Id::Letter(letter) => {
                all.add(letter, Place::Both);
            }
            Id::Sort => {
                all.add(choose("--sort", SORTS, given).map_err(word)?, Place::Both);
            }
            Id::Check => checks.push(Check::Diagnose),
            Id::CheckQuietly => checks.push(Check::Quiet),
            Id::CheckWord if value.is_none() => checks.push(Check::Diagnose),
            Id::CheckWord => checks.push(choose("--check", CHECKS, given).map_err(word)?),
            Id::Key => job.keys.push(Key::parse(given.as_bytes())?),
            Id::Merge => job.merge = true,
            Id::Output if job.output.as_deref().is_some_and(|other| other != given) => {
                return Err(b"multiple output files specified".to_vec().into());
            }
            Id::Output => job.output = value,
            Id::Separator => {
                let separator = separator(given)?;
                if job.separator.is_some_and(|other| other != separator) {
                    return Err(b"incompatible tabs".to_vec().into());
                }
                job.separator = Some(separator);
            }
            Id::Stable => job.stable = true,
            Id::Unique => job.unique = true,
            Id::ZeroTerminated => job.line_end = 0,
            Id::Files0From => list = value,
            // Sorting is done in memory by one thread: these say how to do it, not what comes out.
            Id::BufferSize => check_size(given)?,
            Id::Parallel => check_count(given)?,
            Id::BatchSize | Id::CompressProgram | Id::TemporaryDirectory => {}
            Id::Debug => return Err(b"--debug is not supported".to_vec().into()),
            Id::RandomSource => return Err(b"--random-source is not supported".to_vec().into()),
        }
    }
    job.take_names_from(list)?;
    job.take_orderings(all)?;
    job.take_checks(&checks)?;
    Ok(Wish::Sort(job))
}

impl Job {
    fn take_names_from(&mut self, list: Option<OsString>) -> Result<(), Refusal> {
        if let Some(list) = list {
            if let Some(extra) = self.inputs.first() {
                let message = b"\nfile operands cannot be combined with --files0-from";
                let message = [
                    b"extra operand ",
                    quoted(extra.as_bytes()).as_slice(),
                    message,
                ]
                .concat();
                return Err(Refusal::Usage(UsageError::new(NAME, message), FAILED));
            }
            self.inputs = names_in(&list)?;
        } else if self.inputs.is_empty() {
            self.inputs.push("-".into());
        }
        Ok(())
    }

    /// A key without letters takes those that stand for all keys; without keys, they make one of the whole line.
    fn take_orderings(&mut self, all: Ordering) -> Result<(), Refusal> {
        for key in &mut self.keys {
            if key.ordering.is_plain() {
                key.ordering = all;
            }
        }
        self.reverse = all.reverse;
        if self.keys.is_empty()
            && !(Ordering {
                reverse: false,
                ..all
            })
            .is_plain()
        {
            self.keys.push(Key::whole(all));
        }
        match self.keys.iter().find_map(|key| key.ordering.conflict()) {
            Some(letters) => Err(format!("options '-{letters}' are incompatible")
                .into_bytes()
                .into()),
            None => Ok(()),
        }
    }

    fn take_checks(&mut self, checks: &[Check]) -> Result<(), Refusal> {
        let Some(check) = checks.first() else {
            return Ok(());
        };
        let letter = if *check == Check::Quiet { 'C' } else { 'c' };
        if checks.iter().any(|other| other != check) {
            return Err(b"options '-cC' are incompatible".to_vec().into());
        }
        if self.output.is_some() {
            return Err(format!("options '-{letter}o' are incompatible")
                .into_bytes()
                .into());
        }
        if let Some(extra) = self.inputs.get(1) {
            let after = format!(" not allowed with -{letter}");
            return Err([
                b"extra operand ",
                quoted(extra.as_bytes()).as_slice(),
                after.as_bytes(),
            ]
            .concat()
            .into());
        }
        self.check = Some(*check);
        Ok(())
    }
}

fn separator(given: &OsStr) -> Result<u8, Vec<u8>> {
    match given.as_bytes() {
        [] => Err(b"empty tab".to_vec()),
        [separator] => Ok(*separator),
        b"\\0" => Ok(0),
        more => Err([b"multi-character tab ", quoted_text(more).as_slice()].concat()),
    }
}

fn check_size(given: &OsStr) -> Result<(), Vec<u8>> {
    let text = given.as_bytes();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let suffix = text.get(digits..).unwrap_or_default();
    let problem: &[u8] = match suffix {
        _ if digits == 0 => b"invalid -S argument '",
        [] | [b'%' | b'b' | b'k' | b'K' | b'M' | b'G' | b'T' | b'P' | b'E' | b'Z' | b'Y'] => {
            return Ok(());
        }
        _ => b"invalid suffix in -S argument '",
    };
    Err([problem, text, b"'"].concat())
}

fn check_count(given: &OsStr) -> Result<(), Vec<u8>> {
    let text = given.as_bytes();
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err([b"invalid --parallel argument '", text, b"'"].concat());
    }
    if text.iter().all(|digit| *digit == b'0') {
        return Err(b"number in parallel must be nonzero".to_vec());
    }
    Ok(())
}

fn names_in(list: &OsStr) -> Result<Vec<OsString>, Vec<u8>> {
    let mut text = Vec::new();
    let read = match list.as_bytes() {
        b"-" => io::stdin().lock().read_to_end(&mut text),
        _ => sys::open(list).and_then(|mut file| file.read_to_end(&mut text)),
    };
    read.map_err(|error| failure(b"open failed: ", list, &error))?;
    let text = text.strip_suffix(b"\0").unwrap_or(&text);
    if text.is_empty() {
        return Err([b"no input from ", quoted(list.as_bytes()).as_slice()].concat());
    }
    Ok(text
        .split(|byte| *byte == 0)
        .map(|name| OsString::from_vec(name.to_vec()))
        .collect())
}

fn help() -> String {
    format!(
        "Usage: sort [OPTION]... [FILE]...\n\
         Write sorted concatenation of all FILE(s) to standard output.\n\n{}\n\
         KEYDEF is F[.C][OPTS][,F[.C][OPTS]] for start and stop position.\n",
        getopt::help(FLAGS)
    )
}
