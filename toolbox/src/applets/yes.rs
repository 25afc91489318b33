//! `yes`: prints a line for ever.

use std::ffi::OsString;
use std::io::{self, Write};

use crate::getopt;
use crate::stdio;
use crate::sys::{self, OsStrExt};

const NAME: &str = "yes";
/// Written at a time, or a line if that is longer.
const BLOCK: usize = 16 * 1024;

pub fn main(args: &[OsString]) -> i32 {
    let operands = match getopt::operands(NAME, "Usage: yes [STRING]...\n", args) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    let words: Vec<&[u8]> = operands.iter().map(|word| word.as_bytes()).collect();
    let mut line = match words.as_slice() {
        [] => b"y".to_vec(),
        words => words.join(&b' '),
    };
    line.push(b'\n');
    let block = line.repeat((BLOCK / line.len()).max(1));
    let mut out = io::stdout().lock();
    loop {
        if let Err(error) = out.write_all(&block).and_then(|()| out.flush()) {
            let message = format!("standard output: {}", sys::error_text(&error));
            stdio::complain(NAME, message.as_bytes());
            return 1;
        }
    }
}
