//! Processes: start a program, wait for its end, send it a signal or take one; and the descriptors that processes share.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::path::PathBuf;
use std::time::Duration;

pub use toolbox_abi::{Descriptor, Disposition, WaitStatus as ExitStatus};

use super::signal::Signal;

#[cfg(unix)]
mod native;
#[cfg(test)]
mod tests;
#[cfg(target_os = "wasi")]
mod wasi;

#[cfg(unix)]
use native as system;
#[cfg(target_os = "wasi")]
use wasi as system;

/// The number of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pid(pub u32);

/// Which child a wait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    Any,
    Pid(Pid),
}

/// How long a wait lasts when no child has ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Forever,
    AtMost(Duration),
}

impl Wait {
    /// Does not wait: only looks whether a child has ended.
    pub const NOT: Self = Self::AtMost(Duration::ZERO);
}

/// A program to start. What is not said is that of this process.
#[derive(Clone, Debug)]
pub struct Command {
    /// A path, or with `search` also a name.
    pub program: OsString,
    /// Look for a name without a slash in the directories of the new process's `PATH`.
    pub search: bool,
    /// With the name the program is called by, which is the first.
    pub args: Vec<OsString>,
    /// The whole environment.
    pub env: Option<Vec<(OsString, OsString)>>,
    pub cwd: Option<PathBuf>,
    /// All descriptors of the new process; their order does not matter.
    pub descriptors: Vec<Descriptor>,
    /// Signals that the new process ignores from its start (numbers up to 32), beside those that this one does. What this
    /// one catches has its default there.
    pub ignored: Vec<Signal>,
}

impl Command {
    /// The command of a command line: its first word is looked up and is the name it is called by.
    pub fn new(line: Vec<OsString>) -> Self {
        Self {
            program: line.first().cloned().unwrap_or_default(),
            search: true,
            args: line,
            env: None,
            cwd: None,
            descriptors: (0..3)
                .map(|fd| Descriptor {
                    target: fd,
                    source: fd,
                })
                .collect(),
            ignored: Vec::new(),
        }
    }

    /// Starts the program and waits for its end, which no signal interrupts. Why it could not be started is told by the
    /// number of the error: `ENOENT`, `EACCES`, `ENOTDIR`, `ELOOP`, `E2BIG`, or `ENOEXEC` for a file that is executable but
    /// neither a tool nor has `#!`.
    pub fn run(&self) -> io::Result<ExitStatus> {
        flush();
        system::run(self)
    }

    /// Starts the program, which runs beside this process. Its errors are those of `run`.
    pub fn spawn(&self) -> io::Result<Pid> {
        flush();
        system::spawn(self)
    }

    /// Becomes the program: its end is the end of this process, whose status is returned where the system cannot replace
    /// a process. An error says why it was not started.
    pub fn exec(&self) -> io::Result<i32> {
        flush();
        system::exec(self)
    }

    fn directory(&self) -> io::Result<PathBuf> {
        match &self.cwd {
            Some(directory) => Ok(directory.clone()),
            None => std::env::current_dir(),
        }
    }

    fn variables(&self) -> Vec<(OsString, OsString)> {
        match &self.env {
            Some(variables) => variables.clone(),
            None => std::env::vars_os().collect(),
        }
    }
}

/// What this process printed comes before what the next one prints.
fn flush() {
    // An output that cannot be written is reported at the end of the applet.
    let _ = io::stdout().flush();
}

/// The processor time of this process, and of its children that have ended and were waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub user: Duration,
    pub system: Duration,
    pub children_user: Duration,
    pub children_system: Duration,
}

/// Waits until a child has ended; none is the end of the time. Without children it is an error (`ECHILD`), and so is a
/// caught signal (`ErrorKind::Interrupted`).
pub fn wait(child: Child, wait: Wait) -> io::Result<Option<(Pid, ExitStatus)>> {
    system::wait(child, wait)
}

/// Sends a signal to a process; 0 is all of them, this one included, and -1 all others. Without a signal it only asks
/// whether there is such a process.
pub fn kill(pid: i32, signal: Option<Signal>) -> io::Result<()> {
    system::kill(pid, signal)
}

/// Says what a signal does to this process. `KILL` and `STOP` take no other disposition than their default (`EINVAL`).
///
/// A caught signal waits to be taken. Each one that comes also ends one wait with `ErrorKind::Interrupted`: a read of a pipe
/// or of standard input, `read_until`, `ready`, `wait` or `sleep`, under way or the next one. It does not end `Command::run`
/// or a write.
pub fn set_signal(signal: Signal, disposition: Disposition) -> io::Result<()> {
    system::set_signal(signal, disposition)
}

/// The caught signals that have come since this was last asked: bit `n - 1` is signal `n`.
pub fn take_signals() -> u64 {
    system::take_signals()
}

/// The signals that this process ignores, as it was started or has said since: bit `n - 1` is signal `n`.
pub fn ignored_signals() -> u64 {
    system::ignored_signals()
}

/// Waits for a time; a caught signal ends that with `ErrorKind::Interrupted`.
pub fn sleep(time: Duration) -> io::Result<()> {
    system::sleep(time)
}

/// The processor time used so far. In the sandbox it is all user time, and that of a turn which has not ended is an
/// estimate.
pub fn times() -> io::Result<Times> {
    system::times()
}

/// Ends this process as a child ended: by the same signal, or else with the status that is returned.
pub fn end_like(status: ExitStatus) -> i32 {
    if let Some(signal) = status.signal().and_then(|n| Signal::from_number(n.into()))
        && let Ok(own) = i32::try_from(id().0)
    {
        flush();
        // A signal that does not end this process leaves the status to say it.
        let _ = kill(own, Some(signal));
    }
    i32::from(status.code())
}

/// The number of this process.
pub fn id() -> Pid {
    Pid(system::id())
}

/// The number of the process that started this one; 0 when there is none.
pub fn parent_id() -> Pid {
    Pid(system::parent_id())
}

/// The permissions that new files do not get.
pub fn umask() -> u32 {
    system::umask()
}

/// Sets the umask and returns the one before.
pub fn set_umask(mask: u32) -> u32 {
    system::set_umask(mask)
}

/// A new pipe: its reading and its writing end.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    system::pipe()
}

/// A pipe without a bound: who writes never waits, and who reads finds the end when the last writer has closed. What is held
/// counts as memory; too much of it ends the call.
pub fn collector() -> io::Result<(OwnedFd, OwnedFd)> {
    system::collector()
}

/// Reads what there is, at most the buffer and never beyond the first `delimiter`; 0 is the end. Waits for the first byte
/// only, so less than a whole line may come.
pub fn read_until(fd: RawFd, buffer: &mut [u8], delimiter: u8) -> io::Result<usize> {
    system::read_until(fd, buffer, delimiter)
}

/// Waits until a read would not wait; says whether that is so by the end of the time.
pub fn ready(fd: RawFd, wait: Wait) -> io::Result<bool> {
    system::ready(fd, wait)
}

/// Whether a descriptor is open.
pub fn is_open(fd: RawFd) -> bool {
    system::is_open(fd)
}

/// One more descriptor of an open file, the lowest that is free from `least` up.
pub fn dup(fd: RawFd, least: RawFd) -> io::Result<OwnedFd> {
    system::dup(fd, least)
}

/// Makes `to` a descriptor of the file that `from` has open.
pub fn dup2(from: RawFd, to: RawFd) -> io::Result<()> {
    system::dup2(from, to)
}

/// Goes where this process was started: WASI starts every program in the root.
pub fn enter_working_directory() {
    system::enter_working_directory();
}

/// A directory to come back to, even if it is gone by then.
pub struct Directory(system::Directory);

impl Directory {
    /// The one this process is in.
    pub fn current() -> io::Result<Self> {
        system::Directory::current().map(Self)
    }

    pub fn enter(&self) -> io::Result<()> {
        self.0.enter()
    }
}

/// A path that starts this same program: the applet is the one of the first argument's name.
pub fn own_program() -> OsString {
    system::OWN_PROGRAM.into()
}
