//! `rmdir`: removes empty directories.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, Follow, OsStrExt};

const NAME: &str = "rmdir";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    IgnoreNonEmpty,
    Parents,
    Verbose,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::IgnoreNonEmpty, None, Some("ignore-fail-on-non-empty"), Takes::Nothing, "ignore each failure to remove a non-empty directory"),
    flag(Id::Parents, Some('p'), Some("parents"), Takes::Nothing, "remove DIRECTORY and its ancestors"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Takes::Nothing, "output a diagnostic for every directory processed"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
    flag(Id::Parents, None, Some("path"), Takes::Nothing, ""),
];

#[derive(Default)]
struct Job {
    ignore_non_empty: bool,
    parents: bool,
    verbose: bool,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut job = Job::default();
    for (id, _) in parsed.options {
        match id {
            Id::Help => {
                let text = format!(
                    "Usage: rmdir [OPTION]... DIRECTORY...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::IgnoreNonEmpty => job.ignore_non_empty = true,
            Id::Parents => job.parents = true,
            Id::Verbose => job.verbose = true,
        }
    }
    if parsed.operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let failed = parsed
        .operands
        .iter()
        .filter(|directory| !job.remove_all(directory, &mut out))
        .count();
    stdio::finish(NAME, out.flush(), i32::from(failed > 0))
}

impl Job {
    /// Removes a directory, and those above it if they are to go too; false when one has to stay.
    fn remove_all(&self, directory: &OsStr, out: &mut impl Write) -> bool {
        if !self.remove(directory.as_bytes(), "failed to remove ", out) {
            return false;
        }
        let mut path = directory.as_bytes();
        while self.parents
            && let Some(parent) = parent(path)
        {
            if !self.remove(parent, "failed to remove directory ", out) {
                return false;
            }
            path = parent;
        }
        true
    }

    /// False after a message. A directory that is not empty ends the work without one, if that is to be ignored.
    fn remove(&self, path: &[u8], problem: &str, out: &mut impl Write) -> bool {
        let name = OsStr::from_bytes(path);
        if self.verbose {
            let line = [b"removing directory, ", quoted(path).as_slice(), b"\n"].concat();
            // What cannot be written is found when the buffer is flushed.
            let _ = out.write_all(&[NAME.as_bytes(), b": ", &line].concat());
        }
        let removed = match path {
            // WASI would take an empty name for the working directory.
            [] => Err(io::Error::from_raw_os_error(libc::ENOENT)),
            _ => fs::remove_dir(name),
        };
        let Err(error) = removed else {
            return true;
        };
        if self.ignore_non_empty && is_non_empty(name, &error) {
            return true;
        }
        let text = match is_link_to_directory(path, &error) {
            true => "Symbolic link not followed".to_owned(),
            false => sys::error_text(&error),
        };
        // The messages are to be seen in their order.
        let _ = out.flush();
        let message = [problem.as_bytes(), &quoted(path), b": ", text.as_bytes()].concat();
        stdio::complain(NAME, &message);
        false
    }
}

/// Where permissions forbid the removal, it is looked up whether the directory could have been removed.
fn is_non_empty(directory: &OsStr, error: &io::Error) -> bool {
    if let Some(libc::ENOTEMPTY | libc::EEXIST) = error.raw_os_error() {
        return true;
    }
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::ResourceBusy => {
            fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
        }
        _ => false,
    }
}

fn is_link_to_directory(path: &[u8], error: &io::Error) -> bool {
    let is = |path: &[u8], follow, kind| {
        sys::stat(OsStr::from_bytes(path), follow)
            .is_ok_and(|stat| FileKind::of_mode(stat.mode) == kind)
    };
    error.raw_os_error() == Some(libc::ENOTDIR)
        && path.ends_with(b"/")
        && is(without_slashes(path), Follow::No, FileKind::Symlink)
        && is(path, Follow::Yes, FileKind::Directory)
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/');
    path.get(..end.map_or(0, |last| last + 1))
        .unwrap_or_default()
}

/// The path without its last part; none when there is only one.
fn parent(path: &[u8]) -> Option<&[u8]> {
    let path = without_slashes(path);
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    let parent = without_slashes(path.get(..slash)?);
    (!parent.is_empty()).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_part_by_part() {
        assert_eq!(parent(b"a/b//c/"), Some(&b"a/b"[..]));
        assert_eq!(parent(b"a"), None);
        assert_eq!(parent(b"/a"), None);
        assert_eq!(parent(b"//"), None);
    }
}
