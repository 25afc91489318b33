//! What std cannot say on WASI (modes, owners, link counts), and how GNU's tools word and quote what they found.

mod access;
pub mod choice;
pub mod clock;
mod descriptor;
mod error;
pub mod identity;
pub mod locale;
mod mode;
pub mod mode_change;
pub mod number;
pub mod process;
pub mod quote;
pub mod random;
pub mod resolve;
pub mod signal;
pub mod strftime;
pub mod version;

use std::ffi::OsStr;
use std::fs::File;
use std::io;
#[cfg(unix)]
pub use std::os::unix::ffi::{OsStrExt, OsStringExt};
#[cfg(target_os = "wasi")]
pub use std::os::wasi::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

pub use access::{Access, effective_ids, may_access};
pub use descriptor::{Descriptor, close};
pub use error::error_text;
pub use mode::{FileKind, mode_text};
pub use process::umask;
pub use toolbox_abi::FileStat;

/// Opens a file to read. An empty path names none (POSIX 4.16), though libc of WASI takes it for the directory it is in.
pub fn open(path: impl AsRef<Path>) -> io::Result<File> {
    match path.as_ref().as_os_str().is_empty() {
        true => Err(io::Error::from_raw_os_error(libc::ENOENT)),
        false => File::open(path),
    }
}

/// Whether a symbolic link stands for the file it names or for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Yes,
    No,
}

/// A time of a file, as seconds and nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// The times that `FileStat` has, in one type.
pub trait FileTimes {
    fn accessed(&self) -> Timestamp;
    fn modified(&self) -> Timestamp;
    fn changed(&self) -> Timestamp;
    fn born(&self) -> Option<Timestamp>;
}

impl FileTimes for FileStat {
    fn accessed(&self) -> Timestamp {
        Timestamp {
            seconds: self.atime_sec,
            nanoseconds: self.atime_nsec,
        }
    }

    fn modified(&self) -> Timestamp {
        Timestamp {
            seconds: self.mtime_sec,
            nanoseconds: self.mtime_nsec,
        }
    }

    fn changed(&self) -> Timestamp {
        Timestamp {
            seconds: self.ctime_sec,
            nanoseconds: self.ctime_nsec,
        }
    }

    fn born(&self) -> Option<Timestamp> {
        (self.btime_sec != toolbox_abi::TIME_UNKNOWN).then_some(Timestamp {
            seconds: self.btime_sec,
            nanoseconds: self.btime_nsec,
        })
    }
}

/// Makes ready what differs between the system and our kernel, before the program begins.
pub fn start() {
    system::start();
}

/// The status of a file.
pub fn stat(path: impl AsRef<Path>, follow: Follow) -> io::Result<FileStat> {
    system::stat(path.as_ref(), follow)
}

/// Sets the permission bits (`0o7777`) of a file, through symbolic links.
pub fn chmod(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    system::chmod(path.as_ref(), mode)
}

/// Makes a symbolic link at `link` that holds `target`, whatever that is.
pub fn symlink(target: &OsStr, link: &Path) -> io::Result<()> {
    system::symlink(target, link)
}

/// Sets both times of a file; with `Follow::No`, those of a symbolic link itself.
pub fn set_times(
    path: &Path,
    follow: Follow,
    accessed: Timestamp,
    modified: Timestamp,
) -> io::Result<()> {
    system::set_times(path, follow, accessed, modified)
}

/// The name of a user, where there is one.
pub fn user_name(uid: u32) -> Option<&'static str> {
    identity::by_id(uid).map(|account| account.name)
}

/// The name of a group, where there is one.
pub fn group_name(gid: u32) -> Option<&'static str> {
    identity::by_id(gid).map(|account| account.name)
}

/// The major part of a device number.
pub fn major(device: u64) -> u64 {
    (device >> 8 & 0xfff) | (device >> 32 & 0xffff_f000)
}

/// The minor part of a device number.
pub fn minor(device: u64) -> u64 {
    (device & 0xff) | (device >> 12 & 0xffff_ff00)
}

#[cfg(target_os = "wasi")]
#[path = "wasi.rs"]
mod system;
#[cfg(target_os = "wasi")]
use system::succeeded;
#[cfg(unix)]
#[path = "native.rs"]
mod system;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_numbers_come_apart_as_linux_puts_them_together() {
        assert_eq!((major(259), minor(259)), (1, 3));
        assert_eq!((major(0xfe00), minor(0xfe00)), (254, 0));
        assert_eq!(
            (major(0x1000_0012_3456), minor(0x1000_0012_3456)),
            (0x1234, 0x156)
        );
    }

    #[test]
    fn the_sandbox_has_two_accounts() {
        assert_eq!(user_name(0), Some("root"));
        assert_eq!(group_name(1000), Some("agent"));
        assert_eq!(user_name(4242), None);
    }
}
