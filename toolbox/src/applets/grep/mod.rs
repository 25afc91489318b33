//! `grep`, `egrep` and `fgrep`: print the lines that match.

mod arguments;
mod color;
mod flags;
mod glob;
mod held;
mod matcher;
mod options;
mod output;
mod parallel;
mod perl;
mod search;
mod walk;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};

use crate::getopt;
use crate::regex;
use crate::sys::error_text;

use held::Held;
use options::{Directories, Language, List, Options, Refusal, Whole};
use output::Output;
use search::Searcher;
use walk::Walk;

const TROUBLE: i32 = 2;
const USAGE: &str = "Usage: grep [OPTION]... PATTERNS [FILE]...";

pub fn main(args: &[OsString]) -> i32 {
    run(args, Language::Basic)
}

pub fn egrep(args: &[OsString]) -> i32 {
    run(args, Language::Extended)
}

pub fn fgrep(args: &[OsString]) -> i32 {
    run(args, Language::Fixed)
}

fn run(args: &[OsString], language: Language) -> i32 {
    if let Some((args, turn)) = parallel::part(args) {
        return search_part(args, turn);
    }
    match options::read(args, language) {
        Ok(options) => search(&options),
        Err(refusal) => refuse(refusal),
    }
}

/// Answers a command line that is not a search.
fn refuse(refusal: Refusal) -> i32 {
    let (text, status) = match refusal {
        Refusal::Help => {
            let flags = getopt::help(flags::TABLE);
            let text =
                format!("{USAGE}\nPrint the lines of each FILE that match PATTERNS.\n\n{flags}");
            return print(&text);
        }
        Refusal::Version => return print("grep (GNU grep) 3.8 (compatible)\n"),
        Refusal::Usage(error) => (error.text(USAGE), TROUBLE),
        Refusal::Missing => (
            format!("{USAGE}\nTry 'grep --help' for more information.\n").into_bytes(),
            TROUBLE,
        ),
        Refusal::Message(text) => ([b"grep: ", text.as_slice(), b"\n"].concat(), TROUBLE),
        Refusal::Word(word) => {
            let word = String::from_utf8_lossy(&word);
            let text = format!(
                "grep: invalid argument ‘{word}’ for ‘--directories’\nValid arguments are:\n  - ‘read’\n  - ‘recurse’\n  \
                 - ‘skip’\n{USAGE}\nTry 'grep --help' for more information.\n"
            );
            (text.into_bytes(), 1)
        }
    };
    // A stderr that cannot be written to leaves the status as the only witness.
    let _ = io::stderr().write_all(&text);
    status
}

fn print(text: &str) -> i32 {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => 0,
        Err(_) => TROUBLE,
    }
}

/// The matcher and the printer of these options; none for patterns that are wrong, which is said.
fn searcher(options: &Options, out: Output) -> Option<Searcher<'_>> {
    let mut printer = output::Printer::new(options, out);
    let request = matcher::Request {
        patterns: options.patterns.iter().map(Vec::as_slice).collect(),
        language: options.language,
        folded: options.folded,
        whole: options.whole,
        terminator: options.terminator,
    };
    let compiled = match matcher::compile(&request) {
        Ok(compiled) => compiled,
        Err(errors) => {
            for error in errors {
                printer.out.message(&[error.as_bytes()]);
            }
            return None;
        }
    };
    for regex::posix::Warning::RepetitionAtStart(sign) in compiled.warnings {
        printer
            .out
            .message(&[b"warning: ", sign.as_bytes(), b" at start of expression"]);
    }
    Some(Searcher::new(options, compiled.matcher, printer))
}

fn search(options: &Options) -> i32 {
    let Some(searcher) = searcher(options, Output::default()) else {
        return TROUBLE;
    };
    // No line can be selected, so no file is opened.
    let excludes_all = options.invert && options.whole == Whole::Any && options.patterns == [b""];
    if (options.max_count == Some(0) || excludes_all) && options.list != List::NotMatching {
        return 1;
    }
    let recursive = matches!(options.directories, Directories::Recurse { .. });
    let named = options.filename.unwrap_or(options.operands.len() > 1);
    let mut walk = Walk::new(searcher, named);
    match options.operands.as_slice() {
        [] if recursive => walk.here(),
        [] => walk.operand("-".as_ref()),
        operands => {
            for operand in operands {
                if walk.is_over() {
                    break;
                }
                walk.operand(operand);
            }
        }
    }
    walk.search_listed();
    finish(walk, TROUBLE)
}

/// One part of the files of a recursive search, which another grep has found.
fn search_part(args: &[OsString], turn: File) -> i32 {
    let options = match options::read(args, Language::Basic) {
        Ok(options) => options,
        Err(refusal) => return refuse(refusal),
    };
    let Some(mut searcher) = searcher(&options, Output::held(Held::new(Box::new(turn)))) else {
        return TROUBLE;
    };
    // The other one has warned already.
    searcher.printer.out.forget();
    let mut walk = Walk::new(searcher, true);
    walk.items(&parallel::items(&options.operands));
    finish(walk, parallel::CANNOT_WRITE)
}

/// The status, once all is written; `cannot_write` is that of an output which takes nothing more.
fn finish(mut walk: Walk, cannot_write: i32) -> i32 {
    let out = &mut walk.searcher.printer.out;
    out.finish();
    if let Some(error) = &out.error {
        if error.kind() != io::ErrorKind::BrokenPipe {
            let text = format!("grep: write error: {}\n", error_text(error));
            // As above: the status tells.
            let _ = io::stderr().write_all(text.as_bytes());
        }
        return cannot_write;
    }
    match (walk.selected, walk.failed) {
        (true, true) if walk.searcher.options.quiet => 0,
        (_, true) => TROUBLE,
        (selected, false) => i32::from(!selected),
    }
}
