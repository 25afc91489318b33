//! An open file that tells the journal of its first change after a checkpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{Errno, File, Metadata, SetTime};
use super::Journal;
use super::trie::NodeId;

/// No checkpoint has this number.
const NEVER: u64 = u64::MAX;

pub struct JournaledFile {
    file: Arc<dyn File>,
    /// The one it is on, if its file system has none.
    device: u64,
    journal: Arc<Journal>,
    /// None when the journal had no room for it.
    node: Option<NodeId>,
    /// The checkpoint after which a change was noted.
    noted: AtomicU64,
}

impl JournaledFile {
    pub fn new(
        file: Arc<dyn File>,
        device: u64,
        journal: Arc<Journal>,
        node: Option<NodeId>,
    ) -> Self {
        Self {
            file,
            device,
            journal,
            node,
            noted: AtomicU64::new(NEVER),
        }
    }

    /// Called after a change: one that a checkpoint came before is noted again,
    /// at the worst one more time than needed.
    fn changed(&self) {
        let epoch = self.journal.epoch.load(Ordering::Acquire);
        if self.noted.load(Ordering::Relaxed) == epoch {
            return;
        }
        let mut state = self.journal.lock();
        match self.node {
            Some(node) => state.ledger.modify_open(node),
            None => state.ledger.complete = false,
        }
        let epoch = self.journal.epoch.load(Ordering::Acquire);
        self.noted.store(epoch, Ordering::Relaxed);
    }
}

impl Drop for JournaledFile {
    fn drop(&mut self) {
        if let Some(node) = self.node {
            self.journal.lock().ledger.close(node);
        }
    }
}

impl File for JournaledFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        let written = self.file.write_at(bytes, offset)?;
        if written > 0 {
            self.changed();
        }
        Ok(written)
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        let appended = self.file.append(bytes)?;
        if appended.0 > 0 {
            self.changed();
        }
        Ok(appended)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.file.metadata()?.on(self.device))
    }

    fn set_len(&self, size: u64) -> Result<(), Errno> {
        self.file.set_len(size)?;
        self.changed();
        Ok(())
    }

    fn sync(&self) -> Result<(), Errno> {
        self.file.sync()
    }

    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno> {
        if (accessed, modified) == (SetTime::Keep, SetTime::Keep) {
            return Ok(());
        }
        self.file.set_times(accessed, modified)?;
        self.changed();
        Ok(())
    }
}
