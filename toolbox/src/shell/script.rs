//! Scripts: read command by command, and run as they are read.

use std::ops::ControlFlow;
use std::rc::Rc;

use memchr::memmem;

use super::Shell;
use super::ast::Text;
use super::calls::{Call, CallKind};
use super::exec::{NOT_EXECUTABLE, NOT_FOUND};
use super::flow::{Error, Flow, Jump};
use super::options::{SetOption, Shopt};
use super::parser::{ErrorKind, Parser, Settings, SyntaxError};
use super::state::ScriptSource;
use super::traps::Event;

/// Whether a file is no script: there is a NUL in its first line.
pub(super) fn looks_binary(text: &[u8]) -> bool {
    let first = text.iter().take(80).take_while(|byte| **byte != b'\n');
    first.copied().any(|byte| byte == 0)
}

/// Where a text that runs inside of a command comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TextSource {
    Eval,
    /// A sourced file.
    File,
    Substitution,
    Trap(Event),
}

impl TextSource {
    /// What messages about the text say of it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Eval => " eval:",
            Self::File => "",
            Self::Substitution => " command substitution:",
            Self::Trap(Event::Exit) => " exit trap:",
            Self::Trap(Event::Signal(_)) => " trap:",
            Self::Trap(Event::Debug) => " debug trap:",
            Self::Trap(Event::Error) => " error trap:",
            Self::Trap(Event::Return) => " return trap:",
        }
    }
}

impl Shell {
    /// Runs the commands of a text inside of a command: for `eval`, traps and the like.
    pub fn run_text(&mut self, text: Text, first_line: u32, source: TextSource) -> Flow {
        self.trace_depth += 1;
        let flow = self.run_same_depth(text, first_line, source);
        self.trace_depth -= 1;
        flow
    }

    /// Likewise, for what `set -x` shows as no deeper than the commands around it.
    pub(super) fn run_same_depth(
        &mut self,
        text: Text,
        first_line: u32,
        source: TextSource,
    ) -> Flow {
        let mut parser = Parser::new(text, first_line.max(1));
        self.deeper(|shell| shell.run_parsed(&mut parser, source))
    }

    /// Runs what a parser gives, up to the first jump.
    fn run_parsed(&mut self, parser: &mut Parser<'_>, source: TextSource) -> Flow {
        let mut status = 0;
        let loops = self.loops;
        let mut is_first = true;
        loop {
            let next = self.next_command(parser);
            if !std::mem::replace(&mut is_first, false) && matches!(next, Ok(Some(_))) {
                self.settle_jobs();
            }
            match next {
                Ok(Some(list)) => match self.run_list(&list) {
                    ControlFlow::Continue(ended) => status = ended,
                    // An error is the end of the line, and in a subshell or in POSIX mode that of more.
                    ControlFlow::Break(Jump::Discard(error, failed))
                        if self.state.subshells == 0
                            && !self.is_posix()
                            && error != Error::Text =>
                    {
                        if error == Error::Command && self.is_set(SetOption::ErrExit) {
                            return ControlFlow::Break(Jump::Exit(failed));
                        }
                        status = failed;
                        self.state.status = failed;
                        self.loops = loops;
                    }
                    ControlFlow::Break(jump) => return ControlFlow::Break(jump),
                },
                Ok(None) => return self.finish(status),
                Err(error) => {
                    self.tell_of_text(&error.messages(), source.label());
                    match error.kind {
                        ErrorKind::Array if !error.lacks_end() => {
                            status = 1;
                            self.state.status = 1;
                            continue;
                        }
                        ErrorKind::Array => return self.finish(1),
                        ErrorKind::Substitution if self.running_traps.is_empty() => {
                            return ControlFlow::Break(Jump::Exit(
                                match self.is_set(SetOption::ErrExit) {
                                    true => 2,
                                    false => self.unset_status(),
                                },
                            ));
                        }
                        _ => {}
                    }
                    // In a special builtin of POSIX it ends the shell (POSIX 2.8.1).
                    return match self.is_posix() {
                        true => ControlFlow::Break(Jump::Exit(2)),
                        false => self.finish(2),
                    };
                }
            }
        }
    }

    fn finish(&mut self, status: i32) -> Flow {
        self.state.status = status;
        Flow::Continue(status)
    }

    #[inline(never)]
    fn next_command(
        &mut self,
        parser: &mut Parser<'_>,
    ) -> Result<Option<super::ast::List>, SyntaxError> {
        let aliases = std::rc::Rc::clone(&self.state.aliases);
        let expands = self.has_shopt(Shopt::ExpandAliases) || self.is_posix();
        let alias = |name: &[u8]| aliases.get(name).cloned();
        let settings = Settings {
            alias: (expands && !aliases.is_empty()).then_some(&alias),
            extglob: self.has_shopt(Shopt::ExtGlob),
            posix: self.is_posix(),
            brace_expansion: self.is_set(SetOption::BraceExpand),
        };
        let next = parser.next(&settings);
        self.note_what_is_asked(parser.consumed());
        if self.is_set(SetOption::Verbose) {
            let mut consumed = parser.consumed().to_vec();
            // The last line may lack its end.
            if consumed.last().is_some_and(|byte| *byte != b'\n') {
                consumed.push(b'\n');
            }
            self.write_error(&consumed);
        }
        for (line, warning) in parser.take_warnings() {
            let line = std::mem::replace(&mut self.state.line, line);
            self.complain(&warning);
            self.state.line = line;
        }
        next
    }

    /// Notes the variables that cost something where a script can ask for them.
    pub fn note_what_is_asked(&mut self, text: &[u8]) {
        if memmem::find(text, b"BASH").is_some() {
            self.state.keeps_command |= memmem::find(text, b"BASH_COMMAND").is_some();
            self.state.asks_pid |= memmem::find(text, b"BASHPID").is_some();
        }
    }

    /// Runs a whole script; gives the status that the shell ends with, after the EXIT trap.
    pub fn run_script(&mut self, parser: &mut Parser<'_>) -> i32 {
        let status = match self.run_startup_files() {
            Some(status) => status,
            None => {
                self.state.status = 0;
                self.run_commands(parser)
            }
        };
        let status = self.run_exit_trap(status);
        self.end_substitutions();
        if let Err(error) = self.flush() {
            let text = crate::sys::error_text(&error);
            self.complain(format!("write error: {text}"));
        }
        self.end_by_signal(status)
    }

    fn run_commands(&mut self, parser: &mut Parser<'_>) -> i32 {
        let mut status = 0;
        loop {
            let list = match self.next_command(parser) {
                Ok(Some(list)) => list,
                Ok(None) => {
                    return match self.run_pending_traps() {
                        ControlFlow::Break(Jump::Exit(status)) => status,
                        _ => status,
                    };
                }
                Err(error) => {
                    let is_argument =
                        self.state.source == ScriptSource::Argument && self.state.calls.is_empty();
                    let source = if is_argument { " -c:" } else { "" };
                    self.tell_of_text(&error.messages(), source);
                    match error.kind {
                        ErrorKind::Array if !error.lacks_end() => {
                            status = 1;
                            self.state.status = 1;
                            continue;
                        }
                        ErrorKind::Array => return 1,
                        ErrorKind::Test if !error.is_eof && !self.is_set(SetOption::ErrExit) => {
                            return status;
                        }
                        // A quote that is not closed.
                        ErrorKind::Syntax if error.lacks_end() && status != 0 => return status,
                        ErrorKind::Substitution if self.state.source == ScriptSource::Argument => {
                            return NOT_FOUND;
                        }
                        _ => return 2,
                    }
                }
            };
            if self.is_set(SetOption::NoExec) {
                continue;
            }
            match self.run_list(&list) {
                ControlFlow::Continue(ended) => status = ended,
                ControlFlow::Break(Jump::Exit(status)) => return status,
                ControlFlow::Break(Jump::Discard(error, failed)) => {
                    status = failed;
                    self.state.status = failed;
                    self.loops = 0;
                    self.in_condition = false;
                    let is_argument = self.state.source == ScriptSource::Argument;
                    if self.is_posix() && is_argument {
                        return self.unset_status();
                    }
                    let is_end = match error {
                        Error::Command => self.is_set(SetOption::ErrExit),
                        Error::Expansion => false,
                        Error::Text => is_argument,
                    };
                    if self.is_posix() || is_end {
                        return failed;
                    }
                }
                ControlFlow::Break(Jump::Return(returned)) => {
                    status = returned;
                    self.state.status = returned;
                }
                ControlFlow::Break(Jump::Break(_) | Jump::Continue(_)) => {
                    status = self.state.status;
                }
            }
            match self.state.source {
                ScriptSource::Argument => self.settle_jobs(),
                ScriptSource::File | ScriptSource::StandardInput => self.jobs.forget_reported(),
            }
            if self.is_set(SetOption::OneCommand) && self.state.source != ScriptSource::Argument {
                return status;
            }
        }
    }

    /// Runs a file in this shell, as `.` does; arguments replace the positional parameters for its time.
    pub fn run_file(&mut self, path: &[u8], arguments: Option<Vec<Text>>) -> Flow {
        let text = match self.read_file(path) {
            Ok(text) if looks_binary(&text) => {
                self.complain([b".: ", path, b": cannot execute binary file"].concat());
                return Flow::Continue(NOT_EXECUTABLE);
            }
            Ok(text) => text,
            Err(error) => {
                let text = crate::sys::error_text(&error);
                self.complain([path, b": ", text.as_bytes()].concat());
                return match self.is_posix() {
                    true => ControlFlow::Break(Jump::Exit(1)),
                    false => Flow::Continue(1),
                };
            }
        };
        let arguments = arguments.map(Rc::new);
        // Of a file without arguments, its name counts as one.
        let told = match &arguments {
            Some(arguments) => (self.has_shopt(Shopt::ExtDebug)).then(|| Rc::clone(arguments)),
            None => Some(Rc::new(vec![path.to_vec()])),
        };
        let positional =
            arguments.map(|arguments| std::mem::replace(&mut self.state.positional, arguments));
        let line = self.state.line;
        self.state.calls.push(Call {
            kind: CallKind::Source,
            name: b"source".to_vec(),
            file: path.to_vec(),
            line,
            arguments: told,
            options: None,
            has_set_arguments: false,
        });
        let loops = self.loops;
        let flow = self.run_text(text, 1, TextSource::File);
        self.loops = loops;
        let flow = match flow {
            ControlFlow::Break(Jump::Return(status)) => Flow::Continue(status),
            flow => flow,
        };
        let flow = match flow {
            ControlFlow::Continue(status) => match self.run_trap(Event::Return) {
                ControlFlow::Continue(_) => Flow::Continue(status),
                ControlFlow::Break(jump) => ControlFlow::Break(jump),
            },
            flow => flow,
        };
        let call = self.state.calls.pop();
        self.state.line = line;
        let keeps =
            call.is_some_and(|call| call.has_set_arguments) && !self.state.calls.is_in_function();
        match positional {
            None if keeps => self.note_set_arguments(),
            Some(positional) if !keeps => self.state.positional = positional,
            _ => {}
        }
        flow
    }

    /// Notes that `set` has changed the positional parameters of what runs now.
    pub(super) fn note_set_arguments(&mut self) {
        if let Some(call) = self.state.calls.last_mut() {
            call.has_set_arguments = true;
        }
    }

    /// Says what is wrong with a text, line by line; what it is (behind a space, with a colon) stands before the line.
    #[inline(never)]
    pub(super) fn tell_of_text(&mut self, messages: &[(u32, Text)], source: &str) {
        let own_line = self.state.line;
        for (line, message) in messages {
            self.state.line = *line;
            let place = format!("{source}{}", self.line_in_messages());
            self.complain_at(&place, message);
        }
        self.state.line = own_line;
    }
}
