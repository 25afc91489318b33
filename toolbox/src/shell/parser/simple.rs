//! Simple commands and assignments.

use super::input::{continues_name, ends_word, starts_name};
use super::{Parsed, Parser};
use crate::shell::ast::{
    AssignedValue, Assignment, Command, CompoundCommand, FunctionDefinition, Part, SimpleCommand,
    Word,
};
use crate::shell::symbol::Symbol;
use std::rc::Rc;

/// Commands whose arguments may be assignments.
const DECLARATIONS: &[&[u8]] = &[b"declare", b"typeset", b"local", b"export", b"readonly"];

impl Parser<'_> {
    /// A simple command, or a function definition that begins like one.
    pub(super) fn simple_command(&mut self) -> Parsed<Command> {
        let mut command = SimpleCommand {
            line: self.line,
            assignments: Vec::new(),
            words: Vec::new(),
            redirections: Vec::new(),
        };
        let mut declares = false;
        loop {
            self.skip_blanks();
            if command.words.is_empty() {
                if self.expand_alias() {
                    // It may have become anything.
                    if command.assignments.is_empty() && command.redirections.is_empty() {
                        return self.command();
                    }
                    continue;
                }
            } else {
                self.expand_following_alias();
            }
            if let Some(redirection) = self.redirection()? {
                command.redirections.push(redirection);
                continue;
            }
            let Some(byte) = self.peek() else { break };
            let is_process = matches!(byte, b'<' | b'>') && self.peek_at(1) == Some(b'(');
            if byte == b'(' && self.is_function(&command) {
                return self.function_behind_name(command);
            }
            if ends_word(byte) && !is_process {
                break;
            }
            if command.words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                command.assignments.push(assignment);
                continue;
            }
            if command.words.is_empty() {
                command.line = self.line;
            }
            let word = match declares {
                true => self.declared_word(
                    command.words.len() > 1 && command.words.first().is_some_and(is_transparent),
                )?,
                false => self.word()?,
            };
            declares |= command.words.iter().all(is_transparent) && is_declaration(&word);
            command.words.push(word);
        }
        if command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirections.is_empty()
        {
            return Err(self.unexpected());
        }
        Ok(Command::Simple(command))
    }

    /// An argument of `declare` and the like.
    fn declared_word(&mut self, is_behind: bool) -> Parsed<Word> {
        let start = self.at;
        let assignment = self.assignment()?;
        if is_behind
            && let Some(Assignment {
                value: AssignedValue::Array(_),
                ..
            }) = &assignment
        {
            // Behind `command` and `builtin` there are no arrays.
            self.at = start;
            while self.peek().is_some_and(|byte| byte != b'(') {
                self.bump();
            }
            return Err(self.unexpected());
        }
        match assignment {
            Some(assignment) => {
                let source = self.text[start..self.at].to_vec();
                // What it is when the command turns out to be another one.
                let parts = match &assignment.value {
                    AssignedValue::Scalar(value) => {
                        let value_len = value.source.len();
                        let mut parts =
                            vec![Part::Literal(source[..source.len() - value_len].to_vec())];
                        parts.extend(value.parts.iter().cloned());
                        parts
                    }
                    AssignedValue::Array(_) => vec![Part::Quoted(source.clone())],
                };
                Ok(Word {
                    source,
                    parts,
                    assignment: Some(Box::new(assignment)),
                })
            }
            None => self.word(),
        }
    }

    /// The assignment at this place, if the word is one.
    fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        if !self.peek().is_some_and(starts_name) {
            return Ok(None);
        }
        let mut len = 1;
        while self.peek_at(len).is_some_and(continues_name) {
            len += 1;
        }
        if !matches!(self.peek_at(len), Some(b'=' | b'+' | b'[')) {
            return Ok(None);
        }
        let (at, line) = (self.at, self.line);
        let name = self.text[at..at + len].to_vec();
        self.bump_by(len);
        let subscript = match self.peek() {
            Some(b'[') => {
                let start = self.at;
                match self.subscript_source() {
                    Ok(Some(text))
                        if !self.text[start..self.at].contains(&b'\n') || self.looks_at("=") =>
                    {
                        Some(text)
                    }
                    _ => {
                        (self.at, self.line) = (at, line);
                        return Ok(None);
                    }
                }
            }
            _ => None,
        };
        let append = self.looks_at("+=");
        if !append && self.peek() != Some(b'=') {
            (self.at, self.line) = (at, line);
            return Ok(None);
        }
        self.bump_by(1 + usize::from(append));
        let subscript = match subscript {
            Some(text) => Some(self.index(text)?),
            None => None,
        };
        let value = if self.peek() == Some(b'(') {
            AssignedValue::Array(self.array_elements()?)
        } else {
            AssignedValue::Scalar(self.value_word()?)
        };
        Ok(Some(Assignment {
            name: Symbol::new(name),
            subscript,
            append,
            value,
        }))
    }

    /// Whether the `(` at this place makes a function of the one word before it.
    fn is_function(&mut self, command: &SimpleCommand) -> bool {
        if command.words.len() != 1
            || !command.assignments.is_empty()
            || !command.redirections.is_empty()
        {
            return false;
        }
        let mut offset = 1;
        while matches!(self.peek_at(offset), Some(b' ' | b'\t')) {
            offset += 1;
        }
        self.peek_at(offset) == Some(b')')
    }

    fn function_behind_name(&mut self, command: SimpleCommand) -> Parsed<Command> {
        let Some(word) = command.words.into_iter().next() else {
            return Err(self.unexpected());
        };
        self.empty_parentheses()?;
        self.function_body(command.line, word)
    }

    pub(super) fn empty_parentheses(&mut self) -> Parsed<()> {
        self.bump();
        self.skip_blanks();
        match self.take(")") {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    /// The compound command that is the body of a function.
    pub(super) fn function_body(&mut self, line: u32, name: Word) -> Parsed<Command> {
        self.skip_newlines()?;
        let Some(body) = self.compound_command()? else {
            return Err(self.unexpected());
        };
        let mut body: CompoundCommand = body;
        body.redirections.extend(self.redirections()?);
        Ok(Command::Function(FunctionDefinition {
            line,
            name: name.source,
            body: Rc::new(body),
        }))
    }
}

fn is_declaration(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal(text)] if DECLARATIONS.contains(&text.as_slice()))
}

/// Words that may stand before the name of a command without changing what it is.
fn is_transparent(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal(text)] if text == b"command" || text == b"builtin")
}
