//! `tac`: prints files with their last line first.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use memchr::memmem::FinderRev;

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio::{self, Input};
use crate::sys::quote::quoted;
use crate::sys::{self, OsStrExt};

const NAME: &str = "tac";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Before,
    Help,
    Regex,
    Separator,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Before, Some('b'), Some("before"), Takes::Nothing, "attach the separator before instead of after"),
    flag(Id::Regex, Some('r'), Some("regex"), Takes::Nothing, "not supported"),
    flag(Id::Separator, Some('s'), Some("separator"), Takes::Value("STRING"), "use STRING as the separator instead of newline"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut before, mut separator) = (false, b"\n".to_vec());
    for (id, value) in parsed.options {
        match id {
            Id::Before => before = true,
            Id::Help => {
                let text = format!(
                    "Usage: tac [OPTION]... [FILE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Regex => {
                stdio::complain(NAME, b"option '--regex' is not supported");
                return 1;
            }
            Id::Separator => separator = value.unwrap_or_default().as_bytes().to_vec(),
        }
    }
    // An empty separator stands for a NUL.
    if separator.is_empty() {
        separator.push(0);
    }
    let mut names = parsed.operands;
    if names.is_empty() {
        names.push("-".into());
    }
    let mut out = BufWriter::with_capacity(16 * 1024, io::stdout().lock());
    let mut status = 0;
    for name in &names {
        let text = match read(name) {
            Ok(text) => text,
            Err(message) => {
                let _ = out.flush();
                stdio::complain(NAME, &message);
                status = 1;
                continue;
            }
        };
        if let Err(error) = reverse(&text, &separator, before, &mut out) {
            return stdio::finish(NAME, Err(error), 1);
        }
    }
    stdio::finish(NAME, out.flush(), status)
}

fn read(name: &OsStr) -> Result<Vec<u8>, Vec<u8>> {
    let mut input = match Input::open(name) {
        Ok(input) => input,
        // GNU seeks before it reads, and the end of a directory is nowhere.
        Err(error) if error.raw_os_error() == Some(libc::EISDIR) => {
            let name = sys::quote::quoted_if_needed(name.as_bytes());
            return Err([name.as_slice(), b": read error: Invalid argument"].concat());
        }
        Err(error) => {
            let text = format!(" for reading: {}", sys::error_text(&error));
            let name = quoted(name.as_bytes());
            return Err([b"failed to open ", name.as_slice(), text.as_bytes()].concat());
        }
    };
    input.read_all().map_err(|error| {
        let name = if name == "-" {
            OsStr::new("standard input")
        } else {
            name
        };
        let text = format!(": read error: {}", sys::error_text(&error));
        [
            sys::quote::quoted_if_needed(name.as_bytes()).as_slice(),
            text.as_bytes(),
        ]
        .concat()
    })
}

/// Writes the records of a text from the last to the first.
fn reverse(text: &[u8], separator: &[u8], before: bool, out: &mut impl Write) -> io::Result<()> {
    let mut end = text.len();
    let mut put = |start: usize| {
        let record = text.get(start..end).unwrap_or_default();
        end = start;
        out.write_all(record)
    };
    let length = if before { 0 } else { separator.len() };
    match separator {
        [byte] => {
            for at in memchr::memrchr_iter(*byte, text) {
                put(at + length)?;
            }
        }
        _ => {
            for at in FinderRev::new(separator).rfind_iter(text) {
                put(at + length)?;
            }
        }
    }
    put(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reversed(text: &str, separator: &str, before: bool) -> String {
        let mut out = Vec::new();
        reverse(text.as_bytes(), separator.as_bytes(), before, &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_separator_belongs_to_the_record_before_it_or_behind_it() {
        assert_eq!(reversed("abXcdXef", "X", false), "efcdXabX");
        assert_eq!(reversed("abXcdX", "X", false), "cdXabX");
        assert_eq!(reversed("XabXcd", "X", true), "XcdXab");
        assert_eq!(reversed("abXYcd", "XY", false), "cdabXY");
        assert_eq!(reversed("", "X", false), "");
    }
}
