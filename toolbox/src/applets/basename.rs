//! `basename`: prints names without their directories.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

const NAME: &str = "basename";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Multiple,
    Suffix,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Multiple, Some('a'), Some("multiple"), Takes::Nothing, "treat every argument as a NAME"),
    flag(Id::Suffix, Some('s'), Some("suffix"), Takes::Value("SUFFIX"), "remove a trailing SUFFIX; implies -a"),
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "end each line with NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::OptionsFirst, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut multiple, mut suffix, mut end) = (false, None, b'\n');
    for (id, value) in parsed.options {
        match id {
            Id::Help => {
                let text = format!(
                    "Usage: basename NAME [SUFFIX]\n   or: basename OPTION... NAME...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Multiple => multiple = true,
            Id::Suffix => (multiple, suffix) = (true, value),
            Id::Zero => end = 0,
        }
    }
    let mut names = parsed.operands;
    if names.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    if !multiple {
        if let Some(extra) = names.get(2) {
            let message = [b"extra operand ", quoted_text(extra.as_bytes()).as_slice()].concat();
            return UsageError::new(NAME, message).report(1);
        }
        suffix = names.drain(1..).next();
    }
    let suffix = suffix.unwrap_or_default();
    let mut out = BufWriter::new(io::stdout().lock());
    let written = names.iter().try_for_each(|name| {
        out.write_all(base(name.as_bytes(), suffix.as_bytes()))?;
        out.write_all(&[end])
    });
    stdio::finish(NAME, written.and_then(|()| out.flush()), 0)
}

/// The last part of a path, without the suffix unless that is all of it.
fn base<'n>(name: &'n [u8], suffix: &[u8]) -> &'n [u8] {
    let Some(end) = name.iter().rposition(|byte| *byte != b'/') else {
        return name.get(..1).unwrap_or_default();
    };
    let name = name.get(..=end).unwrap_or_default();
    let start = name.iter().rposition(|byte| *byte == b'/');
    let base = name
        .get(start.map_or(0, |slash| slash + 1)..)
        .unwrap_or_default();
    base.strip_suffix(suffix)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_what_follows_the_last_slash() {
        for (name, suffix, base_name) in [
            ("/a/b.c", ".c", "b"),
            (".c", ".c", ".c"),
            ("a//", "", "a"),
            ("//", "", "/"),
            ("", "", ""),
        ] {
            assert_eq!(
                base(name.as_bytes(), suffix.as_bytes()),
                base_name.as_bytes()
            );
        }
    }
}
