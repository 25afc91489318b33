//! Calls of functions.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::access::is_name;
use crate::shell::ast::{CompoundCommand, FunctionDefinition, SimpleCommand, Text};
use crate::shell::builtins;
use crate::shell::calls::{Call, CallKind};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::state::{Function, ScriptSource};
use crate::shell::symbol::Symbol;
use crate::shell::traps::Event;
use crate::shell::variables::{Lifted, ScopeKind};

use super::redirection::redirects_input;

impl Shell {
    pub(super) fn run_function_command(
        &mut self,
        function: &Rc<Function>,
        command: &SimpleCommand,
        fields: Vec<Text>,
        assigned: Option<Lifted>,
    ) -> Flow {
        let saved = match command.redirections.as_slice() {
            [] => None,
            redirections => match self.redirect(redirections)? {
                Ok(saved) => Some(saved),
                Err(status) => return self.done(status),
            },
        };
        let outer = self.state.has_other_input;
        self.state.has_other_input |= redirects_input(&command.redirections);
        let flow = self.call_function(function, fields, assigned);
        self.state.has_other_input = outer;
        if let Some(saved) = saved {
            self.restore(saved);
        }
        match flow {
            ControlFlow::Continue(status) => self.done(status),
            jump => jump,
        }
    }

    pub(super) fn call_function(
        &mut self,
        function: &Rc<Function>,
        fields: Vec<Text>,
        assigned: Option<Lifted>,
    ) -> Flow {
        if self.exceeds_nesting_limit(&function.definition.name) {
            return ControlFlow::Break(Jump::Discard(Error::Expansion, 1));
        }
        // Assignments before the call are seen in it, and local to it.
        match assigned {
            Some(lifted) => {
                (self.state.variables).lower_scope(ScopeKind::Function, lifted);
            }
            None => self.state.variables.push_scope(ScopeKind::Function),
        }
        let last = fields.last().cloned().unwrap_or_default();
        let arguments = fields.into_iter().skip(1).collect();
        let flow = self.run_body(function, arguments);
        self.set_last_argument(last);
        if !self.is_exiting {
            self.leave_scope();
        }
        flow
    }

    /// Runs a function with these arguments, in the scope that was made for it.
    fn run_body(&mut self, function: &Rc<Function>, arguments: Vec<Text>) -> Flow {
        let positional = std::mem::replace(&mut self.state.positional, Rc::new(arguments));
        let loops = std::mem::take(&mut self.loops);
        let line = self.state.line;
        self.state.calls.push(Call {
            kind: CallKind::Function,
            name: function.definition.name.clone(),
            file: function.file.clone(),
            line,
            arguments: (self.has_shopt(Shopt::ExtDebug)).then(|| Rc::clone(&self.state.positional)),
            options: None,
            has_set_arguments: false,
        });
        let traced = self.is_set(SetOption::FuncTrace) || function.traced;
        let hidden = self.hide_traps(traced);
        let body: &CompoundCommand = &function.definition.body;
        let flow = self.deeper(|shell| {
            // The beginning of a function is a command, too.
            shell.state.line = function.definition.line;
            let flow = match shell.run_debug_trap() {
                ControlFlow::Continue(_) => shell.run_compound(body),
                ControlFlow::Break(jump) => ControlFlow::Break(jump),
            };
            match flow {
                // The trap sees the status of the command before `return`.
                ControlFlow::Break(Jump::Return(status)) => {
                    shell.run_trap(Event::Return)?;
                    shell.done(status)
                }
                ControlFlow::Continue(status) => {
                    shell.run_trap(Event::Return)?;
                    shell.done(status)
                }
                flow => flow,
            }
        });
        // The EXIT trap sees what the function saw that has called `exit`.
        if self.is_exiting {
            return flow;
        }
        self.show_traps(hidden);
        if let Some(call) = self.state.calls.pop()
            && let Some(options) = call.options
        {
            // `local -`
            self.state.options = options;
        }
        self.state.line = line;
        self.loops = loops;
        self.state.positional = positional;
        flow
    }

    /// Whether FUNCNEST forbids one more call.
    #[inline(never)]
    fn exceeds_nesting_limit(&mut self, name: &[u8]) -> bool {
        if self.state.variables.get(Symbol::FUNCNEST).is_none() {
            return false;
        }
        let limit = self.value(Symbol::FUNCNEST).unwrap_or_default();
        let limit = std::str::from_utf8(&limit)
            .ok()
            .and_then(|text| text.parse().ok());
        let depth = self
            .state
            .calls
            .iter()
            .filter(|call| call.kind == CallKind::Function);
        let exceeds = limit.is_some_and(|limit: usize| limit > 0 && depth.count() >= limit);
        if exceeds {
            let limit = limit.unwrap_or_default();
            let message = format!(": maximum function nesting level exceeded ({limit})");
            self.complain([name, message.as_bytes()].concat());
        }
        exceeds
    }

    /// Takes away the DEBUG and RETURN traps, which a function does not inherit unless it is traced, and likewise ERR.
    fn hide_traps(&mut self, traced: bool) -> Vec<(Event, Text)> {
        if self.state.traps.is_empty() {
            return Vec::new();
        }
        let keeps_error = self.is_set(SetOption::ErrTrace);
        let traced = traced || self.has_shopt(Shopt::ExtDebug);
        let mut hidden = Vec::new();
        for event in [Event::Debug, Event::Return, Event::Error] {
            let keeps = if event == Event::Error {
                keeps_error
            } else {
                traced
            };
            if !keeps && let Some(command) = self.state.traps.take(event) {
                hidden.push((event, command));
            }
        }
        hidden
    }

    /// Puts traps back that the function has not set anew.
    fn show_traps(&mut self, hidden: Vec<(Event, Text)>) {
        for (event, command) in hidden {
            if self.state.traps.get(event).is_none() {
                self.state.traps.set(event, command);
            }
        }
    }

    /// Defines a function.
    #[inline(never)]
    pub(super) fn define_function(&mut self, definition: &FunctionDefinition) -> Flow {
        self.state.line = definition.line;
        if definition.name.iter().any(|byte| b"$`'\"\\".contains(byte)) {
            self.invalid_identifier(&definition.name);
            return self.done(1);
        }
        if self.is_posix()
            && let Some(problem) = forbidden_by_posix(&definition.name)
        {
            let message = [b"`", definition.name.as_slice(), b"': ", problem.as_bytes()].concat();
            self.complain(message);
            return ControlFlow::Break(Jump::Exit(2));
        }
        if let Some(function) = self.function(&definition.name)
            && function.readonly
        {
            self.complain([definition.name.as_slice(), b": readonly function"].concat());
            return self.done(1);
        }
        let file = self.state.calls.script_name().cloned();
        let file = file.unwrap_or_else(|| self.file_of_definitions());
        let function = Function {
            definition: definition.clone(),
            file,
            exported: false,
            readonly: false,
            traced: false,
        };
        self.set_function(function);
        if self.is_set(SetOption::AllExport) {
            self.edit_function(&definition.name, |function| function.exported = true);
        }
        self.done(0)
    }

    pub fn set_function(&mut self, function: Function) {
        let name = function.definition.name.clone();
        Rc::make_mut(&mut self.state.functions)
            .by_name
            .insert(name, Rc::new(function));
    }

    pub fn edit_function(&mut self, name: &[u8], edit: impl FnOnce(&mut Function)) {
        let functions = Rc::make_mut(&mut self.state.functions);
        if let Some(function) = functions.by_name.get_mut(name) {
            edit(Rc::make_mut(function));
        }
    }

    /// What BASH_SOURCE says of functions that stand in no file.
    pub(super) fn file_of_definitions(&self) -> Text {
        match self.state.source {
            ScriptSource::StandardInput => b"main".to_vec(),
            _ => b"environment".to_vec(),
        }
    }
}

/// Why POSIX mode has no function of a name.
fn forbidden_by_posix(name: &[u8]) -> Option<&'static str> {
    if !is_name(name) {
        return Some("not a valid identifier");
    }
    let is_special = builtins::find(name).is_some_and(|builtin| builtin.is_special);
    is_special.then_some("is a special builtin")
}
