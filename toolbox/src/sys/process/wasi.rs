//! Processes of the sandbox's kernel.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::wasi::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use toolbox_abi::{INHERIT_UMASK, SEARCH_PATH, SpawnMessage, WITHOUT_LIMIT, Waited};

use super::{Child, Command, Disposition, ExitStatus, Pid, Signal, Times, Wait};
use crate::sys::succeeded;

/// Every tool is the same program; this one is always there.
pub const OWN_PROGRAM: &str = "/bin/bash";
/// Most working directories are shorter.
const USUAL_PATH: usize = 256;

pub fn run(command: &Command) -> io::Result<ExitStatus> {
    let message = message(command)?;
    let mut status = 0;
    // SAFETY: `message` is valid for reading its length, and `status` for writing a word.
    succeeded(unsafe { toolbox_abi::proc_run(message.as_ptr(), message.len(), &raw mut status) })?;
    Ok(ExitStatus(status))
}

pub fn spawn(command: &Command) -> io::Result<Pid> {
    let message = message(command)?;
    let mut pid = 0;
    // SAFETY: `message` is valid for reading its length, and `pid` for writing a word.
    succeeded(unsafe { toolbox_abi::proc_spawn(message.as_ptr(), message.len(), &raw mut pid) })?;
    Ok(Pid(pid))
}

/// The kernel cannot replace a process: this one waits and ends in the same way.
pub fn exec(command: &Command) -> io::Result<i32> {
    Ok(super::end_like(run(command)?))
}

/// The variables of this process, which nothing sets.
static OWN_ENVIRONMENT: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

/// `NAME=VALUE` each.
fn assignments(variables: Vec<(OsString, OsString)>) -> Vec<Vec<u8>> {
    variables
        .into_iter()
        .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat())
        .collect()
}

fn message(command: &Command) -> io::Result<Vec<u8>> {
    let cwd = command.directory()?;
    let cwd = match cwd.is_absolute() {
        true => cwd,
        false => std::env::current_dir()?.join(cwd),
    };
    let given;
    let env = match command.env {
        None => OWN_ENVIRONMENT.get_or_init(|| assignments(command.variables())),
        Some(_) => {
            given = assignments(command.variables());
            &given
        }
    };
    let message = SpawnMessage {
        flags: if command.search { SEARCH_PATH } else { 0 },
        umask: INHERIT_UMASK,
        ignored: command.ignored.iter().fold(0, |bits, signal| {
            bits | 1_u32
                .checked_shl(u32::from(signal.number()) - 1)
                .unwrap_or(0)
        }),
        path: command.program.as_bytes(),
        cwd: cwd.as_os_str().as_bytes(),
        args: command.args.iter().map(|arg| arg.as_bytes()).collect(),
        env: env.iter().map(Vec::as_slice).collect(),
        descriptors: command.descriptors.clone(),
    };
    Ok(message.encode())
}

pub fn wait(child: Child, wait: Wait) -> io::Result<Option<(Pid, ExitStatus)>> {
    let pid = match child {
        Child::Any => -1,
        Child::Pid(Pid(pid)) => pid.cast_signed(),
    };
    let timeout = nanoseconds(wait);
    let mut waited = Waited::default();
    // SAFETY: `waited` is valid for writing.
    succeeded(unsafe { toolbox_abi::proc_wait(pid, timeout, &raw mut waited) })?;
    Ok(match waited.pid {
        0 => None,
        pid => Some((Pid(pid), ExitStatus(waited.status))),
    })
}

fn nanoseconds(wait: Wait) -> u64 {
    match wait {
        Wait::Forever => WITHOUT_LIMIT,
        Wait::AtMost(time) => u64::try_from(time.as_nanos()).unwrap_or(WITHOUT_LIMIT),
    }
}

pub fn set_signal(signal: Signal, disposition: Disposition) -> io::Result<()> {
    let number = u32::from(signal.number());
    succeeded(toolbox_abi::proc_set_signal(number, disposition.number()))
}

pub fn take_signals() -> u64 {
    toolbox_abi::proc_take_signals()
}

pub fn ignored_signals() -> u64 {
    toolbox_abi::proc_ignored_signals()
}

pub fn sleep(time: Duration) -> io::Result<()> {
    let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    succeeded(toolbox_abi::proc_sleep(time))
}

pub fn times() -> io::Result<Times> {
    let mut times = toolbox_abi::Times::default();
    // SAFETY: `times` is valid for writing.
    succeeded(unsafe { toolbox_abi::proc_times(&raw mut times) })?;
    Ok(Times {
        user: Duration::from_nanos(times.own),
        children_user: Duration::from_nanos(times.children),
        ..Times::default()
    })
}

pub fn kill(pid: i32, signal: Option<Signal>) -> io::Result<()> {
    let signal = signal.map_or(0, |signal| signal.number().into());
    succeeded(toolbox_abi::proc_kill(pid, signal))
}

pub fn id() -> u32 {
    toolbox_abi::proc_id()
}

pub fn parent_id() -> u32 {
    toolbox_abi::proc_parent_id()
}

pub fn umask() -> u32 {
    toolbox_abi::proc_umask(INHERIT_UMASK)
}

pub fn set_umask(mask: u32) -> u32 {
    toolbox_abi::proc_umask(mask)
}

pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: `ends` is valid for writing two words.
    succeeded(unsafe { toolbox_abi::fd_pipe(&raw mut ends) })?;
    Ok(owned(ends))
}

pub fn collector() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: `ends` is valid for writing two words.
    succeeded(unsafe { toolbox_abi::fd_collector(&raw mut ends) })?;
    Ok(owned(ends))
}

/// The ends of a new pipe.
fn owned(ends: [u32; 2]) -> (OwnedFd, OwnedFd) {
    let [reader, writer] = ends.map(u32::cast_signed);
    // SAFETY: the descriptor is new, so nobody else owns it.
    let reader = unsafe { OwnedFd::from_raw_fd(reader) };
    // SAFETY: as above.
    let writer = unsafe { OwnedFd::from_raw_fd(writer) };
    (reader, writer)
}

pub fn read_until(fd: RawFd, buffer: &mut [u8], delimiter: u8) -> io::Result<usize> {
    let mut count = 0;
    // SAFETY: `buffer` is valid for writing its length, and `count` for writing a word.
    succeeded(unsafe {
        toolbox_abi::fd_read_until(
            fd.cast_unsigned(),
            buffer.as_mut_ptr(),
            buffer.len(),
            delimiter.into(),
            &raw mut count,
        )
    })?;
    Ok(count as usize)
}

pub fn ready(fd: RawFd, wait: Wait) -> io::Result<bool> {
    let mut is_ready = 0;
    // SAFETY: `is_ready` is valid for writing a word.
    succeeded(unsafe {
        toolbox_abi::fd_wait(fd.cast_unsigned(), nanoseconds(wait), &raw mut is_ready)
    })?;
    Ok(is_ready != 0)
}

/// Making a descriptor itself only asks whether it is there.
pub fn is_open(fd: RawFd) -> bool {
    dup2(fd, fd).is_ok()
}

pub fn dup(fd: RawFd, least: RawFd) -> io::Result<OwnedFd> {
    let mut copy = 0;
    // SAFETY: `copy` is valid for writing a word.
    succeeded(unsafe {
        toolbox_abi::fd_dup(fd.cast_unsigned(), least.cast_unsigned(), &raw mut copy)
    })?;
    // SAFETY: the descriptor is new, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy.cast_signed()) })
}

pub fn dup2(from: RawFd, to: RawFd) -> io::Result<()> {
    succeeded(toolbox_abi::fd_dup2(
        from.cast_unsigned(),
        to.cast_unsigned(),
    ))
}

unsafe extern "C" {
    /// Where wasi-libc takes relative paths to begin. `chdir` would look first whether the directory is there, in every
    /// process, though the kernel has looked when it started the process. It has to be linked in all the same: what
    /// makes paths absolute is in it (`env -C` calls it).
    static mut __wasilibc_cwd: *const c_char;
}

pub fn enter_working_directory() {
    let mut path = vec![0; USUAL_PATH];
    let mut len = cwd(&mut path);
    if len > path.len() {
        path.resize(len, 0);
        len = cwd(&mut path);
    }
    path.truncate(len);
    enter_unseen(path);
}

/// Goes to a directory without a look whether it is there.
fn enter_unseen(path: Vec<u8>) {
    if let Ok(path) = CString::new(path) {
        // SAFETY: `path` ends with a NUL. The copy is from libc's allocator, as libc frees it, and there are no other threads.
        unsafe { __wasilibc_cwd = libc::strdup(path.as_ptr()) };
    }
}

/// The path that libc puts before relative ones.
pub struct Directory(PathBuf);

impl Directory {
    pub fn current() -> io::Result<Self> {
        std::env::current_dir().map(Self)
    }

    pub fn enter(&self) -> io::Result<()> {
        if std::env::current_dir().is_ok_and(|path| path == self.0) {
            return Ok(());
        }
        if std::env::set_current_dir(&self.0).is_err() {
            enter_unseen(self.0.clone().into_os_string().into_encoded_bytes());
        }
        Ok(())
    }
}

/// Writes as much of the directory as fits, and gives its length.
fn cwd(out: &mut [u8]) -> usize {
    let mut len = 0;
    // SAFETY: `out` is valid for writing its length, and `len` for writing a word.
    let errno = unsafe { toolbox_abi::proc_cwd(out.as_mut_ptr(), out.len(), &raw mut len) };
    assert_eq!(errno, 0, "the memory is our own");
    len as usize
}
