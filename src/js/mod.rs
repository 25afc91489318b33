//! The `#[napi]` classes: conversion between JavaScript and the session, and
//! nothing else. `index.js` stands over them.

mod bytes;
mod completion;
mod diff;
mod image;
mod options;
mod outcome;
mod value;

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;

use crate::error::Error;
use crate::kernel::{Interrupt, Reason};
use crate::session::Session;
use crate::{pool, root};

use completion::Completions;
use diff::NativeDiff;
use outcome::{NativeOutcome, NativeStartup};

/// An error with a code of ours, which becomes `code` of the JavaScript error.
type Refused = napi::Error<&'static str>;

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

thread_local! {
    /// The sandboxes of this JavaScript environment (main thread or worker).
    static SESSIONS: RefCell<Vec<Weak<Session>>> = const { RefCell::new(Vec::new()) };
}

#[cfg_attr(
    test,
    allow(dead_code, reason = "Node.js calls it, and tests have none")
)]
#[napi(module_exports)]
pub fn register(_exports: Object, env: Env) -> napi::Result<()> {
    image::locate(&env)?;
    // A worker or process that ends stops what its sandboxes run.
    env.add_env_cleanup_hook((), |()| {
        for session in SESSIONS.take().iter().filter_map(Weak::upgrade) {
            session.close();
        }
    })?;
    Ok(())
}

fn remember(session: &Arc<Session>) {
    SESSIONS.with_borrow_mut(|sessions| {
        sessions.retain(|known| known.strong_count() > 0);
        sessions.push(Arc::downgrade(session));
    });
}

/// The native half of `Sandbox`.
#[napi]
pub struct NativeSandbox {
    session: Arc<Session>,
}

#[napi]
impl NativeSandbox {
    #[napi(constructor, catch_unwind)]
    pub fn new(
        #[napi(ts_arg_type = "unknown")] options: Unknown,
    ) -> std::result::Result<Self, Refused> {
        let settings = options::settings(&options)?;
        let session = Arc::new(Session::new(settings, image::get()?)?);
        remember(&session);
        Ok(Self { session })
    }

    /// Runs a command. Its outcome goes to `completions`, with the number `call`.
    #[napi(catch_unwind)]
    pub fn exec(
        &self,
        #[napi(ts_arg_type = "unknown")] command: Unknown,
        #[napi(ts_arg_type = "unknown")] args: Unknown,
        #[napi(ts_arg_type = "unknown")] options: Unknown,
        completions: &Completions,
        call: f64,
        #[napi(ts_arg_type = "AbortHandle | null | undefined")] abort: Option<&AbortHandle>,
    ) -> std::result::Result<(), Refused> {
        let request = options::request(&command, &args, &options, self.session.limits())?;
        let begun = self.session.begin(&request.limits, pool::scheduler())?;
        if let Some(abort) = abort {
            abort.attach(&begun.interrupt);
        }
        pool::submit(begun, request, completions.completion(call));
        Ok(())
    }

    /// Runs commands with pipes between them, for benchmarks. Resolves also when the run
    /// failed: then `error` is set.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeOutcome>")]
    pub fn pipeline<'env>(
        &self,
        env: &'env Env,
        stages: Vec<Vec<String>>,
        #[napi(ts_arg_type = "unknown")] options: Unknown<'env>,
    ) -> std::result::Result<Object<'env>, Refused> {
        let request = options::pipeline(stages, &options, self.session.limits())?;
        let call = self.session.begin(&request.limits, pool::scheduler())?;
        let (deferred, promise) = env.create_deferred().map_err(internal)?;
        pool::submit(call, request, move |outcome| {
            deferred.resolve(move |_| Ok(NativeOutcome::from(outcome)));
        });
        Ok(promise)
    }

    /// What guests have changed since the last checkpoint. Resolves also when the
    /// sandbox is closed: then `error` is set.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDiff>")]
    pub fn diff<'env>(&self, env: &'env Env) -> std::result::Result<Object<'env>, Refused> {
        let (deferred, promise) = env.create_deferred().map_err(internal)?;
        let session = Arc::clone(&self.session);
        pool::scheduler().run(move || {
            let diff = NativeDiff::from(session.diff());
            deferred.resolve(move |_| Ok(diff));
        });
        Ok(promise)
    }

    /// Lets `diff` start anew.
    #[napi(catch_unwind)]
    pub fn checkpoint(&self) -> std::result::Result<(), Refused> {
        Ok(self.session.checkpoint()?)
    }

    /// Ends every call under way and refuses new ones.
    #[napi]
    pub fn close(&self) {
        self.session.close();
    }

    /// How long the parts of this process's first start took, for benchmarks.
    #[napi]
    pub fn startup() -> std::result::Result<NativeStartup, Refused> {
        Ok(image::get()?.startup.into())
    }

    /// The names of the tools a sandbox has, sorted.
    #[napi]
    pub fn available_tools() -> Vec<&'static str> {
        root::TOOLS.to_vec()
    }
}

fn internal(error: napi::Error) -> Refused {
    Error::Internal(error.reason).into()
}

/// Aborts the one call it was given to.
#[napi]
#[derive(Default)]
pub struct AbortHandle {
    interrupt: Mutex<Option<Arc<Interrupt>>>,
}

#[napi]
impl AbortHandle {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi]
    pub fn abort(&self) {
        let interrupt = self
            .interrupt
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(interrupt) = &*interrupt {
            interrupt.raise(Reason::Aborted);
        }
    }
}

impl AbortHandle {
    fn attach(&self, interrupt: &Arc<Interrupt>) {
        let mut slot = self
            .interrupt
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Arc::clone(interrupt));
    }
}
