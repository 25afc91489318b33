//! `hexdump`, and `hd`, which is `hexdump -C`: shows bytes as formats say.

mod format;
mod input;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::number::Notation;
use crate::sys::{self, OsStrExt};
use format::Format;
use input::{Block, Blocks};

const NAME: &str = "hexdump";
/// Two blocks are in memory. Formats can ask for more than there is.
const LONGEST_BLOCK: usize = 16 << 20;
/// What is shown of a block is written out when it is this long.
const LONG_LINE: usize = 64 << 10;
const SIZES: Notation = Notation {
    any_base: true,
    suffixes: b"kKmMgGtTPEZY0",
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Color,
    Format,
    FormatFile,
    Help,
    Length,
    NoSqueezing,
    /// A format by an option of its own.
    Ready(&'static [&'static str]),
    Skip,
}

const CANONICAL: Id = Id::Ready(&[
    "\"%08.8_Ax\n\"",
    "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \" ",
    "\"  |\" 16/1 \"%_p\" \"|\\n\"",
]);
const DEFAULT: &[&str] = &["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \"%04x \" \"\\n\""];

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Ready(&["\"%07.7_Ax\n\"", "\"%07.7_ax \" 16/1 \"%03o \" \"\\n\""]), Some('b'), Some("one-byte-octal"), Takes::Nothing, "bytes in octal"),
    flag(Id::Ready(&["\"%07.7_Ax\n\"", "\"%07.7_ax \" 16/1 \"%3_c \" \"\\n\""]), Some('c'), Some("one-byte-char"), Takes::Nothing, "bytes as characters"),
    flag(CANONICAL, Some('C'), Some("canonical"), Takes::Nothing, "bytes in hexadecimal, and as text beside them"),
    flag(Id::Ready(&["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \"  %05u \" \"\\n\""]), Some('d'), Some("two-bytes-decimal"), Takes::Nothing, "numbers of two bytes in decimal"),
    flag(Id::Ready(&["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \" %06o \" \"\\n\""]), Some('o'), Some("two-bytes-octal"), Takes::Nothing, "numbers of two bytes in octal"),
    flag(Id::Ready(&["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \"   %04x \" \"\\n\""]), Some('x'), Some("two-bytes-hex"), Takes::Nothing, "numbers of two bytes in hexadecimal"),
    flag(Id::Color, Some('L'), Some("color"), Takes::Optional("WHEN"), "accepted; colours are for terminals"),
    flag(Id::Format, Some('e'), Some("format"), Takes::Value("FORMAT"), "how to show the bytes"),
    flag(Id::FormatFile, Some('f'), Some("format-file"), Takes::Value("FILE"), "a file with a format in each line"),
    flag(Id::Length, Some('n'), Some("length"), Takes::Value("LENGTH"), "end after so many bytes"),
    flag(Id::Skip, Some('s'), Some("skip"), Takes::Value("OFFSET"), "pass over so many bytes first"),
    flag(Id::NoSqueezing, Some('v'), Some("no-squeezing"), Takes::Nothing, "show repeated lines, too"),
    flag(Id::Help, Some('h'), Some("help"), Takes::Nothing, "display this help"),
];

#[derive(Default)]
struct Options {
    formats: Vec<Format>,
    length: Option<u64>,
    skip: u64,
    squeeze: bool,
}

/// `hd`
pub fn canonical(args: &[OsString]) -> i32 {
    let mut options = Options::default();
    let _ = options.set(CANONICAL, b"");
    run(args, options)
}

pub fn main(args: &[OsString]) -> i32 {
    run(args, Options::default())
}

fn run(args: &[OsString], mut options: Options) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    options.squeeze = true;
    for (id, value) in parsed.options {
        if id == Id::Help {
            let text = format!(
                "Usage: hexdump [options] <file>...\n\n{}",
                getopt::help(FLAGS)
            );
            return stdio::print(NAME, text.as_bytes());
        }
        if let Err(message) = options.set(id, value.unwrap_or_default().as_bytes()) {
            stdio::complain(NAME, &message);
            return 1;
        }
    }
    if options.formats.is_empty() {
        let _ = options.set(Id::Ready(DEFAULT), b"");
    }
    let mut names = parsed.operands;
    if names.is_empty() {
        names.push("-".into());
    }
    dump(options, &names)
}

impl Options {
    fn set(&mut self, id: Id, value: &[u8]) -> Result<(), Vec<u8>> {
        let number = |what: &str| {
            SIZES.unsigned(value).map_err(|_| {
                let before = format!("failed to parse {what}: '");
                [before.as_bytes(), value, b"': Invalid argument"].concat()
            })
        };
        match id {
            Id::Color => match value.strip_prefix(b"=").unwrap_or(value) {
                b"" | b"auto" | b"never" => {}
                b"always" => return Err(b"color mode 'always' is not supported".to_vec()),
                mode => return Err([b"unsupported color mode: '", mode, b"'"].concat()),
            },
            Id::Format => self.formats.push(Format::parse(value)?),
            Id::FormatFile => self.read(value)?,
            Id::Help => {}
            Id::Length => self.length = Some(number("length")?),
            Id::NoSqueezing => self.squeeze = false,
            Id::Ready(formats) => {
                for format in formats {
                    self.formats.push(Format::parse(format.as_bytes())?);
                }
            }
            Id::Skip => self.skip = number("offset")?,
        }
        Ok(())
    }

    /// Takes formats from a file: one on each line.
    fn read(&mut self, name: &[u8]) -> Result<(), Vec<u8>> {
        let text = std::fs::read(std::ffi::OsStr::from_bytes(name)).map_err(|error| {
            let why = format!(": {}", sys::error_text(&error));
            [b"can't read ", name, why.as_bytes()].concat()
        })?;
        let lines = text
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii_start);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")) {
            self.formats.push(Format::parse(line)?);
        }
        Ok(())
    }
}

fn dump(options: Options, names: &[OsString]) -> i32 {
    let mut formats = options.formats;
    let block = formats.iter().map(Format::block).max().unwrap_or(0);
    if options.length == Some(0) {
        return 0;
    }
    if block > LONGEST_BLOCK {
        stdio::complain(NAME, b"formats of more than 16 MiB are not supported");
        return 1;
    }
    for format in &mut formats {
        format.fit(block);
    }
    // The last format that has a unit for the end.
    let at_end = formats
        .iter()
        .flat_map(|format| &format.units)
        .rfind(|unit| unit.is_last)
        .cloned();
    let mut out = BufWriter::with_capacity(16 * 1024, io::stdout().lock());
    let mut blocks = Blocks::new(names, block, options.skip, options.length, options.squeeze);
    let mut line = Vec::new();
    let mut written = Ok(());
    let mut end = None;
    while written.is_ok() {
        line.clear();
        match blocks.next() {
            Block::Data(bytes, address, data_end) => {
                written = put_all(&formats, bytes, address, data_end, &mut line, &mut out);
                end = data_end;
            }
            Block::Repeated => line.extend_from_slice(b"*\n"),
            Block::End(address) => {
                end = end.or(address);
                break;
            }
        }
        written = written.and_then(|()| out.write_all(&line));
    }
    if let (Some(unit), Some(end)) = (at_end, end.filter(|end| *end > 0)) {
        line.clear();
        for part in unit.parts.iter().filter(|part| part.needs_no_bytes()) {
            part.put(Some(&[]), end, false, &mut line);
        }
        written = written.and_then(|()| out.write_all(&line));
    }
    let status = blocks.status();
    if !blocks.has_opened() {
        let _ = out.flush();
        stdio::complain(NAME, b"all input file arguments failed");
        return 1;
    }
    stdio::finish(NAME, written.and_then(|()| out.flush()), status)
}

/// The lines of a block; it may end before its last byte.
fn put_all(
    formats: &[Format],
    bytes: &[u8],
    address: u64,
    end: Option<u64>,
    line: &mut Vec<u8>,
    out: &mut impl Write,
) -> io::Result<()> {
    for format in formats {
        let (mut rest, mut at) = (bytes, address);
        for unit in format.units.iter().take_while(|unit| !unit.is_last) {
            for iteration in 1..=unit.iterations {
                for part in &unit.parts {
                    let is_over = end.is_some_and(|end| at >= end) && !part.is_text();
                    let shown = Some(rest).filter(|_| !is_over);
                    part.put(shown, at, iteration == unit.iterations, line);
                    rest = rest.get(part.bytes..).unwrap_or_default();
                    at += part.bytes as u64;
                }
                if line.len() > LONG_LINE {
                    out.write_all(line)?;
                    line.clear();
                }
            }
        }
    }
    Ok(())
}
