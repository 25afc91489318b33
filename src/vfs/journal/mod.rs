//! The journal of a mount table: every change guests make, at a cost that
//! follows the changes and not the tree.
//!
//! A change is noted after it succeeded, so the order of two notes may differ
//! from the order of the calls when guests act on the same path at the same
//! time. The worst outcome is that the entries of that path, or of what is
//! beneath it, are wrong until the next checkpoint; the journal keeps its own
//! order whatever it is told.

mod diff;
mod file;
mod ledger;
#[cfg(test)]
mod property_tests;
mod trie;

pub use diff::Diff;
#[cfg(test)]
use diff::Renamed;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::File;
use file::JournaledFile;
use ledger::Ledger;

/// How many names a journal holds. Beyond, changes are not noted any more.
pub const MAX_NODES: usize = 1_000_000;
/// How many directories are remembered to have no symbolic link on the way.
const MAX_PLAIN: usize = 256;

/// What opening a file for writing did to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenChange {
    None,
    Created,
    Truncated,
}

pub struct Journal {
    state: Mutex<State>,
    /// Counts the checkpoints. Changes under the lock of `state`.
    epoch: AtomicU64,
}

struct State {
    ledger: Ledger,
    plain: HashSet<Vec<u8>>,
}

impl Journal {
    /// `limit` is how many names it holds.
    pub fn new(limit: usize) -> Self {
        Self {
            state: Mutex::new(State {
                ledger: Ledger::new(limit),
                plain: HashSet::new(),
            }),
            epoch: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file, directory or link was made.
    pub fn created(&self, path: &[u8]) {
        self.lock().ledger.create(path);
    }

    /// The permissions or times of a file were set.
    pub fn modified(&self, path: &[u8]) {
        self.lock().ledger.modify(path);
    }

    /// A file was changed, and nobody knows under which name it is now.
    pub fn missed(&self) {
        self.lock().ledger.complete = false;
    }

    /// A file or an empty directory was removed.
    pub fn removed(&self, path: &[u8], is_directory: bool) {
        let mut state = self.lock();
        if is_directory {
            state.forget_plain(path);
        }
        state.ledger.remove(path);
    }

    /// A file or directory was renamed, perhaps over what was at `to`.
    pub fn renamed(&self, from: &[u8], to: &[u8], is_directory: bool, replaced: bool) {
        let mut state = self.lock();
        if is_directory {
            state.forget_plain(from);
        }
        state.forget_plain(to);
        state.ledger.rename(from, to, is_directory, replaced);
    }

    /// A file was opened for writing; what is written to the file given here is noted.
    pub fn opened(
        self: &Arc<Self>,
        path: &[u8],
        change: OpenChange,
        file: Arc<dyn File>,
        device: u64,
    ) -> Arc<dyn File> {
        let mut state = self.lock();
        match change {
            OpenChange::None => {}
            OpenChange::Created => state.ledger.create(path),
            OpenChange::Truncated => state.ledger.modify(path),
        }
        let node = state.ledger.open(path);
        drop(state);
        Arc::new(JournaledFile::new(file, device, Arc::clone(self), node))
    }

    /// Starts anew: from here on changes are told.
    pub fn checkpoint(&self) {
        let mut state = self.lock();
        state.ledger.checkpoint();
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// The net changes since the checkpoint; `exists` looks whether something is
    /// at a path now, and is called without the lock.
    pub fn diff(&self, exists: impl Fn(&[u8]) -> bool) -> Diff {
        let draft = self.lock().ledger.draft();
        draft.finish(exists)
    }

    /// How many names it holds.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        let state = self.lock();
        state.ledger.now.len() + state.ledger.before.len()
    }

    /// Whether a directory's path is known to go through no symbolic link.
    pub fn is_plain(&self, directory: &[u8]) -> bool {
        directory.is_empty() || self.lock().plain.contains(directory)
    }

    /// Remembers a directory whose path goes through no symbolic link.
    pub fn add_plain(&self, directory: &[u8]) {
        let mut state = self.lock();
        if state.plain.len() >= MAX_PLAIN {
            state.plain.clear();
        }
        state.plain.insert(directory.to_vec());
    }
}

impl State {
    /// A directory is not where it was, and so is all beneath it.
    fn forget_plain(&mut self, directory: &[u8]) {
        self.plain
            .retain(|path| match path.strip_prefix(directory) {
                Some(rest) => !rest.is_empty() && !rest.starts_with(b"/"),
                None => true,
            });
    }
}
