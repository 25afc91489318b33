//! Subscripts, and the values of arrays.

use super::arithmetic::arithmetic_of;
use super::{Parsed, Parser};
use crate::shell::ast::{ArrayElement, Index, Text};

impl Parser<'_> {
    /// The text between the brackets that begin at this place; none when they are not closed.
    pub(super) fn subscript_source(&mut self) -> Parsed<Option<Text>> {
        self.bump();
        self.arithmetic_source(b'[', b']')
    }

    /// A subscript whose text is known.
    pub(super) fn index(&mut self, text: Text) -> Parsed<Index> {
        let word = self.deeper(|parser| parser.part(text).rest_as_word())?;
        let arithmetic = arithmetic_of(&word);
        Ok(Index { word, arithmetic })
    }

    /// `(…)`: the elements of an array.
    pub(super) fn array_elements(&mut self) -> Parsed<Vec<ArrayElement>> {
        let line = self.line;
        self.bump();
        let mut elements = Vec::new();
        loop {
            self.skip_newlines()?;
            match self.peek() {
                None => return Err(self.unclosed(line, ")")),
                Some(b')') => {
                    self.bump();
                    return Ok(elements);
                }
                Some(b'[') => elements.push(self.subscripted_element()?),
                Some(b';' | b'&' | b'|' | b'(') => return Err(self.unexpected()),
                Some(b'<' | b'>') if self.peek_at(1) != Some(b'(') => return Err(self.unexpected()),
                Some(_) => elements.push(ArrayElement {
                    subscript: None,
                    append: false,
                    value: self.word()?,
                }),
            }
        }
    }

    /// `[subscript]=value`, or a word that only begins like it.
    fn subscripted_element(&mut self) -> Parsed<ArrayElement> {
        let (at, line) = (self.at, self.line);
        if let Some(text) = self.subscript_source()? {
            let append = self.looks_at("+=");
            if append || self.peek() == Some(b'=') {
                self.bump_by(1 + usize::from(append));
                return Ok(ArrayElement {
                    subscript: Some(self.index(text)?),
                    append,
                    value: self.value_word()?,
                });
            }
        }
        (self.at, self.line) = (at, line);
        Ok(ArrayElement {
            subscript: None,
            append: false,
            value: self.word()?,
        })
    }
}
