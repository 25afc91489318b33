//! `rev`: prints lines with their characters in reverse.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio::{self, Input};
use crate::sys::{self, OsStrExt};

const NAME: &str = "rev";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Help,
}

const FLAGS: &[Flag<Id>] = &[flag(
    Id::Help,
    Some('h'),
    Some("help"),
    Takes::Nothing,
    "display this help",
)];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    if !parsed.options.is_empty() {
        let text = format!("Usage: rev [options] [file ...]\n\n{}", getopt::help(FLAGS));
        return stdio::print(NAME, text.as_bytes());
    }
    let mut out = BufWriter::with_capacity(16 * 1024, io::stdout().lock());
    let mut status = 0;
    if parsed.operands.is_empty() {
        status = reverse(OsStr::new("stdin"), Input::stdin(), &mut out);
    }
    for name in &parsed.operands {
        // A hyphen is a name like any other.
        let opened = sys::open(name);
        status |= match opened {
            Ok(file) => reverse(name, Input::File(file), &mut out),
            Err(error) => {
                let text = format!(": {}", sys::error_text(&error));
                let message = [b"cannot open ", name.as_bytes(), text.as_bytes()].concat();
                stdio::complain(NAME, &message);
                1
            }
        };
    }
    stdio::finish(NAME, out.flush(), status)
}

fn reverse(name: &OsStr, input: Input, out: &mut impl Write) -> i32 {
    let mut input = BufReader::with_capacity(16 * 1024, input);
    let (mut line, mut reversed) = (Vec::new(), Vec::new());
    for number in 0_u64.. {
        line.clear();
        let problem = match input.read_until(b'\n', &mut line) {
            Ok(0) => return 0,
            Ok(_) => match put_reversed(&line, &mut reversed) {
                true => None,
                false => Some("Invalid or incomplete multibyte or wide character".to_owned()),
            },
            Err(error) => Some(sys::error_text(&error)),
        };
        if let Some(problem) = problem {
            let _ = out.flush();
            let text = format!(": {number}: {problem}");
            stdio::complain(NAME, &[name.as_bytes(), text.as_bytes()].concat());
            return 1;
        }
        // What cannot be written is found when the buffer is flushed.
        let _ = out.write_all(&reversed);
    }
    0
}

/// Reverses a line, but for its end; false when it is no text.
fn put_reversed(line: &[u8], reversed: &mut Vec<u8>) -> bool {
    reversed.clear();
    let (text, end) = match line.strip_suffix(b"\n") {
        Some(text) => (text, &b"\n"[..]),
        None => (line, &b""[..]),
    };
    if text.is_ascii() {
        reversed.extend(text.iter().rev());
    } else {
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        for character in text.chars().rev() {
            reversed.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    reversed.extend_from_slice(end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_reversed_and_the_end_of_the_line_stays() {
        let reversed = |line: &[u8]| {
            let mut out = Vec::new();
            put_reversed(line, &mut out).then_some(out)
        };
        assert_eq!(reversed(b"abc\n"), Some(b"cba\n".to_vec()));
        assert_eq!(reversed("éx".as_bytes()), Some("xé".as_bytes().to_vec()));
        assert_eq!(reversed(b"a\xff\n"), None);
    }
}
