//! `${…}`: what it is about.

use super::Reader;
use super::error::Parsed;
use super::input::starts_name;
use super::operation::TRANSFORMATIONS;
use crate::shell::ast::{Operation, Parameter, Part, Subject, Subscript, Text};
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    /// `${…}`, behind the `$`, which stands at `start`.
    ///
    /// What is found is put where it belongs at once: as results they would make the frames large, and how deep expansions
    /// may be is a matter of the stack.
    #[inline(never)]
    pub(super) fn braced_parameter(&mut self, start: usize, is_quoted: bool) -> Parsed<Part> {
        self.enter()?;
        self.bump();
        let mut parameter = Box::new(Parameter {
            source: Text::new(),
            indirect: false,
            subject: Subject::Special(b'?'),
            operation: Operation::Bad,
        });
        let is_known = self.parameter_inside(&mut parameter, is_quoted)?;
        if !is_known || self.peek() != Some(b'}') {
            // It is no expansion of bash's, which is an error only when it is expanded.
            parameter.operation = Operation::Bad;
            self.input.at = start + 1;
            match self.end_of_brackets(b'{', b'}') {
                Ok(end) => self.input.at = end - 1,
                Err(open) => return Err(self.still_open(open)),
            }
        }
        self.bump();
        self.depth -= 1;
        parameter.source = self.input.since(start).to_vec();
        Ok(Part::Parameter(parameter))
    }

    /// Says whether it is an expansion.
    #[inline(never)]
    fn parameter_inside(&mut self, parameter: &mut Parameter, is_quoted: bool) -> Parsed<bool> {
        if self.peek() == Some(b'#') && self.is_length() {
            self.bump();
            parameter.operation = Operation::Length;
            return self.subject_into(&mut parameter.subject);
        }
        let indirect = self.peek() == Some(b'!') && self.is_indirection();
        if indirect {
            self.bump();
        }
        if !self.subject_into(&mut parameter.subject)? {
            return Ok(false);
        }
        if indirect && let Some(operation) = self.names_or_keys(&parameter.subject) {
            parameter.operation = operation;
            return Ok(true);
        }
        if !indirect && parameter.subject == Subject::Special(b'#') && self.is_bad_count() {
            return Ok(false);
        }
        parameter.indirect = indirect;
        self.operation_into(&mut parameter.operation, is_quoted)
    }

    #[inline(never)]
    fn subject_into(&mut self, place: &mut Subject) -> Parsed<bool> {
        let subject = self.subject()?;
        let is_known = subject.is_some();
        if let Some(subject) = subject {
            *place = subject;
        }
        Ok(is_known)
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
            // `${#@Q}` is `$#`, quoted.
            Some(b'@') => {
                self.bump();
                let after = self.peek_second();
                self.input.at -= 1;
                !after.is_some_and(|letter| TRANSFORMATIONS.contains(&letter))
            }
            Some(b'*' | b'!' | b'$') => true,
            Some(byte) => starts_name(byte) || byte.is_ascii_digit(),
        }
    }

    /// `${#%}`, `${#:}`, `${#^}` and the like, which are no expansions.
    fn is_bad_count(&mut self) -> bool {
        matches!(self.peek(), Some(b'^' | b',' | b'~'))
            || matches!(self.peek(), Some(b'%' | b':' | b'=' | b'+' | b'/'))
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
    #[inline(never)]
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
