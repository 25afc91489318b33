//! Runs a test guest as a sandbox runs its tools: one job, a small file tree, and
//! the same guest again as the program `/bin/guest`.

use std::sync::{Arc, mpsc};
use std::thread;

use toolbox_abi::WaitStatus;
use wasmtime::Module;

use crate::kernel::{
    Captured, Interrupt, Job, JobLimits, Lease, OpenFile, Output, Process, Reason, Scheduler,
    Usage, tool_file,
};
use crate::vfs::{FileSystem, MemoryFileSystem, Mount, MountTable};

use super::super::*;

pub const LONG: Duration = Duration::from_secs(600);
const MEMORY: u64 = 512 << 20;

/// The image of a test guest that build.rs has compiled.
pub fn image(guest: &[u8]) -> Arc<Image> {
    let engine =
        wasmtime::Engine::new(&super::super::config::config()).expect("the configuration is valid");
    // SAFETY: build.rs compiled the guest with the same configuration.
    let module = unsafe { Module::deserialize(&engine, guest) }.expect("it was compiled for us");
    Arc::new(Image {
        pooled: link(&module).expect("every import is defined"),
        overflow: OnceLock::new(),
        source: Source {
            path: PathBuf::new(),
            fingerprint: [0; 32],
        },
        running: AtomicUsize::new(0),
        startup: Startup::default(),
    })
}

fn memory_root() -> Vec<Mount> {
    let root = MemoryFileSystem::new(1 << 20);
    root.create_dir(b"bin", 0o755).expect("there is room");
    root.add_file(b"bin/guest", &tool_file("guest"), 0o755)
        .expect("there is room");
    vec![Mount {
        point: Vec::new(),
        file_system: Arc::new(root),
        writable: true,
    }]
}

/// A run to be started.
pub struct Run {
    pub interrupt: Arc<Interrupt>,
    pub mounts: Vec<Mount>,
    pub limits: JobLimits,
    /// The arguments after the name.
    pub args: Vec<Vec<u8>>,
}

/// A run under way.
pub struct Started {
    pub job: Arc<Job>,
    stdout: Arc<Output>,
    stderr: Arc<Output>,
    done: mpsc::Receiver<()>,
}

/// How a run ended.
pub struct Ended {
    pub end: Result<WaitStatus, Reason>,
    pub stdout: Captured,
    pub stderr: Captured,
    pub usage: Usage,
}

impl Run {
    pub fn new(timeout: Duration) -> Self {
        let scheduler = Scheduler::new(2, |scheduler| {
            thread::spawn(move || scheduler.drive());
        });
        Self {
            interrupt: Arc::new(Interrupt::new(scheduler, Instant::now() + timeout)),
            mounts: memory_root(),
            limits: JobLimits {
                memory: MEMORY,
                fuel: None,
                written: 1 << 30,
                processes: 256,
            },
            args: vec![b"a b".to_vec()],
        }
    }

    /// The job's first process, and what is left of the run.
    pub fn process(self, image: &Arc<Image>) -> (Process, Started) {
        let stdout = Arc::new(Output::new(1000));
        let stderr = Arc::new(Output::new(1000));
        let job = Job::new(
            self.interrupt,
            self.limits,
            Arc::new(MountTable::new(self.mounts)),
            Arc::clone(image) as _,
            Arc::default(),
            false,
        );
        let (send, done) = mpsc::channel();
        let lease = Lease::new(move || {
            // A test that does not wait for the end is no longer there.
            let _ = send.send(());
        });
        let argv = std::iter::once(b"guest".to_vec())
            .chain(self.args)
            .collect();
        let env = vec![b"HOME=/home/agent".to_vec()];
        let streams = [
            OpenFile::input(b"input".to_vec()),
            OpenFile::output(Arc::clone(&stdout)),
            OpenFile::output(Arc::clone(&stderr)),
        ];
        let process = Process::first(&job, argv, env, b"/".to_vec(), streams, lease)
            .expect("a new job has room");
        let started = Started {
            job,
            stdout,
            stderr,
            done,
        };
        (process, started)
    }

    pub fn start(self, image: &Arc<Image>) -> Started {
        let (process, started) = self.process(image);
        started.job.spawn(started.job.supervise(process));
        started
    }

    pub fn go(self, image: &Arc<Image>) -> Ended {
        self.start(image).wait()
    }
}

impl Started {
    pub fn wait(self) -> Ended {
        self.done.recv().expect("the job ends");
        Ended {
            end: self.job.end(),
            stdout: self.stdout.take(),
            stderr: self.stderr.take(),
            usage: self.job.accounting.usage(Duration::ZERO),
        }
    }
}

/// Runs a guest to its end.
pub fn run(guest: &[u8]) -> Ended {
    Run::new(LONG).go(&image(guest))
}

/// Ends a run from another thread and gives how long it took to end.
pub fn time_to_stop(guest: &[u8], reason: Reason) -> Duration {
    let started = Run::new(LONG).start(&image(guest));
    // It has to run for a while to be where it stays.
    thread::park_timeout(Duration::from_millis(20));
    let asked = Instant::now();
    started.job.interrupt.raise(reason);
    assert_eq!(started.wait().end, Err(reason));
    asked.elapsed()
}
