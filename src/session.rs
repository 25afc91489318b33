//! A sandbox between its calls: mounts, environment and limits. `run` takes
//! one call from request to outcome on the calling thread.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

use crate::engine::{Exit, Image, Limits};
use crate::error::Error;
use crate::kernel::{Captured, Interrupt, Job, OpenFile, Output, Process, Reason, Usage};
use crate::root::{self, WORK_DIR};
use crate::vfs::{FileType, Follow, MountTable};

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
    /// In bytes, for each of standard output and standard error.
    pub output: usize,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            memory: 512 << 20,
            fuel: None,
            output: 8 << 20,
        }
    }
}

/// One call, resolved: every option has its value.
#[derive(Clone, Debug)]
pub struct Request {
    pub command: String,
    pub args: Vec<String>,
    /// An absolute guest path.
    pub cwd: String,
    /// Added to the sandbox's environment.
    pub env: Vec<(String, String)>,
    pub stdin: Vec<u8>,
    pub limits: RunLimits,
}

/// What one call gave: an exit status, or why there is none, and in both cases
/// all output and usage until then.
#[derive(Debug)]
pub struct Outcome {
    pub end: Result<i32, Error>,
    pub stdout: Captured,
    pub stderr: Captured,
    pub usage: Usage,
}

impl Outcome {
    /// The outcome of a call that never came to run.
    pub fn not_run(error: Error) -> Self {
        Self {
            end: Err(error),
            stdout: Captured::default(),
            stderr: Captured::default(),
            usage: Usage::default(),
        }
    }
}

pub struct Session {
    image: Arc<Image>,
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

/// A call that is under way; it is no longer when this is dropped.
pub struct Call {
    session: Arc<Session>,
    files: Arc<MountTable>,
    number: u64,
    pub interrupt: Arc<Interrupt>,
    pub started: Instant,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.session.calls().running.remove(&self.number);
    }
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
            env: settings.env,
            limits: settings.limits,
            calls: Mutex::new(calls),
        })
    }

    pub fn limits(&self) -> RunLimits {
        self.limits
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
    pub fn begin(self: &Arc<Self>, limits: &RunLimits) -> Result<Call, Error> {
        let started = Instant::now();
        let interrupt = Arc::new(Interrupt::new(started + limits.timeout));
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

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    /// Runs the request on this thread. A panic below is contained here.
    pub fn run(&self, request: Request) -> Outcome {
        let stdout = Arc::new(Output::new(request.limits.output));
        let stderr = Arc::new(Output::new(request.limits.output));
        let job = Arc::new(Job::new(Arc::clone(&self.interrupt)));
        let cpu = ThreadTime::try_now().ok();
        let end = catch_unwind(AssertUnwindSafe(|| {
            self.run_job(request, &job, [&stdout, &stderr])
        }))
        .unwrap_or_else(|panic| Err(Error::Internal(panic_message(&*panic))));
        let cpu = cpu
            .and_then(|start| start.try_elapsed().ok())
            .unwrap_or_default();
        Outcome {
            end,
            stdout: stdout.take(),
            stderr: stderr.take(),
            usage: job.accounting.usage(self.started.elapsed(), cpu),
        }
    }

    fn run_job(
        &self,
        request: Request,
        job: &Arc<Job>,
        [stdout, stderr]: [&Arc<Output>; 2],
    ) -> Result<i32, Error> {
        self.check_cwd(&request.cwd)?;
        let env = root::environment(&[&self.session.env, &request.env], &request.cwd);
        let argv = std::iter::once(request.command)
            .chain(request.args)
            .map(String::into_bytes)
            .collect();
        let streams = [
            OpenFile::input(request.stdin),
            OpenFile::output(Arc::clone(stdout)),
            OpenFile::output(Arc::clone(stderr)),
        ];
        let files = Arc::clone(&self.files);
        let process = Process::new(argv, env, Arc::clone(job), files, streams);
        let limits = Limits {
            memory: request.limits.memory,
            fuel: request.limits.fuel,
        };
        let exit = self
            .session
            .image
            .run_job(job, process, limits)
            .map_err(|reason| Error::cut_short(reason, request.limits.timeout))?;
        match exit {
            Exit::Status(status) => Ok(status),
            Exit::OutOfFuel => Err(Error::Fuel(request.limits.fuel.unwrap_or_default())),
            Exit::OutOfMemory => Err(Error::Memory(request.limits.memory)),
            Exit::NotStarted(reason) => Err(Error::HostMemory(reason)),
            Exit::Failed(message) => Err(Error::Internal(message)),
        }
    }

    fn check_cwd(&self, cwd: &str) -> Result<(), Error> {
        let problem = match self.files.metadata(cwd.as_bytes(), Follow::Yes) {
            Ok(metadata) if metadata.file_type == FileType::Directory => return Ok(()),
            Ok(_) => "is not a directory",
            Err(_) => "does not exist",
        };
        Err(Error::invalid("cwd", format!("{problem}: '{cwd}'")))
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// The path of the work directory in the guest, for callers that build requests.
pub const DEFAULT_CWD: &str = WORK_DIR;
