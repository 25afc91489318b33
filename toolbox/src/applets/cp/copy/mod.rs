//! Copies one source after another: what stands in the way, and what each kind of file needs.

mod directory;
pub mod links;
mod regular;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::options::{Dereference, Kind, Options, Overwrite, Purpose};
use super::{base_name, same};
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, FileStat, FileTimes, Follow, OsStrExt, error_text};

/// A file, whatever its names.
pub type Identity = (u64, u64);

pub fn identity(stat: &FileStat) -> Identity {
    (stat.dev, stat.ino)
}

/// The operand that is being copied.
#[derive(Default)]
struct Root {
    source: PathBuf,
    destination: PathBuf,
    /// The destination's directory, which must not be copied into itself.
    directory: Option<Identity>,
    device: u64,
}

/// One run: the options, and what was copied so far.
pub struct Copier {
    options: Options,
    out: BufWriter<io::Stdout>,
    written: io::Result<()>,
    failed: bool,
    /// Whether there is more than one operand, so that they could meet.
    several: bool,
    root: Root,
    /// What `mv` has moved away from the destination.
    backup: Option<PathBuf>,
    /// The operands so far, by what they are and what they are called at their destination.
    sources: BTreeSet<(Identity, OsString)>,
    /// The destinations of operands so far.
    created: BTreeSet<Identity>,
    /// Where files with several names were copied to.
    links: BTreeMap<Identity, PathBuf>,
    /// The directories on the way down: a list and no recursion, because a guest's stack is short.
    open: Vec<Open>,
}

/// A source that is being copied.
struct Source<'a> {
    path: &'a Path,
    stat: FileStat,
    kind: FileKind,
    follow: Follow,
    is_operand: bool,
}

/// A directory that is being copied.
struct Open {
    source: PathBuf,
    destination: PathBuf,
    names: std::vec::IntoIter<OsString>,
    stat: FileStat,
    is_new: bool,
}

/// What became of the destination that was there.
enum Cleared {
    /// There is nothing to do.
    Skip,
    /// It stays, and is written over.
    Stays,
    /// It is gone, perhaps to a backup.
    Gone(Option<PathBuf>),
}

impl Copier {
    pub fn new(options: Options, several: bool) -> Self {
        Self {
            options,
            out: BufWriter::with_capacity(64 << 10, io::stdout()),
            written: Ok(()),
            failed: false,
            several,
            root: Root::default(),
            backup: None,
            sources: BTreeSet::new(),
            created: BTreeSet::new(),
            links: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// Copies an operand of `mv`, whose destination is gone, perhaps to a backup. Says whether all of it was copied.
    pub fn copy_to_move(
        &mut self,
        source: &OsStr,
        destination: &Path,
        backup: Option<PathBuf>,
    ) -> bool {
        let failed_before = std::mem::take(&mut self.failed);
        self.backup = backup;
        self.copy_operand(source, destination);
        let copied = !self.failed;
        self.failed |= failed_before;
        copied
    }

    /// Writes what was said so far.
    pub fn flush(&mut self) {
        if self.written.is_ok() {
            self.written = self.out.flush();
        }
    }

    /// Ends the run with its status.
    pub fn finish(mut self) -> i32 {
        if let Err(error) = self.written.and_then(|()| self.out.flush()) {
            let text = format!("write error: {}", error_text(&error));
            stdio::complain(self.options.purpose.applet(), text.as_bytes());
            self.failed = true;
        }
        i32::from(self.failed)
    }

    fn say(&mut self, parts: &[&[u8]]) {
        if self.written.is_ok() {
            self.written = self.out.write_all(&parts.concat());
        }
    }

    fn fail(&mut self, parts: &[&[u8]]) {
        stdio::complain(self.options.purpose.applet(), &parts.concat());
        self.failed = true;
    }

    /// `problem 'path': the system's text`.
    fn fail_at(&mut self, problem: &str, path: &Path, error: &io::Error) {
        let text = error_text(error);
        self.fail(&[
            problem.as_bytes(),
            b" ",
            &name(path),
            b": ",
            text.as_bytes(),
        ]);
    }

    /// Copies an operand to its destination.
    pub fn copy_operand(&mut self, source: &OsStr, destination: &Path) {
        self.root = Root {
            source: PathBuf::from(source),
            destination: destination.to_path_buf(),
            directory: None,
            device: 0,
        };
        self.copy(Path::new(source), destination, true);
        self.copy_open_directories();
    }

    fn copy(&mut self, path: &Path, destination: &Path, is_operand: bool) {
        let follow = match self.options.dereference {
            Dereference::Always => Follow::Yes,
            Dereference::Operands if is_operand => Follow::Yes,
            _ => Follow::No,
        };
        let stat = match sys::stat(path, follow) {
            Ok(stat) => stat,
            Err(error) => return self.fail_at("cannot stat", path, &error),
        };
        let source = Source {
            path,
            stat,
            kind: FileKind::of_mode(stat.mode),
            follow,
            is_operand,
        };
        if source.kind == FileKind::Directory && !self.options.recursive {
            return self.fail(&[b"-r not specified; omitting directory ", &name(path)]);
        }
        if is_operand {
            self.root.device = stat.dev;
            if self.several && !self.options.backup.is_wanted() && self.was_seen(&source) {
                return;
            }
        }
        let special_case = self.backs_up_itself(&source, destination);
        let destination = special_case.as_deref().unwrap_or(destination);
        let existing = match sys::stat(destination, self.destination_follow(&source)) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => match sys::stat(destination, Follow::No) {
                // A link that leads nowhere is removed when it cannot be opened.
                Ok(found) if self.options.force => Some(found),
                _ => return self.fail_at("cannot stat", destination, &error),
            },
        };
        let (existing, backup) = match &existing {
            None => (None, None),
            Some(found) => match self.clear(&source, destination, found) {
                Cleared::Skip => return,
                Cleared::Stays => (existing, None),
                Cleared::Gone(backup) => (None, backup),
            },
        };
        if source.kind == FileKind::Directory {
            return self.copy_directory(&source, destination, existing.is_some());
        }
        let moves = self.options.purpose == Purpose::Move;
        if !moves {
            self.tell(path, destination, backup.as_deref());
        }
        if self.link_to_earlier_copy(&source, destination, existing.is_some()) {
            return;
        }
        if moves {
            let backup = self.backup.take();
            self.tell(path, destination, backup.as_deref());
        }
        match self.options.kind {
            Kind::SymbolicLink => self.make_symbolic_link(path, destination),
            Kind::HardLink => self.make_hard_link(&source, destination),
            Kind::Data => self.copy_file_of_any_kind(&source, destination, existing.is_some()),
        }
        if is_operand
            && self.several
            && let Ok(made) = sys::stat(destination, Follow::No)
        {
            self.created.insert(identity(&made));
        }
    }

    /// With `--verbose`, says what is copied.
    fn tell(&mut self, source: &Path, destination: &Path, backup: Option<&Path>) {
        if !self.options.verbose {
            return;
        }
        let before: &[u8] = match self.options.purpose {
            Purpose::Copy => b"",
            Purpose::Move => b"copied ",
        };
        let (from, to) = (name(source), name(destination));
        match backup {
            Some(backup) => {
                let backup = name(backup);
                self.say(&[before, &from, b" -> ", &to, b" (backup: ", &backup, b")\n"]);
            }
            None => self.say(&[before, &from, b" -> ", &to, b"\n"]),
        }
    }

    fn confirms(&self, destination: &Path) -> bool {
        let question = [&b"overwrite "[..], &name(destination)].concat();
        stdio::confirms(self.options.purpose.applet(), &question)
    }

    /// Whether the operand was there before, under the same name.
    fn was_seen(&mut self, source: &Source) -> bool {
        let base = base_name(source.path.as_os_str()).to_owned();
        if self.sources.insert((identity(&source.stat), base)) {
            return false;
        }
        let what = match source.kind {
            FileKind::Directory => "directory",
            _ => "file",
        };
        let before = format!("warning: source {what} ");
        stdio::complain(
            self.options.purpose.applet(),
            &[
                before.as_bytes(),
                &name(source.path),
                b" specified more than once",
            ]
            .concat(),
        );
        true
    }

    /// With `--force --backup`, a file that is copied to itself becomes its own backup.
    fn backs_up_itself(&self, source: &Source, destination: &Path) -> Option<PathBuf> {
        let applies = self.options.force
            && self.options.backup.is_wanted()
            && source.kind == FileKind::Regular
            && source.path == destination;
        applies.then(|| self.options.backup.name(destination))
    }

    /// Whether a link in the place of the destination counts as itself.
    fn destination_follow(&self, source: &Source) -> Follow {
        let replaces = self.options.kind != Kind::Data
            || self.options.backup.is_wanted()
            || self.options.remove_destination;
        let as_data = match source.kind {
            FileKind::Regular => true,
            FileKind::Directory | FileKind::Symlink => false,
            _ => self.copies_contents(),
        };
        match as_data && !replaces {
            true => Follow::Yes,
            false => Follow::No,
        }
    }

    /// Whether special files are read, as `cp` does without `-R`.
    fn copies_contents(&self) -> bool {
        !self.options.recursive || self.options.copy_contents
    }

    /// Decides what becomes of a destination that exists.
    fn clear(&mut self, source: &Source, destination: &Path, found: &FileStat) -> Cleared {
        let is_directory = source.kind == FileKind::Directory;
        let onto_directory = FileKind::of_mode(found.mode) == FileKind::Directory;
        if self.options.overwrite == Overwrite::Never && !is_directory {
            return Cleared::Skip;
        }
        match same::compare(source.path, source.follow, destination, &self.options) {
            same::Same::No => {}
            same::Same::Done => return Cleared::Skip,
            same::Same::Refused => {
                let (from, to) = (name(source.path), name(destination));
                self.fail(&[&from, b" and ", &to, b" are the same file"]);
                return Cleared::Skip;
            }
        }
        if !is_directory {
            if self.options.update && found.modified() >= source.stat.modified() {
                return Cleared::Skip;
            }
            if self.options.overwrite == Overwrite::Ask && !self.confirms(destination) {
                return Cleared::Skip;
            }
        }
        if is_directory && !onto_directory {
            let (from, to) = (name(source.path), name(destination));
            let text = &b"cannot overwrite non-directory "[..];
            self.fail(&[text, &to, b" with directory ", &from]);
            return Cleared::Skip;
        }
        if !is_directory && onto_directory {
            let to = name(destination);
            self.fail(&[b"cannot overwrite directory ", &to, b" with non-directory"]);
            return Cleared::Skip;
        }
        if !is_directory
            && source.is_operand
            && !self.options.backup.is_numbered()
            && self.created.contains(&identity(found))
        {
            let (from, to) = (name(source.path), name(destination));
            self.fail(&[b"will not overwrite just-created ", &to, b" with ", &from]);
            return Cleared::Skip;
        }
        if self.options.backup.is_wanted() && !onto_directory {
            return self.back_up(source, destination);
        }
        let makes_way = self.options.remove_destination
            || (self.options.keep_links && found.nlink > 1)
            || (self.options.dereference == Dereference::Never && source.kind != FileKind::Regular);
        if onto_directory || !makes_way || self.options.kind != Kind::Data {
            return Cleared::Stays;
        }
        match self.remove(destination) {
            true => Cleared::Gone(None),
            false => Cleared::Skip,
        }
    }

    fn back_up(&mut self, source: &Source, destination: &Path) -> Cleared {
        let backup = self.options.backup.name(destination);
        let endangers_source = sys::stat(&backup, Follow::No)
            .is_ok_and(|found| identity(&found) == identity(&source.stat));
        if endangers_source {
            let (to, from) = (name(destination), name(source.path));
            let text = b" might destroy source;  ";
            self.fail(&[b"backing up ", &to, text, &from, b" not copied"]);
            return Cleared::Skip;
        }
        match std::fs::rename(destination, &backup) {
            Ok(()) => Cleared::Gone(Some(backup)),
            Err(error) => {
                self.fail_at("cannot backup", destination, &error);
                Cleared::Skip
            }
        }
    }

    /// Removes a destination, and says so with `-v`.
    fn remove(&mut self, destination: &Path) -> bool {
        if let Err(error) = std::fs::remove_file(destination)
            && error.kind() != ErrorKind::NotFound
        {
            self.fail_at("cannot remove", destination, &error);
            return false;
        }
        if self.options.verbose {
            self.say(&[b"removed ", &name(destination), b"\n"]);
        }
        true
    }

    fn copy_file_of_any_kind(&mut self, source: &Source, destination: &Path, exists: bool) {
        match source.kind {
            FileKind::Symlink => self.copy_symlink(source, destination),
            FileKind::Regular => self.copy_regular(source, destination, exists),
            _ if self.copies_contents() => self.copy_regular(source, destination, exists),
            kind => {
                let what = match kind {
                    FileKind::Fifo => "cannot create fifo",
                    _ => "cannot create special file",
                };
                self.fail(&[
                    what.as_bytes(),
                    b" ",
                    &name(destination),
                    b": Operation not supported",
                ]);
            }
        }
    }
}

fn name(path: &Path) -> Vec<u8> {
    quoted(path.as_os_str().as_bytes())
}
