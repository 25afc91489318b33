//! `dirname`: prints the directories of names.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;

const NAME: &str = "dirname";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "end each line with NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut end = b'\n';
    for (id, _) in parsed.options {
        match id {
            Id::Help => {
                let text = format!("Usage: dirname [OPTION] NAME...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Zero => end = 0,
        }
    }
    if parsed.operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let written = parsed.operands.iter().try_for_each(|name| {
        out.write_all(directory(name.as_bytes()))?;
        out.write_all(&[end])
    });
    stdio::finish(NAME, written.and_then(|()| out.flush()), 0)
}

/// The path up to its last part, without slashes at the end.
fn directory(name: &[u8]) -> &[u8] {
    let end_of = |text: &[u8], is_end: fn(u8) -> bool| {
        let last = text.iter().rposition(|byte| is_end(*byte));
        last.map_or(0, |last| last + 1)
    };
    let part = name
        .get(..end_of(name, |byte| byte != b'/'))
        .unwrap_or_default();
    let before = part
        .get(..end_of(part, |byte| byte == b'/'))
        .unwrap_or_default();
    let directory = before
        .get(..end_of(before, |byte| byte != b'/'))
        .unwrap_or_default();
    match (directory, name) {
        ([], [b'/', ..]) => b"/",
        ([], _) => b".",
        (directory, _) => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_what_precedes_the_last_part() {
        for (name, path) in [
            ("/a/b", "/a"),
            ("a/b//c", "a/b"),
            ("a//", "."),
            ("//a", "/"),
            ("//", "/"),
            ("", "."),
            ("a/..", "a"),
        ] {
            assert_eq!(directory(name.as_bytes()), path.as_bytes(), "{name}");
        }
    }
}
