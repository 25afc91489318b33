//! Processes: start a program, wait for its end, send it a signal; and the descriptors that processes share.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::path::PathBuf;
use std::time::Duration;

pub use toolbox_abi::{Descriptor, WaitStatus as ExitStatus};

use super::signal::Signal;

#[cfg(unix)]
mod native;
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
        }
    }

    /// Starts the program and waits for its end.
    pub fn run(&self) -> io::Result<ExitStatus> {
        flush();
        system::run(self)
    }

    /// Starts the program, which runs beside this process.
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

/// Waits until a child has ended; none is the end of the time. Without children it is an error (`ECHILD`).
pub fn wait(child: Child, wait: Wait) -> io::Result<Option<(Pid, ExitStatus)>> {
    system::wait(child, wait)
}

/// Sends a signal to a process; 0 is all of them, this one included, and -1 all others. Without a signal it only asks
/// whether there is such a process.
pub fn kill(pid: i32, signal: Option<Signal>) -> io::Result<()> {
    system::kill(pid, signal)
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::AsRawFd;

    use super::*;

    fn shell(script: &str) -> Command {
        Command::new(["sh", "-c", script].map(OsString::from).to_vec())
    }

    fn read_all(fd: OwnedFd) -> String {
        let mut text = String::new();
        File::from(fd)
            .read_to_string(&mut text)
            .expect("text from the pipe");
        text
    }

    #[test]
    fn a_status_and_a_signal_are_told_apart() {
        let ended = shell("exit 7").run().expect("sh starts");
        assert_eq!((ended.code(), ended.signal()), (7, None));
        let ended = shell("kill -TERM $$").run().expect("sh starts");
        assert_eq!((ended.code(), ended.signal()), (143, Some(15)));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let missing = Command::new(vec!["no-such-program".into()]);
        let error = missing.run().expect_err("there is none");
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
        let directory = Command::new(vec!["/".into()]);
        let error = directory.spawn().expect_err("no program");
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    }

    #[test]
    fn a_child_has_the_descriptors_it_is_given_under_their_numbers() {
        let (one, into_one) = pipe().expect("a pipe");
        let (two, into_two) = pipe().expect("a pipe");
        let mut command = shell("echo first; echo second >&2");
        let source = |fd: &OwnedFd| fd.as_raw_fd().cast_unsigned();
        command.descriptors = vec![
            Descriptor {
                target: 2,
                source: source(&into_two),
            },
            Descriptor {
                target: 1,
                source: source(&into_one),
            },
        ];
        assert_eq!(command.run().expect("sh starts").code(), 0);
        drop((into_one, into_two));
        assert_eq!(
            (read_all(one), read_all(two)),
            ("first\n".into(), "second\n".into())
        );
    }

    #[test]
    fn environment_and_directory_are_those_of_the_command() {
        let (out, into) = pipe().expect("a pipe");
        let mut command = shell("echo $A; pwd");
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env = Some(vec![("A".into(), "1".into()), ("PATH".into(), path)]);
        command.cwd = Some("/".into());
        command.descriptors = vec![Descriptor {
            target: 1,
            source: into.as_raw_fd().cast_unsigned(),
        }];
        assert_eq!(command.run().expect("sh starts").code(), 0);
        drop(into);
        assert_eq!(read_all(out), "1\n/\n");
    }

    #[test]
    fn a_wait_ends_with_its_time_or_with_the_child() {
        let (gate, open) = pipe().expect("a pipe");
        let mut command = shell("read line; exit 3");
        command.descriptors = vec![Descriptor {
            target: 0,
            source: gate.as_raw_fd().cast_unsigned(),
        }];
        let pid = command.spawn().expect("sh starts");
        let child = Child::Pid(pid);
        let short = Wait::AtMost(Duration::from_millis(1));
        assert_eq!(wait(child, Wait::NOT).expect("a child"), None);
        assert_eq!(wait(child, short).expect("a child"), None);
        drop(open);
        let ended = wait(child, Wait::Forever).expect("a child");
        assert_eq!(ended, Some((pid, ExitStatus::exited(3))));
        let error = wait(child, Wait::NOT).expect_err("it is gone");
        assert_eq!(error.raw_os_error(), Some(libc::ECHILD));
    }

    #[test]
    fn a_child_is_there_until_a_signal_ends_it() {
        let pid = shell("exec sleep 1000").spawn().expect("sh starts");
        let number = i32::try_from(pid.0).expect("a pid");
        kill(number, None).expect("it is there");
        kill(number, Some(Signal::KILL)).expect("it is there");
        let ended = wait(Child::Pid(pid), Wait::Forever).expect("a child");
        assert_eq!(ended, Some((pid, ExitStatus::signaled(9))));
    }

    #[test]
    fn a_copy_of_a_descriptor_is_the_same_file() {
        let (out, into) = pipe().expect("a pipe");
        let copy = dup(into.as_raw_fd(), 50).expect("a copy");
        assert!(copy.as_raw_fd() >= 50);
        drop(into);
        io::Write::write_all(&mut File::from(copy), b"x").expect("a reader");
        assert_eq!(read_all(out), "x");
    }
}
