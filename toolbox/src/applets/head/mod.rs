//! `head`: prints the first lines or bytes of each file.

pub mod count;
pub mod files;
pub mod held;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use self::count::Unit;
use self::files::{print_each, refuse_directory};
use self::held::Held;
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;

const NAME: &str = "head";
const BUFFER: usize = 8 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Bytes,
    Digits,
    Help,
    Lines,
    Quiet,
    Verbose,
    ZeroTerminated,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Bytes,
        Some('c'),
        Some("bytes"),
        Takes::Value("[-]NUM"),
        "print the first NUM bytes; with '-', all but the last NUM",
    ),
    flag(
        Id::Lines,
        Some('n'),
        Some("lines"),
        Takes::Value("[-]NUM"),
        "print the first NUM lines instead of 10; with '-', all but the last NUM",
    ),
    flag(
        Id::Quiet,
        Some('q'),
        Some("quiet"),
        Takes::Nothing,
        "never print headers giving file names",
    ),
    flag(Id::Quiet, None, Some("silent"), Takes::Nothing, ""),
    flag(
        Id::Verbose,
        Some('v'),
        Some("verbose"),
        Takes::Nothing,
        "always print headers giving file names",
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
    flag(Id::Digits, None, None, Takes::Digits, ""),
];

/// What to print of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Job {
    unit: Unit,
    count: u64,
    /// All but the last `count`.
    but_last: bool,
    line_end: u8,
    /// Always or never; else for more than one file.
    headers: Option<bool>,
}

enum Wish {
    Print(Job, Vec<OsString>),
    Help,
}

pub fn main(args: &[OsString]) -> i32 {
    let (job, mut files) = match read_options(args) {
        Ok(Wish::Print(job, files)) => (job, files),
        Ok(Wish::Help) => {
            let text = format!(
                "Usage: head [OPTION]... [FILE]...\n\n{}",
                getopt::help(FLAGS)
            );
            return stdio::print(NAME, text.as_bytes());
        }
        Err(Refusal::Usage(error)) => return error.report(1),
        Err(Refusal::Number(message)) => {
            stdio::complain(NAME, &message);
            return 1;
        }
    };
    if files.is_empty() {
        files.push("-".into());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let status = print_each(
        NAME,
        &files,
        job.headers,
        &mut out,
        |file, out| match file {
            // GNU does not read for nothing, so it says nothing of a directory.
            _ if job.count == 0 && !job.but_last => Ok(()),
            None => job.print(&mut stdio::shared_stdin()?, out),
            Some(file) => refuse_directory(file).and_then(|()| job.print(file, out)),
        },
    );
    stdio::finish(NAME, out.flush(), status)
}

enum Refusal {
    Usage(UsageError),
    /// GNU gives no hint after these.
    Number(Vec<u8>),
}

impl From<UsageError> for Refusal {
    fn from(error: UsageError) -> Self {
        Refusal::Usage(error)
    }
}

fn read_options(args: &[OsString]) -> Result<Wish, Refusal> {
    let mut job = Job {
        unit: Unit::Lines,
        count: 10,
        but_last: false,
        line_end: b'\n',
        headers: None,
    };
    let old = args.get(1).map(|arg| arg.as_bytes());
    let is_old = matches!(old, Some([b'-', b'0'..=b'9', ..]));
    if let (true, Some([_, text @ ..])) = (is_old, old) {
        old_option(text, &mut job)?;
    }
    let args = args.get(usize::from(is_old)..).unwrap_or_default();
    let parsed = getopt::parse(NAME, FLAGS, Order::Permute, args)?;
    for (id, value) in parsed.options {
        let given = value.as_deref().unwrap_or_default();
        match id {
            Id::Bytes => set_count(&mut job, given, Unit::Bytes)?,
            Id::Lines => set_count(&mut job, given, Unit::Lines)?,
            Id::Digits => {
                let digit = given.as_bytes().get(..1).unwrap_or_default();
                return Err(trailing(digit).into());
            }
            Id::Help => return Ok(Wish::Help),
            Id::Quiet => job.headers = Some(false),
            Id::Verbose => job.headers = Some(true),
            Id::ZeroTerminated => job.line_end = 0,
        }
    }
    Ok(Wish::Print(job, parsed.operands))
}

fn set_count(job: &mut Job, text: &OsStr, unit: Unit) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    let number = bytes.strip_prefix(b"-").unwrap_or(bytes);
    job.but_last = number.len() < bytes.len();
    job.unit = unit;
    job.count = count::read(OsStr::from_bytes(number), unit).map_err(Refusal::Number)?;
    Ok(())
}

/// `-5`, `-5c`, `-2kq`: only as the first argument.
fn old_option(text: &[u8], job: &mut Job) -> Result<(), Refusal> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, letters) = text.split_at(end.unwrap_or(text.len()));
    let mut number = digits.to_vec();
    let (mut unit, mut multiplier) = (Unit::Lines, None);
    for letter in letters {
        match letter {
            b'c' => (unit, multiplier) = (Unit::Bytes, None),
            b'b' | b'k' | b'm' => (unit, multiplier) = (Unit::Bytes, Some(*letter)),
            b'l' => unit = Unit::Lines,
            b'q' => job.headers = Some(false),
            b'v' => job.headers = Some(true),
            b'z' => job.line_end = 0,
            _ => return Err(trailing(&[*letter]).into()),
        }
    }
    number.extend(multiplier);
    set_count(job, OsStr::from_bytes(&number), unit)
}

fn trailing(letter: &[u8]) -> UsageError {
    UsageError::new(NAME, [b"invalid trailing option -- ", letter].concat())
}

impl Job {
    /// Only reading fails here: what cannot be written is found when the buffer is flushed.
    fn print(&self, input: &mut File, out: &mut impl Write) -> io::Result<()> {
        if self.but_last {
            let mut held = Held::new(self.unit, self.line_end, self.count);
            let result = held.fill(input, |passed| drop(out.write_all(passed)));
            let _ = held.write(false, out);
            stdio::give_back(input, held.last_length());
            return result;
        }
        let mut left = self.count;
        let mut buffer = vec![0; BUFFER];
        while left > 0 {
            let most = match self.unit {
                Unit::Bytes => usize::try_from(left).unwrap_or(BUFFER).min(BUFFER),
                Unit::Lines => BUFFER,
            };
            let free = buffer.get_mut(..most).unwrap_or_default();
            let length = match input.read(free) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let text = free.get(..length).unwrap_or_default();
            let mut end = length;
            match self.unit {
                Unit::Bytes => left -= length as u64,
                Unit::Lines => {
                    let mut ends = memchr::memchr_iter(self.line_end, text);
                    // To count them is many times faster than to find each.
                    let lines = ends.clone().count() as u64;
                    if lines >= left {
                        let last = usize::try_from(left - 1)
                            .ok()
                            .and_then(|last| ends.nth(last));
                        end = last.map_or(length, |at| at + 1);
                        stdio::give_back(input, length - end);
                    }
                    left = left.saturating_sub(lines);
                }
            }
            if out.write_all(text.get(..end).unwrap_or_default()).is_err() {
                break;
            }
        }
        Ok(())
    }
}
