//! What the fuzz targets call, and the sources of the addon beneath it. The addon's own tests include
//! the same functions and run the saved corpus through them.

#![allow(
    dead_code,
    unused_imports,
    reason = "the sources are those of the addon, which uses more of them"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "inputs run over directories of the host that are laid out for them"
)]

#[path = "../../src/engine/mod.rs"]
mod engine;
#[path = "../../src/kernel/mod.rs"]
mod kernel;
#[path = "../../src/syscall/mod.rs"]
mod syscall;
#[path = "../../src/vfs/mod.rs"]
mod vfs;

mod imports;
mod paths;
mod script;
mod spawn_message;

#[allow(clippy::duplicate_mod, reason = "the engine keeps its own to itself")]
#[path = "../../src/engine/config.rs"]
mod config;

use std::sync::LazyLock;

use wasmtime::{
    Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, PoolingAllocationConfig,
};

use syscall::Guest;

pub use paths::paths;
pub use script::script;
pub use spawn_message::spawn_message;

static GUEST: LazyLock<InstancePre<Guest>> = LazyLock::new(|| {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(64)
        .total_memories(64)
        .total_stacks(64);
    let mut config = config::config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).expect("the configuration is valid");
    let guest = include_bytes!(concat!(env!("OUT_DIR"), "/imports.cwasm"));
    // SAFETY: build.rs compiled the guest with the same configuration.
    let module = unsafe { Module::deserialize(&engine, guest) }.expect("it was compiled for us");
    let mut linker = Linker::new(&engine);
    syscall::add_to_linker(&mut linker).expect("no import is defined twice");
    linker
        .instantiate_pre(&module)
        .expect("every import is defined")
});

/// Runs one input of the target `imports`.
pub fn imports(bytes: &[u8]) {
    imports::imports(&GUEST, bytes);
}
