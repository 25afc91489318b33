//! A job: one `exec` and all it starts. It owns the limits, and it ends when its
//! first process does.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use toolbox_abi::WaitStatus;

use crate::vfs::{Errno, MountTable};

use super::table::{Pid, Pids, ProcessTable, Target, Which, signal_all};
use super::time::thread_time;
use super::{Accounting, Control, Interrupt, Process, Reason, Scheduler, Signal};

/// Fuel that a program burns in one turn, before its driver looks at what else
/// there is: a millisecond or two of work.
pub const FUEL_SLICE: u64 = 2_000_000;

/// What a job may use.
#[derive(Clone, Copy, Debug)]
pub struct JobLimits {
    /// Linear memory of all processes together, in bytes.
    pub memory: u64,
    pub fuel: Option<u64>,
    /// Bytes written to files.
    pub written: u64,
    /// Processes at one time, with those nobody has waited for yet.
    pub processes: usize,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    Status(u8),
    Signal(Signal),
    OutOfFuel,
    /// It was refused memory and could not go on without it.
    OutOfMemory,
    /// The host had no memory or address space to start it in.
    NotStarted(String),
    /// The engine failed, not the guest; the text is for a bug report.
    Failed(String),
}

pub type ProgramFuture = Pin<Box<dyn Future<Output = Exit> + Send>>;

/// What can be run.
pub trait Programs: Send + Sync {
    /// Runs the program that the first argument of the process names. Dropping
    /// the future ends it.
    fn run(self: Arc<Self>, process: Process) -> ProgramFuture;

    /// Whether a process may start one more.
    fn has_room(&self) -> bool {
        true
    }
}

pub struct Job {
    pub interrupt: Arc<Interrupt>,
    pub accounting: Accounting,
    pub limits: JobLimits,
    pub(super) started: Instant,
    pub(super) files: Arc<MountTable>,
    pub(super) programs: Arc<dyn Programs>,
    table: Mutex<ProcessTable>,
    /// How the first process ended.
    status: OnceLock<WaitStatus>,
    /// What `Reason::NotStarted` or `Reason::Failed` is about.
    failure: OnceLock<String>,
    /// Wait for all processes, not only for the first one.
    stays: bool,
}

/// Held by every process of a job; when the last one goes, the job is done.
#[derive(Clone)]
pub struct Lease {
    _done: Arc<Done>,
}

struct Done(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Lease {
    /// `done` is called when nothing of the job runs any more.
    pub fn new(done: impl FnOnce() + Send + 'static) -> Self {
        Self {
            _done: Arc::new(Done(Mutex::new(Some(Box::new(done))))),
        }
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        let done = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = done.take() {
            done();
        }
    }
}

impl Job {
    /// With `stays`, the job goes on until its last process has ended.
    pub fn new(
        interrupt: Arc<Interrupt>,
        limits: JobLimits,
        files: Arc<MountTable>,
        programs: Arc<dyn Programs>,
        pids: Arc<Pids>,
        stays: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            interrupt,
            accounting: Accounting::default(),
            limits,
            started: Instant::now(),
            files,
            programs,
            table: Mutex::new(ProcessTable::new(pids, limits.processes)),
            status: OnceLock::new(),
            failure: OnceLock::new(),
            stays,
        })
    }

    pub fn files(&self) -> &MountTable {
        &self.files
    }

    pub(super) fn table(&self) -> MutexGuard<'_, ProcessTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn scheduler(&self) -> &Arc<Scheduler> {
        &self.interrupt.scheduler
    }

    /// Runs a future among the job's tasks.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.scheduler().spawn(self.interrupt.job, future);
    }

    /// How the job ended: the status of its first process, or why it was cut short.
    pub fn end(&self) -> Result<WaitStatus, Reason> {
        let status = self.status.get().copied();
        match (status, self.interrupt.raised()) {
            (Some(status), None) => Ok(status),
            (Some(status), Some(_)) if !self.stays => Ok(status),
            (_, reason) => Err(reason.unwrap_or(Reason::Failed)),
        }
    }

    /// What the reason of the end is about, for messages.
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Ends the job without having started a process.
    pub fn end_with(&self, status: u8) {
        let _ = self.status.set(WaitStatus::exited(status));
    }

    /// Ends all of the job for a failure that is described by `message`.
    pub fn fail(&self, reason: Reason, message: String) {
        let _ = self.failure.set(message);
        self.interrupt.raise(reason);
    }

    /// Counts fuel. A job that has burned more than its limit is ended.
    pub fn burned(&self, fuel: u64) {
        let all = self.accounting.burned(fuel);
        if self.limits.fuel.is_some_and(|limit| all > limit) {
            self.interrupt.raise(Reason::OutOfFuel);
        }
    }

    /// Takes over a process and runs it to its end, when it is polled.
    pub fn supervise(self: &Arc<Self>, process: Process) -> Supervised {
        self.accounting.process_started();
        Supervised {
            job: Arc::clone(self),
            control: Arc::clone(&process.control),
            polled_by: process.polled_by.clone(),
            _lease: process.lease.clone(),
            program: Some(Arc::clone(&self.programs).run(process)),
        }
    }

    pub(super) fn reap(
        &self,
        parent: Pid,
        which: Which,
    ) -> Result<Option<(Pid, WaitStatus)>, Errno> {
        self.table().reap(parent, which)
    }

    pub(super) fn kill(
        &self,
        caller: Pid,
        target: Target,
        signal: Option<Signal>,
    ) -> Result<(), Errno> {
        let targets = self.table().targets(caller, target)?;
        if let Some(signal) = signal {
            signal_all(&targets, signal);
        }
        Ok(())
    }

    fn ended(&self, control: &Control, exit: Exit) {
        let status = match exit {
            Exit::Status(status) => WaitStatus::exited(status),
            Exit::Signal(signal) => WaitStatus::signaled(signal.number()),
            failed => {
                match failed {
                    Exit::OutOfFuel => self.interrupt.raise(Reason::OutOfFuel),
                    Exit::OutOfMemory => self.interrupt.raise(Reason::OutOfMemory),
                    Exit::NotStarted(message) => self.fail(Reason::NotStarted, message),
                    Exit::Failed(message) => self.fail(Reason::Failed, message),
                    Exit::Status(_) | Exit::Signal(_) => {}
                }
                WaitStatus::signaled(Signal::KILL.number())
            }
        };
        let parent = self.table().end(control.pid, status);
        if let Some(parent) = parent {
            parent.signal(Signal::CHLD);
            parent.wake();
        }
        if control.parent == 0 && self.interrupt.raised().is_none() {
            let _ = self.status.set(status);
            if !self.stays {
                let rest = self.table().close();
                signal_all(&rest, Signal::KILL);
                self.scheduler().hurry(self.interrupt.job);
            }
        }
    }
}

/// A process that runs when it is polled, until it ends or is ended.
pub struct Supervised {
    job: Arc<Job>,
    control: Arc<Control>,
    /// The parent, if that polls it.
    polled_by: Option<Arc<Control>>,
    _lease: Lease,
    program: Option<ProgramFuture>,
}

impl Supervised {
    /// One turn of the program.
    fn turn(&mut self, context: &mut Context<'_>) -> Poll<Exit> {
        // Before it looks: who ends it afterwards knows whom to wake.
        if self.control.attend(context.waker()) {
            self.job.interrupt.attend(self.control.pid, context.waker());
        }
        if self.job.interrupt.check().is_some() {
            return Poll::Ready(Exit::Signal(Signal::KILL));
        }
        if let Some(signal) = self.control.fatal() {
            return Poll::Ready(Exit::Signal(signal));
        }
        let Some(program) = &mut self.program else {
            return Poll::Ready(Exit::Signal(Signal::KILL));
        };
        let polled = catch_unwind(AssertUnwindSafe(|| program.as_mut().poll(context)));
        let exit = match polled {
            Ok(Poll::Ready(exit)) => exit,
            Ok(Poll::Pending) => {
                if self.control.end_turn() {
                    self.job.burned(FUEL_SLICE);
                }
                // Ended in its turn, it would have to wait for the next one.
                if self.job.interrupt.raised().is_some() {
                    return Poll::Ready(Exit::Signal(Signal::KILL));
                }
                let fatal = self.control.fatal();
                return fatal.map_or(Poll::Pending, |signal| Poll::Ready(Exit::Signal(signal)));
            }
            Err(panic) => Exit::Failed(panic_message(&*panic)),
        };
        // A signal that came while it was in a call explains its end.
        Poll::Ready(match (exit, self.control.fatal()) {
            (Exit::Signal(_), Some(signal)) => Exit::Signal(signal),
            (exit, _) => exit,
        })
    }

    /// Lets the program go, and then tells those who wait for its end: its
    /// descriptors are closed by then.
    fn end(&mut self, exit: Exit) {
        let Some(program) = self.program.take() else {
            return;
        };
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(program)));
        self.job.interrupt.forget(self.control.pid);
        let exit = match dropped {
            Ok(()) => exit,
            Err(panic) => Exit::Failed(panic_message(&*panic)),
        };
        self.job.ended(&self.control, exit);
    }
}

impl Future for Supervised {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let start = thread_time();
        self.control.time.begin_turn(start);
        let turn = self.turn(context);
        let polled = turn.map(|exit| {
            // Who waits for it may ask for its time at once.
            if self.control.parent != 0 {
                self.control.time.settle(thread_time());
            }
            self.end(exit);
        });
        let now = thread_time();
        self.control.time.settle(now);
        let time = now.saturating_sub(start);
        match &self.polled_by {
            Some(parent) => parent.time.lend(time),
            None => self.job.accounting.ran(time),
        }
        polled
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.end(Exit::Signal(Signal::KILL));
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
