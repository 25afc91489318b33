//! `${…}`: what is done to the parameter.

use super::Reader;
use super::arithmetic::Until;
use super::error::Parsed;
use crate::shell::ast::{CaseChange, Operation, Part, Replaced, Word};

/// The letters of `${x@Q}` and the like.
pub const TRANSFORMATIONS: &[u8] = b"QEPAaKkUuL";

impl Reader<'_, '_> {
    /// What stands behind the parameter, up to the `}`; says whether that is an operation.
    pub(super) fn operation_into(
        &mut self,
        place: &mut Operation,
        is_quoted: bool,
    ) -> Parsed<bool> {
        if self.peek() == Some(b'}') {
            *place = Operation::Value;
            return Ok(true);
        }
        let operation = self.operation(is_quoted)?;
        let is_known = operation.is_some();
        if let Some(operation) = operation {
            *place = operation;
        }
        Ok(is_known)
    }

    /// None if it is no operation.
    #[inline(never)]
    fn operation(&mut self, is_quoted: bool) -> Parsed<Option<Operation>> {
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        self.bump();
        Ok(Some(match byte {
            b':' => match self.peek() {
                Some(operator @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.bump();
                    self.conditional(operator, true, is_quoted)?
                }
                Some(b'}') => return Ok(None),
                _ => self.substring()?,
            },
            b'-' | b'=' | b'?' | b'+' => self.conditional(byte, false, is_quoted)?,
            b'#' => {
                let longest = self.take(byte);
                let pattern = self.operand(false)?;
                Operation::RemovePrefix { longest, pattern }
            }
            b'%' => {
                let longest = self.take(byte);
                let pattern = self.operand(false)?;
                Operation::RemoveSuffix { longest, pattern }
            }
            b'/' => self.replacement()?,
            b'^' | b',' | b'~' => {
                let all = self.take(byte);
                let pattern = self.operand(false)?;
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
            b'@' => match self.peek() {
                Some(letter) if TRANSFORMATIONS.contains(&letter) => {
                    self.bump();
                    Operation::Transform(letter)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    /// An operation that depends on whether the parameter is set.
    #[inline(never)]
    fn conditional(&mut self, operator: u8, colon: bool, is_quoted: bool) -> Parsed<Operation> {
        let word = match is_quoted {
            true => self.quoted_operand()?,
            false => self.operand(false)?,
        };
        Ok(match operator {
            b'-' => Operation::Default { colon, word },
            b'=' => Operation::Assign { colon, word },
            b'+' => Operation::Alternative { colon, word },
            _ => {
                let word = (!word.source.is_empty()).then_some(word);
                Operation::Require { colon, word }
            }
        })
    }

    /// `pattern/replacement`, behind the first slash.
    #[inline(never)]
    fn replacement(&mut self) -> Parsed<Operation> {
        let which = match self.peek() {
            Some(b'/') => Replaced::All,
            Some(b'#') => Replaced::Prefix,
            Some(b'%') => Replaced::Suffix,
            _ => Replaced::First,
        };
        if which != Replaced::First {
            self.bump();
        }
        let pattern = self.pattern_before_slash(which)?;
        let replacement = match self.take(b'/') {
            true => self.operand(false)?,
            false => Word::default(),
        };
        Ok(Operation::Replace {
            which,
            pattern,
            replacement,
        })
    }

    fn pattern_before_slash(&mut self, which: Replaced) -> Parsed<Word> {
        // Behind `//`, one more belongs to the pattern.
        let has_slash = which == Replaced::All && self.take(b'/');
        let mut pattern = self.operand(true)?;
        if has_slash {
            pattern.source.insert(0, b'/');
            match pattern.parts.first_mut() {
                Some(Part::Literal(text)) => text.insert(0, b'/'),
                _ => pattern.parts.insert(0, Part::Literal(b"/".to_vec())),
            }
        }
        Ok(pattern)
    }

    /// `offset` or `offset:length`, behind the colon.
    #[inline(never)]
    fn substring(&mut self) -> Parsed<Operation> {
        let offset = Box::new(self.arithmetic(Until::Colon)?);
        let length = match self.take(b':') {
            true => Some(Box::new(self.arithmetic(Until::Brace)?)),
            false => None,
        };
        Ok(Operation::Substring { offset, length })
    }
}
