//! Redirections.

use super::input::{continues_name, starts_name};
use super::{Parsed, Parser};
use crate::shell::ast::{
    HereDocument, Part, RedirectedFd, Redirection, RedirectionTarget, Text, Word,
};
use crate::shell::symbol::Symbol;
use std::cell::OnceCell;
use std::rc::Rc;

impl Parser<'_> {
    /// The redirection at this place, if there is one.
    pub(super) fn redirection(&mut self) -> Parsed<Option<Redirection>> {
        let (at, line) = (self.at, self.line);
        let fd = match self.peek() {
            Some(b'<' | b'>') => RedirectedFd::Default,
            Some(b'&') if self.peek_at(1) == Some(b'>') => RedirectedFd::Default,
            Some(b'0'..=b'9') => match self.redirected_number() {
                Some(fd) => fd,
                None => return Ok(None),
            },
            Some(b'{') => match self.redirected_variable()? {
                Some(fd) => fd,
                None => {
                    (self.at, self.line) = (at, line);
                    return Ok(None);
                }
            },
            _ => return Ok(None),
        };
        if matches!(self.peek(), Some(b'<' | b'>')) && self.peek_at(1) == Some(b'(') {
            // Process substitution.
            (self.at, self.line) = (at, line);
            return Ok(None);
        }
        let target = self.target()?;
        Ok(Some(Redirection { line, fd, target }))
    }

    /// A number with an operator right behind it.
    fn redirected_number(&mut self) -> Option<RedirectedFd> {
        let mut len = 0;
        while self.peek_at(len).is_some_and(|byte| byte.is_ascii_digit()) {
            len += 1;
        }
        if !matches!(self.peek_at(len), Some(b'<' | b'>')) {
            return None;
        }
        let digits = std::str::from_utf8(&self.text[self.at..self.at + len]).unwrap_or_default();
        // Nobody has a descriptor of such a number, which the redirection will say.
        let number = digits.parse().unwrap_or(u32::MAX);
        self.bump_by(len);
        Some(RedirectedFd::Number(number))
    }

    /// `{name}` with an operator right behind it.
    fn redirected_variable(&mut self) -> Parsed<Option<RedirectedFd>> {
        self.bump();
        if !self.peek().is_some_and(starts_name) {
            return Ok(None);
        }
        let start = self.at;
        while self.peek().is_some_and(continues_name) {
            self.bump();
        }
        let name = self.text[start..self.at].to_vec();
        let index = match self.peek() {
            Some(b'[') => match self.subscript_source()? {
                Some(text) => Some(self.index(text)?),
                None => return Ok(None),
            },
            _ => None,
        };
        if self.peek() != Some(b'}') || !matches!(self.peek_at(1), Some(b'<' | b'>')) {
            return Ok(None);
        }
        self.bump();
        Ok(Some(RedirectedFd::Variable(Symbol::new(name), index)))
    }

    fn target(&mut self) -> Parsed<RedirectionTarget> {
        let make: fn(Word) -> RedirectionTarget = if self.take("&>>") {
            RedirectionTarget::AppendBoth
        } else if self.take("&>") {
            RedirectionTarget::WriteBoth
        } else if self.take("<<<") {
            RedirectionTarget::HereString
        } else if self.take("<<-") {
            return self.here_document(true);
        } else if self.take("<<") {
            return self.here_document(false);
        } else if self.take("<&") {
            RedirectionTarget::DuplicateInput
        } else if self.take("<>") {
            RedirectionTarget::ReadWrite
        } else if self.take("<") {
            RedirectionTarget::Read
        } else if self.take(">>") {
            RedirectionTarget::Append
        } else if self.take(">&") {
            RedirectionTarget::DuplicateOutput
        } else if self.take(">|") {
            RedirectionTarget::Clobber
        } else {
            self.bump();
            RedirectionTarget::Write
        };
        Ok(make(self.operand()?))
    }

    /// The word behind an operator.
    fn operand(&mut self) -> Parsed<Word> {
        self.skip_blanks();
        let start = self.at;
        let word = self.word()?;
        if self.at == start {
            return Err(self.unexpected());
        }
        Ok(word)
    }

    fn here_document(&mut self, strips_tabs: bool) -> Parsed<RedirectionTarget> {
        self.skip_blanks();
        let start = self.at;
        let word = self.plain_word()?;
        if self.at == start {
            return Err(self.unexpected());
        }
        let is_quoted = word
            .source
            .iter()
            .any(|byte| matches!(byte, b'\\' | b'\'' | b'"'));
        let document = Rc::new(HereDocument {
            delimiter: without_quotes(&word),
            is_quoted,
            strips_tabs,
            body: OnceCell::new(),
        });
        self.pending.push(Rc::clone(&document));
        Ok(RedirectionTarget::HereDocument(document))
    }
}

/// The text of a delimiter: quotes are taken away, nothing is expanded.
fn without_quotes(word: &Word) -> Text {
    fn add(parts: &[Part], source: &[u8], text: &mut Text) -> bool {
        parts.iter().all(|part| match part {
            Part::Literal(part) | Part::Quoted(part) => {
                text.extend_from_slice(part);
                true
            }
            Part::DoubleQuoted(parts) => add(parts, source, text),
            Part::Tilde(name) => {
                text.push(b'~');
                text.extend_from_slice(name);
                true
            }
            _ => false,
        })
    }
    let mut text = Text::new();
    match add(&word.parts, &word.source, &mut text) {
        true => text,
        // An expansion in it means what it is written as.
        false => word
            .source
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\\' | b'\'' | b'"'))
            .collect(),
    }
}
