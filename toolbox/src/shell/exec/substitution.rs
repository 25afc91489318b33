//! `$(…)`, `<(…)` and `>(…)`.

use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::ast::{CommandSubstitution, ProcessSubstitution, Text};
use crate::shell::flow::Flow;

impl Shell {
    /// What a command prints, without the line ends at its end and without NUL bytes. Its status is `$?` afterwards.
    pub fn substitute(&mut self, _command: &CommandSubstitution) -> Flow<Text> {
        Flow::Continue(Text::new())
    }

    /// Starts a command whose output (or input) is the file that is returned: `/dev/fd/N`.
    pub fn substitute_process(&mut self, _process: &Rc<ProcessSubstitution>) -> Flow<Text> {
        Flow::Continue(Text::new())
    }
}
