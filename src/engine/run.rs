//! One process from start to end: instantiate, call `_start`, and say how it ended.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use wasmtime::{InstancePre, Store, Trap};

use crate::kernel::{
    Exit, FUEL_SLICE, Job, MemoryBudget, Process, ProgramFuture, Programs, Signal,
};
use crate::syscall::{CutShort, Exited, Guest};

use super::{Image, MAX_CHILDREN, Running};

/// The fuel of a process without a limit: years of work.
const UNLIMITED_FUEL: u64 = u64::MAX / 4;

/// A store whose meter is read when it goes, also when its process is cut short.
struct Metered {
    store: Store<Guest>,
    job: Arc<Job>,
}

impl Drop for Metered {
    fn drop(&mut self) {
        let left = self.store.get_fuel().unwrap_or_default();
        let Guest { process, fuel, .. } = self.store.data_mut();
        self.job.burned(fuel.settle(left, &process.control));
    }
}

impl Programs for Image {
    fn run(self: Arc<Self>, process: Process) -> ProgramFuture {
        // Counted from now on, not from its first turn.
        let running = Running::new(self);
        Box::pin(run(running, process))
    }

    fn has_room(&self) -> bool {
        self.running.load(Ordering::Relaxed) < MAX_CHILDREN
    }
}

/// Runs a process to its end.
async fn run(running: Running, process: Process) -> Exit {
    let prepared = match running.0.prepared() {
        Ok(prepared) => prepared,
        Err(error) => return Exit::NotStarted(error.to_string()),
    };
    let job = Arc::clone(&process.job);
    let budget = MemoryBudget::of(&process);
    let guest = Guest::new(process, budget);
    let mut metered = Metered {
        store: Store::new(prepared.module().engine(), guest),
        job,
    };
    let ended = start(prepared, &mut metered).await;
    exit(ended, metered.store.data())
}

async fn start(prepared: &InstancePre<Guest>, metered: &mut Metered) -> wasmtime::Result<()> {
    let fuel = fuel_left(&metered.job);
    let store = &mut metered.store;
    store.limiter(|guest| &mut guest.budget);
    store.set_fuel(fuel)?;
    store.data_mut().fuel.grant(fuel);
    store.fuel_async_yield_interval(Some(FUEL_SLICE))?;
    let instance = prepared.instantiate_async(&mut *store).await?;
    store.data_mut().memory = instance.get_memory(&mut *store, "memory");
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    start.call_async(store, ()).await
}

/// The fuel that a job has left, for the process that runs next.
pub fn fuel_left(job: &Job) -> u64 {
    match job.limits.fuel {
        Some(limit) => limit.saturating_sub(job.accounting.fuel()),
        None => UNLIMITED_FUEL,
    }
}

fn exit(ended: wasmtime::Result<()>, guest: &Guest) -> Exit {
    let Err(error) = ended else {
        return Exit::Status(0);
    };
    if let Some(Exited(status)) = error.downcast_ref() {
        return Exit::Status(*status as u8);
    }
    if error.is::<CutShort>() {
        return Exit::Signal(guest.process.control.fatal().unwrap_or(Signal::KILL));
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
        Trap::StackOverflow => (Signal::SEGV, "segmentation fault (stack overflow)"),
        // A panic or abort of the guest; it has said why by itself.
        Trap::UnreachableCodeReached => (Signal::ABRT, "aborted"),
        Trap::IntegerDivisionByZero | Trap::IntegerOverflow | Trap::BadConversionToInteger => {
            (Signal::FPE, "arithmetic exception")
        }
        _ => (Signal::SEGV, "segmentation fault"),
    };
    guest.process.complain(message);
    Exit::Signal(signal)
}
