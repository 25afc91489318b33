//! A running shell: its state, and what belongs to this process alone.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::RawFd;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::ast::{FunctionDefinition, Text};
use super::calls::Calls;
use super::descriptors::Descriptors;
use super::jobs::Jobs;
use super::options::{Options, SetOption, Shopt};
use super::streams::Streams;
use super::symbol::Symbol;
use super::traps::{Event, Traps};
use super::variables::Variables;
use crate::sys;
use crate::sys::process::Pid;

pub struct Shell {
    pub state: State,
    pub streams: Streams,
    pub jobs: Jobs,
    /// The loops that enclose what runs now, in the function or file that runs now.
    pub loops: usize,
    /// What runs now is a condition (of `if`, `while`, `&&`, …): a failure in it does not end a shell with `set -e`.
    pub in_condition: bool,
    /// How deep functions, sourced files, `eval` and substitutions are inside each other.
    pub depth: usize,
    /// The status of the last command substitution of the command that runs now.
    pub substitution_status: Option<i32>,
    /// Signals that have come and whose traps have not run yet: bit `n - 1` is signal `n`.
    pub pending_signals: u64,
    /// The descriptor that a script on standard input is read from, which `exec` may change.
    pub script_input: Rc<Cell<RawFd>>,
    /// The status of the last command before the trap that runs, and in how many subshells that is.
    pub status_before_trap: (i32, u32),
    /// How many commands run before the shell looks for signals.
    pub commands_to_signals: u8,
    /// Signals that are caught, without a trap of their own, so that the EXIT trap runs before they end the shell.
    pub caught_ends: u64,
    /// The number of the one that has come.
    pub ended_by: Option<u8>,
    /// The DEBUG trap has run for the command that comes next: the shell that starts a stage has done so.
    pub is_announced: bool,
    /// `exit` has been called, and the EXIT trap has not run yet.
    pub is_exiting: bool,
    /// The processes of `>(…)`.
    pub written_substitutions: Vec<Pid>,
    /// The traps whose commands run now, innermost last.
    pub running_traps: Vec<Event>,
    /// What messages about an expression begin with.
    pub arithmetic_prefix: &'static [u8],
    /// How deep values that are expressions are inside each other.
    pub arithmetic_depth: usize,
    /// How deep `eval` and substitutions are inside each other: what `set -x` repeats the first character of `PS4` for.
    pub trace_depth: usize,
}

/// All that a subshell takes over: a copy is cheap, and it can be sent to another process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Standard input is a pipe's, or what a compound command or a function was given for it: background commands read it.
    pub has_other_input: bool,
    pub variables: Variables,
    pub functions: Rc<Functions>,
    pub aliases: Rc<BTreeMap<Text, Text>>,
    pub options: Options,
    /// `$1` and what follows.
    pub positional: Rc<Vec<Text>>,
    /// What the shell was started with in their place.
    pub arguments: Rc<Vec<Text>>,
    /// `BASH_ARGV` tells of them, also in functions: it was read outside of one, or `extdebug` was on.
    pub tells_arguments: bool,
    /// `$0`
    pub name: Text,
    /// `$?`
    pub status: i32,
    /// Of the command that runs now.
    pub line: u32,
    pub calls: Calls,
    pub traps: Traps,
    /// `$!`
    pub last_background: Option<u32>,
    /// `$$`: the shell that is no subshell.
    pub pid: u32,
    /// `BASH_SUBSHELL`
    pub subshells: u32,
    /// Where programs were found (`hash`): name, path and number of uses.
    pub hashed: Rc<BTreeMap<Text, (Text, u32)>>,
    /// The directory that the shell is in, as `cd` was told; empty if that is not known.
    pub directory: Text,
    /// What `pushd` has put aside, the last one first; the current directory is not in it.
    pub directories: Rc<Vec<Text>>,
    /// Of the pseudo-random numbers of `RANDOM`.
    pub random_seed: u32,
    /// They are those of the shell that this one is a subshell of: it begins its own before it gives one.
    pub has_inherited_random: bool,
    /// When `SECONDS` was 0: nanoseconds since 1970.
    pub started: i128,
    /// How far `getopts` is in the argument at `OPTIND`: letters taken of it.
    pub getopts_offset: usize,
    /// The command that runs now, for `BASH_COMMAND`.
    pub command: Text,
    /// Whether the script may ask for that: it has traps, or the name is written in it.
    pub keeps_command: bool,
    /// Whether it may ask for `BASHPID`: each of its subshells is a process then.
    pub asks_pid: bool,
    /// The number that `RANDOM` gave last.
    pub last_random: u32,
    /// Special variables that were unset, and are so no more.
    pub ordinary: Rc<BTreeSet<Symbol>>,
    /// Builtins that `enable -n` has taken away.
    pub disabled: Rc<BTreeSet<Text>>,
    /// A login shell runs the profiles before its script.
    pub reads_profiles: bool,
    /// What the shell is told to run: the text of `-c`, a file, or standard input.
    pub source: ScriptSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScriptSource {
    /// `bash -c`
    Argument,
    File,
    StandardInput,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Functions {
    pub by_name: BTreeMap<Text, Rc<Function>>,
}

/// A function that was defined.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    pub definition: FunctionDefinition,
    /// The file it was defined in, for `BASH_SOURCE`.
    pub file: Text,
    /// `export -f`
    pub exported: bool,
    /// `readonly -f`
    pub readonly: bool,
    /// `declare -t -f`
    pub traced: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            has_other_input: false,
            variables: Variables::default(),
            functions: Rc::default(),
            aliases: Rc::default(),
            options: Options::default(),
            positional: Rc::default(),
            arguments: Rc::default(),
            tells_arguments: false,
            name: b"bash".to_vec(),
            status: 0,
            line: 0,
            calls: Calls::default(),
            traps: Traps::default(),
            last_background: None,
            pid: sys::process::id().0,
            subshells: 0,
            hashed: Rc::default(),
            directory: Text::new(),
            directories: Rc::default(),
            random_seed: 0,
            has_inherited_random: false,
            started: 0,
            getopts_offset: 0,
            command: Text::new(),
            keeps_command: false,
            asks_pid: false,
            last_random: 0,
            ordinary: Rc::default(),
            disabled: Rc::default(),
            reads_profiles: true,
            source: ScriptSource::StandardInput,
        }
    }
}

impl Shell {
    /// A shell that goes on with a state.
    pub fn with_state(state: State, descriptors: Descriptors) -> Self {
        Self {
            state,
            streams: Streams::new(descriptors),
            jobs: Jobs::default(),
            loops: 0,
            in_condition: false,
            depth: 0,
            substitution_status: None,
            pending_signals: 0,
            script_input: Rc::default(),
            status_before_trap: (0, 0),
            commands_to_signals: 0,
            caught_ends: 0,
            ended_by: None,
            is_announced: false,
            is_exiting: false,
            written_substitutions: Vec::new(),
            running_traps: Vec::new(),
            arithmetic_prefix: b"",
            arithmetic_depth: 0,
            trace_depth: 0,
        }
    }

    pub fn is_set(&self, option: SetOption) -> bool {
        self.state.options.has(option)
    }

    pub fn has_shopt(&self, option: Shopt) -> bool {
        self.state.options.has_shopt(option)
    }

    pub fn is_posix(&self) -> bool {
        self.is_set(SetOption::Posix)
    }

    /// What a builtin prints on standard output: it is written when the builtin has ended, or by `flush`.
    pub fn out(&mut self) -> &mut Vec<u8> {
        &mut self.streams.out
    }

    /// Says on standard error what went wrong, with the script's name and the line, as bash does: `NAME: line N: MESSAGE`.
    pub fn complain(&mut self, message: impl AsRef<[u8]>) {
        let line = self.line_in_messages();
        self.complain_at(&line, message.as_ref());
    }

    /// Likewise, with the name of the builtin before the message.
    pub fn complain_as(&mut self, builtin: impl AsRef<[u8]>, message: impl AsRef<[u8]>) {
        let line = format!(" line {}", self.state.line);
        self.complain_at(&line, &[builtin.as_ref(), b": ", message.as_ref()].concat());
    }

    /// The file that runs now, or what the shell was called by.
    pub(super) fn name_in_messages(&self) -> &[u8] {
        self.state.calls.script_name().unwrap_or(&self.state.name)
    }

    /// The line as it stands behind the colon of a message that is no builtin's.
    pub(super) fn line_in_messages(&self) -> String {
        match self.has_shopt(Shopt::GnuErrFmt) {
            true => self.state.line.to_string(),
            false => format!(" line {}", self.state.line),
        }
    }

    /// Says what went wrong, and where: what stands behind the script's name and a colon.
    pub(super) fn complain_at(&mut self, place: &str, message: &[u8]) {
        let text = [
            self.name_in_messages(),
            b":",
            place.as_bytes(),
            b": ",
            message,
            b"\n",
        ]
        .concat();
        self.write_error(&text);
    }

    /// The function of a name.
    pub fn function(&self, name: &[u8]) -> Option<&Rc<Function>> {
        self.state.functions.by_name.get(name)
    }
}

/// The text of an error of the system: `No such file or directory`.
pub fn error_text(error: &std::io::Error) -> String {
    sys::error_text(error)
}
