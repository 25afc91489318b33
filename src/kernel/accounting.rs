//! What a job has used, and the memory it may use.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters of a running job. They only grow.
#[derive(Default)]
pub struct Accounting {
    processes: AtomicU64,
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    fuel: AtomicU64,
    peak_memory: AtomicU64,
}

impl Accounting {
    pub fn process_started(&self) {
        self.processes.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub fn wrote(&self, bytes: usize) {
        self.bytes_written
            .fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Adds what a process that has ended has burned.
    pub fn burned(&self, fuel: u64) {
        self.fuel.fetch_add(fuel, Ordering::Relaxed);
    }

    /// Notes the most linear memory that a process had, in bytes.
    pub fn had_memory(&self, peak: u64) {
        self.peak_memory.fetch_max(peak, Ordering::Relaxed);
    }

    /// The counters, and the times that the caller has measured.
    pub fn usage(&self, wall: Duration, cpu: Duration) -> Usage {
        Usage {
            wall,
            cpu,
            fuel: self.fuel.load(Ordering::Relaxed),
            peak_memory: self.peak_memory.load(Ordering::Relaxed),
            processes: self.processes.load(Ordering::Relaxed),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            bytes_written: self.bytes_written.load(Ordering::Relaxed),
        }
    }
}

/// What a job has used by its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    pub wall: Duration,
    pub cpu: Duration,
    pub fuel: u64,
    pub peak_memory: u64,
    pub processes: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
}

/// The linear memory of a process: a limit, and what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryBudget {
    limit: u64,
    peak: u64,
    denied: bool,
}

impl MemoryBudget {
    /// `limit` is in bytes.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            peak: 0,
            denied: false,
        }
    }

    /// Whether the memory may have `size` bytes now.
    pub fn grow_to(&mut self, size: u64) -> bool {
        if size > self.limit {
            self.denied = true;
            return false;
        }
        self.peak = self.peak.max(size);
        true
    }

    /// The most bytes it had at one time.
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// Whether the process was ever refused memory.
    pub fn was_denied(&self) -> bool {
        self.denied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_grants_its_limit_and_remembers_a_refusal() {
        let mut budget = MemoryBudget::new(100);
        assert!(budget.grow_to(100));
        assert!(!budget.was_denied());
        assert!(!budget.grow_to(101));
        assert!(budget.was_denied());
        assert!(budget.grow_to(40));
        assert_eq!(budget.peak(), 100);
    }
}
