//! `nproc`: prints how many processors there are.

use std::ffi::OsString;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::number::{Notation, Problem};
use crate::sys::quote::quoted_text;

const NAME: &str = "nproc";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    All,
    Help,
    Ignore,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::All, None, Some("all"), Takes::Nothing, "print the number of installed processors"),
    flag(Id::Ignore, None, Some("ignore"), Takes::Value("N"), "if possible, exclude N processing units"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut all, mut ignored) = (false, 0);
    for (id, value) in parsed.options {
        match id {
            Id::All => all = true,
            Id::Help => {
                let text = format!("Usage: nproc [OPTION]...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Ignore => {
                let value = value.unwrap_or_default();
                match Notation::PLAIN.unsigned(value.as_bytes()) {
                    Ok(number) => ignored = number,
                    Err(problem) => {
                        let why: &[u8] = match problem {
                            Problem::Overflow => b": Value too large for defined data type",
                            _ => b"",
                        };
                        let quoted = quoted_text(value.as_bytes());
                        let message = [b"invalid number: ", quoted.as_slice(), why].concat();
                        stdio::complain(NAME, &message);
                        return 1;
                    }
                }
            }
        }
    }
    if let Some(extra) = parsed.operands.first() {
        let quoted = quoted_text(extra.as_bytes());
        let message = [b"extra operand ", quoted.as_slice()].concat();
        return UsageError::new(NAME, message).report(1);
    }
    // A guest is one thread, and has one processor.
    let machine = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let count = if all { machine } else { allowed(machine) };
    let shown = count.saturating_sub(ignored).max(1);
    stdio::print(NAME, format!("{shown}\n").as_bytes())
}

/// The number of processors that the variables of OpenMP leave.
fn allowed(machine: u64) -> u64 {
    let number = |name: &str| {
        let value = std::env::var(name).ok()?;
        let first = value.split(',').next()?.trim();
        first.parse::<u64>().ok().filter(|number| *number > 0)
    };
    let limit = number("OMP_THREAD_LIMIT").unwrap_or(u64::MAX);
    number("OMP_NUM_THREADS").unwrap_or(machine).min(limit)
}
