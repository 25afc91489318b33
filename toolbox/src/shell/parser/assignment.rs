//! Assignments, and the values of arrays.

use super::Reader;
use super::arithmetic::arithmetic_of;
use super::error::{ErrorKind, Parsed};
use super::input::{ends_word, starts_name};
use super::word::Kind;
use crate::shell::ast::{ArrayElement, AssignedValue, Assignment, Index, Part, Word};
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    /// Adds the assignment at this place. When the word is none, gives the place up to which nothing ends it.
    #[inline]
    pub(super) fn take_assignment(
        &mut self,
        assignments: &mut Vec<Assignment>,
    ) -> Parsed<Option<usize>> {
        match self.peek().is_some_and(starts_name) {
            true => self.add_assignment(assignments),
            false => Ok(Some(0)),
        }
    }

    #[inline(never)]
    fn add_assignment(&mut self, assignments: &mut Vec<Assignment>) -> Parsed<Option<usize>> {
        let (assignment, end) = self.assignment(true)?;
        let is_one = assignment.is_some();
        assignments.extend(assignment);
        Ok((!is_one).then_some(end))
    }

    /// The assignment at this place, if the word is one. Before a command, blanks may stand in its subscript, also when it
    /// is no assignment: the place up to which nothing ends the word.
    #[inline(never)]
    fn assignment(&mut self, is_before_command: bool) -> Parsed<(Option<Assignment>, usize)> {
        let start = self.input.at;
        let nothing = (None, 0);
        if !self.peek().is_some_and(starts_name) {
            return Ok(nothing);
        }
        self.name();
        let name_end = self.input.at;
        let first = self.peek();
        if !matches!(first, Some(b'=' | b'+' | b'[')) {
            self.input.at = start;
            return Ok(nothing);
        }
        if first == Some(b'[') {
            let end = match self.end_of_brackets(b'[', b']') {
                Ok(end) => end,
                Err(open) if is_before_command => return Err(self.still_open(open)),
                Err(_) => {
                    self.input.at = start;
                    return Ok(nothing);
                }
            };
            let inside = self.input.text.get(name_end..end).unwrap_or_default();
            if !is_before_command && inside.iter().any(|byte| ends_word(*byte)) {
                self.input.at = start;
                return Ok(nothing);
            }
            self.input.at = end;
            let assigns = self.take(b'=') || self.take_text(b"+=");
            if !assigns {
                self.input.at = start;
                return Ok((None, end));
            }
            self.input.at = name_end;
        }
        let name = Symbol::new(self.input.text.get(start..name_end).unwrap_or_default());
        let subscript = match first {
            Some(b'[') => Some(self.bracketed_index()?),
            _ => None,
        };
        let append = self.take(b'+');
        if !self.take(b'=') {
            self.input.at = start;
            return Ok(nothing);
        }
        let value = match self.peek() {
            Some(b'(') => self.parenthesised_value()?,
            _ => AssignedValue::Scalar(self.value()?),
        };
        let assignment = Assignment {
            name,
            subscript,
            append,
            value,
        };
        Ok((Some(assignment), 0))
    }

    #[inline(never)]
    fn bracketed_index(&mut self) -> Parsed<Box<Index>> {
        let start = self.input.at;
        self.bump();
        let index = self.index_inside()?;
        match self.take(b']') {
            true => Ok(index),
            false => Err(self.unclosed(start, ']')),
        }
    }

    /// `(…)`: an array. With more of the word behind it, it is text with the values of its words.
    #[inline(never)]
    fn parenthesised_value(&mut self) -> Parsed<AssignedValue> {
        let start = self.input.at;
        let elements = self.array_elements()?;
        if self.peek().is_none_or(ends_word) {
            return Ok(AssignedValue::Array(elements));
        }
        let behind = self.value()?;
        let mut parts = vec![Part::Quoted(b"(".to_vec())];
        for (number, element) in elements.into_iter().enumerate() {
            let before: &[u8] = if number > 0 { b" " } else { b"" };
            parts.push(Part::Quoted([before, &element.target()].concat()));
            parts.extend(element.value.parts);
        }
        parts.push(Part::Quoted(b")".to_vec()));
        parts.extend(behind.parts);
        Ok(AssignedValue::Scalar(Word {
            source: self.input.since(start).to_vec(),
            parts,
            assignment: None,
        }))
    }

    /// The value behind `=`; maybe nothing.
    fn value(&mut self) -> Parsed<Word> {
        Ok(self.word(Kind::Value)?.unwrap_or_default())
    }

    /// An argument of `declare` and the like.
    #[inline(never)]
    pub(super) fn declared_word(&mut self) -> Parsed<Option<Word>> {
        let start = self.input.at;
        let (Some(assignment), _) = self.assignment(false)? else {
            return self.word(Kind::Argument);
        };
        let source = self.input.since(start).to_vec();
        Ok(Some(Word {
            source,
            parts: Vec::new(),
            assignment: Some(Box::new(assignment)),
        }))
    }

    /// An argument of `eval` and the like, which may look like the assignment of an array.
    #[inline(never)]
    pub(super) fn text_word(&mut self) -> Parsed<Option<Word>> {
        let start = self.input.at;
        let mut inside = 0;
        if self.peek().is_some_and(starts_name) {
            self.name();
            if (self.take(b'=') || self.take_text(b"+=")) && self.peek() == Some(b'(') {
                inside = match self.end_of_brackets(b'(', b')') {
                    Ok(end) => end,
                    Err(open) => {
                        let mut error = self.still_open(open);
                        error.kind = ErrorKind::Array;
                        return Err(error);
                    }
                };
            }
            self.input.at = start;
        }
        self.word_from(Kind::Argument, inside)
    }

    /// `(…)`: the elements of an array.
    #[inline(never)]
    pub(super) fn array_elements(&mut self) -> Parsed<Vec<ArrayElement>> {
        let start = self.input.at;
        self.take(b'(');
        let mut elements = Vec::new();
        loop {
            self.skip_array_blanks();
            match self.peek() {
                None => {
                    let mut error = self.unclosed(start, ')');
                    error.kind = ErrorKind::Array;
                    return Err(error);
                }
                Some(b')') => {
                    self.bump();
                    return Ok(elements);
                }
                Some(_) => {}
            }
            match self.array_element() {
                Ok(Some(element)) => elements.push(element),
                Err(mut error) => {
                    if error.is_eof {
                        let message = std::mem::replace(
                            &mut error.message,
                            b"syntax error: unexpected end of file".to_vec(),
                        );
                        error.earlier.push((error.line, message));
                        error.line = self.input.last_line();
                    }
                    if error.kind != ErrorKind::Substitution {
                        error.kind = ErrorKind::Array;
                    }
                    return Err(error);
                }
                Ok(None) => {
                    let mut error = self.unexpected();
                    error.kind = ErrorKind::Array;
                    return Err(error);
                }
            }
        }
    }

    /// Line ends separate elements as blanks do; here-documents do not begin there.
    fn skip_array_blanks(&mut self) {
        loop {
            self.skip_blanks();
            if !self.take(b'\n') {
                return;
            }
        }
    }

    /// `[subscript]=value` or a word; none if another token stands here.
    #[inline(never)]
    fn array_element(&mut self) -> Parsed<Option<ArrayElement>> {
        let mut inside = 0;
        if self.peek() == Some(b'[') {
            let start = self.input.at;
            let end = match self.end_of_brackets(b'[', b']') {
                Ok(end) => end,
                Err(open) => return Err(self.still_open(open)),
            };
            self.input.at = end;
            let append = self.looks_at(b"+=");
            let assigns = append || self.peek() == Some(b'=');
            self.input.at = start;
            if assigns {
                let mut subscript = self.bracketed_index()?;
                if subscript.word.source.contains(&b'\'') {
                    // Other than elsewhere, single quotes count.
                    subscript.arithmetic = arithmetic_of(&subscript.word, self.depth);
                }
                self.input.at += if append { 2 } else { 1 };
                let mut value = self.value()?;
                if value.source.contains(&b'{') && self.settings.brace_expansion {
                    value.parts = self.braced(value.parts)?;
                }
                return Ok(Some(ArrayElement {
                    subscript: Some(subscript),
                    append,
                    value,
                }));
            }
            inside = end;
        }
        let value = self.word_from(Kind::Argument, inside)?;
        Ok(value.map(|value| ArrayElement {
            subscript: None,
            append: false,
            value,
        }))
    }
}
