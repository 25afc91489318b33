//! `xxd`: makes a hex dump, or the reverse.

mod options;
mod revert;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write};

use crate::stdio::{self, Blocks, Input};
use crate::sys::{self, Descriptor, OsStrExt};
use options::{Form, Options, Refusal, Seek};

const NAME: &str = "xxd";
const STDIN: i32 = 0;
const MOST_COLUMNS: i64 = 256;

const USAGE: &str = "\
Usage: xxd [options] [input [output]]
       xxd -r [-p] [-c columns] [-s distance] [input [output]]

  -a            show only the first and the last of lines of zeros
  -b            show bits
  -C            write the names of -i in capitals
  -c COLUMNS    bytes in a line: 16 if not said, with -i 12, with -p 30, with -b 6
  -d            show addresses in decimal
  -e            show groups as little-endian numbers
  -g BYTES      bytes in a group: 2 if not said, with -e 4
  -h            show this help
  -i            write an array of C
  -l LENGTH     end after so many bytes
  -n NAME       the name of the array of -i
  -o DISTANCE   add this to the addresses that are shown
  -p            show the bytes without addresses and text
  -r            make bytes from a dump
  -s POSITION   begin there: from the start, with + from where the input is, with - from its end
  -u            use capitals for hexadecimal digits
";

pub fn main(args: &[OsString]) -> i32 {
    let options = match options::parse(args) {
        Ok(options) => options,
        Err(Refusal::Usage) => {
            // A stderr that cannot be written to leaves the status as the only witness.
            let _ = io::stderr().write_all(USAGE.as_bytes());
            return 1;
        }
        Err(Refusal::Version) => {
            let _ = io::stderr().write_all(b"xxd of agent-sandbox\n");
            return 0;
        }
        Err(Refusal::Unsupported(what)) => {
            stdio::complain(NAME, what.as_bytes());
            return 1;
        }
    };
    let layout = match Layout::new(&options) {
        Ok(layout) => layout,
        Err(message) => {
            stdio::complain(NAME, message.as_bytes());
            return 1;
        }
    };
    if options.revert && !matches!(options.form, Form::Normal | Form::Plain) {
        stdio::complain(NAME, b"Sorry, cannot revert this type of hexdump");
        return 255;
    }
    let name = options.operands.first().filter(|name| *name != "-");
    let mut input = match name {
        None => Input::stdin(),
        Some(name) => match sys::open(name) {
            Ok(file) => Input::File(file),
            Err(error) => return complain(name, &error, 2),
        },
    };
    match options.operands.get(1).filter(|name| *name != "-") {
        None => {
            let mut out = BufWriter::with_capacity(16 * 1024, io::stdout().lock());
            run(&options, &layout, &mut input, &mut revert::Stream(&mut out))
        }
        Some(name) => {
            let mut how = File::options();
            // A patch leaves the rest of the file as it is.
            how.write(true).create(true).truncate(!options.revert);
            match how.open(name) {
                Ok(file) => {
                    let mut out = BufWriter::new(file);
                    run(&options, &layout, &mut input, &mut revert::Patch(&mut out))
                }
                Err(error) => complain(name, &error, 3),
            }
        }
    }
}

fn complain(name: &OsStr, error: &io::Error, status: i32) -> i32 {
    let text = format!(": {}", sys::error_text(error));
    stdio::complain(NAME, &[name.as_bytes(), text.as_bytes()].concat());
    status
}

/// Why a run ends early.
enum Failure {
    Read(io::Error),
    Write(io::Error),
    /// The input has no such place.
    Start,
    /// The output cannot go back.
    Back,
}

fn run(options: &Options, layout: &Layout, input: &mut Input, out: &mut dyn revert::Target) -> i32 {
    let done = match options.revert {
        true => revert::revert(options, layout.columns, input, out),
        false => dump(options, layout, input, out),
    };
    let flushed = out.flush().map_err(Failure::Write);
    match done.and(flushed) {
        Ok(()) => 0,
        Err(Failure::Read(error)) => {
            stdio::complain(NAME, sys::error_text(&error).as_bytes());
            2
        }
        Err(Failure::Write(error)) => {
            stdio::complain(NAME, sys::error_text(&error).as_bytes());
            3
        }
        Err(Failure::Start) => {
            stdio::complain(NAME, b"Sorry, cannot seek.");
            4
        }
        Err(Failure::Back) => {
            stdio::complain(NAME, b"Sorry, cannot seek backwards.");
            5
        }
    }
}

/// Bytes in a line and in a group; zero columns are a line without end.
struct Layout {
    columns: usize,
    group: usize,
}

impl Layout {
    fn new(options: &Options) -> Result<Self, &'static str> {
        let (usual_columns, usual_group) = match options.form {
            Form::Normal => (16, 2),
            Form::Bits => (6, 1),
            Form::LittleEndian => (16, 4),
            Form::Plain => (30, 0),
            Form::Include => (12, 0),
        };
        let is_line = matches!(options.form, Form::Normal | Form::Bits | Form::LittleEndian);
        let columns = match options.columns.unwrap_or(usual_columns) {
            0 if options.form != Form::Plain => usual_columns,
            columns => columns,
        };
        if columns < 0 || is_line && columns > MOST_COLUMNS {
            return Err("invalid number of columns (max. 256).");
        }
        let group = match options.group.unwrap_or(usual_group) {
            ..0 => usual_group,
            0 => columns,
            group => group,
        };
        if options.form == Form::LittleEndian && group & (group - 1) != 0 {
            return Err("number of octets per group must be a power of 2 with -e.");
        }
        let group = group.min(columns);
        Ok(Self {
            columns: usize::try_from(columns).unwrap_or(0),
            group: usize::try_from(group).unwrap_or(1),
        })
    }
}

/// Puts the input where the dump begins, and says where that is.
fn start(options: &Options, input: &mut Input) -> Result<u64, Failure> {
    let Some(seek) = options.seek else {
        return Ok(0);
    };
    let to = match seek {
        Seek::Start(to) => SeekFrom::Start(to.unsigned_abs()),
        Seek::Current(distance) => SeekFrom::Current(distance),
        Seek::End(distance) => SeekFrom::End(distance),
    };
    let sought = match input {
        Input::File(file) => file.seek(to),
        // Nothing has been read from it.
        Input::Stdin(_) => Descriptor(STDIN).seek(to),
    };
    if let Ok(place) = sought {
        return Ok(place);
    }
    let (Seek::Start(passed @ 0..) | Seek::Current(passed @ 0..)) = seek else {
        return Err(Failure::Start);
    };
    let passed = passed.unsigned_abs();
    match io::copy(&mut input.take(passed), &mut io::sink()) {
        Ok(length) if length == passed => Ok(passed),
        _ => Err(Failure::Start),
    }
}

fn dump(
    options: &Options,
    layout: &Layout,
    input: &mut Input,
    out: &mut dyn revert::Target,
) -> Result<(), Failure> {
    let start = start(options, input)?;
    let length = options
        .length
        .map_or(u64::MAX, |length| u64::try_from(length).unwrap_or(u64::MAX));
    let mut input = input.take(length);
    match options.form {
        Form::Plain => plain(options, layout, &mut input, out),
        Form::Include => include(options, layout, &mut input, out),
        _ => lines(options, layout, start, &mut input, out),
    }
}

/// Reads as many bytes as there are, up to the length of the buffer.
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

fn hex(byte: u8, upper: bool) -> [u8; 2] {
    let digits: &[u8; 16] = if upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    [
        digits[usize::from(byte >> 4)],
        digits[usize::from(byte & 15)],
    ]
}

fn plain(
    options: &Options,
    layout: &Layout,
    input: &mut impl Read,
    out: &mut dyn revert::Target,
) -> Result<(), Failure> {
    let mut blocks = Blocks::new(input);
    let mut column = 0;
    let mut text = Vec::new();
    loop {
        let bytes = blocks.read().map_err(Failure::Read)?;
        let is_end = bytes.is_empty();
        text.clear();
        for byte in bytes {
            text.extend(hex(*byte, options.upper));
            column += 1;
            if column == layout.columns {
                text.push(b'\n');
                column = 0;
            }
        }
        // Without columns, all is one line, even if that is empty.
        if is_end && (column > 0 || layout.columns == 0) {
            text.push(b'\n');
        }
        out.write(&text).map_err(Failure::Write)?;
        if is_end {
            return Ok(());
        }
    }
}

fn include(
    options: &Options,
    layout: &Layout,
    input: &mut impl Read,
    out: &mut dyn revert::Target,
) -> Result<(), Failure> {
    let name = options
        .name
        .clone()
        .or_else(|| {
            options
                .operands
                .first()
                .map(|name| name.as_bytes().to_vec())
        })
        .filter(|name| options.name.is_some() || name != b"-");
    let variable = name.map(|name| variable(&name, options.capitalize));
    if let Some(variable) = &variable {
        let line = [b"unsigned char ", variable.as_slice(), b"[] = {\n"].concat();
        out.write(&line).map_err(Failure::Write)?;
    }
    let mut blocks = Blocks::new(input);
    let mut total = 0_u64;
    let mut text = Vec::new();
    loop {
        let bytes = blocks.read().map_err(Failure::Read)?;
        if bytes.is_empty() {
            break;
        }
        text.clear();
        for byte in bytes {
            text.extend_from_slice(match total {
                0 => b"  ",
                _ if total.is_multiple_of(layout.columns as u64) => b",\n  ",
                _ => b", ",
            });
            text.extend_from_slice(if options.upper { b"0X" } else { b"0x" });
            text.extend(hex(*byte, options.upper));
            total += 1;
        }
        out.write(&text).map_err(Failure::Write)?;
    }
    if total > 0 {
        out.write(b"\n").map_err(Failure::Write)?;
    }
    if let Some(variable) = &variable {
        let suffix = if options.capitalize { "_LEN" } else { "_len" };
        let after = format!("{suffix} = {total};\n");
        let line = [b"};\nunsigned int ", variable.as_slice(), after.as_bytes()].concat();
        out.write(&line).map_err(Failure::Write)?;
    }
    Ok(())
}

/// A name of C for a file.
fn variable(name: &[u8], capitalize: bool) -> Vec<u8> {
    let mut variable = Vec::new();
    if name.first().is_some_and(u8::is_ascii_digit) {
        variable.extend_from_slice(b"__");
    }
    variable.extend(name.iter().map(|byte| match byte {
        byte if !byte.is_ascii_alphanumeric() => b'_',
        byte if capitalize => byte.to_ascii_uppercase(),
        byte => *byte,
    }));
    variable
}

fn lines(
    options: &Options,
    layout: &Layout,
    start: u64,
    input: &mut impl Read,
    out: &mut dyn revert::Target,
) -> Result<(), Failure> {
    let mut buffer = vec![0; layout.columns];
    let mut offset = start;
    let mut skipper = Skipper::default();
    let mut line = Vec::new();
    let mut last_was_zero = false;
    loop {
        let length = fill(input, &mut buffer)?;
        if length == 0 {
            break;
        }
        let bytes = buffer.get(..length).unwrap_or_default();
        line.clear();
        put_line(options, layout, offset, bytes, &mut line);
        offset += length as u64;
        let is_zero = options.autoskip && bytes.iter().all(|byte| *byte == 0);
        last_was_zero = is_zero;
        let written = if is_zero {
            skipper.zero(&line, out)
        } else {
            skipper.other(&line, out)
        };
        written.map_err(Failure::Write)?;
        if length < layout.columns {
            break;
        }
    }
    if last_was_zero {
        skipper.end(&line, out).map_err(Failure::Write)?;
    }
    Ok(())
}

/// Lines of zeros, of which one star stands for all but the first.
#[derive(Default)]
struct Skipper {
    /// How many there have been in a row.
    zeros: u64,
    second: Vec<u8>,
}

impl Skipper {
    fn zero(&mut self, line: &[u8], out: &mut dyn revert::Target) -> io::Result<()> {
        self.zeros += 1;
        match self.zeros {
            1 => out.write(line),
            2 => {
                self.second = line.to_vec();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What stands for the zeros before another line.
    fn put_skipped(&mut self, zeros: u64, out: &mut dyn revert::Target) -> io::Result<()> {
        match zeros {
            2 => out.write(&self.second),
            3.. => out.write(b"*\n"),
            _ => Ok(()),
        }
    }

    fn other(&mut self, line: &[u8], out: &mut dyn revert::Target) -> io::Result<()> {
        let zeros = std::mem::take(&mut self.zeros);
        self.put_skipped(zeros, out)?;
        out.write(line)
    }

    /// The last line is shown, whatever it is.
    fn end(&mut self, line: &[u8], out: &mut dyn revert::Target) -> io::Result<()> {
        let zeros = std::mem::take(&mut self.zeros) - 1;
        self.put_skipped(zeros, out)?;
        if zeros > 0 { out.write(line) } else { Ok(()) }
    }
}

fn put_line(options: &Options, layout: &Layout, offset: u64, bytes: &[u8], line: &mut Vec<u8>) {
    let address = offset.wrapping_add_signed(options.offset);
    let address = match options.decimal {
        true => format!("{:08}:", address.cast_signed()),
        false => format!("{address:08x}:"),
    };
    line.extend_from_slice(address.as_bytes());
    let digits = if options.form == Form::Bits { 8 } else { 2 };
    let group_width = digits * layout.group + 1;
    let start = line.len() + 1;
    let text = start + 1 + (group_width * layout.columns - 1) / layout.group + 1;
    line.resize(text, b' ');
    for (at, byte) in bytes.iter().enumerate() {
        let place = match options.form {
            Form::LittleEndian => at ^ (layout.group - 1),
            _ => at,
        };
        let column = start + group_width * place / layout.group;
        match options.form {
            Form::Bits => put_at(line, column, format!("{byte:08b}").as_bytes()),
            _ => put_at(line, column, &hex(*byte, options.upper)),
        }
        let character = match byte {
            b' '..=b'~' => *byte,
            _ => b'.',
        };
        put_at(line, text + at, &[character]);
    }
    line.truncate(text + bytes.len());
    line.push(b'\n');
}

/// Writes over what is there. With `-e`, the bytes of the last group of a line may reach into the text.
fn put_at(line: &mut Vec<u8>, column: usize, shown: &[u8]) {
    let end = column + shown.len();
    if line.len() < end {
        line.resize(end, b' ');
    }
    if let Some(to) = line.get_mut(column..end) {
        to.copy_from_slice(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(form: Form, bytes: &[u8]) -> String {
        let args: Vec<OsString> = vec!["xxd".into()];
        let mut options = options::parse(&args).expect("options");
        options.form = form;
        let layout = Layout::new(&options).expect("a layout");
        let mut line = Vec::new();
        put_line(&options, &layout, 0, bytes, &mut line);
        String::from_utf8(line).expect("text")
    }

    #[test]
    fn a_line_has_an_address_groups_and_text() {
        assert_eq!(
            line(Form::Normal, b"hello"),
            "00000000: 6865 6c6c 6f                             hello\n"
        );
        assert_eq!(
            line(Form::LittleEndian, b"a\n"),
            "00000000:     0a61                             a.\n"
        );
        assert_eq!(
            line(Form::Bits, b"hel"),
            "00000000: 01101000 01100101 01101100                             hel\n"
        );
    }

    #[test]
    fn names_of_files_become_names_of_c() {
        assert_eq!(variable(b"1a.b-c", false), b"__1a_b_c");
        assert_eq!(variable(b"dir/x", true), b"DIR_X");
    }
}
