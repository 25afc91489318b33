//! `${…}`: what it is about.

use super::Reader;
use super::error::Parsed;
use super::input::starts_name;
use crate::shell::ast::{Operation, Parameter, Part, Subject, Subscript};
use crate::shell::symbol::Symbol;

/// What is inside of the braces.
type Inside = (bool, Subject, Operation);

impl Reader<'_, '_> {
    /// `${…}`, behind the `$`, which stands at `start`.
    pub(super) fn braced_parameter(&mut self, start: usize, is_quoted: bool) -> Parsed<Part> {
        self.enter()?;
        self.bump();
        let inside = self.parameter_inside(is_quoted)?;
        let (indirect, subject, operation) = match inside {
            Some(inside) if self.peek() == Some(b'}') => inside,
            _ => {
                // It is no expansion of bash's, which is an error only when it is expanded.
                self.input.at = start + 1;
                match self.end_of_brackets(b'{', b'}') {
                    Ok(end) => self.input.at = end - 1,
                    Err(open) => return Err(self.still_open(open)),
                }
                (false, Subject::Special(b'?'), Operation::Bad)
            }
        };
        self.bump();
        self.depth -= 1;
        Ok(Part::Parameter(Box::new(Parameter {
            source: self.input.since(start).to_vec(),
            indirect,
            subject,
            operation,
        })))
    }

    /// None if it is no expansion.
    fn parameter_inside(&mut self, is_quoted: bool) -> Parsed<Option<Inside>> {
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
        if indirect && let Some(operation) = self.names_or_keys(&subject) {
            return Ok(Some((false, subject, operation)));
        }
        if !indirect && subject == Subject::Special(b'#') && self.is_bad_count() {
            return Ok(None);
        }
        let operation = self.operation(is_quoted)?;
        Ok(operation.map(|operation| (indirect, subject, operation)))
    }

    /// What `${!…}` lists instead of going on to another parameter.
    fn names_or_keys(&mut self, subject: &Subject) -> Option<Operation> {
        match (subject, self.peek()) {
            (Subject::Variable(_), Some(mark @ (b'*' | b'@')))
                if self.peek_second() == Some(b'}') =>
            {
                self.bump();
                Some(Operation::Names {
                    joined: mark == b'*',
                })
            }
            (Subject::Element(_, Subscript::Each), Some(b'}')) => {
                Some(Operation::Keys { joined: false })
            }
            (Subject::Element(_, Subscript::Joined), Some(b'}')) => {
                Some(Operation::Keys { joined: true })
            }
            _ => None,
        }
    }

    /// Whether the `#` at this place asks for a length; else it is the parameter `$#`.
    fn is_length(&mut self) -> bool {
        match self.peek_second() {
            None | Some(b'}') => false,
            // The length of a special parameter, if nothing follows it: `${#-}`, but not `${#-word}`.
            Some(b'-' | b'?' | b'#') => {
                self.bump();
                let is_all = self.peek_second() == Some(b'}');
                self.input.at -= 1;
                is_all
            }
            Some(b'@' | b'*' | b'!' | b'$') => true,
            Some(byte) => starts_name(byte) || byte.is_ascii_digit(),
        }
    }

    /// `${#%}`, `${#:}` and the like, which are no expansions.
    fn is_bad_count(&mut self) -> bool {
        matches!(self.peek(), Some(b'%' | b':' | b'=' | b'+' | b'/'))
            && self.peek_second() == Some(b'}')
    }

    /// Whether the `!` at this place means indirection; else it is the parameter `$!`.
    fn is_indirection(&mut self) -> bool {
        match self.peek_second() {
            Some(b'#' | b'?') => !self.settings.posix,
            Some(byte) => starts_name(byte) || byte.is_ascii_digit() || matches!(byte, b'@' | b'*'),
            None => false,
        }
    }

    /// The parameter that is named at this place; none if there is no name.
    pub(super) fn subject(&mut self) -> Parsed<Option<Subject>> {
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        Ok(match byte {
            _ if starts_name(byte) => {
                let name = Symbol::new(self.name());
                match self.peek() {
                    Some(b'[') => self
                        .subscript()?
                        .map(|subscript| Subject::Element(name, subscript)),
                    _ => Some(Subject::Variable(name)),
                }
            }
            b'0'..=b'9' => {
                let mut number = 0_usize;
                while let Some(digit @ b'0'..=b'9') = self.peek() {
                    number = number
                        .saturating_mul(10)
                        .saturating_add(usize::from(digit - b'0'));
                    self.bump();
                }
                Some(Subject::Positional(number))
            }
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => {
                self.bump();
                Some(Subject::Special(byte))
            }
            _ => None,
        })
    }
}
