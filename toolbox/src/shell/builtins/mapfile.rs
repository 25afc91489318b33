//! `mapfile` and `readarray`: read lines into an array.

use std::io::{self, Read};

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::quote;
use crate::shell::script::TextSource;
use crate::shell::state::error_text;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};
use crate::sys::Descriptor;
use crate::sys::process;

struct Request<'a> {
    /// The builtin's name.
    builtin: &'a [u8],
    delimiter: u8,
    /// The most lines; 0 is all.
    most: u64,
    /// The index of the first line: the array is kept then.
    origin: Option<u64>,
    skipped: u64,
    /// Without the delimiters.
    strips: bool,
    fd: u32,
    callback: Option<&'a [u8]>,
    quantum: u64,
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let (request, names) = match parse(shell, args) {
        Ok(parsed) => parsed,
        Err(flow) => return flow,
    };
    let name = match names.first() {
        None => Symbol::MAPFILE,
        Some(name) if crate::shell::access::is_name(name) => Symbol::new(name),
        Some(name) if name.is_empty() => {
            shell.complain_as(request.builtin, "empty array variable name");
            return Flow::Continue(2);
        }
        Some(name) => {
            shell.not_an_identifier(request.builtin, name);
            return Flow::Continue(1);
        }
    };
    let name = shell.resolved(name);
    if shell.attributes(name).readonly {
        shell.complain([&name.name()[..], b": readonly variable"].concat());
        return Flow::Continue(1);
    }
    let variable = shell.state.variables.edit(name);
    match &mut variable.value {
        Value::Associative(_) => {
            let message = [&name.name()[..], b": not an indexed array"].concat();
            shell.complain_as(request.builtin, message);
            return Flow::Continue(1);
        }
        Value::Indexed(_) if request.origin.is_some() => {}
        Value::Scalar(text) if request.origin.is_some() => {
            let text = std::mem::take(text);
            variable.value = Value::Indexed(Indexed::from_iter([text]));
        }
        value => *value = Value::Indexed(Indexed::default()),
    }
    fill(shell, &request, name)
}

fn fill(shell: &mut Shell, request: &Request<'_>, name: Symbol) -> Flow {
    let fd = match shell.descriptor(request.fd) {
        Ok(descriptor) => descriptor.0,
        Err(error) => return refused_fd(shell, request, &error),
    };
    let mut lines = Lines {
        fd,
        delimiter: request.delimiter,
        buffer: Vec::new(),
        at: 0,
        reads_ahead: request.most == 0 && request.callback.is_none(),
        is_ended: false,
    };
    for _ in 0..request.skipped {
        if lines.next(shell)?.is_none() {
            return Flow::Continue(0);
        }
    }
    let attributes = shell.attributes(name);
    let mut count = 0;
    let mut index = request.origin.unwrap_or(0);
    while request.most == 0 || count < request.most {
        let Some(mut line) = lines.next(shell)? else {
            break;
        };
        count += 1;
        if request.strips && line.last() == Some(&request.delimiter) {
            line.pop();
        }
        // A variable holds what is before the first NUL byte.
        if let Some(end) = memchr::memchr(0, &line) {
            line.truncate(end);
        }
        if let Some(callback) = request.callback
            && count % request.quantum == 0
        {
            call(shell, callback, index, &line)?;
        }
        let line = shell.converted(attributes, line)?;
        if let Value::Indexed(array) = &mut shell.state.variables.edit(name).value {
            array.set(index, line);
        }
        index += 1;
    }
    Flow::Continue(0)
}

/// Runs the callback: a command, with index and line as its last words.
fn call(shell: &mut Shell, callback: &[u8], index: u64, line: &[u8]) -> Flow<()> {
    let index = format!(" {index} ");
    let words = [callback, index.as_bytes(), &quote::single(line)].concat();
    let at = shell.state.line;
    shell.run_text(words, at, TextSource::Eval)?;
    shell.state.line = at;
    Flow::Continue(())
}

fn refused_fd(shell: &mut Shell, request: &Request<'_>, error: &io::Error) -> Flow {
    let fd = request.fd;
    let text = error_text(error);
    let message = format!("{fd}: invalid file descriptor: {text}");
    shell.complain_as(request.builtin, message);
    Flow::Continue(1)
}

fn parse<'a>(shell: &mut Shell, args: &'a [Text]) -> Result<(Request<'a>, &'a [Text]), Flow> {
    let builtin = args.first().map_or(&b"mapfile"[..], Vec::as_slice);
    let mut request = Request {
        builtin,
        delimiter: b'\n',
        most: 0,
        origin: None,
        skipped: 0,
        strips: false,
        fd: 0,
        callback: None,
        quantum: 5000,
    };
    let mut letters = Letters::new(args, "d:u:n:O:tC:c:s:");
    while let Some(given) = letters.next(shell)? {
        let value = given.value;
        let number = std::str::from_utf8(value)
            .ok()
            .and_then(|text| text.trim().parse::<u64>().ok());
        let problem = match (given.letter, number) {
            (b'd', _) => {
                request.delimiter = value.first().copied().unwrap_or(0);
                continue;
            }
            (b't', _) => {
                request.strips = true;
                continue;
            }
            (b'C', _) => {
                request.callback = Some(value);
                continue;
            }
            (b'n', Some(number)) => {
                request.most = number;
                continue;
            }
            (b's', Some(number)) => {
                request.skipped = number;
                continue;
            }
            (b'O', Some(number)) => {
                request.origin = Some(number);
                continue;
            }
            (b'c', Some(number @ 1..)) => {
                request.quantum = number;
                continue;
            }
            (b'u', Some(number)) if u32::try_from(number).is_ok() => {
                request.fd = u32::try_from(number).unwrap_or_default();
                if let Err(error) = shell.descriptor(request.fd) {
                    return Err(refused_fd(shell, &request, &error));
                }
                continue;
            }
            (b'u', _) => ": invalid file descriptor specification",
            (b'O', _) => ": invalid array origin",
            (b'c', _) => ": invalid callback quantum",
            _ => ": invalid line count",
        };
        shell.complain_as(builtin, [value, problem.as_bytes()].concat());
        return Err(Flow::Continue(1));
    }
    Ok((request, letters.operands()))
}

/// Lines with their delimiters.
struct Lines {
    fd: i32,
    delimiter: u8,
    buffer: Vec<u8>,
    /// How much of the buffer was given.
    at: usize,
    /// All is read, so nobody needs what is behind a line.
    reads_ahead: bool,
    is_ended: bool,
}

impl Lines {
    fn next(&mut self, shell: &mut Shell) -> Flow<Option<Text>> {
        let mut searched = 0;
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let found = memchr::memchr(self.delimiter, rest.get(searched..).unwrap_or_default());
            if let Some(found) = found {
                let end = self.at + searched + found + 1;
                let line = self.buffer[self.at..end].to_vec();
                self.at = end;
                return Flow::Continue(Some(line));
            }
            searched = rest.len();
            if self.is_ended {
                let line = rest.to_vec();
                self.at = self.buffer.len();
                return Flow::Continue((!line.is_empty()).then_some(line));
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            match self.read() {
                Ok(0) => self.is_ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    shell.run_pending_traps()?;
                }
                Err(_) => self.is_ended = true,
            }
        }
    }

    fn read(&mut self) -> io::Result<usize> {
        let before = self.buffer.len();
        let room = if self.reads_ahead { 64 << 10 } else { 4096 };
        self.buffer.resize(before + room, 0);
        let space = &mut self.buffer[before..];
        let read = match self.reads_ahead {
            true => Descriptor(self.fd).read(space),
            false => process::read_until(self.fd, space, self.delimiter),
        };
        let count = *read.as_ref().unwrap_or(&0);
        self.buffer.truncate(before + count);
        read
    }
}
