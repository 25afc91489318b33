//! `ln`: makes hard and symbolic links.

mod options;
mod relative;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use options::{Options, Replace};

use super::cp::copy::links::resolve_links;
use super::cp::copy::{Identity, identity};
use super::cp::operands::{directory_of, join, last_part};
use super::cp::same::is_one_name;
use crate::getopt::UsageError;
use crate::stdio;
use crate::sys::quote::{quoted, quoted_if_needed};
use crate::sys::{self, FileKind, FileStat, Follow, OsStrExt, error_text};

const NAME: &str = "ln";

pub fn main(args: &[OsString]) -> i32 {
    let (options, operands) = match options::read(args) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let (directory, sources) = match arrange(&options, operands) {
        Ok(arranged) => arranged,
        Err(status) => return status,
    };
    let mut linker = Linker {
        // Only hard links that replace others without a question would lose a file.
        guards_created: sources.len() > 1
            && options.replace == Replace::Always
            && !options.symbolic
            && !options.backup.is_numbered(),
        options,
        out: BufWriter::new(io::stdout()),
        created: BTreeSet::new(),
    };
    let failed = match (directory, sources.as_slice()) {
        (Some(directory), sources) => sources
            .iter()
            .filter(|source| !linker.link(source, &join(&directory, last_part(source))))
            .count(),
        (None, [source, link]) => usize::from(!linker.link(source, Path::new(link))),
        (None, _) => 0,
    };
    stdio::finish(NAME, linker.out.flush(), i32::from(failed > 0))
}

/// The directory that all links go into; without one, there are two operands, a target and a link.
fn arrange(
    options: &Options,
    mut operands: Vec<OsString>,
) -> Result<(Option<PathBuf>, Vec<OsString>), i32> {
    let usage = |text: &[u8], name: &OsStr| {
        let text = [text, &quoted(name.as_bytes())].concat();
        Err(UsageError::new(NAME, text).report(1))
    };
    if let Some(directory) = &options.target_directory {
        return Ok((Some(PathBuf::from(directory)), operands));
    }
    if options.no_target_directory {
        return match operands.as_slice() {
            [only] => usage(b"missing destination file operand after ", only),
            [_, _, extra, ..] => usage(b"extra operand ", extra),
            _ => Ok((None, operands)),
        };
    }
    if operands.len() == 1 {
        return Ok((Some(PathBuf::from(".")), operands));
    }
    let last = operands.pop().unwrap_or_default();
    let follow = match options.no_dereference {
        true => Follow::No,
        false => Follow::Yes,
    };
    let problem = match sys::stat(&last, follow) {
        Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Directory => {
            return Ok((Some(PathBuf::from(last)), operands));
        }
        Ok(_) => io::Error::from_raw_os_error(libc::ENOTDIR),
        Err(error) => error,
    };
    if operands.len() > 1 {
        fail_at("target ", &last, &problem);
        return Err(1);
    }
    operands.push(last);
    Ok((None, operands))
}

/// One run: the options, and the links so far.
struct Linker {
    options: Options,
    out: BufWriter<io::Stdout>,
    guards_created: bool,
    /// The hard links so far that are guarded, by what they are and where.
    created: BTreeSet<(PathBuf, Identity)>,
}

/// What became of the file in the place of a link.
enum Cleared {
    /// The link is not made; whether that is what was asked for.
    Skip(bool),
    Ready {
        replace: bool,
        backup: Option<PathBuf>,
    },
}

impl Linker {
    /// Makes one link; says what went wrong and returns false when it cannot.
    fn link(&mut self, source: &OsStr, link: &Path) -> bool {
        let stat = match self.stat_source(source) {
            Ok(stat) => stat,
            Err(()) => return false,
        };
        let (replace, backup) = match self.clear(source, stat.as_ref(), link) {
            Cleared::Skip(wanted) => return wanted,
            Cleared::Ready { replace, backup } => (replace, backup),
        };
        let target: Cow<OsStr> = match self.options.relative && !source.is_empty() {
            true => relative::from_directory(directory_of(link), Path::new(source))
                .into_os_string()
                .into(),
            false => source.into(),
        };
        let made = match self.make(&target, link) {
            Err(error) if replace && error.kind() == ErrorKind::AlreadyExists => {
                self.make_over(&target, link)
            }
            made => made,
        };
        if let Err(error) = made {
            self.report(&target, link, &error);
            if let Some(backup) = backup
                && let Err(error) = fs::rename(backup, link)
            {
                fail_at("cannot un-backup ", link.as_os_str(), &error);
            }
            return false;
        }
        if self.guards_created
            && let Some(stat) = stat
        {
            self.created.insert((link.to_path_buf(), identity(&stat)));
        }
        if self.options.verbose {
            let arrow: &[u8] = if self.options.symbolic {
                b" -> "
            } else {
                b" => "
            };
            let before = match backup {
                Some(backup) => [&name(&backup), &b" ~ "[..]].concat(),
                None => Vec::new(),
            };
            let line = [
                &before,
                &name(link),
                arrow,
                &quoted(target.as_bytes()),
                b"\n",
            ]
            .concat();
            // What cannot be written is found when the buffer is flushed.
            let _ = self.out.write_all(&line);
        }
        true
    }

    /// The status of what is linked to, which a symbolic link does not need.
    fn stat_source(&self, source: &OsStr) -> Result<Option<FileStat>, ()> {
        if self.options.symbolic {
            return Ok(sys::stat(source, Follow::Yes).ok());
        }
        let follow = match self.options.logical {
            true => Follow::Yes,
            false => Follow::No,
        };
        let stat = sys::stat(source, follow)
            .map_err(|error| fail_at("failed to access ", source, &error))?;
        if FileKind::of_mode(stat.mode) == FileKind::Directory && !self.options.directories {
            let source = quoted_if_needed(source.as_bytes());
            let text = b": hard link not allowed for directory";
            stdio::complain(NAME, &[&source, &text[..]].concat());
            return Err(());
        }
        Ok(Some(stat))
    }

    /// Decides what becomes of a file in the place of the link.
    fn clear(&self, source: &OsStr, stat: Option<&FileStat>, link: &Path) -> Cleared {
        let backs_up = self.options.backup.is_wanted();
        let mut replace = self.options.replace == Replace::Always;
        let as_it_is = Cleared::Ready {
            replace,
            backup: None,
        };
        if self.options.replace == Replace::Never && !backs_up {
            return as_it_is;
        }
        let found = match sys::stat(link, Follow::No) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return as_it_is,
            Err(error) => {
                fail_at("failed to access ", link.as_os_str(), &error);
                return Cleared::Skip(false);
            }
        };
        if FileKind::of_mode(found.mode) == FileKind::Directory {
            let link = quoted_if_needed(link.as_os_str().as_bytes());
            stdio::complain(
                NAME,
                &[&link, &b": cannot overwrite directory"[..]].concat(),
            );
            return Cleared::Skip(false);
        }
        let (from, to) = (quoted(source.as_bytes()), name(link));
        let created = (link.to_path_buf(), identity(&found));
        if self.created.contains(&created) {
            let text = b"will not overwrite just-created ";
            stdio::complain(NAME, &[&text[..], &to, b" with ", &from].concat());
            return Cleared::Skip(false);
        }
        // With `-i`, the answer decides.
        let is_same = (replace || backs_up)
            && !(self.options.symbolic && backs_up)
            && stat.is_some_and(|stat| {
                identity(stat) == identity(&found) && is_one_name(Path::new(source), link, &found)
            });
        if is_same {
            let text = [&from, &b" and "[..], &to, b" are the same file"].concat();
            stdio::complain(NAME, &text);
            return Cleared::Skip(false);
        }
        if self.options.replace == Replace::Ask {
            if !stdio::confirms(NAME, &[&b"replace "[..], &to].concat()) {
                return Cleared::Skip(true);
            }
            replace = true;
        }
        let mut backup = None;
        if backs_up {
            let kept = self.options.backup.name(link);
            if let Err(error) = fs::rename(link, &kept) {
                fail_at("cannot backup ", link.as_os_str(), &error);
                return Cleared::Skip(false);
            }
            // Renaming one name of a file to another one of its names does nothing.
            replace |= sys::stat(link, Follow::No).is_ok();
            backup = Some(kept);
        }
        Cleared::Ready { replace, backup }
    }

    fn make(&self, target: &OsStr, link: &Path) -> io::Result<()> {
        // WASI would take an empty name for the working directory.
        let ends_in_nothing = link.as_os_str().as_bytes().ends_with(b"/") && link.is_dir();
        if target.is_empty() || link.as_os_str().is_empty() || ends_in_nothing {
            return Err(io::Error::from_raw_os_error(libc::ENOENT));
        }
        if self.options.symbolic {
            return sys::symlink(target, link);
        }
        match self.options.logical {
            true => fs::hard_link(resolve_links(Path::new(target)), link),
            false => fs::hard_link(target, link),
        }
    }

    /// Makes the link beside the file that it replaces, which so stays until there is one.
    fn make_over(&self, target: &OsStr, link: &Path) -> io::Result<()> {
        for number in 0..u32::MAX {
            let beside = directory_of(link).join(format!(".ln-{number}~"));
            match self.make(target, &beside) {
                Ok(()) => {
                    let renamed = fs::rename(&beside, link);
                    // It is still there when the rename failed, or both were one file.
                    let _ = fs::remove_file(&beside);
                    return renamed;
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::from_raw_os_error(libc::EEXIST))
    }

    fn report(&self, target: &OsStr, link: &Path, error: &io::Error) {
        let (what, arrow, names_target) = match self.options.symbolic {
            true => ("symbolic link", " -> ", target.is_empty()),
            false => ("hard link", " => ", !is_about_the_link(error)),
        };
        let mut text = format!("failed to create {what} ").into_bytes();
        text.extend(name(link));
        if names_target {
            text.extend_from_slice(arrow.as_bytes());
            text.extend(quoted(target.as_bytes()));
        }
        text.extend_from_slice(format!(": {}", error_text(error)).as_bytes());
        stdio::complain(NAME, &text);
    }
}

/// Whether a hard link failed for what is the matter where it was to be.
fn is_about_the_link(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AlreadyExists
            | ErrorKind::QuotaExceeded
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::StorageFull
    )
}

fn name(path: &Path) -> Vec<u8> {
    quoted(path.as_os_str().as_bytes())
}

/// `problem 'path': the system's text`.
fn fail_at(problem: &str, path: &OsStr, error: &io::Error) {
    let text = error_text(error);
    let path = quoted(path.as_bytes());
    stdio::complain(
        NAME,
        &[problem.as_bytes(), &path, b": ", text.as_bytes()].concat(),
    );
}
