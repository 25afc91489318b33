//! The same operations as system calls on a plain directory.

use std::fs::File as HostFile;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{
    self, AtFlags, Dir, Mode, OFlags, ResolveFlags, Timespec, Timestamps, UTIME_OMIT,
};
use rustix::io::Errno as Host;

use super::super::*;
use super::operation::{Change, Open, Operation, describe};

/// A plain directory, taken for the root by every resolution (openat2, RESOLVE_IN_ROOT).
pub struct Linux {
    root: OwnedFd,
    held: Vec<(HostFile, OpenOptions)>,
}

impl Linux {
    pub fn new(path: &Path) -> Self {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        Self {
            root: fs::open(path, flags, Mode::empty()).expect("it was just made"),
            held: Vec::new(),
        }
    }

    fn open(&self, path: &[u8], flags: OFlags) -> io::Result<OwnedFd> {
        let mode = match flags.contains(OFlags::CREATE) {
            true => Mode::from_raw_mode(0o644),
            false => Mode::empty(),
        };
        loop {
            // EAGAIN: something was renamed somewhere while this went through `..`.
            match fs::openat2(&self.root, path, flags, mode, ResolveFlags::IN_ROOT) {
                Err(Host::AGAIN) => {}
                opened => return Ok(opened?),
            }
        }
    }

    fn look(&self, path: &[u8], follow: Follow) -> io::Result<OwnedFd> {
        let mut flags = OFlags::PATH;
        flags.set(OFlags::NOFOLLOW, follow == Follow::No);
        self.open(path, flags)
    }

    /// The directory of a path, and its last name with the slashes behind it.
    fn parent<'a>(&self, path: &'a [u8]) -> io::Result<(OwnedFd, &'a [u8])> {
        let end = path.iter().rposition(|&byte| byte != b'/').unwrap_or(0);
        let slash = path[..end].iter().rposition(|&byte| byte == b'/');
        let (parent, name) = path.split_at(slash.map_or(0, |slash| slash + 1));
        Ok((self.open(parent, OFlags::PATH | OFlags::DIRECTORY)?, name))
    }

    pub fn apply(&mut self, operation: &Operation) -> Result<String, Errno> {
        Ok(self.call(operation)?)
    }

    fn call(&mut self, operation: &Operation) -> io::Result<String> {
        let done = |()| String::new();
        copied(operation)?;
        match operation {
            Operation::Open(open) => {
                let file = HostFile::from(self.open(&open.path, flags(&open.options))?);
                if file.metadata()?.is_dir() {
                    return Ok("a directory".to_owned());
                }
                let result = change(&file, &open.options, open.change);
                if open.is_held {
                    self.held.push((file, open.options));
                }
                result
            }
            Operation::Held(index, with) => match self.held.get(*index) {
                Some((file, options)) => change(file, options, *with),
                None => Ok("nothing".to_owned()),
            },
            Operation::CreateDir(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::mkdirat(parent, name, Mode::from_raw_mode(0o755)).map(done)?)
            }
            Operation::RemoveDir(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::unlinkat(parent, name, AtFlags::REMOVEDIR).map(done)?)
            }
            Operation::RemoveFile(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::unlinkat(parent, name, AtFlags::empty()).map(done)?)
            }
            Operation::Rename(from, to) => {
                let ((from_dir, from), (to_dir, to)) = (self.parent(from)?, self.parent(to)?);
                Ok(fs::renameat(from_dir, from, to_dir, to).map(done)?)
            }
            Operation::Link(from, to) => {
                // `link` looks the whole first path up before the second one.
                let file = HostFile::from(self.look(from, Follow::No)?);
                if file.metadata()?.is_dir() {
                    // It may be that of a link with `/` behind it, which leads out of the root.
                    self.refuse_new(to)?;
                    refuse_slash(to)?;
                    return Err(Host::PERM.into());
                }
                let ((from_dir, from), (to_dir, to)) = (self.parent(from)?, self.parent(to)?);
                Ok(fs::linkat(from_dir, from, to_dir, to, AtFlags::empty()).map(done)?)
            }
            Operation::Symlink(target, path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::symlinkat(&target[..], parent, name).map(done)?)
            }
            Operation::ReadLink(path) => {
                let link = self.look(path, Follow::No)?;
                if HostFile::from(link.try_clone()?).metadata()?.is_dir() {
                    // With an empty path Linux says ENOENT for what is no link.
                    return Err(Host::INVAL.into());
                }
                match fs::readlinkat(link, "", Vec::new()) {
                    Err(Host::NOENT) => Err(Host::INVAL.into()),
                    target => Ok(format!("{:?}", target?.as_bytes())),
                }
            }
            Operation::Chmod(path, mode) => {
                let file = self.open(path, OFlags::RDONLY)?;
                Ok(fs::fchmod(file, Mode::from_raw_mode(*mode)).map(done)?)
            }
            Operation::SetModified(_, _, None) => Ok(String::new()),
            Operation::SetModified(path, follow, Some(seconds)) => {
                let file = self.look(path, *follow)?;
                let times = modified(*seconds);
                Ok(fs::utimensat(file, "", &times, AtFlags::EMPTY_PATH).map(done)?)
            }
            Operation::Stat(path, follow) => stat(&HostFile::from(self.look(path, *follow)?)),
            Operation::List(path) => {
                let directory = self.open(path, OFlags::RDONLY | OFlags::DIRECTORY)?;
                let mut names = Vec::new();
                for entry in Dir::new(directory)? {
                    names.push(entry?.file_name().to_bytes().to_vec());
                }
                names.retain(|name| name != b"." && name != b"..");
                names.sort();
                Ok(format!("{names:?}"))
            }
        }
    }

    /// What an operation gives where the directory is mounted read-only.
    pub fn apply_read_only(&mut self, operation: &Operation) -> Result<String, Errno> {
        Ok(self.refused(operation)?)
    }

    /// Linux walks to the last name, then looks whether it may write: before it
    /// looks at that name, if the name is to go; after, if it is to be made.
    fn refused(&mut self, operation: &Operation) -> io::Result<String> {
        copied(operation)?;
        let read_only = Err(Host::ROFS.into());
        match operation {
            Operation::Open(open) => self.open_read_only(open),
            Operation::CreateDir(path) => {
                self.refuse_new(path)?;
                read_only
            }
            Operation::Symlink(_, path) => {
                self.refuse_new(path)?;
                refuse_slash(path)?;
                read_only
            }
            Operation::Link(from, to) => {
                self.look(from, Follow::No)?;
                self.refuse_new(to)?;
                refuse_slash(to)?;
                read_only
            }
            Operation::RemoveDir(path) => match last_name(self.parent(path)?.1) {
                b"." => Err(Host::INVAL.into()),
                b".." => Err(Host::NOTEMPTY.into()),
                _ => read_only,
            },
            Operation::RemoveFile(path) => match last_name(self.parent(path)?.1) {
                b"." | b".." => Err(Host::ISDIR.into()),
                _ => read_only,
            },
            Operation::Rename(from, to) => {
                let ((_, from), (_, to)) = (self.parent(from)?, self.parent(to)?);
                match [from, to].map(last_name) {
                    [b"." | b"..", _] | [_, b"." | b".."] => Err(Host::BUSY.into()),
                    _ => read_only,
                }
            }
            Operation::Chmod(path, _) => {
                self.look(path, Follow::Yes)?;
                read_only
            }
            Operation::SetModified(path, follow, Some(_)) => {
                self.look(path, *follow)?;
                read_only
            }
            _ => self.call(operation),
        }
    }

    fn refuse_new(&self, path: &[u8]) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        let name = last_name(name);
        if matches!(name, b"." | b"..") {
            return Err(Host::EXIST.into());
        }
        match fs::openat(parent, name, OFlags::PATH | OFlags::NOFOLLOW, Mode::empty()) {
            Err(Host::NOENT) => Ok(()),
            Err(errno) => Err(errno.into()),
            Ok(_) => Err(Host::EXIST.into()),
        }
    }

    /// Opens as if it could be written to, which tells of every error but EROFS;
    /// a file made by that is removed again.
    fn open_read_only(&self, open: &Open) -> io::Result<String> {
        let options = OpenOptions {
            write: open.options.write || open.options.truncate,
            truncate: false,
            ..open.options
        };
        let existed = self.look(&open.path, Follow::Yes).is_ok();
        let file = HostFile::from(self.open(&open.path, flags(&options))?);
        if file.metadata()?.is_dir() {
            return Ok("a directory".to_owned());
        }
        if !existed {
            let link = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
            fs::unlink(fs::readlink(link, Vec::new())?)?;
        }
        let sets_times = matches!(open.change.fit(&options), Change::SetModified(_));
        if !existed || options.write || sets_times {
            return Err(Host::ROFS.into());
        }
        change(&file, &options, open.change)
    }
}

/// The paths are looked at as texts before they are resolved, the first one first.
fn copied(operation: &Operation) -> io::Result<()> {
    let check = |path: &[u8]| match path.len() {
        0 => Err(Host::NOENT.into()),
        1..=4095 => Ok(()),
        _ => Err(Host::NAMETOOLONG.into()),
    };
    match operation {
        Operation::Held(..) | Operation::SetModified(_, _, None) => Ok(()),
        Operation::Rename(one, two) | Operation::Link(one, two) | Operation::Symlink(one, two) => {
            check(one).and_then(|()| check(two))
        }
        Operation::Open(Open { path, .. })
        | Operation::CreateDir(path)
        | Operation::RemoveDir(path)
        | Operation::RemoveFile(path)
        | Operation::ReadLink(path)
        | Operation::Stat(path, _)
        | Operation::Chmod(path, _)
        | Operation::SetModified(path, ..)
        | Operation::List(path) => check(path),
    }
}

/// A last name without the slashes behind it.
fn last_name(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|&byte| byte != b'/');
    &name[..end.map_or(0, |end| end + 1)]
}

fn refuse_slash(path: &[u8]) -> io::Result<()> {
    match path.ends_with(b"/") {
        true => Err(Host::NOENT.into()),
        false => Ok(()),
    }
}

fn flags(options: &OpenOptions) -> OFlags {
    let mut flags = match (options.read, options.write) {
        (true, true) => OFlags::RDWR,
        (_, true) => OFlags::WRONLY,
        _ => OFlags::RDONLY,
    };
    flags.set(OFlags::APPEND, options.append);
    flags.set(OFlags::CREATE, options.create);
    // Without O_CREAT, O_EXCL has no defined meaning.
    flags.set(OFlags::EXCL, options.create && options.exclusive);
    flags.set(OFlags::TRUNC, options.truncate);
    flags.set(OFlags::DIRECTORY, options.directory);
    flags.set(OFlags::NOFOLLOW, options.follow == Follow::No);
    flags
}

fn modified(seconds: u64) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT as _,
        },
        last_modification: Timespec {
            tv_sec: seconds as _,
            tv_nsec: 0,
        },
    }
}

fn stat(file: &HostFile) -> io::Result<String> {
    let metadata = super::super::host::metadata_of(file);
    Ok(describe(&metadata.map_err(|_| io::ErrorKind::Other)?))
}

fn change(file: &HostFile, options: &OpenOptions, change: Change) -> io::Result<String> {
    match change.fit(options) {
        Change::Read(offset) => {
            let mut buffer = [7; 16];
            let count = file.read_at(&mut buffer, offset)?;
            return Ok(format!("{:?}", &buffer[..count]));
        }
        Change::Write(offset) => drop(file.write_at(b"text", offset)?),
        Change::SetLen(size) => file.set_len(size)?,
        Change::SetModified(seconds) => fs::futimens(file, &modified(seconds))?,
        Change::Stat => {}
    }
    stat(file)
}
