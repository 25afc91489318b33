//! `[[ … ]]`

use super::word::{Parts, Stop};
use super::{Parsed, Parser};
use crate::shell::ast::{TestExpression, TestOperator, Word};

/// Letters of the unary operators.
const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

impl Parser<'_> {
    /// The expression behind `[[`, and the `]]`.
    pub(super) fn test_expression(&mut self) -> Parsed<TestExpression> {
        let outer = std::mem::replace(&mut self.always_extglob, true);
        let expression = self.test_or()?;
        self.always_extglob = outer;
        self.skip_newlines()?;
        match self.take_word("]]") {
            true => Ok(expression),
            false => Err(self.test_error()),
        }
    }

    fn test_error(&mut self) -> super::SyntaxError {
        let mut error = self.unexpected();
        error.keeps_status = true;
        if !error.is_eof {
            let message = error
                .message
                .strip_prefix(b"syntax error near unexpected token ");
            if let Some(token) = message {
                error.message = [
                    b"syntax error in conditional expression: unexpected token ",
                    token,
                ]
                .concat();
            }
        }
        error
    }

    fn test_or(&mut self) -> Parsed<TestExpression> {
        self.deeper(|parser| {
            let left = parser.test_and()?;
            parser.skip_newlines()?;
            if !parser.take("||") {
                return Ok(left);
            }
            let right = parser.test_or()?;
            Ok(TestExpression::Or(Box::new(left), Box::new(right)))
        })
    }

    fn test_and(&mut self) -> Parsed<TestExpression> {
        let left = self.test_term()?;
        self.skip_newlines()?;
        if !self.take("&&") {
            return Ok(left);
        }
        let right = self.deeper(Self::test_and)?;
        Ok(TestExpression::And(Box::new(left), Box::new(right)))
    }

    fn test_term(&mut self) -> Parsed<TestExpression> {
        self.skip_newlines()?;
        if self.take_word("!") {
            let inner = self.deeper(Self::test_term)?;
            return Ok(TestExpression::Not(Box::new(inner)));
        }
        if self.peek() == Some(b'(') {
            self.bump();
            let inner = self.test_or()?;
            self.skip_newlines()?;
            return match self.take(")") {
                true => Ok(inner),
                false => Err(self.test_error()),
            };
        }
        if let Some(letter) = self.unary_operator() {
            self.bump_by(2);
            self.skip_blanks();
            return Ok(TestExpression::Unary(letter, self.test_word()?));
        }
        let left = self.test_word()?;
        self.skip_blanks();
        let Some((operator, len)) = self.test_operator() else {
            return Ok(TestExpression::Word(left));
        };
        self.bump_by(len);
        self.skip_blanks();
        let right = match operator {
            TestOperator::Regex => self.regex_word()?,
            _ => self.test_word()?,
        };
        Ok(TestExpression::Binary(left, operator, right))
    }

    /// A unary operator with an operand behind it.
    fn unary_operator(&mut self) -> Option<u8> {
        if self.peek() != Some(b'-') {
            return None;
        }
        let letter = self.peek_at(1).filter(|letter| UNARY.contains(letter))?;
        if !matches!(self.peek_at(2), Some(b' ' | b'\t' | b'\n')) {
            return None;
        }
        // `[[ -f == x ]]` compares the text.
        let mut offset = 3;
        while matches!(self.peek_at(offset), Some(b' ' | b'\t')) {
            offset += 1;
        }
        let (at, line) = (self.at, self.line);
        self.at += offset;
        let is_operand = !self.looks_at_word("]]")
            && (self.test_operator_word().is_none() || self.closes_behind_operator());
        (self.at, self.line) = (at, line);
        is_operand.then_some(letter)
    }

    /// Whether the operator at this place is the last word: then it is an operand.
    fn closes_behind_operator(&mut self) -> bool {
        let mut offset = 0;
        while self
            .peek_at(offset)
            .is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n'))
        {
            offset += 1;
        }
        while matches!(self.peek_at(offset), Some(b' ' | b'\t')) {
            offset += 1;
        }
        self.peek_at(offset) == Some(b']') && self.peek_at(offset + 1) == Some(b']')
    }

    fn test_operator_word(&mut self) -> Option<()> {
        ["==", "!=", "=~", "="]
            .iter()
            .any(|operator| self.looks_at_word(operator))
            .then_some(())
    }

    fn test_operator(&mut self) -> Option<(TestOperator, usize)> {
        const WORDS: &[(&str, TestOperator)] = &[
            ("==", TestOperator::Matches),
            ("=", TestOperator::Matches),
            ("!=", TestOperator::Differs),
            ("=~", TestOperator::Regex),
            ("-eq", TestOperator::Equal),
            ("-ne", TestOperator::NotEqual),
            ("-lt", TestOperator::Less),
            ("-le", TestOperator::AtMost),
            ("-gt", TestOperator::Greater),
            ("-ge", TestOperator::AtLeast),
            ("-nt", TestOperator::Newer),
            ("-ot", TestOperator::Older),
            ("-ef", TestOperator::SameFile),
        ];
        match self.peek() {
            Some(b'<') if self.peek_at(1) != Some(b'(') => return Some((TestOperator::Before, 1)),
            Some(b'>') if self.peek_at(1) != Some(b'(') => return Some((TestOperator::After, 1)),
            _ => {}
        }
        let (word, operator) = WORDS.iter().find(|(word, _)| self.looks_at_word(word))?;
        Some((*operator, word.len()))
    }

    fn test_word(&mut self) -> Parsed<Word> {
        let start = self.at;
        if self.looks_at_word("]]") {
            return Err(self.test_error());
        }
        let word = self.plain_word()?;
        match self.at == start {
            true => Err(self.test_error()),
            false => Ok(word),
        }
    }

    /// The word behind `=~`, in which parentheses and `|` belong to the expression.
    fn regex_word(&mut self) -> Parsed<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        self.tilde(&mut parts, false);
        loop {
            match self.peek() {
                None | Some(b' ' | b'\t' | b'\n') => break,
                // The expression ends here; the parenthesis is that of `[[ ( … ) ]]`.
                Some(b')') => break,
                Some(b'&') if self.peek_at(1) == Some(b'&') => break,
                Some(b'|') if self.peek_at(1) == Some(b'|') => break,
                Some(_) => self.regex_part(&mut parts)?,
            }
        }
        if self.at == start {
            return Err(self.test_error());
        }
        Ok(self.finish_word(start, parts))
    }

    fn regex_part(&mut self, parts: &mut Parts) -> Parsed<()> {
        match self.peek() {
            Some(b'<' | b'>' | b'|' | b'&' | b';') => {
                let byte = self.text[self.at];
                self.bump();
                parts.push_byte(byte);
                Ok(())
            }
            // In a bracket expression blanks are no ends, either.
            Some(b'[') => self.regex_bracket(parts),
            _ => self.one_regex_part(parts),
        }
    }

    fn one_regex_part(&mut self, parts: &mut Parts) -> Parsed<()> {
        self.one_part(Stop::Regex, parts)
    }

    fn regex_bracket(&mut self, parts: &mut Parts) -> Parsed<()> {
        self.bump();
        parts.push_byte(b'[');
        let mut is_first = true;
        loop {
            match self.peek() {
                None | Some(b'\n') => return Ok(()),
                Some(b']') if !is_first => {
                    self.bump();
                    parts.push_byte(b']');
                    return Ok(());
                }
                Some(b' ' | b'\t') => return Ok(()),
                Some(b'[') if matches!(self.peek_at(1), Some(b':' | b'=' | b'.')) => {
                    let kind = self.text[self.at + 1];
                    let end = [kind, b']'];
                    parts.push_byte(b'[');
                    self.bump();
                    parts.push_byte(kind);
                    self.bump();
                    while self.peek().is_some()
                        && !(self.peek() == Some(end[0]) && self.peek_at(1) == Some(b']'))
                    {
                        parts.push_byte(self.text[self.at]);
                        self.bump();
                    }
                    if self.peek().is_some() {
                        parts.push_byte(kind);
                        parts.push_byte(b']');
                        self.bump_by(2);
                    }
                }
                Some(b'^') if is_first => {
                    parts.push_byte(b'^');
                    self.bump();
                    continue;
                }
                Some(b'(' | b')' | b'|' | b'&' | b';' | b'<' | b'>') => {
                    parts.push_byte(self.text[self.at]);
                    self.bump();
                }
                Some(_) => self.one_part(Stop::Regex, parts)?,
            }
            is_first = false;
        }
    }
}
