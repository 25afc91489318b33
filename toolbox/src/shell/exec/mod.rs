//! The interpreter: what each node of the syntax tree does. Each gives the command's exit status, which is also left in
//! `state.status`, or a jump.
//!
//! A script's recursion is one of these functions. What is off its path is `inline(never)`, as its variables would be on
//! the stack once for each level.

mod background;
mod compound;
mod function;
mod pipeline;
mod program;
mod redirection;
mod select;
mod simple;
mod subshell;
mod substitution;
mod temporary;
mod test;
mod time;
mod trace;
mod trap;

use std::ops::ControlFlow;

use super::Shell;
use super::ast::{AndOr, Command, Compound, Connector, List, Pipeline};
use super::flow::{Flow, Jump};
use super::options::SetOption;
use super::printer;
use super::script::TextSource;
use super::traps::Event;

pub use program::{ExecOptions, Found, NotStarted, is_program};
pub use subshell::RESUME;

/// What a shell says of a program that it does not find, and of one that cannot be executed.
pub const NOT_FOUND: i32 = 127;
pub const NOT_EXECUTABLE: i32 = 126;

/// How deep functions, sourced files, `eval` and substitutions may be inside each other: what the stacks of a process
/// have room for.
const MAX_DEPTH: usize = 4000;

impl Shell {
    /// Runs the commands of a list.
    pub fn run_list(&mut self, list: &List) -> Flow {
        let mut status = 0;
        for item in &list.items {
            status = if item.background {
                self.run_in_background(&item.command)?
            } else {
                self.run_and_or(&item.command)?
            };
        }
        Flow::Continue(status)
    }

    fn run_and_or(&mut self, command: &AndOr) -> Flow {
        if command.rest.is_empty() {
            return self.run_checked(&command.first);
        }
        let mut status = self.run_condition(|shell| shell.run_pipeline(&command.first))?;
        let last = command.rest.len() - 1;
        for (at, (connector, pipeline)) in command.rest.iter().enumerate() {
            let runs = match connector {
                Connector::And => status == 0,
                Connector::Or => status != 0,
            };
            if !runs {
                continue;
            }
            status = if at == last {
                self.run_checked(pipeline)?
            } else {
                self.run_condition(|shell| shell.run_pipeline(pipeline))?
            };
        }
        Flow::Continue(status)
    }

    /// Runs what is asked for its status: a failure in it is no reason for `set -e` to end the shell.
    fn run_condition(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let outer = std::mem::replace(&mut self.in_condition, true);
        let flow = run(self);
        self.in_condition = outer;
        flow
    }

    /// Runs a pipeline whose failure counts: it triggers the ERR trap and `set -e`.
    fn run_checked(&mut self, pipeline: &Pipeline) -> Flow {
        if pipeline.negated {
            return self.run_condition(|shell| shell.run_pipeline(pipeline));
        }
        let status = self.run_pipeline(pipeline)?;
        if status != 0 && !self.in_condition && can_fail(pipeline) {
            self.run_error_trap(pipeline.stages.last())?;
            if self.is_set(SetOption::ErrExit) {
                return ControlFlow::Break(Jump::Exit(status));
            }
            if let [_, .., last] = pipeline.stages.as_slice()
                && is_subshell(last)
            {
                // Bash runs it for the subshell, and for the pipeline as well.
                self.run_error_trap(Some(last))?;
            }
        }
        Flow::Continue(status)
    }

    /// Runs the ERR trap for a command; `BASH_COMMAND` is a subshell as a whole.
    #[inline(never)]
    fn run_error_trap(&mut self, command: Option<&Command>) -> Flow {
        if let Some(subshell) = command.filter(|command| is_subshell(command))
            && self.running_traps.is_empty()
            && self.state.traps.get(Event::Error).is_some()
        {
            self.state.command = printer::command(subshell);
        }
        self.run_trap(Event::Error)
    }

    fn run_command(&mut self, command: &Command) -> Flow {
        match command {
            Command::Simple(command) => self.run_simple(command),
            Command::Compound(command) => self.run_compound(command),
            Command::Function(definition) => self.define_function(definition),
            Command::Coprocess(coprocess) => self.start_coprocess(coprocess),
            Command::Unread(unread) => {
                self.run_same_depth(unread.text.clone(), unread.line, TextSource::Substitution)
            }
        }
    }

    /// Notes a status as `$?`.
    fn done(&mut self, status: i32) -> Flow {
        self.state.status = status;
        Flow::Continue(status)
    }

    /// Goes one level deeper into functions, files, `eval` or substitutions.
    pub fn deeper(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        if self.depth >= MAX_DEPTH {
            self.complain("maximum nesting level exceeded");
            return ControlFlow::Break(Jump::Exit(2));
        }
        self.depth += 1;
        let flow = run(self);
        self.depth -= 1;
        flow
    }
}

/// Whether a failure of this pipeline is its own: in other compound commands the command that failed has been dealt with.
fn can_fail(pipeline: &Pipeline) -> bool {
    match pipeline.stages.as_slice() {
        [Command::Function(_)] => true,
        [command] => has_own_status(command),
        stages => !stages.is_empty(),
    }
}

fn is_subshell(command: &Command) -> bool {
    match command {
        Command::Compound(compound) => matches!(compound.kind, Compound::Subshell(_)),
        _ => false,
    }
}

/// Whether the status of a command is its own, and not that of a command in it.
fn has_own_status(command: &Command) -> bool {
    match command {
        Command::Simple(_) | Command::Coprocess(_) | Command::Unread(_) => true,
        Command::Compound(command) => matches!(
            command.kind,
            Compound::Subshell(_) | Compound::Test(_) | Compound::Arithmetic(_)
        ),
        Command::Function(_) => false,
    }
}
