//! Command line options as GNU `getopt_long` reads them: one table of flags gives parser, errors and help.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Write;
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi::OsStrExt;

use crate::stdio;
use crate::sys::quote::quoted_text;

/// What follows a flag. The text is what `--help` calls the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// `-A3`, `-A 3`, `--long=3` or `--long 3`.
    Value(&'static str),
    /// `-i.bak` or `--long=x`; never the next argument.
    Optional(&'static str),
    /// The flag is a run of digits (`-12`), which is its value. It has no short or long name.
    Digits,
}

/// One row of an applet's table. `Id` is an enum of the applet; aliases share an id.
#[derive(Clone, Copy, Debug)]
pub struct Flag<Id: 'static> {
    pub id: Id,
    /// ASCII.
    pub short: Option<char>,
    pub long: Option<&'static str>,
    pub takes: Takes,
    /// One line for `--help`; an empty one leaves the flag out.
    pub help: &'static str,
}

/// A row of the table, written in one line.
pub const fn flag<Id: Copy>(
    id: Id,
    short: Option<char>,
    long: Option<&'static str>,
    takes: Takes,
    help: &'static str,
) -> Flag<Id> {
    Flag {
        id,
        short,
        long,
        takes,
        help,
    }
}

/// Whether options may stand after operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Options are taken from everywhere before `--`.
    Permute,
    /// The first operand ends the options, as `env` and `xargs` need.
    OptionsFirst,
}

/// The command line, taken apart. Options keep their order.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed<Id> {
    pub options: Vec<(Id, Option<OsString>)>,
    pub operands: Vec<OsString>,
}

/// A command line that the table does not allow.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError {
    name: String,
    message: Vec<u8>,
}

impl UsageError {
    /// An error of the applet's own that ends in the same hint.
    pub fn new(name: &str, message: impl Into<Vec<u8>>) -> Self {
        UsageError {
            name: name.to_owned(),
            message: message.into(),
        }
    }

    /// What goes to stderr. `usage` is a line that some tools put before the hint, or empty.
    pub fn text(&self, usage: &str) -> Vec<u8> {
        let mut text = format!("{}: ", self.name).into_bytes();
        text.extend_from_slice(&self.message);
        text.push(b'\n');
        if !usage.is_empty() {
            text.extend_from_slice(usage.as_bytes());
            text.push(b'\n');
        }
        text.extend_from_slice(
            format!("Try '{} --help' for more information.\n", self.name).as_bytes(),
        );
        text
    }

    /// Prints the error as GNU does and hands `status` back, for `return error.report(2)`.
    pub fn report(&self, status: i32) -> i32 {
        // A stderr that cannot be written to leaves the status as the only witness.
        let _ = std::io::stderr().write_all(&self.text(""));
        status
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message))
    }
}

impl std::error::Error for UsageError {}

/// Prints the line that usage errors end in, behind messages of the applet's own, and hands `status` back.
pub fn hint(name: &str, status: i32) -> i32 {
    let text = format!("Try '{name} --help' for more information.\n");
    // As in `report`.
    let _ = std::io::stderr().write_all(text.as_bytes());
    status
}

/// Takes `args` apart. `args[0]` is the applet's own name and is skipped; `name` is what errors say.
pub fn parse<Id: Copy + PartialEq>(
    name: &str,
    table: &[Flag<Id>],
    order: Order,
    args: &[OsString],
) -> Result<Parsed<Id>, UsageError> {
    let mut parsed = Parsed {
        options: Vec::new(),
        operands: Vec::new(),
    };
    let mut rest = args.iter().skip(1);
    while let Some(arg) = rest.next() {
        match arg.as_bytes() {
            b"--" => {
                parsed.operands.extend(rest.cloned());
                break;
            }
            [b'-', b'-', long @ ..] => long_option(table, long, &mut rest, &mut parsed),
            [b'-', cluster @ ..] if !cluster.is_empty() => {
                short_options(table, cluster, &mut rest, &mut parsed)
            }
            _ => {
                parsed.operands.push(arg.clone());
                if order == Order::OptionsFirst {
                    parsed.operands.extend(rest.cloned());
                    break;
                }
                Ok(())
            }
        }
        .map_err(|message| UsageError {
            name: name.to_owned(),
            message,
        })?;
    }
    Ok(parsed)
}

fn owned(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

fn quoted(before: &str, subject: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), b"'", subject, b"'", after.as_bytes()].concat()
}

fn long_option<'a, Id: Copy + PartialEq>(
    table: &[Flag<Id>],
    text: &[u8],
    rest: &mut impl Iterator<Item = &'a OsString>,
    parsed: &mut Parsed<Id>,
) -> Result<(), Vec<u8>> {
    let equals = text.iter().position(|&byte| byte == b'=');
    let (typed, given) = match equals {
        Some(at) => (&text[..at], Some(owned(&text[at + 1..]))),
        None => (text, None),
    };
    let (flag, long) = find_long(table, typed, text)?;
    let full = [b"--", long.as_bytes()].concat();
    let value = match (flag.takes, given) {
        (Takes::Nothing | Takes::Digits, Some(_)) => {
            return Err(quoted("option ", &full, " doesn't allow an argument"));
        }
        (Takes::Value(_), None) => match rest.next() {
            Some(next) => Some(next.clone()),
            None => return Err(quoted("option ", &full, " requires an argument")),
        },
        (_, given) => given,
    };
    parsed.options.push((flag.id, value));
    Ok(())
}

/// The flag that `typed` names in full, or the only one that it begins. `text` is the argument as the errors show it.
fn find_long<'t, Id: Copy + PartialEq>(
    table: &'t [Flag<Id>],
    typed: &[u8],
    text: &[u8],
) -> Result<(&'t Flag<Id>, &'static str), Vec<u8>> {
    let named = || table.iter().filter_map(|flag| Some((flag, flag.long?)));
    if let Some(exact) = named().find(|(_, long)| long.as_bytes() == typed) {
        return Ok(exact);
    }
    let shown = [b"--", text].concat();
    let mut begun = named().filter(|(_, long)| long.as_bytes().starts_with(typed));
    let Some(first) = begun.next() else {
        return Err(quoted("unrecognized option ", &shown, ""));
    };
    let others: Vec<&str> = begun
        .filter(|(flag, _)| flag.id != first.0.id || flag.takes != first.0.takes)
        .map(|(_, long)| long)
        .collect();
    if others.is_empty() {
        return Ok(first);
    }
    let mut message = quoted("option ", &shown, " is ambiguous; possibilities:");
    for long in std::iter::once(first.1).chain(others) {
        message.extend_from_slice(format!(" '--{long}'").as_bytes());
    }
    Err(message)
}

fn short_options<'a, Id: Copy + PartialEq>(
    table: &[Flag<Id>],
    mut cluster: &[u8],
    rest: &mut impl Iterator<Item = &'a OsString>,
    parsed: &mut Parsed<Id>,
) -> Result<(), Vec<u8>> {
    while let [letter, after @ ..] = cluster {
        let named = table
            .iter()
            .find(|flag| flag.short == Some(char::from(*letter)) && letter.is_ascii());
        let digits = || {
            table
                .iter()
                .find(|flag| flag.takes == Takes::Digits && letter.is_ascii_digit())
        };
        let Some(flag) = named.or_else(digits) else {
            return Err(quoted("invalid option -- ", &[*letter], ""));
        };
        let value = match flag.takes {
            Takes::Nothing => None,
            Takes::Digits => {
                let end = cluster
                    .iter()
                    .position(|byte| !byte.is_ascii_digit())
                    .unwrap_or(cluster.len());
                let (number, left) = cluster.split_at(end);
                parsed.options.push((flag.id, Some(owned(number))));
                cluster = left;
                continue;
            }
            Takes::Optional(_) if after.is_empty() => None,
            Takes::Value(_) if after.is_empty() => match rest.next() {
                Some(next) => Some(next.clone()),
                None => return Err(quoted("option requires an argument -- ", &[*letter], "")),
            },
            Takes::Value(_) | Takes::Optional(_) => Some(owned(after)),
        };
        parsed.options.push((flag.id, value));
        if flag.takes != Takes::Nothing {
            break;
        }
        cluster = after;
    }
    Ok(())
}

/// The flags of a tool that has no option of its own.
const HELP_ONLY: &[Flag<()>] = &[flag(
    (),
    None,
    Some("help"),
    Takes::Nothing,
    "display this help and exit",
)];

/// The operands of a tool whose only option is `--help`, which shows `usage` and that option. Without them, what there was
/// to say was said, and the error is the tool's status.
pub fn operands(name: &str, usage: &str, args: &[OsString]) -> Result<Vec<OsString>, i32> {
    let parsed = parse(name, HELP_ONLY, Order::Permute, args).map_err(|error| error.report(1))?;
    if parsed.options.is_empty() {
        return Ok(parsed.operands);
    }
    let text = format!("{usage}\n{}", help(HELP_ONLY));
    Err(stdio::print(name, text.as_bytes()))
}

/// As `operands`, of a tool that takes none.
pub fn no_operands(name: &str, usage: &str, args: &[OsString]) -> Result<(), i32> {
    match operands(name, usage, args)?.first() {
        None => Ok(()),
        Some(extra) => {
            let quoted = quoted_text(extra.as_bytes());
            let message = [b"extra operand ", quoted.as_slice()].concat();
            Err(UsageError::new(name, message).report(1))
        }
    }
}

/// The lines of `--help` that list the flags.
pub fn help<Id>(table: &[Flag<Id>]) -> String {
    let mut text = String::new();
    for flag in table.iter().filter(|flag| !flag.help.is_empty()) {
        let mut left = match (flag.short, flag.long) {
            (Some(short), Some(long)) => format!("  -{short}, --{long}"),
            (Some(short), None) => format!("  -{short}"),
            (None, Some(long)) => format!("      --{long}"),
            (None, None) => "  -NUM".to_owned(),
        };
        match (flag.takes, flag.long) {
            (Takes::Value(value), Some(_)) => left += &format!("={value}"),
            (Takes::Value(value), None) => left += &format!(" {value}"),
            (Takes::Optional(value), Some(_)) => left += &format!("[={value}]"),
            (Takes::Optional(value), None) => left += &format!("[{value}]"),
            (Takes::Nothing | Takes::Digits, _) => {}
        }
        text += &format!("{left:<28}  {}\n", flag.help);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Takes::{Digits, Nothing, Optional, Value};
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Id {
        All,
        After,
        Color,
        Context,
        Count,
        Edit,
        Number,
    }

    const TABLE: &[Flag<Id>] = &[
        flag(Id::All, Some('a'), Some("all"), Nothing, "show all"),
        flag(
            Id::After,
            Some('A'),
            Some("after"),
            Value("NUM"),
            "lines after",
        ),
        flag(Id::Context, None, Some("context"), Value("NUM"), ""),
        flag(
            Id::Color,
            None,
            Some("color"),
            Optional("WHEN"),
            "use colours",
        ),
        flag(Id::Color, None, Some("colour"), Optional("WHEN"), ""),
        flag(Id::Count, None, Some("count"), Nothing, ""),
        flag(
            Id::Edit,
            Some('i'),
            None,
            Optional("SUFFIX"),
            "edit in place",
        ),
        flag(Id::Number, None, None, Digits, "same as -A NUM"),
    ];

    fn parsed_in(order: Order, args: &[&[u8]]) -> Result<Parsed<Id>, UsageError> {
        let argv: Vec<OsString> = std::iter::once(&b"ls"[..])
            .chain(args.iter().copied())
            .map(super::owned)
            .collect();
        parse("ls", TABLE, order, &argv)
    }

    fn parsed(args: &[&str]) -> (Vec<(Id, Option<OsString>)>, Vec<OsString>) {
        let args: Vec<&[u8]> = args.iter().map(|arg| arg.as_bytes()).collect();
        let parsed = parsed_in(Order::Permute, &args).expect("the table allows these arguments");
        (parsed.options, parsed.operands)
    }

    fn error(args: &[&[u8]]) -> Vec<u8> {
        parsed_in(Order::Permute, args)
            .expect_err("the table does not allow these arguments")
            .message
    }

    fn with(id: Id, value: &str) -> (Id, Option<OsString>) {
        (id, Some(value.into()))
    }

    #[test]
    fn a_cluster_ends_with_the_flag_that_takes_the_rest() {
        assert_eq!(parsed(&["-aA3"]).0, [(Id::All, None), with(Id::After, "3")]);
        assert_eq!(
            parsed(&["-aA", "-3"]).0,
            [(Id::All, None), with(Id::After, "-3")]
        );
        assert_eq!(
            parsed(&["-ai", "x"]),
            (vec![(Id::All, None), (Id::Edit, None)], vec!["x".into()])
        );
        assert_eq!(parsed(&["-i.bak"]).0, [with(Id::Edit, ".bak")]);
    }

    #[test]
    fn long_flags_take_values_and_may_be_abbreviated() {
        assert_eq!(
            parsed(&["--after=3", "--aft", "4"]).0,
            [with(Id::After, "3"), with(Id::After, "4")]
        );
        assert_eq!(parsed(&["--after="]).0, [with(Id::After, "")]);
        assert_eq!(
            parsed(&["--col", "--colou=x"]).0,
            [(Id::Color, None), with(Id::Color, "x")]
        );
    }

    #[test]
    fn operands_stand_anywhere_until_the_double_dash() {
        let expected = (
            vec![(Id::All, None)],
            vec!["x".into(), "-".into(), "-a".into(), "--".into()],
        );
        assert_eq!(parsed(&["x", "-a", "-", "--", "-a", "--"]), expected);
    }

    #[test]
    fn options_first_stops_at_the_first_operand() {
        let parsed = parsed_in(Order::OptionsFirst, &[b"-a", b"x", b"-a", b"--"]).expect("allowed");
        assert_eq!(parsed.options, [(Id::All, None)]);
        assert_eq!(parsed.operands, ["x", "-a", "--"]);
    }

    #[test]
    fn a_run_of_digits_is_one_option() {
        assert_eq!(
            parsed(&["-a12a3"]).0,
            [
                (Id::All, None),
                with(Id::Number, "12"),
                (Id::All, None),
                with(Id::Number, "3")
            ]
        );
    }

    #[test]
    fn arguments_that_are_not_utf8_survive() {
        let parsed =
            parsed_in(Order::Permute, &[b"-A\xff", b"--after=\xfe", b"\xfd"]).expect("allowed");
        assert_eq!(
            parsed.options,
            [
                (Id::After, Some(owned(b"\xff"))),
                (Id::After, Some(owned(b"\xfe")))
            ]
        );
        assert_eq!(parsed.operands, [owned(b"\xfd")]);
    }

    #[test]
    fn errors_are_worded_as_gnu_words_them() {
        assert_eq!(error(&[b"--foo=x"]), b"unrecognized option '--foo=x'");
        assert_eq!(error(&[b"-ay"]), b"invalid option -- 'y'");
        assert_eq!(error(&[b"-\xc3\xa9"]), b"invalid option -- '\xc3'");
        assert_eq!(error(&[b"-A"]), b"option requires an argument -- 'A'");
        assert_eq!(error(&[b"--aft"]), b"option '--after' requires an argument");
        assert_eq!(
            error(&[b"--al=3"]),
            b"option '--all' doesn't allow an argument"
        );
        assert_eq!(
            error(&[b"--co=x"]),
            b"option '--co=x' is ambiguous; possibilities: '--context' '--color' '--colour' '--count'"
        );
    }

    #[test]
    fn the_report_names_the_applet_and_the_hint() {
        let error = UsageError::new("grep", "invalid option -- 'y'");
        assert_eq!(
            error.text(""),
            b"grep: invalid option -- 'y'\nTry 'grep --help' for more information.\n"
        );
        assert_eq!(
            error.text("Usage: grep"),
            b"grep: invalid option -- 'y'\nUsage: grep\nTry 'grep --help' for more information.\n"
        );
    }

    #[test]
    fn help_lists_the_flags_that_have_a_line() {
        assert_eq!(
            help(TABLE),
            "  -a, --all                   show all\n  \
             -A, --after=NUM             lines after\n      \
             --color[=WHEN]          use colours\n  \
             -i[SUFFIX]                  edit in place\n  \
             -NUM                        same as -A NUM\n"
        );
    }
}
