//! An input as calls that guests make: every process takes the next call out of the same bytes, and makes
//! it with what they say, over mounts that may be changed, may not be changed, and must not be seen.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use toolbox_abi::{Descriptor, INHERIT_UMASK, SpawnMessage};
use wasmtime::{Instance, InstancePre, Memory, Store, Val, ValType};

use crate::kernel::{
    Exit, Interrupt, Job, JobLimits, Lease, MemoryBudget, OpenFile, Output, Process, ProgramFuture,
    Programs, Reason, Scheduler, Signal, tool_file,
};
use crate::syscall::Guest;
use crate::vfs::{
    DeviceFileSystem, FileSystem, HostDirectory, MemoryFileSystem, Mount, MountTable,
    ProcessFileSystem,
};

/// Processes of the job at one time.
const PROCESSES: usize = 8;
/// Descriptors of a process at the most.
const DESCRIPTORS: u32 = 1024;
/// Calls of one input.
const MAX_CALLS: usize = 400;
/// Turns of all processes without a call, after which nothing will come any more.
const STILL: usize = 3;
/// How long an input may take; a job that is ended later than that is stuck.
const STUCK: Duration = Duration::from_secs(60);

/// Where strings, messages and results lie in the memory of a guest, which ends at `END`.
const STRINGS: usize = 0x100;
const STRING_SIZE: usize = 0x20;
const MESSAGES: usize = 0x800;
const MESSAGE_SIZE: usize = 0x100;
const SUBSCRIPTIONS: usize = 0xc00;
const RESULTS: u32 = 0x1000;
const END: u32 = 0x2_0000;

const PATHS: [&[u8]; 24] = [
    b"work/a",
    b"/work/a",
    b"work/b",
    b"/work/b",
    b"work/a/b",
    b"work",
    b"read/file",
    b"/read/file",
    b"read/new",
    b"read",
    b"../secret",
    b"work/../../secret",
    b"../../x",
    b"/read/file/..",
    b"tmp/a",
    b"/tmp/a",
    b"tmp/b/c",
    b"tmp/b",
    b".",
    b"proc/self/fd",
    b"dev/fd/4",
    b"dev/null",
    b"proc/self/environ",
    b"bin/guest",
];

/// Numbers at which something ends or overflows.
const EDGES: [u64; 16] = [
    u64::MAX,
    0xffff_ffff,
    0xffff_fff8,
    0x8000_0000,
    0x7fff_ffff,
    END as u64,
    END as u64 - 1,
    END as u64 - 8,
    1023,
    1024,
    4096,
    0x1_0000,
    1 << 20,
    i64::MAX as u64,
    1 << 33,
    100,
];

/// One driver: what runs when is the same each time.
static SCHEDULER: LazyLock<Arc<Scheduler>> = LazyLock::new(|| {
    Scheduler::new(1, |scheduler| {
        thread::spawn(move || scheduler.drive());
    })
});

/// The directories of the host that no input may change.
static HOST: LazyLock<Host> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::create_dir(directory.path().join("read")).expect("a directory can be made");
    for name in ["secret", "read/file"] {
        std::fs::write(directory.path().join(name), name).expect("a file can be made");
    }
    Host(directory)
});

struct Host(TempDir);

impl Host {
    /// The times of the last change and the links of all that must stay as it is.
    fn seen(&self) -> BTreeMap<PathBuf, (i64, i64, u64)> {
        ["read", "read/file", "secret"]
            .iter()
            .map(|name| {
                let path = self.0.path().join(name);
                let metadata = std::fs::symlink_metadata(&path).expect("it is there");
                let state = (metadata.ctime(), metadata.ctime_nsec(), metadata.nlink());
                (path, state)
            })
            .collect()
    }
}

/// The programs of a job: each is the same guest, and takes its calls out of one script.
struct Stage {
    guest: InstancePre<Guest>,
    script: Mutex<Script>,
    /// Calls that were made.
    made: AtomicUsize,
    /// Processes that have an instance.
    alive: AtomicUsize,
}

/// The bytes of an input that are left.
struct Script {
    bytes: Vec<u8>,
    at: usize,
    calls: usize,
}

impl Script {
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    fn number(&mut self, size: usize) -> u64 {
        (0..size).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    fn is_over(&self) -> bool {
        self.at >= self.bytes.len() || self.calls >= MAX_CALLS
    }
}

/// A call out of the script.
struct Call {
    name: String,
    arguments: Vec<Val>,
    /// Bytes that are put into memory before.
    poke: Option<(usize, Vec<u8>)>,
}

impl Stage {
    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call, until there is none.
    fn next(&self, names: &[(String, Vec<ValType>)]) -> Option<Call> {
        let mut script = self.script();
        if script.is_over() {
            return None;
        }
        script.calls += 1;
        let head = script.byte();
        let poke = (head & 0x80 != 0).then(|| {
            let at = 4 * usize::from(script.byte()) + STRINGS;
            let length = usize::from(script.byte() % 16);
            (at, (0..length).map(|_| script.byte()).collect())
        });
        let (name, parameters) = &names[usize::from(head & 0x7f) % names.len()];
        let mut length = 0;
        let arguments = parameters
            .iter()
            .map(|parameter| {
                let value = argument(&mut script, &mut length);
                match parameter {
                    ValType::I32 => Val::I32(value as u32 as i32),
                    _ => Val::I64(value as i64),
                }
            })
            .collect();
        Some(Call {
            name: name.clone(),
            arguments,
            poke,
        })
    }
}

/// One argument; `length` is that of the string or message that was named last.
fn argument(script: &mut Script, length: &mut u64) -> u64 {
    let byte = script.byte();
    let low = usize::from(byte & 0x1f);
    match byte >> 5 {
        0 => u64::from(byte),
        1 => u64::from(RESULTS) + 8 * low as u64,
        2 => EDGES[low % EDGES.len()],
        3 => script.number(if low < 16 { 2 } else { 8 }),
        4 => {
            let string = low % PATHS.len();
            *length = PATHS[string].len() as u64;
            (STRINGS + string * STRING_SIZE) as u64
        }
        5 => {
            let messages = messages();
            let message = low % messages.len();
            *length = messages[message].len() as u64;
            (MESSAGES + message * MESSAGE_SIZE) as u64
        }
        6 => *length,
        _ => [0, SUBSCRIPTIONS as u64][low % 2],
    }
}

/// Messages that start a process with some descriptors.
fn messages() -> [Vec<u8>; 3] {
    let start = |descriptors: &[(u32, u32)]| {
        SpawnMessage {
            flags: 0,
            umask: INHERIT_UMASK,
            ignored: 0,
            path: b"/bin/guest",
            cwd: b"/work",
            args: vec![b"guest"],
            env: vec![b"A=b"],
            descriptors: descriptors
                .iter()
                .map(|&(target, source)| Descriptor { target, source })
                .collect(),
        }
        .encode()
    };
    [
        start(&[]),
        start(&[(0, 4), (1, 5)]),
        start(&[(0, 0), (1, 1), (2, 2), (4, 4), (5, 5)]),
    ]
}

/// What lies in the memory of every guest at first.
fn furnish(memory: &mut [u8]) {
    let mut put = |at: usize, bytes: &[u8]| memory[at..at + bytes.len()].copy_from_slice(bytes);
    // Buffers: a small one, one that is too long, an empty one, one of 64 KiB.
    for (index, (at, length)) in [(RESULTS, 64), (END - 8, 64), (0, 0), (RESULTS, 0x1_0000)]
        .into_iter()
        .enumerate()
    {
        put(8 * index, &u32::to_le_bytes(at));
        put(8 * index + 4, &u32::to_le_bytes(length));
    }
    for (index, path) in PATHS.iter().enumerate() {
        put(STRINGS + index * STRING_SIZE, path);
    }
    for (index, message) in messages().iter().enumerate() {
        put(MESSAGES + index * MESSAGE_SIZE, message);
    }
    // Subscriptions: reading 4, writing 5, and the clock.
    for (index, (kind, number)) in [(1_u8, 4_u8), (2, 5), (0, 1)].into_iter().enumerate() {
        put(SUBSCRIPTIONS + 48 * index + 8, &[kind]);
        put(SUBSCRIPTIONS + 48 * index + 16, &[number]);
    }
}

impl Programs for Stage {
    fn run(self: Arc<Self>, process: Process) -> ProgramFuture {
        Box::pin(act(self, process))
    }
}

/// Counts a process for as long as it has an instance.
struct Alive(Arc<Stage>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One process: makes calls as long as there are any.
async fn act(stage: Arc<Stage>, process: Process) -> Exit {
    let alive = stage.alive.fetch_add(1, Ordering::Relaxed) + 1;
    let _alive = Alive(Arc::clone(&stage));
    assert!(alive <= PROCESSES, "{alive} processes");
    let budget = MemoryBudget::of(&process);
    let guest = Guest::new(process, budget);
    let mut store = Store::new(stage.guest.module().engine(), guest);
    store.limiter(|guest| &mut guest.budget);
    store.set_fuel(u64::MAX / 4).expect("fuel is on");
    let (instance, memory) = match instantiate(&stage.guest, &mut store).await {
        Ok(made) => made,
        Err(error) => return Exit::NotStarted(error.to_string()),
    };
    furnish(memory.data_mut(&mut store));
    let names: Vec<_> = stage
        .guest
        .module()
        .exports()
        .filter_map(|export| {
            let parameters = export.ty().func()?.params().collect();
            Some((export.name().to_owned(), parameters))
        })
        .filter(|(name, _)| name != "_start")
        .collect();
    while let Some(call) = stage.next(&names) {
        if let Some((at, bytes)) = &call.poke {
            memory.data_mut(&mut store)[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        stage.made.fetch_add(1, Ordering::Relaxed);
        let function = instance
            .get_func(&mut store, &call.name)
            .expect("it is in the list of exports");
        // An errno or a trap: both are answers.
        let _ = function
            .call_async(&mut store, &call.arguments, &mut [Val::I32(0)])
            .await;
        if store.data().process.is_ended() {
            return Exit::Signal(Signal::KILL);
        }
        turn().await;
    }
    let process = &store.data().process;
    for number in [DESCRIPTORS, DESCRIPTORS + 1, u32::MAX] {
        assert!(process.check_fd(number).is_err(), "{number} is open");
    }
    Exit::Status(0)
}

async fn instantiate(
    guest: &InstancePre<Guest>,
    store: &mut Store<Guest>,
) -> wasmtime::Result<(Instance, Memory)> {
    let instance = guest.instantiate_async(&mut *store).await?;
    let memory = instance
        .get_memory(&mut *store, "memory")
        .expect("the guest has a memory");
    store.data_mut().memory = Some(memory);
    Ok((instance, memory))
}

/// Lets the other tasks go first.
async fn turn() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Ends the job once no process has made a call for some turns: those that are left wait for each other.
async fn watch(stage: Arc<Stage>, interrupt: Arc<Interrupt>) {
    let mut made = 0;
    let mut still = 0;
    while still < STILL {
        turn().await;
        let now = stage.made.load(Ordering::Relaxed);
        still = if now == made { still + 1 } else { 0 };
        made = now;
    }
    interrupt.raise(Reason::Aborted);
}

/// The mounts, and the directory of the host that may be changed.
fn mounts() -> (Vec<Mount>, TempDir) {
    let root = MemoryFileSystem::new(1 << 20);
    for name in ["bin", "dev", "proc", "read", "tmp", "work"] {
        root.create_dir(name.as_bytes(), 0o755)
            .expect("there is room");
    }
    root.add_file(b"bin/guest", &tool_file("guest"), 0o755)
        .expect("there is room");
    let work = tempfile::tempdir().expect("a directory can be made");
    let host = |path| HostDirectory::open(path).expect("it is there");
    let mount = |point: &str, writable, file_system: Arc<dyn FileSystem>| Mount {
        point: point.into(),
        file_system,
        writable,
    };
    let mounts = vec![
        mount("", false, Arc::new(root)),
        mount("/dev", true, Arc::new(DeviceFileSystem::new())),
        mount("/proc", false, Arc::new(ProcessFileSystem::new(1))),
        mount("/tmp", true, Arc::new(MemoryFileSystem::new(1 << 20))),
        mount("/work", true, Arc::new(host(work.path()))),
        mount("/read", false, Arc::new(host(&HOST.0.path().join("read")))),
    ];
    (mounts, work)
}

/// Runs one input.
pub fn imports(guest: &InstancePre<Guest>, bytes: &[u8]) {
    let before = HOST.seen();
    let (mounts, _work) = mounts();
    let stage = Arc::new(Stage {
        guest: guest.clone(),
        script: Mutex::new(Script {
            bytes: bytes.to_vec(),
            at: 0,
            calls: 0,
        }),
        made: AtomicUsize::new(0),
        alive: AtomicUsize::new(0),
    });
    let deadline = Instant::now() + 2 * STUCK;
    let interrupt = Arc::new(Interrupt::new(Arc::clone(&SCHEDULER), deadline));
    let limits = JobLimits {
        memory: 64 << 20,
        fuel: None,
        written: 16 << 20,
        processes: PROCESSES,
    };
    let job = Job::new(
        Arc::clone(&interrupt),
        limits,
        Arc::new(MountTable::new(mounts)),
        Arc::clone(&stage) as _,
        Arc::default(),
        true,
    );
    let (send, ended) = mpsc::channel();
    let watched = send.clone();
    let lease = Lease::new(move || {
        let _ = send.send(());
    });
    let output = Arc::new(Output::new(1000));
    let streams = [
        OpenFile::input(b"input".to_vec()),
        OpenFile::output(Arc::clone(&output)),
        OpenFile::output(output),
    ];
    let argv = vec![b"guest".to_vec()];
    let process = Process::first(&job, argv, Vec::new(), b"/".to_vec(), streams, lease)
        .expect("a new job has room");
    job.spawn(job.supervise(process));
    let watching = watch(Arc::clone(&stage), interrupt);
    job.spawn(async move {
        watching.await;
        let _ = watched.send(());
    });
    for _ in 0..2 {
        ended.recv_timeout(STUCK).expect("the job ends");
    }
    assert_eq!(job.failure(), None);
    assert_eq!(stage.alive.load(Ordering::Relaxed), 0);
    assert_eq!(job.accounting.memory(), 0);
    assert_eq!(HOST.seen(), before);
}
