//! The processes of a job: who is whose child, and how those that ended did.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use toolbox_abi::WaitStatus;

use crate::vfs::Errno;

use super::signal::Signals;
use super::{Control, Signal};

/// The number of a process.
pub type Pid = u32;

/// The highest pid; after it they start anew (Linux: 4,194,304).
const PID_MAX: u32 = 4_194_304;
/// Low numbers are not given again after the first round (Linux: 300).
const RESERVED: u32 = 300;

/// The pids of a sandbox. Its calls share them, so that two that run at one time
/// do not make the same temporary name out of `$$`.
pub struct Pids(AtomicU32);

impl Default for Pids {
    fn default() -> Self {
        Self(AtomicU32::new(1))
    }
}

impl Pids {
    fn next(&self) -> Pid {
        let step = |pid| Some(if pid >= PID_MAX { RESERVED } else { pid + 1 });
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
            .unwrap_or(RESERVED)
    }
}

/// The children that `wait` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Any,
    Pid(Pid),
}

/// Those that `kill` reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    All,
    AllButCaller,
    Pid(Pid),
}

struct Entry {
    control: Arc<Control>,
    /// Nobody will wait for it.
    orphan: bool,
    /// Set when it has ended and not yet been waited for.
    status: Option<WaitStatus>,
}

/// Every process that runs or waits to be waited for.
pub struct ProcessTable {
    pids: Arc<Pids>,
    limit: usize,
    entries: HashMap<Pid, Entry>,
    /// No process can be started any more.
    closed: bool,
}

impl ProcessTable {
    /// `limit` is the number of processes at one time.
    pub fn new(pids: Arc<Pids>, limit: usize) -> Self {
        Self {
            pids,
            limit,
            entries: HashMap::new(),
            closed: false,
        }
    }

    /// Processes, with those that wait to be waited for.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a child of `parent`; the first process has the parent 0.
    pub fn add(&mut self, parent: Pid, signals: Signals) -> Result<Arc<Control>, Errno> {
        if self.closed || self.entries.len() >= self.limit {
            return Err(Errno::Again);
        }
        let mut pid = self.pids.next();
        while self.entries.contains_key(&pid) {
            pid = self.pids.next();
        }
        let control = Arc::new(Control::new(pid, parent, signals));
        let entry = Entry {
            control: Arc::clone(&control),
            orphan: parent == 0,
            status: None,
        };
        self.entries.insert(pid, entry);
        Ok(control)
    }

    /// Notes that a process has ended and gives its parent, to be woken.
    pub fn end(&mut self, pid: Pid, status: WaitStatus) -> Option<Arc<Control>> {
        self.entries.retain(|_, entry| {
            if entry.control.parent != pid {
                return true;
            }
            entry.orphan = true;
            entry.status.is_none()
        });
        let entry = self.entries.get_mut(&pid)?;
        if entry.orphan {
            self.entries.remove(&pid);
            return None;
        }
        entry.status = Some(status);
        let parent = entry.control.parent;
        self.entries
            .get(&parent)
            .map(|entry| Arc::clone(&entry.control))
    }

    /// Takes out a child that has ended; none while those that are asked for run.
    pub fn reap(&mut self, parent: Pid, which: Which) -> Result<Option<(Pid, WaitStatus)>, Errno> {
        let mut ended = None;
        let mut any = false;
        for (&pid, entry) in &self.entries {
            let is_asked_for = match which {
                Which::Any => true,
                Which::Pid(wanted) => pid == wanted,
            };
            if entry.control.parent != parent || entry.orphan || !is_asked_for {
                continue;
            }
            any = true;
            // The one that was started first, whatever the order of the table.
            if let Some(status) = entry.status
                && ended.is_none_or(|(first, _)| pid < first)
            {
                ended = Some((pid, status));
            }
        }
        if let Some((pid, _)) = ended {
            let child = self.entries.remove(&pid);
            if let (Some(child), Some(parent)) = (child, self.entries.get(&parent)) {
                parent.control.time.add_child(&child.control.time);
            }
        } else if !any {
            return Err(Errno::NoChild);
        }
        Ok(ended)
    }

    /// The processes that a signal is for. One that has ended takes it without effect.
    pub fn targets(&self, caller: Pid, target: Target) -> Result<Vec<Arc<Control>>, Errno> {
        let found: Vec<_> = self
            .entries
            .iter()
            .filter(|(pid, _)| match target {
                Target::All => true,
                Target::AllButCaller => **pid != caller,
                Target::Pid(wanted) => **pid == wanted,
            })
            .map(|(_, entry)| Arc::clone(&entry.control))
            .collect();
        if found.is_empty() {
            return Err(Errno::NoProcess);
        }
        Ok(found)
    }

    /// Refuses new processes and gives those there are, to be ended.
    pub fn close(&mut self) -> Vec<Arc<Control>> {
        self.closed = true;
        self.entries
            .values()
            .map(|entry| Arc::clone(&entry.control))
            .collect()
    }
}

/// Sends a signal to each, without a lock on their table. All have it before one runs: a parent that is
/// ended with its child does not see the child end.
pub fn signal_all(targets: &[Arc<Control>], signal: Signal) {
    let woken = targets.iter().map(|control| control.note(signal));
    let woken: Vec<_> = woken.collect();
    for (control, _) in targets.iter().zip(woken).filter(|(_, wake)| *wake) {
        control.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ProcessTable {
        ProcessTable::new(Arc::default(), 4)
    }

    const OK: WaitStatus = WaitStatus(0);

    #[test]
    fn a_child_is_reaped_once_by_its_parent_only() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        let child = table
            .add(first, Signals::default())
            .expect("there is room")
            .pid;
        assert_eq!(table.reap(first, Which::Any), Ok(None));
        assert_eq!(table.reap(child, Which::Any), Err(Errno::NoChild));
        let parent = table.end(child, WaitStatus::exited(3));
        assert_eq!(parent.map(|control| control.pid), Some(first));
        let reaped = Ok(Some((child, WaitStatus::exited(3))));
        assert_eq!(table.reap(first, Which::Pid(child)), reaped);
        assert_eq!(table.reap(first, Which::Any), Err(Errno::NoChild));
    }

    #[test]
    fn an_orphan_leaves_nothing_behind() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        let child = table
            .add(first, Signals::default())
            .expect("there is room")
            .pid;
        let grandchild = table
            .add(child, Signals::default())
            .expect("there is room")
            .pid;
        assert!(table.end(child, OK).is_some());
        assert!(table.end(grandchild, OK).is_none());
        assert_eq!(
            table.reap(first, Which::Pid(grandchild)),
            Err(Errno::NoChild)
        );
        assert_eq!(table.reap(first, Which::Any), Ok(Some((child, OK))));
        assert!(table.end(first, OK).is_none());
        assert!(table.entries.is_empty());
    }

    #[test]
    fn a_parent_that_ends_takes_its_dead_children_with_it() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        let child = table
            .add(first, Signals::default())
            .expect("there is room")
            .pid;
        table.end(child, OK);
        table.end(first, OK);
        assert!(table.entries.is_empty());
    }

    #[test]
    fn the_limit_counts_those_that_wait_to_be_reaped() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        for _ in 0..3 {
            let child = table
                .add(first, Signals::default())
                .expect("there is room")
                .pid;
            table.end(child, OK);
        }
        assert_eq!(
            table.add(first, Signals::default()).err(),
            Some(Errno::Again)
        );
        assert!(table.reap(first, Which::Any).is_ok());
        assert!(table.add(first, Signals::default()).is_ok());
    }

    #[test]
    fn a_closed_table_starts_nothing() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        assert_eq!(table.close().len(), 1);
        assert_eq!(
            table.add(first, Signals::default()).err(),
            Some(Errno::Again)
        );
    }

    #[test]
    fn signals_find_the_processes_they_are_for() {
        let mut table = table();
        let first = table.add(0, Signals::default()).expect("there is room").pid;
        let child = table
            .add(first, Signals::default())
            .expect("there is room")
            .pid;
        let pids = |targets: Result<Vec<Arc<Control>>, Errno>| {
            let mut pids: Vec<_> = targets?.iter().map(|control| control.pid).collect();
            pids.sort_unstable();
            Ok(pids)
        };
        assert_eq!(
            pids(table.targets(first, Target::All)),
            Ok(vec![first, child])
        );
        assert_eq!(
            pids(table.targets(first, Target::AllButCaller)),
            Ok(vec![child])
        );
        assert_eq!(
            pids(table.targets(first, Target::Pid(child))),
            Ok(vec![child])
        );
        assert_eq!(
            pids(table.targets(first, Target::Pid(99))),
            Err(Errno::NoProcess)
        );
    }

    #[test]
    fn pids_start_anew_and_leave_out_those_in_use() {
        let pids = Arc::new(Pids(AtomicU32::new(PID_MAX)));
        let mut table = ProcessTable::new(pids, 4);
        let last = table.add(0, Signals::default()).expect("there is room").pid;
        let first = table
            .add(last, Signals::default())
            .expect("there is room")
            .pid;
        assert_eq!((last, first), (PID_MAX, RESERVED));
        table.pids.0.store(RESERVED, Ordering::Relaxed);
        assert_eq!(
            table
                .add(last, Signals::default())
                .map(|control| control.pid),
            Ok(RESERVED + 1)
        );
    }
}
