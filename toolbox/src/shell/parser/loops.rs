//! Loops.

use super::Reader;
use super::arithmetic::Until;
use super::command::Keyword;
use super::error::Parsed;
use super::word::Kind;
use crate::shell::ast::{Arithmetic, ArithmeticHeader, Compound, List, Word};
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    #[inline(never)]
    pub(super) fn while_loop(&mut self, until: bool) -> Parsed<Compound> {
        let condition = self.compound_list()?;
        let body = self.do_group()?;
        Ok(Compound::While {
            until,
            condition,
            body,
        })
    }

    #[inline(never)]
    fn do_group(&mut self) -> Parsed<List> {
        self.expect_keyword(Keyword::Do)?;
        let body = self.compound_list()?;
        self.expect_keyword(Keyword::Done)?;
        Ok(body)
    }

    /// The body of a `for`, which may also be in braces.
    #[inline(never)]
    fn loop_body(&mut self) -> Parsed<List> {
        self.skip_newlines();
        if !self.take_keyword(Keyword::OpenBrace) {
            return self.do_group();
        }
        let body = self.compound_list()?;
        self.expect_keyword(Keyword::CloseBrace)?;
        Ok(body)
    }

    #[inline(never)]
    pub(super) fn for_loop(&mut self) -> Parsed<Compound> {
        self.skip_blanks();
        if self.looks_at(b"((") {
            return self.arithmetic_for();
        }
        let (variable, words) = self.loop_header()?;
        let body = self.loop_body()?;
        Ok(Compound::For {
            variable,
            words,
            body,
        })
    }

    #[inline(never)]
    pub(super) fn select(&mut self) -> Parsed<Compound> {
        self.skip_blanks();
        let (variable, words) = self.loop_header()?;
        let body = self.loop_body()?;
        Ok(Compound::Select {
            variable,
            words,
            body,
        })
    }

    /// `name [in words];`. Whether the name is one is found out when the loop runs.
    #[inline(never)]
    fn loop_header(&mut self) -> Parsed<(Symbol, Option<Vec<Word>>)> {
        let name = self.expect_word(Kind::Plain)?;
        let variable = Symbol::new(&name.source);
        self.skip_blanks();
        if self.peek() == Some(b';') && self.peek_second() != Some(b';') {
            self.bump();
            return Ok((variable, None));
        }
        // The body may only be in braces when something ends the header.
        if let Some((Keyword::OpenBrace, _)) = self.keyword() {
            return Err(self.unexpected());
        }
        self.skip_newlines();
        if !self.take_in() {
            return Ok((variable, None));
        }
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            match self.word(Kind::Argument)? {
                Some(word) => words.push(word),
                None => break,
            }
        }
        match self.peek() {
            Some(b';') if !matches!(self.peek_second(), Some(b';' | b'&')) => self.bump(),
            Some(b'\n') => self.newline(),
            _ => return Err(self.unexpected()),
        }
        Ok((variable, Some(words)))
    }

    /// `((first; condition; step))`, with a semicolon or without.
    #[inline(never)]
    fn arithmetic_for(&mut self) -> Parsed<Compound> {
        let start = self.input.at;
        self.take_text(b"((");
        let mut fields = Vec::with_capacity(3);
        loop {
            let field = self.arithmetic(Until::Semicolon)?;
            fields.push(Some(field).filter(|field| !is_blank(field)));
            if !self.take(b';') {
                break;
            }
        }
        if self.peek().is_none() {
            return Err(self.unclosed(start, ')'));
        }
        if !self.take_text(b"))") {
            self.bump();
            return Err(self.unexpected());
        }
        let Ok([first, condition, step]) = <[_; 3]>::try_from(fields) else {
            return Err(self.bad_header(start));
        };
        let header = Box::new(ArithmeticHeader {
            first,
            condition,
            step,
        });
        self.skip_blanks();
        if self.peek() == Some(b';') && self.peek_second() != Some(b';') {
            self.bump();
        }
        let body = self.loop_body()?;
        Ok(Compound::ArithmeticFor { header, body })
    }

    fn bad_header(&mut self, start: usize) -> Box<super::SyntaxError> {
        let header = self.input.since(start).to_vec();
        let semicolons = header.iter().filter(|byte| **byte == b';').count();
        let what = match semicolons < 2 {
            true => "syntax error: arithmetic expression required",
            false => "syntax error: `;' unexpected",
        };
        let mut error = self.error([b"syntax error: `", header.as_slice(), b"'"].concat());
        error.earlier.push((error.line, what.as_bytes().to_vec()));
        error
    }
}

fn is_blank(arithmetic: &Arithmetic) -> bool {
    arithmetic.word.source.trim_ascii().is_empty()
}
