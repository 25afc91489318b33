//! `sum`, and the lines of checksums that are numbers.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use super::algorithm::Algorithm;
use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio::{self, Input};
use crate::sys::OsStrExt;

const NAME: &str = "sum";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Bsd,
    Help,
    Sysv,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Bsd, Some('r'), None, Takes::Nothing, "the sum of BSD and blocks of 1024 bytes, as without this"),
    flag(Id::Sysv, Some('s'), Some("sysv"), Takes::Nothing, "the sum of System V and blocks of 512 bytes"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut algorithm = Algorithm::Bsd;
    for (id, _) in parsed.options {
        match id {
            Id::Bsd => algorithm = Algorithm::Bsd,
            Id::Help => {
                let text = format!(
                    "Usage: sum [OPTION]... [FILE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Sysv => algorithm = Algorithm::Sysv,
        }
    }
    let mut names: Vec<(OsString, bool)> = parsed
        .operands
        .into_iter()
        .map(|name| (name, true))
        .collect();
    if names.is_empty() {
        names.push(("-".into(), false));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    for (name, is_named) in names {
        match Input::open(&name).and_then(|input| algorithm.of(input)) {
            Ok((digest, size)) => {
                let shown = is_named.then_some(name.as_bytes());
                let mut line = line(algorithm, &digest, size, shown);
                line.push(b'\n');
                // What cannot be written is found when the buffer is flushed.
                let _ = out.write_all(&line);
            }
            Err(error) => {
                let _ = out.flush();
                stdio::complain(NAME, &stdio::about(&name, &error));
                status = 1;
            }
        }
    }
    super::finish(NAME, out.flush(), status)
}

/// The number, the size in the blocks of the algorithm, and the name if there is one.
pub fn line(algorithm: Algorithm, digest: &[u8], size: u64, name: Option<&[u8]>) -> Vec<u8> {
    let sum = digest
        .iter()
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    let mut line = match algorithm {
        Algorithm::Bsd => format!("{sum:05} {:5}", size.div_ceil(1024)),
        Algorithm::Sysv => format!("{sum} {}", size.div_ceil(512)),
        _ => format!("{sum} {size}"),
    }
    .into_bytes();
    if let Some(name) = name {
        line.push(b' ');
        line.extend_from_slice(name);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_blocks() {
        let line = |algorithm, name| String::from_utf8(line(algorithm, &[1, 2], 1025, name));
        assert_eq!(
            line(Algorithm::Bsd, Some(b"a")).as_deref(),
            Ok("00258     2 a")
        );
        assert_eq!(line(Algorithm::Sysv, None).as_deref(), Ok("258 3"));
    }
}
