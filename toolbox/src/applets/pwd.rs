//! `pwd`: prints the working directory.

use std::ffi::OsString;
use std::io::{self, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::resolve::{Links, Missing, resolve};
use crate::sys::{self, Follow, OsStrExt};

const NAME: &str = "pwd";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Logical,
    Physical,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Logical, Some('L'), Some("logical"), Takes::Nothing, "use PWD from environment, even if it contains symlinks"),
    flag(Id::Physical, Some('P'), Some("physical"), Takes::Nothing, "avoid all symlinks"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut logical = std::env::var_os("POSIXLY_CORRECT").is_some();
    for (id, _) in parsed.options {
        match id {
            Id::Help => {
                let text = format!("Usage: pwd [OPTION]...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Logical => logical = true,
            Id::Physical => logical = false,
        }
    }
    if !parsed.operands.is_empty() {
        stdio::complain(NAME, b"ignoring non-option arguments");
    }
    let path = match from_environment().filter(|_| logical) {
        Some(path) => Ok(path),
        None => resolve(b".", Missing::Nothing, Links::Resolved),
    };
    match path {
        Ok(mut path) => {
            path.push(b'\n');
            stdio::print(NAME, &path)
        }
        Err(error) => {
            let text = sys::error_text(&error);
            let message = format!("failed to get current directory: {text}\n");
            // A stderr that cannot be written to leaves the status as the only witness.
            let _ = write!(io::stderr(), "{NAME}: {message}");
            1
        }
    }
}

/// `PWD`, when it is the working directory by a path without dots.
fn from_environment() -> Option<Vec<u8>> {
    let path = std::env::var_os("PWD")?;
    let bytes = path.as_bytes();
    let dots = |part: &[u8]| part == b"." || part == b"..";
    if !bytes.starts_with(b"/") || bytes.split(|byte| *byte == b'/').any(dots) {
        return None;
    }
    let (named, here) = (sys::stat(&path, Follow::Yes), sys::stat(".", Follow::Yes));
    let (named, here) = (named.ok()?, here.ok()?);
    ((named.dev, named.ino) == (here.dev, here.ino)).then(|| bytes.to_vec())
}
