//! `timeout`: runs a command, and ends it when its time is over.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::time::Duration;

use super::duration;
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::process::{self, Child, Command, ExitStatus, Pid, Wait};
use crate::sys::quote::quoted_text;
use crate::sys::signal::Signal;
use crate::sys::{self, OsStrExt};

const NAME: &str = "timeout";
const TIMED_OUT: i32 = 124;
/// `timeout` itself failed.
const FAILED: i32 = 125;
const CANNOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;
const HINT: &[u8] = b"Try 'timeout --help' for more information.\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Foreground,
    Help,
    KillAfter,
    PreserveStatus,
    Signal,
    Verbose,
}

const FLAGS: &[Flag<Id>] = &[
    flag(
        Id::PreserveStatus,
        None,
        Some("preserve-status"),
        Takes::Nothing,
        "exit with the status of COMMAND also when its time is over",
    ),
    flag(
        Id::Foreground,
        None,
        Some("foreground"),
        Takes::Nothing,
        "send the signal to COMMAND alone, as it is always done here",
    ),
    flag(
        Id::KillAfter,
        Some('k'),
        Some("kill-after"),
        Takes::Value("DURATION"),
        "also send KILL if COMMAND still runs so long after the signal",
    ),
    flag(
        Id::Signal,
        Some('s'),
        Some("signal"),
        Takes::Value("SIGNAL"),
        "the signal to send (TERM)",
    ),
    flag(
        Id::Verbose,
        Some('v'),
        Some("verbose"),
        Takes::Nothing,
        "say on stderr which signal is sent",
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
#[derive(Debug)]
struct Job {
    help: bool,
    preserve_status: bool,
    verbose: bool,
    /// Signal 0 is none: the time is over without one.
    signal: Option<Signal>,
    kill_after: Duration,
    /// Zero has no end.
    time: Duration,
    command: Vec<OsString>,
}

pub fn main(args: &[OsString]) -> i32 {
    let job = match Job::from_args(args) {
        Ok(Some(job)) => job,
        Ok(None) => {
            // The hint is all that is said when the command is missing.
            let _ = io::stderr().write_all(HINT);
            return FAILED;
        }
        Err(error) => return error.report(FAILED),
    };
    if job.help {
        return stdio::print(NAME, help().as_bytes());
    }
    job.run()
}

impl Job {
    /// None is a line without a command.
    fn from_args(args: &[OsString]) -> Result<Option<Self>, UsageError> {
        let parsed = getopt::parse(NAME, FLAGS, Order::OptionsFirst, args)?;
        let refused = |message| UsageError::new(NAME, message);
        let mut job = Self {
            help: false,
            preserve_status: false,
            verbose: false,
            signal: Some(Signal::TERM),
            kill_after: Duration::ZERO,
            time: Duration::ZERO,
            command: Vec::new(),
        };
        for (id, value) in parsed.options {
            let value = value.unwrap_or_default();
            match id {
                Id::Foreground => {}
                Id::Help => {
                    job.help = true;
                    return Ok(Some(job));
                }
                Id::KillAfter => job.kill_after = duration::read(&value).map_err(refused)?,
                Id::PreserveStatus => job.preserve_status = true,
                Id::Signal => job.signal = signal(&value).map_err(refused)?,
                Id::Verbose => job.verbose = true,
            }
        }
        let mut operands = parsed.operands.into_iter();
        let time = operands.next();
        job.command = operands.collect();
        match time {
            Some(time) if !job.command.is_empty() => {
                job.time = duration::read(&time).map_err(refused)?;
                Ok(Some(job))
            }
            _ => Ok(None),
        }
    }

    fn run(&self) -> i32 {
        let pid = match Command::new(self.command.clone()).spawn() {
            Ok(pid) => pid,
            Err(error) => return self.not_started(&error),
        };
        let (ended, timed_out) = match self.supervise(pid) {
            Ok(found) => found,
            Err(error) => {
                let text = sys::error_text(&error);
                stdio::complain(
                    NAME,
                    format!("error waiting for command: {text}").as_bytes(),
                );
                return FAILED;
            }
        };
        match ended.signal() {
            // KILL tells a caller that the command had no chance to end by itself.
            Some(signal) if signal == Signal::KILL.number() => process::end_like(ended),
            _ if timed_out && !self.preserve_status => TIMED_OUT,
            Some(_) if !timed_out => process::end_like(ended),
            _ => i32::from(ended.code()),
        }
    }

    fn not_started(&self, error: &io::Error) -> i32 {
        let program = self
            .command
            .first()
            .map_or(OsStr::new(""), OsString::as_os_str);
        let message = [
            b"failed to run command ",
            quoted_text(program.as_bytes()).as_slice(),
            b": ",
            sys::error_text(error).as_bytes(),
        ]
        .concat();
        stdio::complain(NAME, &message);
        match error.kind() {
            io::ErrorKind::NotFound => NOT_FOUND,
            _ => CANNOT_RUN,
        }
    }

    /// Waits for the end of the command, which the signals bring about when it does not come in time.
    fn supervise(&self, pid: Pid) -> io::Result<(ExitStatus, bool)> {
        let child = Child::Pid(pid);
        if let Some((_, ended)) = process::wait(child, limit(self.time))? {
            return Ok((ended, false));
        }
        self.send(pid, self.signal)?;
        if let Some((_, ended)) = process::wait(child, limit(self.kill_after))? {
            return Ok((ended, true));
        }
        self.send(pid, Some(Signal::KILL))?;
        match process::wait(child, Wait::Forever)? {
            Some((_, ended)) => Ok((ended, true)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn send(&self, pid: Pid, signal: Option<Signal>) -> io::Result<()> {
        if self.verbose {
            let program = self
                .command
                .first()
                .map_or(OsStr::new(""), OsString::as_os_str);
            let name = match signal {
                None => "EXIT".to_owned(),
                Some(signal) => signal.name().unwrap_or_else(|| signal.number().to_string()),
            };
            let message = [
                b"sending signal ",
                name.as_bytes(),
                b" to command ",
                &quoted_text(program.as_bytes()),
            ]
            .concat();
            stdio::complain(NAME, &message);
        }
        let pid = i32::try_from(pid.0).unwrap_or(i32::MAX);
        match process::kill(pid, signal) {
            // It has ended in the meantime, which the next wait says.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            sent => sent,
        }
    }
}

fn limit(time: Duration) -> Wait {
    if time.is_zero() {
        Wait::Forever
    } else {
        Wait::AtMost(time)
    }
}

/// A signal by its name or its number, which may be the status of a process that it ended. None is number 0.
fn signal(text: &OsStr) -> Result<Option<Signal>, Vec<u8>> {
    let bytes = text.as_bytes();
    let is_number = bytes.first().is_some_and(u8::is_ascii_digit);
    let number = text.to_str().and_then(|text| text.parse::<u32>().ok());
    let found = match number.filter(|_| is_number) {
        Some(number @ (0..=127)) => Some(number),
        Some(number @ (128..=255)) => Some(number - 128),
        Some(_) => None,
        None if bytes.eq_ignore_ascii_case(b"EXIT") => Some(0),
        None => Signal::from_name(bytes).map(|signal| signal.number().into()),
    };
    let found = match found {
        Some(0) => Some(None),
        Some(number) => Signal::from_number(number).map(Some),
        None => None,
    };
    found.ok_or_else(|| [&quoted_text(bytes), ": invalid signal".as_bytes()].concat())
}

fn help() -> String {
    format!(
        "Usage: timeout [OPTION]... DURATION COMMAND [ARG]...\n\
         Start COMMAND, and end it if it still runs after DURATION: a number, and s, m, h or d.\n\n{}\n\
         The exit status is 124 when the time was over, 125 when timeout itself fails, 126 when COMMAND\n\
         cannot be run, 127 when it is not found, 137 when it was sent KILL, and else that of COMMAND.\n",
        getopt::help(FLAGS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<u8> {
        let signal = signal(OsStr::new(text)).ok()?;
        Some(signal.map_or(0, Signal::number))
    }

    #[test]
    fn signals_are_names_numbers_and_statuses() {
        for (text, expected) in [
            ("TERM", 15),
            ("sigint", 2),
            ("RTMIN+1", 35),
            ("09", 9),
            ("137", 9),
            ("0", 0),
            ("128", 0),
            ("EXIT", 0),
            ("64", 64),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["FOO", "99", "-1", "0x9", " 9", "+9", "", "300"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn the_command_keeps_its_options() {
        let args = ["timeout", "-k1", "2m", "env", "-s", "x"].map(OsString::from);
        let job = Job::from_args(&args)
            .expect("a valid line")
            .expect("a command");
        assert_eq!(job.command, ["env", "-s", "x"]);
        assert_eq!(job.time, Duration::from_secs(120));
        assert_eq!(job.kill_after, Duration::from_secs(1));
    }

    #[test]
    fn a_line_without_a_command_is_told_from_a_wrong_one() {
        let args = ["timeout", "1"].map(OsString::from);
        assert!(matches!(Job::from_args(&args), Ok(None)));
    }
}
