//! `readlink`: prints where symbolic links lead, or the absolute path of files.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::resolve::{Links, Missing, resolve};
use crate::sys::{OsStrExt, OsStringExt};

const NAME: &str = "readlink";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Canonicalize,
    Existing,
    Help,
    Missing,
    NoNewline,
    Quiet,
    Verbose,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Canonicalize, Some('f'), Some("canonicalize"), Takes::Nothing, "follow every symlink; all but the last component must exist"),
    flag(Id::Existing, Some('e'), Some("canonicalize-existing"), Takes::Nothing, "follow every symlink; all components must exist"),
    flag(Id::Missing, Some('m'), Some("canonicalize-missing"), Takes::Nothing, "follow every symlink, without requirements on existence"),
    flag(Id::NoNewline, Some('n'), Some("no-newline"), Takes::Nothing, "do not output the trailing delimiter"),
    flag(Id::Quiet, Some('q'), Some("quiet"), Takes::Nothing, "suppress most error messages (on by default)"),
    flag(Id::Quiet, Some('s'), Some("silent"), Takes::Nothing, "same as -q"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Takes::Nothing, "report error messages"),
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "end each output line with NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut missing, mut newline, mut verbose, mut end) = (None, true, false, b'\n');
    for (id, _) in parsed.options {
        match id {
            Id::Canonicalize => missing = Some(Missing::Last),
            Id::Existing => missing = Some(Missing::Nothing),
            Id::Help => {
                let text = format!(
                    "Usage: readlink [OPTION]... FILE...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Missing => missing = Some(Missing::Anything),
            Id::NoNewline => newline = false,
            Id::Quiet => verbose = false,
            Id::Verbose => verbose = true,
            Id::Zero => end = 0,
        }
    }
    if parsed.operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    if parsed.operands.len() > 1 && !newline {
        stdio::complain(NAME, b"ignoring --no-newline with multiple arguments");
        newline = true;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    for name in &parsed.operands {
        let found = match missing {
            Some(missing) => resolve(name.as_bytes(), missing, Links::Resolved),
            None => target(name),
        };
        match found {
            Ok(mut path) => {
                if newline {
                    path.push(end);
                }
                // What cannot be written is found when the buffer is flushed.
                let _ = out.write_all(&path);
            }
            Err(error) => {
                status = 1;
                if verbose {
                    stdio::complain(NAME, &stdio::about(name, &error));
                }
            }
        }
    }
    stdio::finish(NAME, out.flush(), status)
}

fn target(name: &OsStr) -> io::Result<Vec<u8>> {
    // WASI would take an empty name for the working directory.
    if name.is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    std::fs::read_link(name).map(|target| target.into_os_string().into_vec())
}
