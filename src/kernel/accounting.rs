//! What a job has used, and the memory it may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Job, Process};

/// Counters of a running job. They only grow.
#[derive(Default)]
pub struct Accounting {
    processes: AtomicU64,
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    file_bytes_written: AtomicU64,
    /// What was burned by processes as far as it is known while they run.
    fuel: AtomicU64,
    memory: AtomicU64,
    peak_memory: AtomicU64,
    /// In nanoseconds.
    cpu: AtomicU64,
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

    /// Counts bytes written to a file and gives all there were.
    pub fn wrote_to_file(&self, bytes: usize) -> u64 {
        let bytes = bytes as u64;
        self.file_bytes_written.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    /// Adds processor time.
    pub fn ran(&self, time: Duration) {
        self.cpu
            .fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Adds burned fuel and gives all that was burned.
    pub fn burned(&self, fuel: u64) -> u64 {
        self.fuel.fetch_add(fuel, Ordering::Relaxed) + fuel
    }

    pub fn fuel(&self) -> u64 {
        self.fuel.load(Ordering::Relaxed)
    }

    /// Takes memory for a process, if all of them have no more than `limit` then.
    pub fn take_memory(&self, bytes: u64, limit: u64) -> bool {
        let grown = |now: u64| now.checked_add(bytes).filter(|&all| all <= limit);
        let before = self
            .memory
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        if let Ok(before) = before {
            self.peak_memory
                .fetch_max(before + bytes, Ordering::Relaxed);
        }
        before.is_ok()
    }

    /// The memory that all processes have now, in bytes.
    pub fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    pub fn give_memory_back(&self, bytes: u64) {
        self.memory.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The counters, and the time that the caller has measured.
    pub fn usage(&self, wall: Duration) -> Usage {
        Usage {
            wall,
            cpu: Duration::from_nanos(self.cpu.load(Ordering::Relaxed)),
            fuel: self.fuel(),
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

/// What a process that another one started has free of charge, in bytes: the data
/// and the stack of its program, which it hardly touches. As many as a job may have
/// would use up its limit by these alone.
const UNCHARGED: u64 = 10 << 20;

/// Memory that is held for a job and counts towards its limit, until this is dropped.
pub struct Charge {
    job: Arc<Job>,
    bytes: u64,
}

impl Charge {
    /// Nothing yet.
    pub fn new(job: &Arc<Job>) -> Self {
        Self {
            job: Arc::clone(job),
            bytes: 0,
        }
    }

    /// Takes more, if the job may have it.
    #[must_use]
    pub fn add(&mut self, bytes: u64) -> bool {
        let granted = self
            .job
            .accounting
            .take_memory(bytes, self.job.limits.memory);
        if granted {
            self.bytes += bytes;
        }
        granted
    }

    /// Gives some of it back.
    pub fn give_back(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.job.accounting.give_memory_back(bytes);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.job.accounting.give_memory_back(self.bytes);
    }
}

/// The linear memory of a process: what it has of its job's.
pub struct MemoryBudget {
    charge: Charge,
    uncharged: u64,
    denied: bool,
}

impl MemoryBudget {
    pub fn of(process: &Process) -> Self {
        let is_first = process.control.parent == 0;
        Self {
            charge: Charge::new(&process.job),
            uncharged: if is_first { 0 } else { UNCHARGED },
            denied: false,
        }
    }

    /// Whether the memory may have `size` bytes now.
    pub fn grow_to(&mut self, size: u64) -> bool {
        let more = size.saturating_sub(self.uncharged + self.charge.bytes);
        let granted = self.charge.add(more);
        self.denied |= !granted;
        granted
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
    fn memory_is_granted_up_to_the_limit_of_all_together() {
        let accounting = Accounting::default();
        assert!(accounting.take_memory(60, 100));
        assert!(accounting.take_memory(40, 100));
        assert!(!accounting.take_memory(1, 100));
        assert!(!accounting.take_memory(u64::MAX, u64::MAX));
        accounting.give_memory_back(60);
        assert!(accounting.take_memory(30, 100));
        assert_eq!(accounting.usage(Duration::ZERO).peak_memory, 100);
    }

    #[test]
    fn written_bytes_are_counted_up() {
        let accounting = Accounting::default();
        assert_eq!(accounting.wrote_to_file(5), 5);
        assert_eq!(accounting.wrote_to_file(6), 11);
    }
}
