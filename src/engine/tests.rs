//! Guests that misbehave, run through the engine as a sandbox runs its tools.

#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out directories of the host"
)]

use std::sync::Arc;
use std::thread;

use wasmtime::{Module, Store, Val, ValType};

use crate::kernel::{
    Captured, Interrupt, Job, MemoryBudget, OpenFile, Output, Process, Reason, Usage, drive,
};
use crate::syscall::Guest;
use crate::vfs::{Follow, HostDirectory, MemoryFileSystem, Mount, MountTable};

use super::*;

mod guests {
    include!(concat!(env!("OUT_DIR"), "/guests.rs"));
}

const LONG: Duration = Duration::from_secs(600);
/// How long after its end was asked for a run may go on.
const STOP: Duration = Duration::from_millis(50);
const MEMORY: u64 = 512 << 20;

fn engine() -> wasmtime::Engine {
    wasmtime::Engine::new(&config()).expect("the configuration is valid")
}

fn image(guest: &[u8]) -> Image {
    // SAFETY: build.rs compiled the guest with the same configuration.
    let module = unsafe { Module::deserialize(&engine(), guest) }.expect("it was compiled for us");
    Image::link(&module).expect("every import is defined")
}

fn memory_root() -> Vec<Mount> {
    vec![Mount {
        point: Vec::new(),
        file_system: Arc::new(MemoryFileSystem::new(1 << 20)),
        writable: true,
    }]
}

struct Run {
    job: Arc<Job>,
    stdout: Arc<Output>,
    stderr: Arc<Output>,
    mounts: Vec<Mount>,
    limits: Limits,
}

struct Ended {
    exit: Result<Exit, Reason>,
    stdout: Captured,
    stderr: Captured,
    usage: Usage,
}

impl Run {
    fn new(timeout: Duration) -> Self {
        Self {
            job: Arc::new(Job::new(Arc::new(Interrupt::new(Instant::now() + timeout)))),
            stdout: Arc::new(Output::new(1000)),
            stderr: Arc::new(Output::new(1000)),
            mounts: memory_root(),
            limits: Limits {
                memory: MEMORY,
                fuel: None,
            },
        }
    }

    fn process(&mut self) -> Process {
        Process::new(
            vec![b"guest".to_vec(), b"a b".to_vec()],
            vec![b"HOME=/home/agent".to_vec()],
            Arc::clone(&self.job),
            Arc::new(MountTable::new(std::mem::take(&mut self.mounts))),
            [
                OpenFile::input(b"input".to_vec()),
                OpenFile::output(Arc::clone(&self.stdout)),
                OpenFile::output(Arc::clone(&self.stderr)),
            ],
        )
    }

    fn go(mut self, image: &Image) -> Ended {
        let process = self.process();
        let exit = image.run_job(&self.job, process, self.limits);
        Ended {
            exit,
            stdout: self.stdout.take(),
            stderr: self.stderr.take(),
            usage: self.job.accounting.usage(Duration::ZERO, Duration::ZERO),
        }
    }
}

fn run(guest: &[u8]) -> Ended {
    Run::new(LONG).go(&image(guest))
}

/// Ends a run from another thread and gives how long it took to end.
fn time_to_stop(guest: &[u8], reason: Reason) -> Duration {
    let image = image(guest);
    let run = Run::new(LONG);
    let interrupt = Arc::clone(&run.job.interrupt);
    let accounting = Arc::clone(&run.job);
    let stopper = thread::spawn(move || {
        while accounting.accounting.usage(LONG, LONG).processes == 0 {
            thread::yield_now();
        }
        thread::park_timeout(Duration::from_millis(20));
        let asked = Instant::now();
        interrupt.raise(reason);
        asked
    });
    let ended = run.go(&image);
    let end = Instant::now();
    let asked = stopper.join().expect("raising does not panic");
    assert_eq!(ended.exit, Err(reason));
    end.saturating_duration_since(asked)
}

#[test]
fn a_loop_without_end_is_cut_at_its_deadline() {
    let timeout = Duration::from_millis(30);
    let start = Instant::now();
    let ended = Run::new(timeout).go(&image(guests::SPIN));
    assert_eq!(ended.exit, Err(Reason::Timeout));
    assert!(start.elapsed() < timeout + STOP);
    assert!(ended.usage.fuel > 0);
}

#[test]
fn a_loop_without_end_is_cut_when_it_is_aborted() {
    assert!(time_to_stop(guests::SPIN, Reason::Aborted) < STOP);
}

#[test]
fn a_sleeper_is_woken_to_be_closed() {
    assert!(time_to_stop(guests::DOZE, Reason::Closed) < STOP);
}

#[test]
fn a_fill_of_32_mib_does_not_hold_up_an_abort() {
    assert!(time_to_stop(guests::FILL, Reason::Aborted) < STOP);
}

#[test]
fn a_long_host_call_does_not_hold_up_an_abort() {
    assert!(time_to_stop(guests::NOISE, Reason::Aborted) < STOP);
}

#[test]
fn output_without_end_is_kept_up_to_the_limit() {
    let ended = Run::new(Duration::from_millis(20)).go(&image(guests::SHOUT));
    assert_eq!(ended.exit, Err(Reason::Timeout));
    assert_eq!(ended.stdout.bytes, b"yes\n".repeat(250));
    assert!(ended.stdout.truncated());
}

#[test]
fn recursion_without_end_is_a_segmentation_fault() {
    let ended = run(guests::RECURSE);
    assert_eq!(ended.exit, Ok(Exit::Status(139)));
    assert_eq!(
        ended.stderr.bytes,
        b"guest: segmentation fault (stack overflow)\n"
    );
}

#[test]
fn a_read_beyond_memory_is_a_segmentation_fault() {
    let ended = run(guests::STRAY);
    assert_eq!(ended.exit, Ok(Exit::Status(139)));
    assert_eq!(ended.stderr.bytes, b"guest: segmentation fault\n");
}

#[test]
fn a_division_by_zero_is_an_arithmetic_exception() {
    let ended = run(guests::DIVIDE);
    assert_eq!(ended.exit, Ok(Exit::Status(136)));
    assert_eq!(ended.stderr.bytes, b"guest: arithmetic exception\n");
}

#[test]
fn a_guest_that_dies_for_want_of_memory_is_told_apart() {
    let mut run = Run::new(LONG);
    run.limits.memory = 10 << 20;
    let ended = run.go(&image(guests::HOARD));
    assert_eq!(ended.exit, Ok(Exit::OutOfMemory));
    assert!(ended.usage.peak_memory <= 10 << 20);
}

#[test]
fn a_guest_may_cope_with_a_refusal_of_memory() {
    assert_eq!(run(guests::MODEST).exit, Ok(Exit::Status(3)));
}

#[test]
fn a_guest_larger_than_the_limit_does_not_start() {
    let mut run = Run::new(LONG);
    run.limits.memory = 1 << 20;
    assert_eq!(run.go(&image(guests::FILL)).exit, Ok(Exit::OutOfMemory));
}

#[test]
fn every_exit_status_arrives() {
    assert_eq!(run(guests::EXIT).exit, Ok(Exit::Status(200)));
}

#[test]
fn a_guest_without_memory_gets_an_errno() {
    let fault = crate::vfs::Errno::Fault as i32;
    assert_eq!(run(guests::SPEECHLESS).exit, Ok(Exit::Status(fault)));
}

#[test]
fn fuel_runs_out_exactly_at_its_limit() {
    let mut run = Run::new(LONG);
    run.limits.fuel = Some(12_345_678);
    let ended = run.go(&image(guests::SPIN));
    assert_eq!(ended.exit, Ok(Exit::OutOfFuel));
    assert_eq!(ended.usage.fuel, 12_345_678);
}

#[test]
fn the_same_work_burns_the_same_fuel() {
    let fuel = |_| run(guests::MODEST).usage.fuel;
    let [first, second] = [0, 1].map(fuel);
    assert!(first > 0);
    assert_eq!(first, second);
}

/// Numbers that a hostile guest might pass where a pointer, a length or a
/// descriptor is expected; the memory of the guest ends at 0x20000.
const HOSTILE: [u64; 16] = [
    0,
    1,
    3,
    4,
    8,
    0xff,
    0x7fff,
    0xffff,
    0x1_fff8,
    0x1_ffff,
    0x2_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff0,
    0xffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// A small generator of reproducible numbers (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[test]
fn every_import_survives_every_argument() {
    let outside = tempfile::tempdir().expect("a directory can be made");
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).expect("a directory can be made");
    let mut run = Run::new(LONG);
    run.mounts.push(Mount {
        point: b"/work".to_vec(),
        file_system: Arc::new(HostDirectory::open(&inside).expect("it was just made")),
        writable: true,
    });
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let job = Arc::clone(&run.job);
    let process = run.process();
    let image = image(guests::IMPORTS);
    let calls = async {
        let guest = Guest::new(process, MemoryBudget::new(MEMORY));
        let mut store = Store::new(image.prepared.module().engine(), guest);
        store.limiter(|guest| &mut guest.budget);
        store.set_fuel(u64::MAX / 4).expect("fuel is on");
        let instance = image
            .prepared
            .instantiate_async(&mut store)
            .await
            .expect("every import is defined");
        let memory = instance
            .get_memory(&mut store, "memory")
            .expect("the guest has a memory");
        store.data_mut().memory = Some(memory);
        let names: Vec<_> = image
            .prepared
            .module()
            .exports()
            .map(|export| export.name().to_owned())
            .filter(|name| name != "memory" && name != "_start")
            .collect();
        assert_eq!(names.len(), 47);
        for _ in 0..400 {
            for name in &names {
                let function = instance
                    .get_func(&mut store, name)
                    .expect("it is in the list of exports");
                // Paths and tables of buffers that are sometimes plausible.
                let noise = random.next().to_le_bytes();
                let place = (random.next() % 0x1000) as usize;
                memory.data_mut(&mut store)[place..place + 8].copy_from_slice(&noise);
                memory.data_mut(&mut store)[..16].copy_from_slice(b"work/../../../x\0");
                let arguments: Vec<_> = function
                    .ty(&store)
                    .params()
                    .map(|kind| {
                        let value = HOSTILE[(random.next() % 16) as usize];
                        match kind {
                            ValType::I32 => Val::I32(value as u32 as i32),
                            _ => Val::I64(value as i64),
                        }
                    })
                    .collect();
                if name == "poll_oneoff" && will_sleep(&arguments) {
                    continue;
                }
                let mut results = [Val::I32(0)];
                // An errno or a trap: both are answers.
                let _ = function
                    .call_async(&mut store, &arguments, &mut results)
                    .await;
            }
        }
        let table = &store.data().process;
        assert!(table.stat(b"/", Follow::Yes).is_ok());
    };
    drive(&job, calls).expect("nothing interrupts it");
    let names: Vec<_> = std::fs::read_dir(outside.path())
        .expect("it is still there")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    assert_eq!(names, ["inside"]);
}

/// One clock subscription at a place that holds a time far away would wait.
fn will_sleep(arguments: &[Val]) -> bool {
    matches!(arguments, [_, _, Val::I32(count), _] if (1..=0xff).contains(count))
}

#[test]
fn ten_endless_guests_are_all_cut_at_their_deadline() {
    let image = Arc::new(image(guests::SPIN));
    let timeout = Duration::from_millis(100);
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let image = Arc::clone(&image);
            thread::spawn(move || {
                let start = Instant::now();
                let ended = Run::new(timeout).go(&image);
                assert_eq!(ended.exit, Err(Reason::Timeout));
                start.elapsed()
            })
        })
        .collect();
    for thread in threads {
        let elapsed = thread.join().expect("the run does not panic");
        assert!(elapsed >= timeout);
    }
}
