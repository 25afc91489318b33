//! The kernel with closures as programs: no WebAssembly, real threads.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use toolbox_abi::{Descriptor, INHERIT_UMASK, SEARCH_PATH, SpawnMessage, WaitStatus};

use super::at_once::assert_stops_at_once;
use super::*;
use crate::vfs::{
    DirEntry, Errno, FileSystem, FileType, Follow, MemoryFileSystem, Metadata, Mount, MountTable,
    OpenOptions, Opened, SetTime, VfsResult, Visit,
};

const LONG: Duration = Duration::from_secs(600);

type Main = Arc<dyn Fn(Process) -> ProgramFuture + Send + Sync>;

/// Programs by name.
#[derive(Clone, Default)]
struct Closures(HashMap<&'static str, Main>);

impl Closures {
    fn with<F, R>(mut self, name: &'static str, main: F) -> Self
    where
        F: Fn(Process) -> R + Send + Sync + 'static,
        R: Future<Output = Exit> + Send + 'static,
    {
        let main: Main = Arc::new(move |process| Box::pin(main(process)));
        self.0.insert(name, main);
        self
    }
}

impl Programs for Closures {
    fn run(self: Arc<Self>, process: Process) -> ProgramFuture {
        let name = String::from_utf8_lossy(process.name()).into_owned();
        self.0[&*name](process)
    }
}

fn files(programs: &Closures) -> Arc<MountTable> {
    let root = MemoryFileSystem::new(1 << 20);
    for name in programs.0.keys() {
        root.add_file(name.as_bytes(), &tool_file(name), 0o755)
            .expect("there is room");
    }
    let mount = |point: &str, file_system: Arc<dyn FileSystem>| Mount {
        point: point.into(),
        file_system,
        writable: true,
    };
    Arc::new(MountTable::new(vec![
        mount("", Arc::new(root)),
        mount("/endless", Arc::new(Endless)),
    ]))
}

fn scheduler(drivers: usize) -> Arc<Scheduler> {
    Scheduler::new(drivers, |scheduler| {
        thread::spawn(move || scheduler.drive());
    })
}

struct Run {
    job: Arc<Job>,
    output: Arc<Output>,
    done: mpsc::Receiver<()>,
}

/// How a job ended, and what it wrote.
type Ended = (Result<WaitStatus, Reason>, Vec<u8>);

impl Run {
    fn wait(self) -> Ended {
        self.done.recv().expect("the job ends");
        (self.job.end(), self.output.take().bytes)
    }
}

struct Setup {
    scheduler: Arc<Scheduler>,
    timeout: Duration,
    limits: JobLimits,
    stays: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            scheduler: scheduler(2),
            timeout: LONG,
            limits: JobLimits {
                memory: 64 << 20,
                fuel: None,
                written: 1 << 30,
                processes: 256,
            },
            stays: false,
        }
    }
}

impl Setup {
    fn start(&self, programs: Closures) -> Run {
        let interrupt = Interrupt::new(Arc::clone(&self.scheduler), Instant::now() + self.timeout);
        let files = files(&programs);
        let job = Job::new(
            Arc::new(interrupt),
            self.limits,
            files,
            Arc::new(programs),
            Arc::default(),
            self.stays,
        );
        let output = Arc::new(Output::new(1 << 20));
        let (send, done) = mpsc::channel();
        let lease = Lease::new(move || {
            let _ = send.send(());
        });
        let streams = [
            OpenFile::input(Vec::new()),
            OpenFile::output(Arc::clone(&output)),
            OpenFile::output(Arc::clone(&output)),
        ];
        let argv = vec![b"main".to_vec()];
        let process = Process::first(&job, argv, Vec::new(), b"/".to_vec(), streams, lease)
            .expect("a new job has room");
        job.spawn(job.supervise(process));
        Run { job, output, done }
    }

    fn run(&self, programs: Closures) -> Ended {
        self.start(programs).wait()
    }
}

/// A job that runs nothing, for what counts its memory.
pub fn job_with_memory(memory: u64) -> Arc<Job> {
    let setup = Setup::default();
    let programs = Closures::default();
    Job::new(
        Arc::new(Interrupt::new(setup.scheduler, Instant::now() + LONG)),
        JobLimits {
            memory,
            ..setup.limits
        },
        files(&programs),
        Arc::new(programs),
        Arc::default(),
        false,
    )
}

fn message<'a>(name: &'a str, descriptors: &[(u32, u32)]) -> SpawnMessage<'a> {
    SpawnMessage {
        flags: SEARCH_PATH,
        umask: INHERIT_UMASK,
        ignored: 0,
        path: name.as_bytes(),
        cwd: b"/",
        args: vec![name.as_bytes()],
        env: vec![b"PATH=/"],
        descriptors: descriptors
            .iter()
            .map(|&(target, source)| Descriptor { target, source })
            .collect(),
    }
}

/// Writes all of `bytes`, waiting for room.
async fn write_all(process: &Process, fd: u32, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match process.write(fd, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::Again) => process.ready(fd, Ready::Write(bytes.len())).await?,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Reads something, waiting for it; nothing is the end.
async fn read_some(process: &Process, fd: u32, buffer: &mut [u8]) -> Result<usize, Errno> {
    loop {
        match process.read(fd, buffer) {
            Err(Errno::Again) => process.ready(fd, Ready::Read).await?,
            read => return read,
        }
    }
}

/// Lets the other tasks go first, as a guest does whose fuel slice is burned.
async fn turn() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A program that copies its input to its output.
async fn cat(process: Process) -> Exit {
    let mut buffer = vec![0; 10_000];
    loop {
        match read_some(&process, 0, &mut buffer).await {
            Ok(0) => return Exit::Status(0),
            Ok(count) if write_all(&process, 1, &buffer[..count]).await.is_ok() => {}
            _ => return Exit::Status(1),
        }
    }
}

async fn spin(_process: Process) -> Exit {
    loop {
        turn().await;
    }
}

/// Nobody ever writes to the pipe it reads: it holds the writing end itself.
async fn read_for_ever(mut process: Process) -> Exit {
    let [reader, _writer] = process.pipe().expect("there is room");
    let _ = read_some(&process, reader, &mut [0; 1]).await;
    Exit::Status(1)
}

async fn write_for_ever(mut process: Process) -> Exit {
    let [_reader, writer] = process.pipe().expect("there is room");
    let _ = write_all(&process, writer, &vec![0; 10 << 20]).await;
    Exit::Status(1)
}

async fn sleep_for_ever(process: Process) -> Exit {
    let _ = process.any_ready(&[], Some(Instant::now() + LONG)).await;
    Exit::Status(1)
}

/// A directory whose listing never ends.
struct Endless;

impl FileSystem for Endless {
    fn open(&self, _path: &[u8], _options: &OpenOptions) -> VfsResult<Opened> {
        Ok(Opened::Directory)
    }

    fn metadata(&self, _path: &[u8], _follow: Follow) -> VfsResult<Metadata> {
        let epoch = std::time::SystemTime::UNIX_EPOCH;
        Ok(Metadata {
            file_type: FileType::Directory,
            permissions: 0o755,
            device: 1,
            inode: 1,
            links: 2,
            size: 0,
            blocks: 0,
            accessed: epoch,
            modified: epoch,
            changed: epoch,
            created: None,
        })
    }

    fn read_dir(&self, _path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        let entry = DirEntry {
            name: b"name".to_vec(),
            file_type: FileType::Regular,
            inode: 2,
        };
        while visit(entry.clone()) {}
        Ok(())
    }

    fn read_link(&self, _path: &[u8]) -> VfsResult<Vec<u8>> {
        Err(Errno::Invalid.into())
    }

    fn create_dir(&self, _path: &[u8], _permissions: u32) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn remove_dir(&self, _path: &[u8]) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn remove_file(&self, _path: &[u8]) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn rename(&self, _from: &[u8], _to: &[u8]) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn hard_link(&self, _from: &[u8], _to: &[u8]) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn symlink(&self, _target: &[u8], _path: &[u8]) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn set_permissions(&self, _path: &[u8], _permissions: u32) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }

    fn set_times(
        &self,
        _path: &[u8],
        _follow: Follow,
        _accessed: SetTime,
        _modified: SetTime,
    ) -> VfsResult<()> {
        Err(Errno::ReadOnly.into())
    }
}

/// A program that lists the directory `/endless` again and again.
async fn list(mut process: Process) -> Exit {
    let options = OpenOptions {
        directory: true,
        ..READ
    };
    let fd = process
        .open(3, b"endless", &options)
        .expect("it can be opened");
    let mut refused = 0;
    while !process.is_ended() {
        let listed = process.read_dir(fd, true);
        assert!(matches!(
            listed.err(),
            Some(Errno::OutOfMemory | Errno::Interrupted)
        ));
        refused += 1;
        turn().await;
    }
    Exit::Status(refused)
}

const READ: OpenOptions = OpenOptions {
    read: true,
    write: false,
    append: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    follow: Follow::Yes,
    permissions: 0o666,
};

const OK: Result<WaitStatus, Reason> = Ok(WaitStatus(0));

#[test]
fn the_status_of_the_first_process_is_that_of_the_job() {
    let programs = Closures::default().with("main", |process| async move {
        write_all(&process, 1, b"hi")
            .await
            .expect("output takes all");
        Exit::Status(7)
    });
    let ended = Setup::default().run(programs);
    assert_eq!(ended, (Ok(WaitStatus::exited(7)), b"hi".to_vec()));
}

#[test]
fn a_foreground_child_gives_its_status_to_its_parent() {
    let programs = Closures::default()
        .with("main", |process| async move {
            let ended = process.run(&message("child", &[(1, 1)])).await;
            Exit::Status(ended.map_or(99, WaitStatus::code))
        })
        .with("child", |process| async move {
            write_all(&process, 1, b"child")
                .await
                .expect("output takes all");
            Exit::Status(3)
        });
    let ended = Setup::default().run(programs);
    assert_eq!(ended, (Ok(WaitStatus::exited(3)), b"child".to_vec()));
}

/// A child calls itself until `depth` is reached; the innermost gives its depth.
async fn nest(process: Process, depth: u8) -> Exit {
    let level = process.env.len() as u8;
    if level >= depth {
        return Exit::Status(level);
    }
    let mut message = message("main", &[]);
    message.env.extend(vec![&b"X=1"[..]; usize::from(level)]);
    match process.run(&message).await {
        Ok(status) => Exit::Status(status.code()),
        Err(_) => Exit::Status(255),
    }
}

#[test]
fn foreground_children_nest_deeper_than_they_are_polled_inside_each_other() {
    let programs = Closures::default().with("main", |process| nest(process, 100));
    assert_eq!(
        Setup::default().run(programs).0,
        Ok(WaitStatus::exited(100))
    );
}

#[test]
fn a_pipeline_gives_what_went_in_on_one_thread_and_on_two() {
    for drivers in [1, 2] {
        let programs = Closures::default()
            .with("main", |mut process| async move {
                let mut input = 0;
                for stage in 0..20 {
                    let [reader, writer] = process.pipe().expect("there is room");
                    let name = if stage == 0 { "source" } else { "cat" };
                    process
                        .spawn(&message(name, &[(0, input), (1, writer)]))
                        .expect("there is room");
                    process.close(writer).expect("it is open");
                    if input != 0 {
                        process.close(input).expect("it is open");
                    }
                    input = reader;
                }
                let mut buffer = [0; 1000];
                let mut sum = 0_u64;
                loop {
                    let count = read_some(&process, input, &mut buffer)
                        .await
                        .expect("it is open");
                    if count == 0 {
                        break;
                    }
                    for &byte in &buffer[..count] {
                        sum = sum.wrapping_mul(31).wrapping_add(u64::from(byte));
                    }
                }
                write_all(&process, 1, sum.to_string().as_bytes())
                    .await
                    .expect("output");
                Exit::Status(0)
            })
            .with("source", |process| async move {
                let bytes: Vec<u8> = (0..1_000_000_u32).map(|at| (at % 251) as u8).collect();
                match write_all(&process, 1, &bytes).await {
                    Ok(()) => Exit::Status(0),
                    Err(_) => Exit::Status(1),
                }
            })
            .with("cat", cat);
        let setup = Setup {
            scheduler: scheduler(drivers),
            ..Setup::default()
        };
        let sum = (0..1_000_000_u32).fold(0_u64, |sum, at| {
            sum.wrapping_mul(31).wrapping_add(u64::from(at % 251))
        });
        assert_eq!(setup.run(programs), (OK, sum.to_string().into_bytes()));
    }
}

#[test]
fn a_pipeline_as_wide_as_the_process_limit_ends() {
    let programs = Closures::default()
        .with("main", |mut process| async move {
            let mut input = 0;
            for _ in 0..255 {
                let [reader, writer] = process.pipe().expect("there is room");
                let started = process.spawn(&message("cat", &[(0, input), (1, writer)]));
                started.expect("the limit is 256");
                process.close(writer).expect("it is open");
                input = reader;
            }
            assert_eq!(process.spawn(&message("cat", &[])), Err(Errno::Again));
            let end = read_some(&process, input, &mut [0; 1]).await;
            Exit::Status(end.expect("it is open") as u8)
        })
        .with("cat", cat);
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn many_readers_and_writers_lose_nothing() {
    const PIECES: u32 = 200;
    let programs = Closures::default()
        .with("main", |mut process| async move {
            let [reader, writer] = process.pipe().expect("there is room");
            let [counts, counted] = process.pipe().expect("there is room");
            for _ in 0..8 {
                let started = process.spawn(&message("writer", &[(1, writer)]));
                started.expect("there is room");
            }
            for _ in 0..4 {
                let started = process.spawn(&message("reader", &[(0, reader), (1, counted)]));
                started.expect("there is room");
            }
            for fd in [reader, writer, counted] {
                process.close(fd).expect("it is open");
            }
            let mut total = 0;
            let mut count = [0; 8];
            while read_some(&process, counts, &mut count).await == Ok(8) {
                total += u64::from_le_bytes(count);
            }
            assert_eq!(total, 8 * u64::from(PIECES) * 1000);
            Exit::Status(0)
        })
        .with("writer", |process| async move {
            let tag = process.control.pid as u8;
            for _ in 0..PIECES {
                write_all(&process, 1, &[tag; 1000])
                    .await
                    .expect("it is read");
            }
            Exit::Status(0)
        })
        .with("reader", |process| async move {
            let mut total = 0_u64;
            let mut piece = [0; 1000];
            loop {
                match read_some(&process, 0, &mut piece)
                    .await
                    .expect("it is open")
                {
                    0 => break,
                    count => {
                        // Every write was whole, and so is every read of its size.
                        assert_eq!(count, 1000);
                        assert!(piece.iter().all(|byte| *byte == piece[0]));
                        total += count as u64;
                    }
                }
            }
            write_all(&process, 1, &total.to_le_bytes())
                .await
                .expect("it is read");
            Exit::Status(0)
        });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn a_writer_without_a_reader_dies_of_sigpipe() {
    let programs = Closures::default()
        .with("main", |mut process| async move {
            let [reader, writer] = process.pipe().expect("there is room");
            let child = process.spawn(&message("writer", &[(1, writer)]));
            let child = child.expect("there is room");
            process.close(writer).expect("it is open");
            read_some(&process, reader, &mut [0; 10])
                .await
                .expect("it is open");
            process.close(reader).expect("it is open");
            let ended = process.wait_for(Which::Pid(child), None).await;
            let (_, status) = ended.expect("it is a child").expect("it has ended");
            Exit::Status(status.code())
        })
        .with("writer", |process| async move {
            loop {
                if write_all(&process, 1, &[0; 1000]).await.is_err() {
                    turn().await;
                }
            }
        });
    assert_eq!(
        Setup::default().run(programs).0,
        Ok(WaitStatus::exited(141))
    );
}

#[test]
fn a_signal_ends_a_child_and_its_parent_sees_which() {
    for victim in ["spin", "read", "write", "sleep", "wait"] {
        let programs = Closures::default()
            .with("main", move |process| async move {
                let child = process.spawn(&message(victim, &[])).expect("there is room");
                turn().await;
                let signal = Signal::from_number(15);
                process
                    .kill(Target::Pid(child), signal)
                    .expect("it is there");
                let ended = process.wait_for(Which::Any, None).await;
                assert_eq!(ended, Ok(Some((child, WaitStatus::signaled(15)))));
                assert_eq!(
                    process.kill(Target::Pid(child), None),
                    Err(Errno::NoProcess)
                );
                Exit::Status(0)
            })
            .with("spin", spin)
            .with("read", read_for_ever)
            .with("write", write_for_ever)
            .with("sleep", sleep_for_ever)
            .with("wait", |process| async move {
                let ended = process.run(&message("spin", &[])).await;
                Exit::Status(ended.map_or(1, WaitStatus::code))
            });
        assert_eq!(Setup::default().run(programs).0, OK, "{victim}");
    }
}

#[test]
fn a_signal_in_the_first_turn_of_a_child_is_not_lost() {
    let programs = Closures::default()
        .with("main", |process| async move {
            for round in 0..20_000_u32 {
                let child = process
                    .spawn(&message("sleep", &[]))
                    .expect("there is room");
                // The child's first turn begins about now, on the other thread.
                for _ in 0..round % 400 {
                    std::hint::spin_loop();
                }
                let signal = Some(Signal::KILL);
                process
                    .kill(Target::Pid(child), signal)
                    .expect("it is there");
                let ended = process.wait_for(Which::Pid(child), None).await;
                assert_eq!(ended, Ok(Some((child, WaitStatus::signaled(9)))));
            }
            Exit::Status(0)
        })
        .with("sleep", sleep_for_ever);
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn a_job_that_is_ended_in_its_own_turn_does_not_wait_for_others() {
    let setup = Setup::default();
    let busy: Vec<_> = (0..200)
        .map(|_| {
            setup.start(Closures::default().with("main", |_| async {
                loop {
                    let turn_end = Instant::now() + Duration::from_millis(1);
                    while Instant::now() < turn_end {
                        std::hint::spin_loop();
                    }
                    turn().await;
                }
            }))
        })
        .collect();
    assert_stops_at_once("a job among two hundred", || {
        let (send, ended) = mpsc::channel();
        let run = setup.start(Closures::default().with("main", move |process| {
            let send = send.clone();
            async move {
                process.job.interrupt.raise(Reason::OutOfFuel);
                let _ = send.send(Instant::now());
                loop {
                    turn().await;
                }
            }
        }));
        let asked = ended.recv().expect("it runs");
        assert_eq!(run.wait().0, Err(Reason::OutOfFuel));
        asked.elapsed()
    });
    for run in busy {
        run.job.interrupt.raise(Reason::Closed);
        assert_eq!(run.wait().0, Err(Reason::Closed));
    }
}

#[test]
fn a_thread_that_the_host_refuses_is_asked_for_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let scheduler = Scheduler::new(1, move |scheduler| {
        assert!(counted.fetch_add(1, Ordering::Relaxed) > 0, "no thread");
        thread::spawn(move || scheduler.drive());
    });
    let (send, done) = mpsc::channel();
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scheduler.run(|| {})));
    assert!(refused.is_err());
    scheduler.run(move || {
        let _ = send.send(());
    });
    assert_eq!(done.recv(), Ok(()));
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn waiting_looks_or_waits_until_its_time() {
    let programs = Closures::default()
        .with("main", |process| async move {
            assert_eq!(
                process.wait_for(Which::Any, None).await,
                Err(Errno::NoChild)
            );
            let child = process
                .spawn(&message("sleep", &[]))
                .expect("there is room");
            let now = Some(Instant::now());
            assert_eq!(process.wait_for(Which::Pid(child), now).await, Ok(None));
            let soon = Instant::now() + Duration::from_millis(10);
            assert_eq!(process.wait_for(Which::Any, Some(soon)).await, Ok(None));
            assert!(Instant::now() >= soon);
            Exit::Status(0)
        })
        .with("sleep", sleep_for_ever);
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn the_job_ends_with_its_first_process() {
    let start = Instant::now();
    let programs = Closures::default()
        .with("main", |process| async move {
            for name in ["spin", "sleep", "read"] {
                process.spawn(&message(name, &[])).expect("there is room");
            }
            Exit::Status(4)
        })
        .with("spin", spin)
        .with("sleep", sleep_for_ever)
        .with("read", read_for_ever);
    assert_eq!(Setup::default().run(programs).0, Ok(WaitStatus::exited(4)));
    assert!(start.elapsed() < LONG);
}

#[test]
fn a_job_that_stays_waits_for_its_last_process() {
    let ends = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&ends);
    let programs = Closures::default()
        .with("main", |process| async move {
            process.spawn(&message("late", &[])).expect("there is room");
            Exit::Status(4)
        })
        .with("late", move |process| {
            let counted = Arc::clone(&counted);
            async move {
                let soon = Instant::now() + Duration::from_millis(10);
                let _ = process.any_ready(&[], Some(soon)).await;
                counted.fetch_add(1, Ordering::Relaxed);
                Exit::Status(0)
            }
        });
    let setup = Setup {
        stays: true,
        ..Setup::default()
    };
    assert_eq!(setup.run(programs).0, Ok(WaitStatus::exited(4)));
    assert_eq!(ends.load(Ordering::Relaxed), 1);
}

/// Ends a job that does `what` and gives how long that took.
fn time_to_stop(what: &'static str, raise: Option<Reason>) -> Duration {
    let timeout = Duration::from_millis(20);
    let setup = Setup {
        timeout: if raise.is_some() { LONG } else { timeout },
        ..Setup::default()
    };
    let programs = Closures::default()
        .with("main", move |process| async move {
            if what == "run" {
                let _ = process.run(&message("spin", &[])).await;
            } else {
                process.spawn(&message(what, &[])).expect("there is room");
                let _ = process.wait_for(Which::Any, None).await;
            }
            Exit::Status(0)
        })
        .with("spin", spin)
        .with("read", read_for_ever)
        .with("write", write_for_ever)
        .with("sleep", sleep_for_ever)
        .with("list", list);
    let start = Instant::now();
    let run = setup.start(programs);
    let asked = match raise {
        Some(reason) => {
            while run.job.accounting.usage(LONG).processes < 2 {
                thread::yield_now();
            }
            run.job.interrupt.raise(reason);
            Instant::now()
        }
        None => start + timeout,
    };
    assert_eq!(
        run.wait().0,
        Err(raise.unwrap_or(Reason::Timeout)),
        "{what}"
    );
    asked.elapsed()
}

#[test]
fn everything_that_runs_or_waits_is_stopped_at_once() {
    for what in ["spin", "read", "write", "sleep", "run", "list"] {
        for raise in [None, Some(Reason::Aborted), Some(Reason::Closed)] {
            assert_stops_at_once(&format!("{what}, {raise:?}"), || time_to_stop(what, raise));
        }
    }
}

#[test]
fn the_first_reason_stays() {
    let programs = Closures::default().with("main", sleep_for_ever);
    let run = Setup::default().start(programs);
    run.job.interrupt.raise(Reason::Aborted);
    run.job.interrupt.raise(Reason::Closed);
    assert_eq!(run.wait().0, Err(Reason::Aborted));
}

#[test]
fn two_hundred_jobs_on_two_threads_all_end() {
    let scheduler = scheduler(2);
    let runs: Vec<_> = (0..200)
        .map(|_| {
            let setup = Setup {
                scheduler: Arc::clone(&scheduler),
                ..Setup::default()
            };
            setup.start(
                Closures::default()
                    .with("main", |mut process| async move {
                        let [reader, writer] = process.pipe().expect("there is room");
                        process
                            .spawn(&message("child", &[(1, writer)]))
                            .expect("there is room");
                        process.close(writer).expect("it is open");
                        let mut buffer = [0; 10];
                        let count = read_some(&process, reader, &mut buffer).await;
                        Exit::Status(count.expect("it is open") as u8)
                    })
                    .with("child", |process| async move {
                        for _ in 0..20 {
                            turn().await;
                        }
                        write_all(&process, 1, b"12345").await.expect("it is read");
                        Exit::Status(0)
                    }),
            )
        })
        .collect();
    for run in runs {
        assert_eq!(run.wait().0, Ok(WaitStatus::exited(5)));
    }
}

#[test]
fn a_panic_of_a_program_is_contained_and_told() {
    let programs = Closures::default().with("main", |_| async { panic!("oh") });
    let run = Setup::default().start(programs);
    let job = Arc::clone(&run.job);
    assert_eq!(run.wait().0, Err(Reason::Failed));
    assert_eq!(job.failure(), Some("oh"));
}

#[test]
fn a_job_that_writes_too_much_to_files_is_ended() {
    let programs = Closures::default().with("main", |mut process| async move {
        let options = OpenOptions {
            write: true,
            create: true,
            ..READ
        };
        let fd = process.open(3, b"file", &options).expect("it can be made");
        loop {
            let _ = process.write(fd, &[0; 1000]);
            process.seek(fd, 0, Whence::Start).expect("it is a file");
            turn().await;
        }
    });
    let mut setup = Setup::default();
    setup.limits.written = 10_500;
    assert_eq!(setup.run(programs).0, Err(Reason::OutOfWrites));
}

#[test]
fn a_child_gets_the_descriptors_it_is_given_and_no_others() {
    let programs = Closures::default()
        .with("main", |mut process| async move {
            let [reader, writer] = process.pipe().expect("there is room");
            let given = message("child", &[(1, 1), (7, reader)]);
            let ended = process.run(&given).await.expect("it is there");
            assert_eq!(
                process.run(&message("child", &[(3, 1)])).await,
                Err(Errno::Invalid)
            );
            assert_eq!(
                process.run(&message("child", &[(1, 99)])).await,
                Err(Errno::BadFd)
            );
            assert_eq!(
                process.run(&message("child", &[(1024, 1)])).await,
                Err(Errno::BadFd)
            );
            assert!(process.check_fd(writer).is_ok());
            Exit::Status(ended.code())
        })
        .with("child", |process| async move {
            let open: Vec<_> = process.fds.open_numbers().collect();
            assert_eq!(open, [1, 3, 7]);
            Exit::Status(9)
        });
    assert_eq!(Setup::default().run(programs).0, Ok(WaitStatus::exited(9)));
}

#[test]
fn dup2_replaces_and_dup_takes_the_lowest_from_a_number_up() {
    let programs = Closures::default().with("main", |mut process| async move {
        assert_eq!(process.dup(1, 10), Ok(10));
        assert_eq!(process.dup(1, 10), Ok(11));
        assert_eq!(process.dup(1, 0), Ok(4));
        assert_eq!(process.dup(1, 5000), Err(Errno::Invalid));
        assert_eq!(process.dup2(1, 0), Ok(()));
        assert_eq!(process.write(0, b"x"), Ok(1));
        assert_eq!(process.dup2(1, 3), Err(Errno::Invalid));
        assert_eq!(process.dup2(50, 1), Err(Errno::BadFd));
        assert_eq!(process.dup2(10, 10), Ok(()));
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs), (OK, b"x".to_vec()));
}

#[test]
fn jobs_beyond_the_admitted_wait_their_turn_or_are_cut_short() {
    let scheduler = scheduler(2);
    let admission = Admission::new(1);
    let interrupt = |timeout| {
        Arc::new(Interrupt::new(
            Arc::clone(&scheduler),
            Instant::now() + timeout,
        ))
    };
    let enter = |interrupt: &Arc<Interrupt>| {
        let (send, result) = mpsc::channel();
        let place = admission.enter(interrupt);
        scheduler.spawn(interrupt.job, async move {
            let _ = send.send(place.await);
        });
        result
    };
    let first = interrupt(LONG);
    let place = enter(&first)
        .recv()
        .expect("it is answered")
        .expect("it is free");
    let late = interrupt(Duration::from_millis(10));
    let late_result = enter(&late);
    let second = interrupt(LONG);
    let second_result = enter(&second);
    let late_end = late_result.recv().expect("it is answered");
    assert_eq!(late_end.err(), Some(Reason::Timeout));
    assert!(second_result.try_recv().is_err());
    drop(place);
    assert!(second_result.recv().expect("it is answered").is_ok());
}
