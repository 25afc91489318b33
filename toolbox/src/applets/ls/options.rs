//! What the command line of `ls` asks for.

use std::ffi::{OsStr, OsString};

use super::flags::{FLAGS, Id};
use super::resolve;
use super::size::SizeFormat;
use crate::getopt::{self, Order, UsageError};
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::{Quoting, STYLES, Style, quoted_text};
use crate::sys::{FileStat, FileTimes, OsStrExt, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Long,
    OneColumn,
    Columns,
    Across,
    Commas,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    None,
    Name,
    Size,
    Time,
    Version,
    Extension,
    Width,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Modified,
    Changed,
    Accessed,
    Born,
}

impl Time {
    pub fn of(self, stat: &FileStat) -> Option<Timestamp> {
        match self {
            Time::Modified => Some(stat.modified()),
            Time::Changed => Some(stat.changed()),
            Time::Accessed => Some(stat.accessed()),
            Time::Born => stat.born(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    None,
    Slash,
    FileType,
    Classify,
}

/// Which symbolic links stand for what they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dereference {
    Never,
    /// Those on the command line that lead to directories.
    OperandDirectories,
    Operands,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    Skip,
    /// All but `.` and `..`.
    Almost,
    Show,
}

/// The formats of times before and after six months ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStyle {
    pub old: Vec<u8>,
    pub recent: Vec<u8>,
}

/// The options, resolved.
pub struct Config {
    pub format: Format,
    pub sort: Sort,
    pub reverse: bool,
    pub directories_first: bool,
    pub recursive: bool,
    /// List directories themselves.
    pub directories: bool,
    pub dereference: Dereference,
    pub hidden: Hidden,
    pub ignore: Vec<OsString>,
    /// Patterns that only count while hidden files are skipped.
    pub hide: Vec<OsString>,
    pub indicator: Indicator,
    pub color: bool,
    pub quoting: Quoting,
    pub inode: bool,
    pub blocks: bool,
    pub owner: bool,
    pub group: bool,
    pub author: bool,
    pub numeric: bool,
    pub sizes: SizeFormat,
    pub block_sizes: SizeFormat,
    pub time: Time,
    pub time_style: TimeStyle,
    /// 0 is no limit.
    pub width: usize,
    pub tab_size: usize,
    /// What ends a line.
    pub end: u8,
}

/// What a command line comes to.
pub enum Request {
    List(Box<Config>, Vec<OsString>),
    Help,
    Version,
}

/// A command line that cannot be followed.
pub enum Refusal {
    /// With the hint to `--help`.
    Usage(UsageError, i32),
    Plain(Vec<u8>),
}

impl Refusal {
    /// A word that is not in the list of an option.
    fn choice(error: Vec<u8>) -> Self {
        Self::Usage(UsageError::new("ls", error), 1)
    }

    fn not_supported(option: &str) -> Self {
        Self::Plain(format!("option '{option}' is not supported").into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Never,
    Auto,
}

const WHEN: &Choices<When> = &[
    ("always", When::Always),
    ("yes", When::Always),
    ("force", When::Always),
    ("never", When::Never),
    ("no", When::Never),
    ("none", When::Never),
    ("auto", When::Auto),
    ("tty", When::Auto),
    ("if-tty", When::Auto),
];

/// Reads `--color` and the like. The output is never a terminal, so `auto` is `never`.
fn when(option: &str, value: Option<&OsStr>) -> Result<bool, Refusal> {
    let Some(value) = value else { return Ok(true) };
    Ok(word(option, WHEN, value)? == When::Always)
}

const FORMATS: &Choices<Format> = &[
    ("verbose", Format::Long),
    ("long", Format::Long),
    ("commas", Format::Commas),
    ("horizontal", Format::Across),
    ("across", Format::Across),
    ("vertical", Format::Columns),
    ("single-column", Format::OneColumn),
];

const SORTS: &Choices<Sort> = &[
    ("none", Sort::None),
    ("time", Sort::Time),
    ("size", Sort::Size),
    ("extension", Sort::Extension),
    ("version", Sort::Version),
    ("width", Sort::Width),
];

const TIMES: &Choices<Time> = &[
    ("atime", Time::Accessed),
    ("access", Time::Accessed),
    ("use", Time::Accessed),
    ("ctime", Time::Changed),
    ("status", Time::Changed),
    ("birth", Time::Born),
    ("creation", Time::Born),
];

const INDICATORS: &Choices<Indicator> = &[
    ("none", Indicator::None),
    ("slash", Indicator::Slash),
    ("file-type", Indicator::FileType),
    ("classify", Indicator::Classify),
];

/// The options as typed, where their meaning depends on others.
#[derive(Default)]
pub struct Typed {
    pub format: Option<Format>,
    pub sort: Option<Sort>,
    pub time: Option<Time>,
    pub time_style: Option<OsString>,
    pub block_size: Option<SizeFormat>,
    pub kibibytes: bool,
    pub dereference: Option<Dereference>,
    pub style: Option<Style>,
    pub question_marks: bool,
    pub width: Option<usize>,
}

/// Reads a command line.
pub fn read(args: &[OsString]) -> Result<Request, Refusal> {
    let parsed = getopt::parse("ls", FLAGS, Order::Permute, args)
        .map_err(|error| Refusal::Usage(error, 2))?;
    let mut config = Config {
        format: Format::OneColumn,
        sort: Sort::Name,
        reverse: false,
        directories_first: false,
        recursive: false,
        directories: false,
        dereference: Dereference::Never,
        hidden: Hidden::Skip,
        ignore: Vec::new(),
        hide: Vec::new(),
        indicator: Indicator::None,
        color: false,
        quoting: Quoting::new(Style::Literal),
        inode: false,
        blocks: false,
        owner: true,
        group: true,
        author: false,
        numeric: false,
        sizes: SizeFormat::units(1),
        block_sizes: SizeFormat::units(1024),
        time: Time::Modified,
        time_style: TimeStyle {
            old: b"%b %e  %Y".to_vec(),
            recent: b"%b %e %H:%M".to_vec(),
        },
        width: 80,
        tab_size: 8,
        end: b'\n',
    };
    let mut typed = Typed::default();
    for (id, value) in &parsed.options {
        let value = value.as_deref();
        match id {
            Id::Help => return Ok(Request::Help),
            Id::Version => return Ok(Request::Version),
            _ => apply(*id, value, &mut config, &mut typed)?,
        }
    }
    resolve::resolve(&mut config, typed)?;
    Ok(Request::List(Box::new(config), parsed.operands))
}

fn apply(
    id: Id,
    value: Option<&OsStr>,
    config: &mut Config,
    typed: &mut Typed,
) -> Result<(), Refusal> {
    let text = value.unwrap_or_default();
    match id {
        Id::All => config.hidden = Hidden::Show,
        Id::AlmostAll => config.hidden = Hidden::Almost,
        Id::Author => config.author = true,
        Id::Escape => typed.style = Some(Style::Escape),
        Id::BlockSize => {
            let size = SizeFormat::parse("--block-size", text).map_err(Refusal::Plain)?;
            typed.block_size = Some(size);
        }
        Id::IgnoreBackups => config.ignore.extend(["*~".into(), ".*~".into()]),
        Id::ChangeTime => typed.time = Some(Time::Changed),
        Id::Columns => typed.format = Some(Format::Columns),
        Id::Color => config.color = when("--color", value)?,
        Id::Directory => config.directories = true,
        Id::Dired => return Err(Refusal::not_supported("--dired")),
        Id::DirectoryOrder => {
            config.hidden = Hidden::Show;
            typed.sort = Some(Sort::None);
            if typed.format == Some(Format::Long) {
                typed.format = None;
            }
            config.blocks = false;
            config.color = false;
        }
        Id::Classify => {
            if when("--classify", value)? {
                config.indicator = Indicator::Classify;
            }
        }
        Id::FileType => config.indicator = Indicator::FileType,
        Id::Format => typed.format = Some(word("--format", FORMATS, text)?),
        Id::FullTime => {
            typed.format = Some(Format::Long);
            typed.time_style = Some("full-iso".into());
        }
        Id::NoOwner => {
            typed.format = Some(Format::Long);
            config.owner = false;
        }
        Id::GroupDirectoriesFirst => config.directories_first = true,
        Id::NoGroup => config.group = false,
        Id::Human => typed.block_size = Some(SizeFormat::Human { base: 1024 }),
        Id::Si => typed.block_size = Some(SizeFormat::Human { base: 1000 }),
        Id::DereferenceOperands => typed.dereference = Some(Dereference::Operands),
        Id::DereferenceOperandDirectories => {
            typed.dereference = Some(Dereference::OperandDirectories);
        }
        Id::Hide => config.hide.push(text.to_owned()),
        Id::Hyperlink => {
            if when("--hyperlink", value)? {
                return Err(Refusal::not_supported("--hyperlink"));
            }
        }
        Id::IndicatorStyle => config.indicator = word("--indicator-style", INDICATORS, text)?,
        Id::Inode => config.inode = true,
        Id::Ignore => config.ignore.push(text.to_owned()),
        Id::Kibibytes => typed.kibibytes = true,
        Id::Long => typed.format = Some(Format::Long),
        Id::Dereference => typed.dereference = Some(Dereference::Always),
        Id::Commas => typed.format = Some(Format::Commas),
        Id::Numeric => {
            typed.format = Some(Format::Long);
            config.numeric = true;
        }
        Id::Literal => typed.style = Some(Style::Literal),
        Id::LongNoGroup => {
            typed.format = Some(Format::Long);
            config.group = false;
        }
        Id::Slash => config.indicator = Indicator::Slash,
        Id::QuestionMarks => typed.question_marks = true,
        Id::ShowControl => typed.question_marks = false,
        Id::QuoteName => typed.style = Some(Style::C),
        Id::QuotingStyle => {
            typed.style = Some(word("--quoting-style", STYLES, text)?.1);
        }
        Id::Reverse => config.reverse = true,
        Id::Recursive => config.recursive = true,
        Id::Blocks => config.blocks = true,
        Id::SortSize => typed.sort = Some(Sort::Size),
        Id::Sort => typed.sort = Some(word("--sort", SORTS, text)?),
        Id::Time => typed.time = Some(word("--time", TIMES, text)?),
        Id::TimeStyle => typed.time_style = Some(text.to_owned()),
        Id::SortTime => typed.sort = Some(Sort::Time),
        Id::TabSize => {
            config.tab_size =
                number(text).ok_or_else(|| invalid_number("invalid tab size", text))?;
        }
        Id::AccessTime => typed.time = Some(Time::Accessed),
        Id::Unsorted => typed.sort = Some(Sort::None),
        Id::SortVersion => typed.sort = Some(Sort::Version),
        Id::Width => {
            let width = number(text).ok_or_else(|| invalid_number("invalid line width", text))?;
            typed.width = Some(width);
        }
        Id::Across => typed.format = Some(Format::Across),
        Id::SortExtension => typed.sort = Some(Sort::Extension),
        Id::Context => return Err(Refusal::not_supported("--context")),
        Id::Zero => {
            config.end = 0;
            if typed.format != Some(Format::Long) {
                typed.format = Some(Format::OneColumn);
            }
            config.color = false;
            typed.question_marks = false;
            typed.style = Some(Style::Literal);
        }
        Id::OneColumn => {
            if typed.format != Some(Format::Long) {
                typed.format = Some(Format::OneColumn);
            }
        }
        // `read` has answered these.
        Id::Help | Id::Version => {}
    }
    Ok(())
}

fn word<T: Copy + PartialEq>(
    option: &str,
    choices: &Choices<T>,
    text: &OsStr,
) -> Result<T, Refusal> {
    choose(option, choices, text).map_err(Refusal::choice)
}

/// A number as C writes them: decimal, octal or hexadecimal; the largest when it is larger still.
pub fn number(text: &OsStr) -> Option<usize> {
    let text = text.to_str()?;
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some(usize::from_str_radix(digits, radix).unwrap_or(usize::MAX))
}

fn invalid_number(problem: &str, text: &OsStr) -> Refusal {
    let mut error = format!("{problem}: ").into_bytes();
    error.extend(quoted_text(text.as_bytes()));
    Refusal::Plain(error)
}
