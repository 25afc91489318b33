//! `hostname`: prints the name of the machine, which a guest cannot change.

use std::ffi::OsString;
use std::io::{self, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::identity;

const NAME: &str = "hostname";
/// Without a network, the machine is the only one that it knows.
const ADDRESS: &[u8] = b"127.0.0.1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Address,
    Domain,
    Full,
    Help,
    Nothing,
    Set,
    Short,
    Yellow,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Nothing, Some('a'), Some("alias"), Takes::Nothing, "alias names"),
    flag(Id::Nothing, Some('A'), Some("all-fqdns"), Takes::Nothing, "all long host names (FQDNs)"),
    flag(Id::Set, Some('b'), Some("boot"), Takes::Nothing, "set default hostname: not allowed"),
    flag(Id::Domain, Some('d'), Some("domain"), Takes::Nothing, "DNS domain name"),
    flag(Id::Full, Some('f'), Some("fqdn"), Takes::Nothing, "long host name (FQDN)"),
    flag(Id::Full, None, Some("long"), Takes::Nothing, "same as -f"),
    flag(Id::Set, Some('F'), Some("file"), Takes::Value("FILE"), "set host name from a file: not allowed"),
    flag(Id::Address, Some('i'), Some("ip-address"), Takes::Nothing, "addresses for the host name"),
    flag(Id::Nothing, Some('I'), Some("all-ip-addresses"), Takes::Nothing, "all addresses for the host"),
    flag(Id::Short, Some('s'), Some("short"), Takes::Nothing, "short host name"),
    flag(Id::Yellow, Some('y'), Some("yp"), Takes::Nothing, "NIS/YP domain name"),
    flag(Id::Yellow, None, Some("nis"), Takes::Nothing, "same as -y"),
    flag(Id::Help, Some('h'), Some("help"), Takes::Nothing, "print info and exit"),
];

fn usage() -> String {
    format!("Usage: hostname [OPTION]\n\n{}", getopt::help(FLAGS))
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => {
            stdio::complain(NAME, error.to_string().as_bytes());
            // A stderr that cannot be written to leaves the status as the only witness.
            let _ = io::stderr().write_all(usage().as_bytes());
            return 255;
        }
    };
    let mut asked = None;
    for (id, _) in &parsed.options {
        match id {
            Id::Help => return stdio::print(NAME, usage().as_bytes()),
            id => asked = Some(*id),
        }
    }
    if asked == Some(Id::Set) || !parsed.operands.is_empty() {
        stdio::complain(NAME, b"you must be root to change the host name");
        return 1;
    }
    let name = identity::host_name();
    let dot = name.iter().position(|byte| *byte == b'.');
    let mut line = match asked {
        Some(Id::Address) => ADDRESS.to_vec(),
        Some(Id::Nothing) => Vec::new(),
        Some(Id::Domain) => match dot {
            Some(dot) => name.get(dot + 1..).unwrap_or_default().to_vec(),
            // Where there is no domain, there is no line either.
            None => return 0,
        },
        Some(Id::Short) => name
            .get(..dot.unwrap_or(name.len()))
            .unwrap_or_default()
            .to_vec(),
        Some(Id::Yellow) => {
            stdio::print(NAME, b"hostname: Local domain name not set\n");
            return 1;
        }
        _ => name,
    };
    line.push(b'\n');
    stdio::print(NAME, &line)
}
