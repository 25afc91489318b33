//! `mktemp`: makes a temporary file or directory with a name of its own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::quote::quoted_text;
use crate::sys::{self, Follow, OsStrExt, OsStringExt, random};

const NAME: &str = "mktemp";
const TEMPLATE: &[u8] = b"tmp.XXXXXXXXXX";
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// How many names are tried before all are taken to be taken.
const ATTEMPTS: usize = 62 * 62 * 62;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Directory,
    DryRun,
    Help,
    Parent,
    Quiet,
    Suffix,
    Tmpdir,
    Under,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Directory, Some('d'), Some("directory"), Takes::Nothing, "create a directory, not a file"),
    flag(Id::DryRun, Some('u'), Some("dry-run"), Takes::Nothing, "do not create anything; merely print a name"),
    flag(Id::Quiet, Some('q'), Some("quiet"), Takes::Nothing, "suppress diagnostics about file/dir-creation failure"),
    flag(Id::Suffix, None, Some("suffix"), Takes::Value("SUFF"), "append SUFF to TEMPLATE"),
    flag(Id::Parent, Some('p'), None, Takes::Value("DIR"), "interpret TEMPLATE relative to DIR"),
    flag(Id::Tmpdir, None, Some("tmpdir"), Takes::Optional("DIR"), "interpret TEMPLATE relative to DIR, or to $TMPDIR, or to /tmp"),
    flag(Id::Under, Some('t'), None, Takes::Nothing, "interpret TEMPLATE as a name in $TMPDIR, in the DIR of -p, or in /tmp"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

#[derive(Default)]
struct Options {
    directory: bool,
    dry_run: bool,
    quiet: bool,
    suffix: Option<OsString>,
    /// The directory, by `-p` or `--tmpdir`; an empty one stands for the usual.
    parent: Option<OsString>,
    under: bool,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut options = Options::default();
    for (id, value) in parsed.options {
        match id {
            Id::Directory => options.directory = true,
            Id::DryRun => options.dry_run = true,
            Id::Help => {
                let text = format!(
                    "Usage: mktemp [OPTION]... [TEMPLATE]\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Parent | Id::Tmpdir => options.parent = Some(value.unwrap_or_default()),
            Id::Quiet => options.quiet = true,
            Id::Suffix => options.suffix = value,
            Id::Under => options.under = true,
        }
    }
    if parsed.operands.len() > 1 {
        return UsageError::new(NAME, "too many templates").report(1);
    }
    let template = match template(parsed.operands.first().map(OsString::as_os_str), &options) {
        Ok(template) => template,
        Err(message) => {
            stdio::complain(NAME, &message);
            return 1;
        }
    };
    match template.make(&options) {
        Ok(mut name) => {
            name.push(b'\n');
            stdio::print(NAME, &name)
        }
        Err(error) => {
            if !options.quiet {
                let kind = if options.directory {
                    "directory"
                } else {
                    "file"
                };
                let template = quoted_text(&template.text());
                let before = format!("failed to create {kind} via template ");
                let error = format!(": {}", sys::error_text(&error));
                let message = [before.as_bytes(), template.as_slice(), error.as_bytes()].concat();
                stdio::complain(NAME, &message);
            }
            1
        }
    }
}

/// A name in three parts, the middle one of which is so many letters.
struct Template {
    before: Vec<u8>,
    letters: usize,
    after: Vec<u8>,
}

fn template(operand: Option<&OsStr>, options: &Options) -> Result<Template, Vec<u8>> {
    let mut text = operand.map_or(TEMPLATE, OsStr::as_bytes).to_vec();
    let mut in_directory = options.parent.is_some() || options.under || operand.is_none();
    if let Some(suffix) = &options.suffix {
        if text.last() != Some(&b'X') {
            let quoted = quoted_text(&text);
            let message = [
                b"with --suffix, template ",
                quoted.as_slice(),
                b" must end in X",
            ];
            return Err(message.concat());
        }
        text.extend_from_slice(suffix.as_bytes());
    }
    let suffix = match &options.suffix {
        Some(suffix) => suffix.len(),
        None => text.iter().rev().take_while(|byte| **byte != b'X').count(),
    };
    let suffix = if text.contains(&b'X') { suffix } else { 0 };
    let (start, after) = text.split_at(text.len() - suffix);
    if after.contains(&b'/') {
        let quoted = quoted_text(after);
        let message = [
            b"invalid suffix ",
            quoted.as_slice(),
            b", contains directory separator",
        ];
        return Err(message.concat());
    }
    let letters = start.iter().rev().take_while(|byte| **byte == b'X').count();
    if letters < 3 {
        let quoted = quoted_text(&text);
        return Err([b"too few X's in template ", quoted.as_slice()].concat());
    }
    let mut before = start
        .get(..start.len() - letters)
        .unwrap_or_default()
        .to_vec();
    in_directory |= options.under;
    if in_directory {
        let quoted = || quoted_text(&text);
        if options.under && text.contains(&b'/') {
            let problem = b", contains directory separator";
            return Err([b"invalid template, ", quoted().as_slice(), problem].concat());
        }
        if text.starts_with(b"/") {
            let problem = b"; with --tmpdir, it may not be absolute";
            return Err([b"invalid template, ", quoted().as_slice(), problem].concat());
        }
        before.splice(0..0, directory(options));
    }
    Ok(Template {
        before,
        letters,
        after: after.to_vec(),
    })
}

/// The directory that names are in, with a slash.
fn directory(options: &Options) -> Vec<u8> {
    let environment = || std::env::var_os("TMPDIR").filter(|directory| !directory.is_empty());
    let given = options
        .parent
        .clone()
        .filter(|directory| !directory.is_empty());
    let directory = match options.under {
        true => environment().or(given),
        false => given.or_else(environment),
    };
    let mut directory = directory.map_or_else(|| b"/tmp".to_vec(), OsString::into_vec);
    if directory.last() != Some(&b'/') {
        directory.push(b'/');
    }
    directory
}

impl Template {
    fn text(&self) -> Vec<u8> {
        [
            self.before.as_slice(),
            &b"X".repeat(self.letters),
            &self.after,
        ]
        .concat()
    }

    fn make(&self, options: &Options) -> io::Result<Vec<u8>> {
        for _ in 0..ATTEMPTS {
            let letters = (0..self.letters).map(|_| {
                let at = usize::try_from(random::below(62)).unwrap_or(0);
                LETTERS.get(at).copied().unwrap_or(b'X')
            });
            let letters: Vec<u8> = letters.collect();
            let name = [self.before.as_slice(), &letters, &self.after].concat();
            match create(OsStr::from_bytes(&name), options) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| name),
            }
        }
        Err(io::Error::from_raw_os_error(libc::EEXIST))
    }
}

fn create(name: &OsStr, options: &Options) -> io::Result<()> {
    if options.dry_run {
        return match sys::stat(name, Follow::No) {
            Ok(_) => Err(io::Error::from_raw_os_error(libc::EEXIST)),
            Err(_) => Ok(()),
        };
    }
    if options.directory {
        fs::create_dir(name)?;
        return sys::chmod(name, 0o700 & !sys::umask());
    }
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(name)?;
    sys::chmod(name, 0o600 & !sys::umask())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, suffix: Option<&str>) -> Option<(String, usize, String)> {
        let options = Options {
            suffix: suffix.map(OsString::from),
            ..Options::default()
        };
        let template = template(Some(OsStr::new(text)), &options).ok()?;
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Some((
            text(template.before),
            template.letters,
            text(template.after),
        ))
    }

    #[test]
    fn the_last_letters_of_a_template_are_chosen() {
        assert_eq!(parts("aXXXb", None), Some(("a".into(), 3, "b".into())));
        assert_eq!(
            parts("aXXXbXXXX", None),
            Some(("aXXXb".into(), 4, "".into()))
        );
        assert_eq!(
            parts("aXXX", Some(".c")),
            Some(("a".into(), 3, ".c".into()))
        );
        assert_eq!(parts("aXXX", Some("X")), Some(("a".into(), 3, "X".into())));
        assert_eq!(parts("aXXXbXX", None), None);
        assert_eq!(parts("a", None), None);
        assert_eq!(parts("aXXXb", Some("c")), None);
    }
}
