//! `md5sum`, `sha1sum` and so on to `sha512sum`, `b2sum`, `cksum` and `sum`: prints and verifies checksums.

mod algorithm;
mod check;
mod line;
mod sum;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio::{self, Input};
use crate::sys::OsStrExt;
use crate::sys::choice::{self, Choices};
use crate::sys::number::{Notation, Problem};
use crate::sys::quote::quoted_text;
use algorithm::{Algorithm, BLAKE2B};
use check::Check;
pub use sum::main as sum;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Algorithm,
    Binary,
    Check,
    Debug,
    Help,
    IgnoreMissing,
    Length,
    Quiet,
    Status,
    Strict,
    Tag,
    Text,
    Untagged,
    Warn,
    Zero,
}

const BINARY: Flag<Id> = flag(
    Id::Binary,
    Some('b'),
    Some("binary"),
    Takes::Nothing,
    "mark the names with a star",
);
const TEXT: Flag<Id> = flag(
    Id::Text,
    Some('t'),
    Some("text"),
    Takes::Nothing,
    "mark the names with a blank, as without this",
);
const LENGTH: Flag<Id> = flag(
    Id::Length,
    Some('l'),
    Some("length"),
    Takes::Value("BITS"),
    "how many bits of BLAKE2b, in whole bytes",
);

#[rustfmt::skip] // One row, one option.
const SHARED: &[Flag<Id>] = &[
    flag(Id::Check, Some('c'), Some("check"), Takes::Nothing, "verify what the files list"),
    flag(Id::Tag, None, Some("tag"), Takes::Nothing, "name the algorithm in each line"),
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "end lines with a zero byte and leave names as they are"),
    flag(Id::IgnoreMissing, None, Some("ignore-missing"), Takes::Nothing, "pass over listed files that are not there"),
    flag(Id::Quiet, None, Some("quiet"), Takes::Nothing, "show only what does not match"),
    flag(Id::Status, None, Some("status"), Takes::Nothing, "show nothing; the exit status tells"),
    flag(Id::Strict, None, Some("strict"), Takes::Nothing, "fail for lines that list no checksum"),
    flag(Id::Warn, Some('w'), Some("warn"), Takes::Nothing, "name the lines that list no checksum"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// One of the programs.
struct Program {
    name: &'static str,
    /// None: `cksum`, which asks.
    algorithm: Option<Algorithm>,
}

macro_rules! programs {
    ($($function:ident $name:literal $algorithm:expr,)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub fn $function(args: &[OsString]) -> i32 {
                run(&Program { name: $name, algorithm: $algorithm }, args)
            }
        )*
    };
}

programs! {
    b2sum "b2sum" Some(Algorithm::Blake2b(BLAKE2B)),
    cksum "cksum" None,
    md5sum "md5sum" Some(Algorithm::Md5),
    sha1sum "sha1sum" Some(Algorithm::Sha1),
    sha224sum "sha224sum" Some(Algorithm::Sha224),
    sha256sum "sha256sum" Some(Algorithm::Sha256),
    sha384sum "sha384sum" Some(Algorithm::Sha384),
    sha512sum "sha512sum" Some(Algorithm::Sha512),
}

const ALGORITHMS: &Choices<Algorithm> = &[
    ("bsd", Algorithm::Bsd),
    ("sysv", Algorithm::Sysv),
    ("crc", Algorithm::Crc),
    ("md5", Algorithm::Md5),
    ("sha1", Algorithm::Sha1),
    ("sha224", Algorithm::Sha224),
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
    ("blake2b", Algorithm::Blake2b(BLAKE2B)),
    ("sm3", Algorithm::Sm3),
];

struct Options {
    algorithm: Option<Algorithm>,
    check: bool,
    /// `-b` or `-t`, whichever came last.
    binary: Option<bool>,
    /// The bits of BLAKE2b, and how they were typed.
    length: Option<(u64, Vec<u8>)>,
    tag: bool,
    untagged: bool,
    zero: bool,
    report: check::Options,
}

/// A command line that cannot be used.
enum Refusal {
    /// With a hint at the end; the message may be missing.
    Usage(Vec<u8>),
    Lines(Vec<Vec<u8>>),
}

fn flags(program: &Program) -> Vec<Flag<Id>> {
    let mut flags = vec![BINARY, TEXT];
    flags.extend_from_slice(SHARED);
    match program.algorithm {
        Some(Algorithm::Blake2b(_)) => flags.push(LENGTH),
        Some(_) => {}
        None => {
            // GNU reads these two and then refuses them.
            flags.retain(|flag| !matches!(flag.id, Id::Binary | Id::Text));
            #[rustfmt::skip] // One row, one option.
            flags.extend([
                flag(Id::Algorithm, Some('a'), Some("algorithm"), Takes::Value("TYPE"), "the algorithm"),
                flag(Id::Debug, None, Some("debug"), Takes::Nothing, "accepted; there is one implementation"),
                LENGTH,
                flag(Id::Untagged, None, Some("untagged"), Takes::Nothing, "do not name the algorithm"),
                flag(Id::Binary, Some('b'), Some("binary"), Takes::Nothing, ""),
                flag(Id::Text, Some('t'), Some("text"), Takes::Nothing, ""),
            ]);
        }
    }
    flags
}

fn run(program: &Program, args: &[OsString]) -> i32 {
    let name = program.name;
    let flags = flags(program);
    let parsed = match getopt::parse(name, &flags, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    if parsed.options.iter().any(|(id, _)| *id == Id::Help) {
        let text = format!(
            "Usage: {name} [OPTION]... [FILE]...\n\n{}",
            getopt::help(&flags)
        );
        return stdio::print(name, text.as_bytes());
    }
    let options = match Options::read(program, &parsed.options) {
        Ok(options) => options,
        Err(Refusal::Usage(message)) if message.is_empty() => return getopt::hint(name, 1),
        Err(Refusal::Usage(message)) => return UsageError::new(name, message).report(1),
        Err(Refusal::Lines(lines)) => {
            lines.iter().for_each(|line| stdio::complain(name, line));
            return 1;
        }
    };
    let mut out = BufWriter::with_capacity(4096, io::stdout().lock());
    let stdin = [OsString::from("-")];
    let names = match parsed.operands.as_slice() {
        [] => stdin.as_slice(),
        names => names,
    };
    let good = if options.check {
        let mut check = Check {
            program: name,
            algorithm: options.algorithm.or(program.algorithm),
            options: options.report,
            out: &mut out,
        };
        names.iter().filter(|file| !check.file(file)).count() == 0
    } else {
        let algorithm = options
            .algorithm
            .or(program.algorithm)
            .unwrap_or(Algorithm::Crc);
        let is_named = !parsed.operands.is_empty();
        names
            .iter()
            .filter(|file| !print(program, &options, algorithm, file, is_named, &mut out))
            .count()
            == 0
    };
    finish(name, out.flush(), i32::from(!good))
}

/// As `stdio::finish`. GNU writes by the line, and at the end does not know any more why one could not be written.
fn finish(name: &str, written: io::Result<()>, status: i32) -> i32 {
    match written {
        Ok(()) => status,
        Err(_) => {
            stdio::complain(name, b"write error");
            1
        }
    }
}

impl Options {
    fn read(program: &Program, given: &[(Id, Option<OsString>)]) -> Result<Self, Refusal> {
        let mut options = Self {
            algorithm: None,
            check: false,
            binary: None,
            length: None,
            tag: false,
            untagged: false,
            zero: false,
            report: check::Options::default(),
        };
        let report = |options: &mut Self, quiet, status, warn| {
            (
                options.report.quiet,
                options.report.status,
                options.report.warn,
            ) = (quiet, status, warn);
        };
        for (id, value) in given {
            let value = value.as_deref().unwrap_or_default();
            match id {
                Id::Algorithm => options.algorithm = Some(named(value)?),
                Id::Binary | Id::Text if program.algorithm.is_none() => {
                    return Err(Refusal::Usage(Vec::new()));
                }
                Id::Binary => options.binary = Some(true),
                Id::Check => options.check = true,
                Id::Debug | Id::Help => {}
                Id::IgnoreMissing => options.report.ignore_missing = true,
                Id::Length => options.length = Some((bits(value)?, value.as_bytes().to_vec())),
                // Each of these three takes the others back.
                Id::Quiet => report(&mut options, true, false, false),
                Id::Status => report(&mut options, false, true, false),
                Id::Warn => report(&mut options, false, false, true),
                Id::Strict => options.report.strict = true,
                Id::Tag => (options.tag, options.untagged) = (true, false),
                Id::Text => options.binary = Some(false),
                Id::Untagged => (options.tag, options.untagged) = (false, true),
                Id::Zero => options.zero = true,
            }
        }
        options.apply_length(program)?;
        options.validate(program)?;
        Ok(options)
    }

    fn apply_length(&mut self, program: &Program) -> Result<(), Refusal> {
        let Some((bits, text)) = self.length.take() else {
            return Ok(());
        };
        let algorithm = self.algorithm.or(program.algorithm);
        let wrong = |why: &[u8]| {
            let length = [b"invalid length: ", quoted_text(&text).as_slice()].concat();
            Err(Refusal::Lines(vec![length, why.to_vec()]))
        };
        if bits > 0 && !matches!(algorithm, Some(Algorithm::Blake2b(_))) {
            let message = b"--length is only supported with --algorithm=blake2b";
            return Err(Refusal::Lines(vec![message.to_vec()]));
        }
        if bits > 8 * BLAKE2B as u64 {
            return wrong("maximum digest length for ‘BLAKE2b’ is 512 bits".as_bytes());
        }
        if !bits.is_multiple_of(8) {
            return wrong(b"length is not a multiple of 8");
        }
        if bits > 0 {
            let length = usize::try_from(bits / 8).unwrap_or(BLAKE2B);
            self.algorithm = Some(Algorithm::Blake2b(length));
        }
        Ok(())
    }

    fn validate(&self, program: &Program) -> Result<(), Refusal> {
        let is_cksum = program.algorithm.is_none();
        if is_cksum && self.check && self.algorithm.is_some_and(Algorithm::is_number) {
            let message = b"--check is not supported with --algorithm={bsd,sysv,crc}";
            return Err(Refusal::Lines(vec![message.to_vec()]));
        }
        let only_checking = |option: &str| {
            format!("the --{option} option is meaningful only when verifying checksums")
        };
        let report = self.report;
        let problem = if self.tag && self.binary == Some(false) {
            "--tag does not support --text mode".to_owned()
        } else if self.check && self.zero {
            "the --zero option is not supported when verifying checksums".to_owned()
        } else if self.check && self.tag && !is_cksum {
            "the --tag option is meaningless when verifying checksums".to_owned()
        } else if self.check && self.binary.is_some() {
            "the --binary and --text options are meaningless when verifying checksums".to_owned()
        } else if self.check {
            return Ok(());
        } else if report.ignore_missing {
            only_checking("ignore-missing")
        } else if report.status {
            only_checking("status")
        } else if report.warn {
            only_checking("warn")
        } else if report.quiet {
            only_checking("quiet")
        } else if report.strict {
            only_checking("strict")
        } else {
            return Ok(());
        };
        Err(Refusal::Usage(problem.into_bytes()))
    }
}

/// Only a whole word names an algorithm.
fn named(word: &OsStr) -> Result<Algorithm, Refusal> {
    let exact = ALGORITHMS
        .iter()
        .find(|(name, _)| name.as_bytes() == word.as_bytes());
    match exact {
        Some((_, algorithm)) => Ok(*algorithm),
        None => Err(Refusal::Usage(choice::refusal(
            "--algorithm",
            ALGORITHMS,
            word.as_bytes(),
            "invalid",
        ))),
    }
}

fn bits(value: &OsStr) -> Result<u64, Refusal> {
    Notation::PLAIN
        .unsigned(value.as_bytes())
        .map_err(|problem| {
            let why: &[u8] = match problem {
                Problem::Overflow => b": Value too large for defined data type",
                _ => b"",
            };
            let quoted = quoted_text(value.as_bytes());
            Refusal::Lines(vec![[b"invalid length: ", quoted.as_slice(), why].concat()])
        })
}

/// Prints the line of a file; false, after a message, when it cannot be read.
fn print(
    program: &Program,
    options: &Options,
    algorithm: Algorithm,
    name: &OsStr,
    is_named: bool,
    out: &mut impl Write,
) -> bool {
    let found = Input::open(name).and_then(|input| algorithm.of(input));
    let mut good = true;
    let (digest, size) = match found {
        Ok(found) => found,
        Err(error) => {
            let _ = out.flush();
            stdio::complain(program.name, &stdio::about(name, &error));
            // What can be opened and not be read has the sum of nothing.
            if algorithm != Algorithm::Crc || error.raw_os_error() != Some(libc::EISDIR) {
                return false;
            }
            good = false;
            (u32::MAX.to_be_bytes().to_vec(), 0)
        }
    };
    let end = if options.zero { 0 } else { b'\n' };
    let mut line = if algorithm.is_number() {
        let shown = is_named.then_some(name.as_bytes());
        sum::line(algorithm, &digest, size, shown)
    } else {
        let tagged = options.tag || (program.algorithm.is_none() && !options.untagged);
        digest_line(algorithm, &digest, name.as_bytes(), tagged, options)
    };
    line.push(end);
    // What cannot be written is found when the buffer is flushed.
    let _ = out.write_all(&line);
    good
}

fn digest_line(
    algorithm: Algorithm,
    digest: &[u8],
    name: &[u8],
    tagged: bool,
    options: &Options,
) -> Vec<u8> {
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let (escaped, differs) = line::escaped(name);
    let (name, mut line) = match differs && !options.zero {
        true => (escaped.as_slice(), b"\\".to_vec()),
        false => (name, Vec::new()),
    };
    if tagged {
        line.extend_from_slice(algorithm.tag().as_bytes());
        if let Algorithm::Blake2b(length) = algorithm
            && length != BLAKE2B
        {
            line.extend_from_slice(format!("-{}", 8 * length).as_bytes());
        }
        line.extend_from_slice(b" (");
        line.extend_from_slice(name);
        line.extend_from_slice(b") = ");
        line.extend_from_slice(digits.as_bytes());
    } else {
        line.extend_from_slice(digits.as_bytes());
        let mark = if options.binary == Some(true) {
            b'*'
        } else {
            b' '
        };
        line.extend([b' ', mark]);
        line.extend_from_slice(name);
    }
    line
}
