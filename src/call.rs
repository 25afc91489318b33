//! One call of a sandbox, from request to outcome: it waits for its place, becomes
//! a job, and is over when nothing of the job is left.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use crate::engine::Image;
use crate::error::Error;
use crate::kernel::{
    Admission, Captured, Interrupt, Job, JobLimits, Lease, OpenFile, Output, Place, Process,
    Programs, Reason, Search, Usage,
};
use crate::pipeline::Pipeline;
use crate::root;
use crate::session::{RunLimits, Session};
use crate::vfs::{Errno, FileType, Follow, MountTable};

/// Processes of one call at one time.
const MAX_PROCESSES: usize = 256;

/// What a shell says of a command that it does not find, and of one that cannot be executed.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

/// One call, resolved: every option has its value.
#[derive(Clone, Debug)]
pub struct Request {
    pub command: String,
    pub args: Vec<String>,
    /// Commands that the output is piped through, for the bench.
    pub piped_to: Vec<Vec<String>>,
    /// An absolute guest path.
    pub cwd: String,
    /// Added to the sandbox's environment.
    pub env: Vec<(String, String)>,
    pub stdin: Vec<u8>,
    /// Go on until everything that the command started has ended.
    pub wait_for_all: bool,
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

/// A call that is under way; it is no longer when this is dropped.
pub struct Call {
    pub(crate) session: Arc<Session>,
    pub(crate) files: Arc<MountTable>,
    pub(crate) number: u64,
    pub interrupt: Arc<Interrupt>,
    pub(crate) started: Instant,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.session.forget(self.number);
    }
}

type Complete = Box<dyn FnOnce(Outcome) + Send>;

/// What belongs to a call until its job is done.
struct Run {
    job: Arc<Job>,
    limits: RunLimits,
    stdout: Arc<Output>,
    stderr: Arc<Output>,
    /// Why the job could not begin.
    refused: OnceLock<Error>,
    place: OnceLock<Place>,
    complete: Mutex<Option<(Call, Complete)>>,
}

impl Call {
    /// Starts the request once there is a place for it, and gives its outcome to
    /// `complete` when all of its job has ended.
    pub fn start(
        self,
        request: Request,
        admission: &Arc<Admission>,
        complete: impl FnOnce(Outcome) + Send + 'static,
    ) {
        let limits = request.limits;
        let job = Job::new(
            Arc::clone(&self.interrupt),
            JobLimits {
                memory: limits.memory,
                fuel: limits.fuel,
                written: limits.written,
                processes: MAX_PROCESSES,
            },
            Arc::clone(&self.files),
            programs(Arc::clone(self.session.image()), &request),
            Arc::clone(self.session.pids()),
            request.wait_for_all,
        );
        let place = admission.enter(&self.interrupt);
        let session = Arc::clone(&self.session);
        let run = Arc::new(Run {
            job: Arc::clone(&job),
            limits,
            stdout: Arc::new(Output::new(limits.output)),
            stderr: Arc::new(Output::new(limits.output)),
            refused: OnceLock::new(),
            place: OnceLock::new(),
            complete: Mutex::new(Some((self, Box::new(complete)))),
        });
        let done = Arc::clone(&run);
        let lease = Lease::new(move || finish(done));
        job.spawn(async move {
            // Without a place it was cut short, which its interrupt knows.
            let Ok(place) = place.await else { return };
            let _ = run.place.set(place);
            match run.first_process(request, &session, lease.clone()) {
                Ok(Some(process)) => run.job.supervise(process).await,
                Ok(None) => {}
                Err(error) => drop(run.refused.set(error)),
            }
            drop(run);
            drop(lease);
        });
    }
}

/// What the processes of a request run.
fn programs(image: Arc<Image>, request: &Request) -> Arc<dyn Programs> {
    if request.piped_to.is_empty() {
        return image;
    }
    let first = std::iter::once(&request.command).chain(&request.args);
    let stages = std::iter::once(first.cloned().collect()).chain(request.piped_to.iter().cloned());
    Arc::new(Pipeline {
        image,
        stages: stages.collect(),
    })
}

impl Run {
    /// Makes the process of the command; none when there is no such command, which
    /// is said on standard error and by the status.
    fn first_process(
        &self,
        request: Request,
        session: &Session,
        lease: Lease,
    ) -> Result<Option<Process>, Error> {
        let files = self.job.files();
        check_cwd(files, &request.cwd)?;
        let env = root::environment(&[session.env(), &request.env], &request.cwd);
        let search = Search {
            files,
            cwd: request.cwd.as_bytes(),
            path: Some(Search::path_of(env.iter().map(Vec::as_slice))),
            is_ended: &|| self.job.interrupt.check().is_some(),
        };
        if !request.piped_to.is_empty() {
            return self.process(vec![b"pipeline".to_vec()], env, request, lease);
        }
        let args: Vec<&[u8]> = std::iter::once(&request.command)
            .chain(&request.args)
            .map(String::as_bytes)
            .collect();
        let argv = match search.find(request.command.as_bytes(), &args) {
            Ok(argv) => argv,
            // The job was ended meanwhile, and that is how it ends.
            Err(Errno::Interrupted) => return Ok(None),
            Err(errno) => {
                let (problem, status) = refusal(errno);
                let message = format!("{}: {problem}\n", request.command);
                self.stderr.write(message.as_bytes());
                self.job.end_with(status);
                return Ok(None);
            }
        };
        self.process(argv, env, request, lease)
    }

    fn process(
        &self,
        argv: Vec<Vec<u8>>,
        env: Vec<Vec<u8>>,
        request: Request,
        lease: Lease,
    ) -> Result<Option<Process>, Error> {
        let streams = [
            OpenFile::input(request.stdin),
            OpenFile::output(Arc::clone(&self.stdout)),
            OpenFile::output(Arc::clone(&self.stderr)),
        ];
        let cwd = request.cwd.into_bytes();
        Process::first(&self.job, argv, env, cwd, streams, lease)
            .map(Some)
            .map_err(|errno| Error::Internal(format!("the first process: {errno:?}")))
    }

    fn end(&self) -> Result<i32, Error> {
        if let Some(error) = self.refused.get() {
            return Err(error.clone());
        }
        let message = || {
            self.job
                .failure()
                .unwrap_or("it ended without a status")
                .to_owned()
        };
        match self.job.end() {
            Ok(status) => Ok(i32::from(status.code())),
            Err(Reason::Timeout) => Err(Error::Timeout(self.limits.timeout)),
            Err(Reason::Aborted) => Err(Error::Aborted),
            Err(Reason::Closed) => Err(Error::Closed),
            Err(Reason::OutOfFuel) => Err(Error::Fuel(self.limits.fuel.unwrap_or_default())),
            Err(Reason::OutOfMemory) => Err(Error::Memory(self.limits.memory)),
            Err(Reason::OutOfWrites) => Err(Error::Disk(self.limits.written)),
            Err(Reason::NotStarted) => Err(Error::HostMemory(message())),
            Err(Reason::Failed) => Err(Error::Internal(message())),
        }
    }
}

/// Gives a run its outcome, when nothing of its job is left.
fn finish(run: Arc<Run>) {
    let complete = run
        .complete
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some((call, complete)) = complete else {
        return;
    };
    let outcome = Outcome {
        end: run.end(),
        stdout: run.stdout.take(),
        stderr: run.stderr.take(),
        usage: run.job.accounting.usage(call.started.elapsed()),
    };
    // The call is over, and its directories are closed, before its caller learns of it.
    drop((call, run));
    complete(outcome);
}

fn check_cwd(files: &MountTable, cwd: &str) -> Result<(), Error> {
    let problem = match files.metadata(cwd.as_bytes(), Follow::Yes) {
        Ok(metadata) if metadata.file_type == FileType::Directory => return Ok(()),
        Ok(_) => "is not a directory",
        Err(_) => "does not exist",
    };
    Err(Error::invalid("cwd", format!("{problem}: '{cwd}'")))
}

/// What a shell says when it cannot run a command, and the status it gives.
fn refusal(errno: Errno) -> (&'static str, u8) {
    match errno {
        Errno::NotFound => ("command not found", NOT_FOUND),
        Errno::NotDirectory => ("Not a directory", NOT_EXECUTABLE),
        Errno::Access => ("Permission denied", NOT_EXECUTABLE),
        Errno::NameTooLong => ("File name too long", NOT_EXECUTABLE),
        Errno::Loop => ("Too many levels of symbolic links", NOT_EXECUTABLE),
        _ => ("cannot execute: required file not found", NOT_EXECUTABLE),
    }
}
