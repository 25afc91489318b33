//! Compound commands: groups, conditions, loops and `case`.

use std::ops::ControlFlow;

use super::redirection::redirects_input;
use super::trap::Next;
use crate::shell::Shell;
use crate::shell::access::{self, is_seen_by_scripts};
use crate::shell::ast::{
    ArithmeticHeader, CaseArm, CaseEnd, Compound, CompoundCommand, List, Subject, Subscript, Text,
    Word,
};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::pattern::Pattern;
use crate::shell::symbol::Symbol;
use crate::shell::traps::Event;
use crate::shell::value::Value;

/// How a turn of a loop ended.
pub(super) enum Turn {
    Next,
    Leave,
}

impl Shell {
    pub(super) fn run_compound(&mut self, command: &CompoundCommand) -> Flow {
        if command.redirections.is_empty() {
            return self.run_kind(command);
        }
        let line = std::mem::replace(&mut self.state.line, command.line);
        let substitutions = self.streams.substitutions.len();
        let saved = match self.redirect(&command.redirections)? {
            Ok(saved) => saved,
            Err(status) => {
                // For the trap, the command that ran last is still the current one.
                self.state.line = line;
                self.state.status = status;
                if !self.in_condition {
                    self.run_trap(Event::Error)?;
                    if self.is_set(SetOption::ErrExit) {
                        return ControlFlow::Break(Jump::Exit(status));
                    }
                }
                return Flow::Continue(status);
            }
        };
        let outer = self.state.has_other_input;
        self.state.has_other_input |= redirects_input(&command.redirections);
        let flow = self.run_kind(command);
        self.state.has_other_input = outer;
        self.restore(saved);
        self.close_substitutions(substitutions);
        flow
    }

    fn run_kind(&mut self, command: &CompoundCommand) -> Flow {
        match &command.kind {
            Compound::Group(list) => self.run_list(list),
            Compound::Subshell(list) => {
                self.state.line = command.line;
                let status = match self.state.asks_pid {
                    true => self.subshell_process(&Self::group(list), true),
                    false => self.subshell(|shell| shell.run_subshell_list(list)),
                };
                self.settle_jobs();
                self.done(status)
            }
            Compound::If {
                branches,
                otherwise,
            } => self.run_if(branches, otherwise.as_ref()),
            Compound::While {
                until,
                condition,
                body,
            } => self.run_while(*until, condition, body),
            Compound::For {
                variable,
                words,
                body,
            } => self.run_for(command.line, *variable, words.as_deref(), body),
            Compound::Select {
                variable,
                words,
                body,
            } => self.run_select(command.line, *variable, words.as_deref(), body),
            Compound::ArithmeticFor { header, body } => {
                self.run_arithmetic_for(command.line, header, body)
            }
            Compound::Case { word, arms } => self.run_case(command.line, word, arms),
            Compound::Test(expression) => {
                self.state.line = command.line;
                let text = || crate::shell::printer::test_command(expression);
                if self.before_command(text)? == Next::Skip {
                    return self.done(0);
                }
                let status = self.run_test(expression)?;
                self.done(status)
            }
            Compound::Arithmetic(arithmetic) => {
                self.state.line = command.line;
                let text = || [b"((", arithmetic.word.source.as_slice(), b"))"].concat();
                if self.before_command(text)? == Next::Skip {
                    return self.done(0);
                }
                self.trace_arithmetic(&arithmetic.word.source)?;
                let status = match self.evaluate_command(arithmetic) {
                    ControlFlow::Continue(0) => 1,
                    ControlFlow::Continue(_) => 0,
                    // An error of the expression is the command's alone.
                    ControlFlow::Break(Jump::Discard(Error::Command, status)) => status,
                    ControlFlow::Break(jump) => return ControlFlow::Break(jump),
                };
                self.done(status)
            }
        }
    }

    #[inline(never)]
    fn run_if(&mut self, branches: &[(List, List)], otherwise: Option<&List>) -> Flow {
        for (condition, body) in branches {
            if self.run_condition(|shell| shell.run_list(condition))? == 0 {
                return self.run_list(body);
            }
        }
        match otherwise {
            Some(body) => self.run_list(body),
            None => self.done(0),
        }
    }

    #[inline(never)]
    fn run_while(&mut self, until: bool, condition: &List, body: &List) -> Flow {
        let mut status = 0;
        self.in_loop(|shell| {
            loop {
                let condition = shell.run_condition(|shell| shell.run_list(condition));
                // `continue` succeeds, which is the end of an `until`.
                if until && condition == ControlFlow::Break(Jump::Continue(1)) {
                    break;
                }
                let holds = match shell.end_turn(condition, &mut None)? {
                    (Turn::Leave, _) => break,
                    (Turn::Next, None) => continue,
                    (Turn::Next, Some(condition)) => (condition == 0) != until,
                };
                if !holds {
                    break;
                }
                let turn = shell.run_list(body);
                if let (Turn::Leave, _) = shell.end_turn(turn, &mut Some(&mut status))? {
                    break;
                }
            }
            Flow::Continue(())
        })?;
        self.done(status)
    }

    /// The words that a variable takes in turn; none if its name is no variable's, which is said.
    pub(super) fn loop_values(
        &mut self,
        line: u32,
        variable: Symbol,
        words: Option<&[Word]>,
    ) -> Flow<Option<Vec<Text>>> {
        self.state.line = line;
        if !is_seen_by_scripts(variable) {
            self.invalid_identifier(&variable.name());
            return Flow::Continue(None);
        }
        Flow::Continue(Some(match words {
            Some(words) => self.expand_words(words)?,
            None => self.state.positional.to_vec(),
        }))
    }

    #[inline(never)]
    fn run_for(
        &mut self,
        line: u32,
        variable: Symbol,
        words: Option<&[Word]>,
        body: &List,
    ) -> Flow {
        let Some(values) = self.loop_values(line, variable, words)? else {
            return self.done(1);
        };
        let mut status = 0;
        self.in_loop(|shell| {
            for value in values {
                shell.state.line = line;
                shell.trace_for("for", variable, words)?;
                if shell.before_command(|| for_text("for", variable, words))? == Next::Skip {
                    continue;
                }
                if !shell.assign_turn(variable, value)? {
                    status = 1;
                    break;
                }
                let turn = shell.run_list(body);
                if let (Turn::Leave, _) = shell.end_turn(turn, &mut Some(&mut status))? {
                    break;
                }
            }
            Flow::Continue(())
        })?;
        self.done(status)
    }

    /// Gives the variable of a loop the value of a turn. Says whether it takes it: if not, the loop ends.
    pub(super) fn assign_turn(&mut self, variable: Symbol, value: Text) -> Flow<bool> {
        let attributes = self.attributes(variable);
        if attributes.nameref {
            // It refers to another variable in each turn.
            let names = access::subject(&value);
            if !matches!(
                names,
                Some(Subject::Variable(_) | Subject::Element(_, Subscript::Index(_)))
            ) {
                self.invalid_identifier(&value);
                return Flow::Continue(false);
            }
            self.state.variables.edit(variable).value = Value::Scalar(value);
            return Flow::Continue(true);
        }
        if !attributes.readonly {
            self.assign(variable, value)?;
            // These take no values, without a word.
            let is_fixed = matches!(variable, Symbol::FUNCNAME | Symbol::GROUPS);
            return Flow::Continue(!(is_fixed && self.is_computed(variable)));
        }
        self.complain([&variable.name()[..], b": readonly variable"].concat());
        // With `set -e`, the message ends the shell, even in a condition.
        match self.is_posix() || self.is_set(SetOption::ErrExit) {
            true => Flow::Break(Jump::Exit(self.unset_status())),
            false => Flow::Continue(false),
        }
    }

    #[inline(never)]
    fn run_arithmetic_for(&mut self, line: u32, header: &ArithmeticHeader, body: &List) -> Flow {
        let mut status = 0;
        let outcome = self.in_loop(|shell| {
            if let Some(first) = &header.first {
                shell.arithmetic_step(line, first)?;
            }
            loop {
                if let Some(condition) = &header.condition
                    && shell.arithmetic_step(line, condition)? == 0
                {
                    break;
                }
                let turn = shell.run_list(body);
                if let (Turn::Leave, _) = shell.end_turn(turn, &mut Some(&mut status))? {
                    break;
                }
                if let Some(step) = &header.step {
                    shell.arithmetic_step(line, step)?;
                }
            }
            Flow::Continue(())
        });
        match outcome {
            ControlFlow::Break(Jump::Discard(Error::Command, failed)) => self.done(failed),
            ControlFlow::Break(jump) => ControlFlow::Break(jump),
            ControlFlow::Continue(()) => self.done(status),
        }
    }

    fn arithmetic_step(
        &mut self,
        line: u32,
        arithmetic: &crate::shell::ast::Arithmetic,
    ) -> Flow<i64> {
        self.state.line = line;
        let text = || [b"((", arithmetic.word.source.as_slice(), b"))"].concat();
        if self.before_command(text)? == Next::Skip {
            return Flow::Continue(0);
        }
        self.trace_arithmetic(&arithmetic.word.source)?;
        self.evaluate_command(arithmetic)
    }

    #[inline(never)]
    fn run_case(&mut self, line: u32, word: &Word, arms: &[CaseArm]) -> Flow {
        self.state.line = line;
        self.trace_case(word)?;
        let text = || [b"case ", word.source.as_slice(), b" in "].concat();
        if self.before_command(text)? == Next::Skip {
            return self.done(0);
        }
        self.substitution_status = None;
        let value = self.expand_compared(word)?;
        let extglob = self.has_shopt(Shopt::ExtGlob);
        let ignore_case = self.has_shopt(Shopt::NoCaseMatch);
        self.note_substitution();
        let mut status = 0;
        let mut falls = false;
        for arm in arms {
            let mut matches = falls;
            for pattern in &arm.patterns {
                if matches {
                    break;
                }
                let source = self.expand_pattern(pattern)?;
                self.note_substitution();
                matches = Pattern::new(&source, extglob, ignore_case).matches(&value);
            }
            falls = false;
            if !matches {
                continue;
            }
            status = match arm.body.items.is_empty() {
                true => 0,
                false => self.run_list(&arm.body)?,
            };
            match arm.end {
                CaseEnd::Leave => break,
                CaseEnd::FallThrough => falls = true,
                CaseEnd::TryNext => {}
            }
        }
        self.done(status)
    }

    /// Makes the status of a command substitution that has run the one that `$?` has.
    fn note_substitution(&mut self) {
        if let Some(status) = self.substitution_status.take() {
            self.state.status = status;
        }
    }

    pub(super) fn in_loop(&mut self, run: impl FnOnce(&mut Self) -> Flow<()>) -> Flow<()> {
        self.loops += 1;
        let flow = run(self);
        self.loops -= 1;
        flow
    }

    /// What the end of a loop's body, or of its condition, means for the loop.
    pub(super) fn end_turn(
        &mut self,
        flow: Flow,
        status: &mut Option<&mut i32>,
    ) -> Flow<(Turn, Option<i32>)> {
        let (turn, value) = match flow {
            ControlFlow::Continue(value) => {
                if let Some(status) = status {
                    **status = value;
                }
                (Turn::Next, Some(value))
            }
            ControlFlow::Break(Jump::Continue(1)) => (Turn::Next, None),
            ControlFlow::Break(Jump::Break(1)) => (Turn::Leave, None),
            ControlFlow::Break(Jump::Continue(levels)) => {
                return ControlFlow::Break(Jump::Continue(levels - 1));
            }
            ControlFlow::Break(Jump::Break(levels)) => {
                return ControlFlow::Break(Jump::Break(levels - 1));
            }
            ControlFlow::Break(jump) => return ControlFlow::Break(jump),
        };
        if value.is_none()
            && let Some(status) = status
        {
            **status = self.state.status;
        }
        Flow::Continue((turn, value))
    }
}

pub(super) fn for_text(keyword: &str, variable: Symbol, words: Option<&[Word]>) -> Vec<u8> {
    let mut text = [keyword.as_bytes(), b" ", &variable.name()].concat();
    if let Some(words) = words {
        text.extend_from_slice(b" in");
        for word in words {
            text.push(b' ');
            text.extend_from_slice(&word.source);
        }
    }
    text
}
