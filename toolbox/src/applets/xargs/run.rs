//! Runs the commands, one after another or several at a time, and keeps what came of them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};

use super::options::{NAME, Settings};
use crate::stdio;
use crate::sys::process::{self, Child, Command, Descriptor, ExitStatus, Pid, Wait};
use crate::sys::quote::{Quoting, Style, quoted_text};
use crate::sys::{self, OsStrExt};

/// A command ended with a status from 1 to 254.
const COMMAND_FAILED: i32 = 123;
/// A command ended with 255, which ends xargs.
const COMMAND_ABORTED: i32 = 124;
const COMMAND_SIGNALED: i32 = 125;
const CANNOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;

/// xargs ends now, with this status.
#[derive(Debug, PartialEq, Eq)]
pub struct Stop(pub i32);

pub struct Runner<'a> {
    settings: &'a Settings,
    /// What children read; none is our own stdin.
    stdin: Option<OwnedFd>,
    /// The child that has each slot, and its name.
    slots: Vec<Option<(Pid, OsString)>>,
    status: i32,
}

impl<'a> Runner<'a> {
    pub fn new(settings: &'a Settings) -> io::Result<Self> {
        // The input is on stdin, so children must not read it; a file of arguments leaves it to them.
        let stdin = match settings.arg_file {
            Some(_) => None,
            None => Some(File::open("/dev/null")?.into()),
        };
        Ok(Self {
            settings,
            stdin,
            slots: Vec::new(),
            status: 0,
        })
    }

    /// Runs a command line, or starts it where there may be several.
    pub fn run(&mut self, line: Vec<OsString>) -> Result<(), Stop> {
        self.announce(&line)?;
        let name = line.first().cloned().unwrap_or_default();
        let mut command = Command::new(line);
        let tty = self.tty()?;
        if let (Some(stdin), _) | (None, Some(stdin)) = (&tty, &self.stdin)
            && let Some(first) = command.descriptors.first_mut()
        {
            *first = Descriptor {
                target: 0,
                source: stdin.as_raw_fd().cast_unsigned(),
            };
        }
        if self.settings.max_procs == Some(1) {
            self.name_slot(&mut command, 0);
            let ended = command.run().map_err(|error| not_started(&name, &error))?;
            return self.account(&name, ended);
        }
        let slot = self.free_slot()?;
        self.name_slot(&mut command, slot);
        let pid = command
            .spawn()
            .map_err(|error| not_started(&name, &error))?;
        if let Some(free) = self.slots.get_mut(slot) {
            *free = Some((pid, name));
        }
        Ok(())
    }

    /// Waits for all that run, and gives the exit status.
    pub fn finish(mut self, stopped: Option<Stop>) -> i32 {
        let mut stopped = stopped;
        while self.slots.iter().any(Option::is_some) {
            let ended = self.reap(Wait::Forever);
            stopped = stopped.or(ended.err());
        }
        stopped.map_or(self.status, |Stop(status)| status)
    }

    /// The lowest slot that no child has, when there is room for one more.
    fn free_slot(&mut self) -> Result<usize, Stop> {
        while self.reap(Wait::NOT)? {}
        loop {
            let running = self.slots.iter().flatten().count();
            if self.settings.max_procs.is_none_or(|most| running < most) {
                break;
            }
            self.reap(Wait::Forever)?;
        }
        match self.slots.iter().position(Option::is_none) {
            Some(slot) => Ok(slot),
            None => {
                self.slots.push(None);
                Ok(self.slots.len() - 1)
            }
        }
    }

    /// Takes note of a child that has ended; false when none has.
    fn reap(&mut self, wait: Wait) -> Result<bool, Stop> {
        if self.slots.iter().all(Option::is_none) {
            return Ok(false);
        }
        let (pid, ended) = match process::wait(Child::Any, wait) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(false),
            Err(error) => {
                // Children that cannot be waited for are as good as gone.
                self.slots.clear();
                let text = format!(
                    "error waiting for child process: {}",
                    sys::error_text(&error)
                );
                stdio::complain(NAME, text.as_bytes());
                return Err(Stop(1));
            }
        };
        let slot = self
            .slots
            .iter_mut()
            .find(|slot| slot.as_ref().is_some_and(|(child, _)| *child == pid));
        // Other children were here before us, as after an exec.
        if let Some((_, name)) = slot.and_then(Option::take) {
            self.account(&name, ended)?;
        }
        Ok(true)
    }

    fn account(&mut self, name: &OsStr, ended: ExitStatus) -> Result<(), Stop> {
        let name = name.as_bytes();
        match (ended.signal(), ended.code()) {
            (Some(signal), _) => {
                let text = format!(": terminated by signal {signal}");
                stdio::complain(NAME, &[name, text.as_bytes()].concat());
                return Err(Stop(COMMAND_SIGNALED));
            }
            (None, 255) => {
                let text = b": exited with status 255; aborting";
                stdio::complain(NAME, &[name, text].concat());
                return Err(Stop(COMMAND_ABORTED));
            }
            (None, 0) => {}
            (None, _) => self.status = COMMAND_FAILED,
        }
        Ok(())
    }

    fn name_slot(&self, command: &mut Command, slot: usize) {
        let Some(name) = &self.settings.slot_var else {
            return;
        };
        let mut variables: Vec<_> = std::env::vars_os()
            .filter(|(known, _)| known != name)
            .collect();
        variables.push((name.clone(), slot.to_string().into()));
        command.env = Some(variables);
    }

    /// Prints the command for `-t` and `-p`.
    fn announce(&self, line: &[OsString]) -> Result<(), Stop> {
        if !self.settings.verbose && !self.settings.interactive {
            return Ok(());
        }
        let words: Vec<Vec<u8>> = line
            .iter()
            .map(|word| Quoting::new(Style::ShellEscape).apply(word.as_bytes()))
            .collect();
        let mut text = words.join(&b' ');
        if !self.settings.interactive {
            text.push(b'\n');
        }
        // A stderr that cannot be written to does not keep a command from running.
        let _ = io::stderr().write_all(&text);
        if self.settings.interactive {
            // There is no terminal in the sandbox that could answer.
            let error = io::Error::from_raw_os_error(libc::ENXIO);
            let text = format!(
                "failed to open /dev/tty for reading: {}",
                sys::error_text(&error)
            );
            stdio::complain(NAME, text.as_bytes());
            return Err(Stop(1));
        }
        Ok(())
    }

    fn tty(&self) -> Result<Option<OwnedFd>, Stop> {
        if !self.settings.open_tty {
            return Ok(None);
        }
        match File::open("/dev/tty") {
            Ok(tty) => Ok(Some(tty.into())),
            Err(error) => {
                let text = [
                    &quoted_text(b"/dev/tty"),
                    b": ".as_slice(),
                    sys::error_text(&error).as_bytes(),
                ]
                .concat();
                stdio::complain(NAME, &text);
                Err(Stop(CANNOT_RUN))
            }
        }
    }
}

fn not_started(name: &OsStr, error: &io::Error) -> Stop {
    let text = [name.as_bytes(), b": ", sys::error_text(error).as_bytes()].concat();
    stdio::complain(NAME, &text);
    match error.kind() {
        io::ErrorKind::NotFound => Stop(NOT_FOUND),
        _ => Stop(CANNOT_RUN),
    }
}
