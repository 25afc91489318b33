//! Starting a program: fork(2), and then only what is allowed between it and execve(2).

use std::ffi::{CString, OsStr};
use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::ptr;

use super::super::Command;
use super::{Descriptor, result, signal};

/// Where programs are looked for without `PATH`; that of the sandbox.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";
/// The status of a child that could not start its program; nobody sees it.
const FAILED: i32 = 127;

/// Everything that the child needs, made before there is one.
struct Prepared {
    /// The paths to try, in this order.
    programs: Vec<CString>,
    _strings: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    envp: Vec<*const libc::c_char>,
    cwd: CString,
    descriptors: Vec<Descriptor>,
    /// Where each descriptor is copied to first.
    copies: Vec<RawFd>,
    /// A number above all descriptors that the command names.
    least: RawFd,
    ignored: Vec<i32>,
    pipe_handler: libc::sighandler_t,
}

/// The pid of the new process.
pub fn spawn(command: &Command) -> io::Result<u32> {
    let mut prepared = Prepared::new(command)?;
    let (mut failure, writer) = io::pipe()?;
    // Where no descriptor of the new process is put over it.
    let report = super::dup(writer.as_raw_fd(), prepared.least)?;
    drop(writer);
    // SAFETY: the child only calls what is async-signal-safe, on memory that is there already.
    let pid = result(unsafe { libc::fork() })?;
    if pid == 0 {
        let errno = prepared.become_program();
        let bytes = errno.to_ne_bytes();
        // SAFETY: `bytes` is valid for reading its length.
        unsafe { libc::write(report.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
        // SAFETY: _exit(2) runs nothing of this program any more.
        unsafe { libc::_exit(FAILED) };
    }
    drop(report);
    let mut bytes = Vec::new();
    failure.read_to_end(&mut bytes)?;
    let Ok(errno) = <[u8; 4]>::try_from(bytes) else {
        return Ok(pid.cast_unsigned());
    };
    // It has ended, or does so at once.
    while super::wait_for(pid, 0).is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
    Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno)))
}

/// Becomes the program; the error says why not.
pub fn exec(command: &Command) -> io::Error {
    match Prepared::new(command) {
        Ok(mut prepared) => io::Error::from_raw_os_error(prepared.become_program()),
        Err(error) => error,
    }
}

impl Prepared {
    fn new(command: &Command) -> io::Result<Self> {
        let variables = command.variables();
        let strings = command
            .args
            .iter()
            .map(|arg| CString::new(arg.as_bytes()))
            .chain(variables.iter().map(|(name, value)| {
                CString::new([name.as_bytes(), b"=", value.as_bytes()].concat())
            }))
            .collect::<Result<Vec<_>, _>>()?;
        let (args, variables_) = strings.split_at(command.args.len());
        let pointers = |strings: &[CString]| {
            let ends = [ptr::null()];
            strings
                .iter()
                .map(|string| string.as_ptr())
                .chain(ends)
                .collect()
        };
        let named = command
            .descriptors
            .iter()
            .flat_map(|one| [one.target, one.source]);
        let highest = named.max().unwrap_or(0).max(2);
        Ok(Self {
            programs: candidates(command, &variables)?,
            argv: pointers(args),
            envp: pointers(variables_),
            _strings: strings,
            cwd: CString::new(command.directory()?.as_os_str().as_bytes())?,
            descriptors: command.descriptors.clone(),
            copies: vec![-1; command.descriptors.len()],
            least: highest.cast_signed().saturating_add(1),
            ignored: command
                .ignored
                .iter()
                .map(|signal| signal.number().into())
                .collect(),
            pipe_handler: signal::pipe_handler(),
        })
    }

    /// Makes this process the program; gives the error number if that fails.
    fn become_program(&mut self) -> i32 {
        match self.arrange() {
            Ok(()) => self.execute(),
            Err(error) => error.raw_os_error().unwrap_or(libc::EINVAL),
        }
    }

    fn arrange(&mut self) -> io::Result<()> {
        signal::set_handler(libc::SIGPIPE, self.pipe_handler)?;
        for &signal in &self.ignored {
            signal::set_handler(signal, libc::SIG_IGN)?;
        }
        // SAFETY: `cwd` is NUL-terminated.
        result(unsafe { libc::chdir(self.cwd.as_ptr()) })?;
        for (copy, descriptor) in self.copies.iter_mut().zip(&self.descriptors) {
            let source = descriptor.source.cast_signed();
            // SAFETY: fcntl(2) takes any numbers.
            *copy = result(unsafe { libc::fcntl(source, libc::F_DUPFD_CLOEXEC, self.least) })?;
        }
        close_with_exec()?;
        for (copy, descriptor) in self.copies.iter().zip(&self.descriptors) {
            // SAFETY: dup2(2) takes any numbers.
            result(unsafe { libc::dup2(*copy, descriptor.target.cast_signed()) })?;
        }
        Ok(())
    }

    fn execute(&self) -> i32 {
        let mut failed = libc::ENOENT;
        for program in &self.programs {
            // SAFETY: the path is NUL-terminated, and both tables are of such strings and end with a null pointer.
            unsafe { libc::execve(program.as_ptr(), self.argv.as_ptr(), self.envp.as_ptr()) };
            match io::Error::last_os_error().raw_os_error() {
                Some(libc::ENOENT | libc::ENOTDIR) if self.programs.len() > 1 => {}
                Some(libc::EACCES) => failed = libc::EACCES,
                errno => return errno.unwrap_or(failed),
            }
        }
        failed
    }
}

/// Lets all descriptors be closed when the program starts; those that are put in place afterwards are not.
fn close_with_exec() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: close_range(2) takes any numbers; with this flag nothing is closed now.
        let done = unsafe {
            libc::syscall(
                libc::SYS_close_range,
                0,
                u32::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            )
        };
        if done == 0 {
            return Ok(());
        }
    }
    // SAFETY: sysconf(3) takes any number.
    let end = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    for fd in 0..i32::try_from(end).unwrap_or(1024) {
        // One that is not open is not to be closed either.
        // SAFETY: fcntl(2) takes any numbers.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(())
}

/// The paths that a command may be at, as execvp(3) tries them.
fn candidates(
    command: &Command,
    variables: &[(std::ffi::OsString, std::ffi::OsString)],
) -> io::Result<Vec<CString>> {
    let name = command.program.as_bytes();
    if !command.search || name.is_empty() || name.contains(&b'/') {
        return Ok(vec![CString::new(name)?]);
    }
    let path = variables
        .iter()
        .find(|(variable, _)| variable == OsStr::new("PATH"));
    let path = path.map_or(DEFAULT_PATH, |(_, value)| value.as_bytes());
    let paths = path
        .split(|&byte| byte == b':')
        .map(|directory| match directory {
            b"" => name.to_vec(),
            _ => [directory, b"/", name].concat(),
        });
    Ok(paths.map(CString::new).collect::<Result<_, _>>()?)
}
