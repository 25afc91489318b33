//! The same calls over the system that runs the unit tests.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

use toolbox_abi::TIME_UNKNOWN;

use super::{FileStat, Follow, Timestamp};

/// A pipe without a reader ends the process, as our kernel has it; std has made it an error.
pub fn start() {
    // SAFETY: the default action needs no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

pub fn stat(path: &Path, follow: Follow) -> io::Result<FileStat> {
    let metadata = match follow {
        Follow::Yes => std::fs::metadata(path)?,
        Follow::No => std::fs::symlink_metadata(path)?,
    };
    let born = metadata
        .created()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Ok(FileStat {
        dev: metadata.dev(),
        ino: metadata.ino(),
        rdev: metadata.rdev(),
        size: metadata.size(),
        blocks: metadata.blocks(),
        mode: metadata.mode(),
        nlink: u32::try_from(metadata.nlink()).unwrap_or(u32::MAX),
        uid: metadata.uid(),
        gid: metadata.gid(),
        blksize: u32::try_from(metadata.blksize()).unwrap_or(4096),
        reserved: 0,
        atime_sec: metadata.atime(),
        mtime_sec: metadata.mtime(),
        ctime_sec: metadata.ctime(),
        btime_sec: born.map_or(TIME_UNKNOWN, |time| time.as_secs().cast_signed()),
        atime_nsec: nanoseconds(metadata.atime_nsec()),
        mtime_nsec: nanoseconds(metadata.mtime_nsec()),
        ctime_nsec: nanoseconds(metadata.ctime_nsec()),
        btime_nsec: born.map_or(0, |time| time.subsec_nanos()),
    })
}

fn nanoseconds(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

pub fn chmod(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

pub fn symlink(target: &OsStr, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

pub fn set_times(
    path: &Path,
    follow: Follow,
    accessed: Timestamp,
    modified: Timestamp,
) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let flags = match follow {
        Follow::Yes => 0,
        Follow::No => libc::AT_SYMLINK_NOFOLLOW,
    };
    let times = [accessed, modified].map(|time| libc::timespec {
        tv_sec: time.seconds,
        tv_nsec: i64::from(time.nanoseconds),
    });
    // SAFETY: `path` is NUL-terminated and `times` has two elements, as utimensat(2) asks.
    let status = unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), flags) };
    match status {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
