//! `mkdir`: makes directories, with their modes.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::mode_change::ModeChange;
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt};

const NAME: &str = "mkdir";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
    Mode,
    Parents,
    Verbose,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Mode,
        Some('m'),
        Some("mode"),
        Takes::Value("MODE"),
        "set file mode (as in chmod), not a=rwx - umask",
    ),
    flag(
        Id::Parents,
        Some('p'),
        Some("parents"),
        Takes::Nothing,
        "no error if existing, make parent directories",
    ),
    flag(
        Id::Verbose,
        Some('v'),
        Some("verbose"),
        Takes::Nothing,
        "print a message for each created directory",
    ),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

#[derive(Default)]
struct Job {
    mode: Option<u32>,
    parents: bool,
    verbose: bool,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut job = Job::default();
    for (id, value) in parsed.options {
        match (id, value) {
            (Id::Help, _) => {
                let text = format!(
                    "Usage: mkdir [OPTION]... DIRECTORY...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            (Id::Mode, Some(text)) => match ModeChange::parse(text.as_bytes()) {
                Some(change) => job.mode = Some(change.apply(0o777, true, sys::umask())),
                None => {
                    stdio::complain(
                        NAME,
                        &[b"invalid mode ", quoted_text(text.as_bytes()).as_slice()].concat(),
                    );
                    return 1;
                }
            },
            (Id::Mode, None) => {}
            (Id::Parents, _) => job.parents = true,
            (Id::Verbose, _) => job.verbose = true,
        }
    }
    if parsed.operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let failed = parsed
        .operands
        .iter()
        .filter(|directory| !job.make(directory, &mut out))
        .count();
    stdio::finish(NAME, out.flush(), i32::from(failed > 0))
}

impl Job {
    /// Makes one directory; says what went wrong and returns false when it cannot.
    fn make(&self, directory: &OsStr, out: &mut impl Write) -> bool {
        let path = Path::new(directory);
        if self.parents && !self.make_parents(path, out) {
            return false;
        }
        // WASI would take an empty name for the working directory.
        let made = if directory.is_empty() {
            Err(io::Error::from_raw_os_error(libc::ENOENT))
        } else {
            fs::create_dir(path)
        };
        match made {
            Ok(()) => {
                self.tell(directory, out);
                let chmod = self.mode.map_or(Ok(()), |mode| sys::chmod(path, mode));
                chmod
                    .inspect_err(|error| fail(b"cannot set permissions of ", directory, error))
                    .is_ok()
            }
            Err(error)
                if self.parents && error.kind() == ErrorKind::AlreadyExists && path.is_dir() =>
            {
                true
            }
            Err(error) => {
                fail(b"cannot create directory ", directory, &error);
                false
            }
        }
    }

    fn make_parents(&self, path: &Path, out: &mut impl Write) -> bool {
        let mut made = PathBuf::new();
        let Some(parent) = path.parent() else {
            return true;
        };
        for component in parent.components() {
            made.push(component);
            match fs::create_dir(&made) {
                Ok(()) => self.tell(made.as_os_str(), out),
                Err(_) if made.is_dir() => {}
                Err(error) => {
                    // A file in the way is reported as what it is not.
                    let error = if made.exists() {
                        io::Error::from_raw_os_error(libc::ENOTDIR)
                    } else {
                        error
                    };
                    fail(b"cannot create directory ", made.as_os_str(), &error);
                    return false;
                }
            }
        }
        true
    }

    fn tell(&self, directory: &OsStr, out: &mut impl Write) {
        if self.verbose {
            let line = [
                b"mkdir: created directory ",
                quoted(directory.as_bytes()).as_slice(),
                b"\n",
            ]
            .concat();
            // What cannot be written is found when the buffer is flushed.
            let _ = out.write_all(&line);
        }
    }
}

fn fail(what: &[u8], directory: &OsStr, error: &io::Error) {
    let quoted = quoted_text(directory.as_bytes());
    stdio::complain(
        NAME,
        &[
            what,
            quoted.as_slice(),
            b": ",
            sys::error_text(error).as_bytes(),
        ]
        .concat(),
    );
}
