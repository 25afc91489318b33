//! The command line of grep: what its options mean together.

use std::ffi::{OsStr, OsString};
use std::io::Read;

use crate::getopt::{self, Order, UsageError};
use crate::sys::{self, OsStrExt, error_text};

use super::flags::{Id, TABLE};
use super::glob::{Filter, Filters};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Basic,
    Extended,
    Fixed,
    Perl,
}

/// What a match must fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    Any,
    Words,
    Lines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directories {
    Read,
    Skip,
    Recurse { follow: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Report,
    Text,
    WithoutMatch,
}

/// What is printed for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Lines,
    Matching,
    NotMatching,
}

/// Everything that the command line asks for.
pub struct Options {
    /// Lines of patterns; `None` inside never: an empty list matches nothing.
    pub patterns: Vec<Vec<u8>>,
    pub language: Language,
    pub folded: bool,
    pub whole: Whole,
    pub invert: bool,
    pub before: usize,
    pub after: usize,
    /// Context was asked for, so that groups are set apart.
    pub separator: Option<Vec<u8>>,
    pub list: List,
    pub count: bool,
    pub quiet: bool,
    pub no_messages: bool,
    pub only_matching: bool,
    pub line_number: bool,
    pub byte_offset: bool,
    /// `None`: for several files, and for those found in directories.
    pub filename: Option<bool>,
    pub null: bool,
    pub initial_tab: bool,
    pub color: bool,
    pub line_buffered: bool,
    pub label: Option<OsString>,
    pub max_count: Option<u64>,
    pub terminator: u8,
    pub binary: Binary,
    pub directories: Directories,
    /// Whether devices are skipped; by default those found in directories are.
    pub skip_devices: Option<bool>,
    pub files: Filters,
    pub folders: Filters,
    pub operands: Vec<OsString>,
}

/// A command line that ends here: with a text to print, or with an error.
pub enum Refusal {
    Help,
    Version,
    Usage(UsageError),
    /// The two lines of usage alone.
    Missing,
    /// A bad word for `-d`, which GNU's grep leaves with status 1.
    Word(Vec<u8>),
    Message(Vec<u8>),
}

impl From<UsageError> for Refusal {
    fn from(error: UsageError) -> Self {
        Refusal::Usage(error)
    }
}

fn message<T>(text: impl Into<Vec<u8>>) -> Result<T, Refusal> {
    Err(Refusal::Message(text.into()))
}

pub fn read(args: &[OsString], language: Language) -> Result<Options, Refusal> {
    let parsed = getopt::parse("grep", TABLE, Order::Permute, args)?;
    let mut options = Options::new(language);
    let mut settings = Settings {
        language: None,
        before: None,
        after: None,
        context: None,
        patterns: None,
    };
    for (id, value) in parsed.options {
        options.apply(id, value.unwrap_or_default(), &mut settings)?;
    }
    let mut operands = parsed.operands;
    let patterns = match settings.patterns {
        Some(patterns) => patterns,
        None if operands.is_empty() => return Err(Refusal::Missing),
        None => [operands.remove(0).as_bytes(), b"\n"].concat(),
    };
    options.patterns = split_patterns(&patterns);
    options.operands = operands;
    options.language = settings.language.unwrap_or(options.language);
    options.before = settings.before.or(settings.context).unwrap_or(0);
    options.after = settings.after.or(settings.context).unwrap_or(0);
    if settings
        .before
        .or(settings.after)
        .or(settings.context)
        .is_none()
    {
        options.separator = None;
    }
    Ok(options)
}

/// Patterns as they were given, each with a line end, taken apart; the same one twice is one.
fn split_patterns(text: &[u8]) -> Vec<Vec<u8>> {
    let Some(text) = text.strip_suffix(b"\n") else {
        return Vec::new();
    };
    let mut seen = std::collections::HashSet::new();
    text.split(|&byte| byte == b'\n')
        .filter(|line| seen.insert(*line))
        .map(<[u8]>::to_vec)
        .collect()
}

/// What later options can still change.
struct Settings {
    language: Option<Language>,
    before: Option<usize>,
    after: Option<usize>,
    context: Option<usize>,
    patterns: Option<Vec<u8>>,
}

impl Options {
    fn new(language: Language) -> Options {
        Options {
            patterns: Vec::new(),
            language,
            folded: false,
            whole: Whole::Any,
            invert: false,
            before: 0,
            after: 0,
            separator: Some(b"--".to_vec()),
            list: List::Lines,
            count: false,
            quiet: false,
            no_messages: false,
            only_matching: false,
            line_number: false,
            byte_offset: false,
            filename: None,
            null: false,
            initial_tab: false,
            color: false,
            line_buffered: false,
            label: None,
            max_count: None,
            terminator: b'\n',
            binary: Binary::Report,
            directories: Directories::Read,
            skip_devices: None,
            files: Filters::default(),
            folders: Filters::default(),
            operands: Vec::new(),
        }
    }

    fn apply(&mut self, id: Id, value: OsString, settings: &mut Settings) -> Result<(), Refusal> {
        match id {
            Id::Language(language) => settings.choose(language)?,
            Id::Matcher => match value.as_bytes() {
                b"grep" => settings.choose(Language::Basic)?,
                b"egrep" => settings.choose(Language::Extended)?,
                b"fgrep" => settings.choose(Language::Fixed)?,
                b"perl" => settings.choose(Language::Perl)?,
                other => return message([b"invalid matcher ", other].concat()),
            },
            Id::After => settings.after = Some(context(&value)?),
            Id::Before => settings.before = Some(context(&value)?),
            Id::Context => settings.context = Some(context(&value)?),
            Id::Regexp => settings.add(value.as_bytes(), true),
            Id::File => settings.add(&read_all(&value)?, false),
            Id::IgnoreCase => self.folded = true,
            Id::NoIgnoreCase => self.folded = false,
            Id::WordRegexp if self.whole == Whole::Lines => {}
            Id::WordRegexp => self.whole = Whole::Words,
            Id::LineRegexp => self.whole = Whole::Lines,
            Id::Invert => self.invert = true,
            Id::GroupSeparator => self.separator = Some(value.as_bytes().to_vec()),
            Id::NoGroupSeparator => self.separator = None,
            Id::Count => self.count = true,
            Id::FilesWithMatches => self.list = List::Matching,
            Id::FilesWithoutMatch => self.list = List::NotMatching,
            Id::Quiet => self.quiet = true,
            Id::NoMessages => self.no_messages = true,
            Id::OnlyMatching => self.only_matching = true,
            Id::LineNumber => self.line_number = true,
            Id::ByteOffset => self.byte_offset = true,
            Id::WithFilename => self.filename = Some(true),
            Id::NoFilename => self.filename = Some(false),
            Id::Null => self.null = true,
            Id::NullData => self.terminator = 0,
            Id::InitialTab => self.initial_tab = true,
            Id::LineBuffered => self.line_buffered = true,
            Id::Label => self.label = Some(value),
            Id::BinaryIgnored => {}
            Id::Text => self.binary = Binary::Text,
            Id::WithoutMatch => self.binary = Binary::WithoutMatch,
            Id::BinaryFiles => {
                self.binary = match value.as_bytes() {
                    b"binary" => Binary::Report,
                    b"text" => Binary::Text,
                    b"without-match" => Binary::WithoutMatch,
                    _ => return message("unknown binary-files type"),
                }
            }
            Id::Color => {
                self.color = match value.as_bytes() {
                    b"always" | b"yes" | b"force" => true,
                    b"never" | b"no" | b"none" | b"" | b"auto" | b"tty" | b"if-tty" => false,
                    _ => return Err(Refusal::Help),
                }
            }
            Id::Devices => {
                self.skip_devices = match value.as_bytes() {
                    b"read" => Some(false),
                    b"skip" => Some(true),
                    _ => return message("unknown devices method"),
                }
            }
            Id::Directories => self.directories = directories(&value)?,
            Id::Recursive => self.directories = Directories::Recurse { follow: false },
            Id::DereferenceRecursive => self.directories = Directories::Recurse { follow: true },
            Id::MaxCount => self.max_count = max_count(&value)?,
            Id::Exclude => self.files.add(Filter::Exclude, value.as_bytes()),
            Id::Include => self.files.add(Filter::Include, value.as_bytes()),
            Id::ExcludeDir => self
                .folders
                .add(Filter::Exclude, trim_slashes(value.as_bytes())),
            Id::ExcludeFrom => {
                for line in read_all(&value)?
                    .split(|&byte| byte == b'\n')
                    .filter(|line| !line.is_empty())
                {
                    self.files.add(Filter::Exclude, line);
                }
            }
            Id::Help => return Err(Refusal::Help),
            Id::Version => return Err(Refusal::Version),
        }
        Ok(())
    }
}

impl Settings {
    fn choose(&mut self, language: Language) -> Result<(), Refusal> {
        let compatible = |old: Language| {
            let order = |language| matches!(language, Language::Basic | Language::Extended);
            old == language || (order(old) && order(language))
        };
        if self.language.is_some_and(|old| !compatible(old)) {
            return message("conflicting matchers specified");
        }
        self.language = Some(language);
        Ok(())
    }

    /// Adds patterns, one a line.
    fn add(&mut self, text: &[u8], single: bool) {
        let patterns = self.patterns.get_or_insert_default();
        patterns.extend_from_slice(text);
        if single || (!text.is_empty() && !text.ends_with(b"\n")) {
            patterns.push(b'\n');
        }
    }
}

fn directories(value: &OsStr) -> Result<Directories, Refusal> {
    match value.as_bytes() {
        b"read" => Ok(Directories::Read),
        b"recurse" => Ok(Directories::Recurse { follow: false }),
        b"skip" => Ok(Directories::Skip),
        other => Err(Refusal::Word(other.to_vec())),
    }
}

/// A number of digits that may be too large to hold; then the largest there is.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    Some(digits.parse().unwrap_or(u64::MAX))
}

fn context(value: &OsStr) -> Result<usize, Refusal> {
    match number(value.as_bytes()) {
        Some(lines) => Ok(usize::try_from(lines).unwrap_or(usize::MAX)),
        None => message([value.as_bytes(), b": invalid context length argument"].concat()),
    }
}

/// A limit on the lines; a negative one is none.
fn max_count(value: &OsStr) -> Result<Option<u64>, Refusal> {
    let (negative, digits) = match value.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (digits, unit) = match digits {
        [digits @ .., b'k' | b'K'] => (digits, 1 << 10),
        [digits @ .., b'm' | b'M'] => (digits, 1 << 20),
        [digits @ .., b'g' | b'G'] => (digits, 1 << 30),
        digits => (digits, 1),
    };
    match number(digits) {
        Some(lines) if !negative => Ok(Some(lines.saturating_mul(unit))),
        Some(_) => Ok(None),
        None => message("invalid max count"),
    }
}

fn trim_slashes(name: &[u8]) -> &[u8] {
    match name {
        [first @ .., b'/'] if !first.is_empty() => trim_slashes(first),
        name => name,
    }
}

/// The whole of a file that an option names; `-` is standard input.
fn read_all(name: &OsStr) -> Result<Vec<u8>, Refusal> {
    let mut text = Vec::new();
    let done = match name.as_bytes() {
        b"-" => std::io::stdin().lock().read_to_end(&mut text),
        _ => sys::open(name).and_then(|mut file| file.read_to_end(&mut text)),
    };
    match done {
        Ok(_) => Ok(text),
        Err(error) => message([name.as_bytes(), b": ", error_text(&error).as_bytes()].concat()),
    }
}
