//! `realpath`: prints the absolute path of files, or the path from another place.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::resolve::{Links, Missing, between, is_below, resolve};
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt};

const NAME: &str = "realpath";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Existing,
    Help,
    Logical,
    Missing,
    NoLinks,
    Physical,
    Quiet,
    RelativeBase,
    RelativeTo,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Existing, Some('e'), Some("canonicalize-existing"), Takes::Nothing, "all components of the path must exist"),
    flag(Id::Missing, Some('m'), Some("canonicalize-missing"), Takes::Nothing, "no path components need exist or be a directory"),
    flag(Id::Logical, Some('L'), Some("logical"), Takes::Nothing, "resolve '..' components before symlinks"),
    flag(Id::Physical, Some('P'), Some("physical"), Takes::Nothing, "resolve symlinks as encountered (default)"),
    flag(Id::Quiet, Some('q'), Some("quiet"), Takes::Nothing, "suppress most error messages"),
    flag(Id::RelativeTo, None, Some("relative-to"), Takes::Value("DIR"), "print the resolved path relative to DIR"),
    flag(Id::RelativeBase, None, Some("relative-base"), Takes::Value("DIR"), "print absolute paths unless paths below DIR"),
    flag(Id::NoLinks, Some('s'), Some("strip"), Takes::Nothing, "don't expand symlinks"),
    flag(Id::NoLinks, None, Some("no-symlinks"), Takes::Nothing, "same as -s"),
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "end each output line with NUL, not newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// How paths are looked up.
#[derive(Clone, Copy, Debug)]
struct Lookup {
    missing: Missing,
    links: Links,
    logical: bool,
}

impl Lookup {
    fn path(self, name: &[u8]) -> io::Result<Vec<u8>> {
        match self.logical {
            true => {
                let plain = resolve(name, self.missing, Links::Kept)?;
                resolve(&plain, self.missing, Links::Resolved)
            }
            false => resolve(name, self.missing, self.links),
        }
    }

    /// The path of a directory that others are related to.
    fn directory(self, name: &OsString) -> io::Result<Vec<u8>> {
        let path = self.path(name.as_bytes())?;
        if self.missing == Missing::Nothing {
            let stat = sys::stat(OsString::from_vec(path.clone()), Follow::Yes)?;
            if FileKind::of_mode(stat.mode) != FileKind::Directory {
                return Err(io::Error::from_raw_os_error(libc::ENOTDIR));
            }
        }
        Ok(path)
    }
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut lookup = Lookup {
        missing: Missing::Last,
        links: Links::Resolved,
        logical: false,
    };
    let (mut quiet, mut end) = (false, b'\n');
    let (mut to, mut base) = (None, None);
    for (id, value) in parsed.options {
        match id {
            Id::Existing => lookup.missing = Missing::Nothing,
            Id::Help => {
                let text = format!(
                    "Usage: realpath [OPTION]... FILE...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Logical => (lookup.logical, lookup.links) = (true, Links::Resolved),
            Id::Missing => lookup.missing = Missing::Anything,
            Id::NoLinks => (lookup.logical, lookup.links) = (false, Links::Kept),
            Id::Physical => (lookup.logical, lookup.links) = (false, Links::Resolved),
            Id::Quiet => quiet = true,
            Id::RelativeBase => base = value,
            Id::RelativeTo => to = value,
            Id::Zero => end = 0,
        }
    }
    if parsed.operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    let directory = |name: OsString| {
        lookup.directory(&name).inspect_err(|error| {
            stdio::complain(NAME, &stdio::about(&name, error));
        })
    };
    let Ok(mut to) = to.map(directory).transpose() else {
        return 1;
    };
    let Ok(mut base) = base.map(directory).transpose() else {
        return 1;
    };
    match (&to, &base) {
        // The base alone is also what paths are related to.
        (None, Some(path)) => to = Some(path.clone()),
        // A place outside the base is related to nothing.
        (Some(from), Some(path)) if !is_below(path, from) => (to, base) = (None, None),
        _ => {}
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    for name in &parsed.operands {
        let path = match lookup.path(name.as_bytes()) {
            Ok(path) => path,
            Err(error) => {
                status = 1;
                if !quiet {
                    stdio::complain(NAME, &stdio::about(name, &error));
                }
                continue;
            }
        };
        let related = match (&to, &base) {
            (Some(_), Some(base)) if !is_below(base, &path) => path,
            (Some(to), _) => between(to, &path),
            (None, _) => path,
        };
        // What cannot be written is found when the buffer is flushed.
        let _ = out.write_all(&related).and_then(|()| out.write_all(&[end]));
    }
    stdio::finish(NAME, out.flush(), status)
}
