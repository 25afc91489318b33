//! Processes of the system that runs the unit tests.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::time::{Duration, Instant};

use super::{Child, Command, Descriptor, ExitStatus, Pid, Signal, Wait};

/// How often a child is looked at while the time of a wait runs.
const LOOK: Duration = Duration::from_millis(1);

pub fn run(command: &Command) -> io::Result<ExitStatus> {
    let status = prepared(command)?.status()?;
    Ok(match status.signal() {
        Some(signal) => ExitStatus::signaled(byte(signal)),
        None => ExitStatus::exited(byte(status.code().unwrap_or(0))),
    })
}

/// The caller waits for the child by its pid.
pub fn spawn(command: &Command) -> io::Result<Pid> {
    Ok(Pid(prepared(command)?.spawn()?.id()))
}

pub fn exec(command: &Command) -> io::Result<i32> {
    Err(prepared(command)?.exec())
}

fn prepared(command: &Command) -> io::Result<std::process::Command> {
    let program = &command.program;
    let mut prepared = if command.search || program.as_bytes().contains(&b'/') {
        std::process::Command::new(program)
    } else {
        std::process::Command::new(command.directory()?.join(program))
    };
    if let Some((name, args)) = command.args.split_first() {
        prepared.arg0(name).args(args);
    }
    prepared.env_clear().envs(command.variables());
    prepared.current_dir(command.directory()?);
    let descriptors = command.descriptors.clone();
    // SAFETY: between fork and exec `arrange` only makes system calls, on memory that is there already.
    unsafe { prepared.pre_exec(move || arrange(&descriptors)) };
    Ok(prepared)
}

/// Gives the process the descriptors it is to have, by way of copies above all targets. Those that are not standard are
/// closed when the program starts.
fn arrange(descriptors: &[Descriptor]) -> io::Result<()> {
    let is_standard = |fd| descriptors.iter().any(|descriptor| descriptor.target == fd);
    let least = 100;
    for (at, descriptor) in descriptors.iter().enumerate() {
        // SAFETY: fcntl(2) and dup2(2) take any numbers.
        let copy = unsafe {
            libc::fcntl(
                descriptor.source.cast_signed(),
                libc::F_DUPFD_CLOEXEC,
                least,
            )
        };
        result(copy)?;
        // The targets of the others are still to be copied from.
        let place = least + 100 + i32::try_from(at).unwrap_or(0);
        // SAFETY: as above.
        result(unsafe { libc::dup3(copy, place, libc::O_CLOEXEC) })?;
    }
    for (at, descriptor) in descriptors.iter().enumerate() {
        let place = least + 100 + i32::try_from(at).unwrap_or(0);
        // SAFETY: as above.
        result(unsafe { libc::dup2(place, descriptor.target.cast_signed()) })?;
    }
    for fd in (0..3).filter(|fd| !is_standard(*fd)) {
        // SAFETY: nothing of this process uses the descriptor any more.
        unsafe { libc::close(fd.cast_signed()) };
    }
    Ok(())
}

pub fn wait(child: Child, wait: Wait) -> io::Result<Option<(Pid, ExitStatus)>> {
    let pid = match child {
        Child::Any => -1,
        Child::Pid(Pid(pid)) => pid.cast_signed(),
    };
    let (options, end) = match wait {
        Wait::Forever => (0, None),
        Wait::AtMost(time) => (libc::WNOHANG, Instant::now().checked_add(time)),
    };
    loop {
        let mut status = 0;
        // SAFETY: `status` is valid for writing.
        let ended = result(unsafe { libc::waitpid(pid, &raw mut status, options) })?;
        if ended != 0 {
            let status = if libc::WIFSIGNALED(status) {
                ExitStatus::signaled(byte(libc::WTERMSIG(status)))
            } else {
                ExitStatus::exited(byte(libc::WEXITSTATUS(status)))
            };
            return Ok(Some((Pid(ended.cast_unsigned()), status)));
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// Statuses and signals are below 256.
fn byte(number: i32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

pub fn kill(pid: i32, signal: Option<Signal>) -> io::Result<()> {
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

pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((reader.into(), writer.into()))
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

fn result(answer: i32) -> io::Result<i32> {
    match answer {
        -1 => Err(io::Error::last_os_error()),
        answer => Ok(answer),
    }
}
