//! What the command line of `cp` asks for.

use std::ffi::{OsStr, OsString};

use crate::getopt::Takes::{Nothing, Optional, Value};
use crate::getopt::{self, Flag, Order, UsageError, flag};
use crate::sys::OsStrExt;
use crate::sys::choice::{Choices, choose};

use super::backup::Backup;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Archive,
    AttributesOnly,
    Backup,
    SimpleBackup,
    CopyContents,
    NoDereferenceLinks,
    Force,
    Interactive,
    DereferenceOperands,
    Link,
    Dereference,
    NoClobber,
    NoDereference,
    PreserveUsual,
    Preserve,
    NoPreserve,
    Parents,
    Recursive,
    Reflink,
    RemoveDestination,
    Sparse,
    StripSlashes,
    SymbolicLink,
    Suffix,
    TargetDirectory,
    NoTargetDirectory,
    Update,
    Verbose,
    OneFileSystem,
    Context,
    Help,
    Version,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Archive, Some('a'), Some("archive"), Nothing, "as -dR --preserve=all"),
    flag(Id::AttributesOnly, None, Some("attributes-only"), Nothing, "copy attributes and no data"),
    flag(Id::Backup, None, Some("backup"), Optional("CONTROL"), "keep what is overwritten: none, simple, numbered or existing"),
    flag(Id::SimpleBackup, Some('b'), None, Nothing, "as --backup, without a value"),
    flag(Id::CopyContents, None, Some("copy-contents"), Nothing, "with -R, copy what special files hold"),
    flag(Id::NoDereferenceLinks, Some('d'), None, Nothing, "as -P --preserve=links"),
    flag(Id::Force, Some('f'), Some("force"), Nothing, "remove a destination that cannot be opened, and try again"),
    flag(Id::Interactive, Some('i'), Some("interactive"), Nothing, "ask before overwriting, and read the answer from stdin"),
    flag(Id::DereferenceOperands, Some('H'), None, Nothing, "follow symbolic links among the operands"),
    flag(Id::Link, Some('l'), Some("link"), Nothing, "make hard links and no copies"),
    flag(Id::Dereference, Some('L'), Some("dereference"), Nothing, "follow all symbolic links in SOURCE"),
    flag(Id::NoClobber, Some('n'), Some("no-clobber"), Nothing, "do not overwrite"),
    flag(Id::NoDereference, Some('P'), Some("no-dereference"), Nothing, "copy symbolic links as such"),
    flag(Id::PreserveUsual, Some('p'), None, Nothing, "as --preserve=mode,ownership,timestamps"),
    flag(Id::Preserve, None, Some("preserve"), Optional("LIST"), "keep mode, timestamps, ownership, links or all"),
    flag(Id::NoPreserve, None, Some("no-preserve"), Value("LIST"), "do not keep these"),
    flag(Id::Parents, None, Some("parents"), Nothing, "make the directories of SOURCE below DIRECTORY"),
    flag(Id::Recursive, Some('R'), Some("recursive"), Nothing, "copy directories with all they hold"),
    flag(Id::Recursive, Some('r'), None, Nothing, "as -R"),
    flag(Id::Reflink, None, Some("reflink"), Optional("WHEN"), "auto or never; files are never cloned"),
    flag(Id::RemoveDestination, None, Some("remove-destination"), Nothing, "remove each destination before it is written"),
    flag(Id::Sparse, None, Some("sparse"), Value("WHEN"), "leave holes for zeros: auto, always or never"),
    flag(Id::StripSlashes, None, Some("strip-trailing-slashes"), Nothing, "remove slashes that end a SOURCE"),
    flag(Id::SymbolicLink, Some('s'), Some("symbolic-link"), Nothing, "make symbolic links and no copies"),
    flag(Id::Suffix, Some('S'), Some("suffix"), Value("SUFFIX"), "the suffix of backups"),
    flag(Id::TargetDirectory, Some('t'), Some("target-directory"), Value("DIRECTORY"), "copy all SOURCEs into DIRECTORY"),
    flag(Id::NoTargetDirectory, Some('T'), Some("no-target-directory"), Nothing, "treat DEST as a file"),
    flag(Id::Update, Some('u'), Some("update"), Nothing, "copy only what is newer than its destination"),
    flag(Id::Verbose, Some('v'), Some("verbose"), Nothing, "say what is done"),
    flag(Id::OneFileSystem, Some('x'), Some("one-file-system"), Nothing, "stay on one file system"),
    flag(Id::Context, Some('Z'), Some("context"), Optional("CTX"), ""),
    flag(Id::Help, None, Some("help"), Nothing, "show this help"),
    flag(Id::Version, None, Some("version"), Nothing, "show the version"),
];

/// Which symbolic links among the sources are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dereference {
    Never,
    Operands,
    Always,
}

/// What happens to a destination that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Always,
    Ask,
    Never,
}

/// What a copy is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Data,
    HardLink,
    SymbolicLink,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sparse {
    Never,
    Auto,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reflink {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Mode,
    Timestamps,
    Ownership,
    Links,
    Context,
    Xattr,
    All,
}

const SPARSE: &Choices<Sparse> = &[
    ("never", Sparse::Never),
    ("auto", Sparse::Auto),
    ("always", Sparse::Always),
];

const REFLINK: &Choices<Reflink> = &[
    ("auto", Reflink::Auto),
    ("always", Reflink::Always),
    ("never", Reflink::Never),
];

const ATTRIBUTES: &Choices<Attribute> = &[
    ("mode", Attribute::Mode),
    ("timestamps", Attribute::Timestamps),
    ("ownership", Attribute::Ownership),
    ("links", Attribute::Links),
    ("context", Attribute::Context),
    ("xattr", Attribute::Xattr),
    ("all", Attribute::All),
];

/// What the copies are for, which the messages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Copy,
    /// `mv` between file systems: it removes what was copied.
    Move,
}

impl Purpose {
    pub fn applet(self) -> &'static str {
        match self {
            Self::Copy => "cp",
            Self::Move => "mv",
        }
    }
}

/// The options, resolved. Owners are not kept: the sandbox has one user, whose files all are.
pub struct Options {
    pub purpose: Purpose,
    pub recursive: bool,
    pub dereference: Dereference,
    pub overwrite: Overwrite,
    pub update: bool,
    pub force: bool,
    pub remove_destination: bool,
    pub kind: Kind,
    pub backup: Backup,
    pub attributes_only: bool,
    pub copy_contents: bool,
    pub keep_mode: bool,
    /// Give new files the mode of any new file, instead of their source's.
    pub plain_mode: bool,
    pub keep_times: bool,
    pub keep_links: bool,
    pub sparse: Sparse,
    /// Fail, because files cannot be cloned.
    pub clone: bool,
    pub parents: bool,
    pub strip_slashes: bool,
    pub verbose: bool,
    pub one_file_system: bool,
    pub target_directory: Option<OsString>,
    pub no_target_directory: bool,
}

impl Options {
    /// Those of a command line without options.
    fn plain() -> Self {
        Self {
            purpose: Purpose::Copy,
            recursive: false,
            dereference: Dereference::Never,
            overwrite: Overwrite::Always,
            update: false,
            force: false,
            remove_destination: false,
            kind: Kind::Data,
            backup: Backup::none(),
            attributes_only: false,
            copy_contents: false,
            keep_mode: false,
            plain_mode: false,
            keep_times: false,
            keep_links: false,
            sparse: Sparse::Auto,
            clone: false,
            parents: false,
            strip_slashes: false,
            verbose: false,
            one_file_system: false,
            target_directory: None,
            no_target_directory: false,
        }
    }

    /// What `mv` copies with: everything is kept, and links stay links.
    pub fn of_move(verbose: bool) -> Self {
        Self {
            purpose: Purpose::Move,
            recursive: true,
            keep_mode: true,
            keep_times: true,
            keep_links: true,
            verbose,
            ..Self::plain()
        }
    }
}

pub enum Request {
    Copy(Box<Options>, Vec<OsString>),
    Help(String),
    Version,
}

/// A command line that cannot be followed.
pub enum Refusal {
    /// With the hint to `--help`.
    Usage(UsageError),
    Plain(&'static str),
}

fn usage(message: impl Into<Vec<u8>>) -> Refusal {
    Refusal::Usage(UsageError::new("cp", message))
}

/// Reads a command line.
pub fn read(args: &[OsString]) -> Result<Request, Refusal> {
    let parsed = getopt::parse("cp", FLAGS, Order::Permute, args).map_err(Refusal::Usage)?;
    let mut options = Options::plain();
    let mut typed = Typed::default();
    for (id, value) in &parsed.options {
        match id {
            Id::Help => {
                return Ok(Request::Help(format!(
                    "Usage: cp [OPTION]... [-T] SOURCE DEST\n  \
                       or:  cp [OPTION]... SOURCE... DIRECTORY\n  \
                       or:  cp [OPTION]... -t DIRECTORY SOURCE...\n\
                     Copy SOURCE to DEST, or SOURCEs into DIRECTORY.\n\n{}",
                    getopt::help(FLAGS)
                )));
            }
            Id::Version => return Ok(Request::Version),
            _ => apply(*id, value.as_deref(), &mut options, &mut typed)?,
        }
    }
    resolve(&mut options, typed)?;
    Ok(Request::Copy(Box::new(options), parsed.operands))
}

/// The options as typed, where their meaning depends on others.
#[derive(Default)]
struct Typed {
    dereference: Option<Dereference>,
    backup: bool,
    control: Option<OsString>,
    suffix: Option<OsString>,
    hard_link: bool,
    symbolic_link: bool,
}

fn apply(
    id: Id,
    value: Option<&OsStr>,
    options: &mut Options,
    typed: &mut Typed,
) -> Result<(), Refusal> {
    let text = value.unwrap_or_default();
    match id {
        Id::Archive => {
            typed.dereference = Some(Dereference::Never);
            options.recursive = true;
            preserve(options, &[Attribute::All], true)?;
        }
        Id::AttributesOnly => options.attributes_only = true,
        Id::Backup => {
            typed.backup = true;
            if let Some(control) = value {
                typed.control = Some(control.to_owned());
            }
        }
        Id::SimpleBackup => typed.backup = true,
        Id::CopyContents => options.copy_contents = true,
        Id::NoDereferenceLinks => {
            typed.dereference = Some(Dereference::Never);
            options.keep_links = true;
        }
        Id::Force => options.force = true,
        Id::Interactive => options.overwrite = Overwrite::Ask,
        Id::DereferenceOperands => typed.dereference = Some(Dereference::Operands),
        Id::Link => typed.hard_link = true,
        Id::Dereference => typed.dereference = Some(Dereference::Always),
        Id::NoClobber => options.overwrite = Overwrite::Never,
        Id::NoDereference => typed.dereference = Some(Dereference::Never),
        Id::PreserveUsual => preserve(options, &USUAL, true)?,
        Id::Preserve => match value {
            None => preserve(options, &USUAL, true)?,
            Some(list) => preserve(options, &attributes("--preserve", list)?, true)?,
        },
        Id::NoPreserve => preserve(options, &attributes("--no-preserve", text)?, false)?,
        Id::Parents => options.parents = true,
        Id::Recursive => options.recursive = true,
        Id::Reflink => {
            let when = match value {
                None => Reflink::Always,
                Some(when) => choose("--reflink", REFLINK, when).map_err(usage)?,
            };
            options.clone = when == Reflink::Always;
        }
        Id::RemoveDestination => options.remove_destination = true,
        Id::Sparse => options.sparse = choose("--sparse", SPARSE, text).map_err(usage)?,
        Id::StripSlashes => options.strip_slashes = true,
        Id::SymbolicLink => typed.symbolic_link = true,
        Id::Suffix => {
            typed.backup = true;
            typed.suffix = Some(text.to_owned());
        }
        Id::TargetDirectory => {
            if options.target_directory.is_some() {
                return Err(Refusal::Plain("multiple target directories specified"));
            }
            options.target_directory = Some(text.to_owned());
        }
        Id::NoTargetDirectory => options.no_target_directory = true,
        Id::Update => options.update = true,
        Id::Verbose => options.verbose = true,
        Id::OneFileSystem => options.one_file_system = true,
        Id::Context => return Err(Refusal::Plain("option '--context' is not supported")),
        // `read` has answered these.
        Id::Help | Id::Version => {}
    }
    Ok(())
}

/// What `-p` keeps.
const USUAL: [Attribute; 3] = [Attribute::Mode, Attribute::Ownership, Attribute::Timestamps];

fn attributes(option: &str, list: &OsStr) -> Result<Vec<Attribute>, Refusal> {
    list.as_bytes()
        .split(|byte| *byte == b',')
        .map(|word| choose(option, ATTRIBUTES, OsStr::from_bytes(word)).map_err(usage))
        .collect()
}

fn preserve(options: &mut Options, attributes: &[Attribute], keep: bool) -> Result<(), Refusal> {
    for attribute in attributes {
        match attribute {
            Attribute::Mode => {
                options.keep_mode = keep;
                options.plain_mode = !keep;
            }
            Attribute::Timestamps => options.keep_times = keep,
            Attribute::Links => options.keep_links = keep,
            // All files of the sandbox have one owner and no extended attributes.
            Attribute::Ownership | Attribute::Xattr => {}
            Attribute::Context if keep => {
                return Err(Refusal::Plain(
                    "cannot preserve security context without an SELinux-enabled kernel",
                ));
            }
            Attribute::Context => {}
            Attribute::All => {
                options.keep_mode = keep;
                options.plain_mode = !keep;
                options.keep_times = keep;
                options.keep_links = keep;
            }
        }
    }
    Ok(())
}

fn resolve(options: &mut Options, typed: Typed) -> Result<(), Refusal> {
    options.kind = match (typed.hard_link, typed.symbolic_link) {
        (true, true) => return Err(usage("cannot make both hard and symbolic links")),
        (true, false) => Kind::HardLink,
        (false, true) => Kind::SymbolicLink,
        (false, false) => Kind::Data,
    };
    if options.overwrite == Overwrite::Never {
        options.update = false;
        if typed.backup {
            return Err(usage(
                "options --backup and --no-clobber are mutually exclusive",
            ));
        }
    }
    if options.clone && options.sparse != Sparse::Auto {
        return Err(usage("--reflink can be used only with --sparse=auto"));
    }
    if typed.backup {
        options.backup = Backup::typed(typed.control.as_deref(), typed.suffix).map_err(usage)?;
    }
    options.dereference = typed.dereference.unwrap_or({
        match options.recursive && options.kind != Kind::HardLink {
            true => Dereference::Never,
            false => Dereference::Always,
        }
    });
    Ok(())
}
