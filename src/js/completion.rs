//! How the outcomes of calls come from the threads of the pool to JavaScript: through one
//! function of JavaScript's for all calls of an environment.
//!
//! A promise that is made for each call on this side has a queue of its own between the
//! threads, and an object with named fields is costly to make here: both take longer than a
//! small command. So the function gets plain values, and `index.js` has the promises.
//!
//! Waking JavaScript's thread costs as much again. Where many tasks can run, outcomes wait
//! for each other: bringing them over is a task that takes its turn like the rest.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi_derive::napi;

use crate::call::Outcome;
use crate::pool;

use super::bytes::Bytes;
use super::outcome::{NativeError, NativeUsage};

/// What `complete` gets: the number of the call; an error or null, and the exit status; stdout and
/// stderr, null for none, as most are empty; how many bytes were written to each; then the usage in
/// the order of `NativeUsage`.
type Arguments = FnArgs<(
    f64,
    Option<NativeError>,
    i32,
    Option<Bytes>,
    Option<Bytes>,
    f64,
    f64,
    f64,
    f64,
    f64,
    f64,
    f64,
    f64,
    f64,
)>;

/// It does not keep the event loop alive: `index.js` does while calls run.
type Complete = ThreadsafeFunction<(f64, Outcome), (), Arguments, Status, false, true>;

/// With so many runnable tasks, outcomes wait for each other.
const CROWD: usize = 8;

/// What takes outcomes to JavaScript.
#[napi]
pub struct Completions {
    queue: Arc<Queue>,
}

struct Queue {
    complete: Complete,
    waiting: Mutex<Vec<(f64, Outcome)>>,
}

impl Queue {
    fn push(self: Arc<Self>, call: f64, outcome: Outcome) {
        let scheduler = pool::scheduler();
        // Who has ended a call waits for no one.
        let is_urgent = outcome.end.is_err() || scheduler.runnable() < CROWD;
        let is_first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push((call, outcome));
            waiting.len() == 1
        };
        if is_urgent {
            self.deliver();
        } else if is_first {
            scheduler.run(move || self.deliver());
        }
    }

    /// An environment that has ended gets nothing any more.
    fn deliver(&self) {
        let waiting = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *waiting)
        };
        for completed in waiting {
            self.complete
                .call(completed, ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

#[napi]
impl Completions {
    #[napi(
        constructor,
        ts_args_type = "complete: (call: number, error: NativeError | null, exitCode: number, stdout: Buffer | null, stderr: Buffer | null, ...numbers: number[]) => void"
    )]
    pub fn new(complete: Function<'_, Arguments, ()>) -> napi::Result<Self> {
        let complete = complete
            .build_threadsafe_function()
            .weak::<true>()
            .build_callback(|context| Ok(arguments(context)))?;
        let waiting = Mutex::default();
        let queue = Arc::new(Queue { complete, waiting });
        Ok(Self { queue })
    }
}

impl Completions {
    /// What gives the outcome of one call to JavaScript, from any thread.
    pub fn completion(&self, call: f64) -> impl FnOnce(Outcome) + Send + 'static {
        let queue = Arc::clone(&self.queue);
        move |outcome| queue.push(call, outcome)
    }
}

fn some(bytes: Vec<u8>) -> Option<Bytes> {
    (!bytes.is_empty()).then_some(Bytes(bytes))
}

fn arguments(context: ThreadsafeCallContext<(f64, Outcome)>) -> Arguments {
    let (call, outcome) = context.value;
    let exit_code = *outcome.end.as_ref().unwrap_or(&0);
    let usage = NativeUsage::from(outcome.usage);
    FnArgs::from((
        call,
        outcome.end.err().map(NativeError::from),
        exit_code,
        some(outcome.stdout.bytes),
        some(outcome.stderr.bytes),
        outcome.stdout.total as f64,
        outcome.stderr.total as f64,
        usage.wall_ms,
        usage.cpu_ms,
        usage.fuel,
        usage.peak_memory_bytes,
        usage.processes,
        usage.bytes_read,
        usage.bytes_written,
    ))
}
