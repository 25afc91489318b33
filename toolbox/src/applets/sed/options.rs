//! The command line of `sed`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use crate::getopt::Takes::{Nothing, Optional, Value};
use crate::getopt::{self, Flag, Order, flag};
use crate::stdio;
use crate::sys::{self, OsStrExt, OsStringExt};

use super::execute::{Settings, read_all};
use super::parse::Dialect;
use super::reader::{Origin, Piece};
use super::{BAD_USAGE, NAME, PANIC, complain, fatal};

const USAGE: &str = "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n";
const VERSION: &str = "sed (GNU sed) 4.9 (compatible)\n";
/// Where `l` folds lines.
const WIDTH: usize = 70;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Binary,
    Debug,
    Expression,
    Extended,
    File,
    FollowSymlinks,
    Help,
    InPlace,
    LineLength,
    NullData,
    Posix,
    Quiet,
    Sandbox,
    Separate,
    Unbuffered,
    Version,
}

#[rustfmt::skip] // One row a line.
const TABLE: &[Flag<Id>] = &[
    flag(Id::Quiet, Some('n'), Some("quiet"), Nothing, "print only what the script asks for"),
    flag(Id::Quiet, None, Some("silent"), Nothing, ""),
    flag(Id::Binary, Some('b'), Some("binary"), Nothing, ""),
    flag(Id::Debug, None, Some("debug"), Nothing, ""),
    flag(Id::Expression, Some('e'), Some("expression"), Value("SCRIPT"), "add SCRIPT to what is run"),
    flag(Id::File, Some('f'), Some("file"), Value("FILE"), "add the script in FILE to what is run"),
    flag(Id::FollowSymlinks, None, Some("follow-symlinks"), Nothing, "edit the files that symbolic links lead to"),
    flag(Id::InPlace, Some('i'), Some("in-place"), Optional("SUFFIX"), "edit files in place; keep the old ones under names with SUFFIX"),
    flag(Id::LineLength, Some('l'), Some("line-length"), Value("N"), "fold the lines of the l command after N characters"),
    flag(Id::Posix, None, Some("posix"), Nothing, "without GNU's extensions"),
    flag(Id::Extended, Some('E'), Some("regexp-extended"), Nothing, "patterns are extended regular expressions"),
    flag(Id::Extended, Some('r'), None, Nothing, ""),
    flag(Id::Sandbox, None, Some("sandbox"), Nothing, "refuse the commands e, r and w"),
    flag(Id::Separate, Some('s'), Some("separate"), Nothing, "each file has lines of its own, and a last one"),
    flag(Id::Unbuffered, Some('u'), Some("unbuffered"), Nothing, "read no more than needed, write every line at once"),
    flag(Id::NullData, Some('z'), Some("null-data"), Nothing, "lines end with a zero byte"),
    flag(Id::NullData, None, Some("zero-terminated"), Nothing, ""),
    flag(Id::Help, None, Some("help"), Nothing, "print this text"),
    flag(Id::Version, None, Some("version"), Nothing, "print the version"),
];

/// The command line, understood.
pub struct Options {
    pub pieces: Vec<Piece>,
    pub dialect: Dialect,
    pub settings: Settings,
    pub separate: bool,
    pub unbuffered: bool,
    pub files: Vec<OsString>,
}

pub enum Outcome {
    Run(Box<Options>),
    /// All has been said.
    Done(i32),
}

fn help() -> String {
    format!("{USAGE}\n{}", getopt::help(TABLE))
}

pub fn read(args: &[OsString]) -> Outcome {
    let parsed = match getopt::parse(NAME, TABLE, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => {
            let text = format!("sed: {error}\n{}", help());
            return refuse(text.as_bytes());
        }
    };
    let mut options = Options {
        pieces: Vec::new(),
        dialect: Dialect {
            extended: false,
            posix: false,
            sandbox: false,
            delimiter: b'\n',
        },
        settings: Settings {
            quiet: false,
            posix: false,
            delimiter: b'\n',
            width: WIDTH,
            in_place: None,
            follow_links: false,
        },
        separate: false,
        unbuffered: false,
        files: parsed.operands,
    };
    let mut expressions = 0;
    for (id, value) in parsed.options {
        let value = value.unwrap_or_default();
        match id {
            Id::Binary => {}
            Id::Debug => return refuse(b"sed: option '--debug' is not supported\n"),
            Id::Expression => {
                expressions += 1;
                options.pieces.push(expression(expressions, value));
            }
            Id::Extended => options.dialect.extended = true,
            Id::File => match script_file(&value) {
                Ok(piece) => options.pieces.push(piece),
                Err(message) => {
                    complain(&message);
                    return Outcome::Done(PANIC);
                }
            },
            Id::FollowSymlinks => options.settings.follow_links = true,
            Id::Help => return Outcome::Done(stdio::print(NAME, help().as_bytes())),
            Id::InPlace => {
                options.settings.in_place = Some(value);
                options.separate = true;
            }
            Id::LineLength => options.settings.width = width(&value),
            Id::NullData => options.dialect.delimiter = b'\0',
            Id::Posix => options.dialect.posix = true,
            Id::Quiet => options.settings.quiet = true,
            Id::Sandbox => options.dialect.sandbox = true,
            Id::Separate => options.separate = true,
            Id::Unbuffered => options.unbuffered = true,
            Id::Version => return Outcome::Done(stdio::print(NAME, VERSION.as_bytes())),
        }
    }
    options.settings.delimiter = options.dialect.delimiter;
    options.settings.posix = options.dialect.posix;
    if options.pieces.is_empty() {
        if options.files.is_empty() {
            return refuse(help().as_bytes());
        }
        let script = options.files.remove(0);
        options.pieces.push(expression(1, script));
    }
    Outcome::Run(Box::new(options))
}

fn refuse(text: &[u8]) -> Outcome {
    // A stderr that cannot be written to leaves the status as the only witness.
    let _ = io::stderr().write_all(text);
    Outcome::Done(BAD_USAGE)
}

fn expression(number: usize, text: OsString) -> Piece {
    Piece {
        origin: Origin::Expression(number),
        text: text.into_vec(),
    }
}

fn script_file(name: &OsStr) -> Result<Piece, Vec<u8>> {
    let file = match name.as_bytes() {
        b"-" | b"/dev/stdin" => stdio::shared_stdin(),
        _ => sys::open(name),
    };
    let text = file
        .map_err(|error| fatal("couldn't open file ", name.as_bytes(), &error).message)
        .and_then(|file| {
            read_all(file).map_err(|error| fatal("read error on ", name.as_bytes(), &error).message)
        })?;
    Ok(Piece {
        origin: Origin::File(name.to_owned()),
        text,
    })
}

/// A number as `atoi` reads it; a negative one does not fold either.
fn width(text: &OsStr) -> usize {
    let digits = text
        .as_bytes()
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_usize, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'))
    })
}
