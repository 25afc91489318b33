//! The command line of `tail`, with its old forms `-5`, `+5` and `-5c`.

use std::ffi::{OsStr, OsString};

use super::NAME;
use crate::applets::head::count::{self, Unit};
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::quoted_text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Bytes,
    Digits,
    Follow,
    FollowName,
    Help,
    Lines,
    MaxUnchanged,
    Pid,
    Quiet,
    Retry,
    Sleep,
    Verbose,
    ZeroTerminated,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Bytes,
        Some('c'),
        Some("bytes"),
        Takes::Value("[+]NUM"),
        "output the last NUM bytes; with '+', starting with byte NUM",
    ),
    flag(Id::Follow, Some('f'), None, Takes::Nothing, "not supported"),
    flag(
        Id::Follow,
        None,
        Some("follow"),
        Takes::Optional("HOW"),
        "not supported",
    ),
    flag(
        Id::FollowName,
        Some('F'),
        None,
        Takes::Nothing,
        "not supported",
    ),
    flag(
        Id::Lines,
        Some('n'),
        Some("lines"),
        Takes::Value("[+]NUM"),
        "output the last NUM lines instead of 10; with '+', starting with line NUM",
    ),
    flag(
        Id::MaxUnchanged,
        None,
        Some("max-unchanged-stats"),
        Takes::Value("N"),
        "",
    ),
    flag(Id::Pid, None, Some("pid"), Takes::Value("PID"), ""),
    flag(
        Id::Quiet,
        Some('q'),
        Some("quiet"),
        Takes::Nothing,
        "never output headers giving file names",
    ),
    flag(Id::Quiet, None, Some("silent"), Takes::Nothing, ""),
    flag(Id::Retry, None, Some("retry"), Takes::Nothing, ""),
    flag(
        Id::Sleep,
        Some('s'),
        Some("sleep-interval"),
        Takes::Value("N"),
        "",
    ),
    flag(
        Id::Verbose,
        Some('v'),
        Some("verbose"),
        Takes::Nothing,
        "always output headers giving file names",
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

const HOW: &Choices<u8> = &[("descriptor", 0), ("name", 1)];

/// What to print of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    pub unit: Unit,
    pub count: u64,
    /// Everything from unit `count` on, instead of the last `count`.
    pub from_start: bool,
    pub line_end: u8,
    /// Always or never; else for more than one file.
    pub headers: Option<bool>,
    pub follow: bool,
}

pub enum Wish {
    Print(Job, Vec<OsString>),
    Help(String),
}

pub enum Refusal {
    Usage(UsageError),
    /// GNU gives no hint after these.
    Message(Vec<u8>),
}

impl Refusal {
    pub fn report(&self) -> i32 {
        match self {
            Refusal::Usage(error) => error.report(1),
            Refusal::Message(message) => {
                stdio::complain(NAME, message);
                1
            }
        }
    }
}

pub fn read(args: &[OsString]) -> Result<Wish, Refusal> {
    let mut job = Job {
        unit: Unit::Lines,
        count: 10,
        from_start: false,
        line_end: b'\n',
        headers: None,
        follow: false,
    };
    let is_old = old_form(args, &mut job)?;
    let first = args.get(1).map(|arg| arg.as_bytes());
    if let (false, Some([b'-', digit @ b'0'..=b'9', ..])) = (is_old, first) {
        return Err(misplaced(*digit));
    }
    let args = args.get(usize::from(is_old)..).unwrap_or_default();
    let parsed = getopt::parse(NAME, FLAGS, Order::Permute, args).map_err(Refusal::Usage)?;
    let (mut pid, mut retry) = (false, false);
    for (id, value) in parsed.options {
        let given = value.as_deref().unwrap_or_default();
        match id {
            Id::Bytes => set_count(&mut job, given, Unit::Bytes)?,
            Id::Lines => set_count(&mut job, given, Unit::Lines)?,
            Id::Digits => {
                let digit = given.as_bytes().first().copied();
                return Err(misplaced(digit.unwrap_or_default()));
            }
            Id::Follow => {
                if value.is_some() {
                    choose("--follow", HOW, given)
                        .map_err(|message| Refusal::Usage(UsageError::new(NAME, message)))?;
                }
                job.follow = true;
            }
            Id::FollowName => job.follow = true,
            Id::Help => {
                let flags = getopt::help(FLAGS);
                return Ok(Wish::Help(format!(
                    "Usage: tail [OPTION]... [FILE]...\n\n{flags}"
                )));
            }
            Id::MaxUnchanged => {
                number(given, "maximum number of unchanged stats between opens")?;
            }
            Id::Pid => {
                number(given, "PID")?;
                pid = true;
            }
            Id::Quiet => job.headers = Some(false),
            Id::Retry => retry = true,
            Id::Sleep => seconds(given)?,
            Id::Verbose => job.headers = Some(true),
            Id::ZeroTerminated => job.line_end = 0,
        }
    }
    if !job.follow && retry {
        let text = b"warning: --retry ignored; --retry is useful only when following";
        stdio::complain(NAME, text);
    }
    if !job.follow && pid {
        let text = b"warning: PID ignored; --pid=PID is useful only when following";
        stdio::complain(NAME, text);
    }
    Ok(Wish::Print(job, parsed.operands))
}

fn set_count(job: &mut Job, text: &OsStr, unit: Unit) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    // As in GNU, a later count does not take the sign of an earlier one back.
    job.from_start |= bytes.first() == Some(&b'+');
    job.unit = unit;
    let number = bytes.strip_prefix(b"-").unwrap_or(bytes);
    job.count = count::read(OsStr::from_bytes(number), unit).map_err(Refusal::Message)?;
    Ok(())
}

fn misplaced(digit: u8) -> Refusal {
    Refusal::Message([b"option used in invalid context -- ".as_slice(), &[digit]].concat())
}

fn invalid(of: &str, text: &OsStr) -> Refusal {
    let quoted = quoted_text(text.as_bytes());
    Refusal::Message([format!("invalid {of}: ").as_bytes(), &quoted].concat())
}

/// A whole number that is only looked at: it matters to following.
fn number(text: &OsStr, of: &str) -> Result<(), Refusal> {
    let digits = text.as_bytes();
    match !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        true => Ok(()),
        false => Err(invalid(of, text)),
    }
}

fn seconds(text: &OsStr) -> Result<(), Refusal> {
    let number = text.to_str().and_then(|text| text.parse::<f64>().ok());
    match number {
        Some(number) if number >= 0.0 => Ok(()),
        _ => Err(invalid("number of seconds", text)),
    }
}

/// Reads the old form of the first argument, where the others allow it to be one.
fn old_form(args: &[OsString], job: &mut Job) -> Result<bool, Refusal> {
    let rest = args.get(2..).unwrap_or_default();
    let alone = match rest {
        [] => true,
        [one] => one == "--" || !one.as_bytes().starts_with(b"-") || one == "-",
        [first, _] => first == "--",
        _ => false,
    };
    let Some(text) = args.get(1).map(|arg| arg.as_bytes()).filter(|_| alone) else {
        return Ok(false);
    };
    let (from_start, text) = match text {
        [b'+', text @ ..] => (true, text),
        [b'-', text @ ..] if !matches!(text, [] | [b'c']) => (false, text),
        _ => return Ok(false),
    };
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, letters) = text.split_at(end.unwrap_or(text.len()));
    let (unit, factor, letters) = match letters {
        [b'b', letters @ ..] => (Unit::Bytes, 512, letters),
        [b'c', letters @ ..] => (Unit::Bytes, 1, letters),
        [b'l', letters @ ..] => (Unit::Lines, 1, letters),
        _ => (Unit::Lines, 1, letters),
    };
    let follow = match letters {
        [] => false,
        b"f" => true,
        _ => return Ok(false),
    };
    job.count = match digits {
        [] => 10,
        _ => count::read(OsStr::from_bytes(digits), unit).map_err(Refusal::Message)?,
    };
    job.count = job.count.saturating_mul(factor);
    (job.unit, job.from_start, job.follow) = (unit, from_start, follow);
    Ok(true)
}
