//! Simple commands: expansion, assignments and redirections around a function, a builtin or a program.

use std::ops::ControlFlow;

use super::trap::Next;
use crate::shell::Shell;
use crate::shell::ast::{AssignedValue, Assignment, Command, SimpleCommand, Text, Word};
use crate::shell::builtins::{self, Argument, Builtin, Run};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::SetOption;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Attributes, Value};
use crate::shell::variables::Lifted;
use crate::shell::{parser, printer};

impl Shell {
    pub(super) fn run_simple(&mut self, command: &SimpleCommand) -> Flow {
        self.state.line = command.line;
        if self.before_command(|| printer::simple_command(command))? == Next::Skip {
            return self.done(0);
        }
        let substitutions = self.streams.substitutions.len();
        let flow = self.expand_and_run(command);
        if self.streams.substitutions.len() > substitutions {
            self.close_substitutions(substitutions);
        }
        flow
    }

    fn expand_and_run(&mut self, command: &SimpleCommand) -> Flow {
        self.substitution_status = None;
        if self.is_set(SetOption::Keyword)
            && let Some(command) = with_assignments_before(command)
        {
            return self.expand_and_run(&command);
        }
        if command.words.iter().any(|word| word.assignment.is_some()) {
            return self.run_declaration(command);
        }
        let fields = self.expand_words(&command.words)?;
        if fields.is_empty() {
            return self.run_assignments(command);
        }
        self.run_fields(command, fields)
    }

    /// A command without a name: its assignments stay.
    #[inline(never)]
    fn run_assignments(&mut self, command: &SimpleCommand) -> Flow {
        for assignment in &command.assignments {
            let traced = self.trace_assignment(assignment)?;
            self.execute_assignment(traced.as_ref().unwrap_or(assignment))?;
        }
        if !command.redirections.is_empty() {
            match self.redirect(&command.redirections)? {
                Ok(saved) => self.restore(saved),
                Err(status) => return self.done(status),
            }
        }
        let last = self.state.variables.edit(Symbol::UNDERSCORE);
        last.value.text_mut().clear();
        let status = self.substitution_status.unwrap_or(0);
        self.done(status)
    }

    /// Runs what expanded words say.
    pub(super) fn run_fields(&mut self, command: &SimpleCommand, fields: Vec<Text>) -> Flow {
        let assigned = self.lift_assignments(&command.assignments)?;
        self.trace_command(&fields)?;
        let name = fields[0].as_slice();
        let builtin = self.builtin(name);
        if let Some(builtin) = builtin
            && self.is_posix()
            && builtin.is_special
        {
            return self.run_builtin(builtin, command, Arguments::Plain(fields), assigned);
        }
        if let Some(function) = self.function(name).cloned() {
            return self.run_function_command(&function, command, fields, assigned);
        }
        match builtin {
            Some(builtin) => self.run_builtin(builtin, command, Arguments::Plain(fields), assigned),
            None => self.run_program_command(command, fields, assigned),
        }
    }

    /// `declare x=(…)` and the like: assignments are not split, and arrays are left to the builtin.
    #[inline(never)]
    fn run_declaration(&mut self, command: &SimpleCommand) -> Flow {
        let frozen: Vec<(usize, Assignment)>;
        let mut arguments = Vec::with_capacity(command.words.len());
        for word in &command.words {
            let Some(assignment) = &word.assignment else {
                let fields = self.expand_words(std::slice::from_ref(word))?;
                arguments.extend(fields.into_iter().map(Argument::Text));
                continue;
            };
            arguments.push(match &assignment.value {
                AssignedValue::Scalar(value) => {
                    let mut text = self.assigned_name(assignment)?;
                    text.extend(self.expand_text(value)?);
                    Argument::Text(text)
                }
                AssignedValue::Array(_) => Argument::Array(assignment),
            });
        }
        // `command` and `builtin` only say that no function is meant.
        let mut functions = true;
        while let [Argument::Text(first), Argument::Text(_), ..] = arguments.as_slice()
            && [&b"command"[..], b"builtin"].contains(&first.as_slice())
        {
            arguments.remove(0);
            functions = false;
        }
        let name = match arguments.first() {
            Some(Argument::Text(name)) => name.clone(),
            _ => Text::new(),
        };
        let function = self.function(&name).filter(|_| functions).cloned();
        let builtin = self.builtin(&name).filter(|_| function.is_none());
        let is_declaration =
            builtin.is_some_and(|builtin| matches!(builtin.run, Run::Declaration(_)));
        // The trace shows what they have been expanded to.
        if is_declaration && (!command.assignments.is_empty() || self.is_set(SetOption::XTrace)) {
            frozen = self.frozen_lists(&arguments)?;
            for (at, assignment) in &frozen {
                self.trace_list(assignment)?;
                arguments[*at] = Argument::Array(assignment);
            }
        }
        let assigned = self.lift_assignments(&command.assignments)?;
        self.trace_declaration(&arguments)?;
        match builtin {
            Some(builtin) if is_declaration => {
                self.run_builtin(builtin, command, Arguments::Declared(arguments), assigned)
            }
            _ => {
                let fields = arguments.into_iter().map(|argument| match argument {
                    Argument::Text(text) => text,
                    Argument::Array(assignment) => printer::assignment(assignment),
                });
                let fields: Vec<Text> = fields.collect();
                match function {
                    Some(function) => {
                        self.run_function_command(&function, command, fields, assigned)
                    }
                    None => self.run_program_command(command, fields, assigned),
                }
            }
        }
    }

    /// `name=`, `name+=` or `name[subscript]=`. The builtin expands the subscript once more.
    fn assigned_name(&mut self, assignment: &Assignment) -> Flow<Text> {
        let mut text = assignment.name.name().to_vec();
        if let Some(index) = &assignment.subscript {
            text.push(b'[');
            text.extend(self.expand_text(&index.word)?);
            text.push(b']');
        }
        text.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
        Flow::Continue(text)
    }

    /// The lists among the arguments with their words expanded: the assignments before the command do not count for them.
    fn frozen_lists(&mut self, arguments: &[Argument<'_>]) -> Flow<Vec<(usize, Assignment)>> {
        let is_option = |argument: &Argument<'_>| match argument {
            Argument::Text(text) => text.starts_with(b"-") && text.contains(&b'A'),
            Argument::Array(_) => false,
        };
        let is_associative = arguments.iter().any(is_option);
        let mut frozen = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            if let Argument::Array(assignment) = argument
                && let AssignedValue::Array(elements) = &assignment.value
            {
                let is_associative = is_associative || self.is_associative(assignment.name);
                let mut assignment = (*assignment).clone();
                assignment.value = AssignedValue::Array(self.frozen(elements, is_associative)?);
                frozen.push((at, assignment));
            }
        }
        Flow::Continue(frozen)
    }

    #[inline(never)]
    fn run_builtin(
        &mut self,
        builtin: &'static Builtin,
        command: &SimpleCommand,
        arguments: Arguments<'_>,
        assigned: Option<Lifted>,
    ) -> Flow {
        let is_exec = builtin.name == "exec";
        let saved = match command.redirections.as_slice() {
            [] => None,
            redirections => match self.redirect(redirections)? {
                Ok(saved) => Some(saved),
                Err(status) => {
                    if builtin.is_special && self.is_posix() {
                        return ControlFlow::Break(Jump::Exit(status));
                    }
                    return self.done(status);
                }
            },
        };
        let keeps_assignments = builtin.is_special && self.is_posix();
        let is_scoped = self.lower_assignments(assigned);
        let last = arguments.last();
        let flow = self.call_builtin(builtin, arguments);
        if let Some(last) = last {
            self.set_last_argument(last);
        }
        if is_scoped {
            if keeps_assignments {
                for assignment in &command.assignments {
                    self.state.variables.keep(assignment.name);
                }
            }
            self.leave_scope();
        }
        let flow = self.written(builtin.name, flow);
        match saved {
            // What `exec` redirects without a command stays so.
            Some(saved) if is_exec && matches!(flow, ControlFlow::Continue(_)) => {
                drop(saved);
                let input = self.descriptor(0).map_or(-1, |own| own.0);
                self.script_input.set(input);
            }
            Some(saved) => self.restore(saved),
            None => {}
        }
        match flow {
            ControlFlow::Continue(status) => self.done(status),
            jump => jump,
        }
    }

    fn call_builtin(&mut self, builtin: &Builtin, arguments: Arguments<'_>) -> Flow {
        match (builtin.run, arguments) {
            (Run::Plain(run), Arguments::Plain(fields)) => run(self, &fields),
            (Run::Declaration(run), Arguments::Declared(arguments)) => run(self, &arguments),
            (Run::Declaration(run), Arguments::Plain(fields)) => {
                let arguments: Vec<_> = fields.into_iter().map(Argument::Text).collect();
                run(self, &arguments)
            }
            (Run::Plain(run), Arguments::Declared(arguments)) => {
                let fields: Vec<_> = arguments
                    .into_iter()
                    .map(|argument| match argument {
                        Argument::Text(text) => text,
                        Argument::Array(assignment) => printer::assignment(assignment),
                    })
                    .collect();
                run(self, &fields)
            }
        }
    }

    /// Runs a builtin by its name, as `builtin` and `command` do; none if there is no such builtin.
    pub fn run_builtin_named(&mut self, fields: &[Text]) -> Option<Flow> {
        let builtin = builtins::find(fields.first()?)?;
        Some(self.call_builtin(builtin, Arguments::Plain(fields.to_vec())))
    }

    /// Writes what a builtin has printed; that this fails is the builtin's failure.
    fn written(&mut self, name: &str, flow: Flow) -> Flow {
        if self.streams.out.is_empty() {
            return flow;
        }
        match (self.flush(), flow) {
            (Err(error), ControlFlow::Continue(_)) => {
                let text = crate::sys::error_text(&error);
                self.complain(format!("{name}: write error: {text}"));
                Flow::Continue(1)
            }
            (_, flow) => flow,
        }
    }

    #[inline(never)]
    fn run_program_command(
        &mut self,
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
        let is_scoped = self.lower_assignments(assigned);
        let flow = self.run_program(&fields);
        if is_scoped {
            self.leave_scope();
        }
        if let Some(saved) = saved {
            self.restore(saved);
        }
        if let Some(last) = fields.into_iter().next_back() {
            self.set_last_argument(last);
        }
        let status = flow?;
        self.settle_jobs();
        self.state.status = status;
        self.run_pending_traps()?;
        self.done(status)
    }

    /// `$_`, which loses its attributes.
    pub(super) fn set_last_argument(&mut self, text: Text) {
        let last = self.state.variables.edit(Symbol::UNDERSCORE);
        if last.attributes.readonly {
            self.complain("_: readonly variable");
            return;
        }
        last.value = Value::Scalar(text);
        last.attributes = Attributes::default();
    }
}

/// With `set -k`, assignments among the words count as if they stood before the command.
fn with_assignments_before(command: &SimpleCommand) -> Option<SimpleCommand> {
    let mut moved = SimpleCommand {
        words: Vec::new(),
        ..command.clone()
    };
    for word in &command.words {
        match assignment_in(word) {
            Some(assignment) => moved.assignments.push(assignment),
            None => moved.words.push(word.clone()),
        }
    }
    (moved.words.len() < command.words.len()).then_some(moved)
}

fn assignment_in(word: &Word) -> Option<Assignment> {
    if let Some(assignment) = &word.assignment {
        return Some((**assignment).clone());
    }
    let list = parser::parse_script(&word.source).ok()?;
    match list.items.first()?.command.first.stages.first()? {
        Command::Simple(command) if command.words.is_empty() => {
            command.assignments.first().cloned()
        }
        _ => None,
    }
}

/// The arguments of a builtin as they came.
enum Arguments<'a> {
    Plain(Vec<Text>),
    Declared(Vec<Argument<'a>>),
}

impl Arguments<'_> {
    fn last(&self) -> Option<Text> {
        match self {
            Self::Plain(fields) => fields.last().cloned(),
            Self::Declared(arguments) => match arguments.last()? {
                Argument::Text(text) => Some(text.clone()),
                Argument::Array(assignment) => Some(assignment.name.name().to_vec()),
            },
        }
    }
}
