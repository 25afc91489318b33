//! Subscripts.

use super::Reader;
use super::arithmetic::arithmetic_of;
use super::error::Parsed;
use super::parts::Parts;
use crate::shell::ast::{Arithmetic, Index, Part, Subscript, Word};

/// How deep subscripts may be inside each other with the tree of their expressions made beforehand: it holds all that is
/// in them twice.
const MAX_SUBSCRIPTS: usize = 3;

impl Reader<'_, '_> {
    /// `[…]` of a parameter expansion; none if it is empty or not closed.
    #[inline(never)]
    pub(super) fn subscript(&mut self) -> Parsed<Option<Subscript>> {
        self.bump();
        for (mark, subscript) in [(b'@', Subscript::Each), (b'*', Subscript::Joined)] {
            if self.peek() == Some(mark) && self.peek_second() == Some(b']') {
                self.input.at += 2;
                return Ok(Some(subscript));
            }
        }
        let index = self.index_inside()?;
        let is_closed = self.take(b']') && !index.word.source.is_empty();
        Ok(is_closed.then_some(Subscript::Index(index)))
    }

    /// A subscript up to the `]`, which it may run into the end of the text for.
    #[inline(never)]
    pub(super) fn index_inside(&mut self) -> Parsed<Box<Index>> {
        self.enter()?;
        self.subscripts += 1;
        let start = self.input.at;
        let mut parts = Parts::default();
        let mut open = 0_usize;
        let mut has_single_quotes = false;
        while let Some(byte) = self.peek() {
            match byte {
                b']' if open == 0 => break,
                b'[' => open += 1,
                b']' => open -= 1,
                b'\\' | b'\'' | b'"' | b'`' | b'$' => {
                    has_single_quotes |=
                        byte == b'\'' || byte == b'$' && self.peek_second() == Some(b'\'');
                    self.special(byte, &mut parts)?;
                    continue;
                }
                _ => {}
            }
            self.bump();
            parts.literal(&[byte]);
        }
        let word = Word {
            source: self.input.since(start).to_vec(),
            parts: parts.finish(),
            assignment: None,
        };
        let is_deep = self.subscripts > MAX_SUBSCRIPTS
            && word
                .parts
                .iter()
                .any(|part| !matches!(part, Part::Literal(_) | Part::Quoted(_)));
        let arithmetic = if has_single_quotes {
            arithmetic_with_quotes(&word, self.depth)
        } else if is_deep {
            without_parts(&word)
        } else {
            arithmetic_of(&word, self.depth)
        };
        self.subscripts -= 1;
        self.depth -= 1;
        Ok(Box::new(Index { word, arithmetic }))
    }
}

/// The expression of a subscript with single quotes: they stay in it, and are an error.
pub(super) fn arithmetic_with_quotes(word: &Word, depth: usize) -> Arithmetic {
    arithmetic_of(&Word::quoted(word.source.clone()), depth)
}

/// An expression whose parts are those of the word.
fn without_parts(word: &Word) -> Arithmetic {
    Arithmetic {
        word: Word {
            source: word.source.clone(),
            ..Word::default()
        },
        ..Arithmetic::default()
    }
}
