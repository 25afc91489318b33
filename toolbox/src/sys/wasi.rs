//! The same calls over the host's own imports and wasi-libc.

use std::ffi::{CString, OsStr};
use std::io;
use std::mem::MaybeUninit;
use std::os::wasi::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{FileStat, Follow, Timestamp};

/// The kernel has everything ready.
pub fn start() {}

pub fn stat(path: &Path, follow: Follow) -> io::Result<FileStat> {
    let path = absolute(path)?;
    let bytes = path.as_os_str().as_bytes();
    let follow = u32::from(follow == Follow::Yes);
    let mut found = MaybeUninit::<FileStat>::uninit();
    // SAFETY: `bytes` is valid for reading its length, and `found` for writing one `FileStat`.
    let errno =
        unsafe { toolbox_abi::path_stat(bytes.as_ptr(), bytes.len(), follow, found.as_mut_ptr()) };
    succeeded(errno)?;
    // SAFETY: the host reported success, so it has written all of `found`; any bytes are a `FileStat`.
    Ok(unsafe { found.assume_init() })
}

pub fn chmod(path: &Path, mode: u32) -> io::Result<()> {
    let path = absolute(path)?;
    let bytes = path.as_os_str().as_bytes();
    // SAFETY: `bytes` is valid for reading its length.
    succeeded(unsafe { toolbox_abi::path_chmod(bytes.as_ptr(), bytes.len(), mode) })
}

pub fn symlink(target: &OsStr, link: &Path) -> io::Result<()> {
    let target = CString::new(target.as_bytes())?;
    let link = CString::new(link.as_os_str().as_bytes())?;
    // SAFETY: both strings are NUL-terminated.
    match unsafe { libc::symlink(target.as_ptr(), link.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
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
        tv_nsec: time.nanoseconds.cast_signed(),
    });
    // SAFETY: `path` is NUL-terminated and `times` has two elements, as utimensat(2) asks.
    let status = unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), flags) };
    match status {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The path as the host knows it. An empty path names nothing and stays an error.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    if path.is_absolute() {
        return Ok(path.to_path_buf());
    }
    Ok(std::env::current_dir()?.join(path))
}

/// The error that a call of ours reports.
pub fn succeeded(errno: u32) -> io::Result<()> {
    match i32::try_from(errno) {
        Ok(0) => Ok(()),
        Ok(errno) => Err(io::Error::from_raw_os_error(errno)),
        Err(_) => Err(io::Error::from_raw_os_error(libc::EIO)),
    }
}
