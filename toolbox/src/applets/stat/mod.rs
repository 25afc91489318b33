//! `stat`: shows what is known of a file, as GNU stat does.

mod field;
mod format;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use format::{Escapes, Formatter};

use crate::getopt::Takes::{Nothing, Value};
use crate::getopt::{self, Flag, Order, UsageError, flag};
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::{Quoting, STYLES, Style, quoted, quoted_text};
use crate::sys::{self, FileKind, FileStat, Follow, OsStrExt, error_text};

const FAILURE: i32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Dereference,
    FileSystem,
    Cached,
    Format,
    Printf,
    Terse,
    Help,
    Version,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Dereference, Some('L'), Some("dereference"), Nothing, "follow symbolic links"),
    flag(Id::FileSystem, Some('f'), Some("file-system"), Nothing, ""),
    flag(Id::Cached, None, Some("cached"), Value("MODE"), ""),
    flag(Id::Format, Some('c'), Some("format"), Value("FORMAT"), "show FORMAT and a newline for each file"),
    flag(Id::Printf, None, Some("printf"), Value("FORMAT"), "show FORMAT, with backslash escapes and no newline"),
    flag(Id::Terse, Some('t'), Some("terse"), Nothing, "show all in one line"),
    flag(Id::Help, None, Some("help"), Nothing, "show this help"),
    flag(Id::Version, None, Some("version"), Nothing, "show the version"),
];

const CACHED: &Choices<u8> = &[("default", 0), ("never", 1), ("always", 2)];

const TERSE: &[u8] = b"%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

const DIRECTIVES: &str = "\
FORMAT may use, with flags, width and precision as in printf:
  %a %A  permissions, in octal or letters     %n %N  name, plain or quoted with its target
  %b %B  blocks, and the size of one          %o     preferred size of a read or write
  %d %D  device, in decimal or hex            %s     size in bytes
  %f     mode in hex                          %t %T  major and minor device type, in hex
  %F     type of file                         %r %R  device type, in decimal or hex
  %g %G  group, as number or name             %u %U  owner, as number or name
  %h     number of hard links                 %w %W  birth, as a date or in seconds
  %i     inode                                %x %X  last access
  %m     mount point                          %y %Y  last change of data
  %Hd %Ld %Hr %Lr  major and minor numbers    %z %Z  last change of status
";

pub fn main(args: &[OsString]) -> i32 {
    match read(args) {
        Ok(Request::Show(options, operands)) => show_all(&options, &operands),
        Ok(Request::Print(text)) => finish(io::stdout().write_all(text.as_bytes()), 0),
        Err(Refusal::Usage(error)) => error.report(FAILURE),
        Err(Refusal::NotSupported(option)) => {
            complain(format!("option '{option}' is not supported").as_bytes());
            FAILURE
        }
    }
}

/// Prints an error. A stderr that cannot be written to leaves the status as the only witness.
fn complain(text: &[u8]) {
    let _ = io::stderr().write_all(&[b"stat: ", text, b"\n"].concat());
}

/// The status of a run whose output went well or not.
fn finish(written: io::Result<()>, status: i32) -> i32 {
    match written {
        Ok(()) => status,
        Err(error) => {
            complain(format!("write error: {}", error_text(&error)).as_bytes());
            FAILURE
        }
    }
}

struct Options {
    follow: Follow,
    layout: Layout,
}

enum Layout {
    /// The block that people read.
    Full,
    Terse,
    Format(Vec<u8>, Escapes),
}

enum Request {
    Show(Options, Vec<OsString>),
    Print(String),
}

enum Refusal {
    Usage(UsageError),
    NotSupported(&'static str),
}

fn read(args: &[OsString]) -> Result<Request, Refusal> {
    let parsed = getopt::parse("stat", FLAGS, Order::Permute, args).map_err(Refusal::Usage)?;
    let mut follow = Follow::No;
    let mut terse = false;
    let mut format = None;
    for (id, value) in &parsed.options {
        let text = value.as_deref().unwrap_or_default();
        match id {
            Id::Dereference => follow = Follow::Yes,
            Id::FileSystem => return Err(Refusal::NotSupported("--file-system")),
            Id::Cached => {
                choose("--cached", CACHED, text)
                    .map_err(|error| Refusal::Usage(UsageError::new("stat", error)))?;
            }
            Id::Format => format = Some((text, Escapes::Plain)),
            Id::Printf => format = Some((text, Escapes::Interpreted)),
            Id::Terse => terse = true,
            Id::Help => {
                return Ok(Request::Print(format!(
                    "Usage: stat [OPTION]... FILE...\nShow the status of files.\n\n{}\n{DIRECTIVES}",
                    getopt::help(FLAGS)
                )));
            }
            Id::Version => {
                let version = env!("CARGO_PKG_VERSION");
                return Ok(Request::Print(format!(
                    "stat (agent-sandbox toolbox) {version}\n"
                )));
            }
        }
    }
    if parsed.operands.is_empty() {
        return Err(Refusal::Usage(UsageError::new("stat", "missing operand")));
    }
    let layout = match format {
        Some((text, escapes)) => Layout::Format(text.as_bytes().to_vec(), escapes),
        None if terse => Layout::Terse,
        None => Layout::Full,
    };
    Ok(Request::Show(Options { follow, layout }, parsed.operands))
}

fn show_all(options: &Options, operands: &[OsString]) -> i32 {
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let mut formatter = Formatter::new(match &options.layout {
        // GNU's stat looks for just these two bytes, so that `%20N` does not quote.
        Layout::Format(format, _) if format.windows(2).any(|pair| pair == b"%N") => name_quoting(),
        _ => Quoting::new(Style::Literal),
    });
    let mut status = 0;
    for operand in operands {
        let stat = match stat_operand(operand, options.follow) {
            Ok(stat) => stat,
            Err(error) => {
                let text = format!(": {}", error_text(&error));
                let name = quoted(operand.as_bytes());
                complain(&[&b"cannot statx "[..], &name, text.as_bytes()].concat());
                status = FAILURE;
                continue;
            }
        };
        let shown = match &options.layout {
            Layout::Full => formatter.show(full(&stat), Escapes::Interpreted, operand, &stat),
            Layout::Terse => formatter.show(TERSE, Escapes::Interpreted, operand, &stat),
            Layout::Format(format, escapes) => formatter.show(format, *escapes, operand, &stat),
        };
        if let Err(error) = out.write_all(formatter.text()) {
            return finish(Err(error), FAILURE);
        }
        if let Err(directive) = shown {
            let mut text = quoted_text(&directive);
            text.extend_from_slice(b": invalid directive");
            let written = out.flush();
            complain(&text);
            return finish(written, FAILURE);
        }
        if formatter.failed() {
            status = FAILURE;
        }
    }
    finish(out.flush(), status)
}

/// `-` is the standard input.
fn stat_operand(operand: &OsStr, follow: Follow) -> io::Result<FileStat> {
    match operand.as_bytes() {
        b"-" => sys::stat("/dev/stdin", Follow::Yes),
        _ => sys::stat(operand, follow),
    }
}

/// How `%N` quotes.
fn name_quoting() -> Quoting {
    let usual = Quoting::new(Style::ShellEscapeAlways);
    let Some(value) = std::env::var_os("QUOTING_STYLE").filter(|value| !value.is_empty()) else {
        return usual;
    };
    match choose("QUOTING_STYLE", STYLES, &value) {
        Ok(word) => Quoting::new(word.1),
        Err(_) => {
            let before = b"ignoring invalid value of environment variable QUOTING_STYLE: ";
            complain(&[&before[..], &quoted_text(value.as_bytes())].concat());
            usual
        }
    }
}

/// The block that people read; devices have their type in it.
fn full(stat: &FileStat) -> &'static [u8] {
    match FileKind::of_mode(stat.mode) {
        FileKind::CharDevice | FileKind::BlockDevice => {
            b"  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n\
              Device: %Hd,%Ld\tInode: %-10i  Links: %-5h Device type: %Hr,%Lr\n\
              Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n\
              Access: %x\nModify: %y\nChange: %z\n Birth: %w\n"
        }
        _ => {
            b"  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n\
              Device: %Hd,%Ld\tInode: %-10i  Links: %h\n\
              Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n\
              Access: %x\nModify: %y\nChange: %z\n Birth: %w\n"
        }
    }
}
