//! The parts of a word as they are found: text in a row becomes one part.

use crate::shell::ast::{Part, Text};

#[derive(Default)]
pub(super) struct Parts {
    done: Vec<Part>,
    text: Text,
    is_quoted: bool,
}

impl Parts {
    /// Adds text without quotes.
    #[inline]
    pub(super) fn literal(&mut self, text: &[u8]) {
        self.turn(false);
        self.text.extend_from_slice(text);
    }

    /// Adds text that stands for itself.
    pub(super) fn quoted(&mut self, text: &[u8]) {
        self.turn(true);
        if text.is_empty() && self.text.is_empty() {
            self.done.push(Part::Quoted(Text::new()));
        }
        self.text.extend_from_slice(text);
    }

    #[inline]
    fn turn(&mut self, is_quoted: bool) {
        if self.is_quoted != is_quoted {
            self.flush();
            self.is_quoted = is_quoted;
        }
    }

    pub(super) fn push(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }

    fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        self.done.push(match self.is_quoted {
            true => Part::Quoted(text),
            false => Part::Literal(text),
        });
    }

    /// The last byte, if it has no quotes.
    pub(super) fn last_literal(&self) -> Option<u8> {
        match self.is_quoted {
            true => None,
            false => self.text.last().copied(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.done.is_empty()
    }

    /// The text without quotes that the word begins with.
    pub(super) fn beginning(&self) -> &[u8] {
        match self.done.first() {
            Some(Part::Literal(text)) => text,
            None if !self.is_quoted => &self.text,
            _ => &[],
        }
    }

    pub(super) fn has_parts(&self) -> bool {
        !self.done.is_empty()
    }

    pub(super) fn finish(mut self) -> Vec<Part> {
        if self.done.is_empty() && !self.text.is_empty() {
            self.done.reserve_exact(1);
        }
        self.flush();
        self.done
    }
}
