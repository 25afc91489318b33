//! The mount table and its journal: what changed, and under which real path.

#[cfg(test)]
use std::sync::Arc;

#[cfg(test)]
use super::super::journal::Journal;
use super::super::journal::{Diff, OpenChange};
use super::{
    Errno, FileType, Follow, GuestPath, Metadata, Mount, MountTable, OpenOptions, Opened, VfsError,
    VfsResult,
};

impl MountTable {
    /// What guests have changed since the checkpoint, or since the table was made.
    pub fn diff(&self) -> Diff {
        self.journal.diff(|path| {
            let (mount, inner) = self.locate(path);
            // The host would follow a link that has taken the place of a directory.
            mount.file_system.metadata(inner, Follow::No).is_ok()
                && self
                    .resolve(path, Follow::No)
                    .is_ok_and(|real| real == path)
        })
    }

    /// Forgets the changes up to here.
    pub fn checkpoint(&self) {
        self.journal.checkpoint();
    }

    /// How many names the journal holds.
    #[cfg(test)]
    pub fn journaled(&self) -> usize {
        self.journal.len()
    }

    #[cfg(test)]
    pub fn set_journal(&mut self, journal: Journal) {
        self.journal = Arc::new(journal);
    }

    /// Opens a path with options that may change something.
    pub(super) fn open_to_change(
        &self,
        path: &GuestPath,
        options: &OpenOptions,
        follow: Follow,
    ) -> Result<Opened, Errno> {
        let ((opened, change, link), place) = self.at_place(path, follow, |mount, inner| {
            if mount.writable {
                open_writable(mount, inner, options)
            } else {
                Err(why_not(mount, inner, options, follow))
            }
        })?;
        match opened {
            Opened::File(file) if file.is_seekable() => {
                let path = self.real_path(path, place, link);
                Ok(Opened::File(self.journal.opened(&path, change, file)))
            }
            other => Ok(other),
        }
    }

    /// Notes a rename, given what was at both paths before it.
    pub(super) fn note_rename(
        &self,
        from: &[u8],
        to: &[u8],
        source: Option<&Metadata>,
        target: Option<&Metadata>,
    ) {
        let is_directory = source.is_some_and(|source| source.file_type == FileType::Directory);
        if let (Some(source), Some(target)) = (source, target)
            && source.inode != 0
            && (source.device, source.inode) == (target.device, target.inode)
        {
            // Two names of one file: POSIX does nothing.
            return;
        }
        self.journal
            .renamed(from, to, is_directory, target.is_some());
    }

    pub(super) fn is_device(&self, path: &[u8]) -> bool {
        self.is_of_type(path, FileType::CharacterDevice)
    }

    fn is_link(&self, path: &[u8]) -> bool {
        self.is_of_type(path, FileType::Symlink)
    }

    fn is_of_type(&self, path: &[u8], file_type: FileType) -> bool {
        let (mount, inner) = self.locate(path);
        mount
            .file_system
            .metadata(inner, Follow::No)
            .is_ok_and(|metadata| metadata.file_type == file_type)
    }

    /// The path without symbolic links that an operation acted on: the one it was
    /// resolved to, if it was. It is for a report, after the operation; when
    /// another guest or the host moves things meanwhile, it is the path given.
    pub(super) fn real_path(
        &self,
        path: &GuestPath,
        place: Option<Vec<u8>>,
        follow: Follow,
    ) -> Vec<u8> {
        if let Some(place) = place {
            return place;
        }
        let normal = &path.normal;
        if follow == Follow::Yes && self.is_link(normal) {
            return self
                .resolve(normal, Follow::Yes)
                .unwrap_or_else(|_| normal.clone());
        }
        let Some(slash) = normal.iter().rposition(|&byte| byte == b'/') else {
            return normal.clone();
        };
        let (parent, name) = normal.split_at(slash);
        let (mount, _) = self.locate(normal);
        if parent.len() <= mount.point.len() || self.journal.is_plain(parent) {
            return normal.clone();
        }
        match self.resolve(parent, Follow::Yes) {
            Ok(real) if real == parent => {
                self.journal.add_plain(parent);
                normal.clone()
            }
            Ok(real) => [&real, name].concat(),
            Err(_) => normal.clone(),
        }
    }
}

/// Opens a path of a writable mount, and tells whether this made or cut the
/// file, and whether there may be a symbolic link at the end of the path.
fn open_writable(
    mount: &Mount,
    path: &[u8],
    options: &OpenOptions,
) -> VfsResult<(Opened, OpenChange, Follow)> {
    let file_system = &mount.file_system;
    let change = match options.truncate {
        true => OpenChange::Truncated,
        false => OpenChange::None,
    };
    if options.directory {
        // It fails, or opens a directory.
        return Ok((file_system.open(path, options)?, change, options.follow));
    }
    if options.create {
        // Only an exclusive open tells a new file from one that was there.
        let exclusive = OpenOptions {
            exclusive: true,
            ..*options
        };
        match file_system.open(path, &exclusive) {
            Err(VfsError::Errno(Errno::Exist)) if !options.exclusive => {}
            opened => return Ok((opened?, OpenChange::Created, Follow::No)),
        }
    }
    let existing = OpenOptions {
        create: false,
        ..*options
    };
    let unfollowed = OpenOptions {
        follow: Follow::No,
        ..existing
    };
    if let Ok(opened) = file_system.open(path, &unfollowed) {
        return Ok((opened, change, Follow::No));
    }
    match file_system.open(path, &existing) {
        // A link to nothing, or a file that has gone meanwhile.
        Err(VfsError::Errno(Errno::NotFound)) if options.create => Ok((
            file_system.open(path, options)?,
            OpenChange::Created,
            options.follow,
        )),
        opened => Ok((opened?, change, options.follow)),
    }
}

/// Why a path of a read-only mount is not opened for a change.
fn why_not(mount: &Mount, path: &[u8], options: &OpenOptions, follow: Follow) -> VfsError {
    match mount.file_system.metadata(path, follow) {
        Ok(_) if options.create && options.exclusive => Errno::Exist.into(),
        Ok(metadata) if metadata.file_type == FileType::Directory => Errno::IsDirectory.into(),
        Ok(_) => Errno::ReadOnly.into(),
        Err(VfsError::Errno(Errno::NotFound)) if options.create => Errno::ReadOnly.into(),
        Err(error) => error,
    }
}
