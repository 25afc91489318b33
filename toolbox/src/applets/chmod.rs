//! `chmod`: changes the permission bits of files.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::mode_change::ModeChange;
use crate::sys::quote::{quoted, quoted_if_needed, quoted_text};
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt, mode_text};

const NAME: &str = "chmod";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Changes,
    Help,
    NoPreserveRoot,
    PreserveRoot,
    Quiet,
    Recursive,
    Reference,
    Verbose,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Changes, Some('c'), Some("changes"), Takes::Nothing, "like verbose but report only when a change is made"),
    flag(Id::Quiet, Some('f'), Some("silent"), Takes::Nothing, "suppress most error messages"),
    flag(Id::Quiet, None, Some("quiet"), Takes::Nothing, "same as -f"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Takes::Nothing, "output a diagnostic for every file processed"),
    flag(Id::NoPreserveRoot, None, Some("no-preserve-root"), Takes::Nothing, "do not treat '/' specially (the default)"),
    flag(Id::PreserveRoot, None, Some("preserve-root"), Takes::Nothing, "fail to operate recursively on '/'"),
    flag(Id::Reference, None, Some("reference"), Takes::Value("RFILE"), "use RFILE's mode instead of MODE values"),
    flag(Id::Recursive, Some('R'), Some("recursive"), Takes::Nothing, "change files and directories recursively"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    Nothing,
    Changes,
    Everything,
}

struct Job<W> {
    change: ModeChange,
    umask: u32,
    recursive: bool,
    preserve_root: bool,
    report: Report,
    quiet: bool,
    /// The mode is an option as `-w`: it is told where the umask makes it another one than it says.
    tell_surprises: bool,
    out: W,
}

pub fn main(args: &[OsString]) -> i32 {
    let (args, modes) = without_modes(args);
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, &args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut report = Report::Nothing;
    let (mut quiet, mut recursive, mut preserve_root, mut reference) = (false, false, false, None);
    for (id, value) in parsed.options {
        match id {
            Id::Changes => report = Report::Changes,
            Id::Help => {
                let text = format!(
                    "Usage: chmod [OPTION]... MODE[,MODE]... FILE...\n   or: chmod [OPTION]... --reference=RFILE FILE...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::NoPreserveRoot => preserve_root = false,
            Id::PreserveRoot => preserve_root = true,
            Id::Quiet => quiet = true,
            Id::Recursive => recursive = true,
            Id::Reference => reference = value,
            Id::Verbose => report = Report::Everything,
        }
    }
    let mut files = parsed.operands;
    let tell_surprises = !modes.is_empty();
    let mode = match (&reference, modes.is_empty()) {
        (Some(_), false) => {
            let message = "cannot combine mode and --reference options";
            return UsageError::new(NAME, message).report(1);
        }
        (Some(_), true) => None,
        (None, false) => Some(modes.join(&b',')),
        (None, true) => files
            .drain(..files.len().min(1))
            .next()
            .map(OsString::into_vec),
    };
    if files.is_empty() {
        let message = match mode.as_deref().filter(|_| !tell_surprises) {
            Some(mode) => [b"missing operand after ", quoted_text(mode).as_slice()].concat(),
            None => b"missing operand".to_vec(),
        };
        return UsageError::new(NAME, message).report(1);
    }
    let change = match change(mode.as_deref(), reference.as_deref()) {
        Ok(change) => change,
        Err(status) => return status,
    };
    let mut job = Job {
        change,
        umask: sys::umask(),
        recursive,
        preserve_root,
        report,
        quiet,
        tell_surprises,
        out: BufWriter::new(io::stdout().lock()),
    };
    let failed = files.iter().filter(|file| !job.operand(file)).count();
    stdio::finish(NAME, job.out.flush(), i32::from(failed > 0))
}

/// Takes the modes that look like options out of the arguments: `-w`, `-rwx,o=`.
fn without_modes(args: &[OsString]) -> (Vec<OsString>, Vec<Vec<u8>>) {
    let (mut kept, mut modes) = (Vec::new(), Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let bytes = arg.as_bytes();
        let letters = match bytes {
            b"--" => {
                kept.push(arg.clone());
                kept.extend(args.by_ref().cloned());
                break;
            }
            // The name of the program is the first.
            [b'-', letters @ ..] if !kept.is_empty() && !letters.starts_with(b"-") => letters,
            _ => b"",
        };
        let options = letters
            .iter()
            .take_while(|letter| b"Rcfv".contains(letter))
            .count();
        match letters.get(options) {
            Some(letter) if b"rwxXstugoa,+=01234567".contains(letter) => {
                modes.push(bytes.to_vec());
                if options > 0 {
                    kept.push(OsString::from_vec(
                        bytes.get(..=options).unwrap_or_default().to_vec(),
                    ));
                }
            }
            _ => kept.push(arg.clone()),
        }
    }
    (kept, modes)
}

fn change(mode: Option<&[u8]>, reference: Option<&OsStr>) -> Result<ModeChange, i32> {
    if let Some(file) = reference {
        return match sys::stat(file, Follow::Yes) {
            Ok(stat) => Ok(ModeChange::to_mode(stat.mode)),
            Err(error) => {
                let before = b"failed to get attributes of ";
                let text = sys::error_text(&error);
                let name = quoted(file.as_bytes());
                let message = [before, name.as_slice(), b": ", text.as_bytes()].concat();
                stdio::complain(NAME, &message);
                Err(1)
            }
        };
    }
    let mode = mode.unwrap_or_default();
    ModeChange::parse(mode).ok_or_else(|| {
        let message = [b"invalid mode: ", quoted_text(mode).as_slice()].concat();
        UsageError::new(NAME, message).report(1)
    })
}

impl<W: Write> Job<W> {
    fn operand(&mut self, file: &OsStr) -> bool {
        let stat = match sys::stat(file, Follow::Yes) {
            Ok(stat) => stat,
            Err(error) => {
                let is_dangling = sys::stat(file, Follow::No)
                    .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Symlink)
                    && error.kind() == io::ErrorKind::NotFound;
                match is_dangling {
                    true => self.fail(b"cannot operate on dangling symlink ", file, None),
                    false => self.fail(b"cannot access ", file, Some(&error)),
                }
                if self.report == Report::Everything {
                    self.tell(&[&quoted(file.as_bytes()), b" could not be accessed"]);
                }
                return false;
            }
        };
        if self.recursive && self.preserve_root && is_root(&stat) {
            let name = quoted(file.as_bytes());
            let what = match file.as_bytes() {
                b"/" => name,
                _ => [name.as_slice(), b" (same as '/')"].concat(),
            };
            let message = [
                b"it is dangerous to operate recursively on ",
                what.as_slice(),
            ]
            .concat();
            stdio::complain(NAME, &message);
            stdio::complain(NAME, b"use --no-preserve-root to override this failsafe");
            return false;
        }
        self.file(file, stat.mode)
    }

    /// Changes a file that is there, and what is in it.
    fn file(&mut self, file: &OsStr, mode: u32) -> bool {
        let is_directory = FileKind::of_mode(mode) == FileKind::Directory;
        let wanted = self.change.apply(mode, is_directory, self.umask);
        let mut good = true;
        match sys::chmod(file, wanted) {
            Ok(()) => {
                self.tell_change(file, mode, wanted);
                let expected = self.change.apply(mode, is_directory, 0);
                if self.tell_surprises && wanted & !expected != 0 {
                    good = false;
                    let _ = self.out.flush();
                    let (is, was_to_be) = (mode_text(wanted), mode_text(expected));
                    let name = quoted_if_needed(file.as_bytes());
                    let message = [
                        name.as_slice(),
                        b": new permissions are ",
                        is.get(1..).unwrap_or_default(),
                        b", not ",
                        was_to_be.get(1..).unwrap_or_default(),
                    ];
                    stdio::complain(NAME, &message.concat());
                }
            }
            Err(error) => {
                good = false;
                self.fail(b"changing permissions of ", file, Some(&error));
                if self.report == Report::Everything {
                    let change = between(mode, wanted);
                    self.tell(&[
                        b"failed to change mode of ",
                        &quoted(file.as_bytes()),
                        &change,
                    ]);
                }
            }
        }
        if self.recursive && is_directory {
            good &= self.entries(file);
        }
        good
    }

    fn entries(&mut self, directory: &OsStr) -> bool {
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => {
                self.fail(b"cannot read directory ", directory, Some(&error));
                return false;
            }
        };
        let mut good = true;
        for entry in entries {
            let name = match entry {
                Ok(entry) => entry.file_name(),
                Err(error) => {
                    self.fail(b"cannot read directory ", directory, Some(&error));
                    return false;
                }
            };
            let slash: &[u8] = if directory.as_bytes().ends_with(b"/") {
                b""
            } else {
                b"/"
            };
            let path = [directory.as_bytes(), slash, name.as_bytes()].concat();
            let path = OsString::from_vec(path);
            good &= match sys::stat(&path, Follow::No) {
                Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Symlink => {
                    if self.report == Report::Everything {
                        let name = quoted(path.as_bytes());
                        let after = b" nor referent has been changed";
                        self.tell(&[b"neither symbolic link ", &name, after]);
                    }
                    true
                }
                Ok(stat) => self.file(&path, stat.mode),
                Err(error) => {
                    self.fail(b"cannot access ", &path, Some(&error));
                    false
                }
            };
        }
        good
    }

    fn tell_change(&mut self, file: &OsStr, mode: u32, wanted: u32) {
        if self.report == Report::Nothing {
            return;
        }
        // Who may not set some of the bits is not refused; they are left out.
        let now = match wanted & 0o7000 {
            0 => wanted,
            _ => sys::stat(file, Follow::Yes).map_or(wanted, |stat| stat.mode & 0o7777),
        };
        let name = quoted(file.as_bytes());
        if now != mode & 0o7777 {
            let change = between(mode, wanted);
            self.tell(&[b"mode of ", &name, b" changed", &change]);
        } else if self.report == Report::Everything {
            let kept = shown(wanted);
            self.tell(&[b"mode of ", &name, b" retained as ", &kept]);
        }
    }

    fn tell(&mut self, parts: &[&[u8]]) {
        // What cannot be written is found when the buffer is flushed.
        let _ = self.out.write_all(&parts.concat());
        let _ = self.out.write_all(b"\n");
    }

    fn fail(&mut self, what: &[u8], file: &OsStr, error: Option<&io::Error>) {
        let _ = self.out.flush();
        if self.quiet {
            return;
        }
        let mut message = [what, quoted(file.as_bytes()).as_slice()].concat();
        if let Some(error) = error {
            message.extend_from_slice(format!(": {}", sys::error_text(error)).as_bytes());
        }
        stdio::complain(NAME, &message);
    }
}

fn is_root(stat: &sys::FileStat) -> bool {
    sys::stat("/", Follow::No).is_ok_and(|root| (root.dev, root.ino) == (stat.dev, stat.ino))
}

/// ` from 0644 (rw-r--r--) to 0600 (rw-------)`
fn between(mode: u32, wanted: u32) -> Vec<u8> {
    [b" from ", shown(mode).as_slice(), b" to ", &shown(wanted)].concat()
}

/// `0644 (rw-r--r--)`
fn shown(mode: u32) -> Vec<u8> {
    let text = mode_text(mode);
    let letters = text.get(1..).unwrap_or_default();
    let number = format!("{:04o} (", mode & 0o7777);
    [number.as_bytes(), letters, b")"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_look_like_options_are_told_from_options() {
        let args = ["chmod", "-v", "-w", "a", "-Rr", "--", "-x"].map(OsString::from);
        let (kept, modes) = without_modes(&args);
        let expected = ["chmod", "-v", "a", "-R", "--", "-x"].map(OsString::from);
        assert_eq!(kept, expected);
        assert_eq!(modes, [b"-w".to_vec(), b"-Rr".to_vec()]);
    }
}
