//! How the outcomes of calls come from the threads of the pool to JavaScript: through one
//! function of JavaScript's for all calls of an environment.
//!
//! A promise that is made for each call on this side has a queue of its own between the
//! threads, and an object with named fields is costly to make here: both take longer than a
//! small command. So the function gets plain values, and `index.js` has the promises.

use std::sync::Arc;

use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, threadsafe_function::ThreadsafeCallContext};
use napi_derive::napi;

use crate::call::Outcome;

use super::bytes::Bytes;
use super::outcome::{NativeError, NativeUsage};

/// What `complete` gets: the number of the call; an error or null, and the exit status; stdout and
/// stderr, and how many bytes were written to each; then the usage in the order of `NativeUsage`.
type Arguments = FnArgs<(
    f64,
    Option<NativeError>,
    i32,
    Bytes,
    Bytes,
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

/// What takes outcomes to JavaScript.
#[napi]
pub struct Completions {
    complete: Arc<Complete>,
}

#[napi]
impl Completions {
    #[napi(
        constructor,
        ts_args_type = "complete: (call: number, error: NativeError | null, exitCode: number, stdout: Buffer, stderr: Buffer, ...numbers: number[]) => void"
    )]
    pub fn new(complete: Function<'_, Arguments, ()>) -> napi::Result<Self> {
        let complete = complete
            .build_threadsafe_function()
            .weak::<true>()
            .build_callback(|context| Ok(arguments(context)))?;
        Ok(Self {
            complete: Arc::new(complete),
        })
    }
}

impl Completions {
    /// What gives the outcome of one call to JavaScript, from any thread. An environment that has
    /// ended does not get it.
    pub fn completion(&self, call: f64) -> impl FnOnce(Outcome) + Send + 'static {
        let complete = Arc::clone(&self.complete);
        move |outcome| {
            complete.call((call, outcome), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

fn arguments(context: ThreadsafeCallContext<(f64, Outcome)>) -> Arguments {
    let (call, outcome) = context.value;
    let exit_code = *outcome.end.as_ref().unwrap_or(&0);
    let usage = NativeUsage::from(outcome.usage);
    FnArgs::from((
        call,
        outcome.end.err().map(NativeError::from),
        exit_code,
        Bytes(outcome.stdout.bytes),
        Bytes(outcome.stderr.bytes),
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
