//! `whoami`: prints the name of the user.

use std::ffi::OsString;

use crate::getopt;
use crate::stdio;
use crate::sys::identity;

const NAME: &str = "whoami";

pub fn main(args: &[OsString]) -> i32 {
    match getopt::no_operands(NAME, "Usage: whoami [OPTION]...\n", args) {
        Ok(()) => stdio::print(NAME, format!("{}\n", identity::USER.name).as_bytes()),
        Err(status) => status,
    }
}
