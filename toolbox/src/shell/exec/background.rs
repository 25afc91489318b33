//! Commands that run beside the shell: `&` and `coproc`.

use std::rc::{Rc, Weak};

use super::redirection::redirects_input;
use super::trap::Next;
use crate::shell::Shell;
use crate::shell::ast::{AndOr, Command, Coprocess};
use crate::shell::descriptors::{self, Open};
use crate::shell::flow::Flow;
use crate::shell::jobs::RunningCoprocess;
use crate::shell::options::SetOption;
use crate::shell::printer;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value, Variable};
use crate::sys::process::{self, Pid};

impl Shell {
    #[inline(never)]
    pub(super) fn run_in_background(&mut self, command: &AndOr) -> Flow {
        // As in bash, it is not negated.
        let positive = (command.first.negated && command.rest.is_empty()).then(|| {
            let mut command = command.clone();
            command.first.negated = false;
            command
        });
        let command = positive.as_ref().unwrap_or(command);
        let stage = Self::group_of(command);
        if self.announce(&stage)? == Next::Skip {
            return self.done(0);
        }
        let _ = self.flush();
        // Without job control, what runs beside the shell must not take its input, unless that is another one anyway.
        let has_input = self.state.has_other_input || names_input(&stage);
        let before = (!self.is_set(SetOption::Monitor) && !has_input).then(|| {
            let null = std::fs::File::open("/dev/null")
                .ok()
                .map(descriptors::owned);
            self.streams.descriptors.set(0, null)
        });
        let started = self.start_beside(&stage, true);
        if let Some(before) = before {
            self.streams.descriptors.set(0, before);
        }
        match started {
            Ok(pid) => {
                self.state.last_background = Some(pid.0);
                self.jobs.add(pid, printer::and_or(command));
                self.done(0)
            }
            Err(status) => {
                // It has ended already; `wait $!` finds its status.
                let pid = self.jobs.add_ended(status, printer::and_or(command));
                self.state.last_background = Some(pid.0);
                self.done(0)
            }
        }
    }

    #[inline(never)]
    pub(super) fn start_coprocess(&mut self, coprocess: &Coprocess) -> Flow {
        match self.connect_coprocess(coprocess) {
            Ok((pid, fds)) => {
                let name = coprocess.name;
                self.state.last_background = Some(pid.0);
                let command = printer::command(&coprocess.command);
                self.jobs
                    .add(pid, [b"coproc ", &name.name()[..], b" ", &command].concat());
                let ends = fds.map(|fd| (fd, self.open_at(fd)));
                let started = RunningCoprocess { name, pid, ends };
                let before = self.jobs.coprocess.replace(started);
                if let Some(before) = before.filter(|before| self.jobs.status(before.pid).is_none())
                {
                    self.complain_of_running(&before);
                }
                let texts = fds.map(|fd| fd.to_string().into_bytes());
                let array = Indexed::from_iter(texts);
                self.state.variables.edit(name).value = Value::Indexed(array);
                let pid = pid.0.to_string();
                (self.state.variables).set(pid_name(name), Variable::scalar(pid));
                self.done(0)
            }
            Err(error) => {
                self.complain(format!("coproc: {}", crate::sys::error_text(&error)));
                self.done(1)
            }
        }
    }

    fn open_at(&self, fd: u32) -> Weak<Open> {
        let open = self.streams.descriptors.get(fd);
        open.map(Rc::downgrade).unwrap_or_default()
    }

    fn complain_of_running(&mut self, coprocess: &RunningCoprocess) {
        let name = coprocess.name.name();
        let pid = coprocess.pid.0.to_string();
        let message = [
            b"warning: execute_coproc: coproc [",
            pid.as_bytes(),
            b":",
            &name[..],
            b"] still exists",
        ];
        self.complain(message.concat());
    }

    /// Takes the variables of a coprocess away that is known to have ended, and closes the shell's ends of its pipes. Bash
    /// does so as soon as it ends, so that what it has written last may be lost; here, `wait` does.
    pub fn forget_coprocess(&mut self) {
        let Some(coprocess) = self.jobs.ended_coprocess() else {
            return;
        };
        for (fd, end) in &coprocess.ends {
            let is_its = self
                .streams
                .descriptors
                .get(*fd)
                .is_some_and(|open| std::ptr::eq(Rc::as_ptr(open), end.as_ptr()));
            if is_its {
                self.streams.descriptors.set(*fd, None);
            }
        }
        for name in [coprocess.name, pid_name(coprocess.name)] {
            if self.attributes(name).readonly {
                self.complain([&name.name()[..], b": cannot unset: readonly variable"].concat());
            } else {
                self.unset_variable(name);
            }
        }
    }

    /// Starts the command with a pipe at its input and one at its output; gives the numbers of the shell's ends.
    fn connect_coprocess(&mut self, coprocess: &Coprocess) -> std::io::Result<(Pid, [u32; 2])> {
        let (its_input, into) = process::pipe()?;
        let (from, its_output) = process::pipe()?;
        self.flush()?;
        let before = self.streams.descriptors.clone();
        self.streams
            .descriptors
            .set(0, Some(descriptors::owned(its_input)));
        self.streams
            .descriptors
            .set(1, Some(descriptors::owned(its_output)));
        let started = self.start_beside(&coprocess.command, true);
        self.streams.descriptors = before;
        let pid = started.map_err(|_| std::io::Error::from_raw_os_error(libc::EAGAIN))?;
        let mut keep = |file: Rc<Open>| {
            let fd = self.streams.descriptors.free_below(63);
            self.streams.descriptors.set(fd, Some(file));
            fd
        };
        let fds = [
            keep(descriptors::owned(from)),
            keep(descriptors::owned(into)),
        ];
        Ok((pid, fds))
    }
}

/// Whether a simple command says what it reads.
fn names_input(command: &Command) -> bool {
    match command {
        Command::Simple(command) => redirects_input(&command.redirections),
        _ => false,
    }
}

/// The variable that has the process id of a coprocess.
fn pid_name(name: Symbol) -> Symbol {
    Symbol::new([&name.name()[..], b"_PID"].concat())
}
