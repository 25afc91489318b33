//! What `set -x` prints.

use crate::shell::Shell;
use crate::shell::ast::{AssignedValue, Assignment, Text, Word};
use crate::shell::builtins::Argument;
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::printer;
use crate::shell::quote;
use crate::shell::symbol::Symbol;

impl Shell {
    fn traces(&self) -> bool {
        self.is_set(SetOption::XTrace)
    }

    /// Prints a line behind `PS4`, whose first character is repeated for each level of nesting.
    fn trace(&mut self, line: &[u8]) -> Flow<()> {
        let status = self.state.status;
        // What the prompt runs is not traced itself.
        self.state.options.set(SetOption::XTrace, false);
        let prompt = self.trace_prompt();
        self.state.options.set(SetOption::XTrace, true);
        self.state.status = status;
        let text = [prompt?.as_slice(), line, b"\n"].concat();
        let _ = self.flush();
        let fd = self.value(Symbol::BASH_XTRACEFD);
        let fd = fd.and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok());
        let file = self.streams.descriptors.get(fd.unwrap_or(2)).cloned();
        if let Some(file) = file {
            let _ = file.write_all(&text);
        }
        Flow::Continue(())
    }

    fn trace_prompt(&mut self) -> Flow<Text> {
        let Some(prompt) = self.value(Symbol::PS4) else {
            return Flow::Continue(Text::new());
        };
        let prompt = self.expand_prompt(&prompt)?;
        let first = match std::str::from_utf8(&prompt)
            .ok()
            .and_then(|text| text.chars().next())
        {
            Some(first) => first.len_utf8(),
            None => 1.min(prompt.len()),
        };
        let mut text = Text::new();
        for _ in 0..self.trace_depth {
            text.extend_from_slice(&prompt[..first]);
        }
        text.extend_from_slice(&prompt);
        Flow::Continue(text)
    }

    pub(super) fn trace_command(&mut self, before: &[Assignment], fields: &[Text]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        for assignment in before {
            self.trace_prefix(assignment)?;
        }
        self.trace(&joined(fields))
    }

    pub(super) fn trace_declaration(
        &mut self,
        before: &[Assignment],
        arguments: &[Argument<'_>],
    ) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        let fields: Vec<Text> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => text.clone(),
                Argument::Array(assignment) => printer::assignment(assignment),
            })
            .collect();
        for assignment in before {
            self.trace_prefix(assignment)?;
        }
        let words: Vec<Text> = arguments
            .iter()
            .zip(fields)
            .map(|(argument, field)| match argument {
                Argument::Text(_) => traced_word(&field),
                Argument::Array(_) => field,
            })
            .collect();
        self.trace(&words.join(&b' '))
    }

    /// Gives the assignment with the value that the trace has shown: an expansion may not happen twice.
    pub(super) fn trace_assignment(&mut self, assignment: &Assignment) -> Flow<Option<Assignment>> {
        if !self.traces() {
            return Flow::Continue(None);
        }
        let AssignedValue::Scalar(word) = &assignment.value else {
            self.trace(&printer::assignment(assignment))?;
            return Flow::Continue(None);
        };
        let value = self.expand_text(word)?;
        self.trace_value(assignment, &value)?;
        Flow::Continue(Some(Assignment {
            value: AssignedValue::Scalar(Word::quoted(value)),
            ..assignment.clone()
        }))
    }

    /// An assignment before a command.
    fn trace_prefix(&mut self, assignment: &Assignment) -> Flow<()> {
        match &assignment.value {
            AssignedValue::Array(elements) if self.traces() => {
                let value = self.list_as_text(elements)?;
                self.trace_value(assignment, &value)
            }
            _ if assignment.subscript.is_some() => Flow::Continue(()),
            _ => self.trace_assignment(assignment).map_continue(drop),
        }
    }

    fn trace_value(&mut self, assignment: &Assignment, value: &[u8]) -> Flow<()> {
        let mut line = assignment.name.name().to_vec();
        if let Some(index) = &assignment.subscript {
            line.push(b'[');
            line.extend_from_slice(&index.word.source);
            line.push(b']');
        }
        line.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
        if !value.is_empty() {
            line.extend(traced_word(value));
        }
        self.trace(&line)
    }

    pub(super) fn trace_for(
        &mut self,
        keyword: &str,
        variable: Symbol,
        words: Option<&[Word]>,
    ) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        let mut line = [keyword.as_bytes(), b" ", &variable.name()].concat();
        line.extend_from_slice(b" in");
        match words {
            Some(words) => {
                for word in words {
                    line.push(b' ');
                    line.extend_from_slice(&word.source);
                }
            }
            None => line.extend_from_slice(b" \"$@\""),
        }
        self.trace(&line)
    }

    pub(super) fn trace_case(&mut self, word: &Word) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        self.trace(&[b"case ", word.source.as_slice(), b" in"].concat())
    }

    pub(super) fn trace_arithmetic(&mut self, text: &[u8]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        self.trace(&[b"(( ", text.trim_ascii(), b" ))"].concat())
    }

    pub(super) fn trace_test(&mut self, text: &[u8]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        self.trace(&[b"[[ ", text, b" ]]"].concat())
    }
}

fn joined(fields: &[Text]) -> Text {
    let words: Vec<Text> = fields.iter().map(|field| traced_word(field)).collect();
    words.join(&b' ')
}

/// A word in the quotes that the trace gives it.
pub(super) fn traced_word(text: &[u8]) -> Text {
    quote::for_trace(text)
}
