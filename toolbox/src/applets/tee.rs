//! `tee`: copies standard input to files and to standard output.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio::{self, Blocks, Input};
use crate::sys;
use crate::sys::choice::{Choices, choose};
use crate::sys::signal::Signal;

const NAME: &str = "tee";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Append,
    Help,
    IgnoreInterrupts,
    OutputError,
    Pipe,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Append, Some('a'), Some("append"), Takes::Nothing, "append to the given FILEs, do not overwrite"),
    flag(Id::IgnoreInterrupts, Some('i'), Some("ignore-interrupts"), Takes::Nothing, "ignore interrupt signals"),
    flag(Id::Pipe, Some('p'), None, Takes::Nothing, "operate in a more appropriate MODE with pipes"),
    flag(Id::OutputError, None, Some("output-error"), Takes::Optional("MODE"), "set behavior on write error: warn, warn-nopipe, exit, exit-nopipe"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// What an output that cannot be written does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// A broken pipe ends the tool as the signal would, other errors are told.
    Signal,
    Warn,
    WarnNoPipe,
    Exit,
    ExitNoPipe,
}

const MODES: &Choices<Mode> = &[
    ("warn", Mode::Warn),
    ("warn-nopipe", Mode::WarnNoPipe),
    ("exit", Mode::Exit),
    ("exit-nopipe", Mode::ExitNoPipe),
];

/// Where the input goes.
struct Output<'a> {
    name: &'a OsStr,
    to: Target,
}

enum Target {
    Stdout(io::StdoutLock<'static>),
    File(File),
}

impl Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.write_all(bytes).and_then(|()| out.flush()),
            Self::File(file) => file.write_all(bytes),
        }
    }
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let (mut append, mut mode) = (false, Mode::Signal);
    for (id, value) in parsed.options {
        match (id, value) {
            (Id::Append, _) => append = true,
            (Id::Help, _) => {
                let text = format!(
                    "Usage: tee [OPTION]... [FILE]...\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            // Nothing interrupts a guest but what ends it.
            (Id::IgnoreInterrupts, _) => {}
            (Id::OutputError, Some(word)) => match choose("--output-error", MODES, &word) {
                Ok(chosen) => mode = chosen,
                Err(message) => return UsageError::new(NAME, message).report(1),
            },
            (Id::Pipe | Id::OutputError, _) => mode = Mode::WarnNoPipe,
        }
    }
    let mut status = 0;
    let mut outputs = vec![Output {
        name: OsStr::new("standard output"),
        to: Target::Stdout(io::stdout().lock()),
    }];
    for name in &parsed.operands {
        match open(name, append) {
            Ok(file) => outputs.push(Output {
                name,
                to: Target::File(file),
            }),
            Err(error) => {
                stdio::complain(NAME, &stdio::about(name, &error));
                status = 1;
                if matches!(mode, Mode::Exit | Mode::ExitNoPipe) {
                    return 1;
                }
            }
        }
    }
    copy(&mut outputs, mode, status)
}

fn open(name: &OsStr, append: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true);
    match append {
        true => options.append(true),
        false => options.write(true).truncate(true),
    };
    // WASI would take an empty name for the working directory.
    match name.is_empty() {
        true => Err(io::Error::from_raw_os_error(libc::ENOENT)),
        false => options.open(name),
    }
}

fn copy(outputs: &mut Vec<Output>, mode: Mode, mut status: i32) -> i32 {
    let mut input = Blocks::new(Input::stdin());
    while !outputs.is_empty() {
        let block = match input.read() {
            Ok([]) => break,
            Ok(block) => block,
            Err(error) => {
                let message = format!("read error: {}", sys::error_text(&error));
                stdio::complain(NAME, message.as_bytes());
                return 1;
            }
        };
        let mut at = 0;
        while let Some(output) = outputs.get_mut(at) {
            let Err(error) = output.to.write(block) else {
                at += 1;
                continue;
            };
            let is_pipe = error.kind() == io::ErrorKind::BrokenPipe;
            if is_pipe && mode == Mode::Signal {
                return 128 + i32::from(Signal::PIPE.number());
            }
            if !(is_pipe && matches!(mode, Mode::WarnNoPipe | Mode::ExitNoPipe)) {
                stdio::complain(NAME, &stdio::about(output.name, &error));
                status = 1;
                if matches!(mode, Mode::Exit | Mode::ExitNoPipe) {
                    return 1;
                }
            }
            outputs.remove(at);
        }
    }
    status
}
