//! What was typed, and what it means.

use std::ffi::{OsStr, OsString};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;

pub const NAME: &str = "xargs";
/// The length of a command line when `-s` does not say it.
const MAX_CHARS: usize = 128 * 1024;
/// The most that a process is given in arguments and variables (ARG_MAX).
const ARG_MAX: usize = 2 << 20;
/// What POSIX wants to be left of it.
const HEADROOM: usize = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// Blanks and line ends, which quotes and backslashes protect.
    Blanks,
    Byte(u8),
}

/// How much of the input one command gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    AsMuchAsFits,
    Args(usize),
    Lines(usize),
    /// One item, in the place of this text.
    Replace(Vec<u8>),
}

#[derive(Debug)]
pub struct Settings {
    pub arg_file: Option<OsString>,
    pub command: Vec<OsString>,
    pub end: Option<Vec<u8>>,
    /// End when the arguments of one command do not fit.
    pub exit: bool,
    pub help: bool,
    pub interactive: bool,
    pub max_chars: usize,
    /// None is without a limit.
    pub max_procs: Option<usize>,
    pub open_tty: bool,
    pub portion: Portion,
    pub run_if_empty: bool,
    pub separator: Separator,
    pub show_limits: bool,
    pub slot_var: Option<OsString>,
    pub verbose: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            arg_file: None,
            command: Vec::new(),
            end: None,
            exit: false,
            help: false,
            interactive: false,
            max_chars: MAX_CHARS,
            max_procs: Some(1),
            open_tty: false,
            portion: Portion::AsMuchAsFits,
            run_if_empty: true,
            separator: Separator::Blanks,
            show_limits: false,
            slot_var: None,
            verbose: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    ArgFile,
    Delimiter,
    EndOptional,
    End,
    Exit,
    Help,
    Interactive,
    LinesOptional,
    Lines,
    MaxArgs,
    MaxChars,
    MaxProcs,
    NoRunIfEmpty,
    Null,
    OpenTty,
    Replace,
    ShowLimits,
    SlotVar,
    Verbose,
}

#[rustfmt::skip]
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Null, Some('0'), Some("null"), Takes::Nothing, "items end with NUL, and nothing in them is special"),
    flag(Id::ArgFile, Some('a'), Some("arg-file"), Takes::Value("FILE"), "read items from FILE"),
    flag(Id::Delimiter, Some('d'), Some("delimiter"), Takes::Value("CHARACTER"), "items end with CHARACTER"),
    flag(Id::End, Some('E'), None, Takes::Value("END"), "an item END is the end of the input"),
    flag(Id::EndOptional, Some('e'), Some("eof"), Takes::Optional("END"), "as -E; without END there is no such item"),
    flag(Id::Replace, Some('I'), None, Takes::Value("R"), "put each line in the place of R"),
    flag(Id::Replace, Some('i'), Some("replace"), Takes::Optional("R"), "as -I; R is {} if it is not given"),
    flag(Id::Lines, Some('L'), None, Takes::Value("MAX-LINES"), "lines of a command"),
    flag(Id::LinesOptional, Some('l'), None, Takes::Optional("MAX-LINES"), "as -L; one line if it is not given"),
    flag(Id::LinesOptional, None, Some("max-lines"), Takes::Optional("MAX-LINES"), ""),
    flag(Id::MaxArgs, Some('n'), Some("max-args"), Takes::Value("MAX-ARGS"), "arguments of a command"),
    flag(Id::OpenTty, Some('o'), Some("open-tty"), Takes::Nothing, "stdin of a command is /dev/tty"),
    flag(Id::MaxProcs, Some('P'), Some("max-procs"), Takes::Value("MAX-PROCS"), "run so many at a time; 0 is all"),
    flag(Id::Interactive, Some('p'), Some("interactive"), Takes::Nothing, "ask before a command"),
    flag(Id::SlotVar, None, Some("process-slot-var"), Takes::Value("VAR"), "a variable that tells apart those running"),
    flag(Id::NoRunIfEmpty, Some('r'), Some("no-run-if-empty"), Takes::Nothing, "run nothing without an item"),
    flag(Id::MaxChars, Some('s'), Some("max-chars"), Takes::Value("MAX-CHARS"), "length of a command line"),
    flag(Id::ShowLimits, None, Some("show-limits"), Takes::Nothing, "show limits on the length of a command line"),
    flag(Id::Verbose, Some('t'), Some("verbose"), Takes::Nothing, "print commands before they run"),
    flag(Id::Exit, Some('x'), Some("exit"), Takes::Nothing, "end if what -n or -L asks for is too long"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn help() -> String {
    format!(
        "Usage: xargs [OPTION]... COMMAND [INITIAL-ARG]...\n\
         Run COMMAND with the initial arguments and more that are read from the input.\n\n{}",
        getopt::help(FLAGS)
    )
}

/// An error with the hint, or one that stands alone.
pub enum Refusal {
    Usage(UsageError),
    Plain(Vec<u8>),
}

impl Refusal {
    /// Prints the error and returns the exit status.
    pub fn report(&self) -> i32 {
        match self {
            Self::Usage(error) => return error.report(1),
            Self::Plain(message) => stdio::complain(NAME, message),
        }
        1
    }
}

impl Settings {
    pub fn from_args(args: &[OsString]) -> Result<Self, Refusal> {
        let parsed =
            getopt::parse(NAME, FLAGS, Order::OptionsFirst, args).map_err(Refusal::Usage)?;
        let mut settings = Self::default();
        for (id, value) in parsed.options {
            settings.set(id, value)?;
            if settings.help {
                return Ok(settings);
            }
        }
        if settings.separator != Separator::Blanks && settings.end.is_some() {
            let text = b"warning: the -E option has no effect if -0 or -d is used.\n";
            stdio::complain(NAME, text);
        }
        settings.exit |= matches!(settings.portion, Portion::Lines(_));
        settings.command = parsed.operands;
        if settings.command.is_empty() {
            settings.command.push("echo".into());
        }
        Ok(settings)
    }

    /// The bytes of the command without items.
    pub fn initial_size(&self) -> usize {
        size(&self.command)
    }

    /// The text that items are put in the place of.
    pub fn replace(&self) -> Option<&[u8]> {
        match &self.portion {
            Portion::Replace(text) => Some(text),
            _ => None,
        }
    }

    fn set(&mut self, id: Id, value: Option<OsString>) -> Result<(), Refusal> {
        let given = value.is_some();
        let value = value.unwrap_or_default();
        match id {
            Id::ArgFile => self.arg_file = Some(value),
            Id::Delimiter => self.separator = Separator::Byte(delimiter(value.as_bytes())?),
            Id::EndOptional | Id::End => {
                self.end = Some(value.as_bytes().to_vec()).filter(|end| !end.is_empty());
            }
            Id::Exit => self.exit = true,
            Id::Help => self.help = true,
            Id::Interactive => self.interactive = true,
            Id::LinesOptional if !given => {
                self.replace_portion(Portion::Lines(1), "--max-lines/-l")
            }
            Id::LinesOptional => {
                let lines = number(&value, 'l', 1)?;
                self.replace_portion(Portion::Lines(lines), "--max-lines/-l");
            }
            Id::Lines => self.replace_portion(Portion::Lines(number(&value, 'L', 1)?), "-L"),
            Id::MaxArgs => {
                let count = number(&value, 'n', 1)?;
                // One argument at a time is what -I does anyway.
                if count != 1 || self.replace().is_none() {
                    self.replace_portion(Portion::Args(count), "--max-args/-n");
                }
            }
            Id::MaxChars => self.max_chars = max_chars(&value)?,
            Id::MaxProcs => {
                let count = number(&value, 'P', 0)?;
                if i32::try_from(count).is_err() {
                    return Err(out_of_range(&value, 'P', "<= 2147483647"));
                }
                self.max_procs = Some(count).filter(|count| *count > 0);
            }
            Id::NoRunIfEmpty => self.run_if_empty = false,
            Id::Null => self.separator = Separator::Byte(0),
            Id::OpenTty => self.open_tty = true,
            Id::Replace => {
                let text = if given { value } else { "{}".into() };
                let portion = Portion::Replace(text.as_bytes().to_vec());
                self.replace_portion(portion, "--replace/-I/-i");
            }
            Id::ShowLimits => self.show_limits = true,
            Id::SlotVar if value.as_bytes().contains(&b'=') => {
                let text = "option --process-slot-var may not be set to a value which includes `='";
                return Err(Refusal::Plain(text.into()));
            }
            Id::SlotVar => self.slot_var = Some(value),
            Id::Verbose => self.verbose = true,
        }
        Ok(())
    }

    /// The last option on how much a command gets holds.
    fn replace_portion(&mut self, portion: Portion, option: &str) {
        let is_same = std::mem::discriminant(&self.portion) == std::mem::discriminant(&portion);
        let before = match self.portion {
            Portion::Args(_) => "--max-args",
            Portion::Lines(_) => "--max-lines",
            Portion::Replace(_) => "--replace",
            Portion::AsMuchAsFits => "",
        };
        if !is_same && !before.is_empty() {
            let text = format!(
                "warning: options {before} and {option} are mutually exclusive, \
                 ignoring previous {before} value"
            );
            stdio::complain(NAME, text.as_bytes());
        }
        self.portion = portion;
    }
}

/// The bytes of a command line, each argument with its NUL.
pub fn size(line: &[OsString]) -> usize {
    line.iter().map(|word| word.len() + 1).sum()
}

/// The bytes of the environment as a process gets it.
pub fn environment_size() -> usize {
    std::env::vars_os()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum()
}

/// The longest command line that there can be.
pub fn longest_line() -> usize {
    ARG_MAX.saturating_sub(environment_size() + HEADROOM)
}

fn out_of_range(value: &OsStr, option: char, range: &str) -> Refusal {
    let text = format!(
        "value {} for -{option} option should be {range}",
        value.display()
    );
    Refusal::Usage(UsageError::new(NAME, text))
}

/// A number as strtol reads it; a larger one than there can be is the largest one.
fn integer(value: &OsStr, option: char) -> Result<i64, Refusal> {
    let text = value.to_str().unwrap_or("x").trim_start();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = format!(
            "invalid number \"{}\" for -{option} option",
            value.display()
        );
        return Err(Refusal::Usage(UsageError::new(NAME, text)));
    }
    let largest = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    Ok(text.parse().unwrap_or(largest))
}

fn number(value: &OsStr, option: char, least: usize) -> Result<usize, Refusal> {
    let given = integer(value, option)?;
    let number = match usize::try_from(given) {
        Ok(number) => number,
        Err(_) if given > 0 => usize::MAX,
        Err(_) => return Err(out_of_range(value, option, &format!(">= {least}"))),
    };
    if number < least {
        return Err(out_of_range(value, option, &format!(">= {least}")));
    }
    Ok(number)
}

/// A length out of range is brought into it.
fn max_chars(value: &OsStr) -> Result<usize, Refusal> {
    let given = integer(value, 's')?;
    let longest = longest_line();
    let (limit, range) = match usize::try_from(given) {
        Ok(number @ 1..) if number <= longest => return Ok(number),
        _ if given < 1 => (1, format!(">= {}", 1)),
        _ => (longest, format!("<= {longest}")),
    };
    let text = format!("value {given} for -s option should be {range}");
    stdio::complain(NAME, text.as_bytes());
    Ok(limit)
}

/// One byte, or an escape sequence for one.
fn delimiter(text: &[u8]) -> Result<u8, Refusal> {
    let shown = String::from_utf8_lossy(text);
    let refused = |message: String| Err(Refusal::Plain(message.into_bytes()));
    let (digits, radix, most) = match text {
        [byte] => return Ok(*byte),
        [b'\\', b'x', digits @ ..] => (digits, 16, "ff"),
        [b'\\', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
            (digits, 8, "377")
        }
        [b'\\', letter, ..] => {
            return match b"abfnrtv\\".iter().position(|known| known == letter) {
                Some(at) => Ok(b"\x07\x08\x0c\n\r\t\x0b\\"[at]),
                None => refused(format!(
                    "Invalid escape sequence {shown} in input delimiter specification."
                )),
            };
        }
        _ => {
            return refused(format!(
                "Invalid input delimiter specification {shown}: the delimiter must be either \
                 a single character or an escape sequence starting with \\."
            ));
        }
    };
    let end = digits
        .iter()
        .position(|digit| !char::from(*digit).is_digit(radix))
        .unwrap_or(digits.len());
    let mut value: u32 = 0;
    for digit in &digits[..end] {
        let digit = char::from(*digit).to_digit(radix).unwrap_or(0);
        value = value.saturating_mul(radix).saturating_add(digit);
    }
    let Ok(value) = u8::try_from(value) else {
        return refused(format!(
            "Invalid escape sequence {shown} in input delimiter specification; \
             character values must not exceed {most}."
        ));
    };
    if end < digits.len() {
        let rest = String::from_utf8_lossy(&digits[end..]);
        return refused(format!(
            "Invalid escape sequence {shown} in input delimiter specification; \
             trailing characters {rest} not recognised."
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(args: &[&str]) -> Option<Settings> {
        let args: Vec<OsString> = ["xargs"].iter().chain(args).map(OsString::from).collect();
        Settings::from_args(&args).ok()
    }

    #[test]
    fn every_argument_counts_with_its_end() {
        assert_eq!(size(&["echo".into(), "".into()]), 6);
    }

    #[test]
    fn a_delimiter_is_a_byte_or_an_escape_sequence() {
        for (text, expected) in [
            (",", b','),
            ("\\n", b'\n'),
            ("\\x2c", b','),
            ("\\0", 0),
            ("\\054", b','),
        ] {
            let found = settings(&["-d", text]).map(|settings| settings.separator);
            assert_eq!(found, Some(Separator::Byte(expected)), "{text}");
        }
        for text in ["", "xy", "é", "\\q", "\\400", "\\08"] {
            assert!(settings(&["-d", text]).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_strtol() {
        let portion = |text| settings(&["-n", text]).map(|settings| settings.portion);
        assert_eq!(portion(" +2"), Some(Portion::Args(2)));
        assert_eq!(portion("0x2"), None);
        assert_eq!(portion("0"), None);
    }
}
