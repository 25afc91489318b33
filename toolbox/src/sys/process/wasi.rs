//! Processes of the sandbox's kernel.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::wasi::ffi::OsStrExt;
use std::sync::OnceLock;

use toolbox_abi::{INHERIT_UMASK, SEARCH_PATH, SpawnMessage, WITHOUT_LIMIT, Waited};

use super::{Child, Command, ExitStatus, Pid, Signal, Wait};
use crate::sys::succeeded;

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
    let timeout = match wait {
        Wait::Forever => WITHOUT_LIMIT,
        Wait::AtMost(time) => u64::try_from(time.as_nanos()).unwrap_or(WITHOUT_LIMIT),
    };
    let mut waited = Waited::default();
    // SAFETY: `waited` is valid for writing.
    succeeded(unsafe { toolbox_abi::proc_wait(pid, timeout, &raw mut waited) })?;
    Ok(match waited.pid {
        0 => None,
        pid => Some((Pid(pid), ExitStatus(waited.status))),
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
    let [reader, writer] = ends.map(u32::cast_signed);
    // SAFETY: the descriptor is new, so nobody else owns it.
    let reader = unsafe { OwnedFd::from_raw_fd(reader) };
    // SAFETY: as above.
    let writer = unsafe { OwnedFd::from_raw_fd(writer) };
    Ok((reader, writer))
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
    if let Ok(path) = CString::new(path) {
        // SAFETY: the string is never freed, and there are no other threads.
        unsafe { __wasilibc_cwd = path.into_raw() };
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
