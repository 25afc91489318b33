//! Removes one operand after another: what is refused, what is asked, and what directories hold.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Options, Preserve, When};
use crate::applets::cp::operands::last_part;
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, FileStat, Follow, OsStrExt, error_text};

/// One run: the options, and what became of the operands so far.
pub struct Remover {
    options: Options,
    out: BufWriter<io::Stdout>,
    written: io::Result<()>,
    failed: bool,
    /// The device of the operand.
    device: u64,
    /// The directories on the way down: a list and no recursion, because a guest's stack is short.
    open: Vec<Open>,
}

/// A directory whose content is being removed.
struct Open {
    path: PathBuf,
    names: std::vec::IntoIter<Entry>,
    /// Something in it is kept, and so it is, too.
    stays: bool,
    is_protected: bool,
}

struct Entry {
    name: OsString,
    /// Nothing where the directory does not tell.
    is_directory: Option<bool>,
}

impl Remover {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            out: BufWriter::with_capacity(64 << 10, io::stdout()),
            written: Ok(()),
            failed: false,
            device: 0,
            open: Vec::new(),
        }
    }

    /// Removes what `mv` has copied to another file system.
    pub fn of_move(verbose: bool) -> Self {
        Self::new(Options {
            applet: "mv",
            ask: When::Never,
            force: false,
            recursive: true,
            empty_directories: false,
            one_file_system: false,
            preserve: Preserve::Nothing,
            verbose,
        })
    }

    /// Ends the run with its status.
    pub fn finish(mut self) -> i32 {
        self.flush();
        let status = i32::from(self.failed);
        stdio::finish(self.options.applet, self.written, status)
    }

    /// Writes what was said so far.
    pub fn flush(&mut self) {
        if self.written.is_ok() {
            self.written = self.out.flush();
        }
    }

    /// Removes an operand.
    pub fn remove(&mut self, operand: &OsStr) {
        let path = Path::new(operand);
        match sys::stat(path, Follow::No) {
            Ok(stat) if self.options.recursive && !self.may_remove(path, &stat) => {}
            Ok(stat) => {
                self.device = stat.dev;
                self.visit(path, &stat);
            }
            Err(error) => self.fail(path, &error),
        }
        while let Some(open) = self.open.last_mut() {
            if let Some(entry) = open.names.next() {
                let path = open.path.join(&entry.name);
                self.visit_entry(&path, entry.is_directory);
            } else if let Some(done) = self.open.pop() {
                match done.stays {
                    true => self.keep_parent(),
                    false => {
                        self.remove_directory(&done.path, done.is_protected);
                    }
                }
            }
        }
    }

    /// Refuses the directories that no one means.
    fn may_remove(&mut self, path: &Path, stat: &FileStat) -> bool {
        let name = quoted(path.as_os_str().as_bytes());
        if matches!(last_part(path.as_os_str()).as_bytes(), b"." | b"..") {
            let text = b"refusing to remove '.' or '..' directory: skipping ";
            self.refuse(&[text, &name]);
            return false;
        }
        if self.options.preserve == Preserve::Nothing {
            return true;
        }
        let is_root = FileKind::of_mode(stat.mode) == FileKind::Directory
            && sys::stat("/", Follow::No)
                .is_ok_and(|root| (root.dev, root.ino) == (stat.dev, stat.ino));
        if is_root {
            let same: &[u8] = match path.as_os_str() == "/" {
                true => b"",
                false => b" (same as '/')",
            };
            self.refuse(&[b"it is dangerous to operate recursively on ", &name, same]);
            self.refuse(&[b"use --no-preserve-root to override this failsafe"]);
            return false;
        }
        let is_mount_point = self.options.preserve == Preserve::MountPoints
            && sys::stat(path.join(".."), Follow::Yes).is_ok_and(|above| above.dev != stat.dev);
        if is_mount_point {
            self.refuse(&[b"skipping ", &name, b", since it's on a different device"]);
            self.refuse(&[b"and --preserve-root=all is in effect"]);
        }
        !is_mount_point
    }

    /// Removes what a directory holds; its status is only looked at where it is needed.
    fn visit_entry(&mut self, path: &Path, is_directory: Option<bool>) {
        let plain = self.options.ask != When::Always && !self.options.one_file_system;
        match is_directory {
            Some(true) if plain => self.enter(path, false),
            Some(false) if plain => self.unlink(path),
            _ => match sys::stat(path, Follow::No) {
                Ok(stat) => self.visit(path, &stat),
                Err(error) => self.fail(path, &error),
            },
        }
    }

    fn visit(&mut self, path: &Path, stat: &FileStat) {
        let kind = FileKind::of_mode(stat.mode);
        let is_protected = is_write_protected(stat);
        if kind != FileKind::Directory {
            if self.confirms("remove", is_protected, kind_name(kind, stat), path) {
                self.unlink(path);
            }
            return;
        }
        if !self.options.recursive && !self.options.empty_directories {
            return self.fail(path, &io::Error::from_raw_os_error(libc::EISDIR));
        }
        if self.options.one_file_system && stat.dev != self.device {
            let name = quoted(path.as_os_str().as_bytes());
            return self.refuse(&[b"skipping ", &name, b", since it's on a different device"]);
        }
        self.enter(path, is_protected);
    }

    /// Opens a directory to remove its content; an empty one goes at once.
    fn enter(&mut self, path: &Path, is_protected: bool) {
        let names = match read_names(path) {
            Ok(names) => names,
            // An empty directory need not be readable.
            Err(error) if self.confirms("remove", is_protected, "directory", path) => {
                return match fs::remove_dir(path) {
                    Ok(()) => self.tell("removed directory ", path),
                    Err(_) => self.fail(path, &error),
                };
            }
            Err(_) => return self.keep_parent(),
        };
        if names.is_empty() {
            if !self.remove_directory(path, is_protected) {
                self.keep_parent();
            }
            return;
        }
        if !self.options.recursive {
            return self.fail(path, &io::Error::from_raw_os_error(libc::ENOTEMPTY));
        }
        if self.confirms("descend into", is_protected, "directory", path) {
            self.open.push(Open {
                path: path.to_path_buf(),
                names: names.into_iter(),
                stays: false,
                is_protected,
            });
        } else {
            self.keep_parent();
        }
    }

    /// Says whether it was to be removed.
    fn remove_directory(&mut self, path: &Path, is_protected: bool) -> bool {
        let confirmed = self.confirms("remove", is_protected, "directory", path);
        if confirmed {
            match fs::remove_dir(path) {
                Ok(()) => self.tell("removed directory ", path),
                Err(error) => self.fail(path, &error),
            }
        }
        confirmed
    }

    fn unlink(&mut self, path: &Path) {
        match fs::remove_file(path) {
            Ok(()) => self.tell("removed ", path),
            Err(error) => self.fail(path, &error),
        }
    }

    /// Asks, with `-i`. As with GNU, a directory is asked about even when something in it was to stay, unless that is a
    /// directory whose content was not looked at.
    fn confirms(&mut self, what: &str, is_protected: bool, kind: &str, path: &Path) -> bool {
        if self.options.ask != When::Always {
            return true;
        }
        let protected = if is_protected { "write-protected " } else { "" };
        let mut question = format!("{what} {protected}{kind} ").into_bytes();
        question.extend(quoted(path.as_os_str().as_bytes()));
        stdio::confirms(self.options.applet, &question)
    }

    fn keep_parent(&mut self) {
        if let Some(parent) = self.open.last_mut() {
            parent.stays = true;
        }
    }

    fn tell(&mut self, what: &str, path: &Path) {
        if self.options.verbose && self.written.is_ok() {
            let name = quoted(path.as_os_str().as_bytes());
            self.written = self
                .out
                .write_all(&[what.as_bytes(), &name, b"\n"].concat());
        }
    }

    /// With `--force`, what is not there is no failure.
    fn fail(&mut self, path: &Path, error: &io::Error) {
        let is_absent = matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput
        );
        if self.options.force && is_absent {
            return;
        }
        let name = quoted(path.as_os_str().as_bytes());
        let text = error_text(error);
        self.refuse(&[b"cannot remove ", &name, b": ", text.as_bytes()]);
    }

    fn refuse(&mut self, parts: &[&[u8]]) {
        stdio::complain(self.options.applet, &parts.concat());
        self.failed = true;
        self.keep_parent();
    }
}

/// All names at once, because removing changes the directory that is read.
fn read_names(directory: &Path) -> io::Result<Vec<Entry>> {
    let entries = fs::read_dir(directory)?.map(|entry| {
        let entry = entry?;
        let known = entry
            .file_type()
            .ok()
            .filter(|kind| kind.is_dir() || kind.is_file() || kind.is_symlink());
        Ok(Entry {
            name: entry.file_name(),
            is_directory: known.map(|kind| kind.is_dir()),
        })
    });
    entries.collect()
}

/// Whether the user of the sandbox may not write to the file. The system that runs the tests lets its user write.
pub fn is_write_protected(stat: &FileStat) -> bool {
    cfg!(target_os = "wasi")
        && stat.mode & 0o200 == 0
        && FileKind::of_mode(stat.mode) != FileKind::Symlink
}

fn kind_name(kind: FileKind, stat: &FileStat) -> &'static str {
    match kind {
        FileKind::Regular if stat.size == 0 => "regular empty file",
        FileKind::Regular => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::Fifo => "fifo",
        FileKind::Socket => "socket",
        FileKind::CharDevice => "character special file",
        FileKind::BlockDevice => "block special file",
        FileKind::Unknown => "weird file",
    }
}
