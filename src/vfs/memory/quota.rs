//! What a tree in memory may hold, counted without a lock.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::vfs::Errno;

pub struct Quota {
    used: AtomicU64,
    limit: u64,
}

impl Quota {
    pub fn new(limit: u64) -> Self {
        Self {
            used: AtomicU64::new(0),
            limit,
        }
    }

    #[cfg(test)]
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes all of these bytes or none.
    pub fn take(&self, bytes: u64) -> Result<(), Errno> {
        self.take_pages(bytes, bytes.max(1)).map(|_| ())
    }

    /// Takes as many whole pages of `bytes` as there are, and says how many bytes.
    pub fn take_pages(&self, bytes: u64, page: u64) -> Result<u64, Errno> {
        let mut taken = 0;
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                let room = self.limit.saturating_sub(used);
                taken = bytes.min(room - room % page);
                (taken > 0 || bytes == 0).then_some(used + taken)
            })
            .map_err(|_| Errno::NoSpace)?;
        Ok(taken)
    }

    /// Takes bytes that cannot be refused.
    pub fn force(&self, bytes: u64) {
        self.used.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn release(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}
