//! `arch`: prints the kind of the machine.

use std::ffi::OsString;

use crate::getopt;
use crate::stdio;
use crate::sys::identity;

const NAME: &str = "arch";

pub fn main(args: &[OsString]) -> i32 {
    match getopt::no_operands(NAME, "Usage: arch [OPTION]...\n", args) {
        Ok(()) => stdio::print(NAME, format!("{}\n", identity::MACHINE).as_bytes()),
        Err(status) => status,
    }
}
