//! `[[ … ]]`

use super::error::{ErrorKind, Parsed, Token};
use super::input::ends_word;
use super::word::Kind;
use super::{Reader, SyntaxError};
use crate::shell::ast::{Compound, TestExpression, TestOperator, Text, Word};

/// What stands between operands.
#[derive(PartialEq, Eq)]
enum Next {
    And,
    Or,
    Close,
    /// `]]`
    End,
    Other,
}

impl Reader<'_, '_> {
    /// The expression behind `[[`, and the `]]`.
    #[inline(never)]
    pub(super) fn test_command(&mut self) -> Parsed<Compound> {
        let start = self.input.at;
        let expression = self.test_or()?;
        if self.test_next() == Next::End {
            self.input.at += 2;
            return Ok(Compound::Test(expression));
        }
        if self.peek().is_none() {
            let mut error = self.unexpected_end();
            error.line = self.input.line_at(start);
            error.message = b"unexpected EOF while looking for `]]'".to_vec();
            return Err(error);
        }
        let is_word = self.test_word(Kind::Plain)?.is_some();
        Err(match is_word {
            true => self.test_failure("syntax error in conditional expression"),
            false => self.test_error(
                "syntax error in conditional expression: unexpected token `",
                "'",
            ),
        })
    }

    fn test_or(&mut self) -> Parsed<TestExpression> {
        let mut all = vec![self.test_and()?];
        while self.test_next() == Next::Or {
            self.input.at += 2;
            all.push(self.test_and()?);
        }
        Ok(balanced(all, TestExpression::Or))
    }

    fn test_and(&mut self) -> Parsed<TestExpression> {
        let mut all = vec![self.test_term()?];
        while self.test_next() == Next::And {
            self.input.at += 2;
            all.push(self.test_term()?);
        }
        Ok(balanced(all, TestExpression::And))
    }

    #[inline(never)]
    fn test_term(&mut self) -> Parsed<TestExpression> {
        let mut negated = false;
        loop {
            self.skip_newlines();
            let start = self.input.at;
            let is_pattern = self.settings.extglob && self.looks_at(b"!(");
            if is_pattern || !(self.take(b'!') && self.peek().is_none_or(ends_word)) {
                self.input.at = start;
                break;
            }
            negated = !negated;
        }
        let term = self.test_operation()?;
        self.skip_newlines();
        Ok(match negated {
            true => TestExpression::Not(Box::new(term)),
            false => term,
        })
    }

    #[inline(never)]
    fn test_operation(&mut self) -> Parsed<TestExpression> {
        if self.take(b'(') {
            return Ok(TestExpression::Group(Box::new(self.test_group()?)));
        }
        if self.test_next() == Next::End {
            // Bash says nothing then.
            return Err(self.test_failure(""));
        }
        let Some(first) = self.test_word(Kind::Plain)? else {
            return Err(self.test_error("unexpected token `", "' in conditional command"));
        };
        if let Some(letter) = unary_operator(&first.source) {
            self.skip_blanks();
            return match self.test_word(Kind::Plain)? {
                Some(operand) => Ok(TestExpression::Unary(letter, operand)),
                None => {
                    Err(self.test_error("unexpected argument `", "' to conditional unary operator"))
                }
            };
        }
        self.skip_blanks();
        if self.test_next() != Next::Other {
            return Ok(TestExpression::Word(first));
        }
        let operator = self.test_operator()?;
        self.skip_blanks();
        let kind = match operator {
            TestOperator::Regex => Kind::Regex,
            TestOperator::Matches | TestOperator::Equals | TestOperator::Differs => Kind::Pattern,
            _ => Kind::Plain,
        };
        match self.test_word(kind)? {
            Some(second) => Ok(TestExpression::Binary(first, operator, second)),
            None => {
                Err(self.test_error("unexpected argument `", "' to conditional binary operator"))
            }
        }
    }

    /// `( … )`, behind the parenthesis.
    #[inline(never)]
    fn test_group(&mut self) -> Parsed<TestExpression> {
        self.enter()?;
        let inner = match self.test_or() {
            Ok(inner) => inner,
            Err(mut error) => {
                if error.kind == ErrorKind::Test {
                    let message = std::mem::replace(&mut error.message, b"expected `)'".to_vec());
                    error.earlier.push((error.line, message));
                    error.earlier.retain(|(_, message)| !message.is_empty());
                }
                return Err(error);
            }
        };
        self.skip_newlines();
        self.depth -= 1;
        match self.take(b')') {
            true => Ok(inner),
            false => Err(self.test_error("unexpected token `", "', expected `)'")),
        }
    }

    fn test_operator(&mut self) -> Parsed<TestOperator> {
        let is_substitution = self.peek_second() == Some(b'(');
        match self.peek() {
            Some(b'<') if !is_substitution && self.peek_second() != Some(b'<') => {
                self.bump();
                return Ok(TestOperator::Before);
            }
            Some(b'>') if !is_substitution && self.peek_second() != Some(b'>') => {
                self.bump();
                return Ok(TestOperator::After);
            }
            _ => {}
        }
        let start = self.input.at;
        let Some(word) = self.test_word(Kind::Plain)? else {
            return Err(self.test_error(
                "unexpected token `",
                "', conditional binary operator expected",
            ));
        };
        match binary_operator(&word.source) {
            Some(operator) => Ok(operator),
            None => {
                self.input.at = start;
                Err(self.test_failure("conditional binary operator expected"))
            }
        }
    }

    /// An operand; none if an operator or `]]` stands here.
    fn test_word(&mut self, kind: Kind) -> Parsed<Option<Word>> {
        match self.test_next() {
            Next::End => Ok(None),
            _ => self.word(kind),
        }
    }

    fn test_next(&mut self) -> Next {
        let start = self.input.at;
        let next = match self.peek() {
            Some(b'&') if self.take_text(b"&&") => Next::And,
            Some(b'|') if self.take_text(b"||") => Next::Or,
            Some(b')') => Next::Close,
            Some(b']') if self.take_text(b"]]") && self.peek().is_none_or(ends_word) => Next::End,
            _ => Next::Other,
        };
        self.input.at = start;
        next
    }

    fn test_failure(&mut self, message: impl Into<Text>) -> Box<SyntaxError> {
        let mut error = self.error(message);
        error.kind = ErrorKind::Test;
        error
    }

    /// An error about the token at this place.
    fn test_error(&mut self, before: &str, behind: &str) -> Box<SyntaxError> {
        let line = self.line();
        let (token, is_eof) = match self.token() {
            Token::End => (b"EOF".to_vec(), true),
            Token::Text(token) => (token, false),
        };
        let mut error = self.test_failure([before.as_bytes(), &token, behind.as_bytes()].concat());
        error.line = line;
        error.is_eof = is_eof;
        error
    }
}

/// Terms in a row as a tree that is as flat as can be: a long row must not make a deep one.
fn balanced(
    all: Vec<TestExpression>,
    join: fn(Box<TestExpression>, Box<TestExpression>) -> TestExpression,
) -> TestExpression {
    let mut row = all;
    while row.len() > 1 {
        let mut next = Vec::with_capacity(row.len().div_ceil(2));
        let mut rest = row.into_iter();
        while let Some(left) = rest.next() {
            next.push(match rest.next() {
                Some(right) => join(Box::new(left), Box::new(right)),
                None => left,
            });
        }
        row = next;
    }
    row.into_iter()
        .next()
        .unwrap_or_else(|| TestExpression::Word(Word::default()))
}

fn unary_operator(text: &[u8]) -> Option<u8> {
    match text {
        [b'-', letter] if b"abcdefghknoprstuvwxzGLNORS".contains(letter) => Some(*letter),
        _ => None,
    }
}

fn binary_operator(text: &[u8]) -> Option<TestOperator> {
    Some(match text {
        b"==" => TestOperator::Matches,
        b"=" => TestOperator::Equals,
        b"!=" => TestOperator::Differs,
        b"=~" => TestOperator::Regex,
        b"-eq" => TestOperator::Equal,
        b"-ne" => TestOperator::NotEqual,
        b"-lt" => TestOperator::Less,
        b"-le" => TestOperator::AtMost,
        b"-gt" => TestOperator::Greater,
        b"-ge" => TestOperator::AtLeast,
        b"-nt" => TestOperator::Newer,
        b"-ot" => TestOperator::Older,
        b"-ef" => TestOperator::SameFile,
        _ => return None,
    })
}
