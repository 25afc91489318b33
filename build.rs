//! Builds the guest for wasm32-wasip1, precompiles it for the target of the
//! addon, and puts the image beside where the addon will be. The small guests
//! of the engine's tests are compiled here too: the addon has no compiler.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads and writes the files of the build"
)]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use wasmtime::Engine;

#[path = "src/engine/config.rs"]
mod config;
#[path = "src/engine/trailer.rs"]
mod trailer;

const GUEST_TARGET: &str = "wasm32-wasip1";
/// The custom section in which the guest lists its tools, one a line.
const NAMES_SECTION: &str = "applet-names";
/// Set by the napi CLI: the addon of this build goes into the package.
const NAPI_BUILDS: &str = "NAPI_TYPE_DEF_TMP_FOLDER";
/// The guests of the engine's tests, in WebAssembly text.
const TEST_GUESTS: &str = "src/engine/guests";

fn main() -> Result<(), Box<dyn Error>> {
    napi_build::setup();
    for input in [
        "build.rs",
        "src/engine/config.rs",
        "src/engine/trailer.rs",
        TEST_GUESTS,
        "toolbox",
        "Cargo.lock",
        "Cargo.toml",
    ] {
        println!("cargo:rerun-if-changed={input}");
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let target = env::var("TARGET")?;

    let guest = fs::read(build_guest(&root)?)?;
    let fingerprint = fingerprint(&guest, &target)?;
    let engine = engine(&target)?;
    let image_path = out.join("toolbox.cwasm");
    let image = match fs::read(&image_path) {
        // What decides is unchanged: compiling again would give the same.
        Ok(image) if image.ends_with(&fingerprint) => image,
        _ => compile(&engine, &guest, &fingerprint)?,
    };
    fs::write(&image_path, &image)?;
    compile_test_guests(&engine, &out)?;
    fs::write(
        out.join("applets.rs"),
        format!("&{:?}", tool_names(&guest)?),
    )?;
    if env::var_os(NAPI_BUILDS).is_some() {
        install(&image, &root, &target)?;
    }

    println!("cargo:rustc-env=GUEST_FINGERPRINT={}", hex(&fingerprint));
    Ok(())
}

/// Puts the image beside the addon that the napi CLI puts into the package.
fn install(image: &[u8], root: &Path, target: &str) -> Result<(), Box<dyn Error>> {
    let installed = root.join(format!("agent-sandbox.{}.cwasm", platform(target)?));
    // The old file may be mapped by a running process: the new one takes its place.
    let fresh = installed.with_extension("cwasm.new");
    fs::write(&fresh, image)?;
    fs::rename(&fresh, &installed)?;
    Ok(())
}

/// Runs cargo for the guest and gives the path of its module.
fn build_guest(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let profile = match env::var("PROFILE")?.as_str() {
        "release" => "guest",
        _ => "guest-dev",
    };
    let target_dir = root.join("target/guest");
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .current_dir(root)
        .args(["build", "--package", "toolbox", "--locked"])
        .args(["--target", GUEST_TARGET, "--profile", profile])
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("RUSTFLAGS", "-Ctarget-feature=+simd128");
    // What the outer cargo (or clippy) sets for the host must not reach the guest.
    for variable in [
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CLIPPY_ARGS",
    ] {
        cargo.env_remove(variable);
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!(
            "the guest did not build ({status}); is `rustup target add {GUEST_TARGET}` done?"
        )
        .into());
    }
    Ok(target_dir
        .join(GUEST_TARGET)
        .join(profile)
        .join("toolbox.wasm"))
}

/// SHA-256 over all that the image depends on.
fn fingerprint(guest: &[u8], target: &str) -> Result<[u8; 32], Box<dyn Error>> {
    let mut hash = Sha256::new();
    for part in [
        guest,
        target.as_bytes(),
        wasmtime_version()?.as_bytes(),
        include_bytes!("src/engine/config.rs"),
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Ok(hash.finalize().into())
}

/// The version of wasmtime that Cargo.lock names.
fn wasmtime_version() -> Result<String, Box<dyn Error>> {
    let lock = fs::read_to_string("Cargo.lock")?;
    let entry = lock
        .split_once("name = \"wasmtime\"\nversion = \"")
        .and_then(|(_, rest)| rest.split_once('"'));
    match entry {
        Some((version, _)) => Ok(version.to_owned()),
        None => Err("Cargo.lock does not name wasmtime".into()),
    }
}

fn engine(target: &str) -> Result<Engine, Box<dyn Error>> {
    let mut config = config::config();
    config.target(target)?;
    Ok(Engine::new(&config)?)
}

fn compile(
    engine: &Engine,
    guest: &[u8],
    fingerprint: &[u8; 32],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut image = engine.precompile_module(guest)?;
    let code_len = image.len() as u64;
    image.extend_from_slice(&trailer::trailer(code_len, fingerprint));
    Ok(image)
}

/// Compiles every test guest and writes a constant for each: one that no test
/// uses is a warning, and so does not pass.
fn compile_test_guests(engine: &Engine, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut constants = String::new();
    let mut paths: Vec<_> = fs::read_dir(TEST_GUESTS)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = format!("{name}.cwasm");
        fs::write(
            out.join(&file),
            engine.precompile_module(&fs::read(&path)?)?,
        )?;
        constants += &format!(
            "pub const {}: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));\n",
            name.to_uppercase()
        );
    }
    fs::write(out.join("guests.rs"), constants)?;
    Ok(())
}

fn tool_names(guest: &[u8]) -> Result<Vec<String>, Box<dyn Error>> {
    for payload in wasmparser::Parser::new(0).parse_all(guest) {
        if let wasmparser::Payload::CustomSection(section) = payload?
            && section.name() == NAMES_SECTION
        {
            let names = std::str::from_utf8(section.data())?;
            return Ok(names.lines().map(str::to_owned).collect());
        }
    }
    Err(format!("the guest has no section '{NAMES_SECTION}'").into())
}

/// The name napi gives the platform of a target in file names.
fn platform(target: &str) -> Result<&'static str, Box<dyn Error>> {
    Ok(match target {
        "x86_64-unknown-linux-gnu" => "linux-x64-gnu",
        "x86_64-unknown-linux-musl" => "linux-x64-musl",
        "aarch64-unknown-linux-gnu" => "linux-arm64-gnu",
        "aarch64-unknown-linux-musl" => "linux-arm64-musl",
        "x86_64-apple-darwin" => "darwin-x64",
        "aarch64-apple-darwin" => "darwin-arm64",
        "x86_64-pc-windows-msvc" => "win32-x64-msvc",
        "aarch64-pc-windows-msvc" => "win32-arm64-msvc",
        _ => return Err(format!("agent-sandbox has no name for the target '{target}'").into()),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
