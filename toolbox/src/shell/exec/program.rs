//! Programs: found on PATH, started, and waited for.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::quote;
use crate::shell::symbol::Symbol;
use crate::shell::traps::Event;
use crate::sys::process::{Command, ExitStatus, Pid};
use crate::sys::signal::Signal;
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt};

use super::{NOT_EXECUTABLE, NOT_FOUND};

/// The function that is called for a program that is not there (GNU Bash manual, 3.7.2).
const HANDLER: &[u8] = b"command_not_found_handle";

/// A program was not started, which was said on standard error.
pub struct NotStarted {
    pub status: i32,
    /// What the system says of a file that cannot be executed.
    pub reason: Option<String>,
}

impl NotStarted {
    fn with(status: i32) -> Self {
        Self {
            status,
            reason: None,
        }
    }
}

/// How a program that replaces the shell is called.
#[derive(Default)]
pub struct ExecOptions {
    pub argv0: Option<Text>,
    pub empty_environment: bool,
}

impl Shell {
    /// Runs a program and waits for its end.
    pub fn run_program(&mut self, fields: &[Text]) -> Flow {
        let ended = match self.caught_ends {
            0 => self.start_program(fields, |command| command.run().map(Some)),
            // A signal that ends the shell does not wait for the program.
            _ => self
                .spawn_program(fields, false)
                .map(|pid| self.wait_for_child(pid)),
        };
        Flow::Continue(match ended {
            Ok(Some(status)) => {
                self.tell_of_signal(status);
                i32::from(status.code())
            }
            Ok(None) => NOT_FOUND,
            Err(NotStarted { status, .. }) => status,
        })
    }

    /// Starts a program that runs beside the shell.
    pub(super) fn spawn_program(
        &mut self,
        fields: &[Text],
        is_background: bool,
    ) -> Result<Pid, NotStarted> {
        self.start_program(fields, |command| {
            if is_background {
                command.ignored = vec![Signal::INT, Signal::QUIT];
            }
            command.spawn()
        })
    }

    /// Becomes the program, when that is possible; a status when it has run instead.
    pub fn exec_program(
        &mut self,
        path: &[u8],
        fields: &[Text],
        options: &ExecOptions,
    ) -> Result<i32, NotStarted> {
        let in_subshell = self.state.subshells > 0;
        self.start(path, fields, |command| {
            if let (Some(argv0), Some(first)) = (&options.argv0, command.args.first_mut()) {
                *first = OsString::from_vec(argv0.clone());
            }
            if options.empty_environment {
                command.env = Some(Vec::new());
            }
            match in_subshell {
                // The process is that of the shell around it, too.
                true => command.run().map(|status| i32::from(status.code())),
                false => command.exec(),
            }
        })
    }

    fn start_program<T>(
        &mut self,
        fields: &[Text],
        start: impl Fn(&mut Command) -> io::Result<T>,
    ) -> Result<T, NotStarted> {
        self.start(&fields[0], fields, start)
    }

    /// Starts a program of this name or path, which need not be the first argument.
    fn start<T>(
        &mut self,
        name: &[u8],
        fields: &[Text],
        start: impl Fn(&mut Command) -> io::Result<T>,
    ) -> Result<T, NotStarted> {
        // What was printed so far comes before what the program prints.
        let _ = self.flush();
        let path = self.program_path(name, fields)?;
        let mut command = match self.command() {
            Ok(command) => command,
            Err(error) => return Err(self.not_started(name, &error)),
        };
        command.program = OsString::from_vec(path.clone());
        if let Some(env) = &mut command.env {
            env.push((OsString::from("_"), command.program.clone()));
        }
        command.args = fields
            .iter()
            .map(|field| OsString::from_vec(field.clone()))
            .collect();
        match start(&mut command) {
            Ok(started) => Ok(started),
            Err(error) if error.raw_os_error() == Some(libc::ENOEXEC) => {
                self.start_script(fields, path, command, start)
            }
            Err(error) => Err(self.not_started(name, &error)),
        }
    }

    /// A file that is executable and no program is a script of the shell.
    fn start_script<T>(
        &mut self,
        fields: &[Text],
        path: Text,
        mut command: Command,
        start: impl Fn(&mut Command) -> io::Result<T>,
    ) -> Result<T, NotStarted> {
        if is_binary(&path) {
            let message = ": cannot execute binary file: Exec format error";
            self.complain([path.as_slice(), message.as_bytes()].concat());
            return Err(NotStarted::with(NOT_EXECUTABLE));
        }
        command.program = sys::process::own_program();
        let arguments = fields.iter().skip(1).cloned();
        command.args = [b"bash".to_vec(), path]
            .into_iter()
            .chain(arguments)
            .map(OsString::from_vec)
            .collect();
        let started = start(&mut command);
        started.map_err(|error| self.not_started(&fields[0], &error))
    }

    /// A command with the environment, the directory and the descriptors of the script.
    pub(super) fn command(&mut self) -> io::Result<Command> {
        let mut env: Vec<(OsString, OsString)> = Vec::new();
        self.refresh_exported();
        let variables = self.state.variables.environment();
        for variable in variables.iter().filter(|text| !text.starts_with(b"_=")) {
            let at = variable
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(variable.len());
            let (name, value) = variable.split_at(at);
            let value = value.get(1..).unwrap_or_default();
            let owned = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
            env.push((owned(name), owned(value)));
        }
        for (name, text) in self.exported_functions() {
            env.push((OsString::from_vec(name), OsString::from_vec(text)));
        }
        Ok(Command {
            program: OsString::new(),
            search: false,
            args: Vec::new(),
            env: Some(env),
            cwd: std::env::current_dir()
                .ok()
                .or_else(|| Some(PathBuf::from("/"))),
            descriptors: self.streams.descriptors.for_program()?,
            ignored: Vec::new(),
        })
    }

    /// `BASH_FUNC_name%%` and its text, of every exported function.
    fn exported_functions(&self) -> Vec<(Text, Text)> {
        let functions = self.state.functions.by_name.values();
        let exported = functions.filter(|function| function.exported);
        exported
            .map(|function| {
                let name = [b"BASH_FUNC_", function.definition.name.as_slice(), b"%%"].concat();
                (
                    name,
                    crate::shell::printer::exported_function(&function.definition),
                )
            })
            .collect()
    }

    /// Where the program of a name is; what is wrong with it is said.
    fn program_path(&mut self, name: &[u8], fields: &[Text]) -> Result<Text, NotStarted> {
        if name.contains(&b'/') {
            return self.check_program(name).map(|()| name.to_vec());
        }
        let hashes = self.is_set(SetOption::HashAll);
        if hashes && let Some((path, uses)) = Rc::make_mut(&mut self.state.hashed).get_mut(name) {
            *uses += 1;
            return Ok(path.clone());
        }
        match self.find_program(name) {
            Some(Found::Executable(path)) => {
                if hashes {
                    let hashed = Rc::make_mut(&mut self.state.hashed);
                    hashed.insert(name.to_vec(), (path.clone(), 1));
                }
                Ok(path)
            }
            Some(Found::Other(path)) => {
                self.check_program(&path)?;
                Err(NotStarted::with(NOT_EXECUTABLE))
            }
            None => Err(self.handle_missing(name, fields)),
        }
    }

    /// Says that there is no program of a name, or lets the script's own function do so.
    fn handle_missing(&mut self, name: &[u8], fields: &[Text]) -> NotStarted {
        if name.starts_with(b"%") {
            self.complain("fg: no job control");
            return NotStarted::with(1);
        }
        let has_path = self
            .value(Symbol::PATH)
            .is_some_and(|path| !path.is_empty());
        if has_path && let Some(function) = self.function(HANDLER).cloned() {
            let fields = [&[HANDLER.to_vec()], fields].concat();
            return NotStarted::with(
                self.subshell(|shell| shell.call_function(&function, fields, None)),
            );
        }
        let problem: &[u8] = match has_path {
            true => b": command not found",
            false => b": No such file or directory",
        };
        self.complain([&quote::for_message(name)[..], problem].concat());
        NotStarted::with(NOT_FOUND)
    }

    /// Says why a path cannot be run, if that can be told without trying.
    fn check_program(&mut self, path: &[u8]) -> Result<(), NotStarted> {
        let stat = match sys::stat(OsStr::from_bytes(path), Follow::Yes) {
            Ok(stat) => stat,
            Err(error) => return Err(self.not_started(path, &error)),
        };
        let problem = match FileKind::of_mode(stat.mode) {
            FileKind::Directory => "Is a directory",
            _ if stat.mode & 0o111 == 0 => "Permission denied",
            _ => return Ok(()),
        };
        self.complain([path, b": ", problem.as_bytes()].concat());
        Err(NotStarted {
            status: NOT_EXECUTABLE,
            reason: Some(problem.to_owned()),
        })
    }

    /// The file that a name means on PATH.
    pub fn find_program(&mut self, name: &[u8]) -> Option<Found> {
        let mut other = None;
        for candidate in self.candidates(name) {
            match is_program(&candidate) {
                Some(true) => return Some(Found::Executable(candidate)),
                Some(false) if other.is_none() => other = Some(Found::Other(candidate)),
                _ => {}
            }
        }
        other
    }

    /// All paths that PATH gives a name.
    pub fn candidates(&mut self, name: &[u8]) -> Vec<Text> {
        if name.is_empty() {
            return Vec::new();
        }
        let Some(path) = self.value(Symbol::PATH) else {
            return Vec::new();
        };
        let directories = path.split(|byte| *byte == b':');
        let join = |directory: &[u8]| match directory {
            b"" | b"." => [b"./", name].concat(),
            _ if directory.ends_with(b"/") => [directory, name].concat(),
            _ => [directory, b"/", name].concat(),
        };
        directories.map(join).collect()
    }

    fn not_started(&mut self, name: &[u8], error: &io::Error) -> NotStarted {
        let (text, status) = match error.raw_os_error() {
            Some(libc::ENOENT) if sys::stat(OsStr::from_bytes(name), Follow::Yes).is_ok() => {
                let text = "cannot execute: required file not found".to_owned();
                (text, NOT_FOUND)
            }
            Some(libc::ENOENT) => (sys::error_text(error), NOT_FOUND),
            _ => (sys::error_text(error), NOT_EXECUTABLE),
        };
        self.complain([name, b": ", text.as_bytes()].concat());
        NotStarted {
            status,
            reason: Some(text),
        }
    }

    /// Says which signal ended a program, as far as bash does without a terminal.
    pub(super) fn tell_of_signal(&mut self, status: ExitStatus) {
        let Some(number) = status.signal() else {
            return;
        };
        let Some(signal) = Signal::from_number(number.into()) else {
            return;
        };
        if [Signal::INT, Signal::PIPE].contains(&signal) {
            return;
        }
        let is_trapped = self.state.traps.get(Event::Signal(number)).is_some();
        match signal == Signal::TERM || is_trapped {
            true => self.write_error(format!("{}\n", signal.description()).as_bytes()),
            false => self.complain(signal.description()),
        }
    }
}

/// What a search on PATH has found.
pub enum Found {
    Executable(Text),
    /// There is a file of the name, but it cannot be run.
    Other(Text),
}

impl Found {
    pub fn path(self) -> Text {
        match self {
            Self::Executable(path) | Self::Other(path) => path,
        }
    }
}

/// Whether a file can be run; none when there is no such file.
pub fn is_program(path: &[u8]) -> Option<bool> {
    let stat = sys::stat(OsStr::from_bytes(path), Follow::Yes).ok()?;
    match FileKind::of_mode(stat.mode) {
        FileKind::Directory => None,
        FileKind::Regular => Some(stat.mode & 0o111 != 0),
        _ => Some(false),
    }
}

/// Whether the first line of a file has a NUL byte, as that of no script has.
fn is_binary(path: &[u8]) -> bool {
    let mut start = [0; 80];
    let count = std::fs::File::open(OsStr::from_bytes(path))
        .and_then(|mut file| io::Read::read(&mut file, &mut start))
        .unwrap_or(0);
    let first_line = start[..count].split(|byte| *byte == b'\n').next();
    first_line.is_some_and(|line| line.contains(&0))
}
