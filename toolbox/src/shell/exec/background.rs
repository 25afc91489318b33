//! Commands that run beside the shell: `&` and `coproc`.

use std::rc::Rc;

use super::trap::Next;
use crate::shell::Shell;
use crate::shell::ast::{AndOr, Coprocess};
use crate::shell::descriptors::{self, Open};
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::printer;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value, Variable};
use crate::sys::process::{self, Pid};

impl Shell {
    pub(super) fn run_in_background(&mut self, command: &AndOr) -> Flow {
        let stage = Self::group_of(command);
        if self.announce(&stage)? == Next::Skip {
            return self.done(0);
        }
        let _ = self.flush();
        // Without job control, what runs beside the shell must not take its input.
        let before = (!self.is_set(SetOption::Monitor)).then(|| {
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

    pub(super) fn start_coprocess(&mut self, coprocess: &Coprocess) -> Flow {
        match self.connect_coprocess(coprocess) {
            Ok((pid, fds)) => {
                let name = coprocess.name;
                self.state.last_background = Some(pid.0);
                self.jobs.add(pid, printer::command(&coprocess.command));
                let texts = fds.map(|fd| fd.to_string().into_bytes());
                let array = Indexed::from_iter(texts);
                self.state.variables.edit(name).value = Value::Indexed(array);
                let pid_name = Symbol::new([&name.name()[..], b"_PID"].concat());
                let pid = pid.0.to_string();
                self.state.variables.set(pid_name, Variable::scalar(pid));
                self.done(0)
            }
            Err(error) => {
                self.complain(format!("coproc: {}", crate::sys::error_text(&error)));
                self.done(1)
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
