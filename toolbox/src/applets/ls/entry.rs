//! One file of a listing, with as much of its status as the options need.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use unicode_width::UnicodeWidthChar;

use super::options::{Config, Dereference, Format, Indicator, Sort};
use crate::sys::{self, FileKind, FileStat, Follow, OsStrExt};

pub struct Entry {
    /// As the directory or the command line has it.
    pub name: Vec<u8>,
    /// As it is printed.
    pub shown: Vec<u8>,
    /// The columns that `shown` takes.
    pub width: usize,
    pub kind: FileKind,
    pub stat: Option<FileStat>,
    /// What a symbolic link holds, where it is printed.
    pub target: Option<Vec<u8>>,
    /// The mode of what a symbolic link leads to.
    pub target_mode: Option<u32>,
}

/// What of a status the options look at.
#[derive(Clone, Copy)]
pub struct Needs {
    /// All of the status, of every file.
    stat: bool,
    /// The mode of regular files.
    executable: bool,
    /// What symbolic links lead to, in their place.
    link: bool,
    /// What symbolic links lead to, beside them.
    target: bool,
}

impl Needs {
    pub fn of(config: &Config) -> Self {
        let long = config.format == Format::Long;
        Self {
            stat: long
                || config.inode
                || config.blocks
                || config.color
                || matches!(config.sort, Sort::Size | Sort::Time),
            link: config.dereference == Dereference::Always
                && (config.recursive
                    || config.directories_first
                    || config.indicator != Indicator::None),
            executable: config.indicator == Indicator::Classify,
            target: config.directories_first
                || config.color
                || (long && config.indicator >= Indicator::FileType),
        }
    }
}

impl Entry {
    fn new(name: &OsStr, kind: FileKind, stat: Option<FileStat>, config: &Config) -> Self {
        let name = name.as_bytes().to_vec();
        let shown = config.quoting.apply(&name);
        let width = match config.format {
            Format::OneColumn | Format::Long if config.sort != Sort::Width => 0,
            _ => display_width(&shown),
        };
        Self {
            name,
            shown,
            width,
            kind,
            stat,
            target: None,
            target_mode: None,
        }
    }

    /// A file of the command line.
    pub fn operand(name: &OsStr, config: &Config) -> io::Result<Self> {
        let path = Path::new(name);
        let stat = match config.dereference {
            Dereference::Always | Dereference::Operands => sys::stat(path, Follow::Yes)?,
            Dereference::Never => sys::stat(path, Follow::No)?,
            Dereference::OperandDirectories => match sys::stat(path, Follow::Yes) {
                Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Directory => stat,
                _ => sys::stat(path, Follow::No)?,
            },
        };
        let kind = FileKind::of_mode(stat.mode);
        let mut entry = Self::new(name, kind, Some(stat), config);
        entry.look_behind_link(path, Needs::of(config), config);
        Ok(entry)
    }

    /// A file of a directory. An error of its status comes beside the entry, which is listed without one.
    pub fn in_directory(
        directory: &Path,
        name: &OsStr,
        kind: FileKind,
        needs: Needs,
        config: &Config,
    ) -> (Self, Option<(PathBuf, io::Error)>) {
        let wanted = needs.stat
            || kind == FileKind::Unknown
            || (needs.link && kind == FileKind::Symlink)
            || (needs.executable && kind == FileKind::Regular);
        if !wanted {
            let mut entry = Self::new(name, kind, None, config);
            if needs.target && kind == FileKind::Symlink {
                entry.look_behind_link(&join(directory, name), needs, config);
            }
            return (entry, None);
        }
        let path = join(directory, name);
        let follow = match config.dereference {
            Dereference::Always => Follow::Yes,
            _ => Follow::No,
        };
        match sys::stat(&path, follow) {
            Ok(stat) => {
                let kind = FileKind::of_mode(stat.mode);
                let mut entry = Self::new(name, kind, Some(stat), config);
                entry.look_behind_link(&path, needs, config);
                (entry, None)
            }
            Err(error) => (Self::new(name, kind, None, config), Some((path, error))),
        }
    }

    fn look_behind_link(&mut self, path: &Path, needs: Needs, config: &Config) {
        if self.kind != FileKind::Symlink {
            return;
        }
        if config.format == Format::Long
            && let Ok(target) = std::fs::read_link(path)
        {
            self.target = Some(target.as_os_str().as_bytes().to_vec());
        }
        if needs.target {
            self.target_mode = sys::stat(path, Follow::Yes).ok().map(|stat| stat.mode);
        }
    }
}

/// The path of a name in a directory; names in `.` stand for themselves.
fn join(directory: &Path, name: &OsStr) -> PathBuf {
    if directory.as_os_str() == "." {
        return PathBuf::from(name);
    }
    directory.join(name)
}

/// The columns a terminal gives to the text.
pub fn display_width(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.iter().filter(|byte| !byte.is_ascii_control()).count();
    }
    text.utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars())
        .map(|character| character.width().unwrap_or(0))
        .sum()
}
