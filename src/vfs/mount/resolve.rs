//! Where a path leads in the virtual root, and which file system it is of.

use super::guest_path::{Ending, GuestPath, is_beneath, names, parent};
use super::{Mount, MountTable, PATH_MAX, errno_of};
use crate::vfs::{Errno, FileType, Follow, VfsError, VfsResult};

/// How many symbolic links one resolution follows (Linux MAXSYMLINKS).
const MAX_SYMLINKS: usize = 40;
/// What one resolution may cost, in names. Each name that it steps to is a look
/// from the root of its mount through all names on the way.
const MAX_COST: usize = 1 << 17;
/// What a look costs beside its names.
const LOOK_COST: usize = 16;
/// How often a path is resolved anew because the host changed it meanwhile.
const MAX_RETRIES: usize = 3;

/// What a resolution does with the last name of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// It is not looked at: something may be there or nothing.
    Kept,
    /// It must be there, and is followed.
    Followed,
    /// It is followed, to what is there or to a name for a new file.
    Created,
}

impl From<Follow> for Last {
    fn from(follow: Follow) -> Self {
        match follow {
            Follow::Yes => Self::Followed,
            Follow::No => Self::Kept,
        }
    }
}

impl MountTable {
    /// Runs an operation where the path lies.
    pub(super) fn at<T>(
        &self,
        path: &GuestPath,
        follow: Follow,
        operation: impl Fn(&Mount, &[u8]) -> VfsResult<T>,
    ) -> Result<T, Errno> {
        Ok(self.at_place(path, follow.into(), operation)?.0)
    }

    /// Runs an operation where the path lies, and tells the path that it was
    /// resolved to, unless it went to its file system in one piece.
    pub(super) fn at_place<T>(
        &self,
        path: &GuestPath,
        last: Last,
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
            let real = self.resolve(path, last)?;
            let (mount, inner) = self.locate(&real);
            match operation(mount, inner) {
                Ok(value) => return Ok((value, Some(real))),
                Err(VfsError::Errno(errno)) => return Err(errno),
                Err(VfsError::Symlink) => {}
            }
        }
        Err(Errno::Loop)
    }

    /// Whether a path may go to its file system in one piece. Not where another
    /// mount lies beneath: a link inside could lead around its mount point.
    pub(super) fn takes_whole(&self, path: &GuestPath) -> bool {
        let (mount, _) = self.locate(&path.normal);
        path.ending == Ending::Name
            && !path.has_parent_name
            && !self.has_mounts_beneath(&mount.point)
    }

    pub(super) fn has_mounts_beneath(&self, directory: &[u8]) -> bool {
        self.mounts
            .iter()
            .any(|mount| is_beneath(&mount.point, directory))
    }

    /// The mount a normal path without links lies in, and the path there.
    pub(super) fn locate<'a>(&self, normal: &'a [u8]) -> (&Mount, &'a [u8]) {
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

    /// The mount of the directory that a normal path without links lies in.
    pub(super) fn mount_of_parent(&self, normal: &[u8]) -> &Mount {
        self.locate(parent(normal)).0
    }

    /// Resolves a path name by name. Every step is again an operation of a
    /// file system, so a link swapped meanwhile cannot lead out of a mount.
    pub(super) fn resolve(&self, path: &GuestPath, last: Last) -> Result<Vec<u8>, Errno> {
        let mut pending = pending_names(&path.normal);
        let mut ending = path.ending;
        let mut done: Vec<u8> = Vec::new();
        let mut links = 0;
        let mut cost = 0;
        while let Some(name) = pending.pop() {
            if name == b".." {
                done.truncate(parent(&done).len());
                continue;
            }
            let is_last = pending.is_empty();
            let directory = done.len();
            done.push(b'/');
            done.extend_from_slice(&name);
            if is_last && last == Last::Kept {
                break;
            }
            cost += LOOK_COST + names(&done).count();
            if cost > MAX_COST || done.len() > PATH_MAX {
                return Err(Errno::NameTooLong);
            }
            let (mount, inner) = self.locate(&done);
            let file_type = match mount.file_system.metadata(inner, Follow::No) {
                Ok(metadata) => metadata.file_type,
                Err(VfsError::Errno(Errno::NotFound))
                    if is_last && last == Last::Created && ending == Ending::Name =>
                {
                    break;
                }
                Err(error) => return Err(errno_of(error)),
            };
            match file_type {
                FileType::Symlink => {
                    links += 1;
                    if links > MAX_SYMLINKS {
                        return Err(Errno::Loop);
                    }
                    let target = mount.file_system.read_link(inner).map_err(errno_of)?;
                    done.truncate(if target.starts_with(b"/") {
                        0
                    } else {
                        directory
                    });
                    pending.extend(pending_names(&target));
                    if is_last && ending == Ending::Name {
                        ending = Ending::of(&target);
                    }
                    if last == Last::Created && ending == Ending::Slash {
                        return Err(Errno::IsDirectory);
                    }
                }
                FileType::Directory => {}
                _ if !is_last || ending.names_a_directory() => return Err(Errno::NotDirectory),
                _ => {}
            }
        }
        Ok(done)
    }
}

/// The names of a path, last one first.
fn pending_names(path: &[u8]) -> Vec<Vec<u8>> {
    names(path).map(<[u8]>::to_vec).rev().collect()
}
