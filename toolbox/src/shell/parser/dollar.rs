//! What a `$` begins, and process substitution.

use super::input::{continues_name, starts_name};
use super::{Parsed, Parser};
use crate::shell::ast::{
    Command, CommandSubstitution, List, Operation, Parameter, Part, ProcessSubstitution,
    RedirectedFd, RedirectionTarget, Subject, Text, Word,
};
use crate::shell::symbol::Symbol;
use std::rc::Rc;

impl Parser<'_> {
    /// The expansion that begins with the `$` at this place, which is stepped over in any case; none for a `$` that stands
    /// for itself.
    pub(super) fn dollar(&mut self, is_quoted: bool) -> Parsed<Option<Part>> {
        let start = self.at;
        self.bump();
        self.skip_continuations();
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        match byte {
            b'(' => {
                if self.peek_at(1) == Some(b'(')
                    && let Some(part) = self.arithmetic_expansion()?
                {
                    return Ok(Some(part));
                }
                self.command_substitution().map(Some)
            }
            b'{' => self
                .deeper(|parser| parser.braced_parameter(is_quoted))
                .map(Some),
            b'[' => self.old_arithmetic().map(Some),
            b'\'' if !is_quoted => Ok(Some(Part::Quoted(self.ansi_quoted()?))),
            b'"' if !is_quoted => Ok(Some(Part::DoubleQuoted(self.double_quotes()?))),
            _ => {
                let subject = match byte {
                    b'0'..=b'9' => {
                        self.bump();
                        Subject::Positional(usize::from(byte - b'0'))
                    }
                    b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => {
                        self.bump();
                        Subject::Special(byte)
                    }
                    _ if starts_name(byte) => Subject::Variable(self.name()),
                    _ => return Ok(None),
                };
                Ok(Some(Part::Parameter(Box::new(Parameter {
                    source: self.text[start..self.at].to_vec(),
                    indirect: false,
                    subject,
                    operation: Operation::Value,
                }))))
            }
        }
    }

    /// The name at this place.
    pub(super) fn name(&mut self) -> Symbol {
        let start = self.at;
        while self.peek().is_some_and(continues_name) {
            self.at += 1;
        }
        Symbol::new(&self.text[start..self.at])
    }

    /// `$((…))`, behind the `$`; none if it turns out to be a command substitution with a subshell in it.
    fn arithmetic_expansion(&mut self) -> Parsed<Option<Part>> {
        let (at, line) = (self.at, self.line);
        self.bump_by(2);
        let Some(text) = self.arithmetic_source(b'(', b')')? else {
            (self.at, self.line) = (at, line);
            return Ok(None);
        };
        if self.peek() != Some(b')') {
            (self.at, self.line) = (at, line);
            return Ok(None);
        }
        self.bump();
        let arithmetic = self.arithmetic(text)?;
        Ok(Some(Part::Arithmetic(Box::new(arithmetic))))
    }

    /// `$[…]`, behind the `$`.
    fn old_arithmetic(&mut self) -> Parsed<Part> {
        let line = self.line;
        self.bump();
        let Some(text) = self.arithmetic_source(b'[', b']')? else {
            return Err(self.unclosed(line, "]"));
        };
        let arithmetic = self.arithmetic(text)?;
        Ok(Part::Arithmetic(Box::new(arithmetic)))
    }

    /// The text up to the bracket that closes the one before this place, which is stepped over; none when there is no such.
    pub(super) fn arithmetic_source(&mut self, opening: u8, closing: u8) -> Parsed<Option<Text>> {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            if byte == closing && depth == 0 {
                let text = self.text[start..self.at].to_vec();
                self.bump();
                return Ok(Some(text));
            }
            if !self.skip_quoted(byte)? {
                if byte == opening {
                    depth += 1;
                } else if byte == closing {
                    depth -= 1;
                }
                self.bump();
            }
        }
        Ok(None)
    }

    /// `$(…)`, behind the `$`.
    fn command_substitution(&mut self) -> Parsed<Part> {
        let body = self.parenthesised()?;
        let file = file_of(&body);
        Ok(Part::Command(Rc::new(CommandSubstitution { body, file })))
    }

    /// `<(…)` or `>(…)`
    pub(super) fn process_substitution(&mut self) -> Parsed<Part> {
        let is_read = self.peek() == Some(b'<');
        self.bump();
        let body = self.parenthesised()?;
        Ok(Part::Process(Rc::new(ProcessSubstitution {
            is_read,
            body,
        })))
    }

    /// Commands in parentheses; maybe none.
    fn parenthesised(&mut self) -> Parsed<List> {
        let line = self.line;
        self.bump();
        let pending = std::mem::take(&mut self.pending);
        let always_extglob = std::mem::replace(&mut self.always_extglob, false);
        let body = self.commands()?;
        self.skip_blanks();
        match self.peek() {
            Some(b')') => self.bump(),
            Some(_) => return Err(self.unexpected()),
            None => return Err(self.unclosed(line, ")")),
        }
        self.always_extglob = always_extglob;
        // A here-document that began inside and whose line has not ended yet is read behind it.
        let inner = std::mem::replace(&mut self.pending, pending);
        self.pending.extend(inner);
        Ok(body)
    }

    /// All commands of the text.
    pub(super) fn whole_list(&mut self) -> Parsed<List> {
        let mut list = List::default();
        loop {
            let mut commands = self.commands()?;
            list.items.append(&mut commands.items);
            self.skip_newlines()?;
            if self.peek().is_none() {
                self.finish_here_documents()?;
                return Ok(list);
            }
            return Err(self.unexpected());
        }
    }
}

/// The file of `< file`, when that is all there is.
pub(super) fn file_of(body: &List) -> Option<Word> {
    let [item] = body.items.as_slice() else {
        return None;
    };
    let pipeline = &item.command.first;
    let is_plain = !item.background
        && item.command.rest.is_empty()
        && pipeline.time.is_none()
        && !pipeline.negated;
    let [Command::Simple(command)] = pipeline.stages.as_slice() else {
        return None;
    };
    let is_alone = is_plain && command.words.is_empty() && command.assignments.is_empty();
    match command.redirections.as_slice() {
        [redirection] if is_alone && redirection.fd == RedirectedFd::Default => {
            match &redirection.target {
                RedirectionTarget::Read(word) => Some(word.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}
