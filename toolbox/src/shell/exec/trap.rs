//! When the commands of `trap` run.

use std::ops::ControlFlow;

use crate::shell::Shell;
use crate::shell::ast::{Command, Text};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::printer;
use crate::shell::script::TextSource;
use crate::shell::traps::{Event, Traps};
use crate::sys::process::{self, Disposition, ExitStatus};
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

/// The signals that end a shell after its EXIT trap (others end it at once).
const ENDING: [u8; 17] = [1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 24, 25, 26, 31];

/// How many commands run before the shell looks for signals again.
const COMMANDS_BETWEEN_LOOKS: u8 = 15;

impl Shell {
    /// What comes before each simple command (and before the parts of some compound ones): signals that have come, the
    /// DEBUG trap, `BASH_COMMAND`.
    pub(super) fn before_command(&mut self, text: impl FnOnce() -> Text) -> Flow<Next> {
        let has_traps = !self.state.traps.is_empty() || self.caught_ends != 0;
        let is_announced = std::mem::take(&mut self.is_announced);
        if is_announced || !(has_traps || self.state.keeps_command) {
            return Flow::Continue(Next::Run);
        }
        if has_traps && self.looks_for_signals() {
            self.run_pending_traps()?;
        }
        // A function's commands count too, even if it does not see the traps.
        if self.state.keeps_command && self.running_traps.is_empty() {
            self.state.command = text();
        }
        self.run_debug_trap()
    }

    /// Does for the simple command that a stage or a background process is what comes before it: in this shell, and not in
    /// the one of the stage.
    pub(super) fn announce(&mut self, command: &Command) -> Flow<Next> {
        let Command::Simple(command) = command else {
            return Flow::Continue(Next::Run);
        };
        self.state.line = command.line;
        let next = self.before_command(|| printer::simple_command(command))?;
        self.is_announced = next == Next::Run
            && (self.state.keeps_command || self.state.traps.get(Event::Debug).is_some());
        Flow::Continue(next)
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
        let outer_status = self.note_trap(status);
        let condition = std::mem::replace(&mut self.in_condition, false);
        let flow = self.run_text(command, line, TextSource::Trap(event));
        self.in_condition = condition;
        self.running_traps.pop();
        self.status_before_trap = outer_status;
        self.state.line = line;
        match flow {
            ControlFlow::Continue(_) => {
                let own = std::mem::replace(&mut self.state.status, status);
                Flow::Continue(own)
            }
            ControlFlow::Break(jump) => ControlFlow::Break(jump),
        }
    }

    /// Notes the status from before a trap, and where it runs. Gives what was noted for one around it.
    fn note_trap(&mut self, status: i32) -> (i32, u32) {
        let noted = (status, self.state.subshells);
        std::mem::replace(&mut self.status_before_trap, noted)
    }

    /// Whether it is time to look for signals again: to ask the kernel before every command would take as long as a short
    /// command does. What has waited for a process looks at once.
    fn looks_for_signals(&mut self) -> bool {
        match self.commands_to_signals.checked_sub(1) {
            Some(left) if self.pending_signals == 0 => self.commands_to_signals = left,
            _ => {
                self.commands_to_signals = COMMANDS_BETWEEN_LOOKS;
                return true;
            }
        }
        false
    }

    /// Runs the traps of the signals that have come.
    pub fn run_pending_traps(&mut self) -> Flow<()> {
        if !self.state.traps.has_signals() && self.caught_ends == 0 {
            return Flow::Continue(());
        }
        loop {
            if let Some(number) = self.ending_signal() {
                return ControlFlow::Break(Jump::Exit(128 + i32::from(number)));
            }
            // Those whose trap runs now wait until it has ended.
            // Those that have none here are for the shell that this is a subshell of.
            let is_next = |number: &u8| {
                self.pending_signals & bit(*number) != 0
                    && self.state.traps.get(Event::Signal(*number)).is_some()
                    && !self.running_traps.contains(&Event::Signal(*number))
            };
            let Some(number) = (1..=64).find(is_next) else {
                return Flow::Continue(());
            };
            self.pending_signals &= !bit(number);
            self.run_trap(Event::Signal(number))?;
        }
    }

    /// The signal that has come to end the shell, whose EXIT trap has still to run. Others that have come are kept.
    pub fn ending_signal(&mut self) -> Option<u8> {
        self.pending_signals |= process::take_signals();
        let ends = self.pending_signals & self.caught_ends;
        if self.ended_by.is_none() && ends != 0 {
            self.pending_signals &= !ends;
            self.ended_by = (1..=64).find(|number| ends & bit(*number) != 0);
        }
        self.ended_by
    }

    /// Ends the shell by the signal that has come to end it, if one has.
    pub fn end_by_signal(&mut self, status: i32) -> i32 {
        match self
            .ended_by
            .and_then(|number| Signal::from_number(number.into()))
        {
            Some(signal) => {
                let _ = process::set_signal(signal, Disposition::Default);
                process::end_like(ExitStatus::signaled(signal.number()))
            }
            None => status,
        }
    }

    /// Runs the EXIT trap, once; gives the status that the shell ends with.
    pub fn run_exit_trap(&mut self, status: i32) -> i32 {
        self.is_exiting = false;
        let Some(command) = self.state.traps.take(Event::Exit) else {
            return status;
        };
        let ended_by = self.ended_by.take();
        self.catch_ends();
        self.state.status = status;
        self.running_traps.push(Event::Exit);
        self.note_trap(status);
        // What encloses the end of the shell does not count any more.
        self.loops = 0;
        let flow = self.run_same_depth(command, 1, TextSource::Trap(Event::Exit));
        self.running_traps.pop();
        // The trap itself may have called `exit`.
        self.is_exiting = false;
        self.ended_by = ended_by;
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

    /// Catches the signals that would end the shell before its EXIT trap, or lets them do so when it has none.
    pub fn catch_ends(&mut self) {
        let exit = self.state.traps.get(Event::Exit);
        let mut wanted = 0;
        if exit.is_some_and(|command| !command.is_empty()) {
            wanted = ENDING.iter().fold(0, |all, number| all | bit(*number));
            wanted &= !process::ignored_signals();
        }
        let own = self
            .state
            .traps
            .signals()
            .fold(0, |all, number| all | bit(number));
        wanted &= !own;
        let changed = (wanted ^ self.caught_ends) & !own;
        for number in ENDING.iter().filter(|number| changed & bit(**number) != 0) {
            let disposition = match wanted & bit(*number) {
                0 => Disposition::Default,
                _ => Disposition::Catch,
            };
            if let Some(signal) = Signal::from_number((*number).into()) {
                let _ = process::set_signal(signal, disposition);
            }
        }
        self.caught_ends = wanted;
    }

    /// After a subshell: signals do again what the traps say, if the subshell has set its own.
    pub(super) fn restore_signals(&mut self, of_subshell: &Traps) {
        if of_subshell.is_empty() && self.state.traps.is_empty() && self.caught_ends == 0 {
            return;
        }
        for number in of_subshell.signals() {
            self.apply_signal(number);
        }
        let own: Vec<u8> = self.state.traps.signals().collect();
        for number in own {
            self.apply_signal(number);
        }
        self.catch_ends();
    }
}

/// The bit of a signal in a set of them.
fn bit(number: u8) -> u64 {
    1 << (number - 1)
}
