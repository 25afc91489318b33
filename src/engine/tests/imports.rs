//! Every import with every argument that a hostile guest might think of.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;

use wasmtime::{Instance, Store, Val, ValType};

use crate::kernel::MemoryBudget;
use crate::syscall::Guest;
use crate::vfs::{Errno, Follow, HostDirectory, Mount};

use super::super::Image;
use super::guests;
use super::harness::{LONG, Run, image};

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
    let image = image(guests::IMPORTS);
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let mut rounds = 0;
    while rounds < 400 {
        let mut run = Run::new(LONG);
        run.mounts.push(Mount {
            point: b"/work".to_vec(),
            file_system: Arc::new(HostDirectory::open(&inside).expect("it was just made")),
            writable: true,
        });
        let (process, started) = run.process(&image);
        let (send, done) = mpsc::channel();
        let image = Arc::clone(&image);
        let job = Arc::clone(&started.job);
        job.spawn(async move {
            let budget = MemoryBudget::of(&process);
            let guest = Guest::new(process, budget);
            let mut store = Store::new(image.pooled.module().engine(), guest);
            let made = call_all(&image, &mut store, &mut random).await;
            assert!(store.data().process.stat(b"/", Follow::Yes).is_ok());
            let _ = send.send((random, made));
        });
        let made;
        (random, made) = done.recv().expect("no call panics");
        rounds += made;
    }
    let names: Vec<_> = std::fs::read_dir(outside.path())
        .expect("it is still there")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    assert_eq!(names, ["inside"]);
}

#[test]
fn sockets_are_not_supported() {
    let image = image(guests::IMPORTS);
    let (process, started) = Run::new(LONG).process(&image);
    let (send, done) = mpsc::channel();
    started.job.clone().spawn(async move {
        let budget = MemoryBudget::of(&process);
        let mut store = Store::new(image.pooled.module().engine(), Guest::new(process, budget));
        let mut answers = Vec::new();
        let instance = instantiate(&image, &mut store).await;
        for (name, parameters) in [
            ("sock_accept", 3),
            ("sock_recv", 6),
            ("sock_send", 5),
            ("sock_shutdown", 2),
        ] {
            let function = instance.get_func(&mut store, name);
            let mut results = [Val::I32(0)];
            function
                .expect("it is in the list of exports")
                .call_async(&mut store, &vec![Val::I32(3); parameters], &mut results)
                .await
                .expect("it does not trap");
            answers.push(results[0].unwrap_i32());
        }
        let _ = send.send(answers);
    });
    let answers = done.recv().expect("no call panics");
    assert_eq!(answers, [Errno::NotSupported as i32; 4]);
}

async fn instantiate(image: &Image, store: &mut Store<Guest>) -> Instance {
    store.limiter(|guest| &mut guest.budget);
    store.set_fuel(u64::MAX / 4).expect("fuel is on");
    let instance = image
        .pooled
        .instantiate_async(&mut *store)
        .await
        .expect("every import is defined");
    store.data_mut().memory = instance.get_memory(&mut *store, "memory");
    instance
}

/// Calls every import again and again, until the process has killed itself or for long enough; gives
/// how often.
async fn call_all(image: &Image, store: &mut Store<Guest>, random: &mut Random) -> usize {
    let instance = instantiate(image, store).await;
    let memory = store.data().memory.expect("the guest has a memory");
    let names: Vec<_> = image
        .pooled
        .module()
        .exports()
        .map(|export| export.name().to_owned())
        .filter(|name| name != "memory" && name != "_start")
        .collect();
    assert_eq!(names.len(), 58);
    for round in 1..=400 {
        for name in &names {
            let function = instance
                .get_func(&mut *store, name)
                .expect("it is in the list of exports");
            // Paths and tables of buffers that are sometimes plausible.
            let noise = random.next().to_le_bytes();
            let place = (random.next() % 0x1000) as usize;
            memory.data_mut(&mut *store)[place..place + 8].copy_from_slice(&noise);
            memory.data_mut(&mut *store)[..16].copy_from_slice(b"work/../../../x\0");
            let arguments: Vec<_> = function
                .ty(&*store)
                .params()
                .map(|kind| {
                    let value = HOSTILE[(random.next() % 16) as usize];
                    match kind {
                        ValType::I32 => Val::I32(value as u32 as i32),
                        _ => Val::I64(value as i64),
                    }
                })
                .collect();
            let mut results = [Val::I32(0)];
            let mut call = pin!(function.call_async(&mut *store, &arguments, &mut results));
            // An errno or a trap: both are answers. What would wait is let go.
            let _ = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        }
        if store.data().process.is_ended() {
            return round;
        }
    }
    400
}
