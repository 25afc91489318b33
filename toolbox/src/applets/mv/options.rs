//! What the command line of `mv` asks for.

use std::ffi::OsString;

use crate::applets::cp::backup::Backup;
use crate::getopt::Takes::{Nothing, Optional, Value};
use crate::getopt::{self, Flag, Order, UsageError, flag};
use crate::stdio;

use super::NAME;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Backup,
    SimpleBackup,
    Force,
    Interactive,
    NoClobber,
    StripSlashes,
    Suffix,
    TargetDirectory,
    NoTargetDirectory,
    Update,
    Verbose,
    Context,
    Help,
    Version,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Backup, None, Some("backup"), Optional("CONTROL"), "keep what is overwritten: none, simple, numbered or existing"),
    flag(Id::SimpleBackup, Some('b'), None, Nothing, "as --backup, without a value"),
    flag(Id::Force, Some('f'), Some("force"), Nothing, "do not ask before overwriting"),
    flag(Id::Interactive, Some('i'), Some("interactive"), Nothing, "ask before overwriting, and read the answer from stdin"),
    flag(Id::NoClobber, Some('n'), Some("no-clobber"), Nothing, "do not overwrite"),
    flag(Id::StripSlashes, None, Some("strip-trailing-slashes"), Nothing, "remove slashes that end a SOURCE"),
    flag(Id::Suffix, Some('S'), Some("suffix"), Value("SUFFIX"), "the suffix of backups"),
    flag(Id::TargetDirectory, Some('t'), Some("target-directory"), Value("DIRECTORY"), "move all SOURCEs into DIRECTORY"),
    flag(Id::NoTargetDirectory, Some('T'), Some("no-target-directory"), Nothing, "treat DEST as a file"),
    flag(Id::Update, Some('u'), Some("update"), Nothing, "move only what is newer than its destination"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Nothing, "say what is done"),
    // Without SELinux there is no context to set, which GNU's mv takes without a word.
    flag(Id::Context, Some('Z'), Some("context"), Nothing, ""),
    flag(Id::Help, None, Some("help"), Nothing, "show this help"),
    flag(Id::Version, None, Some("version"), Nothing, "show the version"),
];

/// What happens to a destination that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Always,
    Ask,
    Never,
}

pub struct Options {
    pub overwrite: Overwrite,
    pub update: bool,
    /// Whether backups were asked for, even if of the kind `none`.
    pub backs_up: bool,
    pub backup: Backup,
    pub strip_slashes: bool,
    pub verbose: bool,
    pub target_directory: Option<OsString>,
    pub no_target_directory: bool,
}

/// Reads a command line. Without anything to move, the exit status is left.
pub fn read(args: &[OsString]) -> Result<(Options, Vec<OsString>), i32> {
    let parsed =
        getopt::parse(NAME, FLAGS, Order::Permute, args).map_err(|error| error.report(1))?;
    let mut options = Options {
        overwrite: Overwrite::Always,
        update: false,
        backs_up: false,
        backup: Backup::none(),
        strip_slashes: false,
        verbose: false,
        target_directory: None,
        no_target_directory: false,
    };
    let (mut control, mut suffix) = (None, None);
    for (id, value) in parsed.options {
        match id {
            Id::Backup => {
                options.backs_up = true;
                control = value.or(control);
            }
            Id::SimpleBackup => options.backs_up = true,
            Id::Suffix => (options.backs_up, suffix) = (true, value),
            Id::Force => options.overwrite = Overwrite::Always,
            Id::Interactive => options.overwrite = Overwrite::Ask,
            Id::NoClobber => options.overwrite = Overwrite::Never,
            Id::StripSlashes => options.strip_slashes = true,
            Id::TargetDirectory => {
                if options.target_directory.is_some() {
                    stdio::complain(NAME, b"multiple target directories specified");
                    return Err(1);
                }
                options.target_directory = value;
            }
            Id::NoTargetDirectory => options.no_target_directory = true,
            Id::Update => options.update = true,
            Id::Verbose => options.verbose = true,
            Id::Context => {}
            Id::Help => {
                let text = format!(
                    "Usage: mv [OPTION]... [-T] SOURCE DEST\n  \
                       or:  mv [OPTION]... SOURCE... DIRECTORY\n  \
                       or:  mv [OPTION]... -t DIRECTORY SOURCE...\n\
                     Rename SOURCE to DEST, or move SOURCEs into DIRECTORY.\n\n{}",
                    getopt::help(FLAGS)
                );
                return Err(stdio::print(NAME, text.as_bytes()));
            }
            Id::Version => {
                let text = concat!(
                    "mv (agent-sandbox toolbox) ",
                    env!("CARGO_PKG_VERSION"),
                    "\n"
                );
                return Err(stdio::print(NAME, text.as_bytes()));
            }
        }
    }
    if options.overwrite == Overwrite::Never {
        options.update = false;
    }
    if options.backs_up {
        options.backup = Backup::typed(control.as_deref(), suffix)
            .map_err(|text| UsageError::new(NAME, text).report(1))?;
    }
    Ok((options, parsed.operands))
}
