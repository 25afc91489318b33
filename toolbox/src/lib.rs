//! The toolbox: many small Unix tools in one WebAssembly program.

pub mod alloc;
pub mod applets;
pub mod format;
pub mod getopt;
pub mod regex;
pub mod shell;
pub mod stdio;
pub mod sys;
pub mod uutils;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

#[cfg(target_os = "wasi")]
#[global_allocator]
static ALLOCATOR: alloc::SmallBlocks = alloc::SmallBlocks::new();

/// What `--version` prints; gives the exit status.
fn print_version(name: &str) -> i32 {
    let version = env!("CARGO_PKG_VERSION");
    stdio::print(
        name,
        format!("{name} (agent-sandbox toolbox) {version}\n").as_bytes(),
    )
}

/// Runs the applet named by the base name of `argv[0]` and returns its exit status. Behind `toolbox` stand the name that a
/// tool is called by, the tool and its arguments: so starts one that is called by another name.
pub fn run() -> i32 {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    sys::start();
    sys::locale::follow_environment();
    sys::process::enter_working_directory();
    let mut tool = args.first().cloned().unwrap_or_default();
    if tool == toolbox_abi::TOOLBOX && args.len() > 2 {
        args.remove(0);
        tool = args.remove(1);
    }
    let name = Path::new(&tool).file_name().unwrap_or(&tool);
    // A dash before the name of a shell makes it a login shell.
    let plain = name.as_encoded_bytes().strip_prefix(b"-");
    let plain = plain.map_or(name, sys::OsStrExt::from_bytes);
    let Some(applet) = applets::find(plain) else {
        let _ = writeln!(io::stderr(), "{}: command not found", name.display());
        return 127;
    };
    let status = match args.as_slice() {
        [_, option] if option == "--version" && !applet.has_version() => print_version(applet.name),
        _ => (applet.main)(&args),
    };
    match io::stdout().flush() {
        Err(error) if status == 0 => {
            let _ = writeln!(
                io::stderr(),
                "{}: write error: {}",
                applet.name,
                sys::error_text(&error)
            );
            1
        }
        _ => status,
    }
}
