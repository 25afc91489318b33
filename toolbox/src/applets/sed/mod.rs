//! `sed`: edits text as a script says, line by line.

mod delimited;
mod escape;
mod execute;
mod inplace;
mod input;
mod list;
mod options;
mod output;
mod parse;
mod ranges;
mod reader;
mod replacement;
mod script;
mod shell;
mod skip;
mod substitute;
mod translation;

use std::ffi::OsString;
use std::io;

use crate::regex;
use crate::stdio;
use crate::sys::error_text;

use execute::Machine;
use input::Input;
use options::{Options, Outcome};
use output::Outputs;

const NAME: &str = "sed";
const BAD_USAGE: i32 = 1;
const PANIC: i32 = 4;

/// What ends the program at once.
pub struct Fatal {
    message: Vec<u8>,
    status: i32,
}

const NO_REGEX: &[u8] = b"no previous regular expression";

impl Fatal {
    /// An empty regular expression before any other.
    fn no_regex() -> Fatal {
        Fatal {
            message: NO_REGEX.to_vec(),
            status: BAD_USAGE,
        }
    }

    /// What cannot be, said instead of a panic.
    fn internal() -> Fatal {
        Fatal {
            message: b"INTERNAL ERROR".to_vec(),
            status: PANIC,
        }
    }
}

impl From<regex::Error> for Fatal {
    fn from(error: regex::Error) -> Fatal {
        Fatal {
            message: error.text().into(),
            status: PANIC,
        }
    }
}

/// What went wrong with a file.
fn fatal(what: &str, name: &[u8], error: &io::Error) -> Fatal {
    let error = error_text(error);
    Fatal {
        message: [what.as_bytes(), name, b": ", error.as_bytes()].concat(),
        status: PANIC,
    }
}

fn complain(message: &[u8]) {
    stdio::complain(NAME, message);
}

pub fn main(args: &[OsString]) -> i32 {
    let options = match options::read(args) {
        Outcome::Run(options) => options,
        Outcome::Done(status) => return status,
    };
    match run(*options) {
        Ok(status) => status,
        Err(Fatal { message, status }) => {
            complain(&message);
            status
        }
    }
}

fn run(options: Options) -> Result<i32, Fatal> {
    let Options {
        pieces,
        dialect,
        settings,
        separate,
        unbuffered,
        mut files,
    } = options;
    let place = pieces.last().map(reader::Piece::end);
    let script = parse::parse(pieces, dialect).map_err(|refusal| Fatal {
        message: refusal.message,
        status: refusal.status,
    })?;
    let outputs = Outputs::new(&script.written, dialect.delimiter, unbuffered)?;
    if files.is_empty() {
        if settings.in_place.is_some() {
            return Err(Fatal {
                message: b"no input files".to_vec(),
                status: PANIC,
            });
        }
        files.push("-".into());
    }
    let input = Input::new(files, dialect.delimiter, separate, unbuffered);
    let mut machine = Machine::new(&script, &settings, input, outputs);
    let done = machine.run();
    match done {
        Ok(status) => Ok(status),
        Err(fatal) => {
            // The error that is said is the first one.
            let _ = machine.outputs.flush();
            Err(match place.filter(|_| fatal.message == NO_REGEX) {
                Some(place) => Fatal {
                    message: place.error(NO_REGEX),
                    ..fatal
                },
                None => fatal,
            })
        }
    }
}
