//! When the commands of `trap` run.

use std::ops::ControlFlow;

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::traps::{Event, Traps};
use crate::sys::process::{self, Disposition};
use crate::sys::signal::Signal;

/// What a DEBUG trap says of the command that it runs before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Next {
    Run,
    /// It is passed over, as if it had succeeded.
    Skip,
}

/// The status of a DEBUG trap that ends the function.
const RETURNS: i32 = 2;

impl Shell {
    /// What comes before each simple command (and before the parts of some compound ones): signals that have come, the
    /// DEBUG trap, `BASH_COMMAND`.
    pub(super) fn before_command(&mut self, text: impl FnOnce() -> Text) -> Flow<Next> {
        let has_traps = !self.state.traps.is_empty();
        if !(has_traps || self.state.keeps_command) {
            return Flow::Continue(Next::Run);
        }
        // A function's commands count too, even if it does not see the traps.
        self.state.keeps_command = true;
        if has_traps {
            self.run_pending_traps()?;
        }
        if self.running_traps.is_empty() {
            self.state.command = text();
        }
        self.run_debug_trap()
    }

    /// Says whether the command that follows is run: with `extdebug`, the trap can forbid it, or end the function.
    pub(super) fn run_debug_trap(&mut self) -> Flow<Next> {
        let status = self.run_trap(Event::Debug)?;
        if status == 0 || !self.has_shopt(Shopt::ExtDebug) {
            return Flow::Continue(Next::Run);
        }
        if status == RETURNS && self.state.calls.is_returnable() {
            return ControlFlow::Break(Jump::Return(status));
        }
        Flow::Continue(Next::Skip)
    }

    /// Runs the command of a trap, and gives its status; `$?` is afterwards what it was before.
    pub fn run_trap(&mut self, event: Event) -> Flow {
        // A trap does not run inside itself.
        if self.running_traps.contains(&event) {
            return Flow::Continue(0);
        }
        let Some(command) = self
            .state
            .traps
            .get(event)
            .filter(|text| !text.is_empty())
            .cloned()
        else {
            return Flow::Continue(0);
        };
        let status = self.state.status;
        let line = self.state.line;
        self.running_traps.push(event);
        let condition = std::mem::replace(&mut self.in_condition, false);
        let flow = self.run_text(command, line);
        self.in_condition = condition;
        self.running_traps.pop();
        self.state.line = line;
        match flow {
            ControlFlow::Continue(_) => {
                let own = std::mem::replace(&mut self.state.status, status);
                Flow::Continue(own)
            }
            ControlFlow::Break(jump) => ControlFlow::Break(jump),
        }
    }

    /// Runs the traps of the signals that have come.
    pub fn run_pending_traps(&mut self) -> Flow<()> {
        if !self.state.traps.has_signals() {
            return Flow::Continue(());
        }
        let pending = std::mem::take(&mut self.pending_signals) | process::take_signals();
        if pending == 0 {
            return Flow::Continue(());
        }
        for number in (1..=64).filter(|number| pending & 1 << (number - 1) != 0) {
            self.run_trap(Event::Signal(number))?;
        }
        Flow::Continue(())
    }

    /// Runs the EXIT trap, once; gives the status that the shell ends with.
    pub fn run_exit_trap(&mut self, status: i32) -> i32 {
        self.is_exiting = false;
        let Some(command) = self.state.traps.take(Event::Exit) else {
            return status;
        };
        self.state.status = status;
        self.running_traps.push(Event::Exit);
        // What encloses the end of the shell does not count any more.
        self.loops = 0;
        let line = self.state.line;
        let flow = self.run_text(command, line);
        self.running_traps.pop();
        // The trap itself may have called `exit`.
        self.is_exiting = false;
        match flow {
            ControlFlow::Break(Jump::Exit(status) | Jump::Discard(_, status)) => status,
            _ => status,
        }
    }

    /// Tells the system what a trap has been set for.
    pub fn apply_signal(&mut self, number: u8) {
        let Some(signal) = Signal::from_number(number.into()) else {
            return;
        };
        let disposition = match self.state.traps.get(Event::Signal(number)) {
            None => Disposition::Default,
            Some(command) if command.is_empty() => Disposition::Ignore,
            Some(_) => Disposition::Catch,
        };
        // KILL and STOP have no other disposition, and their traps never run.
        let _ = process::set_signal(signal, disposition);
    }

    /// After a subshell: signals do again what the traps say, if the subshell has set its own.
    pub(super) fn restore_signals(&mut self, of_subshell: &Traps) {
        if of_subshell.is_empty() && self.state.traps.is_empty() {
            return;
        }
        for number in of_subshell.signals() {
            self.apply_signal(number);
        }
        let own: Vec<u8> = self.state.traps.signals().collect();
        for number in own {
            self.apply_signal(number);
        }
    }
}
