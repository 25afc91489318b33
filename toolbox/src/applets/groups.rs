//! `groups`: prints the groups of users.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::identity;
use crate::sys::quote::quoted_text;

const NAME: &str = "groups";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
}

const FLAGS: &[Flag<Id>] = &[flag(
    Id::Help,
    None,
    Some("help"),
    Takes::Nothing,
    "display this help and exit",
)];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    if !parsed.options.is_empty() {
        let text = format!(
            "Usage: groups [OPTION]... [USERNAME]...\n\n{}",
            getopt::help(FLAGS)
        );
        return stdio::print(NAME, text.as_bytes());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    if parsed.operands.is_empty() {
        // What cannot be written is found when the buffer is flushed.
        let _ = writeln!(out, "{}", identity::USER.name);
    }
    for user in &parsed.operands {
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
