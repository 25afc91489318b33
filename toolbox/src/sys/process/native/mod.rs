//! Processes of the system that runs the unit tests.

mod collector;
mod read;
mod signal;
mod start;

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use super::{Child, Command, Descriptor, ExitStatus, Pid, Signal, Times, Wait};

pub use collector::collector;
pub use read::{read_until, ready};
pub use signal::{ignored_signals, set_signal, sleep, take_signals};

/// How often a child is looked at while something else may end the wait.
const LOOK: Duration = Duration::from_millis(1);

pub fn run(command: &Command) -> io::Result<ExitStatus> {
    let pid = start::spawn(command)?;
    loop {
        match wait_for(pid.cast_signed(), 0) {
            Ok(ended) => return Ok(ended.map_or(ExitStatus::exited(0), |(_, status)| status)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The caller waits for the child by its pid.
pub fn spawn(command: &Command) -> io::Result<Pid> {
    start::spawn(command).map(Pid)
}

pub fn exec(command: &Command) -> io::Result<i32> {
    Err(start::exec(command))
}

pub fn wait(child: Child, wait: Wait) -> io::Result<Option<(Pid, ExitStatus)>> {
    let pid = match child {
        Child::Any => -1,
        Child::Pid(Pid(pid)) => pid.cast_signed(),
    };
    let end = match wait {
        // No signal can end the wait, so the system waits.
        Wait::Forever if !signal::any_caught() => return wait_for(pid, 0),
        Wait::Forever => None,
        Wait::AtMost(time) => Some(Instant::now() + time.min(signal::LONG)),
    };
    loop {
        if let Some(ended) = wait_for(pid, libc::WNOHANG)? {
            return Ok(Some(ended));
        }
        if signal::interrupts() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

fn wait_for(pid: i32, options: i32) -> io::Result<Option<(Pid, ExitStatus)>> {
    let mut status = 0;
    // SAFETY: `status` is valid for writing.
    let ended = result(unsafe { libc::waitpid(pid, &raw mut status, options) })?;
    let status = if libc::WIFSIGNALED(status) {
        ExitStatus::signaled(byte(libc::WTERMSIG(status)))
    } else {
        ExitStatus::exited(byte(libc::WEXITSTATUS(status)))
    };
    Ok((ended != 0).then_some((Pid(ended.cast_unsigned()), status)))
}

/// Statuses and signals are below 256.
fn byte(number: i32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// Here 0 and -1 would reach what is none of ours: the processes that run the tests, and all of the user's.
pub fn kill(pid: i32, signal: Option<Signal>) -> io::Result<()> {
    if pid <= 0 {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    let signal = signal.map_or(0, |signal| signal.number().into());
    // SAFETY: kill(2) takes any numbers.
    result(unsafe { libc::kill(pid, signal) }).map(|_| ())
}

pub fn id() -> u32 {
    std::process::id()
}

pub fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

pub fn umask() -> u32 {
    let mask = set_umask(0o077);
    set_umask(mask);
    mask
}

pub fn set_umask(mask: u32) -> u32 {
    // SAFETY: umask(2) takes any number and cannot fail.
    unsafe { libc::umask(mask) }
}

pub fn times() -> io::Result<Times> {
    let own = usage(libc::RUSAGE_SELF)?;
    let children = usage(libc::RUSAGE_CHILDREN)?;
    Ok(Times {
        user: duration(own.ru_utime),
        system: duration(own.ru_stime),
        children_user: duration(children.ru_utime),
        children_system: duration(children.ru_stime),
    })
}

fn usage(whose: i32) -> io::Result<libc::rusage> {
    let mut usage = std::mem::MaybeUninit::uninit();
    // SAFETY: `usage` is valid for writing.
    result(unsafe { libc::getrusage(whose, usage.as_mut_ptr()) })?;
    // SAFETY: getrusage(2) has written all of it.
    Ok(unsafe { usage.assume_init() })
}

fn duration(time: libc::timeval) -> Duration {
    let micros = u64::try_from(time.tv_usec).unwrap_or(0);
    Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0)) + Duration::from_micros(micros)
}

pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((reader.into(), writer.into()))
}

pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: fcntl(2) takes any numbers.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

pub fn dup(fd: RawFd, least: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl(2) takes any numbers.
    let copy = result(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, least) })?;
    // SAFETY: the descriptor is new, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

pub fn dup2(from: RawFd, to: RawFd) -> io::Result<()> {
    // SAFETY: dup2(2) takes any numbers.
    result(unsafe { libc::dup2(from, to) }).map(|_| ())
}

/// The system has put us where we were started.
pub fn enter_working_directory() {}

/// Held open, so that it can be entered without its name.
pub struct Directory(std::fs::File);

impl Directory {
    pub fn current() -> io::Result<Self> {
        std::fs::File::open(".").map(Self)
    }

    pub fn enter(&self) -> io::Result<()> {
        // SAFETY: fchdir(2) takes any number.
        result(unsafe { libc::fchdir(self.0.as_raw_fd()) }).map(drop)
    }
}

pub const OWN_PROGRAM: &str = "/proc/self/exe";

fn result(answer: i32) -> io::Result<i32> {
    match answer {
        -1 => Err(io::Error::last_os_error()),
        answer => Ok(answer),
    }
}
