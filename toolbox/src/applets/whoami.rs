//! `whoami`: prints the name of the user.

use std::ffi::OsString;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::identity;
use crate::sys::quote::quoted_text;

const NAME: &str = "whoami";

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
        let text = format!("Usage: whoami [OPTION]...\n\n{}", getopt::help(FLAGS));
        return stdio::print(NAME, text.as_bytes());
    }
    if let Some(extra) = parsed.operands.first() {
        let quoted = quoted_text(extra.as_bytes());
        let message = [b"extra operand ", quoted.as_slice()].concat();
        return UsageError::new(NAME, message).report(1);
    }
    stdio::print(NAME, format!("{}\n", identity::USER.name).as_bytes())
}
