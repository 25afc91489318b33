//! Directories, and those above an operand that `--parents` makes.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{Copier, Open, Source, identity, name};
use crate::applets::cp::options::Purpose;
use crate::applets::cp::{join, without_slashes};
use crate::sys::quote::quoted_if_needed;
use crate::sys::{self, FileKind, FileStat, Follow, OsStrExt};

impl Copier {
    /// Copies an operand below a directory, under all of its path.
    pub fn copy_with_parents(&mut self, source: &OsStr, directory: &Path) {
        let source_path = without_slashes(source);
        let below = Path::new(source_path);
        let mut made = Vec::new();
        let mut parents: Vec<&Path> = below
            .ancestors()
            .skip(1)
            .filter(|parent| !parent.as_os_str().is_empty() && parent.as_os_str() != "/")
            .collect();
        parents.reverse();
        for parent in parents {
            let target = join(directory, parent.as_os_str());
            let stat = match sys::stat(parent, Follow::Yes) {
                Ok(stat) => stat,
                Err(error) => return self.fail_at("failed to get attributes of", parent, &error),
            };
            match sys::stat(&target, Follow::Yes) {
                Ok(found) if FileKind::of_mode(found.mode) == FileKind::Directory => {
                    if self.options.keep_mode || self.options.keep_times {
                        made.push((target, stat, false));
                    }
                    continue;
                }
                Ok(_) => {
                    let text = b" exists but is not a directory";
                    return self.fail(&[&name(&target), text]);
                }
                Err(_) => {}
            }
            if let Err(error) = std::fs::create_dir(&target) {
                return self.fail_at("cannot make directory", &target, &error);
            }
            if self.options.verbose {
                let from = quoted_if_needed(parent.as_os_str().as_bytes());
                let to = quoted_if_needed(target.as_os_str().as_bytes());
                self.say(&[&from, b" -> ", &to, b"\n"]);
            }
            made.push((target, stat, true));
        }
        self.copy_operand(source, &join(directory, source_path));
        for (target, stat, is_new) in made.into_iter().rev() {
            self.keep_attributes(&target, &stat, is_new);
        }
    }

    pub(super) fn copy_directory(&mut self, source: &Source, destination: &Path, exists: bool) {
        let id = identity(&source.stat);
        // GNU's cp gives up the whole directory here; we leave out the copy itself and go on with the rest.
        if self.root.directory == Some(id) {
            let (from, to) = (
                name(&self.root.source.clone()),
                name(&self.root.destination.clone()),
            );
            return self.fail(&[b"cannot copy a directory, ", &from, b", into itself, ", &to]);
        }
        if self.open.iter().any(|open| identity(&open.stat) == id) {
            return self.fail(&[b"cannot copy cyclic symbolic link ", &name(source.path)]);
        }
        if !exists {
            if let Err(error) = std::fs::create_dir(destination) {
                return self.fail_at("cannot create directory", destination, &error);
            }
            if self.options.verbose {
                let (from, to) = (name(source.path), name(destination));
                match self.options.purpose {
                    Purpose::Copy => self.say(&[&from, b" -> ", &to, b"\n"]),
                    Purpose::Move => self.say(&[b"created directory ", &to, b"\n"]),
                }
            }
        }
        if source.is_operand {
            // A directory that stood in the way is not mentioned.
            self.backup = None;
            self.root.directory = sys::stat(destination, Follow::Yes)
                .ok()
                .map(|stat| identity(&stat));
        }
        let crosses = self.options.one_file_system && source.stat.dev != self.root.device;
        let names = match crosses {
            true => Vec::new(),
            false => self.read_names(source.path),
        };
        self.open.push(Open {
            source: source.path.to_path_buf(),
            destination: destination.to_path_buf(),
            names: names.into_iter(),
            stat: source.stat,
            is_new: !exists,
        });
    }

    /// Copies what the directories that are open hold, and below them, until none is.
    pub(super) fn copy_open_directories(&mut self) {
        while let Some(open) = self.open.last_mut() {
            if let Some(entry) = open.names.next() {
                let (source, destination) =
                    (open.source.join(&entry), open.destination.join(&entry));
                self.copy(&source, &destination, false);
            } else if let Some(done) = self.open.pop() {
                self.keep_attributes(&done.destination, &done.stat, done.is_new);
            }
        }
    }

    /// All names at once: the copy may add to the directory that is read.
    fn read_names(&mut self, directory: &Path) -> Vec<OsString> {
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => {
                self.fail_at("cannot access", directory, &error);
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.push(entry.file_name()),
                Err(error) => {
                    self.fail_at("cannot access", directory, &error);
                    break;
                }
            }
        }
        names
    }

    /// Gives a directory the times and the mode it is to have.
    fn keep_attributes(&mut self, path: &Path, stat: &FileStat, is_new: bool) {
        if self.options.keep_times {
            self.keep_times(path, stat, Follow::Yes);
        }
        let mode = if self.options.keep_mode {
            stat.mode & 0o7777
        } else if is_new && !self.options.plain_mode {
            stat.mode & 0o777 & !sys::umask()
        } else {
            return;
        };
        if is_new && mode == 0o777 & !sys::umask() {
            return;
        }
        if let Err(error) = sys::chmod(path, mode) {
            self.fail_at("setting permissions for", path, &error);
        }
    }
}
