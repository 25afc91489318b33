//! wasmtime: one engine for all of this machine's sandboxes, and one process
//! after another run in it.

mod config;
mod image;
mod limits;
mod run;
#[cfg(test)]
mod tests;
mod trailer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, InstancePre, Linker, PoolingAllocationConfig,
};

use crate::syscall::{self, Guest};

pub use image::ImageError;
pub(crate) use run::fuel_left;

/// Processes of the pool, over all sandboxes of this Node process. Each has its
/// address space reserved ahead, which costs no memory; more processes than these
/// have theirs made when they start.
const POOLED: u32 = 128;
/// Processes at one time that other processes may start.
const MAX_CHILDREN: usize = 1024;
/// What a slot of the pool keeps for its next user, in bytes: clearing it is
/// cheaper than giving it back and faulting it in again.
const MEMORY_KEPT: usize = 512 << 10;
const STACK_KEPT: usize = 16 << 10;
const TABLE_KEPT: usize = 64 << 10;

/// The guest, compiled, linked and ready to be instantiated.
pub struct Image {
    pooled: InstancePre<Guest>,
    /// For when the pool is used up; made when that happens first.
    overflow: OnceLock<wasmtime::Result<InstancePre<Guest>>>,
    source: Source,
    running: AtomicUsize,
    pub startup: Startup,
}

/// Where the guest comes from.
struct Source {
    path: PathBuf,
    fingerprint: [u8; 32],
}

/// How long the parts of `Image::load` took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Startup {
    /// Reserving address space for the pool.
    pub engine: Duration,
    /// Checking and mapping the image.
    pub module: Duration,
    /// Matching the guest's imports to ours.
    pub linker: Duration,
}

impl Image {
    /// Maps a precompiled guest. The pooling allocator reserves address space;
    /// where that is refused (`ulimit -v`), memory is taken as it is needed.
    pub fn load(path: &Path, fingerprint: &[u8; 32]) -> Result<Self, ImageError> {
        let start = Instant::now();
        let engine = wasmtime::Engine::new(&pooling(config::config()))
            .or_else(|_| wasmtime::Engine::new(&config::config()))
            .map_err(engine_error)?;
        let engine_done = Instant::now();
        let module = image::load(&engine, path, fingerprint)?;
        let module_done = Instant::now();
        let pooled = link(&module).map_err(engine_error)?;
        Ok(Self {
            pooled,
            overflow: OnceLock::new(),
            source: Source {
                path: path.to_owned(),
                fingerprint: *fingerprint,
            },
            running: AtomicUsize::new(0),
            startup: Startup {
                engine: engine_done - start,
                module: module_done - engine_done,
                linker: module_done.elapsed(),
            },
        })
    }

    /// What the next process is made from.
    fn prepared(&self) -> wasmtime::Result<&InstancePre<Guest>> {
        if self.running.load(Ordering::Relaxed) <= POOLED as usize {
            return Ok(&self.pooled);
        }
        let overflow = self.overflow.get_or_init(|| self.source.prepare());
        overflow
            .as_ref()
            .map_err(|error| wasmtime::Error::msg(error.to_string()))
    }
}

impl Source {
    fn prepare(&self) -> wasmtime::Result<InstancePre<Guest>> {
        let engine = wasmtime::Engine::new(&config::config())?;
        link(&image::load(&engine, &self.path, &self.fingerprint)?)
    }
}

fn link(module: &wasmtime::Module) -> wasmtime::Result<InstancePre<Guest>> {
    let mut linker = Linker::new(module.engine());
    syscall::add_to_linker(&mut linker)?;
    linker.instantiate_pre(module)
}

/// Counts a process for as long as it has an instance.
struct Running(Arc<Image>);

impl Running {
    fn new(image: Arc<Image>) -> Self {
        image.running.fetch_add(1, Ordering::Relaxed);
        Self(image)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

fn engine_error(error: wasmtime::Error) -> ImageError {
    ImageError::Engine {
        reason: error.to_string(),
    }
}

fn pooling(mut config: Config) -> Config {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(POOLED)
        .total_memories(POOLED)
        .total_tables(POOLED)
        .total_stacks(POOLED)
        .max_memory_size(4 << 30)
        .table_elements(100_000)
        .linear_memory_keep_resident(MEMORY_KEPT)
        .async_stack_keep_resident(STACK_KEPT)
        .table_keep_resident(TABLE_KEPT)
        .pagemap_scan(Enabled::Auto);
    // What one deep recursion has used of a stack is not kept for ever.
    config.async_stack_zeroing(true);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
