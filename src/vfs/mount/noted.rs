//! The mount table and its journal: what changed, and under which real path.

#[cfg(test)]
use std::sync::Arc;

use super::super::journal::Diff;
#[cfg(test)]
use super::super::journal::Journal;
use super::MountTable;
use super::guest_path::{GuestPath, parent};
use super::resolve::Last;
use crate::vfs::{FileType, Follow, Metadata};

impl MountTable {
    /// What guests have changed since the checkpoint, or since the table was made.
    pub fn diff(&self) -> Diff {
        self.journal.diff(|path| {
            let (mount, inner) = self.locate(path);
            // The host would follow a link that has taken the place of a directory.
            mount.file_system.metadata(inner, Follow::No).is_ok()
                && (path.is_empty() || self.is_real(path))
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

    /// Notes a rename, given what was at both paths before it.
    pub(super) fn note_rename(
        &self,
        from: &[u8],
        to: &[u8],
        source: &Metadata,
        target: Option<&Metadata>,
    ) {
        let is_directory = source.file_type == FileType::Directory;
        if let Some(target) = target
            && source.inode != 0
            && (source.device, source.inode) == (target.device, target.inode)
        {
            // Two names of one file: POSIX does nothing.
            return;
        }
        self.journal
            .renamed(from, to, is_directory, target.is_some());
    }

    /// Whether a normal path goes through no symbolic link.
    fn is_real(&self, normal: &[u8]) -> bool {
        GuestPath::parse(normal)
            .and_then(|path| self.resolve(&path, Last::Kept))
            .is_ok_and(|real| real == normal)
    }

    pub(super) fn is_device(&self, path: &[u8]) -> bool {
        self.is_of_type(path, FileType::CharacterDevice)
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
        if follow == Follow::Yes && self.is_of_type(normal, FileType::Symlink) {
            return self
                .resolve(path, Last::Followed)
                .unwrap_or_else(|_| normal.clone());
        }
        let directory = parent(normal);
        let (mount, _) = self.locate(normal);
        if directory.len() <= mount.point.len() || self.journal.is_plain(directory) {
            return normal.clone();
        }
        match self.resolve(path, Last::Kept) {
            Ok(real) => {
                if real == *normal {
                    self.journal.add_plain(directory);
                }
                real
            }
            Err(_) => normal.clone(),
        }
    }
}
