//! What a guest may import: each call decodes guest memory, makes one kernel
//! call and encodes its answer. Nothing is decided here.

mod descriptor;
mod extension;
mod memory;
mod path;
mod poll;
mod program;
mod stat;

use wasmtime::{Caller, Linker, Memory};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::WasiP1Ctx;

use crate::kernel::{MemoryBudget, Process};
use crate::vfs::Errno;

use memory::GuestMemory;
pub use program::Exited;

/// The state of one instance: its process, and what wasmtime asks about it.
pub struct Guest {
    pub process: Process,
    pub budget: MemoryBudget,
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
    if guest.process.interrupted().is_some() {
        return Err(wasmtime::Error::new(CutShort));
    }
    Ok(result.map_or_else(|errno| errno as u32, |()| SUCCESS))
}

/// The job was ended while the guest was in a call. It travels as an error, so
/// that it unwinds the guest's stack.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the job was ended")]
pub struct CutShort;
