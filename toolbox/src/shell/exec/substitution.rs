//! `$(…)`, `<(…)` and `>(…)`.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::ast::{CommandSubstitution, List, ProcessSubstitution, Text};
use crate::shell::descriptors::{self, Descriptors};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::jobs::Member;
use crate::shell::options::{SetOption, Shopt};
use crate::sys;
use crate::sys::process;

/// The number of the first process substitution; the next ones are below.
const SUBSTITUTION_FD: u32 = 63;

impl Shell {
    /// What a command prints, without the line ends at its end and without NUL bytes. Its status is `$?` afterwards.
    pub fn substitute(&mut self, command: &CommandSubstitution) -> Flow<Text> {
        self.trace_depth += 1;
        let (status, text) = match &command.file {
            Some(word) => self.collect(|shell| shell.subshell(|shell| shell.print_file(word))),
            None if self.state.asks_pid => self.collect(|shell| {
                let options = shell.state.options;
                shell.drop_errexit();
                let status = shell.subshell_process(&Self::group(&command.body), false);
                shell.state.options = options;
                status
            }),
            None => self.collect(|shell| {
                shell.subshell_with_jobs(|shell| shell.run_substitution_list(&command.body))
            }),
        };
        self.trace_depth -= 1;
        self.state.status = status;
        self.substitution_status = Some(status);
        match text {
            Ok(text) => {
                if text.contains(&0) {
                    self.complain("warning: command substitution: ignored null byte in input");
                }
                Flow::Continue(Self::trimmed(text))
            }
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain(format!("command substitution: {text}"));
                ControlFlow::Break(Jump::Discard(Error::Command, 1))
            }
        }
    }

    /// Prints what any text of commands prints: `${ …; }` is not of this bash, but traps and prompts have such texts.
    fn run_substitution_list(&mut self, list: &List) -> Flow {
        self.drop_errexit();
        self.run_list(list)
    }

    fn drop_errexit(&mut self) {
        if !self.has_shopt(Shopt::InheritErrExit) && !self.is_posix() {
            self.state.options.set(SetOption::ErrExit, false);
        }
    }

    /// `$(< file)`
    fn print_file(&mut self, word: &crate::shell::ast::Word) -> Flow {
        let Some(path) = self.expand_redirection(word)? else {
            self.complain([word.source.as_slice(), b": ambiguous redirect"].concat());
            return Flow::Continue(1);
        };
        match self.read_file(&path) {
            Ok(text) => {
                self.out().extend_from_slice(&text);
                Flow::Continue(0)
            }
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain([path.as_slice(), b": ", text.as_bytes()].concat());
                Flow::Continue(1)
            }
        }
    }

    /// The content of a file, or of a descriptor that the path means.
    pub fn read_file(&mut self, path: &[u8]) -> std::io::Result<Text> {
        use std::io::Read;

        let mut text = Text::new();
        if let Some(number) = descriptors::number_in_path(path)
            && let Ok(mut file) = self.descriptor(number)
        {
            file.read_to_end(&mut text)?;
            return Ok(text);
        }
        let name = <std::ffi::OsStr as sys::OsStrExt>::from_bytes(path);
        let mut file = crate::stdio::open(name)?;
        file.read_to_end(&mut text)?;
        Ok(text)
    }

    /// Starts a command whose output (or input) is the file that is returned: `/dev/fd/N`.
    pub fn substitute_process(&mut self, substitution: &Rc<ProcessSubstitution>) -> Flow<Text> {
        let started = self.start_substitution(substitution);
        match started {
            Ok(fd) => Flow::Continue(format!("/dev/fd/{fd}").into_bytes()),
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain(format!("process substitution: {text}"));
                ControlFlow::Break(Jump::Discard(Error::Command, 1))
            }
        }
    }

    fn start_substitution(&mut self, substitution: &ProcessSubstitution) -> std::io::Result<u32> {
        let (reader, writer) = process::pipe()?;
        let (own, its, its_fd) = match substitution.is_read {
            true => (reader, writer, 1),
            false => (writer, reader, 0),
        };
        self.flush()?;
        let before = self
            .streams
            .descriptors
            .set(its_fd, Some(descriptors::owned(its)));
        // Other than subshells, it does not show the traps of the shell.
        let shown = self.state.traps.clone();
        let (errors, functions) = (SetOption::ErrTrace, SetOption::FuncTrace);
        self.state.traps = shown
            .for_subshell(self.is_set(errors), self.is_set(functions))
            .shown_alone();
        self.trace_depth += 1;
        let pid = self.spawn_subshell(&Self::group(&substitution.body), true);
        self.trace_depth -= 1;
        self.state.traps = shown;
        self.streams.descriptors.set(its_fd, before);
        let pid = pid?;
        self.jobs.others.push(Member { pid, ended: None });
        if !substitution.is_read {
            self.written_substitutions.push(pid);
        }
        self.state.last_background = Some(pid.0);
        let fd = self.streams.descriptors.free_below(SUBSTITUTION_FD);
        self.streams
            .descriptors
            .set(fd, Some(descriptors::owned(own)));
        self.streams.substitutions.push(fd);
        Ok(fd)
    }

    /// Lets the commands of `>(…)` come to their ends: what they still print is a part of the script's output. Bash does not
    /// wait for them, but it does not end them, either.
    pub fn end_substitutions(&mut self) {
        if self.written_substitutions.is_empty() {
            return;
        }
        let _ = self.flush();
        self.close_substitutions(0);
        // As long as the shell has their pipes open, they do not come to an end (`exec > >(…)`).
        self.streams.descriptors = Descriptors::inherited([]);
        for pid in std::mem::take(&mut self.written_substitutions) {
            self.wait_for_child(pid);
        }
    }

    /// Closes the files of process substitutions that were started since there were `count`.
    pub(super) fn close_substitutions(&mut self, count: usize) {
        while self.streams.substitutions.len() > count {
            if let Some(fd) = self.streams.substitutions.pop() {
                self.streams.descriptors.set(fd, None);
            }
        }
    }
}
