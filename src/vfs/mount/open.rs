//! Opening a path, which may make, cut or refuse what is there.

use std::sync::Arc;

use super::change::check_parent;
use super::guest_path::{Ending, GuestPath};
use super::read_file::ReadFile;
use super::resolve::Last;
use super::{Mount, MountTable};
use crate::vfs::journal::OpenChange;
use crate::vfs::{Errno, FileType, Follow, OpenOptions, Opened, VfsError, VfsResult};

/// What opening a path of a writable mount did, and whether there may be a
/// symbolic link at the end of that path.
struct Change {
    kind: OpenChange,
    link: Follow,
}

impl MountTable {
    pub fn open(&self, path: &[u8], options: &OpenOptions) -> Result<Opened, Errno> {
        if options.create && options.directory {
            return Err(Errno::Invalid);
        }
        let parsed = GuestPath::parse(path)?;
        let mut options = *options;
        options.exclusive &= options.create;
        options.follow = parsed.follow(options.follow);
        if options.create {
            self.refuse_fixed(&parsed, |_| match options.exclusive {
                true => Errno::Exist,
                false => Errno::IsDirectory,
            })?;
            if parsed.ending == Ending::Slash {
                self.resolve(&parsed, Last::Kept)?;
                return Err(Errno::IsDirectory);
            }
        }
        options.directory |= parsed.ending.names_a_directory();
        let last = match options.follow {
            _ if options.exclusive => Last::Kept,
            Follow::Yes if options.create => Last::Created,
            follow => follow.into(),
        };
        if options.changes_the_tree() {
            self.open_to_change(parsed, &options, last)
        } else {
            self.open_to_read(parsed, &options, last)
        }
    }

    fn open_to_read(
        &self,
        path: GuestPath,
        options: &OpenOptions,
        last: Last,
    ) -> Result<Opened, Errno> {
        let ((opened, writable, device), place) = self.at_place(&path, last, |mount, inner| {
            let opened = mount.file_system.open(inner, options)?;
            Ok((opened, mount.writable, self.device_of(mount)))
        })?;
        Ok(match opened {
            Opened::File(file) if file.is_seekable() => Opened::File(Arc::new(ReadFile {
                file,
                device,
                table: writable.then(|| self.clone()),
                path,
                place,
                follow: options.follow,
            })),
            other => other,
        })
    }

    /// Opens a path with options that may change something.
    fn open_to_change(
        &self,
        path: GuestPath,
        options: &OpenOptions,
        last: Last,
    ) -> Result<Opened, Errno> {
        let ((opened, change, device), place) = self.at_place(&path, last, |mount, inner| {
            let (opened, change) = if mount.writable {
                let (opened, change) = open_writable(mount, inner, options)?;
                (opened, Some(change))
            } else {
                (open_existing(mount, inner, options)?, None)
            };
            Ok((opened, change, self.device_of(mount)))
        })?;
        Ok(match (opened, change) {
            (Opened::File(file), Some(change)) if file.is_seekable() => {
                let path = self.real_path(&path, place, change.link);
                Opened::File(self.journal.opened(&path, change.kind, file, device))
            }
            (Opened::File(file), None) if file.is_seekable() => Opened::File(Arc::new(ReadFile {
                file,
                device,
                table: None,
                path,
                place,
                follow: options.follow,
            })),
            (other, _) => other,
        })
    }
}

/// Opens a path of a writable mount, and tells what that did to it.
fn open_writable(mount: &Mount, path: &[u8], options: &OpenOptions) -> VfsResult<(Opened, Change)> {
    let file_system = &mount.file_system;
    let kind = match options.truncate {
        true => OpenChange::Truncated,
        false => OpenChange::None,
    };
    let changed = |link| Change { kind, link };
    let created = |link| Change {
        kind: OpenChange::Created,
        link,
    };
    if options.directory {
        // It fails.
        let opened = file_system.open(path, options)?;
        return Ok((opened, changed(options.follow)));
    }
    if options.create {
        // Only an exclusive open tells a new file from one that was there.
        let exclusive = OpenOptions {
            exclusive: true,
            ..*options
        };
        match file_system.open(path, &exclusive) {
            Err(VfsError::Errno(Errno::Exist)) if !options.exclusive => {}
            opened => return Ok((opened?, created(Follow::No))),
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
    let (opened, change) = match file_system.open(path, &unfollowed) {
        Ok(opened) => (opened, changed(Follow::No)),
        Err(_) => match file_system.open(path, &existing) {
            // A link to nothing, or a file that has gone meanwhile.
            Err(VfsError::Errno(Errno::NotFound)) if options.create => {
                (file_system.open(path, options)?, created(options.follow))
            }
            opened => (opened?, changed(options.follow)),
        },
    };
    match opened {
        Opened::Directory | Opened::Descriptors if options.create => Err(Errno::IsDirectory.into()),
        _ => Ok((opened, change)),
    }
}

/// Opens a path of a read-only mount with options that would change something
/// if they could: with `create` alone, a file that is there is opened.
fn open_existing(mount: &Mount, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
    let follow = match options.exclusive {
        true => Follow::No,
        false => options.follow,
    };
    let metadata = |follow| mount.file_system.metadata(path, follow);
    if options.create
        && follow == Follow::Yes
        && metadata(Follow::No).is_ok_and(|found| found.file_type == FileType::Symlink)
    {
        // Whether a file could be made depends on where the link leads.
        return Err(VfsError::Symlink);
    }
    let file_type = match metadata(follow) {
        Ok(metadata) => metadata.file_type,
        Err(VfsError::Errno(Errno::NotFound)) if options.create => {
            check_parent(mount, path)?;
            return Err(Errno::ReadOnly.into());
        }
        Err(error) => return Err(error),
    };
    let existing = OpenOptions {
        create: false,
        ..*options
    };
    match file_type {
        _ if options.exclusive => Err(Errno::Exist.into()),
        FileType::Directory => Err(Errno::IsDirectory.into()),
        _ if options.directory => Err(Errno::NotDirectory.into()),
        FileType::Symlink => Err(Errno::Loop.into()),
        _ if existing.changes_the_tree() => Err(Errno::ReadOnly.into()),
        _ => mount.file_system.open(path, &existing),
    }
}
