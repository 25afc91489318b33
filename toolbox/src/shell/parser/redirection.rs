//! Redirections.

use std::cell::OnceCell;
use std::rc::Rc;

use super::Reader;
use super::error::Parsed;
use super::input::starts_name;
use super::word::Kind;
use crate::shell::ast::{
    HereDocument, Index, Part, RedirectedFd, Redirection, RedirectionTarget, Text, Word,
};
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    /// Redirections in a row, maybe none.
    pub(super) fn redirections(&mut self) -> Parsed<Vec<Redirection>> {
        let mut redirections = Vec::new();
        loop {
            self.skip_blanks();
            if !self.take_redirection(&mut redirections)? {
                return Ok(redirections);
            }
        }
    }

    /// Adds the redirection at this place; says whether there is one.
    #[inline]
    pub(super) fn take_redirection(&mut self, redirections: &mut Vec<Redirection>) -> Parsed<bool> {
        match self.peek() {
            Some(b'<' | b'>' | b'&' | b'{' | b'0'..=b'9') => self.add_redirection(redirections),
            _ => Ok(false),
        }
    }

    #[inline(never)]
    fn add_redirection(&mut self, redirections: &mut Vec<Redirection>) -> Parsed<bool> {
        let redirection = self.redirection()?;
        let is_one = redirection.is_some();
        redirections.extend(redirection);
        Ok(is_one)
    }

    /// The redirection at this place, if there is one.
    #[inline(never)]
    fn redirection(&mut self) -> Parsed<Option<Redirection>> {
        let start = self.input.at;
        let fd = match self.peek() {
            Some(b'<' | b'>') => RedirectedFd::Default,
            Some(b'&') if self.peek_second() == Some(b'>') => RedirectedFd::Default,
            Some(b'0'..=b'9') => match self.redirected_number() {
                Some(fd) => fd,
                None => return Ok(None),
            },
            Some(b'{') => match self.redirected_variable()? {
                Some(fd) => fd,
                None => {
                    self.input.at = start;
                    return Ok(None);
                }
            },
            _ => return Ok(None),
        };
        if matches!(self.peek(), Some(b'<' | b'>')) && self.peek_second() == Some(b'(') {
            // Process substitution.
            self.input.at = start;
            return Ok(None);
        }
        let line = self.line();
        let target = self.target(&fd)?;
        Ok(Some(Redirection { line, fd, target }))
    }

    /// A number with an operator right behind it.
    fn redirected_number(&mut self) -> Option<RedirectedFd> {
        let start = self.input.at;
        let mut number = Some(0_u32);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u32::from(digit - b'0');
            number = number.and_then(|number| number.checked_mul(10)?.checked_add(digit));
            self.bump();
        }
        // One that is too large is a word.
        let number = number.filter(|number| *number <= i32::MAX.cast_unsigned());
        match number {
            Some(number) if matches!(self.peek(), Some(b'<' | b'>')) => {
                Some(RedirectedFd::Number(number))
            }
            _ => {
                self.input.at = start;
                None
            }
        }
    }

    /// `{name}` with an operator right behind it.
    #[inline(never)]
    fn redirected_variable(&mut self) -> Parsed<Option<RedirectedFd>> {
        self.bump();
        if !self.peek().is_some_and(starts_name) {
            return Ok(None);
        }
        let name = self.name().to_vec();
        let bracket = self.input.at;
        let mut end = bracket;
        if self.peek() == Some(b'[') {
            match self.end_of_brackets(b'[', b']') {
                Ok(behind) => end = behind,
                Err(_) => return Ok(None),
            }
        }
        self.input.at = end;
        if !(self.take(b'}') && matches!(self.peek(), Some(b'<' | b'>'))) {
            return Ok(None);
        }
        let behind = std::mem::replace(&mut self.input.at, bracket);
        let index: Option<Box<Index>> = match self.take(b'[') {
            true => Some(self.index_inside()?),
            false => None,
        };
        self.input.at = behind;
        Ok(Some(RedirectedFd::Variable(Symbol::new(name), index)))
    }

    /// The operator at this place and its word.
    #[inline(never)]
    fn target(&mut self, fd: &RedirectedFd) -> Parsed<RedirectionTarget> {
        let first = self.peek();
        self.bump();
        let make: fn(Word) -> RedirectionTarget = match first {
            Some(b'&') => {
                self.bump();
                match self.take(b'>') {
                    true => RedirectionTarget::AppendBoth,
                    false => RedirectionTarget::WriteBoth,
                }
            }
            Some(b'<') if self.take(b'<') => {
                if self.take(b'<') {
                    return Ok(RedirectionTarget::HereString(
                        self.redirected_word(Kind::Plain)?,
                    ));
                }
                let strips_tabs = self.take(b'-');
                return self.here_document(strips_tabs);
            }
            Some(b'<') if self.take(b'&') => {
                return Ok(RedirectionTarget::DuplicateInput(self.duplicated_word()?));
            }
            Some(b'<') if self.take(b'>') => RedirectionTarget::ReadWrite,
            Some(b'<') => RedirectionTarget::Read,
            _ if self.take(b'>') => RedirectionTarget::Append,
            _ if self.take(b'&') => {
                let word = self.duplicated_word()?;
                return Ok(match is_file(&word) && *fd == RedirectedFd::Default {
                    true => RedirectionTarget::WriteBoth(word),
                    false => RedirectionTarget::DuplicateOutput(word),
                });
            }
            _ if self.take(b'|') => RedirectionTarget::Clobber,
            _ => RedirectionTarget::Write,
        };
        Ok(make(self.redirected_word(Kind::Argument)?))
    }

    /// The word behind an operator.
    fn redirected_word(&mut self, kind: Kind) -> Parsed<Word> {
        self.skip_blanks();
        if self.is_number_before_operator() {
            return Err(self.unexpected());
        }
        self.expect_word(kind)
    }

    /// The word behind `>&` or `<&`, which may be a number with another operator behind it: `2>&1>file`.
    fn duplicated_word(&mut self) -> Parsed<Word> {
        // `>&-` is whole: what stands behind it is another word.
        if self.take(b'-') {
            return Ok(Word {
                source: b"-".to_vec(),
                parts: vec![Part::Literal(b"-".to_vec())],
                assignment: None,
            });
        }
        self.skip_blanks();
        self.expect_word(Kind::Argument)
    }

    /// `2>` and the like begin another redirection.
    fn is_number_before_operator(&mut self) -> bool {
        let start = self.input.at;
        let is_number = self.redirected_number().is_some() && self.peek_second() != Some(b'(');
        self.input.at = start;
        is_number
    }

    fn here_document(&mut self, strips_tabs: bool) -> Parsed<RedirectionTarget> {
        let word = self.redirected_word(Kind::Plain)?;
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

/// Whether the word behind `>&` is a file, as far as that can be told before it is expanded.
fn is_file(word: &Word) -> bool {
    let text = match word.parts.as_slice() {
        [Part::Literal(text) | Part::Quoted(text)] => text,
        [Part::DoubleQuoted(parts)] => match parts.as_slice() {
            [Part::Quoted(text)] => text,
            _ => return false,
        },
        _ => return false,
    };
    let number = text.strip_suffix(b"-").unwrap_or(text);
    !number.iter().all(u8::is_ascii_digit)
}

/// The text of a delimiter: quotes are taken away, nothing is expanded.
fn without_quotes(word: &Word) -> Text {
    fn add(parts: &[Part], text: &mut Text) {
        for part in parts {
            match part {
                Part::Literal(part) | Part::Quoted(part) => text.extend_from_slice(part),
                Part::DoubleQuoted(parts) => add(parts, text),
                Part::Tilde(name) => {
                    text.push(b'~');
                    text.extend_from_slice(name);
                }
                Part::Parameter(parameter) => text.extend_from_slice(&parameter.source),
                _ => {}
            }
        }
    }
    let is_other = |part: &Part| {
        matches!(
            part,
            Part::Command(_) | Part::Arithmetic(_) | Part::Process(_) | Part::Brace(_)
        )
    };
    if word.parts.iter().any(is_other) {
        // An expansion in it means what it is written as.
        return word
            .source
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\\' | b'\'' | b'"'))
            .collect();
    }
    let mut text = Text::new();
    add(&word.parts, &mut text);
    text
}
