//! `unlink`: removes a name of a file.

use std::ffi::OsString;

use crate::getopt::{self, UsageError};
use crate::stdio;
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt};

const NAME: &str = "unlink";

pub fn main(args: &[OsString]) -> i32 {
    let operands = match getopt::operands(NAME, "Usage: unlink FILE\n", args) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    let file = match operands.as_slice() {
        [] => return UsageError::new(NAME, "missing operand").report(1),
        [file] => file,
        [_, extra, ..] => {
            let quoted = quoted_text(extra.as_bytes());
            let message = [b"extra operand ", quoted.as_slice()].concat();
            return UsageError::new(NAME, message).report(1);
        }
    };
    // WASI would take an empty name for the working directory.
    let removed = match file.is_empty() {
        true => Err(std::io::Error::from_raw_os_error(libc::ENOENT)),
        false => std::fs::remove_file(file),
    };
    match removed {
        Ok(()) => 0,
        Err(error) => {
            let text = format!(": {}", sys::error_text(&error));
            let name = quoted(file.as_bytes());
            stdio::complain(
                NAME,
                &[b"cannot unlink ", name.as_slice(), text.as_bytes()].concat(),
            );
            1
        }
    }
}
