//! Subshells. One that the shell waits for runs in the same process, on a copy of the state; one that runs beside it is a
//! process of its own, which is sent the state and the command.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::fd::AsRawFd;

use serde::{Deserialize, Serialize};

use super::{NOT_EXECUTABLE, NOT_FOUND};
use crate::shell::ast::{Command, List, ListItem, Text};
use crate::shell::descriptors::Descriptors;
use crate::shell::flow::{Flow, Jump};
use crate::shell::jobs::Jobs;
use crate::shell::options::SetOption;
use crate::shell::state::State;
use crate::shell::traps::Event;
use crate::shell::{Shell, ast};
use crate::sys;
use crate::sys::process::{self, Descriptor, Pid};
use crate::sys::signal::Signal;

/// The first argument of a shell that goes on where another one is; the number of the descriptor with the `Message`
/// follows.
pub const RESUME: &str = "--resume-subshell";

/// The number that the message has in the new process.
const MESSAGE_FD: u32 = 1000;

/// What a shell is sent to go on with. The sender has borrowed what the receiver owns.
#[derive(Serialize)]
struct Message<'a> {
    state: &'a State,
    in_condition: bool,
    running_traps: &'a [Event],
    trace_depth: usize,
    is_announced: bool,
    descriptors: Vec<u32>,
    command: &'a Command,
}

#[derive(Deserialize)]
struct Received {
    state: State,
    in_condition: bool,
    running_traps: Vec<Event>,
    trace_depth: usize,
    is_announced: bool,
    descriptors: Vec<u32>,
    command: Command,
}

impl Shell {
    /// Runs something as a subshell does, in this process: what it changes is undone, and it cannot jump out.
    pub fn subshell(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> i32 {
        self.subshell_with(Jobs::default(), run)
    }

    /// Likewise, where the jobs of this shell can be asked for.
    pub(super) fn subshell_with_jobs(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> i32 {
        self.subshell_with(self.jobs.inherited(), run)
    }

    fn subshell_with(&mut self, jobs: Jobs, run: impl FnOnce(&mut Self) -> Flow) -> i32 {
        let state = self.state.clone();
        let descriptors = self.streams.descriptors.clone();
        let jobs = std::mem::replace(&mut self.jobs, jobs);
        let loops = std::mem::take(&mut self.loops);
        let in_condition = self.in_condition;
        let directory = process::Directory::current();
        let umask = process::umask();

        self.become_subshell();
        let flow = self.deeper(run);
        let status = self.end_of_subshell(flow);

        if process::umask() != umask {
            process::set_umask(umask);
        }
        // One that cannot be entered again could not be opened before, either.
        let _ = directory.and_then(|directory| directory.enter());
        self.in_condition = in_condition;
        self.loops = loops;
        // Its children are nobody's jobs, but they are still waited for.
        // It may have been sent a signal that is for this shell.
        self.commands_to_signals = 0;
        let left = std::mem::replace(&mut self.jobs, jobs);
        self.jobs.adopt(left);
        let traps = self.state.traps.clone();
        self.streams.descriptors = descriptors;
        self.state = state;
        self.note_locale();
        self.restore_signals(&traps);
        status
    }

    /// Runs a command in a process of its own, as a subshell does, and waits for it. Maybe tells of a
    /// signal that has ended it.
    pub(super) fn subshell_process(&mut self, command: &Command, tells: bool) -> i32 {
        let pid = match self.spawn_subshell(command, false) {
            Ok(pid) => pid,
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain(format!("fork: {text}"));
                return NOT_EXECUTABLE;
            }
        };
        match self.wait_for_child(pid) {
            Some(status) => {
                if tells {
                    self.tell_of_signal(status);
                }
                status.code().into()
            }
            None => NOT_FOUND,
        }
    }

    /// What changes for a shell that becomes a subshell.
    fn become_subshell(&mut self) {
        self.state.subshells += 1;
        self.state.has_inherited_random = true;
        if !self.state.traps.is_empty() {
            let keeps_error = self.is_set(SetOption::ErrTrace);
            let keeps_debug = self.is_set(SetOption::FuncTrace);
            self.state.traps = self.state.traps.for_subshell(keeps_error, keeps_debug);
        }
    }

    /// The status of a subshell, after its EXIT trap.
    fn end_of_subshell(&mut self, flow: Flow) -> i32 {
        let status = match flow {
            ControlFlow::Continue(status)
            | ControlFlow::Break(
                Jump::Return(status) | Jump::Exit(status) | Jump::Discard(_, status),
            ) => status,
            ControlFlow::Break(Jump::Break(_) | Jump::Continue(_)) => self.state.status,
        };
        self.state.status = status;
        let status = self.run_exit_trap(status);
        if let Err(error) = self.flush() {
            let text = sys::error_text(&error);
            self.complain(format!("write error: {text}"));
        }
        status
    }

    /// Starts a subshell that runs beside this one.
    pub(super) fn spawn_subshell(
        &mut self,
        command: &Command,
        is_background: bool,
    ) -> io::Result<Pid> {
        self.flush()?;
        let message = Message {
            state: &self.state,
            in_condition: self.in_condition,
            running_traps: &self.running_traps,
            trace_depth: self.trace_depth,
            is_announced: std::mem::take(&mut self.is_announced),
            descriptors: self
                .streams
                .descriptors
                .numbers()
                .filter(|fd| *fd > 2)
                .collect(),
            command,
        };
        let message = postcard::to_allocvec(&message).map_err(io::Error::other)?;
        let (reader, writer) = process::collector()?;
        sys::Descriptor(writer.as_raw_fd()).write_all(&message)?;
        drop(writer);

        let mut program = self.command()?;
        program.program = process::own_program();
        program.args = ["bash", RESUME, &MESSAGE_FD.to_string()]
            .map(OsString::from)
            .into();
        program.descriptors.push(Descriptor {
            target: MESSAGE_FD,
            source: reader.as_raw_fd().cast_unsigned(),
        });
        if is_background {
            program.ignored = vec![Signal::INT, Signal::QUIT];
        }
        program.spawn()
    }

    /// Goes on where another shell is: reads what to do from a descriptor, and gives the status.
    pub fn resume(fd: i32) -> i32 {
        let mut message = Vec::new();
        let read = sys::Descriptor(fd).read_to_end(&mut message);
        let received = read.map_err(|error| error.to_string()).and_then(|_| {
            postcard::from_bytes::<Received>(&message).map_err(|error| error.to_string())
        });
        drop(message);
        let received = match received {
            Ok(received) => received,
            Err(error) => {
                let text = format!("bash: {RESUME}: {error}\n");
                let _ = sys::Descriptor(2).write_all(text.as_bytes());
                return 2;
            }
        };
        let _ = sys::close(fd);
        let descriptors = Descriptors::inherited(received.descriptors);
        let mut shell = Self::with_state(received.state, descriptors);
        shell.note_locale();
        shell.in_condition = received.in_condition;
        shell.running_traps = received.running_traps;
        shell.trace_depth = received.trace_depth;
        shell.is_announced = received.is_announced;
        shell.become_subshell();
        let flow = shell.run_as_whole(&received.command);
        let status = shell.end_of_subshell(flow);
        shell.end_by_signal(status)
    }

    /// Runs the command that a subshell is for. A function or group that is its only command needs no second subshell.
    fn run_as_whole(&mut self, command: &Command) -> Flow {
        match command {
            Command::Compound(compound) if compound.redirections.is_empty() => {
                match &compound.kind {
                    ast::Compound::Subshell(list) => self.run_subshell_list(list),
                    _ => self.run_stage(command),
                }
            }
            _ => self.run_stage(command),
        }
    }

    /// Runs the list of a subshell. The failure of one that is all there is in another counts for the outer one, and so once.
    pub(super) fn run_subshell_list(&mut self, list: &List) -> Flow {
        match lone_subshell(list) {
            Some(inner) => self.run_command(inner),
            None => self.run_list(list),
        }
    }

    /// Runs the command that a stage or a background process is. The ERR trap of the failure is left to the shell around
    /// it, unless it is an expression: bash tells of those in both.
    pub(super) fn run_stage(&mut self, command: &Command) -> Flow {
        let status = self.run_command(command)?;
        if let Command::Compound(compound) = command
            && matches!(
                compound.kind,
                ast::Compound::Test(_) | ast::Compound::Arithmetic(_)
            )
            && status != 0
            && !self.in_condition
        {
            self.run_trap(Event::Error)?;
        }
        Flow::Continue(status)
    }

    /// A list as one command.
    pub(super) fn group(list: &List) -> Command {
        Command::Compound(std::rc::Rc::new(ast::CompoundCommand {
            line: 0,
            kind: ast::Compound::Group(list.clone()),
            redirections: Vec::new(),
        }))
    }

    /// An and-or list as one command: the pipeline itself if it is nothing but one command.
    pub(super) fn group_of(command: &ast::AndOr) -> Command {
        if let ([stage], None, false, true) = (
            command.first.stages.as_slice(),
            command.first.time,
            command.first.negated,
            command.rest.is_empty(),
        ) {
            return stage.clone();
        }
        let item = ListItem {
            command: command.clone(),
            background: false,
            ends_line: false,
        };
        Self::group(&List { items: vec![item] })
    }

    /// What was printed for a substitution, as `$(…)` takes it: without NUL bytes and the line ends at its end.
    pub(super) fn trimmed(mut text: Text) -> Text {
        let end = text
            .iter()
            .rposition(|byte| *byte != b'\n')
            .map_or(0, |at| at + 1);
        text.truncate(end);
        if text.contains(&0) {
            text.retain(|byte| *byte != 0);
        }
        text
    }
}

/// The subshell that is all there is in the list of a subshell.
fn lone_subshell(list: &List) -> Option<&Command> {
    let [item] = list.items.as_slice() else {
        return None;
    };
    let pipeline = &item.command.first;
    let is_alone = !item.background
        && item.command.rest.is_empty()
        && !pipeline.negated
        && pipeline.time.is_none();
    match pipeline.stages.as_slice() {
        [inner @ Command::Compound(compound)]
            if is_alone && matches!(compound.kind, ast::Compound::Subshell(_)) =>
        {
            Some(inner)
        }
        _ => None,
    }
}
