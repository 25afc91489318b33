//! A compiled script: commands, the lines they are for, and what they share.

use std::ffi::OsString;

use crate::regex::Regex;

use super::replacement::Replacement;
use super::translation::Translation;

/// What all commands of a script are, with the tables that they point into.
#[derive(Default)]
pub struct Script {
    pub commands: Vec<Command>,
    pub regexes: Vec<Regex>,
    /// The files that `w`, `W` and `s///w` write to.
    pub written: Vec<OsString>,
    /// The files that `R` reads lines from.
    pub read: Vec<OsString>,
    /// The script begins with `#n`: nothing is printed that is not asked for.
    pub quiet: bool,
}

pub struct Command {
    pub selector: Selector,
    /// `!`: for the lines that are not selected.
    pub negated: bool,
    pub action: Action,
}

/// A place in `Script::regexes`; none is the regex that was used last.
pub type RegexIndex = Option<usize>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    Line(u64),
    /// Every `step`th line from `first` on.
    Step {
        first: u64,
        step: u64,
    },
    Last,
    Regex(RegexIndex),
}

/// Where a range ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    At(Address),
    /// So many lines further.
    Lines(u64),
    /// At the next line whose number is a multiple.
    Multiple(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    All,
    One(Address),
    Range(Address, End),
}

pub enum Action {
    /// A label, or the end of a block: nothing to do.
    Nothing,
    /// `{`, with the place of its `}`.
    Block(usize),
    /// `a`
    Append(Vec<u8>),
    Branch(Jump),
    BranchIfReplaced(Jump),
    BranchUnlessReplaced(Jump),
    Change(Vec<u8>),
    Delete,
    DeleteFirst,
    Exchange,
    /// `e`: the pattern space is the command; with a text, that.
    Execute(Option<Vec<u8>>),
    FileName,
    Get,
    GetAppend,
    Hold,
    HoldAppend,
    Insert(Vec<u8>),
    LineNumber,
    /// `l`, with the width that it is folded to.
    List(Option<usize>),
    Next,
    NextAppend,
    Print,
    PrintFirst,
    Quit(i32),
    QuitSilently(i32),
    Read(OsString),
    ReadLine(usize),
    Substitute(Box<Substitution>),
    Translate(Box<Translation>),
    Write(usize),
    WriteFirst(usize),
    Zap,
    /// A command that GNU sed parses but does not know: the error comes when it is run.
    Unknown(char),
}

/// The command to go on with; none is the end of the script.
pub type Jump = Option<usize>;

pub struct Substitution {
    pub regex: RegexIndex,
    pub replacement: Replacement,
    /// The first match that is replaced.
    pub number: usize,
    /// And all after it.
    pub global: bool,
    pub evaluated: bool,
    /// `p` before `e`, and `p` after it or alone.
    pub printed_first: bool,
    pub printed: bool,
    pub written: Option<usize>,
}
