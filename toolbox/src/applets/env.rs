//! `env`: prints the environment, or runs a command in a changed one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::Applet;
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::quote::{quoted, quoted_text};
use crate::sys::{self, OsStrExt};

const NAME: &str = "env";
/// `env` itself failed; every lower status is the command's.
const FAILED: i32 = 125;
const NOT_FOUND: i32 = 127;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Chdir,
    Empty,
    Help,
    Null,
    Unset,
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
    unset: Vec<OsString>,
    directory: Option<OsString>,
    assignments: Vec<(OsString, OsString)>,
    command: Vec<OsString>,
}

type Variables = Vec<(OsString, OsString)>;

pub fn main(args: &[OsString]) -> i32 {
    let job = match Job::from_args(args) {
        Ok(job) => job,
        Err(error) => return error.report(FAILED),
    };
    match job.run(args.len()) {
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

    fn run(self, argument_count: usize) -> Result<i32, Vec<u8>> {
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
        let before: Vec<OsString> = env::vars_os().map(|(name, _)| name).collect();
        enter(&before, &variables);
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
        let Some(applet) = applet_at(command) else {
            let quoted = quoted_text(command.as_bytes());
            stdio::complain(
                NAME,
                &[quoted.as_slice(), b": No such file or directory"].concat(),
            );
            return Ok(NOT_FOUND);
        };
        if argument_count == self.command.len() + 1 {
            // uutils takes the name for its messages from the command line of the process.
            uucore::set_utility_is_second_arg();
        }
        Ok((applet.main)(&self.command))
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

/// The applet that a command names, by its name or by its path.
fn applet_at(command: &OsStr) -> Option<&'static Applet> {
    let path = Path::new(command);
    match path.parent()?.to_str()? {
        "" | "/bin" | "/usr/bin" => super::find(path.file_name()?),
        _ => None,
    }
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

/// Makes `variables` the environment of this process, whose variables have the names `before`.
fn enter(before: &[OsString], variables: &Variables) {
    for name in before {
        // SAFETY: a process of the sandbox has one thread.
        unsafe { env::remove_var(name) };
    }
    // A variable without a name can be printed, but std cannot set it.
    for (name, value) in variables.iter().filter(|(name, _)| !name.is_empty()) {
        // SAFETY: a process of the sandbox has one thread.
        unsafe { env::set_var(name, value) };
    }
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

    #[test]
    fn an_applet_is_known_by_name_and_in_the_bin_directories() {
        assert!(applet_at(OsStr::new("cat")).is_some());
        assert!(applet_at(OsStr::new("/usr/bin/cat")).is_some());
        assert!(applet_at(OsStr::new("/work/cat")).is_none());
        assert!(applet_at(OsStr::new("foo")).is_none());
    }
}
