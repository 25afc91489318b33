//! `env`: prints the environment, or runs a command in a changed one.

mod split;

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::process::Command;
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt};

const NAME: &str = "env";
/// `env` itself failed; every lower status is the command's.
const FAILED: i32 = 125;
const CANNOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Chdir,
    Empty,
    Help,
    Null,
    Split,
    Unset,
    Verbose,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::Empty,
        Some('i'),
        Some("ignore-environment"),
        Takes::Nothing,
        "start with an empty environment",
    ),
    flag(
        Id::Null,
        Some('0'),
        Some("null"),
        Takes::Nothing,
        "end each output line with NUL, not newline",
    ),
    flag(
        Id::Unset,
        Some('u'),
        Some("unset"),
        Takes::Value("NAME"),
        "remove variable from the environment",
    ),
    flag(
        Id::Chdir,
        Some('C'),
        Some("chdir"),
        Takes::Value("DIR"),
        "change working directory to DIR",
    ),
    flag(
        Id::Split,
        Some('S'),
        Some("split-string"),
        Takes::Value("S"),
        "take S apart into arguments, as a line behind #! needs it",
    ),
    flag(
        Id::Verbose,
        Some('v'),
        Some("debug"),
        Takes::Nothing,
        "say on stderr what is done",
    ),
    flag(
        Id::Help,
        None,
        Some("help"),
        Takes::Nothing,
        "display this help and exit",
    ),
];

/// What was typed.
#[derive(Debug, Default, PartialEq)]
struct Job {
    empty: bool,
    help: bool,
    null: bool,
    verbose: bool,
    unset: Vec<OsString>,
    directory: Option<OsString>,
    assignments: Vec<(OsString, OsString)>,
    command: Vec<OsString>,
}

type Variables = Vec<(OsString, OsString)>;

pub fn main(args: &[OsString]) -> i32 {
    let args = match split::expand(args, |name| env::var_os(name)) {
        Ok(args) => args,
        Err(message) => {
            stdio::complain(NAME, &message);
            return FAILED;
        }
    };
    let job = match Job::from_args(&args) {
        Ok(job) => job,
        Err(error) => return error.report(FAILED),
    };
    match job.run() {
        Ok(status) => status,
        Err(message) => {
            stdio::complain(NAME, &message);
            FAILED
        }
    }
}

impl Job {
    fn from_args(args: &[OsString]) -> Result<Job, UsageError> {
        let parsed = getopt::parse(NAME, FLAGS, Order::OptionsFirst, args)?;
        let mut job = Job::default();
        for (id, value) in parsed.options {
            match id {
                Id::Chdir => job.directory = value,
                Id::Empty => job.empty = true,
                Id::Help => job.help = true,
                Id::Null => job.null = true,
                // The value is in the place of the option by now.
                Id::Split => {}
                Id::Verbose => job.verbose = true,
                Id::Unset => job.unset.extend(value),
            }
        }
        let mut operands = parsed.operands.into_iter().peekable();
        job.empty |= operands.next_if(|operand| operand == "-").is_some();
        while let Some(assignment) = operands.peek().and_then(|operand| split(operand)) {
            job.assignments.push(assignment);
            operands.next();
        }
        job.command = operands.collect();
        if job.null && !job.command.is_empty() {
            return Err(UsageError::new(
                NAME,
                "cannot specify --null (-0) with command",
            ));
        }
        if job.directory.is_some() && job.command.is_empty() {
            return Err(UsageError::new(
                NAME,
                "must specify command with --chdir (-C)",
            ));
        }
        Ok(job)
    }

    fn run(self) -> Result<i32, Vec<u8>> {
        if self.help {
            return Ok(stdio::print(NAME, help().as_bytes()));
        }
        let variables = self.variables(env::vars_os().collect())?;
        let Some(command) = self.command.first() else {
            return Ok(stdio::print(
                NAME,
                &listing(&variables, if self.null { 0 } else { b'\n' }),
            ));
        };
        if let Some(directory) = &self.directory {
            env::set_current_dir(directory).map_err(|error| {
                let quoted = quoted(directory.as_bytes());
                [
                    b"cannot change directory to ",
                    quoted.as_slice(),
                    b": ",
                    sys::error_text(&error).as_bytes(),
                ]
                .concat()
            })?;
        }
        let name = quoted_text(command.as_bytes());
        let has_blanks = command.as_bytes().iter().any(u8::is_ascii_whitespace);
        if self.verbose {
            self.show();
        }
        let mut command = Command::new(self.command.clone());
        command.env = Some(variables);
        command.exec().or_else(|error| {
            let text = sys::error_text(&error);
            stdio::complain(NAME, &[name.as_slice(), b": ", text.as_bytes()].concat());
            let is_missing = error.kind() == io::ErrorKind::NotFound;
            if is_missing && has_blanks {
                stdio::complain(NAME, b"use -[v]S to pass options in shebang lines");
            }
            Ok(if is_missing { NOT_FOUND } else { CANNOT_RUN })
        })
    }

    /// Prints what is done before the command starts, and the command.
    fn show(&self) {
        let mut text = Vec::new();
        if self.empty {
            text.extend_from_slice(b"cleaning environ\n");
        }
        // Nothing is left to be unset after -i.
        for name in self.unset.iter().filter(|_| !self.empty) {
            text.extend([b"unset:    ", name.as_bytes(), b"\n"].concat());
        }
        for (name, value) in &self.assignments {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            text.extend([b"setenv:   ", name, b"=", value, b"\n"].concat());
        }
        if let Some(directory) = &self.directory {
            let directory = quoted(directory.as_bytes());
            text.extend([b"chdir:    ", directory.as_slice(), b"\n"].concat());
        }
        for (at, word) in self.command.iter().enumerate() {
            if at == 0 {
                text.extend([b"executing: ", word.as_bytes(), b"\n"].concat());
            }
            let word = quoted_text(word.as_bytes());
            text.extend([format!("   arg[{at}]= ").as_bytes(), &word, b"\n"].concat());
        }
        // A stderr that cannot be written to does not keep the command from running.
        let _ = io::stderr().write_all(&text);
    }

    /// The environment after the removals and assignments, in this order.
    fn variables(&self, inherited: Variables) -> Result<Variables, Vec<u8>> {
        let mut variables = if self.empty { Vec::new() } else { inherited };
        for name in &self.unset {
            if name.is_empty() || name.as_bytes().contains(&b'=') {
                let quoted = quoted_text(name.as_bytes());
                return Err([b"cannot unset ", quoted.as_slice(), b": Invalid argument"].concat());
            }
            variables.retain(|(known, _)| known != name);
        }
        for (name, value) in &self.assignments {
            match variables.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(value),
                None => variables.push((name.clone(), value.clone())),
            }
        }
        Ok(variables)
    }
}

/// `NAME=VALUE`, taken apart.
fn split(operand: &OsStr) -> Option<(OsString, OsString)> {
    let bytes = operand.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (bytes.get(..at)?, bytes.get(at + 1..)?);
    Some((
        OsStr::from_bytes(name).to_owned(),
        OsStr::from_bytes(value).to_owned(),
    ))
}

fn listing(variables: &Variables, end: u8) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in variables {
        text.extend_from_slice(name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
        text.push(end);
    }
    text
}

fn help() -> String {
    format!(
        "Usage: env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]\n\
         Set each NAME to VALUE in the environment and run COMMAND.\n\n{}\n\
         A mere - implies -i. If no COMMAND, print the resulting environment.\n",
        getopt::help(FLAGS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(args: &[&str]) -> Result<Job, UsageError> {
        let args: Vec<OsString> = ["env"].iter().chain(args).map(OsString::from).collect();
        Job::from_args(&args)
    }

    fn resulting(args: &[&str]) -> Result<String, String> {
        let inherited = vec![("A".into(), "1".into()), ("B".into(), "2".into())];
        match job(args).expect("a valid line").variables(inherited) {
            Ok(variables) => Ok(String::from_utf8_lossy(&listing(&variables, b' ')).into_owned()),
            Err(message) => Err(String::from_utf8_lossy(&message).into_owned()),
        }
    }

    #[test]
    fn variables_are_removed_before_they_are_set() {
        assert_eq!(resulting(&[]).as_deref(), Ok("A=1 B=2 "));
        assert_eq!(resulting(&["-u", "A", "C=3"]).as_deref(), Ok("B=2 C=3 "));
        assert_eq!(resulting(&["A=9", "-"]).as_deref(), Ok("A=9 B=2 "));
        assert_eq!(resulting(&["-u", "A", "A=5"]).as_deref(), Ok("B=2 A=5 "));
    }

    #[test]
    fn i_and_a_lone_dash_start_from_nothing() {
        assert_eq!(resulting(&["-i", "X="]).as_deref(), Ok("X= "));
        assert_eq!(resulting(&["-", "X=a=b"]).as_deref(), Ok("X=a=b "));
    }

    #[test]
    fn a_name_that_cannot_be_is_refused() {
        assert_eq!(
            resulting(&["-u", "a=b"]),
            Err("cannot unset ‘a=b’: Invalid argument".into())
        );
        assert_eq!(resulting(&["-i", "=x"]).as_deref(), Ok("=x "));
    }

    #[test]
    fn the_first_other_operand_is_the_command_and_keeps_its_options() {
        let job = job(&["A=1", "cut", "-d", "x", "B=2"]).expect("a valid line");
        assert_eq!(job.command, ["cut", "-d", "x", "B=2"]);
        assert_eq!(job.assignments, [("A".into(), "1".into())]);
    }

    #[test]
    fn null_takes_no_command_and_chdir_needs_one() {
        assert_eq!(
            job(&["-0", "cat"]).unwrap_err().to_string(),
            "cannot specify --null (-0) with command"
        );
        assert_eq!(
            job(&["-C", "/"]).unwrap_err().to_string(),
            "must specify command with --chdir (-C)"
        );
    }
}
