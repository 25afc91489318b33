//! `printenv`: prints the environment, or variables of it.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::OsStrExt;

const NAME: &str = "printenv";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Null,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Null, Some('0'), Some("null"), Takes::Nothing, "end each line with NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::OptionsFirst, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(2),
    };
    let mut end = b'\n';
    for (id, _) in parsed.options {
        match id {
            Id::Help => {
                let text = format!(
                    "Usage: printenv [OPTION]... [VARIABLE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Null => end = 0,
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut lines = Vec::new();
    let mut status = 0;
    if parsed.operands.is_empty() {
        for (name, value) in std::env::vars_os() {
            lines.push([name.as_bytes(), b"=", value.as_bytes()].concat());
        }
    }
    for name in &parsed.operands {
        // std would look for a name that has an equals sign in it, and there may be one.
        let value = match name.as_bytes().contains(&b'=') {
            true => None,
            false => std::env::var_os(name),
        };
        match value {
            Some(value) => lines.push(value.as_bytes().to_vec()),
            None => status = 1,
        }
    }
    let written = lines.iter().try_for_each(|line| {
        out.write_all(line)?;
        out.write_all(&[end])
    });
    stdio::finish(NAME, written.and_then(|()| out.flush()), status)
}
