//! `groups`: prints the groups of users.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt;
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::identity;
use crate::sys::quote::quoted_text;

const NAME: &str = "groups";

pub fn main(args: &[OsString]) -> i32 {
    let operands = match getopt::operands(NAME, "Usage: groups [OPTION]... [USERNAME]...\n", args) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    if operands.is_empty() {
        // What cannot be written is found when the buffer is flushed.
        let _ = writeln!(out, "{}", identity::USER.name);
    }
    for user in &operands {
        match identity::by_name(user.as_bytes()) {
            Some(account) => {
                let line = format!(" : {}\n", account.name);
                let _ = out.write_all(&[user.as_bytes(), line.as_bytes()].concat());
            }
            None => {
                let quoted = quoted_text(user.as_bytes());
                stdio::complain(NAME, &[quoted.as_slice(), b": no such user"].concat());
                status = 1;
            }
        }
    }
    stdio::finish(NAME, out.flush(), status)
}
