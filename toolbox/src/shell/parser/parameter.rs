//! `${…}`

use super::input::starts_name;
use super::word::Stop;
use super::{Parsed, Parser};
use crate::shell::ast::{
    CaseChange, Operation, Parameter, Part, Replaced, Subject, Subscript, Text, Word,
};

impl Parser<'_> {
    /// `${…}`, behind the `$`.
    pub(super) fn braced_parameter(&mut self, is_quoted: bool) -> Parsed<Part> {
        let line = self.line;
        let start = self.at - 1;
        self.bump();
        let parsed = self.parameter_inside(is_quoted)?;
        let (indirect, subject, operation) = match parsed {
            Some(parsed) if self.peek() == Some(b'}') => parsed,
            _ => {
                // It is no expansion of bash's, which is an error only when it is expanded.
                self.skip_to_brace()?;
                (false, Subject::Special(b'?'), Operation::Bad)
            }
        };
        if self.peek().is_none() {
            return Err(self.unclosed(line, "}"));
        }
        self.bump();
        Ok(Part::Parameter(Box::new(Parameter {
            source: [b"$", self.text.get(start + 1..self.at).unwrap_or_default()].concat(),
            indirect,
            subject,
            operation,
        })))
    }

    fn skip_to_brace(&mut self) -> Parsed<()> {
        while let Some(byte) = self.peek() {
            if byte == b'}' {
                break;
            }
            if !self.skip_quoted(byte)? {
                self.bump();
            }
        }
        Ok(())
    }

    fn parameter_inside(&mut self, is_quoted: bool) -> Parsed<Option<(bool, Subject, Operation)>> {
        if self.peek() == Some(b'#') && self.is_length() {
            self.bump();
            let subject = self.subject()?;
            return Ok(subject.map(|subject| (false, subject, Operation::Length)));
        }
        let indirect = self.peek() == Some(b'!') && self.is_indirection();
        if indirect {
            self.bump();
        }
        let Some(subject) = self.subject()? else {
            return Ok(None);
        };
        if indirect {
            match (&subject, self.peek(), self.peek_at(1)) {
                (Subject::Variable(_), Some(mark @ (b'*' | b'@')), Some(b'}')) => {
                    self.bump();
                    let joined = mark == b'*';
                    return Ok(Some((false, subject, Operation::Names { joined })));
                }
                (Subject::Element(_, Subscript::Each | Subscript::Joined), Some(b'}'), _) => {
                    let joined = matches!(subject, Subject::Element(_, Subscript::Joined));
                    return Ok(Some((false, subject, Operation::Keys { joined })));
                }
                _ => {}
            }
        }
        let operation = self.operation(is_quoted)?;
        Ok(operation.map(|operation| (indirect, subject, operation)))
    }

    /// Whether the `#` at this place asks for a length; else it is the parameter `$#`.
    fn is_length(&mut self) -> bool {
        match self.peek_at(1) {
            None | Some(b'}') => false,
            // `${#-}`, `${#?}`, `${##}`: the length of a special parameter, if nothing follows it.
            Some(b'-' | b'?' | b'#' | b'@' | b'*' | b'!' | b'$') => self.peek_at(2) == Some(b'}'),
            Some(byte) => starts_name(byte) || byte.is_ascii_digit(),
        }
    }

    /// Whether the `!` at this place means indirection; else it is the parameter `$!`.
    fn is_indirection(&mut self) -> bool {
        match self.peek_at(1) {
            Some(byte) if starts_name(byte) || byte.is_ascii_digit() => true,
            Some(b'#' | b'@' | b'*' | b'?' | b'$') => self.peek_at(2) == Some(b'}'),
            _ => false,
        }
    }

    /// The parameter that is named at this place; none if there is no name.
    pub(super) fn subject(&mut self) -> Parsed<Option<Subject>> {
        self.skip_continuations();
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        if starts_name(byte) {
            let name = self.name();
            if self.peek() != Some(b'[') {
                return Ok(Some(Subject::Variable(name)));
            }
            let Some(text) = self.subscript_source()? else {
                return Ok(None);
            };
            let subscript = match text.as_slice() {
                b"@" => Subscript::Each,
                b"*" => Subscript::Joined,
                b"" => return Ok(None),
                _ => Subscript::Index(self.index(text)?),
            };
            return Ok(Some(Subject::Element(name, subscript)));
        }
        if byte.is_ascii_digit() {
            let start = self.at;
            while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
            let digits = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
            let number = digits.parse().unwrap_or(usize::MAX);
            return Ok(Some(Subject::Positional(number)));
        }
        if matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') {
            self.bump();
            return Ok(Some(Subject::Special(byte)));
        }
        Ok(None)
    }

    /// What stands behind the name, up to the `}`; none if that is no operation.
    fn operation(&mut self, is_quoted: bool) -> Parsed<Option<Operation>> {
        self.skip_continuations();
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        let colon = byte == b':';
        let operator = if colon { self.peek_at(1) } else { Some(byte) };
        if let Some(operator @ (b'-' | b'=' | b'?' | b'+')) = operator {
            self.bump_by(1 + usize::from(colon));
            let stop = if is_quoted {
                Stop::QuotedBrace
            } else {
                Stop::Brace
            };
            let word = self.inner_word(stop)?;
            return Ok(Some(match operator {
                b'-' => Operation::Default { colon, word },
                b'=' => Operation::Assign { colon, word },
                b'+' => Operation::Alternative { colon, word },
                _ => {
                    let word = (!word.source.is_empty()).then_some(word);
                    Operation::Require { colon, word }
                }
            }));
        }
        Ok(Some(match byte {
            b'}' => Operation::Value,
            b':' => {
                self.bump();
                return self.substring();
            }
            b'#' | b'%' => {
                self.bump();
                let longest = self.peek() == Some(byte);
                if longest {
                    self.bump();
                }
                let pattern = self.inner_word(Stop::Brace)?;
                match byte {
                    b'#' => Operation::RemovePrefix { longest, pattern },
                    _ => Operation::RemoveSuffix { longest, pattern },
                }
            }
            b'/' => {
                self.bump();
                self.replacement(is_quoted)?
            }
            b'^' | b',' | b'~' => {
                self.bump();
                let all = self.peek() == Some(byte);
                if all {
                    self.bump();
                }
                let pattern = self.inner_word(Stop::Brace)?;
                let change = match byte {
                    b'^' => CaseChange::Upper,
                    b',' => CaseChange::Lower,
                    _ => CaseChange::Toggle,
                };
                let pattern = (!pattern.source.is_empty()).then_some(pattern);
                Operation::Case {
                    change,
                    all,
                    pattern,
                }
            }
            b'@' => match (self.peek_at(1), self.peek_at(2)) {
                (
                    Some(
                        letter @ (b'Q' | b'E' | b'P' | b'A' | b'a' | b'K' | b'k' | b'U' | b'u'
                        | b'L'),
                    ),
                    Some(b'}'),
                ) => {
                    self.bump_by(2);
                    Operation::Transform(letter)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    fn replacement(&mut self, is_quoted: bool) -> Parsed<Operation> {
        let which = match self.peek() {
            Some(b'/') => Replaced::All,
            Some(b'#') => Replaced::Prefix,
            Some(b'%') => Replaced::Suffix,
            _ => Replaced::First,
        };
        if which != Replaced::First {
            self.bump();
        }
        // A slash that comes first is the pattern's.
        let pattern = if which == Replaced::All && self.peek() == Some(b'/') {
            self.pattern_with_slash()?
        } else {
            self.inner_word(Stop::Slash)?
        };
        let replacement = if self.peek() == Some(b'/') {
            self.bump();
            let _ = is_quoted;
            self.inner_word(Stop::Brace)?
        } else {
            Word::default()
        };
        Ok(Operation::Replace {
            which,
            pattern,
            replacement,
        })
    }

    fn pattern_with_slash(&mut self) -> Parsed<Word> {
        self.bump();
        let mut word = self.inner_word(Stop::Slash)?;
        word.source.insert(0, b'/');
        match word.parts.first_mut() {
            Some(Part::Literal(text)) => text.insert(0, b'/'),
            _ => word.parts.insert(0, Part::Literal(b"/".to_vec())),
        }
        Ok(word)
    }

    /// `offset` or `offset:length`, behind the colon.
    fn substring(&mut self) -> Parsed<Option<Operation>> {
        let text = self.until_colon()?;
        let offset = self.arithmetic(text)?;
        let length = if self.peek() == Some(b':') {
            self.bump();
            let text = self.until_brace()?;
            Some(self.arithmetic(text)?)
        } else {
            None
        };
        if offset.word.source.is_empty() && length.is_none() {
            return Ok(None);
        }
        Ok(Some(Operation::Substring { offset, length }))
    }

    fn until_colon(&mut self) -> Parsed<Text> {
        let start = self.at;
        let (mut parentheses, mut conditions) = (0_usize, 0_usize);
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => break,
                b':' if parentheses == 0 && conditions == 0 => break,
                b':' if parentheses == 0 => conditions -= 1,
                b'?' if parentheses == 0 => conditions += 1,
                b'(' => parentheses += 1,
                b')' => parentheses = parentheses.saturating_sub(1),
                _ => {
                    if self.skip_quoted(byte)? {
                        continue;
                    }
                }
            }
            self.bump();
        }
        Ok(self.text[start..self.at].to_vec())
    }

    fn until_brace(&mut self) -> Parsed<Text> {
        let start = self.at;
        self.skip_to_brace()?;
        Ok(self.text[start..self.at].to_vec())
    }
}
