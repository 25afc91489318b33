//! `xargs`: runs commands with the items of its input as arguments.

mod input;
mod options;
mod run;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Write};

use crate::stdio;
use crate::sys::quote::quoted_text;
use crate::sys::{self, OsStrExt, OsStringExt};
use input::{Failure, Item, Items};
use options::{NAME, Portion, Settings};
use run::{Runner, Stop};

/// Below this a command line cannot be sure to hold one item (POSIX).
const LEAST: usize = 4096;

pub fn main(args: &[OsString]) -> i32 {
    let settings = match Settings::from_args(args) {
        Ok(settings) => settings,
        Err(refusal) => return refusal.report(),
    };
    if settings.help {
        return stdio::print(NAME, options::help().as_bytes());
    }
    if settings.show_limits {
        // A stderr that cannot be written to is no reason to stop.
        let _ = io::stderr().write_all(limits(&settings).as_bytes());
    }
    match &settings.arg_file {
        None => run_all(&settings, io::stdin().lock()),
        Some(name) => match sys::open(name) {
            Ok(file) => run_all(&settings, BufReader::new(file)),
            Err(error) => {
                let message = [
                    b"Cannot open input file ",
                    quoted_text(name.as_bytes()).as_slice(),
                    b": ",
                    sys::error_text(&error).as_bytes(),
                ]
                .concat();
                stdio::complain(NAME, &message);
                1
            }
        },
    }
}

fn run_all(settings: &Settings, input: impl BufRead) -> i32 {
    let runner = match Runner::new(settings) {
        Ok(runner) => runner,
        Err(error) => {
            stdio::complain(NAME, &stdio::about(OsStr::new("/dev/null"), &error));
            return 1;
        }
    };
    let mut batch = Batch {
        settings,
        runner,
        items: Vec::new(),
        size: 0,
        lines: 0,
        has_run: false,
    };
    let stopped = batch.consume(Items::new(input, settings)).err();
    batch.runner.finish(stopped)
}

/// The items that wait for their command.
struct Batch<'a> {
    settings: &'a Settings,
    runner: Runner<'a>,
    items: Vec<OsString>,
    /// The bytes of the command line with them, each argument with its NUL.
    size: usize,
    lines: usize,
    has_run: bool,
}

impl Batch<'_> {
    fn consume(&mut self, mut items: Items<impl BufRead>) -> Result<(), Stop> {
        self.size = self.settings.initial_size();
        if self.settings.replace().is_none() && self.size > self.settings.max_chars {
            return fail(b"cannot fit single argument within argument list size limit");
        }
        if self.settings.replace() == Some(b"") {
            return fail(b"command too long");
        }
        let mut warned = false;
        loop {
            match items.next() {
                Ok(Some(item)) => {
                    if items.had_nul && !warned {
                        warned = true;
                        stdio::complain(NAME, NUL_WARNING);
                    }
                    self.push(item)?;
                }
                Ok(None) => break,
                Err(failure) => return self.fail_reading(&failure),
            }
        }
        let may_be_empty = self.settings.run_if_empty && self.settings.replace().is_none();
        if !self.items.is_empty() || (!self.has_run && may_be_empty) {
            self.run()?;
        }
        Ok(())
    }

    fn push(&mut self, item: Item) -> Result<(), Stop> {
        if let Some(pattern) = self.settings.replace() {
            let words = self.settings.command.iter().enumerate();
            let line: Vec<OsString> = words
                .map(|(at, word)| match at {
                    0 => word.clone(),
                    _ => replaced(word.as_bytes(), pattern, &item.bytes),
                })
                .collect();
            check_size(&line, self.settings.max_chars)?;
            self.has_run = true;
            return self.runner.run(line);
        }
        let more = item.bytes.len() + 1;
        if self.size + more > self.settings.max_chars {
            if self.items.is_empty() {
                return fail(b"cannot fit single argument within argument list size limit");
            }
            let wants_all = !matches!(self.settings.portion, Portion::AsMuchAsFits);
            if self.settings.exit && wants_all {
                return fail(b"argument list too long");
            }
            self.run()?;
            if self.size + more > self.settings.max_chars {
                return fail(b"cannot fit single argument within argument list size limit");
            }
        }
        self.size += more;
        self.items.push(OsString::from_vec(item.bytes));
        self.lines += usize::from(item.ends_line);
        let is_full = match self.settings.portion {
            Portion::Args(most) => self.items.len() >= most,
            Portion::Lines(most) => self.lines >= most,
            Portion::AsMuchAsFits | Portion::Replace(_) => false,
        };
        if is_full { self.run() } else { Ok(()) }
    }

    /// Runs the command with the items that are there.
    fn run(&mut self) -> Result<(), Stop> {
        let mut line = self.settings.command.clone();
        line.append(&mut self.items);
        self.size = self.settings.initial_size();
        self.lines = 0;
        self.has_run = true;
        self.runner.run(line)
    }

    /// What was read before a mistake in the input is still run, unless it had to be complete.
    fn fail_reading(&mut self, failure: &Failure) -> Result<(), Stop> {
        if !self.items.is_empty() && !self.settings.exit {
            self.run()?;
        }
        match failure {
            Failure::TooLong => fail(b"argument line too long"),
            Failure::Unmatched(quote) => fail(
                format!(
                    "unmatched {quote} quote; by default quotes are special to xargs \
                     unless you use the -0 option"
                )
                .as_bytes(),
            ),
            Failure::Read(error) => {
                fail(format!("read error: {}", sys::error_text(error)).as_bytes())
            }
        }
    }
}

const NUL_WARNING: &[u8] = b"WARNING: a NUL character occurred in the input.  It cannot be passed \
    through in the argument list.  Did you mean to use the --null option?";

fn fail(message: &[u8]) -> Result<(), Stop> {
    stdio::complain(NAME, message);
    Err(Stop(1))
}

/// The error depends on the word that is the first to be too much.
fn check_size(line: &[OsString], limit: usize) -> Result<(), Stop> {
    let mut size = 0;
    for (at, word) in line.iter().enumerate() {
        let more = word.len() + 1;
        size += more;
        if at > 0 && more > limit {
            return fail(b"command too long");
        }
        if size > limit && at == 0 {
            return fail(b"cannot fit single argument within argument list size limit");
        }
        if size > limit {
            return fail(b"argument list too long");
        }
    }
    Ok(())
}

/// `word` with `item` in every place of `pattern`, which is not empty.
fn replaced(word: &[u8], pattern: &[u8], item: &[u8]) -> OsString {
    let mut result = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, after)) = rest.split_first() {
        match rest.strip_prefix(pattern) {
            Some(behind) => {
                result.extend_from_slice(item);
                rest = behind;
            }
            None => {
                result.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(result)
}

fn limits(settings: &Settings) -> String {
    let variables = options::environment_size();
    let longest = options::longest_line();
    format!(
        "Your environment variables take up {variables} bytes\n\
         POSIX upper limit on argument length (this system): {longest}\n\
         POSIX smallest allowable upper limit on argument length (all systems): {LEAST}\n\
         Maximum length of command we could actually use: {}\n\
         Size of command buffer we are actually using: {}\n\
         Maximum parallelism (--max-procs must be no greater): {}\n",
        longest.saturating_sub(variables),
        settings.max_chars,
        i32::MAX
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_replaced_anywhere() {
        assert_eq!(replaced(b"x{}y{}{", b"{}", b"{}!"), "x{}!y{}!{");
        assert_eq!(replaced(b"", b"{}", b"a"), "");
        assert_eq!(replaced(b"aaa", b"aa", b"b"), "ba");
    }
}
