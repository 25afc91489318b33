//! The calls that change names, permissions and times.

use super::guest_path::{Ending, GuestPath, check, parent};
use super::resolve::Last;
use super::{Mount, MountTable, errno_of};
use crate::vfs::{Errno, FileType, Follow, Metadata, SetTime, VfsError, VfsResult};

/// A path as `rename` and `link` take it: the last name is not looked at yet.
struct NewName {
    path: GuestPath,
    real: Vec<u8>,
}

impl MountTable {
    pub fn create_dir(&self, path: &[u8], permissions: u32) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        self.refuse_fixed(&parsed, |_| Errno::Exist)?;
        let ((), place) = self.at_place(&parsed, Last::Kept, |mount, path| {
            creatable(mount, path)?;
            mount.file_system.create_dir(path, permissions)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.created(&path);
        Ok(())
    }

    pub fn remove_dir(&self, path: &[u8]) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        self.refuse_fixed(&parsed, |ending| match ending {
            Ending::Dot => Errno::Invalid,
            Ending::DotDot => Errno::NotEmpty,
            _ => Errno::Busy,
        })?;
        let ((), place) = self.at_place(&parsed, Last::Kept, |mount, path| {
            self.removable(mount, path, Errno::Busy)?;
            mount.file_system.remove_dir(path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.removed(&path, true);
        Ok(())
    }

    pub fn remove_file(&self, path: &[u8]) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        self.refuse_fixed(&parsed, |_| Errno::IsDirectory)?;
        let ((), place) = self.at_place(&parsed, Last::Kept, |mount, path| {
            self.removable(mount, path, Errno::IsDirectory)?;
            if parsed.ending == Ending::Slash {
                let metadata = mount.file_system.metadata(path, Follow::No)?;
                return Err(match metadata.file_type {
                    FileType::Directory => Errno::IsDirectory.into(),
                    _ => Errno::NotDirectory.into(),
                });
            }
            mount.file_system.remove_file(path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.removed(&path, false);
        Ok(())
    }

    /// A directory with a mount point in it stays where it is (Linux moves the mount).
    pub fn rename(&self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let (from, to) = (GuestPath::parse(from)?, GuestPath::parse(to)?);
        let (from, to) = (self.new_name(from)?, self.new_name(to)?);
        let (mount, to_mount) = (self.mount_of(&from), self.mount_of(&to));
        if !std::ptr::eq(mount, to_mount) {
            return Err(Errno::CrossDevice);
        }
        if from.path.ending.is_fixed() || to.path.ending.is_fixed() {
            return Err(Errno::Busy);
        }
        if !mount.writable {
            return Err(Errno::ReadOnly);
        }
        let source = self.look(&from.real)?.ok_or(Errno::NotFound)?;
        let target = self.look(&to.real)?;
        let demands_a_directory =
            from.path.ending == Ending::Slash || to.path.ending == Ending::Slash;
        if demands_a_directory && source.file_type != FileType::Directory {
            return Err(Errno::NotDirectory);
        }
        if self.holds_a_mount(&from.real) || self.holds_a_mount(&to.real) {
            return Err(Errno::Busy);
        }
        let (inner_from, inner_to) = (self.locate(&from.real).1, self.locate(&to.real).1);
        mount
            .file_system
            .rename(inner_from, inner_to)
            .map_err(errno_of)?;
        self.note_rename(&from.real, &to.real, &source, target.as_ref());
        Ok(())
    }

    /// Gives the file at `from`, or the link itself, another name.
    pub fn hard_link(&self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let (from, to) = (GuestPath::parse(from)?, GuestPath::parse(to)?);
        let real_from = self.resolve(&from, from.follow(Follow::No).into())?;
        self.look(&real_from)?.ok_or(Errno::NotFound)?;
        self.refuse_fixed(&to, |_| Errno::Exist)?;
        let to = self.new_name(to)?;
        let (to_mount, inner_to) = self.locate(&to.real);
        self.refuse_slash(&to.path)?;
        creatable(to_mount, inner_to).map_err(errno_of)?;
        let (mount, inner_from) = self.locate(&real_from);
        if !std::ptr::eq(mount, to_mount) {
            return Err(Errno::CrossDevice);
        }
        mount
            .file_system
            .hard_link(inner_from, inner_to)
            .map_err(errno_of)?;
        self.journal.created(&to.real);
        Ok(())
    }

    pub fn symlink(&self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        check(target)?;
        let parsed = GuestPath::parse(path)?;
        self.refuse_fixed(&parsed, |_| Errno::Exist)?;
        self.refuse_slash(&parsed)?;
        let ((), place) = self.at_place(&parsed, Last::Kept, |mount, path| {
            creatable(mount, path)?;
            mount.file_system.symlink(target, path)
        })?;
        let path = self.real_path(&parsed, place, Follow::No);
        self.journal.created(&path);
        Ok(())
    }

    pub fn set_permissions(&self, path: &[u8], permissions: u32) -> Result<(), Errno> {
        let parsed = GuestPath::parse(path)?;
        let ((), place) = self.at_place(&parsed, Last::Followed, |mount, path| {
            settable(mount, path, Follow::Yes)?;
            mount.file_system.set_permissions(path, permissions)
        })?;
        let path = self.real_path(&parsed, place, Follow::Yes);
        self.journal.modified(&path);
        Ok(())
    }

    /// Sets none of both times without a look at the path, as Linux does.
    pub fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        if (accessed, modified) == (SetTime::Keep, SetTime::Keep) {
            return Ok(());
        }
        let parsed = GuestPath::parse(path)?;
        let follow = parsed.follow(follow);
        let ((), place) = self.at_place(&parsed, follow.into(), |mount, path| {
            settable(mount, path, follow)?;
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

    /// Refuses a path that ends in `.` or `..`, or is the root, once it has been walked.
    pub(super) fn refuse_fixed(
        &self,
        path: &GuestPath,
        errno: impl Fn(Ending) -> Errno,
    ) -> Result<(), Errno> {
        if !path.ending.is_fixed() {
            return Ok(());
        }
        self.resolve(path, Last::Followed)?;
        Err(errno(path.ending))
    }

    /// Refuses `/` behind a new name that is not for a directory.
    fn refuse_slash(&self, path: &GuestPath) -> Result<(), Errno> {
        if path.ending != Ending::Slash {
            return Ok(());
        }
        self.metadata_of(path, Follow::No)?;
        Err(Errno::Exist)
    }

    fn new_name(&self, path: GuestPath) -> Result<NewName, Errno> {
        let last = if path.ending.is_fixed() {
            Last::Followed
        } else {
            Last::Kept
        };
        let real = self.resolve(&path, last)?;
        Ok(NewName { path, real })
    }

    /// The mount that a name is looked for in.
    fn mount_of(&self, name: &NewName) -> &Mount {
        if name.path.ending.is_fixed() {
            self.locate(&name.real).0
        } else {
            self.mount_of_parent(&name.real)
        }
    }

    /// What is at a path whose directories have been walked.
    pub(super) fn look(&self, real: &[u8]) -> Result<Option<Metadata>, Errno> {
        let (mount, inner) = self.locate(real);
        match mount.file_system.metadata(inner, Follow::No) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(VfsError::Errno(Errno::NotFound)) => Ok(None),
            Err(error) => Err(errno_of(error)),
        }
    }

    fn holds_a_mount(&self, real: &[u8]) -> bool {
        self.locate(real).1.is_empty() || self.has_mounts_beneath(real)
    }

    /// Refuses to remove a mount point, and anything of a read-only mount: there
    /// Linux does not look whether the last name is one.
    fn removable(&self, mount: &Mount, path: &[u8], of_a_point: Errno) -> VfsResult<()> {
        if path.is_empty() {
            return Err(match self.mount_of_parent(&mount.point).writable {
                true => of_a_point.into(),
                false => Errno::ReadOnly.into(),
            });
        }
        if mount.writable {
            return Ok(());
        }
        check_parent(mount, path)?;
        Err(Errno::ReadOnly.into())
    }
}

/// Refuses to set anything on a read-only mount.
fn settable(mount: &Mount, path: &[u8], follow: Follow) -> VfsResult<()> {
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
        Err(VfsError::Errno(Errno::NotFound)) => {
            check_parent(mount, path)?;
            Err(Errno::ReadOnly.into())
        }
        Err(error) => Err(error),
    }
}

/// Makes sure that the directory of a path is there.
pub(super) fn check_parent(mount: &Mount, path: &[u8]) -> VfsResult<()> {
    let metadata = mount.file_system.metadata(parent(path), Follow::Yes)?;
    match metadata.file_type {
        FileType::Directory => Ok(()),
        _ => Err(Errno::NotDirectory.into()),
    }
}
