//! One process from start to end: instantiate, call `_start`, and say how it ended.

use std::sync::Arc;

use wasmtime::{Store, Trap};

use crate::kernel::{Job, MemoryBudget, Process, Reason, drive};
use crate::syscall::{CutShort, Exited, Guest};

use super::Image;

/// Fuel between two looks at deadline and abort: some milliseconds of work.
const FUEL_SLICE: u64 = 2_000_000;
/// The fuel of a process without a limit: years of work.
const UNLIMITED_FUEL: u64 = u64::MAX / 4;

const SIGABRT: i32 = 6;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;

/// What a process may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In bytes of linear memory.
    pub memory: u64,
    pub fuel: Option<u64>,
}

/// How a process ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited, or died of a signal (128 and the signal's number).
    Status(i32),
    OutOfFuel,
    /// It was refused memory and could not go on without it.
    OutOfMemory,
    /// The host had no memory or address space to start it in.
    NotStarted(String),
    /// wasmtime failed, not the guest; the text is for a bug report.
    Failed(String),
}

/// A store whose meters are read when it goes, also when its process is cut short.
struct Metered {
    store: Store<Guest>,
    fuel: u64,
    job: Arc<Job>,
}

impl Drop for Metered {
    fn drop(&mut self) {
        let left = self.store.get_fuel().unwrap_or(self.fuel);
        let accounting = &self.job.accounting;
        accounting.burned(self.fuel.saturating_sub(left));
        accounting.had_memory(self.store.data().budget.peak());
    }
}

impl Image {
    /// Drives a job's first process on this thread until it ends or the job is
    /// cut short.
    pub fn run_job(&self, job: &Job, process: Process, limits: Limits) -> Result<Exit, Reason> {
        let exit = drive(job, self.run(process, limits))?;
        exit.ok_or_else(|| job.interrupt.check().unwrap_or(Reason::Timeout))
    }

    /// Runs a process to its end; none is given when the job was ended while it
    /// was in a call. Dropping the future ends it at once.
    async fn run(&self, process: Process, limits: Limits) -> Option<Exit> {
        let job = Arc::clone(&process.job);
        let guest = Guest::new(process, MemoryBudget::new(limits.memory));
        let mut metered = Metered {
            store: Store::new(self.prepared.module().engine(), guest),
            fuel: limits.fuel.unwrap_or(UNLIMITED_FUEL),
            job,
        };
        let ended = self.start(&mut metered).await;
        if ended.as_ref().is_err_and(|error| error.is::<CutShort>()) {
            return None;
        }
        Some(exit(ended, metered.store.data()))
    }

    async fn start(&self, metered: &mut Metered) -> wasmtime::Result<()> {
        let store = &mut metered.store;
        store.limiter(|guest| &mut guest.budget);
        store.set_fuel(metered.fuel)?;
        store.fuel_async_yield_interval(Some(FUEL_SLICE))?;
        let instance = self.prepared.instantiate_async(&mut *store).await?;
        store.data_mut().memory = instance.get_memory(&mut *store, "memory");
        let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
        start.call_async(store, ()).await
    }
}

fn exit(ended: wasmtime::Result<()>, guest: &Guest) -> Exit {
    let Err(error) = ended else {
        return Exit::Status(0);
    };
    if let Some(Exited(status)) = error.downcast_ref() {
        return Exit::Status((status & 0xff) as i32);
    }
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::OutOfFuel) {
        return Exit::OutOfFuel;
    }
    if guest.budget.was_denied() {
        return Exit::OutOfMemory;
    }
    let Some(trap) = trap else {
        let message = format!("{error:#}");
        return if guest.memory.is_none() {
            Exit::NotStarted(message)
        } else {
            Exit::Failed(message)
        };
    };
    let (signal, message) = match trap {
        Trap::StackOverflow => (SIGSEGV, "segmentation fault (stack overflow)"),
        // A panic or abort of the guest; it has said why by itself.
        Trap::UnreachableCodeReached => (SIGABRT, "aborted"),
        Trap::IntegerDivisionByZero | Trap::IntegerOverflow | Trap::BadConversionToInteger => {
            (SIGFPE, "arithmetic exception")
        }
        _ => (SIGSEGV, "segmentation fault"),
    };
    guest.process.complain(message);
    Exit::Status(128 + signal)
}
