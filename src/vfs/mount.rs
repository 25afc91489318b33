//! The mount table: one virtual root over several file systems.
//!
//! A path goes to its file system in one piece. Only when it has a `..`, or
//! runs into a symbolic link that the file system does not follow by itself,
//! is it resolved name by name in the virtual root, where a link may lead
//! from one mount into another but never out of the root.
//!
//! Each change that succeeds is noted in the journal, under its real path.
//! Of several errors at once a call gives the one that Linux finds first.

mod change;
mod guest_path;
mod noted;
mod open;
mod read_file;
mod resolve;

use std::sync::Arc;

use self::guest_path::GuestPath;
use self::resolve::Last;
use super::journal::{Journal, MAX_NODES};
use super::{DirEntry, Errno, FileSystem, FileType, Follow, Metadata, VfsError, VfsResult, Visit};

/// The longest path, in bytes (Linux PATH_MAX, less its NUL).
pub const PATH_MAX: usize = 4095;
/// Device numbers of file systems that have none of their own start here.
const FIRST_VIRTUAL_DEVICE: u64 = 1 << 31;

pub struct Mount {
    /// An absolute, normal path; empty for the root.
    pub point: Vec<u8>,
    pub file_system: Arc<dyn FileSystem>,
    pub writable: bool,
}

/// The virtual root. The root mount must be among the mounts.
#[derive(Clone)]
pub struct MountTable {
    /// Deepest mount point first, so that the first match is the right one.
    mounts: Arc<Vec<Mount>>,
    journal: Arc<Journal>,
}

impl MountTable {
    pub fn new(mut mounts: Vec<Mount>) -> Self {
        mounts.sort_by_key(|mount| std::cmp::Reverse(mount.point.len()));
        Self {
            mounts: Arc::new(mounts),
            journal: Arc::new(Journal::new(MAX_NODES)),
        }
    }

    /// The mount points, the root (empty) first, and whether each can be written.
    pub fn points(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let points = self.mounts.iter().rev();
        points.map(|mount| (&mount.point[..], mount.writable))
    }

    #[cfg(test)]
    pub(super) fn mounts_mut(&mut self) -> &mut Vec<Mount> {
        Arc::get_mut(&mut self.mounts).expect("no file is open")
    }

    pub fn metadata(&self, path: &[u8], follow: Follow) -> Result<Metadata, Errno> {
        let parsed = GuestPath::parse(path)?;
        self.metadata_of(&parsed, parsed.follow(follow))
    }

    /// Visits the entries of a directory and the mount points in it.
    pub fn read_dir(&self, path: &[u8], visit: &mut Visit) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        if self.takes_whole(&parsed) {
            match self.read_dir_at(&parsed.normal, visit) {
                Ok(()) => return Ok(()),
                Err(VfsError::Errno(errno)) => return Err(errno),
                Err(VfsError::Symlink) => {}
            }
        }
        let directory = self.resolve(&parsed, Last::Followed)?;
        self.read_dir_at(&directory, visit).map_err(errno_of)
    }

    fn read_dir_at(&self, directory: &[u8], visit: &mut Visit) -> VfsResult<()> {
        let mut points: Vec<DirEntry> = self
            .mounts
            .iter()
            .enumerate()
            .filter_map(|(index, mount)| {
                let name = mount.point.strip_prefix(directory)?.strip_prefix(b"/")?;
                (!name.contains(&b'/')).then(|| DirEntry {
                    name: name.to_vec(),
                    file_type: FileType::Directory,
                    inode: FIRST_VIRTUAL_DEVICE + index as u64,
                })
            })
            .collect();
        let (mount, inner) = self.locate(directory);
        let mut more = true;
        mount.file_system.read_dir(inner, &mut |entry| {
            if points.iter().all(|point| point.name != entry.name) {
                more = visit(entry);
            }
            more
        })?;
        while more && let Some(point) = points.pop() {
            more = visit(point);
        }
        Ok(())
    }

    pub fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let parsed = GuestPath::parse(path)?;
        self.at(&parsed, parsed.follow(Follow::No), |mount, path| {
            mount.file_system.read_link(path)
        })
    }

    fn metadata_of(&self, path: &GuestPath, follow: Follow) -> Result<Metadata, Errno> {
        self.at(path, follow, |mount, inner| {
            let metadata = mount.file_system.metadata(inner, follow)?;
            Ok(metadata.on(self.device_of(mount)))
        })
    }

    /// The device number of what a file system without one of its own holds.
    fn device_of(&self, mount: &Mount) -> u64 {
        let index = self
            .mounts
            .iter()
            .position(|other| std::ptr::eq(other, mount));
        FIRST_VIRTUAL_DEVICE + index.unwrap_or_default() as u64
    }
}

fn errno_of(error: VfsError) -> Errno {
    match error {
        VfsError::Errno(errno) => errno,
        VfsError::Symlink => Errno::Loop,
    }
}
