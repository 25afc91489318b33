//! Pipelines: their stages run at the same time. The last one runs in the shell's own process if it can, all others are
//! processes of their own.

use std::io;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::has_own_status;
use super::trap::Next;
use crate::shell::Shell;
use crate::shell::ast::{BraceKind, Command, Part, Pipeline, SimpleCommand, Word};
use crate::shell::descriptors::{self, Open};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};
use crate::sys;
use crate::sys::process::{self, ExitStatus, Pid};
use crate::sys::signal::Signal;

/// How a stage goes on.
enum Stage {
    Running(Pid),
    Ended(i32),
}

/// What the first stage prints, when it needs no process.
struct Printed {
    length: usize,
    /// The end of the pipe that it is read from.
    output: Rc<Open>,
}

/// What a pipe holds when nobody reads it (Linux, pipe(7)).
const PIPE_CAPACITY: usize = 64 << 10;

/// What bash writes of an output that is longer before it writes the rest.
const BUFFER_SIZE: usize = 4096;

impl Shell {
    pub(super) fn run_pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        if let Some(format) = pipeline.time {
            return self.run_timed(pipeline, format);
        }
        self.run_stages(pipeline)
    }

    pub(super) fn run_stages(&mut self, pipeline: &Pipeline) -> Flow {
        let status = match pipeline.stages.as_slice() {
            [] => 0,
            [command] => {
                let status = self.run_command(command)?;
                if has_own_status(command) {
                    self.note_status(status);
                }
                status
            }
            stages => self.run_connected(stages)?,
        };
        let status = match pipeline.negated {
            true => i32::from(status == 0),
            false => status,
        };
        self.done(status)
    }

    /// `PIPESTATUS` of a command that is no pipeline, as most are: what the last one has left is written over.
    fn note_status(&mut self, status: i32) {
        let variable = self.state.variables.edit(Symbol::PIPESTATUS);
        if let Value::Indexed(statuses) = &mut variable.value
            && statuses.len() == 1
            && let Some(text) = statuses.get_mut(0)
        {
            text.clear();
            let _ = write!(text, "{status}");
            return;
        }
        self.note_statuses([status]);
    }

    /// `PIPESTATUS`
    #[inline(never)]
    fn note_statuses(&mut self, statuses: impl IntoIterator<Item = i32>) {
        let texts = statuses
            .into_iter()
            .map(|status| status.to_string().into_bytes());
        let statuses = Indexed::from_iter(texts);
        self.state.variables.edit(Symbol::PIPESTATUS).value = Value::Indexed(statuses);
    }

    #[inline(never)]
    fn run_connected(&mut self, stages: &[Command]) -> Flow {
        let (last, firsts) = match stages.split_last() {
            Some(split) => split,
            None => return self.done(0),
        };
        let mut running = Vec::with_capacity(firsts.len());
        let children = self.jobs.others.len();
        let printed = firsts.first().and_then(|first| self.printed_at_once(first));
        let outcome = match self.start_stages(firsts, printed.as_ref(), &mut running) {
            ControlFlow::Continue(Ok(input)) => self.run_last(last, input),
            ControlFlow::Continue(Err(error)) => {
                let text = sys::error_text(&error);
                self.complain(format!("fork: {text}"));
                running.push(Stage::Ended(254));
                Flow::Continue(254)
            }
            ControlFlow::Break(jump) => ControlFlow::Break(jump),
        };
        let mut statuses: Vec<i32> = running
            .into_iter()
            .map(|stage| self.end_of(stage))
            .collect();
        // What is left in the pipe is only looked at when nobody can read it any more.
        if let (Some(printed), Some(first)) = (printed, statuses.first_mut())
            && self.jobs.others.len() <= children
        {
            *first = printed.status(stages.len() == 2 && starts_program(last));
        }
        let status = outcome?;
        statuses.push(status);
        let failed = statuses.iter().rev().copied().find(|status| *status != 0);
        self.note_statuses(statuses);
        let status = match failed {
            Some(failed) if self.is_set(SetOption::PipeFail) => failed,
            _ => status,
        };
        self.settle_jobs();
        self.state.status = status;
        // A failure is that of the last stage.
        match last {
            Command::Simple(command) => self.state.line = command.line,
            Command::Compound(command) => self.state.line = command.line,
            Command::Function(_) | Command::Coprocess(_) | Command::Unread(_) => {}
        }
        self.run_pending_traps()?;
        self.done(status)
    }

    /// Starts all stages but the last, which reads what is given. The first one may have printed already.
    fn start_stages(
        &mut self,
        stages: &[Command],
        printed: Option<&Printed>,
        running: &mut Vec<Stage>,
    ) -> Flow<io::Result<Option<Rc<Open>>>> {
        let mut input = printed.map(|printed| Rc::clone(&printed.output));
        running.extend(printed.map(|_| Stage::Ended(0)));
        for stage in stages.iter().skip(running.len()) {
            let started = match self.announce(stage)? {
                Next::Run => self.start_stage(stage, input.take()),
                Next::Skip => descriptors::here_file(b"").map(|file| (Stage::Ended(0), file)),
            };
            match started {
                Ok((stage, output)) => {
                    running.push(stage);
                    input = Some(output);
                }
                Err(error) => return Flow::Continue(Err(error)),
            }
        }
        Flow::Continue(Ok(input))
    }

    /// Starts a stage that writes to a pipe, whose reading end is given.
    fn start_stage(
        &mut self,
        stage: &Command,
        input: Option<Rc<Open>>,
    ) -> io::Result<(Stage, Rc<Open>)> {
        self.flush()?;
        let (reader, writer) = process::pipe()?;
        let before = self.streams.descriptors.clone();
        let had_other_input = self.state.has_other_input;
        if let Some(input) = input {
            self.streams.descriptors.set(0, Some(input));
            self.state.has_other_input = true;
        }
        self.streams
            .descriptors
            .set(1, Some(descriptors::owned(writer)));
        let started = self.spawn_command(stage, false);
        self.streams.descriptors = before;
        self.state.has_other_input = had_other_input;
        Ok((started?, descriptors::owned(reader)))
    }

    /// What `echo`, `printf` or `jobs` prints, when its words can be expanded without an effect on anything else: such a stage needs
    /// no process, since nobody can tell when it ran.
    fn printed_at_once(&mut self, stage: &Command) -> Option<Printed> {
        let Command::Simple(command) = stage else {
            return None;
        };
        let [name, words @ ..] = command.words.as_slice() else {
            return None;
        };
        let is_echo = is_literal(name, b"echo");
        let is_printf = is_literal(name, b"printf")
            && !words
                .first()
                .is_some_and(|word| word.source.starts_with(b"-"));
        let is_jobs = is_literal(name, b"jobs");
        let is_alone = command.assignments.is_empty() && command.redirections.is_empty();
        if !is_alone
            || !(is_echo || is_printf || is_jobs)
            || !command.words.iter().all(is_plain)
            || self.function(&name.source).is_some()
            || self.is_set(SetOption::XTrace)
            || !self.state.traps.is_empty()
            || self.state.keeps_command
            || self.state.asks_pid
        {
            return None;
        }
        self.state.line = command.line;
        let (status, text) = self.collect(|shell| {
            // `jobs` tells of the jobs of the shell around it.
            shell.subshell_with_jobs(|shell| {
                let fields = shell.expand_words(&command.words)?;
                shell
                    .run_builtin_named(&fields)
                    .unwrap_or(Flow::Continue(127))
            })
        });
        // What failed is run again as a process, which says so.
        let text = text.ok().filter(|_| status == 0)?;
        Some(Printed {
            length: text.len(),
            output: descriptors::here_file(&text).ok()?,
        })
    }

    /// Starts a command beside the shell, with the descriptors as they are now.
    pub(super) fn start_beside(
        &mut self,
        command: &Command,
        is_background: bool,
    ) -> Result<Pid, i32> {
        match self.spawn_command(command, is_background) {
            Ok(Stage::Running(pid)) => Ok(pid),
            Ok(Stage::Ended(status)) => Err(status),
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain(format!("fork: {text}"));
                Err(254)
            }
        }
    }

    fn spawn_command(&mut self, command: &Command, is_background: bool) -> io::Result<Stage> {
        if let Command::Simple(simple) = command
            && self.can_expand_here(simple)
        {
            return self.spawn_simple(command, simple, is_background);
        }
        self.spawn_subshell(command, is_background)
            .map(Stage::Running)
    }

    /// Whether a command's words can be expanded before its process is there: nothing in them runs.
    fn can_expand_here(&self, command: &SimpleCommand) -> bool {
        let redirections_are_plain = command.redirections.is_empty();
        redirections_are_plain
            && command.assignments.is_empty()
            && !command.words.is_empty()
            && command.words.iter().all(is_plain)
            && !self.is_set(SetOption::XTrace)
            && self.state.traps.is_empty()
            && !self.state.keeps_command
            && !self.state.asks_pid
    }

    /// Starts a program directly; what turns out to be none gets a shell.
    fn spawn_simple(
        &mut self,
        command: &Command,
        simple: &SimpleCommand,
        is_background: bool,
    ) -> io::Result<Stage> {
        let state = self.state.clone();
        self.state.line = simple.line;
        let expanded = self.expand_words(&simple.words);
        let started = match expanded {
            ControlFlow::Continue(fields) => match fields.first() {
                Some(name) if self.function(name).is_none() && self.builtin(name).is_none() => {
                    Some(match self.spawn_program(&fields, is_background) {
                        Ok(pid) => Stage::Running(pid),
                        Err(super::program::NotStarted { status, .. }) => Stage::Ended(status),
                    })
                }
                _ => None,
            },
            ControlFlow::Break(
                Jump::Exit(status) | Jump::Discard(_, status) | Jump::Return(status),
            ) => Some(Stage::Ended(status)),
            ControlFlow::Break(_) => Some(Stage::Ended(1)),
        };
        let hashed = Rc::clone(&self.state.hashed);
        self.state = state;
        self.state.hashed = hashed;
        match started {
            Some(stage) => Ok(stage),
            None => self
                .spawn_subshell(command, is_background)
                .map(Stage::Running),
        }
    }

    /// Runs the last stage, which reads the pipe.
    fn run_last(&mut self, command: &Command, input: Option<Rc<Open>>) -> Flow {
        let had_other_input = self.state.has_other_input;
        self.state.has_other_input |= input.is_some();
        let before = match input {
            Some(input) => Some(self.streams.descriptors.set(0, Some(input))),
            None => None,
        };
        let flow = if self.has_shopt(Shopt::LastPipe) {
            self.run_command(command)
        } else if let ControlFlow::Break(jump) = self.announce(command) {
            ControlFlow::Break(jump)
        } else if self.state.asks_pid {
            let status = self.subshell_process(command, true);
            Flow::Continue(status)
        } else {
            let status = self.subshell(|shell| match command {
                Command::Compound(compound) => match &compound.kind {
                    crate::shell::ast::Compound::Subshell(list)
                        if compound.redirections.is_empty() =>
                    {
                        shell.run_subshell_list(list)
                    }
                    _ => shell.run_stage(command),
                },
                _ => shell.run_stage(command),
            });
            Flow::Continue(status)
        };
        if let Some(before) = before {
            self.streams.descriptors.set(0, before);
        }
        self.state.has_other_input = had_other_input;
        flow
    }

    fn end_of(&mut self, stage: Stage) -> i32 {
        match stage {
            Stage::Ended(status) => status,
            Stage::Running(pid) => match self.wait_for_child(pid) {
                Some(status) => i32::from(status.code()),
                None => 127,
            },
        }
    }
}

/// Whether a command may start a program, which takes its time.
fn starts_program(command: &Command) -> bool {
    matches!(command, Command::Simple(command) if !command.words.is_empty())
}

impl Printed {
    /// The status of a process that has written this, when nobody reads from the pipe any more: SIGPIPE, if it has not found
    /// room. A reader that is no program may be gone before the first buffer is full.
    fn status(&self, reader_is_slow: bool) -> i32 {
        let room = match reader_is_slow {
            true => PIPE_CAPACITY,
            false => BUFFER_SIZE,
        };
        if self.length <= room {
            return 0;
        }
        let is_broken = match unread(&self.output) {
            Ok(0) | Err(_) => false,
            Ok(unread) => self.length > PIPE_CAPACITY || unread == self.length,
        };
        match is_broken {
            true => ExitStatus::signaled(Signal::PIPE.number()).code().into(),
            false => 0,
        }
    }
}

/// How many bytes are left in a pipe that nobody writes to any more. Not a part of its caller, as the buffer would be on the
/// stack once for each level of a recursion.
#[inline(never)]
fn unread(pipe: &Open) -> io::Result<usize> {
    let mut pipe = sys::Descriptor(pipe.raw()?);
    let mut buffer = [0; 4096];
    let mut length = 0;
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return Ok(length),
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_literal(word: &Word, text: &[u8]) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal(literal)] if literal == text)
}

/// Whether the expansion of a word runs no command.
fn is_plain(word: &Word) -> bool {
    word.assignment.is_none() && are_plain(&word.parts)
}

fn are_plain(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Literal(_) | Part::Quoted(_) | Part::Tilde(_) => true,
        Part::DoubleQuoted(parts) => are_plain(parts),
        // A value of a parameter is plain, a word or subscript in it may be anything.
        Part::Parameter(parameter) => {
            !parameter.source.contains(&b'(') && !parameter.source.contains(&b'`')
        }
        Part::Arithmetic(arithmetic) => are_plain(&arithmetic.word.parts),
        Part::Brace(brace) => match &brace.kind {
            BraceKind::Alternatives(all) => all.iter().all(|parts| are_plain(parts)),
            BraceKind::Numbers { .. } | BraceKind::Characters { .. } => true,
        },
        Part::Command(_) | Part::Process(_) => false,
    })
}
