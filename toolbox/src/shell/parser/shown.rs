//! How bash shows words: in `declare -f` and the like, some of what is in them does not stand there as it was written.

use std::ops::Range;

use super::{Reader, reader_of};
use crate::shell::ast::{List, Text};

/// A place in a word, and what bash shows there.
pub struct Shown {
    pub place: Range<usize>,
    pub what: What,
}

pub enum What {
    /// In place of `$'…'`, and of the `$` of `$"…"`.
    Text(Text),
    /// The commands of `$(…)`, `<(…)` and `>(…)`, anew; the place has the parentheses in it.
    Commands(List),
}

/// What bash shows otherwise than it stands in the text of a word, in its order.
pub fn shown(word: &[u8]) -> Vec<Shown> {
    let is_special =
        |pair: &[u8]| matches!(pair, [b'$', b'\'' | b'"'] | [b'$' | b'<' | b'>', b'(']);
    if !word.windows(2).any(is_special) {
        return Vec::new();
    }
    let mut reader = reader_of(word);
    reader.shown = Some(Vec::new());
    match reader.rest_as_word() {
        Ok(_) => reader.shown.unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

impl Reader<'_, '_> {
    /// Notes what bash shows from some place to this one, with all that is in it.
    pub(super) fn show(&mut self, start: usize, what: impl FnOnce() -> What) {
        let place = start..self.input.at;
        if let Some(shown) = &mut self.shown {
            shown.retain(|inner| inner.place.start < start);
            shown.push(Shown {
                place,
                what: what(),
            });
        }
    }

    /// Forgets what was noted from some place on: it is shown as it stands.
    pub(super) fn show_as_it_stands(&mut self, start: usize) {
        if let Some(shown) = &mut self.shown {
            shown.retain(|inner| inner.place.start < start);
        }
    }
}
