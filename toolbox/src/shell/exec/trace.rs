//! What `set -x` prints.

use crate::shell::Shell;
use crate::shell::ast::{ArrayElement, AssignedValue, Assignment, Part, Text, Word};
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

    #[inline(never)]
    pub(super) fn trace_command(&mut self, fields: &[Text]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        self.trace(&joined(fields))
    }

    pub(super) fn trace_declaration(&mut self, arguments: &[Argument<'_>]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        let word = |argument: &Argument<'_>| match argument {
            Argument::Text(text) => traced_word(text),
            // Its list has been shown on a line of its own.
            Argument::Array(assignment) => assignment.name.name().to_vec(),
        };
        let words: Vec<Text> = arguments.iter().map(word).collect();
        self.trace(&words.join(&b' '))
    }

    /// The list that a builtin like `declare` is given, after its words were expanded.
    pub(super) fn trace_list(&mut self, assignment: &Assignment) -> Flow<()> {
        let AssignedValue::Array(elements) = &assignment.value else {
            return Flow::Continue(());
        };
        if !self.traces() {
            return Flow::Continue(());
        }
        let element = |element: &ArrayElement| {
            let value = quote::single(expanded(&element.value));
            match &element.subscript {
                Some(index) => {
                    let key = quote::single(expanded(&index.word));
                    let sign: &[u8] = if element.append { b"]+=" } else { b"]=" };
                    [b"[", key.as_slice(), sign, &value].concat()
                }
                None => value,
            }
        };
        let elements: Vec<Text> = elements.iter().map(element).collect();
        let sign: &[u8] = if assignment.append { b"+=(" } else { b"=(" };
        let list = elements.join(&b' ');
        self.trace(&[&assignment.name.name()[..], sign, &list, b")"].concat())
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
        let sign: &[u8] = if assignment.append { b"+=" } else { b"=" };
        self.trace_value(assignment, sign, &value)?;
        Flow::Continue(Some(Assignment {
            value: AssignedValue::Scalar(Word::quoted(value)),
            ..assignment.clone()
        }))
    }

    /// What an assignment has assigned, behind a sign.
    pub fn trace_value(&mut self, assignment: &Assignment, sign: &[u8], value: &[u8]) -> Flow<()> {
        if !self.traces() {
            return Flow::Continue(());
        }
        let mut line = assignment.name.name().to_vec();
        if let Some(index) = &assignment.subscript {
            line.push(b'[');
            line.extend_from_slice(&index.word.source);
            line.push(b']');
        }
        line.extend_from_slice(sign);
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

/// The text that a word was expanded to before.
fn expanded(word: &Word) -> &[u8] {
    match word.parts.as_slice() {
        [Part::Quoted(text)] => text,
        _ => &word.source,
    }
}

/// A word in the quotes that the trace gives it.
pub(super) fn traced_word(text: &[u8]) -> Text {
    quote::for_trace(text)
}
