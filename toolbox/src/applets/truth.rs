//! `true` and `false`: end with their status.

use std::ffi::OsString;

use crate::stdio;

/// `true`
pub fn yes(args: &[OsString]) -> i32 {
    run("true", "successfully", 0, args)
}

/// `false`
pub fn no(args: &[OsString]) -> i32 {
    run("false", "unsuccessfully", 1, args)
}

/// Only a lone `--help` or `--version` is listened to.
fn run(name: &str, how: &str, status: i32, args: &[OsString]) -> i32 {
    match args {
        [_, option] if option == "--help" => {
            let text = format!(
                "Usage: {name} [ignored command line arguments]\n   or: {name} OPTION\nExit {how}.\n\n      \
                 --help                  display this help and exit\n      \
                 --version               output version information and exit\n"
            );
            stdio::print(name, text.as_bytes()).max(status)
        }
        [_, option] if option == "--version" => crate::print_version(name).max(status),
        _ => status,
    }
}
