//! `tty`: prints the terminal of standard input. There is none in a sandbox.

use std::ffi::OsString;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

const NAME: &str = "tty";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Silent,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Silent, Some('s'), Some("silent"), Takes::Nothing, "print nothing, only return an exit status"),
    flag(Id::Silent, None, Some("quiet"), Takes::Nothing, "same as -s"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(2),
    };
    let mut silent = false;
    for (id, _) in &parsed.options {
        match id {
            Id::Help => {
                let text = format!("Usage: tty [OPTION]...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Silent => silent = true,
        }
    }
    if let Some(extra) = parsed.operands.first() {
        let quoted = quoted_text(extra.as_bytes());
        let message = [b"extra operand ", quoted.as_slice()].concat();
        return UsageError::new(NAME, message).report(2);
    }
    // The status of an output that cannot be written is a third one.
    let written = if silent {
        0
    } else {
        stdio::print(NAME, b"not a tty\n")
    };
    if written == 0 { 1 } else { 3 }
}
