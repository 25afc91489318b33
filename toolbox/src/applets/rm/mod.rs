//! `rm`: removes files, and directories with all they hold.

mod remove;

use std::ffi::OsString;
use std::io::{self, Write};

pub use remove::{Remover, is_write_protected};

use crate::getopt::Takes::{Nothing, Optional};
use crate::getopt::{self, Flag, Order, UsageError, flag};
use crate::stdio;
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::quoted;
use crate::sys::{self, Follow, OsStrExt};

const NAME: &str = "rm";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Force,
    AskAlways,
    AskOnce,
    Interactive,
    OneFileSystem,
    NoPreserveRoot,
    PreserveRoot,
    Recursive,
    Directory,
    Verbose,
    Help,
    Version,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Force, Some('f'), Some("force"), Nothing, "ignore files that do not exist, never ask"),
    flag(Id::AskAlways, Some('i'), None, Nothing, "ask before each file, and read the answer from stdin"),
    flag(Id::AskOnce, Some('I'), None, Nothing, "ask once before more than three files, or before directories"),
    flag(Id::Interactive, None, Some("interactive"), Optional("WHEN"), "ask: never, once (-I) or always (-i)"),
    flag(Id::OneFileSystem, None, Some("one-file-system"), Nothing, "skip directories of other file systems"),
    flag(Id::NoPreserveRoot, None, Some("no-preserve-root"), Nothing, "do not treat '/' specially"),
    flag(Id::PreserveRoot, None, Some("preserve-root"), Optional("all"), "do not remove '/'; with all, nor other mount points"),
    flag(Id::Recursive, Some('r'), Some("recursive"), Nothing, "remove directories with all they hold"),
    flag(Id::Recursive, Some('R'), None, Nothing, "as -r"),
    flag(Id::Directory, Some('d'), Some("dir"), Nothing, "remove empty directories"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Nothing, "say what is done"),
    flag(Id::Help, None, Some("help"), Nothing, "show this help"),
    flag(Id::Version, None, Some("version"), Nothing, "show the version"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Never,
    Once,
    Always,
}

const WHEN: &Choices<When> = &[
    ("never", When::Never),
    ("no", When::Never),
    ("none", When::Never),
    ("once", When::Once),
    ("always", When::Always),
    ("yes", When::Always),
];

/// Which directories are not removed although they are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Preserve {
    Nothing,
    Root,
    MountPoints,
}

struct Options {
    /// The tool whose messages these are.
    applet: &'static str,
    ask: When,
    force: bool,
    recursive: bool,
    empty_directories: bool,
    one_file_system: bool,
    preserve: Preserve,
    verbose: bool,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(&error, args),
    };
    let mut options = Options {
        applet: NAME,
        ask: When::Never,
        force: false,
        recursive: false,
        empty_directories: false,
        one_file_system: false,
        preserve: Preserve::Root,
        verbose: false,
    };
    for (id, value) in &parsed.options {
        match id {
            Id::Force => (options.ask, options.force) = (When::Never, true),
            Id::AskAlways => (options.ask, options.force) = (When::Always, false),
            Id::AskOnce => (options.ask, options.force) = (When::Once, false),
            Id::Interactive => {
                let when = match value {
                    None => Ok(When::Always),
                    Some(word) => choose("--interactive", WHEN, word),
                };
                match when {
                    Ok(When::Never) => options.ask = When::Never,
                    Ok(when) => (options.ask, options.force) = (when, false),
                    Err(text) => return UsageError::new(NAME, text).report(1),
                }
            }
            Id::OneFileSystem => options.one_file_system = true,
            Id::NoPreserveRoot if is_abbreviated(args) => {
                let text = b"you may not abbreviate the --no-preserve-root option";
                stdio::complain(NAME, text);
                return 1;
            }
            Id::NoPreserveRoot => options.preserve = Preserve::Nothing,
            Id::PreserveRoot => match value.as_deref().map(OsStrExt::as_bytes) {
                None => options.preserve = Preserve::Root,
                Some(b"all") => options.preserve = Preserve::MountPoints,
                Some(other) => {
                    let text = &b"unrecognized --preserve-root argument: "[..];
                    stdio::complain(NAME, &[text, &quoted(other)].concat());
                    return 1;
                }
            },
            Id::Recursive => options.recursive = true,
            Id::Directory => options.empty_directories = true,
            Id::Verbose => options.verbose = true,
            Id::Help => {
                let text = format!(
                    "Usage: rm [OPTION]... [FILE]...\nRemove (unlink) the FILE(s).\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Version => {
                let text = concat!(
                    "rm (agent-sandbox toolbox) ",
                    env!("CARGO_PKG_VERSION"),
                    "\n"
                );
                return stdio::print(NAME, text.as_bytes());
            }
        }
    }
    if parsed.operands.is_empty() {
        return match options.force {
            true => 0,
            false => UsageError::new(NAME, "missing operand").report(1),
        };
    }
    if options.ask == When::Once && !confirms_all(parsed.operands.len(), options.recursive) {
        return 0;
    }
    let mut remover = Remover::new(options);
    for operand in &parsed.operands {
        remover.remove(operand);
    }
    remover.finish()
}

/// The question of `-I`, where it has one.
fn confirms_all(operands: usize, recursive: bool) -> bool {
    if !recursive && operands <= 3 {
        return true;
    }
    let plural = if operands == 1 { "" } else { "s" };
    let how = if recursive { " recursively" } else { "" };
    stdio::confirms(
        NAME,
        format!("remove {operands} argument{plural}{how}").as_bytes(),
    )
}

/// Whether an argument is the beginning of `--no-preserve-root` only.
fn is_abbreviated(args: &[OsString]) -> bool {
    args.iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| arg.as_bytes().starts_with(b"--n") && arg != "--no-preserve-root")
}

/// A wrong option may be a file whose name begins with a dash: then the way to remove it is shown.
fn refuse(error: &UsageError, args: &[OsString]) -> i32 {
    let file = args.iter().skip(1).find(|arg| {
        let is_option = arg.len() > 1 && arg.as_bytes().starts_with(b"-");
        is_option && sys::stat(arg, Follow::No).is_ok()
    });
    let Some(file) = file else {
        return error.report(1);
    };
    let file = String::from_utf8_lossy(file.as_bytes()).into_owned();
    let shown = String::from_utf8_lossy(&quoted(file.as_bytes())).into_owned();
    let text = error.text(&format!("Try 'rm ./{file}' to remove the file {shown}."));
    // A stderr that cannot be written to leaves the status as the only witness.
    let _ = io::stderr().write_all(&text);
    1
}
