//! `echo`: prints its arguments.

use std::ffi::OsString;
use std::io::{self, Write};

use crate::stdio;
use crate::sys::OsStrExt;

const NAME: &str = "echo";

const HELP: &str = "\
Usage: echo [OPTION]... [STRING]...
Print the STRINGs, with a space between them and a newline behind the last.

  -n                          leave the newline out
  -e                          read escapes with a backslash: \\\\ \\a \\b \\c \\e \\f \\n \\r \\t \\v \\0NNN \\xHH
  -E                          print backslashes as they are (default)
      --help                  display this help and exit
";

pub fn main(args: &[OsString]) -> i32 {
    let args = args.get(1..).unwrap_or(&[]);
    if let [only] = args
        && only == "--help"
    {
        return stdio::print(NAME, HELP.as_bytes());
    }
    let mut out = io::stdout().lock();
    let written = out.write_all(&text(args)).and_then(|()| out.flush());
    stdio::finish(NAME, written, 0)
}

fn text(args: &[OsString]) -> Vec<u8> {
    let (mut newline, mut escapes) = (true, false);
    let mut words = args.iter().map(|arg| arg.as_bytes()).peekable();
    while let Some(letters) = words.next_if(|word| is_option(word)) {
        for letter in &letters[1..] {
            match letter {
                b'n' => newline = false,
                letter => escapes = *letter == b'e',
            }
        }
    }
    let mut text = Vec::new();
    for (at, word) in words.enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        if !escapes {
            text.extend_from_slice(word);
        } else if !unescape(word, &mut text) {
            return text;
        }
    }
    if newline {
        text.push(b'\n');
    }
    text
}

/// Any other letter makes the whole word one to print.
fn is_option(word: &[u8]) -> bool {
    matches!(word, [b'-', letters @ ..] if !letters.is_empty()
        && letters.iter().all(|letter| b"neE".contains(letter)))
}

/// Adds the word; false when `\c` ends the output.
fn unescape(word: &[u8], text: &mut Vec<u8>) -> bool {
    let mut rest = word;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let Some((letter, behind)) = after.split_first().filter(|_| *byte == b'\\') else {
            text.push(*byte);
            continue;
        };
        rest = behind;
        match letter {
            b'\\' => text.push(b'\\'),
            b'a' => text.push(0x07),
            b'b' => text.push(0x08),
            b'c' => return false,
            b'e' => text.push(0x1b),
            b'f' => text.push(0x0c),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'v' => text.push(0x0b),
            b'0' => text.push(digits(&mut rest, 8, 3)),
            b'1'..=b'7' => {
                rest = after;
                text.push(digits(&mut rest, 8, 3));
            }
            b'x' if behind.first().is_some_and(u8::is_ascii_hexdigit) => {
                text.push(digits(&mut rest, 16, 2));
            }
            letter => text.extend([b'\\', *letter]),
        }
    }
    true
}

/// The number of at most `most` digits, cut to a byte.
fn digits(rest: &mut &[u8], radix: u32, most: usize) -> u8 {
    let mut value: u8 = 0;
    for _ in 0..most {
        let digit = rest
            .first()
            .and_then(|digit| char::from(*digit).to_digit(radix));
        let Some(digit) = digit.and_then(|digit| u8::try_from(digit).ok()) else {
            break;
        };
        value = value
            .wrapping_mul(if radix == 8 { 8 } else { 16 })
            .wrapping_add(digit);
        *rest = &rest[1..];
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(args: &[&str]) -> Vec<u8> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        text(&args)
    }

    #[test]
    fn options_stand_before_the_words_and_have_only_their_letters() {
        assert_eq!(printed(&[]), b"\n");
        assert_eq!(printed(&["-n", "a", "-n"]), b"a -n");
        assert_eq!(printed(&["-nE", "-", "-e"]), b"- -e");
        assert_eq!(printed(&["-nx", "a"]), b"-nx a\n");
        assert_eq!(printed(&["--", "a"]), b"-- a\n");
    }

    #[test]
    fn escapes_are_read_after_e() {
        assert_eq!(printed(&["a\\tb"]), b"a\\tb\n");
        assert_eq!(
            printed(&["-e", "a\\tb\\0101\\101\\x41\\xg\\q\\"]),
            b"a\tbAAA\\xg\\q\\\n"
        );
        assert_eq!(printed(&["-e", "a\\cb", "c"]), b"a");
        assert_eq!(printed(&["-eE", "\\n"]), b"\\n\n");
        assert_eq!(printed(&["-e", "\\0777\\04015"]), b"\xff\x015\n");
    }
}
