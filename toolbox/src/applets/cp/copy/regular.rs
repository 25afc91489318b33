//! Regular files: their data, mode and times.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

use super::{Copier, Source, name};
use crate::applets::cp::data::{self, Failure};
use crate::applets::cp::options::Sparse;
use crate::sys::{self, FileStat, FileTimes, Follow, OsStrExt, error_text};

impl Copier {
    pub(super) fn copy_regular(&mut self, source: &Source, destination: &Path, exists: bool) {
        let mut from = match sys::open(source.path) {
            Ok(file) => file,
            Err(error) => {
                let text = error_text(&error);
                let from = name(source.path);
                return self.fail(&[b"cannot open ", &from, b" for reading: ", text.as_bytes()]);
            }
        };
        if self.options.clone {
            let (to, from) = (name(destination), name(source.path));
            let text = b": Operation not supported";
            return self.fail(&[b"failed to clone ", &to, b" from ", &from, text]);
        }
        let Some((mut to, is_new)) = self.open_destination(destination, exists) else {
            return;
        };
        if is_new && !self.options.plain_mode {
            let umask = sys::umask();
            let mode = source.stat.mode
                & 0o777
                & if self.options.keep_mode {
                    0o777
                } else {
                    !umask
                };
            // Set before the data comes, so that a private file is at no time a public one.
            if mode != 0o666 & !umask
                && let Err(error) = sys::chmod(destination, mode)
            {
                self.fail_at("setting permissions for", destination, &error);
            }
        }
        if !self.options.attributes_only {
            let holes = match self.options.sparse {
                Sparse::Never => false,
                Sparse::Always => true,
                Sparse::Auto => source.stat.blocks.saturating_mul(512) < source.stat.size,
            };
            match data::copy(&mut from, &mut to, source.stat.size, holes) {
                Ok(()) => {}
                Err(Failure::Reading(error)) => {
                    return self.fail_at("error reading", source.path, &error);
                }
                Err(Failure::Writing(error)) => {
                    return self.fail_at("error writing", destination, &error);
                }
            }
        }
        drop(to);
        if self.options.keep_times {
            self.keep_times(destination, &source.stat, Follow::Yes);
        }
        let mode = source.stat.mode & 0o7777;
        let set_already = is_new && mode & 0o7000 == 0;
        if self.options.keep_mode
            && !set_already
            && let Err(error) = sys::chmod(destination, mode)
        {
            self.fail_at("preserving permissions for", destination, &error);
        }
    }

    /// Opens the destination for writing; also says whether the file is new.
    pub(super) fn open_destination(
        &mut self,
        destination: &Path,
        exists: bool,
    ) -> Option<(File, bool)> {
        if exists {
            let truncate = !self.options.attributes_only;
            match OpenOptions::new()
                .write(true)
                .truncate(truncate)
                .open(destination)
            {
                Ok(file) => return Some((file, false)),
                Err(error) if !self.options.force => {
                    self.fail_at("cannot create regular file", destination, &error);
                    return None;
                }
                Err(_) if !self.remove(destination) => return None,
                Err(_) => {}
            }
        }
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(destination)
        {
            Ok(file) => Some((file, true)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.fail(&[b"not writing through dangling symlink ", &name(destination)]);
                None
            }
            Err(error) => {
                let to = name(destination);
                let text = match destination.as_os_str().as_bytes().ends_with(b"/") {
                    true => "Not a directory".to_owned(),
                    false => error_text(&error),
                };
                self.fail(&[b"cannot create regular file ", &to, b": ", text.as_bytes()]);
                None
            }
        }
    }

    pub(super) fn keep_times(&mut self, path: &Path, stat: &FileStat, follow: Follow) {
        if let Err(error) = sys::set_times(path, follow, stat.accessed(), stat.modified()) {
            self.fail_at("preserving times for", path, &error);
        }
    }
}
