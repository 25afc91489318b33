//! `base64`: encodes and decodes.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Read, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::quote::quoted_text;
use crate::sys::{self, OsStrExt};

const NAME: &str = "base64";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Of input at a time; a multiple of three. Small: it is filled with zeros at every start.
const BUFFER: usize = 12 * 1024;
const COLUMNS: usize = 76;

/// What each byte stands for, if it is in the alphabet.
const VALUES: [Option<u8>; 256] = {
    let mut values = [None; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = Some(value as u8);
        value += 1;
    }
    values
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Decode,
    Help,
    IgnoreGarbage,
    Wrap,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Decode,
        Some('d'),
        Some("decode"),
        Takes::Nothing,
        "decode data",
    ),
    flag(
        Id::IgnoreGarbage,
        Some('i'),
        Some("ignore-garbage"),
        Takes::Nothing,
        "when decoding, ignore other bytes",
    ),
    flag(
        Id::Wrap,
        Some('w'),
        Some("wrap"),
        Takes::Value("COLS"),
        "wrap encoded lines after COLS characters (default 76)",
    ),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

/// Why a run ends early.
enum Failure {
    Read(io::Error),
    Write(io::Error),
    Input,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut decode_it, mut skip, mut columns) = (false, false, COLUMNS);
    for (id, value) in parsed.options {
        match (id, value) {
            (Id::Decode, _) => decode_it = true,
            (Id::IgnoreGarbage, _) => skip = true,
            (Id::Wrap, value) => match value.as_deref().and_then(OsStr::to_str).map(str::parse) {
                Some(Ok(number)) => columns = number,
                _ => {
                    let size = quoted_text(value.unwrap_or_default().as_bytes());
                    stdio::complain(NAME, &[b"invalid wrap size: ", size.as_slice()].concat());
                    return 1;
                }
            },
            (Id::Help, _) => {
                let text = format!(
                    "Usage: base64 [OPTION]... [FILE]\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
        }
    }
    if let Some(extra) = parsed.operands.get(1) {
        return UsageError::new(
            NAME,
            [b"extra operand ", quoted_text(extra.as_bytes()).as_slice()].concat(),
        )
        .report(1);
    }
    let mut input: Box<dyn Read> = match parsed.operands.first().filter(|name| *name != "-") {
        None => Box::new(io::stdin().lock()),
        Some(name) => match stdio::open(name) {
            Ok(file) => Box::new(file),
            Err(error) if error.raw_os_error() == Some(libc::EISDIR) => {
                return Failure::Read(error).report();
            }
            Err(error) => {
                stdio::complain(NAME, &stdio::about(name, &error));
                return 1;
            }
        },
    };
    let mut out = BufWriter::with_capacity(2 * BUFFER, io::stdout().lock());
    let result = match decode_it {
        true => decode(&mut input, skip, &mut out),
        false => encode(&mut input, columns, &mut out),
    };
    let flushed = out.flush().map_err(Failure::Write);
    match result.and(flushed) {
        Ok(()) => 0,
        Err(failure) => failure.report(),
    }
}

impl Failure {
    fn report(self) -> i32 {
        let message = match self {
            Failure::Read(error) => format!("read error: {}", sys::error_text(&error)),
            Failure::Write(error) => format!("write error: {}", sys::error_text(&error)),
            Failure::Input => "invalid input".to_owned(),
        };
        stdio::complain(NAME, message.as_bytes());
        1
    }
}

/// Fills `buffer` unless the input ends before; says how much there was.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Failure> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match input.read(free) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::Read(error)),
        }
    }
    Ok(filled)
}

/// Encodes to lines of `columns` characters; zero is one line without an end.
fn encode(input: &mut impl Read, columns: usize, out: &mut impl Write) -> Result<(), Failure> {
    let mut buffer = vec![0; BUFFER];
    let mut encoded = Vec::with_capacity(BUFFER / 3 * 4);
    let mut column = 0;
    loop {
        let length = fill(input, &mut buffer)?;
        encoded.clear();
        for group in buffer.get(..length).unwrap_or_default().chunks(3) {
            encoded.extend_from_slice(&quad(group));
        }
        let mut rest = encoded.as_slice();
        while !rest.is_empty() {
            let room = if columns == 0 {
                rest.len()
            } else {
                columns - column
            };
            let (line, after) = rest.split_at(room.min(rest.len()));
            out.write_all(line).map_err(Failure::Write)?;
            column += line.len();
            if columns > 0 && column == columns {
                out.write_all(b"\n").map_err(Failure::Write)?;
                column = 0;
            }
            rest = after;
        }
        if length < BUFFER {
            let open_line: &[u8] = if columns > 0 && column > 0 {
                b"\n"
            } else {
                b""
            };
            return out.write_all(open_line).map_err(Failure::Write);
        }
    }
}

/// Up to three bytes as four characters.
fn quad(group: &[u8]) -> [u8; 4] {
    let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
    let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    let character = |shift: u32| ALPHABET[(bits >> shift) as usize & 63];
    let padded = |shift, wanted| {
        if group.len() >= wanted {
            character(shift)
        } else {
            b'='
        }
    };
    [character(18), character(12), padded(6, 2), padded(0, 3)]
}

/// Decodes; `skip` passes over bytes that are not in the alphabet. What comes before a mistake is written.
fn decode(input: &mut impl Read, skip: bool, out: &mut impl Write) -> Result<(), Failure> {
    let mut buffer = vec![0; BUFFER];
    let mut decoded = Vec::with_capacity(BUFFER);
    let mut quad = [0; 4];
    let mut filled = 0;
    loop {
        let length = fill(input, &mut buffer)?;
        decoded.clear();
        let mut good = true;
        for byte in buffer.get(..length).unwrap_or_default() {
            if *byte == b'\n' || (skip && *byte != b'=' && VALUES[usize::from(*byte)].is_none()) {
                continue;
            }
            if let Some(place) = quad.get_mut(filled) {
                *place = *byte;
            }
            filled += 1;
            if filled == quad.len() {
                filled = 0;
                good = group(&quad, &mut decoded);
                if !good {
                    break;
                }
            }
        }
        let last = length < BUFFER;
        if good && last && filled > 0 {
            good = group(quad.get(..filled).unwrap_or_default(), &mut decoded);
        }
        out.write_all(&decoded).map_err(Failure::Write)?;
        if !good {
            return Err(Failure::Input);
        }
        if last {
            return Ok(());
        }
    }
}

/// Decodes four characters. False, after the bytes that are whole, when they are not four or not right.
fn group(characters: &[u8], out: &mut Vec<u8>) -> bool {
    let value = |index: usize| {
        characters
            .get(index)
            .and_then(|byte| VALUES[usize::from(*byte)])
    };
    let (Some(first), Some(second)) = (value(0), value(1)) else {
        return false;
    };
    out.push(first << 2 | second >> 4);
    let Some(third) = value(2) else {
        return characters.get(2..) == Some(b"==");
    };
    out.push(second << 4 | third >> 2);
    let Some(fourth) = value(3) else {
        return characters.get(3..) == Some(b"=");
    };
    out.push(third << 6 | fourth);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(input: &[u8], columns: usize) -> String {
        let mut out = Vec::new();
        assert!(encode(&mut &*input, columns, &mut out).is_ok());
        String::from_utf8(out).expect("letters")
    }

    fn decoded(input: &[u8], skip: bool) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let good = decode(&mut &*input, skip, &mut out).is_ok();
        (out, good)
    }

    #[test]
    fn lines_are_wrapped_and_zero_columns_are_one_open_line() {
        assert_eq!(encoded(b"hello\n", 76), "aGVsbG8K\n");
        assert_eq!(encoded(b"hello\n", 0), "aGVsbG8K");
        assert_eq!(encoded(b"hello", 3), "aGV\nsbG\n8=\n");
        assert_eq!(encoded(b"hello\n", 4), "aGVs\nbG8K\n");
        assert_eq!(encoded(b"", 76), "");
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        let data: Vec<u8> = (0..100_000_u32)
            .map(|number| (number * 7 + number / 251) as u8)
            .collect();
        for length in [0, 1, 2, 3, BUFFER - 1, BUFFER, BUFFER + 1, data.len()] {
            let data = &data[..length];
            assert_eq!(
                decoded(encoded(data, 76).as_bytes(), false),
                (data.to_vec(), true)
            );
        }
    }

    #[test]
    fn garbage_ends_the_decoding_unless_it_is_to_be_skipped() {
        assert_eq!(decoded(b"aGVs!!bG8K", false), (b"hel".to_vec(), false));
        assert_eq!(decoded(b"aGVs!!bG8K", true), (b"hello\n".to_vec(), true));
    }

    #[test]
    fn a_text_that_stops_too_early_is_a_mistake() {
        assert_eq!(decoded(b"aGVsbG8", false), (b"hello".to_vec(), false));
        assert_eq!(decoded(b"aGVsb", false), (b"hel".to_vec(), false));
        assert_eq!(
            decoded(b"aGVsbG8=\naGk=\n", false),
            (b"hellohi".to_vec(), true)
        );
    }
}
