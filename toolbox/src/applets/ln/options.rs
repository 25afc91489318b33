//! What the command line of `ln` asks for.

use std::ffi::{OsStr, OsString};

use super::{NAME, fail_at};
use crate::applets::cp::backup::Backup;
use crate::getopt::Takes::{Nothing, Optional, Value};
use crate::getopt::{self, Flag, Order, UsageError, flag};
use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, FileKind, Follow, OsStrExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Backup,
    SimpleBackup,
    Directory,
    Force,
    Interactive,
    Logical,
    NoDereference,
    Physical,
    Relative,
    Symbolic,
    Suffix,
    TargetDirectory,
    NoTargetDirectory,
    Verbose,
    Help,
    Version,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Backup, None, Some("backup"), Optional("CONTROL"), "keep what is replaced: none, simple, numbered or existing"),
    flag(Id::SimpleBackup, Some('b'), None, Nothing, "as --backup, without a value"),
    flag(Id::Directory, Some('d'), Some("directory"), Nothing, "try to make hard links to directories"),
    flag(Id::Directory, Some('F'), None, Nothing, "as -d"),
    flag(Id::Force, Some('f'), Some("force"), Nothing, "replace existing files"),
    flag(Id::Interactive, Some('i'), Some("interactive"), Nothing, "ask before replacing, and read the answer from stdin"),
    flag(Id::Logical, Some('L'), Some("logical"), Nothing, "make hard links to what symbolic links lead to"),
    flag(Id::NoDereference, Some('n'), Some("no-dereference"), Nothing, "treat LINK_NAME as a file if it is a symbolic link to a directory"),
    flag(Id::Physical, Some('P'), Some("physical"), Nothing, "make hard links to symbolic links themselves"),
    flag(Id::Relative, Some('r'), Some("relative"), Nothing, "with -s, make links relative to where they are"),
    flag(Id::Symbolic, Some('s'), Some("symbolic"), Nothing, "make symbolic links"),
    flag(Id::Suffix, Some('S'), Some("suffix"), Value("SUFFIX"), "the suffix of backups"),
    flag(Id::TargetDirectory, Some('t'), Some("target-directory"), Value("DIRECTORY"), "make the links in DIRECTORY"),
    flag(Id::NoTargetDirectory, Some('T'), Some("no-target-directory"), Nothing, "treat LINK_NAME as a file always"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Nothing, "say what is linked"),
    flag(Id::Help, None, Some("help"), Nothing, "show this help"),
    flag(Id::Version, None, Some("version"), Nothing, "show the version"),
];

/// What happens to a file in the place of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    Never,
    Ask,
    Always,
}

pub struct Options {
    pub symbolic: bool,
    pub relative: bool,
    pub replace: Replace,
    pub backup: Backup,
    /// Whether hard links are made to what symbolic links lead to.
    pub logical: bool,
    /// Leave it to the system to refuse hard links to directories.
    pub directories: bool,
    pub no_dereference: bool,
    pub verbose: bool,
    pub target_directory: Option<OsString>,
    pub no_target_directory: bool,
}

/// Reads a command line. Without anything to link, the exit status is left.
pub fn read(args: &[OsString]) -> Result<(Options, Vec<OsString>), i32> {
    let parsed =
        getopt::parse(NAME, FLAGS, Order::Permute, args).map_err(|error| error.report(1))?;
    let mut options = Options {
        symbolic: false,
        relative: false,
        replace: Replace::Never,
        backup: Backup::none(),
        logical: false,
        directories: false,
        no_dereference: false,
        verbose: false,
        target_directory: None,
        no_target_directory: false,
    };
    let (mut backs_up, mut control, mut suffix) = (false, None, None);
    for (id, value) in parsed.options {
        match id {
            Id::Backup => {
                backs_up = true;
                control = value.or(control);
            }
            Id::SimpleBackup => backs_up = true,
            Id::Suffix => (backs_up, suffix) = (true, value),
            Id::Directory => options.directories = true,
            Id::Force => options.replace = Replace::Always,
            Id::Interactive => options.replace = Replace::Ask,
            Id::Logical => options.logical = true,
            Id::Physical => options.logical = false,
            Id::NoDereference => options.no_dereference = true,
            Id::Relative => options.relative = true,
            Id::Symbolic => options.symbolic = true,
            Id::TargetDirectory => {
                if options.target_directory.is_some() {
                    return Err(refuse("multiple target directories specified"));
                }
                let directory = value.unwrap_or_default();
                check_directory(&directory)?;
                options.target_directory = Some(directory);
            }
            Id::NoTargetDirectory => options.no_target_directory = true,
            Id::Verbose => options.verbose = true,
            Id::Help => {
                let text = format!(
                    "Usage: ln [OPTION]... [-T] TARGET LINK_NAME\n  \
                       or:  ln [OPTION]... TARGET\n  \
                       or:  ln [OPTION]... TARGET... DIRECTORY\n  \
                       or:  ln [OPTION]... -t DIRECTORY TARGET...\n\
                     Make hard links to TARGETs, or symbolic ones with -s.\n\n{}",
                    getopt::help(FLAGS)
                );
                return Err(stdio::print(NAME, text.as_bytes()));
            }
            Id::Version => {
                let text = concat!(
                    "ln (agent-sandbox toolbox) ",
                    env!("CARGO_PKG_VERSION"),
                    "\n"
                );
                return Err(stdio::print(NAME, text.as_bytes()));
            }
        }
    }
    let usage = |text: Vec<u8>| UsageError::new(NAME, text).report(1);
    if parsed.operands.is_empty() {
        return Err(usage(b"missing file operand".to_vec()));
    }
    if options.no_target_directory && options.target_directory.is_some() {
        let text = "cannot combine --target-directory and --no-target-directory";
        return Err(refuse(text));
    }
    if options.relative && !options.symbolic {
        return Err(refuse("cannot do --relative without --symbolic"));
    }
    if backs_up {
        options.backup = Backup::typed(control.as_deref(), suffix).map_err(usage)?;
    }
    Ok((options, parsed.operands))
}

fn refuse(text: &str) -> i32 {
    stdio::complain(NAME, text.as_bytes());
    1
}

fn check_directory(path: &OsStr) -> Result<(), i32> {
    match sys::stat(path, Follow::Yes) {
        Ok(stat) if FileKind::of_mode(stat.mode) == FileKind::Directory => Ok(()),
        Ok(_) => {
            let name = quoted(path.as_bytes());
            let text = [&b"target "[..], &name, b" is not a directory"].concat();
            stdio::complain(NAME, &text);
            Err(1)
        }
        Err(error) => {
            fail_at("failed to access ", path, &error);
            Err(1)
        }
    }
}
