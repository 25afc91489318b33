//! `od`: shows the bytes of files as numbers and characters.

mod dump;
mod input;
mod types;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::choice::{Choices, choose};
use crate::sys::number::{Notation, Problem};
use crate::sys::quote::quoted_text;
use dump::{Address, Dump};
use input::Files;
use types::{Kind, Type};

const NAME: &str = "od";
const SIZES: Notation = Notation {
    any_base: true,
    suffixes: b"bEGKkMmPTYZ0",
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Duplicates,
    Endian,
    Help,
    Limit,
    /// A type by an old option.
    Old(Kind, usize),
    Radix,
    Skip,
    Strings,
    Traditional,
    Type,
    Width,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Radix, Some('A'), Some("address-radix"), Takes::Value("RADIX"), "output format for file offsets; RADIX is one of [doxn]"),
    flag(Id::Endian, None, Some("endian"), Takes::Value("WORD"), "swap input bytes according to the order: big or little"),
    flag(Id::Skip, Some('j'), Some("skip-bytes"), Takes::Value("BYTES"), "skip BYTES input bytes first"),
    flag(Id::Limit, Some('N'), Some("read-bytes"), Takes::Value("BYTES"), "limit dump to BYTES input bytes"),
    flag(Id::Strings, Some('S'), None, Takes::Value("BYTES"), "output strings of at least BYTES graphic chars"),
    flag(Id::Strings, None, Some("strings"), Takes::Optional("BYTES"), "same as -S; 3 is implied when BYTES is not specified"),
    flag(Id::Type, Some('t'), Some("format"), Takes::Value("TYPE"), "select output format or formats: a, c, d, f, o, u, x, with a size and z"),
    flag(Id::Duplicates, Some('v'), Some("output-duplicates"), Takes::Nothing, "do not use * to mark line suppression"),
    flag(Id::Width, Some('w'), Some("width"), Takes::Optional("BYTES"), "output BYTES bytes per output line; 32 when not specified"),
    flag(Id::Traditional, None, Some("traditional"), Takes::Nothing, "accept arguments in the traditional form"),
    flag(Id::Old(Kind::Named, 1), Some('a'), None, Takes::Nothing, "same as -t a"),
    flag(Id::Old(Kind::Octal, 1), Some('b'), None, Takes::Nothing, "same as -t o1"),
    flag(Id::Old(Kind::Character, 1), Some('c'), None, Takes::Nothing, "same as -t c"),
    flag(Id::Old(Kind::Unsigned, 2), Some('d'), None, Takes::Nothing, "same as -t u2"),
    flag(Id::Old(Kind::Float, 4), Some('f'), None, Takes::Nothing, "same as -t fF"),
    flag(Id::Old(Kind::Signed, 4), Some('i'), None, Takes::Nothing, "same as -t dI"),
    flag(Id::Old(Kind::Signed, 8), Some('l'), None, Takes::Nothing, "same as -t dL"),
    flag(Id::Old(Kind::Octal, 2), Some('o'), None, Takes::Nothing, "same as -t o2"),
    flag(Id::Old(Kind::Signed, 2), Some('s'), None, Takes::Nothing, "same as -t d2"),
    flag(Id::Old(Kind::Hexadecimal, 2), Some('x'), None, Takes::Nothing, "same as -t x2"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
    flag(Id::Old(Kind::Octal, 2), Some('B'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Unsigned, 4), Some('D'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Float, 8), Some('e'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Float, 8), Some('F'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Hexadecimal, 2), Some('h'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Hexadecimal, 4), Some('H'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Signed, 8), Some('I'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Signed, 8), Some('L'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Octal, 4), Some('O'), None, Takes::Nothing, ""),
    flag(Id::Old(Kind::Hexadecimal, 4), Some('X'), None, Takes::Nothing, ""),
];

const ENDIANS: &Choices<bool> = &[("little", false), ("big", true)];

struct Options {
    radix: u8,
    big_endian: bool,
    skip: u64,
    limit: Option<u64>,
    strings: Option<u64>,
    types: Vec<Type>,
    duplicates: bool,
    width: Option<u64>,
    /// An option that the old command line does not have was used.
    modern: bool,
    traditional: bool,
    /// A second address, by the old command line.
    label: Option<u64>,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut options = Options {
        radix: b'o',
        big_endian: false,
        skip: 0,
        limit: None,
        strings: None,
        types: Vec::new(),
        duplicates: false,
        width: None,
        modern: false,
        traditional: false,
        label: None,
    };
    // A mistake in a type stops the tool only after the others have been looked at.
    let mut status = 0;
    for (id, value) in parsed.options {
        if id == Id::Help {
            let text = format!(
                "Usage: od [OPTION]... [FILE]...\n   or: od [-abcdfilosx]... [FILE] [[+]OFFSET[b]]\n\n{}",
                getopt::help(FLAGS)
            );
            return stdio::print(NAME, text.as_bytes());
        }
        let long = |short: &str, name: &str| {
            let prefix = format!("--{name}");
            let is_long = args.iter().any(|arg| {
                let arg = arg.as_bytes();
                arg.starts_with(b"--")
                    && arg.len() > 3
                    && prefix
                        .as_bytes()
                        .starts_with(arg.split(|byte| *byte == b'=').next().unwrap_or_default())
            });
            if is_long { prefix } else { format!("-{short}") }
        };
        match options.set(id, value.as_ref().map(|value| value.as_bytes()), long) {
            Ok(()) => {}
            Err(Refusal::Status(message)) => {
                stdio::complain(NAME, &message);
                status = 1;
            }
            Err(Refusal::Usage(error)) => return error.report(1),
            Err(Refusal::Fatal(message)) => {
                stdio::complain(NAME, &message);
                return 1;
            }
        }
    }
    if status != 0 {
        return status;
    }
    if options.strings.is_some() && !options.types.is_empty() {
        stdio::complain(NAME, b"no type may be specified when dumping strings");
        return 1;
    }
    let mut files = parsed.operands;
    if let Err(error) = options.take_old_operands(&mut files) {
        return error.report(1);
    }
    if files.is_empty() {
        files.push("-".into());
    }
    run(&options, &files)
}

enum Refusal {
    /// The rest of the command line is looked at before the tool ends.
    Status(Vec<u8>),
    Fatal(Vec<u8>),
    Usage(UsageError),
}

impl Options {
    fn set(
        &mut self,
        id: Id,
        value: Option<&[u8]>,
        name: impl Fn(&str, &str) -> String,
    ) -> Result<(), Refusal> {
        let text = value.unwrap_or_default();
        let number = |name: String| {
            SIZES.unsigned(text).map_err(|problem| {
                let (before, after) = match problem {
                    Problem::Invalid => ("invalid ", ""),
                    Problem::Suffix | Problem::SuffixAfterOverflow => ("invalid suffix in ", ""),
                    Problem::Overflow => ("", " too large"),
                };
                let start = format!("{before}{name} argument '");
                Refusal::Fatal([start.as_bytes(), text, b"'", after.as_bytes()].concat())
            })
        };
        self.modern |= !matches!(id, Id::Old(..) | Id::Traditional);
        match id {
            Id::Duplicates => self.duplicates = true,
            Id::Endian => {
                let word = std::ffi::OsStr::from_bytes(text);
                let usage = |message| Refusal::Usage(UsageError::new(NAME, message));
                self.big_endian = choose("--endian", ENDIANS, word).map_err(usage)?;
            }
            Id::Help => {}
            Id::Limit => self.limit = Some(number(name("N", "read-bytes"))?),
            Id::Old(kind, size) => self.types.push(Type::new(kind, size)),
            Id::Radix => match text.first() {
                Some(radix @ (b'd' | b'o' | b'x' | b'n')) => self.radix = *radix,
                other => {
                    let other = other.copied().unwrap_or(0);
                    let message = [
                        b"invalid output address radix '",
                        &[other][..],
                        b"'; it must be one character from [doxn]",
                    ]
                    .concat();
                    return Err(Refusal::Fatal(message));
                }
            },
            Id::Skip => self.skip = number(name("j", "skip-bytes"))?,
            Id::Strings => {
                self.strings = Some(match value {
                    Some(_) => number(name("S", "strings"))?,
                    None => 3,
                });
            }
            Id::Traditional => self.traditional = true,
            Id::Type => self
                .types
                .extend(types::parse(text).map_err(Refusal::Status)?),
            Id::Width => {
                self.width = Some(match value {
                    Some(_) => number(name("w", "width"))?,
                    None => 32,
                });
            }
        }
        Ok(())
    }

    /// The offset and the label that the old command line has behind the file.
    fn take_old_operands(&mut self, files: &mut Vec<OsString>) -> Result<(), UsageError> {
        if self.modern && !self.traditional {
            return Ok(());
        }
        let traditional = self.traditional;
        let offset = |file: Option<&OsString>| old_offset(file?.as_bytes());
        let is_one = |file: &OsString, digits: bool| {
            let first = file.as_bytes().first();
            traditional || first == Some(&b'+') || (digits && first.is_some_and(u8::is_ascii_digit))
        };
        match files.as_slice() {
            [one] if is_one(one, false) => {
                if let Some(skip) = offset(files.first()) {
                    self.skip = skip;
                    files.clear();
                }
            }
            [_, other] if is_one(other, true) => {
                if let Some(second) = offset(files.get(1)) {
                    match offset(files.first()).filter(|_| traditional) {
                        Some(first) => {
                            (self.skip, self.label) = (first, Some(second));
                            files.clear();
                        }
                        None => {
                            self.skip = second;
                            files.truncate(1);
                        }
                    }
                }
            }
            [_, _, _] if traditional => {
                if let (Some(first), Some(second)) = (offset(files.get(1)), offset(files.get(2))) {
                    (self.skip, self.label) = (first, Some(second));
                    files.truncate(1);
                }
            }
            _ => {}
        }
        match files.get(1).filter(|_| traditional) {
            None => Ok(()),
            Some(extra) => {
                let message = [
                    b"extra operand ",
                    quoted_text(extra.as_bytes()).as_slice(),
                    b"\nod: compatibility mode supports at most one file",
                ]
                .concat();
                Err(UsageError::new(NAME, message))
            }
        }
    }
}

/// `[+]OFFSET[b]`, octal unless it begins with `0x`.
fn old_offset(text: &[u8]) -> Option<u64> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (text, factor) = match text {
        [digits @ .., b'b'] => (digits, 512),
        [digits @ .., b'B'] => (digits, 1024),
        digits => (digits, 1),
    };
    let (digits, base) = match text {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        digits => (digits, 8),
    };
    if digits.first() == Some(&b'+') {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(digits, base).ok()?.checked_mul(factor)
}

fn run(options: &Options, names: &[OsString]) -> i32 {
    let mut files = Files::new(names);
    let mut out = BufWriter::with_capacity(16 * 1024, io::stdout().lock());
    files.limit = (options.limit).map(|limit| limit.saturating_add(options.skip));
    if !files.skip(options.skip) {
        // When no file could be opened, that has been said.
        if files.opened {
            stdio::complain(NAME, b"cannot skip past end of combined input");
        }
        return 1;
    }
    files.begin();
    if !files.opened {
        return 1;
    }
    let address = Address {
        radix: options.radix,
        label: options.label,
        start: options.skip,
    };
    let default = [Type::new(Kind::Octal, 2)];
    let types = match options.types.as_slice() {
        [] => default.as_slice(),
        types => types,
    };
    let dump = Dump::new(
        types,
        options.width,
        options.big_endian,
        !options.duplicates,
    );
    let written = match options.strings {
        Some(least) => dump::strings(&mut files, &address, least, &mut out),
        None => dump.run(&mut files, &address, &mut out),
    };
    stdio::finish(
        NAME,
        written.and_then(|()| out.flush()),
        i32::from(files.failed),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_offsets_are_octal_hexadecimal_and_blocks() {
        assert_eq!(old_offset(b"10"), Some(8));
        assert_eq!(old_offset(b"+10b"), Some(8 * 512));
        assert_eq!(old_offset(b"0x10"), Some(16));
        assert_eq!(old_offset(b"10."), None);
        assert_eq!(old_offset(b"9"), None);
        assert_eq!(old_offset(b""), None);
    }
}
