//! The threads that guests run on, from tokio's blocking pool: one for each core.

use std::sync::{Arc, LazyLock};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::call::{Call, Outcome, Request};
use crate::kernel::{Admission, Scheduler};

/// Calls that run at one time, over all sandboxes; more wait for their turn.
const MAX_RUNNING: usize = 256;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(drivers())
        .thread_name("agent-sandbox")
        .on_thread_start(yield_to_javascript)
        .build()
        .expect("the host can start one thread")
});

static SCHEDULER: LazyLock<Arc<Scheduler>> = LazyLock::new(|| {
    Scheduler::new(drivers(), |scheduler| {
        RUNTIME.spawn_blocking(move || scheduler.drive());
    })
});

static ADMISSION: LazyLock<Arc<Admission>> = LazyLock::new(|| Admission::new(MAX_RUNNING));

/// Guests that run at the same instant: one for each core, and two at least, so
/// that a slow disk under one does not stop all others.
fn drivers() -> usize {
    thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}

/// How much nicer than the rest of the process a guest's thread is: with all
/// cores busy, Node's own thread still gets one at once.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets the other threads of the process go first. Elsewhere than on Linux the
/// niceness is that of the whole process, which is the user's.
fn yield_to_javascript() {
    #[cfg(target_os = "linux")]
    {
        let thread = rustix::thread::gettid();
        // A thread that stays as it was does its work all the same.
        let _ = rustix::process::setpriority_process(Some(thread), NICENESS);
    }
}

/// What the calls of this process run on.
pub fn scheduler() -> &'static Arc<Scheduler> {
    &SCHEDULER
}

/// Runs a call and gives its outcome to `complete`, on a thread of the pool.
pub fn submit(call: Call, request: Request, complete: impl FnOnce(Outcome) + Send + 'static) {
    call.start(request, &ADMISSION, complete);
}

/// Gives memory back on another thread than the caller's.
pub fn dispose(memory: Vec<u8>) {
    RUNTIME.spawn(async move { drop(memory) });
}
