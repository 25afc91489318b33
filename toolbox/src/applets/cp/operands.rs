//! Where the operands of `cp` and `mv` go, and the names they get there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::getopt::UsageError;
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, Follow, OsStrExt, error_text};

const FAILURE: i32 = 1;

/// The directory that all sources go into; without one, there are two operands, a source and a destination.
/// An error was reported and is a status.
pub fn arrange(
    applet: &str,
    mut sources: Vec<OsString>,
    target_directory: Option<&OsStr>,
    no_target_directory: bool,
) -> Result<(Option<PathBuf>, Vec<OsString>), i32> {
    let usage = |text: &[&[u8]]| Err(UsageError::new(applet, text.concat()).report(FAILURE));
    match sources.as_slice() {
        [] => return usage(&[b"missing file operand"]),
        [only] if target_directory.is_none() => {
            let name = quoted(only.as_bytes());
            return usage(&[b"missing destination file operand after ", &name]);
        }
        [_, _, extra, ..] if no_target_directory && target_directory.is_none() => {
            return usage(&[b"extra operand ", &quoted(extra.as_bytes())]);
        }
        _ => {}
    }
    if let Some(directory) = target_directory {
        if no_target_directory {
            let text = b"cannot combine --target-directory (-t) and --no-target-directory (-T)";
            stdio::complain(applet, text);
            return Err(FAILURE);
        }
        return match problem(directory) {
            None => Ok((Some(PathBuf::from(directory)), sources)),
            Some(text) => Err(refuse(applet, "target directory ", directory, &text)),
        };
    }
    if no_target_directory {
        return Ok((None, sources));
    }
    let last = sources.pop().unwrap_or_default();
    match problem(&last) {
        None => Ok((Some(PathBuf::from(last)), sources)),
        Some(text) if sources.len() > 1 => Err(refuse(applet, "target ", &last, &text)),
        Some(_) => {
            sources.push(last);
            Ok((None, sources))
        }
    }
}

/// Why a path is no directory, if it is none.
fn problem(path: &OsStr) -> Option<String> {
    match sys::stat(path, Follow::Yes) {
        Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Directory => None,
        Ok(_) => Some("Not a directory".to_owned()),
        Err(error) => Some(error_text(&error)),
    }
}

fn refuse(applet: &str, what: &str, path: &OsStr, problem: &str) -> i32 {
    let name = quoted(path.as_bytes());
    let text = [what.as_bytes(), &name, b": ", problem.as_bytes()].concat();
    stdio::complain(applet, &text);
    FAILURE
}

pub fn without_slashes(path: &OsStr) -> &OsStr {
    let bytes = path.as_bytes();
    let end = bytes
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(bytes.len().min(1), |at| at + 1);
    OsStr::from_bytes(bytes.get(..end).unwrap_or_default())
}

/// The last part of a path.
pub fn last_part(path: &OsStr) -> &OsStr {
    let bytes = without_slashes(path).as_bytes();
    let begin = bytes
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |at| at + 1);
    OsStr::from_bytes(bytes.get(begin..).unwrap_or_default())
}

/// The name of a copy. A source that ends in `..` is copied into the target itself, not above it.
pub fn base_name(path: &OsStr) -> &OsStr {
    match last_part(path) {
        name if name == ".." => OsStr::new("."),
        name => name,
    }
}

/// A path below a directory, with one slash between.
pub fn join(directory: &Path, name: &OsStr) -> PathBuf {
    let name = name.as_bytes();
    let begin = name.iter().take_while(|byte| **byte == b'/').count();
    directory.join(OsStr::from_bytes(name.get(begin..).unwrap_or_default()))
}

/// The directory that holds a path.
pub fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
