//! The threads that guests run on: tokio's blocking pool.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Wake, Waker};

use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant as TokioInstant;

use crate::error::Error;
use crate::kernel::Interrupt;
use crate::session::{Call, Outcome, Request};

/// Calls that run at one time; more wait in a queue. Each holds a thread even
/// while it sleeps, so this is well above the number of cores; with hundreds of
/// busy threads, starting one more would hold up JavaScript.
const MAX_RUNNING: usize = 64;

/// One worker is enough: it only fires the timers of queued calls.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(MAX_RUNNING)
        .thread_name("agent-sandbox")
        .on_thread_start(yield_to_javascript)
        .enable_time()
        .build()
        .expect("the host can start one thread")
});

/// How much nicer than the rest of the process a guest's thread is. When more
/// guests run than there are cores, Node's own thread still gets one at once.
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

/// Calls that were submitted and have not ended.
static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

type Complete = Box<dyn FnOnce(Outcome) + Send>;

/// A call between its submission and its run. Whoever takes the completion
/// first, the thread that runs the call or what ends it early, settles it.
struct Queued {
    interrupt: Arc<Interrupt>,
    complete: Mutex<Option<(Call, Request, Complete)>>,
}

impl Queued {
    fn take(&self) -> Option<(Call, Request, Complete)> {
        self.complete
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Settles a call that must end and has not begun to run.
    fn settle_if_ended(&self) {
        // Looking may wake this very waker, so no lock is held meanwhile.
        let Some(reason) = self.interrupt.check() else {
            return;
        };
        let Some((call, request, complete)) = self.take() else {
            return;
        };
        let error = Error::cut_short(reason, request.limits.timeout);
        drop(call);
        complete(Outcome::not_run(error));
    }
}

impl Wake for Queued {
    fn wake(self: Arc<Self>) {
        self.settle_if_ended();
    }
}

/// Runs a call on a thread of the pool and gives its outcome to `complete`, on
/// that thread or, for a call that ends in the queue, on the one that ended it.
pub fn submit(call: Call, request: Request, complete: impl FnOnce(Outcome) + Send + 'static) {
    let interrupt = Arc::clone(&call.interrupt);
    let queued = Arc::new(Queued {
        interrupt: Arc::clone(&interrupt),
        complete: Mutex::new(Some((call, request, Box::new(complete)))),
    });
    let others = UNDER_WAY.fetch_add(1, Ordering::AcqRel);
    if others >= MAX_RUNNING {
        interrupt.wake_on_raise(&Waker::from(Arc::clone(&queued)));
        let waiting = Arc::downgrade(&queued);
        let deadline = TokioInstant::from_std(interrupt.deadline());
        RUNTIME.spawn(async move {
            tokio::time::sleep_until(deadline).await;
            if let Some(queued) = waiting.upgrade() {
                queued.settle_if_ended();
            }
        });
    }
    let run = move || {
        let ended = queued
            .take()
            .map(|(call, request, complete)| (call.run(request), complete));
        // Before the caller learns of the end and makes its next call.
        UNDER_WAY.fetch_sub(1, Ordering::AcqRel);
        if let Some((outcome, complete)) = ended {
            complete(outcome);
        }
    };
    if others == 0 {
        RUNTIME.spawn_blocking(run);
    } else {
        // This call may need a new thread, and making one waits for the memory
        // map that busy guests use. JavaScript must not wait there.
        RUNTIME.spawn(async { drop(tokio::task::spawn_blocking(run)) });
    }
}
