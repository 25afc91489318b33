//! What a guest may import: each call decodes guest memory, makes one kernel
//! call and encodes its answer. Nothing is decided here.

mod descriptor;
mod extension;
mod fuel;
mod memory;
mod path;
mod poll;
mod process;
mod program;
mod signal;
mod stat;
mod stream;

use std::time::{Duration, Instant};

use toolbox_abi::WITHOUT_LIMIT;
use wasmtime::{Caller, Linker, Memory};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::WasiP1Ctx;

use crate::kernel::{MemoryBudget, Process, Ready};
use crate::vfs::Errno;

pub use fuel::FuelMeter;
use memory::GuestMemory;
pub use program::Exited;

/// The state of one instance: its process, and what wasmtime asks about it.
pub struct Guest {
    pub process: Process,
    pub budget: MemoryBudget,
    pub fuel: FuelMeter,
    /// The exported memory, from instantiation on.
    pub memory: Option<Memory>,
    /// wasmtime-wasi's state, made when a guest first asks for the time; it holds
    /// no descriptor.
    wasi: Option<WasiP1Ctx>,
}

impl Guest {
    pub fn new(process: Process, budget: MemoryBudget) -> Self {
        Self {
            process,
            budget,
            fuel: FuelMeter::default(),
            memory: None,
            wasi: None,
        }
    }

    fn wasi(&mut self) -> &mut WasiP1Ctx {
        self.wasi
            .get_or_insert_with(|| WasiCtxBuilder::new().build_p1())
    }
}

/// Defines every import: wasmtime-wasi's for clocks, ours in place of all
/// its others.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    wasmtime_wasi::p1::add_to_linker_async(linker, Guest::wasi)?;
    linker.allow_shadowing(true);
    program::add_to_linker(linker)?;
    descriptor::add_to_linker(linker)?;
    path::add_to_linker(linker)?;
    poll::add_to_linker(linker)?;
    extension::add_to_linker(linker)?;
    process::add_to_linker(linker)?;
    signal::add_to_linker(linker)?;
    stream::add_to_linker(linker)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// The import module of WASI preview 1.
const WASI: &str = "wasi_snapshot_preview1";
const SUCCESS: u32 = 0;

/// Runs one call on a process and its memory, and gives the guest its errno.
/// Calls burn no fuel, so the end of each is a place to stop as well.
fn answer(
    caller: &mut Caller<'_, Guest>,
    call: impl FnOnce(&mut Process, &mut GuestMemory) -> Result<(), Errno>,
) -> wasmtime::Result<u32> {
    let Some(memory) = caller.data().memory else {
        return Ok(Errno::Fault as u32);
    };
    let (bytes, guest) = memory.data_and_store_mut(caller);
    let result = call(&mut guest.process, &mut GuestMemory::new(bytes));
    if guest.process.is_ended() {
        return Err(wasmtime::Error::new(CutShort));
    }
    Ok(result.map_or_else(|errno| errno as u32, |()| SUCCESS))
}

/// As `answer`, but waits for what `wait` gives and calls again for as long as
/// the answer is `Errno::Again`, unless the guest wants to know.
async fn answer_when_ready(
    caller: &mut Caller<'_, Guest>,
    fd: u32,
    ready: Ready,
    mut call: impl FnMut(&mut Process, &mut GuestMemory) -> Result<(), Errno>,
) -> wasmtime::Result<u32> {
    loop {
        let errno = answer(caller, &mut call)?;
        let process = &caller.data().process;
        if errno != Errno::Again as u32 || process.is_nonblocking(fd).unwrap_or(true) {
            return Ok(errno);
        }
        // A descriptor that is bad by then is what the next call finds.
        if process.ready(fd, ready).await == Err(Errno::Interrupted) {
            return Ok(Errno::Interrupted as u32);
        }
    }
}

/// When a wait of so many nanoseconds ends, if ever.
fn deadline(timeout: u64) -> Option<Instant> {
    match timeout {
        WITHOUT_LIMIT => None,
        // A time beyond what the host can name never comes.
        _ => Instant::now().checked_add(Duration::from_nanos(timeout)),
    }
}

/// The process or its job was ended while the guest was in a call. It travels as
/// an error, so that it unwinds the guest's stack.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the process was ended")]
pub struct CutShort;
