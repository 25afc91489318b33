//! Tells the linker how much memory the guest starts with.

/// The stack in memory: what functions of a script that call each other 2,000 deep need. It is touched as far as it is used.
///
/// Data and heap follow behind it. The first part of the stack is in the same 2 MiB as they are, which one table of the host's
/// pages describes: what a small tool has touched is found there.
const STACK: u32 = (6 << 20) + (128 << 10);
/// Data and stack of the guest, and half a MiB for the heap: a small tool needs no
/// more, and every time memory grows the host has to change its protection.
const INITIAL_MEMORY: u32 = 9 << 20;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo:rustc-link-arg-bins=-zstack-size={STACK}");
        println!("cargo:rustc-link-arg-bins=--initial-memory={INITIAL_MEMORY}");
    }
}
