//! `mv`: renames files and directories, and moves them between file systems.

mod options;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use options::{Options, Overwrite};

use super::cp::copy::{Copier, Identity, identity};
use super::cp::operands::{arrange, directory_of, join, last_part, without_slashes};
use super::cp::options::Options as CopyOptions;
use super::cp::same::is_one_name;
use super::rm::{Remover, is_write_protected};
use crate::getopt::UsageError;
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, FileStat, FileTimes, Follow, OsStrExt, error_text, mode_text};

const NAME: &str = "mv";

pub fn main(args: &[OsString]) -> i32 {
    let (options, operands) = match options::read(args) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let arranged = arrange(
        NAME,
        operands,
        options.target_directory.as_deref(),
        options.no_target_directory,
    );
    let (directory, mut sources) = match arranged {
        Ok(arranged) => arranged,
        Err(status) => return status,
    };
    if options.overwrite == Overwrite::Never && options.backs_up {
        let text = "options --backup and --no-clobber are mutually exclusive";
        return UsageError::new(NAME, text).report(1);
    }
    if options.strip_slashes {
        let count = sources.len() - usize::from(directory.is_none());
        for source in sources.iter_mut().take(count) {
            *source = without_slashes(source).to_owned();
        }
    }
    let mut mover = Mover {
        several: sources.len() > 1,
        options,
        out: BufWriter::new(io::stdout()),
        written: Ok(()),
        failed: false,
        created: BTreeSet::new(),
        into_themselves: BTreeSet::new(),
        between: None,
    };
    match (directory, sources.as_slice()) {
        (Some(directory), sources) => {
            for source in sources {
                mover.move_operand(source, &join(&directory, last_part(source)));
            }
        }
        (None, [source, destination]) => mover.move_operand(source, Path::new(destination)),
        (None, _) => {}
    }
    mover.finish()
}

/// One run: the options, and what was moved so far.
struct Mover {
    options: Options,
    out: BufWriter<io::Stdout>,
    written: io::Result<()>,
    failed: bool,
    several: bool,
    /// The destinations so far.
    created: BTreeSet<Identity>,
    /// The directories so far that were to be moved into themselves.
    into_themselves: BTreeSet<Identity>,
    /// What copies and removes where a file cannot be renamed, from the first time on.
    between: Option<(Copier, Remover)>,
}

/// What became of the destination that was there.
enum Cleared {
    Skip,
    /// It is free to be replaced, or was moved to a backup.
    Ready(Option<PathBuf>),
}

impl Mover {
    fn finish(mut self) -> i32 {
        let mut status = i32::from(self.failed);
        if let Some((copier, remover)) = self.between.take() {
            status = status.max(copier.finish()).max(remover.finish());
        }
        let written = self.written.and_then(|()| self.out.flush());
        stdio::finish(NAME, written, status)
    }

    fn move_operand(&mut self, source: &OsStr, destination: &Path) {
        let path = Path::new(source);
        let stat = match sys::stat(path, Follow::No) {
            Ok(stat) => stat,
            Err(error) => return self.fail_at("cannot stat ", path, &error),
        };
        let existing = match sys::stat(destination, Follow::No) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return self.fail_at("cannot stat ", destination, &error),
        };
        let backup = match &existing {
            None => None,
            Some(found) => match self.clear(path, &stat, destination, found) {
                Cleared::Skip => return,
                Cleared::Ready(backup) => backup,
            },
        };
        let is_directory = FileKind::of_mode(stat.mode) == FileKind::Directory;
        let stands = existing.is_some() && backup.is_none();
        match rename(path, is_directory, destination) {
            Ok(()) => self.tell(path, destination, backup.as_deref()),
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                self.move_between(path, is_directory, destination, stands, backup);
            }
            Err(error) => {
                let (from, to) = (name(path), name(destination));
                let text = error_text(&error);
                match error.kind() {
                    ErrorKind::InvalidInput if !self.into_themselves.insert(identity(&stat)) => {
                        let before = b"warning: source directory ";
                        self.fail(&[before, &from, b" specified more than once"]);
                    }
                    ErrorKind::InvalidInput => {
                        let between = b" to a subdirectory of itself, ";
                        self.fail(&[b"cannot move ", &from, between, &to]);
                    }
                    _ => self.fail(&[b"cannot move ", &from, b" to ", &to, b": ", text.as_bytes()]),
                }
                self.take_back(backup.as_deref(), destination);
                return;
            }
        }
        if self.several
            && let Ok(made) = sys::stat(destination, Follow::No)
        {
            self.created.insert(identity(&made));
        }
    }

    /// Decides what becomes of a destination that exists.
    fn clear(
        &mut self,
        source: &Path,
        stat: &FileStat,
        destination: &Path,
        found: &FileStat,
    ) -> Cleared {
        let is_directory = FileKind::of_mode(stat.mode) == FileKind::Directory;
        let onto_directory = FileKind::of_mode(found.mode) == FileKind::Directory;
        let (from, to) = (name(source), name(destination));
        if self.options.overwrite == Overwrite::Never {
            return Cleared::Skip;
        }
        if self.is_same(source, stat, destination, found) {
            self.fail(&[&from, b" and ", &to, b" are the same file"]);
            return Cleared::Skip;
        }
        if self.options.update && !is_directory && found.modified() >= stat.modified() {
            return Cleared::Skip;
        }
        if self.options.overwrite == Overwrite::Ask && !confirms(destination, found) {
            return Cleared::Skip;
        }
        let backs_up = self.options.backup.is_wanted();
        if is_directory && !onto_directory && !backs_up {
            self.fail(&[
                b"cannot overwrite non-directory ",
                &to,
                b" with directory ",
                &from,
            ]);
            return Cleared::Skip;
        }
        if !is_directory && onto_directory && !backs_up {
            self.fail(&[b"cannot overwrite directory ", &to, b" with non-directory"]);
            return Cleared::Skip;
        }
        if !is_directory
            && !self.options.backup.is_numbered()
            && self.created.contains(&identity(found))
        {
            self.fail(&[b"will not overwrite just-created ", &to, b" with ", &from]);
            return Cleared::Skip;
        }
        match backs_up {
            true => self.back_up(source, stat, destination),
            false => Cleared::Ready(None),
        }
    }

    /// Whether the move would destroy the only copy, or do nothing.
    fn is_same(
        &self,
        source: &Path,
        stat: &FileStat,
        destination: &Path,
        found: &FileStat,
    ) -> bool {
        let backs_up = self.options.backup.is_wanted();
        if identity(stat) == identity(found) {
            return !backs_up || is_one_name(source, destination, stat);
        }
        // A link that would come to stand where it leads.
        let is_link = |stat: &FileStat| FileKind::of_mode(stat.mode) == FileKind::Symlink;
        !backs_up
            && is_link(stat)
            && !is_link(found)
            && sys::stat(source, Follow::Yes)
                .is_ok_and(|target| identity(&target) == identity(found))
    }

    fn back_up(&mut self, source: &Path, stat: &FileStat, destination: &Path) -> Cleared {
        let backup = self.options.backup.name(destination);
        let endangers_source =
            sys::stat(&backup, Follow::No).is_ok_and(|found| identity(&found) == identity(stat));
        if endangers_source {
            let (to, from) = (name(destination), name(source));
            let text = b" might destroy source;  ";
            self.fail(&[b"backing up ", &to, text, &from, b" not moved"]);
            return Cleared::Skip;
        }
        match fs::rename(destination, &backup) {
            Ok(()) => Cleared::Ready(Some(backup)),
            Err(error) => {
                self.fail_at("cannot backup ", destination, &error);
                Cleared::Skip
            }
        }
    }

    /// Puts a backup back in its place when nothing came there.
    fn take_back(&mut self, backup: Option<&Path>, destination: &Path) {
        if let Some(backup) = backup
            && let Err(error) = fs::rename(backup, destination)
        {
            self.fail_at("cannot un-backup ", destination, &error);
        }
    }

    /// Copies to another file system, and removes the source when all of it was copied.
    fn move_between(
        &mut self,
        source: &Path,
        is_directory: bool,
        destination: &Path,
        stands: bool,
        backup: Option<PathBuf>,
    ) {
        if stands {
            let removed = match is_directory {
                true => fs::remove_dir(destination),
                false => fs::remove_file(destination),
            };
            if let Err(error) = removed {
                let (from, to, text) = (name(source), name(destination), error_text(&error));
                let before = b"inter-device move failed: ";
                let between = b"; unable to remove target: ";
                return self.fail(&[before, &from, b" to ", &to, between, text.as_bytes()]);
            }
        }
        // Each has a buffer of its own, so that what was said before is written first.
        if self.written.is_ok() {
            self.written = self.out.flush();
        }
        let verbose = self.options.verbose;
        let (copier, remover) = self.between.get_or_insert_with(|| {
            let copier = Copier::new(CopyOptions::of_move(verbose), false);
            (copier, Remover::of_move(verbose))
        });
        let copied = copier.copy_to_move(source.as_os_str(), destination, backup.clone());
        copier.flush();
        if copied {
            remover.remove(source.as_os_str());
            remover.flush();
        } else if sys::stat(destination, Follow::No).is_err() {
            self.take_back(backup.as_deref(), destination);
        }
    }

    fn tell(&mut self, source: &Path, destination: &Path, backup: Option<&Path>) {
        if !self.options.verbose || self.written.is_err() {
            return;
        }
        let mut line = [&b"renamed "[..], &name(source), b" -> ", &name(destination)].concat();
        if let Some(backup) = backup {
            line.extend([&b" (backup: "[..], &name(backup), b")"].concat());
        }
        line.push(b'\n');
        self.written = self.out.write_all(&line);
    }

    /// `problem 'path': the system's text`.
    fn fail_at(&mut self, problem: &str, path: &Path, error: &io::Error) {
        let text = error_text(error);
        self.fail(&[problem.as_bytes(), &name(path), b": ", text.as_bytes()]);
    }

    fn fail(&mut self, parts: &[&[u8]]) {
        stdio::complain(NAME, &parts.concat());
        self.failed = true;
    }
}

fn name(path: &Path) -> Vec<u8> {
    quoted(path.as_os_str().as_bytes())
}

/// Renames a file. An empty name is none, although WASI would take it for the working directory.
fn rename(source: &Path, is_directory: bool, destination: &Path) -> io::Result<()> {
    let bytes = destination.as_os_str().as_bytes();
    if bytes.is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    // Only a directory can get a name that ends in a slash.
    if bytes.ends_with(b"/") && !is_directory {
        sys::stat(directory_of(destination), Follow::Yes)?;
        return Err(io::Error::from_raw_os_error(libc::ENOTDIR));
    }
    fs::rename(source, destination)
}

fn confirms(destination: &Path, found: &FileStat) -> bool {
    let to = name(destination);
    if !is_write_protected(found) {
        return stdio::confirms(NAME, &[&b"overwrite "[..], &to].concat());
    }
    let mode = format!(", overriding mode {:04o} (", found.mode & 0o7777);
    let letters = mode_text(found.mode);
    let letters = letters.get(1..).unwrap_or_default();
    stdio::confirms(
        NAME,
        &[b"replace ", &to[..], mode.as_bytes(), letters, b")"].concat(),
    )
}
