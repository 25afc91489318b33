//! The mount table: one virtual root over several file systems.
//!
//! A path goes to its file system in one piece. Only when it has a `..`, or
//! runs into a symbolic link that the file system does not follow by itself,
//! is it resolved name by name in the virtual root, where a link may lead
//! from one mount into another but never out of the root.
//!
//! Each change that succeeds is noted in the journal, under its real path.

mod noted;

use std::sync::Arc;

use super::journal::{Journal, MAX_NODES};
use super::{
    DirEntry, Errno, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsError, VfsResult, Visit,
};

/// The longest path, in bytes (Linux PATH_MAX, less its NUL).
pub const PATH_MAX: usize = 4095;
/// How many symbolic links one resolution follows (Linux MAXSYMLINKS).
const MAX_SYMLINKS: usize = 40;
/// How many names one resolution steps through, those of links included. Each
/// costs a look from the root of its mount.
const MAX_STEPS: usize = 512;
/// How often a path is resolved anew because the host changed it meanwhile.
const MAX_RETRIES: usize = 3;
/// Device numbers of file systems that have none of their own start here.
const FIRST_VIRTUAL_DEVICE: u64 = 1 << 31;

pub struct Mount {
    /// An absolute, normal path; empty for the root.
    pub point: Vec<u8>,
    pub file_system: Arc<dyn FileSystem>,
    pub writable: bool,
}

/// The virtual root. The root mount must be among the mounts.
pub struct MountTable {
    /// Deepest mount point first, so that the first match is the right one.
    mounts: Vec<Mount>,
    journal: Arc<Journal>,
}

/// Whether `path` lies beneath `directory`, both normal.
fn is_beneath(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with(b"/"))
}

/// A path of the virtual root: `/a/b`, or empty for the root itself.
struct GuestPath {
    normal: Vec<u8>,
    has_parent_name: bool,
    names_a_directory: bool,
}

impl GuestPath {
    /// Reads an absolute path: no NUL, at most PATH_MAX bytes.
    fn parse(path: &[u8]) -> Result<Self, Errno> {
        if path.is_empty() {
            return Err(Errno::NotFound);
        }
        if path.len() > PATH_MAX {
            return Err(Errno::NameTooLong);
        }
        if path.contains(&0) {
            return Err(Errno::Invalid);
        }
        let mut normal = Vec::with_capacity(path.len() + 1);
        let mut has_parent_name = false;
        let mut last = &path[..0];
        for name in path.split(|&byte| byte == b'/') {
            last = name;
            if name.is_empty() || name == b"." {
                continue;
            }
            has_parent_name |= name == b"..";
            normal.push(b'/');
            normal.extend_from_slice(name);
        }
        Ok(Self {
            normal,
            has_parent_name,
            names_a_directory: matches!(last, b"" | b"." | b".."),
        })
    }

    /// A path that ends in `/` or `/.` goes through a link at its end.
    fn follow(&self, follow: Follow) -> Follow {
        if self.names_a_directory {
            Follow::Yes
        } else {
            follow
        }
    }
}

impl MountTable {
    pub fn new(mut mounts: Vec<Mount>) -> Self {
        mounts.sort_by_key(|mount| std::cmp::Reverse(mount.point.len()));
        Self {
            mounts,
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
        &mut self.mounts
    }

    pub fn open(&self, path: &[u8], options: &OpenOptions) -> Result<Opened, Errno> {
        let parsed = GuestPath::parse(path)?;
        let mut options = *options;
        options.follow = parsed.follow(options.follow);
        if parsed.names_a_directory {
            if options.create {
                return Err(Errno::IsDirectory);
            }
            options.directory = true;
        }
        let follow = if options.create && options.exclusive {
            Follow::No
        } else {
            options.follow
        };
        if options.changes_the_tree() {
            return self.open_to_change(&parsed, &options, follow);
        }
        self.at(&parsed, follow, |mount, path| {
            mount.file_system.open(path, &options)
        })
    }

    pub fn metadata(&self, path: &[u8], follow: Follow) -> Result<Metadata, Errno> {
        let parsed = GuestPath::parse(path)?;
        let metadata = self.metadata_of(&parsed, parsed.follow(follow))?;
        if parsed.names_a_directory && metadata.file_type != FileType::Directory {
            return Err(Errno::NotDirectory);
        }
        Ok(metadata)
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
        let directory = self.resolve(&parsed.normal, Follow::Yes)?;
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

    pub fn create_dir(&self, path: &[u8], permissions: u32) -> Result<(), Errno> {
        let mut parsed = GuestPath::parse(path)?;
        parsed.names_a_directory = false;
        let ((), place) = self.at_place(&parsed, Follow::No, |mount, path| {
            creatable(mount, path)?;
            mount.file_system.create_dir(path, permissions)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.created(&path);
        Ok(())
    }

    pub fn remove_dir(&self, path: &[u8]) -> Result<(), Errno> {
        let mut parsed = GuestPath::parse(path)?;
        if path.ends_with(b".") && !path.ends_with(b"..") && parsed.names_a_directory {
            return Err(Errno::Invalid);
        }
        parsed.names_a_directory = false;
        let ((), place) = self.at_place(&parsed, Follow::No, |mount, path| {
            changeable(mount, path)?;
            mount.file_system.remove_dir(path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.removed(&path, true);
        Ok(())
    }

    pub fn remove_file(&self, path: &[u8]) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        if parsed.names_a_directory {
            let metadata = self.metadata_of(&parsed, Follow::Yes)?;
            return Err(match metadata.file_type {
                FileType::Directory => Errno::IsDirectory,
                _ => Errno::NotDirectory,
            });
        }
        let ((), place) = self.at_place(&parsed, Follow::No, |mount, path| {
            changeable(mount, path)?;
            mount.file_system.remove_file(path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.removed(&path, false);
        Ok(())
    }

    pub fn rename(&self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let ((source, target), from, to) = self.both(from, to, |mount, from, to| {
            changeable(mount, from)?;
            if to.is_empty() {
                return Err(Errno::Busy.into());
            }
            let source = mount.file_system.metadata(from, Follow::No).ok();
            let target = mount.file_system.metadata(to, Follow::No).ok();
            mount.file_system.rename(from, to)?;
            Ok((source, target))
        })?;
        self.note_rename(&from, &to, source.as_ref(), target.as_ref());
        Ok(())
    }

    pub fn hard_link(&self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let ((), _, to) = self.both(from, to, |mount, from, to| {
            creatable(mount, to)?;
            mount.file_system.hard_link(from, to)
        })?;
        self.journal.created(&to);
        Ok(())
    }

    pub fn symlink(&self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        if target.is_empty() {
            return Err(Errno::NotFound);
        }
        if target.len() > PATH_MAX {
            return Err(Errno::NameTooLong);
        }
        if target.contains(&0) {
            return Err(Errno::Invalid);
        }
        let parsed = GuestPath::parse(path)?;
        let ((), place) = self.at_place(&parsed, Follow::No, |mount, path| {
            creatable(mount, path)?;
            mount.file_system.symlink(target, path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.created(&path);
        Ok(())
    }

    pub fn set_permissions(&self, path: &[u8], permissions: u32) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        let ((), place) = self.at_place(&parsed, Follow::Yes, |mount, path| {
            writable(mount, path, Follow::Yes)?;
            mount.file_system.set_permissions(path, permissions)
        })?;
        let path = self.real_path(&parsed, place, Follow::Yes);
        self.journal.modified(&path);
        Ok(())
    }

    pub fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        let follow = parsed.follow(follow);
        let ((), place) = self.at_place(&parsed, follow, |mount, path| {
            writable(mount, path, follow)?;
            mount
                .file_system
                .set_times(path, follow, accessed, modified)
        })?;
        let path = self.real_path(&parsed, place, follow);
        // Devices take times and keep none.
        if !self.is_device(&path) {
            self.journal.modified(&path);
        }
        Ok(())
    }

    fn metadata_of(&self, path: &GuestPath, follow: Follow) -> Result<Metadata, Errno> {
        self.at(path, follow, |mount, inner| {
            let mut metadata = mount.file_system.metadata(inner, follow)?;
            if metadata.device == 0 {
                metadata.device = FIRST_VIRTUAL_DEVICE + self.index(mount);
            }
            Ok(metadata)
        })
    }

    fn index(&self, mount: &Mount) -> u64 {
        self.mounts
            .iter()
            .position(|other| std::ptr::eq(other, mount))
            .unwrap_or_default() as u64
    }

    /// Whether a path may go to its file system in one piece. Not where another
    /// mount lies beneath: a link inside could lead around its mount point.
    fn takes_whole(&self, path: &GuestPath) -> bool {
        let (mount, _) = self.locate(&path.normal);
        !path.has_parent_name && !self.has_mounts_beneath(&mount.point)
    }

    fn has_mounts_beneath(&self, directory: &[u8]) -> bool {
        self.mounts
            .iter()
            .any(|mount| is_beneath(&mount.point, directory))
    }

    /// Runs an operation where the path lies.
    fn at<T>(
        &self,
        path: &GuestPath,
        follow: Follow,
        operation: impl Fn(&Mount, &[u8]) -> VfsResult<T>,
    ) -> Result<T, Errno> {
        Ok(self.at_place(path, follow, operation)?.0)
    }

    /// Runs an operation where the path lies, and tells the path that it was
    /// resolved to, unless it went to its file system in one piece.
    fn at_place<T>(
        &self,
        path: &GuestPath,
        follow: Follow,
        operation: impl Fn(&Mount, &[u8]) -> VfsResult<T>,
    ) -> Result<(T, Option<Vec<u8>>), Errno> {
        if self.takes_whole(path) {
            let (mount, inner) = self.locate(&path.normal);
            match operation(mount, inner) {
                Ok(value) => return Ok((value, None)),
                Err(VfsError::Errno(errno)) => return Err(errno),
                Err(VfsError::Symlink) => {}
            }
        }
        for _ in 0..MAX_RETRIES {
            let canonical = self.resolve(&path.normal, follow)?;
            let (mount, inner) = self.locate(&canonical);
            match operation(mount, inner) {
                Ok(value) => return Ok((value, Some(canonical))),
                Err(VfsError::Errno(errno)) => return Err(errno),
                Err(VfsError::Symlink) => {}
            }
        }
        Err(Errno::Loop)
    }

    /// Runs an operation on two paths, which must lie in one mount, and tells
    /// the paths they were resolved to.
    fn both<T>(
        &self,
        from: &[u8],
        to: &[u8],
        operation: impl Fn(&Mount, &[u8], &[u8]) -> VfsResult<T>,
    ) -> Result<(T, Vec<u8>, Vec<u8>), Errno> {
        let (from_path, to_path) = (GuestPath::parse(from)?, GuestPath::parse(to)?);
        let real_from = self.resolve(&from_path.normal, Follow::No)?;
        let real_to = self.resolve(&to_path.normal, Follow::No)?;
        if self.has_mounts_beneath(&real_from) || self.has_mounts_beneath(&real_to) {
            return Err(Errno::Busy);
        }
        let (from_mount, from) = self.locate(&real_from);
        let (to_mount, to) = self.locate(&real_to);
        if from_path.names_a_directory || to_path.names_a_directory {
            let metadata = from_mount.file_system.metadata(from, Follow::No);
            if metadata.map_err(errno_of)?.file_type != FileType::Directory {
                return Err(Errno::NotDirectory);
            }
        }
        if !std::ptr::eq(from_mount, to_mount) {
            from_mount
                .file_system
                .metadata(from, Follow::No)
                .map_err(errno_of)?;
            return Err(Errno::CrossDevice);
        }
        let value = operation(from_mount, from, to).map_err(errno_of)?;
        Ok((value, real_from, real_to))
    }

    /// The mount a normal path without links lies in, and the path there.
    fn locate<'a>(&self, normal: &'a [u8]) -> (&Mount, &'a [u8]) {
        self.mounts
            .iter()
            .find_map(|mount| {
                let inner = normal.strip_prefix(&mount.point[..])?;
                match inner {
                    [] => Some((mount, inner)),
                    [b'/', inner @ ..] => Some((mount, inner)),
                    _ => None,
                }
            })
            .expect("the root mount takes every path")
    }

    /// Resolves a path name by name. Every step is again an operation of a
    /// file system, so a link swapped meanwhile cannot lead out of a mount.
    fn resolve(&self, normal: &[u8], follow: Follow) -> Result<Vec<u8>, Errno> {
        let mut pending: Vec<Vec<u8>> = names(normal);
        let mut done: Vec<u8> = Vec::new();
        let mut links = 0;
        let mut steps = 0;
        while let Some(name) = pending.pop() {
            steps += 1;
            if steps > MAX_STEPS {
                return Err(Errno::NameTooLong);
            }
            let last = pending.is_empty();
            if name == b".." {
                let parent = done.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
                done.truncate(parent);
                continue;
            }
            let parent = done.len();
            done.push(b'/');
            done.extend_from_slice(&name);
            if done.len() > PATH_MAX {
                return Err(Errno::NameTooLong);
            }
            let (mount, inner) = self.locate(&done);
            let file_type = match mount.file_system.metadata(inner, Follow::No) {
                Ok(metadata) => metadata.file_type,
                Err(VfsError::Errno(Errno::NotFound)) if last => return Ok(done),
                Err(error) => return Err(errno_of(error)),
            };
            match file_type {
                FileType::Symlink if !last || follow == Follow::Yes => {
                    links += 1;
                    if links > MAX_SYMLINKS {
                        return Err(Errno::Loop);
                    }
                    let target = mount.file_system.read_link(inner).map_err(errno_of)?;
                    done.truncate(if target.starts_with(b"/") { 0 } else { parent });
                    pending.extend(names(&target));
                }
                FileType::Directory => {}
                _ if !last => return Err(Errno::NotDirectory),
                _ => {}
            }
        }
        Ok(done)
    }
}

/// The names of a path, last one first.
fn names(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|&byte| byte == b'/')
        .filter(|name| !name.is_empty() && *name != b".")
        .map(<[u8]>::to_vec)
        .rev()
        .collect()
}

fn errno_of(error: VfsError) -> Errno {
    match error {
        VfsError::Errno(errno) => errno,
        VfsError::Symlink => Errno::Loop,
    }
}

/// Refuses a change of what is there: the mount point itself, or a read-only mount.
fn changeable(mount: &Mount, path: &[u8]) -> VfsResult<()> {
    if path.is_empty() {
        return Err(Errno::Busy.into());
    }
    writable(mount, path, Follow::No)
}

fn writable(mount: &Mount, path: &[u8], follow: Follow) -> VfsResult<()> {
    if mount.writable {
        return Ok(());
    }
    mount.file_system.metadata(path, follow)?;
    Err(Errno::ReadOnly.into())
}

/// Refuses a new name on a read-only mount, and one that is there already.
fn creatable(mount: &Mount, path: &[u8]) -> VfsResult<()> {
    if mount.writable && !path.is_empty() {
        return Ok(());
    }
    match mount.file_system.metadata(path, Follow::No) {
        Ok(_) => Err(Errno::Exist.into()),
        Err(VfsError::Errno(Errno::NotFound)) => Err(Errno::ReadOnly.into()),
        Err(error) => Err(error),
    }
}
