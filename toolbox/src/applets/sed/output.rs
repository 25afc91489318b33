//! Where lines go: standard output or the file that is edited, and the files of `w`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};

use crate::sys::OsStrExt;

use super::{Fatal, fatal};

/// What is collected before it is written.
const BUFFER: usize = 64 * 1024;

/// The channel of what is printed.
pub const MAIN: usize = 0;
const STDOUT: usize = 0;

enum Target {
    Stdout,
    Stderr,
    File(File),
}

struct Sink {
    name: Vec<u8>,
    target: Target,
    buffer: Vec<u8>,
}

/// One way into a sink; several may lead into one.
struct Channel {
    sink: usize,
    /// Its last line came without a line end, which is due before the next one.
    unfinished: bool,
}

pub struct Outputs {
    sinks: Vec<Sink>,
    channels: Vec<Channel>,
    delimiter: u8,
    unbuffered: bool,
}

impl Outputs {
    /// The channel `MAIN`, and after it one for each file.
    pub fn new(files: &[OsString], delimiter: u8, unbuffered: bool) -> Result<Outputs, Fatal> {
        let mut outputs = Outputs {
            sinks: Vec::new(),
            channels: Vec::new(),
            delimiter,
            unbuffered,
        };
        outputs.add(b"stdout", Target::Stdout);
        for name in files {
            let bytes = name.as_bytes();
            match bytes {
                b"/dev/stdout" => outputs.channels.push(Channel {
                    sink: STDOUT,
                    unfinished: false,
                }),
                b"/dev/stderr" => outputs.add(bytes, Target::Stderr),
                _ => {
                    let file = File::create(name)
                        .map_err(|error| fatal("couldn't open file ", bytes, &error))?;
                    outputs.add(bytes, Target::File(file));
                }
            }
        }
        Ok(outputs)
    }

    fn add(&mut self, name: &[u8], target: Target) {
        self.channels.push(Channel {
            sink: self.sinks.len(),
            unfinished: false,
        });
        self.sinks.push(Sink {
            name: name.to_vec(),
            target,
            buffer: Vec::new(),
        });
    }

    /// Prints to a file from now on.
    pub fn redirect(&mut self, name: &[u8], file: File) {
        let sink = self.sinks.len();
        self.sinks.push(Sink {
            name: name.to_vec(),
            target: Target::File(file),
            buffer: Vec::new(),
        });
        if let Some(main) = self.channels.get_mut(MAIN) {
            *main = Channel {
                sink,
                unfinished: false,
            };
        }
    }

    /// Prints to standard output again, and closes the file.
    pub fn restore(&mut self) -> Result<(), Fatal> {
        let Some(mut sink) = self.sinks.pop() else {
            return Ok(());
        };
        if let Some(main) = self.channels.get_mut(MAIN) {
            *main = Channel {
                sink: STDOUT,
                unfinished: false,
            };
        }
        sink.flush()
    }

    /// Writes a line, with its end where it has one.
    pub fn line(&mut self, channel: usize, text: &[u8], ended: bool) -> Result<(), Fatal> {
        let delimiter = self.delimiter;
        let (channel, sink) = self.parts(channel)?;
        if channel.unfinished {
            sink.buffer.push(delimiter);
        }
        channel.unfinished = !ended;
        sink.buffer.extend_from_slice(text);
        if ended {
            sink.buffer.push(delimiter);
        }
        self.written()
    }

    /// Writes a text as it is, behind the end of the line before.
    pub fn text(&mut self, channel: usize, text: &[u8]) -> Result<(), Fatal> {
        let delimiter = self.delimiter;
        let (channel, sink) = self.parts(channel)?;
        if std::mem::take(&mut channel.unfinished) {
            sink.buffer.push(delimiter);
        }
        sink.buffer.extend_from_slice(text);
        self.written()
    }

    /// Prints many whole lines.
    pub fn block(&mut self, lines: &[u8]) -> Result<(), Fatal> {
        if lines.len() < BUFFER / 4 {
            return self.text(MAIN, lines);
        }
        // What comes in large pieces is not collected.
        self.text(MAIN, b"")?;
        let (_, sink) = self.parts(MAIN)?;
        sink.flush()?;
        sink.write(lines)
    }

    fn parts(&mut self, channel: usize) -> Result<(&mut Channel, &mut Sink), Fatal> {
        let channel = self.channels.get_mut(channel);
        let parts = channel.and_then(|channel| {
            let sink = self.sinks.get_mut(channel.sink)?;
            Some((channel, sink))
        });
        let (channel, sink) = parts.ok_or_else(Fatal::internal)?;
        if sink.buffer.len() >= BUFFER {
            sink.flush()?;
        }
        Ok((channel, sink))
    }

    fn written(&mut self) -> Result<(), Fatal> {
        match self.unbuffered {
            true => self.flush(),
            false => Ok(()),
        }
    }

    pub fn flush(&mut self) -> Result<(), Fatal> {
        self.sinks.iter_mut().try_for_each(Sink::flush)
    }
}

impl Sink {
    fn flush(&mut self) -> Result<(), Fatal> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        // What could not be written is not tried again at the end.
        let mut buffer = std::mem::take(&mut self.buffer);
        let written = self.write(&buffer);
        buffer.clear();
        self.buffer = buffer;
        written
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Fatal> {
        let written = match &mut self.target {
            Target::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(text).and_then(|()| stdout.flush())
            }
            Target::Stderr => io::stderr().write_all(text),
            Target::File(file) => file.write_all(text),
        };
        written.map_err(|error| fatal("couldn't flush ", &self.name, &error))
    }
}
