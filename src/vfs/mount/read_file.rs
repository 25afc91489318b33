//! An open file that no one writes to. Its times can be set, and nothing else.

use std::sync::Arc;

use super::MountTable;
use super::guest_path::GuestPath;
use crate::vfs::{Errno, File, Follow, Metadata, SetTime};

pub struct ReadFile {
    pub file: Arc<dyn File>,
    /// The one it is on, if its file system has none.
    pub device: u64,
    /// None on a read-only mount.
    pub table: Option<MountTable>,
    /// What the file was opened by: its real path is asked for when there is
    /// something to tell, for most files never.
    pub path: GuestPath,
    pub place: Option<Vec<u8>>,
    pub follow: Follow,
}

impl ReadFile {
    /// Notes a change of the file, at the path it was opened by if it is still there.
    fn changed(&self, table: &MountTable) {
        let Ok(metadata) = self.file.metadata() else {
            return table.journal.missed();
        };
        if metadata.links == 0 {
            return;
        }
        let path = table.real_path(&self.path, self.place.clone(), self.follow);
        let identity = |metadata: &Metadata| (metadata.device, metadata.inode);
        match table.look(&path) {
            Ok(Some(here)) if identity(&here) == identity(&metadata) => {
                table.journal.modified(&path);
            }
            _ => table.journal.missed(),
        }
    }
}

impl File for ReadFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, _bytes: &[u8], _offset: u64) -> Result<usize, Errno> {
        Err(Errno::BadFd)
    }

    fn append(&self, _bytes: &[u8]) -> Result<(usize, u64), Errno> {
        Err(Errno::BadFd)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.file.metadata()?.on(self.device))
    }

    fn set_len(&self, _size: u64) -> Result<(), Errno> {
        Err(Errno::Invalid)
    }

    fn sync(&self) -> Result<(), Errno> {
        self.file.sync()
    }

    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno> {
        if (accessed, modified) == (SetTime::Keep, SetTime::Keep) {
            return Ok(());
        }
        let table = self.table.as_ref().ok_or(Errno::ReadOnly)?;
        self.file.set_times(accessed, modified)?;
        self.changed(table);
        Ok(())
    }
}
