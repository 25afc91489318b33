//! Compiles the guest that exports every import, as the addon's own build does.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads and writes the files of the build"
)]

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use wasmtime::Engine;

#[path = "../src/engine/config.rs"]
mod config;

const GUEST: &str = "../src/engine/guests/imports.wat";

fn main() -> Result<(), Box<dyn Error>> {
    for input in ["build.rs", "../src/engine/config.rs", GUEST] {
        println!("cargo:rerun-if-changed={input}");
    }
    let mut config = config::config();
    config.target(&env::var("TARGET")?)?;
    let guest = Engine::new(&config)?.precompile_module(&fs::read(GUEST)?)?;
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("imports.cwasm"),
        guest,
    )?;
    Ok(())
}
