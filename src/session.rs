//! A sandbox between its calls: mounts, environment, limits, and the calls that
//! are under way.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::call::Call;
use crate::engine::Image;
use crate::error::Error;
use crate::kernel::{Interrupt, Pids, Reason, Scheduler};
use crate::root;
use crate::vfs::{Diff, MountTable};

/// What a sandbox is made of.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The host directory seen as `/work`; without one, `/work` is memory.
    pub work_dir: Option<PathBuf>,
    pub mounts: Vec<MountSettings>,
    pub env: Vec<(String, String)>,
    pub limits: RunLimits,
}

#[derive(Clone, Debug)]
pub struct MountSettings {
    pub host_path: PathBuf,
    /// Absolute and normal: `/docs`, `/data/set`.
    pub guest_path: String,
    pub writable: bool,
}

/// The limits of each call that does not set its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunLimits {
    pub timeout: Duration,
    /// In bytes.
    pub memory: u64,
    pub fuel: Option<u64>,
    /// Bytes written to files.
    pub written: u64,
    /// In bytes, for each of standard output and standard error.
    pub output: usize,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            memory: 512 << 20,
            fuel: None,
            written: 4 << 30,
            output: 8 << 20,
        }
    }
}

pub struct Session {
    image: Arc<Image>,
    pids: Arc<Pids>,
    env: Vec<(String, String)>,
    limits: RunLimits,
    calls: Mutex<Calls>,
}

/// The calls under way, so that closing the sandbox can end them.
struct Calls {
    /// None once the sandbox is closed: its directories are closed with it.
    files: Option<Arc<MountTable>>,
    next: u64,
    running: HashMap<u64, Arc<Interrupt>>,
}

impl Session {
    pub fn new(settings: Settings, image: Arc<Image>) -> Result<Self, Error> {
        let calls = Calls {
            files: Some(Arc::new(root::mount(&settings)?)),
            next: 0,
            running: HashMap::new(),
        };
        Ok(Self {
            image,
            pids: Arc::default(),
            env: settings.env,
            limits: settings.limits,
            calls: Mutex::new(calls),
        })
    }

    pub fn limits(&self) -> RunLimits {
        self.limits
    }

    pub fn image(&self) -> &Arc<Image> {
        &self.image
    }

    pub fn pids(&self) -> &Arc<Pids> {
        &self.pids
    }

    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// What guests have changed in writable mounts since the last checkpoint.
    pub fn diff(&self) -> Result<Diff, Error> {
        Ok(self.files()?.diff())
    }

    /// Lets `diff` start anew.
    pub fn checkpoint(&self) -> Result<(), Error> {
        self.files()?.checkpoint();
        Ok(())
    }

    fn files(&self) -> Result<Arc<MountTable>, Error> {
        self.calls().files.clone().ok_or(Error::Closed)
    }

    /// Ends every call under way and refuses new ones.
    pub fn close(&self) {
        let interrupts: Vec<_> = {
            let mut calls = self.calls();
            calls.files = None;
            calls.running.values().cloned().collect()
        };
        // Without the lock: a call that ends in the queue takes it at once.
        for interrupt in interrupts {
            interrupt.raise(Reason::Closed);
        }
    }

    /// Notes a new call; its time limit starts now.
    pub fn begin(
        self: &Arc<Self>,
        limits: &RunLimits,
        scheduler: &Arc<Scheduler>,
    ) -> Result<Call, Error> {
        let started = Instant::now();
        let deadline = started + limits.timeout;
        let interrupt = Arc::new(Interrupt::new(Arc::clone(scheduler), deadline));
        let mut calls = self.calls();
        let files = calls.files.clone().ok_or(Error::Closed)?;
        let number = calls.next;
        calls.next += 1;
        calls.running.insert(number, Arc::clone(&interrupt));
        Ok(Call {
            session: Arc::clone(self),
            files,
            number,
            interrupt,
            started,
        })
    }

    /// A call is over.
    pub fn forget(&self, number: u64) {
        self.calls().running.remove(&number);
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
