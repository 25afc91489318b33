//! How control goes on after a command: its status, or a jump out of what encloses it.

use std::ops::ControlFlow;

/// What running something gives: a value (for a command, its exit status), or a jump. `?` passes the jump on.
pub type Flow<T = i32> = ControlFlow<Jump, T>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// Out of that many loops.
    Break(usize),
    /// To the next turn of the loop that many levels out (1: the innermost).
    Continue(usize),
    /// Out of the function or the sourced file, with a status.
    Return(i32),
    /// Out of the shell (or subshell), with a status.
    Exit(i32),
    /// Out of the command that was read last, with a status: bash goes on with the next line of the script.
    Discard(Error, i32),
}

/// The errors that end a command, by what else they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Like an assignment to a readonly variable: a shell with `set -e` ends with it.
    Command,
    /// In an arithmetic expansion, or calls nested too deeply: the command alone.
    Expansion,
    /// In a subscript or a number, or too many arguments: also the texts around the command, of `eval`, traps and `-c`.
    Text,
}
