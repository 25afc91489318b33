//! The file systems and the mount table: what the kernel may ask of a file tree.
//!
//! Paths inside a file system are bytes relative to its root, with `/` between
//! the names and no leading `/`; the root itself is empty. File names are any
//! bytes but `/` and NUL.

mod device;
mod errno;
mod host;
mod journal;
#[cfg(test)]
mod journal_tests;
#[cfg(all(test, target_os = "linux"))]
mod linux_tests;
mod memory;
mod mount;
mod process;
#[cfg(test)]
mod tests;

pub use device::{DeviceFileSystem, random};
pub use errno::Errno;
pub use host::HostDirectory;
pub use journal::Diff;
pub use memory::MemoryFileSystem;
pub use mount::{Mount, MountTable, PATH_MAX};
pub use process::{ProcessFile, ProcessFileSystem};

use std::sync::Arc;
use std::time::SystemTime;

/// Why a file system could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VfsError {
    Errno(Errno),
    /// The path goes through a symbolic link that this file system does not
    /// resolve by itself: it leads out of it, or is absolute. The mount table
    /// resolves the path name by name in the virtual root and asks again.
    Symlink,
}

impl From<Errno> for VfsError {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

pub type VfsResult<T> = Result<T, VfsError>;

/// Whether a symbolic link at the end of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Yes,
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Regular,
    Directory,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Fifo,
    Socket,
}

/// The owner of every file a guest sees: user and group `agent`.
pub const AGENT_ID: u32 = 1000;

/// What `stat` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub file_type: FileType,
    /// Permission bits, 0o7777.
    pub permissions: u32,
    pub device: u64,
    pub inode: u64,
    pub links: u64,
    /// In bytes.
    pub size: u64,
    /// In units of 512 bytes.
    pub blocks: u64,
    pub accessed: SystemTime,
    pub modified: SystemTime,
    pub changed: SystemTime,
    pub created: Option<SystemTime>,
    /// The caller's own descriptor, if that is what the path stands for: what the kernel
    /// knows of it takes the place of the rest.
    pub descriptor: Option<u32>,
}

impl Metadata {
    /// As seen on this device, unless the file system has told its own.
    fn on(self, device: u64) -> Self {
        Self {
            device: if self.device == 0 {
                device
            } else {
                self.device
            },
            ..self
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    pub name: Vec<u8>,
    pub file_type: FileType,
    pub inode: u64,
}

/// How a path is opened (POSIX `open`).
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    /// With `create`: fail when the file is there already.
    pub exclusive: bool,
    pub truncate: bool,
    /// Fail unless the path is a directory.
    pub directory: bool,
    pub follow: Follow,
    /// Permission bits of a file that is created.
    pub permissions: u32,
}

impl OpenOptions {
    pub fn changes_the_tree(&self) -> bool {
        self.write || self.append || self.create || self.truncate
    }
}

/// A time to set: leave it, take the present, or this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    Keep,
    Now,
    To(SystemTime),
}

/// What opening a path gives.
pub enum Opened {
    File(Arc<dyn File>),
    Directory,
    /// `/dev/stdin`, `/dev/fd/N`: the caller's own descriptor.
    Descriptor(u32),
    /// `/dev/fd`, `/proc/self/fd`: a directory whose entries are the caller's
    /// own descriptors. `read_dir` of it is empty; the kernel lists its table.
    Descriptors,
    /// A file of `/proc`, whose bytes the kernel makes once, when it is opened.
    Process(ProcessFile),
}

/// Called with each entry of a directory; `false` ends the listing.
pub type Visit<'a> = dyn FnMut(DirEntry) -> bool + 'a;

/// A tree of files. Calls do not wait for anything but the file system itself.
pub trait FileSystem: Send + Sync {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened>;
    fn metadata(&self, path: &[u8], follow: Follow) -> VfsResult<Metadata>;
    /// Visits all entries but `.` and `..`, in no particular order.
    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()>;
    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>>;
    fn create_dir(&self, path: &[u8], permissions: u32) -> VfsResult<()>;
    fn remove_dir(&self, path: &[u8]) -> VfsResult<()>;
    fn remove_file(&self, path: &[u8]) -> VfsResult<()>;
    fn rename(&self, from: &[u8], to: &[u8]) -> VfsResult<()>;
    fn hard_link(&self, from: &[u8], to: &[u8]) -> VfsResult<()>;
    fn symlink(&self, target: &[u8], path: &[u8]) -> VfsResult<()>;
    fn set_permissions(&self, path: &[u8], permissions: u32) -> VfsResult<()>;
    fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> VfsResult<()>;
}

/// An open regular file or device. The offset belongs to the kernel.
pub trait File: Send + Sync {
    /// Reads at `offset`, which a device ignores; 0 is the end of the file.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno>;
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno>;
    /// Writes at the end of the file, wherever that is by then; gives the
    /// bytes written and the offset behind them.
    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno>;
    fn metadata(&self) -> Result<Metadata, Errno>;
    fn set_len(&self, size: u64) -> Result<(), Errno>;
    fn sync(&self) -> Result<(), Errno>;
    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno>;
    fn is_seekable(&self) -> bool {
        true
    }
}
