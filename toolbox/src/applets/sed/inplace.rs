//! Editing a file in place: a new file beside it takes its place.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt, process};

use super::{Fatal, fatal};

/// Symbolic links that lead to each other are not followed further.
const MOST_LINKS: usize = 40;
const MOST_TRIES: u32 = 100;

/// A file while it is edited.
pub struct Edit {
    target: PathBuf,
    temporary: PathBuf,
    mode: u32,
    /// The new file is where it belongs.
    done: bool,
}

impl Drop for Edit {
    fn drop(&mut self) {
        if !self.done {
            // The error that led here has been found already.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Edit {
    /// The new file for `target`, which is there. None is something that cannot be edited.
    pub fn begin(target: &Path) -> Result<(Edit, File), Fatal> {
        let name = target.as_os_str().as_bytes();
        let status = sys::stat(target, Follow::Yes)
            .map_err(|error| fatal("couldn't edit ", name, &error))?;
        if FileKind::of_mode(status.mode) != FileKind::Regular {
            return Err(Fatal {
                message: [b"couldn't edit ", name, b": not a regular file"].concat(),
                status: 4,
            });
        }
        let (temporary, file) = create_beside(target)?;
        let edit = Edit {
            target: target.to_owned(),
            temporary,
            mode: status.mode & 0o7777,
            done: false,
        };
        Ok((edit, file))
    }

    /// Puts the new file in the place of the old one, which stays under the name that `suffix` makes, if there is one.
    pub fn finish(mut self, suffix: Option<&OsStr>) -> Result<(), Fatal> {
        let rename = |from: &Path, to: &Path| {
            let name = from.as_os_str().as_bytes();
            fs::rename(from, to).map_err(|error| fatal("cannot rename ", name, &error))
        };
        // A file system without modes keeps its own.
        let _ = sys::chmod(&self.temporary, self.mode);
        if let Some(suffix) = suffix.filter(|suffix| !suffix.is_empty()) {
            rename(&self.target, &backup(&self.target, suffix))?;
        }
        rename(&self.temporary, &self.target)?;
        self.done = true;
        Ok(())
    }
}

/// The name of the old file: each `*` of the suffix stands for its name.
fn backup(target: &Path, suffix: &OsStr) -> PathBuf {
    let (name, suffix) = (target.as_os_str().as_bytes(), suffix.as_bytes());
    let mut backup = Vec::new();
    if !suffix.contains(&b'*') {
        backup.extend_from_slice(name);
    }
    for &byte in suffix {
        match byte {
            b'*' => backup.extend_from_slice(name),
            _ => backup.push(byte),
        }
    }
    PathBuf::from(OsString::from_vec(backup))
}

/// A new file in the directory of another one.
fn create_beside(target: &Path) -> Result<(PathBuf, File), Fatal> {
    let directory = target.parent().unwrap_or(Path::new(""));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut number = now.map_or(0, |now| now.subsec_nanos()) ^ process::id().0 << 12;
    let mut tries = 0;
    loop {
        let path = directory.join(format!("sed{number:08x}"));
        let created = OpenOptions::new().write(true).create_new(true).open(&path);
        match created {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < MOST_TRIES => {
                number = number.wrapping_add(0x9e37_79b9);
                tries += 1;
            }
            Err(error) => {
                let name = path.as_os_str().as_bytes();
                return Err(fatal("couldn't open temporary file ", name, &error));
            }
        }
    }
}

/// The file that a name stands for in the end.
pub fn follow(name: &OsStr) -> Result<PathBuf, Fatal> {
    let unreadable = |error: &io::Error| fatal("couldn't readlink ", name.as_bytes(), error);
    let mut path = PathBuf::from(name);
    for _ in 0..MOST_LINKS {
        let status = fs::symlink_metadata(&path).map_err(|error| unreadable(&error))?;
        if !status.is_symlink() {
            return Ok(path);
        }
        let target = fs::read_link(&path).map_err(|error| unreadable(&error))?;
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(unreadable(&io::Error::from_raw_os_error(libc::ELOOP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_is_named_by_the_suffix() {
        let name = |suffix: &str| backup(Path::new("f"), OsStr::new(suffix));
        assert_eq!(name(".bak"), Path::new("f.bak"));
        assert_eq!(name("old_*"), Path::new("old_f"));
        assert_eq!(name("d/*-*"), Path::new("d/f-f"));
    }
}
