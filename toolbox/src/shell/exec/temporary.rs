//! Assignments before a command: for its time, and in its environment.

use std::ops::ControlFlow;

use crate::shell::Shell;
use crate::shell::access::Target;
use crate::shell::ast::{ArrayElement, AssignedValue, Assignment, Text};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::SetOption;
use crate::shell::value::Variable;
use crate::shell::variables::{Lifted, ScopeKind};

impl Shell {
    /// Evaluates the assignments before a command, which are exported. They are seen when they are lowered again: the
    /// redirections of the command do not see them.
    #[inline(never)]
    pub(super) fn lift_assignments(&mut self, assignments: &[Assignment]) -> Flow<Option<Lifted>> {
        if assignments.is_empty() {
            return Flow::Continue(None);
        }
        self.state.variables.push_scope(ScopeKind::Command);
        for assignment in assignments {
            if let ControlFlow::Break(jump) = self.assign_temporarily(assignment) {
                self.leave_scope();
                return ControlFlow::Break(jump);
            }
        }
        Flow::Continue(Some(self.state.variables.lift_scope()))
    }

    /// Lets a command see them; says whether there are any, which end with `leave_scope`.
    pub(super) fn lower_assignments(&mut self, assigned: Option<Lifted>) -> bool {
        let Some(lifted) = assigned else {
            return false;
        };
        self.state.variables.lower_scope(ScopeKind::Command, lifted);
        true
    }

    fn assign_temporarily(&mut self, assignment: &Assignment) -> Flow<()> {
        if let Some(index) = &assignment.subscript {
            // An element cannot be exported, and the command runs without it.
            let source = &index.word.source;
            let name = assignment.name.name();
            self.complain([b"`", &name[..], b"[", source, b"]': not a valid identifier"].concat());
            return Flow::Continue(());
        }
        let name = match self.target(assignment.name) {
            Some(Target::Variable(name)) => name,
            _ => assignment.name,
        };
        let is_readonly = |variable: &Variable| variable.attributes.readonly;
        if self.state.variables.get(name).is_some_and(is_readonly) {
            self.complain([&name.name()[..], b": readonly variable"].concat());
            // Otherwise the command runs without it.
            return match self.is_posix() || self.is_set(SetOption::ErrExit) {
                true => ControlFlow::Break(Jump::Exit(1)),
                false => Flow::Continue(()),
            };
        }
        let mut value = match &assignment.value {
            AssignedValue::Scalar(word) => self.expand_text(word)?,
            AssignedValue::Array(elements) => self.list_as_text(elements)?,
        };
        if assignment.append
            && let Some(before) = self.value(name)
        {
            value = [before, value].concat();
        }
        self.trace_value(assignment, b"=", &value)?;
        let attributes = self
            .state
            .variables
            .get(name)
            .map(|variable| variable.attributes)
            .unwrap_or_default();
        self.state.variables.make_temporary(name);
        let variable = self.state.variables.edit(name);
        variable.attributes = attributes;
        variable.attributes.nameref = false;
        self.state.variables.set_exported(name, true);
        self.assign(name, value)
    }

    /// A list as the environment gets it: a text like others.
    fn list_as_text(&mut self, elements: &[ArrayElement]) -> Flow<Text> {
        let mut words = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.expand_text(&element.value)?;
            words.push(match &element.subscript {
                Some(index) => {
                    let key = self.expand_text(&index.word)?;
                    let sign: &[u8] = if element.append { b"]+=" } else { b"]=" };
                    [b"[", key.as_slice(), sign, &value].concat()
                }
                None => value,
            });
        }
        Flow::Continue([b"(", words.join(&b' ').as_slice(), b")"].concat())
    }

    /// Ends a scope; variables with an effect have it again.
    pub(super) fn leave_scope(&mut self) {
        for name in self.state.variables.pop_scope() {
            if name.is_special() {
                self.variable_restored(name);
            }
        }
    }
}
