//! Aliases: their texts take the place of words where commands begin (bash manual, "Aliases").

use super::Reader;
use super::input::ends_word;
use crate::shell::ast::Text;

/// Where the text of an alias is read.
pub(super) struct Region {
    name: Text,
    start: usize,
    end: usize,
    /// It ends in a blank, so the word behind it may be an alias, too.
    continues: bool,
}

impl Region {
    /// The text is shorter by so many bytes at its beginning; says whether something of the region is left.
    pub(super) fn move_back(&mut self, by: usize) -> bool {
        self.start = self.start.saturating_sub(by);
        self.end = self.end.saturating_sub(by);
        self.end > 0
    }

    /// At a place, some bytes became others.
    pub(super) fn grow(&mut self, at: usize, old: usize, new: usize) {
        for end in [&mut self.start, &mut self.end] {
            if *end >= at + old {
                *end = *end - old + new;
            }
        }
    }
}

impl Reader<'_, '_> {
    /// Replaces the word at this place, if it is an alias; says whether it did.
    pub(super) fn expand_alias(&mut self) -> bool {
        let Some(aliases) = self.settings.alias else {
            return false;
        };
        let start = self.input.at;
        while self.peek().is_some_and(|byte| {
            !ends_word(byte) && !matches!(byte, b'\\' | b'\'' | b'"' | b'`' | b'$')
        }) {
            self.bump();
        }
        let ends = self.peek().is_none_or(ends_word);
        let name = self.input.since(start).to_vec();
        let end = std::mem::replace(&mut self.input.at, start);
        let is_open =
            |region: &Region| region.start <= start && start < region.end && region.name == name;
        if !ends || name.is_empty() || self.input.regions.iter().any(is_open) {
            return false;
        }
        let Some(mut text) = aliases(&name) else {
            return false;
        };
        let continues = text.last().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        // What ends the word ended the alias; a blank does so by itself.
        let is_before_blank = matches!(self.input.text.get(end), Some(b' ' | b'\t'));
        if !is_before_blank && text.last().is_none_or(|byte| !ends_word(*byte)) {
            text.push(b' ');
        }
        self.input.text.splice(start..end, text.iter().copied());
        for region in &mut self.input.regions {
            region.grow(start, end - start, text.len());
        }
        self.double_parentheses.retain(|(place, _)| *place < start);
        self.input.regions.push(Region {
            name,
            start,
            end: start + text.len(),
            continues,
        });
        true
    }

    /// The word at this place follows an alias that ends in a blank: it may be one itself, whatever it stands for.
    pub(super) fn expand_following_alias(&mut self) -> bool {
        self.follows_alias() && self.expand_alias()
    }

    fn follows_alias(&self) -> bool {
        let at = self.input.at;
        let follows = |end: usize| {
            let between = self.input.text.get(end..at);
            between.is_some_and(|between| between.iter().all(|byte| matches!(byte, b' ' | b'\t')))
        };
        self.input
            .regions
            .iter()
            .any(|region| region.continues && follows(region.end))
    }
}
