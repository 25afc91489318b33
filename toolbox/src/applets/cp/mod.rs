//! `cp`: copies files and directories as GNU cp does.

mod backup;
mod copy;
mod data;
mod options;
mod same;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use copy::Copier;
use options::{Options, Refusal, Request};

use crate::getopt::UsageError;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, Follow, OsStrExt, error_text};

const FAILURE: i32 = 1;

pub fn main(args: &[OsString]) -> i32 {
    let (options, operands) = match options::read(args) {
        Ok(Request::Copy(options, operands)) => (*options, operands),
        Ok(Request::Help(text)) => return print(&text),
        Ok(Request::Version) => {
            return print(concat!(
                "cp (agent-sandbox toolbox) ",
                env!("CARGO_PKG_VERSION"),
                "\n"
            ));
        }
        Err(refusal) => return refuse(refusal),
    };
    match run(options, operands) {
        Ok(status) => status,
        Err(refusal) => refuse(refusal),
    }
}

/// Prints an error. A stderr that cannot be written to leaves the status as the only witness.
fn complain(text: &[u8]) {
    let _ = io::stderr().write_all(&[b"cp: ", text, b"\n"].concat());
}

fn refuse(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::Usage(error) => error.report(FAILURE),
        Refusal::Plain(text) => {
            complain(text.as_bytes());
            FAILURE
        }
    }
}

fn print(text: &str) -> i32 {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => {
            complain(format!("write error: {}", error_text(&error)).as_bytes());
            FAILURE
        }
    }
}

fn run(options: Options, mut sources: Vec<OsString>) -> Result<i32, Refusal> {
    let usage = |text: Vec<u8>| Err(Refusal::Usage(UsageError::new("cp", text)));
    let in_target = options.target_directory.is_some();
    match sources.as_slice() {
        [] => return usage(b"missing file operand".to_vec()),
        [only] if !in_target => {
            let before = &b"missing destination file operand after "[..];
            return usage([before, &quoted(only.as_bytes())].concat());
        }
        [_, _, extra, ..] if options.no_target_directory && !in_target => {
            return usage([&b"extra operand "[..], &quoted(extra.as_bytes())].concat());
        }
        _ => {}
    }
    if in_target && options.no_target_directory {
        return Err(Refusal::Plain(
            "cannot combine --target-directory (-t) and --no-target-directory (-T)",
        ));
    }
    let directory = match &options.target_directory {
        Some(directory) => {
            if !is_usable_directory("target directory ", directory) {
                return Ok(FAILURE);
            }
            Some(PathBuf::from(directory))
        }
        None => match sources.pop() {
            Some(last) if options.no_target_directory => {
                sources.push(last);
                None
            }
            Some(last) if is_directory(&last) => Some(PathBuf::from(last)),
            Some(last) if sources.len() > 1 => {
                is_usable_directory("target ", &last);
                return Ok(FAILURE);
            }
            Some(last) => {
                sources.push(last);
                None
            }
            None => None,
        },
    };
    if options.strip_slashes && directory.is_some() {
        for source in &mut sources {
            *source = without_slashes(source).to_owned();
        }
    }
    if directory.is_none() && options.parents {
        return usage(b"with --parents, the destination must be a directory".to_vec());
    }
    let parents = options.parents;
    let mut copier = Copier::new(options, sources.len() > 1);
    match (directory, sources.as_slice()) {
        (Some(directory), sources) => {
            for source in sources {
                if parents {
                    copier.copy_with_parents(source, &directory);
                } else {
                    copier.copy_operand(source, &join(&directory, base_name(source)));
                }
            }
        }
        (None, [source, destination]) => copier.copy_operand(source, Path::new(destination)),
        (None, _) => {}
    }
    Ok(copier.finish())
}

fn is_directory(path: &OsStr) -> bool {
    sys::stat(path, Follow::Yes)
        .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Directory)
}

/// Whether the path is a directory; says why when it is not.
fn is_usable_directory(what: &str, path: &OsStr) -> bool {
    let problem = match sys::stat(path, Follow::Yes) {
        Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Directory => return true,
        Ok(_) => "Not a directory".to_owned(),
        Err(error) => error_text(&error),
    };
    let name = quoted(path.as_bytes());
    complain(&[what.as_bytes(), &name, b": ", problem.as_bytes()].concat());
    false
}

fn without_slashes(path: &OsStr) -> &OsStr {
    let bytes = path.as_bytes();
    let end = bytes
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(bytes.len().min(1), |at| at + 1);
    OsStr::from_bytes(bytes.get(..end).unwrap_or_default())
}

/// The last part of a path. A source that ends in `..` is copied into the target itself, not above it.
fn base_name(path: &OsStr) -> &OsStr {
    let bytes = without_slashes(path).as_bytes();
    let begin = bytes
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |at| at + 1);
    match bytes.get(begin..).unwrap_or_default() {
        b".." => OsStr::new("."),
        name => OsStr::from_bytes(name),
    }
}

/// A path below a directory, with one slash between.
fn join(directory: &Path, name: &OsStr) -> PathBuf {
    let name = name.as_bytes();
    let begin = name.iter().take_while(|byte| **byte == b'/').count();
    directory.join(OsStr::from_bytes(name.get(begin..).unwrap_or_default()))
}
