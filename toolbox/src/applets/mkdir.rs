//! `mkdir`: makes directories, with their modes.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
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
            (Id::Mode, Some(text)) => match parse_mode(text.as_bytes(), 0o777, sys::umask()) {
                Some(mode) => job.mode = Some(mode),
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

/// The bits that `text` makes of `mode`: octal digits, or clauses as `u=rwx,go-w` that respect `umask` when they say no
/// one in particular. Nothing when the text is no mode.
fn parse_mode(text: &[u8], mut mode: u32, umask: u32) -> Option<u32> {
    if text.first()?.is_ascii_digit() {
        let digits = std::str::from_utf8(text).ok()?;
        return u32::from_str_radix(digits, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777);
    }
    for clause in text.split(|byte| *byte == b',') {
        let split = clause.iter().position(|byte| !b"ugoa".contains(byte))?;
        let (who, mut actions) = clause.split_at_checked(split)?;
        let whose = who.iter().fold(0, |bits, who| bits | class(*who));
        let (reach, allowed) = if who.is_empty() {
            (0o7777, !umask)
        } else {
            (whose, 0o7777)
        };
        while let Some((operator, rest)) = actions.split_first() {
            let end = rest
                .iter()
                .position(|byte| b"+-=".contains(byte))
                .unwrap_or(rest.len());
            let (letters, next) = rest.split_at_checked(end)?;
            let mut bits = 0;
            for letter in letters {
                bits |= permission(*letter, mode)?;
            }
            bits &= reach & allowed;
            mode = match operator {
                b'+' => mode | bits,
                b'-' => mode & !bits,
                b'=' => mode & !(reach & 0o777) | bits,
                _ => return None,
            };
            actions = next;
        }
    }
    Some(mode)
}

/// The bits of a class of users, with the bit of `s` or `t` that goes with it.
fn class(who: u8) -> u32 {
    match who {
        b'u' => 0o4700,
        b'g' => 0o2070,
        b'o' => 0o1007,
        _ => 0o7777,
    }
}

/// The bits of a permission, for all classes; `u`, `g` and `o` copy what that class has in `mode`.
fn permission(letter: u8, mode: u32) -> Option<u32> {
    Some(match letter {
        b'r' => 0o444,
        b'w' => 0o222,
        b'x' | b'X' => 0o111,
        b's' => 0o6000,
        b't' => 0o1000,
        b'u' => (mode >> 6 & 7) * 0o111,
        b'g' => (mode >> 3 & 7) * 0o111,
        b'o' => (mode & 7) * 0o111,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> Option<u32> {
        parse_mode(text.as_bytes(), 0o777, 0o022)
    }

    #[test]
    fn digits_are_octal_and_at_most_four_bits_of_three() {
        assert_eq!(mode("700"), Some(0o700));
        assert_eq!(mode("01777"), Some(0o1777));
        assert_eq!(mode("8"), None);
        assert_eq!(mode("17777"), None);
    }

    #[test]
    fn clauses_start_from_everything_allowed() {
        assert_eq!(mode("u=rwx,go="), Some(0o700));
        assert_eq!(mode("go-w"), Some(0o755));
        assert_eq!(mode("g=u-w,o="), Some(0o750));
        assert_eq!(mode("a=rx"), Some(0o555));
        assert_eq!(mode("u+s,o+t"), Some(0o5777));
    }

    #[test]
    fn a_clause_without_a_class_respects_the_mask() {
        assert_eq!(mode("=rwx"), Some(0o755));
        assert_eq!(mode("-w"), Some(0o577));
    }

    #[test]
    fn other_words_are_no_modes() {
        assert_eq!(mode("xyz"), None);
        assert_eq!(mode("u"), None);
        assert_eq!(mode("u=q"), None);
        assert_eq!(mode(""), None);
    }
}
