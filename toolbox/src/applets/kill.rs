//! `kill`: sends a signal to processes, or lists signals, as the one of procps does.
//!
//! procps takes a signal that it does not know (`-99 1`) for a process group and signals that; here it is refused.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use crate::stdio;
use crate::sys::process;
use crate::sys::signal::Signal;
use crate::sys::{self, OsStrExt};

const NAME: &str = "kill";
/// What a line of the list may be long.
const LINE: usize = 78;

const USAGE: &str = "
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
";

/// What is to be done. A signal that is none is number 0.
#[derive(Debug, PartialEq, Eq)]
enum Job {
    Help,
    List,
    Table,
    Convert(OsString),
    Send(Option<Signal>, Vec<OsString>),
}

/// Why nothing is done.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Usage,
    InvalidArgument(OsString),
}

pub fn main(args: &[OsString]) -> i32 {
    match Job::from_args(args) {
        Ok(Job::Help) => stdio::print(NAME, USAGE.as_bytes()),
        Ok(Job::List) => stdio::print(NAME, list().as_bytes()),
        Ok(Job::Table) => stdio::print(NAME, table().as_bytes()),
        Ok(Job::Convert(text)) => convert(&text),
        Ok(Job::Send(signal, pids)) => {
            let failed = pids.iter().filter(|pid| !send(pid, signal)).count();
            i32::from(failed > 0)
        }
        Err(refusal) => {
            if let Refusal::InvalidArgument(argument) = refusal {
                let argument = argument.as_bytes();
                stdio::complain(NAME, &[b"invalid argument ", argument].concat());
            }
            // The exit status says it, too.
            let _ = io::stderr().write_all(USAGE.as_bytes());
            1
        }
    }
}

impl Job {
    fn from_args(args: &[OsString]) -> Result<Self, Refusal> {
        let mut rest = args.iter().skip(1);
        let mut signal = Some(Signal::TERM);
        let mut pids = Vec::new();
        while let Some(arg) = rest.next() {
            let (option, value) = option_and_value(arg.as_bytes());
            match option {
                b"--" => {
                    pids.extend(rest.cloned());
                    break;
                }
                b"-h" | b"--help" => return Ok(Self::Help),
                b"-L" | b"--table" => return Ok(Self::Table),
                b"-l" | b"--list" => {
                    let value = value.map(|value| OsStr::from_bytes(value).to_owned());
                    return Ok(match value.or_else(|| rest.next().cloned()) {
                        Some(text) => Self::Convert(text),
                        None => Self::List,
                    });
                }
                b"-s" | b"--signal" => {
                    let value = match value {
                        Some(value) => value,
                        None => rest.next().ok_or(Refusal::Usage)?.as_bytes(),
                    };
                    signal = known(value).ok_or_else(|| refused(value))?;
                }
                [b'-', name @ ..] if pids.is_empty() && !name.is_empty() => {
                    signal = known(name).ok_or_else(|| refused(name))?;
                }
                _ => pids.push(arg.clone()),
            }
        }
        if pids.is_empty() {
            return Err(Refusal::Usage);
        }
        Ok(Self::Send(signal, pids))
    }
}

fn refused(name: &[u8]) -> Refusal {
    Refusal::InvalidArgument(OsStr::from_bytes(name).to_owned())
}

/// `--list=9`, `-l9` and `-s9`, taken apart.
fn option_and_value(arg: &[u8]) -> (&[u8], Option<&[u8]>) {
    match arg {
        [b'-', b'-', ..] => match arg.iter().position(|byte| *byte == b'=') {
            Some(at) => (&arg[..at], Some(&arg[at + 1..])),
            None => (arg, None),
        },
        [b'-', b'l' | b's', _, ..] => (&arg[..2], Some(&arg[2..])),
        _ => (arg, None),
    }
}

/// A signal by its name or number; 0 is none.
fn known(text: &[u8]) -> Option<Option<Signal>> {
    match std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
    {
        Some(0) => Some(None),
        Some(number) => Signal::from_number(number).map(Some),
        None => Signal::from_name(text).map(Some),
    }
}

fn send(pid: &OsStr, signal: Option<Signal>) -> bool {
    let Some(number) = pid.to_str().and_then(|pid| pid.parse().ok()) else {
        let message = [b"failed to parse argument: '", pid.as_bytes(), b"'"].concat();
        stdio::complain(NAME, &message);
        return false;
    };
    match process::kill(number, signal) {
        Ok(()) => true,
        Err(error) => {
            let text = format!("({number}): {}", sys::error_text(&error));
            stdio::complain(NAME, text.as_bytes());
            false
        }
    }
}

/// The name of a number, or the number of a name. A status of a shell stands for the signal in it.
fn convert(text: &OsStr) -> i32 {
    let number = text.to_str().and_then(|text| text.parse::<u32>().ok());
    let shown = match number {
        Some(status @ 129..=255) => Signal::from_number(status - 128).and_then(Signal::name),
        Some(number) => Signal::from_number(number).and_then(Signal::name),
        None => Signal::from_name(text.as_bytes()).map(|signal| signal.number().to_string()),
    };
    match shown {
        Some(shown) => stdio::print(NAME, format!("{shown}\n").as_bytes()),
        None => {
            stdio::complain(NAME, &[b"unknown signal name ", text.as_bytes()].concat());
            1
        }
    }
}

fn list() -> String {
    let mut text = String::new();
    let mut line = 0;
    for (_, name) in Signal::named() {
        if line > 0 && line + 1 + name.len() > LINE {
            text.push('\n');
            line = 0;
        }
        if line > 0 {
            text.push(' ');
            line += 1;
        }
        text += name;
        line += name.len();
    }
    text.push('\n');
    text
}

fn table() -> String {
    let mut text = String::new();
    for (signal, name) in Signal::named() {
        let number = signal.number();
        text += &format!("{number:2} {name:<8}");
        if number % 7 == 0 {
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(args: &[&str]) -> Result<Job, Refusal> {
        let args: Vec<OsString> = ["kill"].iter().chain(args).map(OsString::from).collect();
        Job::from_args(&args)
    }

    #[test]
    fn a_signal_stands_before_the_processes_in_any_of_its_forms() {
        for args in [
            &["-9", "7"][..],
            &["-KILL", "7"],
            &["-SIGKILL", "7"],
            &["-s", "KILL", "7"],
            &["-s9", "7"],
            &["--signal=kill", "7"],
            &["--signal", "9", "--", "7"],
        ] {
            let expected = Job::Send(Some(Signal::KILL), vec!["7".into()]);
            assert_eq!(job(args), Ok(expected), "{args:?}");
        }
        let expected = Job::Send(Some(Signal::TERM), vec!["7".into(), "-1".into()]);
        assert_eq!(job(&["--", "7", "-1"]), Ok(expected));
        assert_eq!(job(&["-0", "7"]), Ok(Job::Send(None, vec!["7".into()])));
    }

    #[test]
    fn nobody_is_signalled_by_a_signal_that_there_is_not() {
        for (arg, name) in [("-99", "99"), ("-FOO", "FOO"), ("-sFOO", "FOO")] {
            assert_eq!(job(&[arg, "7"]), Err(refused(name.as_bytes())));
        }
        assert_eq!(job(&["-9"]), Err(Refusal::Usage));
        assert_eq!(job(&["-s"]), Err(Refusal::Usage));
    }

    #[test]
    fn the_lists_are_those_of_procps() {
        assert_eq!(
            list(),
            "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT\n\
             CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS\n"
        );
        assert!(table().starts_with(" 1 HUP      2 INT      3 QUIT     4 ILL "));
        assert!(table().ends_with("29 POLL    30 PWR     31 SYS     \n"));
    }
}
