//! `touch`: uutils' tool, except that a file without a name is refused, which WASI would take for the working directory.

use std::ffi::OsString;

use crate::getopt::Takes::{Nothing, Value};
use crate::getopt::{self, Flag, Order, flag};
use crate::stdio;
use crate::uutils;

const NAME: &str = "touch";

/// Whether an option has a value is all that matters here: it tells the files from the rest.
#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<()>] = &[
    flag((), Some('a'), None, Nothing, ""),
    flag((), Some('c'), Some("no-create"), Nothing, ""),
    flag((), Some('d'), Some("date"), Value("STRING"), ""),
    flag((), Some('f'), None, Nothing, ""),
    flag((), Some('h'), Some("no-dereference"), Nothing, ""),
    flag((), Some('m'), None, Nothing, ""),
    flag((), Some('r'), Some("reference"), Value("FILE"), ""),
    flag((), Some('t'), None, Value("STAMP"), ""),
    flag((), None, Some("time"), Value("WORD"), ""),
    flag((), None, Some("help"), Nothing, ""),
    flag((), None, Some("version"), Nothing, ""),
];

pub fn main(args: &[OsString]) -> i32 {
    let touch = |args: &[OsString]| uutils::run(NAME, args, uu_touch::uumain);
    let Ok(parsed) = getopt::parse(NAME, FLAGS, Order::Permute, args) else {
        return touch(args);
    };
    let unnamed = parsed
        .operands
        .iter()
        .filter(|file| file.is_empty())
        .count();
    if unnamed == 0 {
        return touch(args);
    }
    for _ in 0..unnamed {
        stdio::complain(NAME, b"cannot touch '': No such file or directory");
    }
    if unnamed < parsed.operands.len() {
        touch(&without_empty_files(args));
    }
    1
}

/// The command line without the empty arguments that are files and no values.
fn without_empty_files(args: &[OsString]) -> Vec<OsString> {
    let operands = |end: usize| {
        let before = args.get(..end)?;
        let parsed = getopt::parse(NAME, FLAGS, Order::Permute, before).ok()?;
        Some(parsed.operands.len())
    };
    // Before its value an option is an error, so that the value does not count as one more file.
    let is_file = |index: usize| {
        operands(index).is_some_and(|before| operands(index + 1) == Some(before + 1))
    };
    args.iter()
        .enumerate()
        .filter(|(index, arg)| !arg.is_empty() || !is_file(*index))
        .map(|(_, arg)| arg.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_no_file() {
        let args = ["touch", "", "a", "-r", "", "--", ""].map(OsString::from);
        let kept = ["touch", "a", "-r", "", "--"].map(OsString::from);
        assert_eq!(without_empty_files(&args), kept);
    }
}
