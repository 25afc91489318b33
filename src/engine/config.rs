//! What decides how guest code is compiled. The build script that precompiles
//! the guest and the addon that runs it share this file.

use wasmtime::{Config, WasmBacktraceDetails};

/// Wasm stack of one process, in bytes. Deeper recursion ends the process.
const MAX_WASM_STACK: usize = 12 << 20;
/// Native stack of a running process: its wasm stack, and room for host calls on top.
const ASYNC_STACK: usize = MAX_WASM_STACK + (2 << 20);

pub fn config() -> Config {
    let mut config = Config::new();
    config
        // Fuel is the only metering: it counts work exactly, and each time a
        // slice of it is used up the guest yields to whoever drives it.
        .consume_fuel(true)
        .max_wasm_stack(MAX_WASM_STACK)
        .async_stack_size(ASYNC_STACK)
        // A trap is reported by its kind; nobody reads guest frames.
        .wasm_backtrace_max_frames(None)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(false)
        .native_unwind_info(cfg!(windows));
    config
}
