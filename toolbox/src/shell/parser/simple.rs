//! Simple commands, and functions, which begin like them.

use std::rc::Rc;

use super::Reader;
use super::error::Parsed;
use super::word::Kind;
use crate::shell::ast::{Command, FunctionDefinition, SimpleCommand, Word};

impl Reader<'_, '_> {
    /// A simple command, or the definition of a function. Its line is where the first element ends; behind a name, bash
    /// looks one token further.
    #[inline(never)]
    pub(super) fn simple_command(&mut self, may_define: bool) -> Parsed<Command> {
        let mut command = SimpleCommand {
            line: self.line(),
            assignments: Vec::new(),
            words: Vec::new(),
            redirections: Vec::new(),
        };
        let mut arguments = Arguments::Words;
        loop {
            let is_second = elements(&command) == 1;
            let is_named = !command.words.is_empty();
            if is_second && !is_named {
                command.line = self.line();
            }
            self.skip_blanks();
            if is_second && is_named {
                command.line = self.line();
            }
            let is_behind_others =
                !command.assignments.is_empty() || !command.redirections.is_empty();
            while command.words.is_empty() && is_behind_others && self.expand_alias() {
                self.skip_blanks();
            }
            if self.take_redirection(&mut command.redirections)? {
                continue;
            }
            if self.peek() == Some(b'(') {
                let is_alone = command.assignments.is_empty() && command.redirections.is_empty();
                if may_define && is_alone && command.words.len() == 1 {
                    return self.function_behind_name(command);
                }
                // It is a definition for the grammar, in a place where there is none.
                self.input.at += usize::from(!may_define && is_alone && command.words.len() == 1);
                return Err(self.unexpected());
            }
            let mut inside = 0;
            if command.words.is_empty() {
                match self.take_assignment(&mut command.assignments)? {
                    Some(end) => inside = end,
                    None => continue,
                }
            }
            if !self.take_argument(&mut command.words, arguments, inside)? {
                break;
            }
            if is_second && is_named {
                command.line = self.line();
            }
            if let [name] = command.words.as_slice() {
                arguments = Arguments::of(name);
            }
        }
        if command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirections.is_empty()
        {
            return Err(self.unexpected());
        }
        // A tree can be large and live long: what was set aside for more is given back.
        command.words.shrink_to_fit();
        command.assignments.shrink_to_fit();
        command.redirections.shrink_to_fit();
        Ok(Command::Simple(command))
    }

    /// Adds the next word; says whether there is one.
    #[inline(never)]
    fn take_argument(
        &mut self,
        words: &mut Vec<Word>,
        arguments: Arguments,
        inside: usize,
    ) -> Parsed<bool> {
        let word = match arguments {
            Arguments::Words => self.word_from(Kind::Argument, inside)?,
            Arguments::Assignments => self.declared_word()?,
            Arguments::Texts => self.text_word()?,
        };
        let is_word = word.is_some();
        words.extend(word);
        Ok(is_word)
    }

    #[inline(never)]
    fn function_behind_name(&mut self, command: SimpleCommand) -> Parsed<Command> {
        self.bump();
        self.skip_blanks();
        if !self.take(b')') {
            return Err(self.unexpected());
        }
        let name = command.words.into_iter().next().unwrap_or_default();
        self.function_body(command.line, name)
    }

    /// The compound command that is the body of a function.
    #[inline(never)]
    pub(super) fn function_body(&mut self, line: u32, name: Word) -> Parsed<Command> {
        self.skip_newlines();
        let Some(mut body) = self.compound_command()? else {
            return Err(self.unexpected());
        };
        self.redirect(&mut body)?;
        Ok(Command::Function(FunctionDefinition {
            line,
            name: name.source,
            body: Rc::new(body),
        }))
    }
}

fn elements(command: &SimpleCommand) -> usize {
    command.words.len() + command.assignments.len() + command.redirections.len()
}

/// What the arguments of a command may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arguments {
    Words,
    /// Assignments: it is `declare` or the like.
    Assignments,
    /// Text that may look like an assignment of an array.
    Texts,
}

impl Arguments {
    /// Those of the command that this word, written without quotes, is the first one of.
    fn of(word: &Word) -> Self {
        match word.source.as_slice() {
            b"declare" | b"typeset" | b"local" | b"export" | b"readonly" => Self::Assignments,
            b"eval" | b"let" | b"alias" => Self::Texts,
            _ => Self::Words,
        }
    }
}
