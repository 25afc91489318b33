//! `test` and `[`: the shell's builtins as programs, for what starts one (`xargs`, `env`, `timeout`).

use std::ffi::OsString;

use crate::shell::Shell;
use crate::shell::builtins::test::evaluate;
use crate::shell::descriptors::Descriptors;
use crate::shell::state::State;
use crate::stdio;
use crate::sys::OsStringExt;

pub fn main(args: &[OsString]) -> i32 {
    answer("test", args.get(1..).unwrap_or_default())
}

/// `[`: the same, with a `]` behind it.
pub fn bracket(args: &[OsString]) -> i32 {
    match args {
        [_, operands @ .., end] if end == "]" => answer("[", operands),
        _ => {
            stdio::complain("[", "missing ‘]’".as_bytes());
            2
        }
    }
}

fn answer(name: &str, operands: &[OsString]) -> i32 {
    let operands: Vec<_> = operands
        .iter()
        .map(|operand| operand.clone().into_vec())
        .collect();
    let mut shell = Shell::with_state(State::default(), Descriptors::inherited([]));
    match evaluate(&mut shell, &operands) {
        Ok(answer) => i32::from(!answer),
        Err(message) => {
            stdio::complain(name, &message);
            2
        }
    }
}
