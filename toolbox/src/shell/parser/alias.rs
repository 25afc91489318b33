//! Aliases: their texts take the place of words where commands begin (bash manual, "Aliases").

use super::Reader;
use super::input::{Input, ends_word};
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
        // What ends the word ended the alias; a blank does so by itself, and in quotes nothing does.
        let is_before_blank = matches!(self.input.text.get(end), Some(b' ' | b'\t'));
        if !is_before_blank
            && words(&text).open.is_none()
            && text.last().is_none_or(|byte| !ends_word(*byte))
        {
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
        let mut regions = self.input.regions.iter();
        regions.any(|region| self.input.continues(region, at))
    }

    /// The reserved word that begins at `start` and ends here does not count: what follows an alias before it still does.
    pub(super) fn pass_over(&mut self, start: usize) {
        let mut regions = std::mem::take(&mut self.input.regions);
        for region in &mut regions {
            if self.input.continues(region, start) {
                region.end = self.input.at;
            }
        }
        self.input.regions = regions;
    }
}

impl Input<'_> {
    /// Whether an alias continues with the word at a place.
    fn continues(&self, region: &Region, at: usize) -> bool {
        let between = self.text.get(region.end..at);
        region.continues && between.is_some_and(is_passed_over)
    }
}

/// How far behind an alias the word that it continues with is looked for.
const MAX_PASSED_OVER: usize = 4096;

/// Whether a word behind this text is one that the alias before it continues with: words that are never looked up do not count.
fn is_passed_over(text: &[u8]) -> bool {
    text.len() <= MAX_PASSED_OVER && words(text).are_passed_over
}

/// What is found in a text without reading it.
struct Words {
    /// All words are quoted ones.
    are_passed_over: bool,
    /// The quote that is open at the end.
    open: Option<u8>,
}

fn words(text: &[u8]) -> Words {
    let (mut are_passed_over, mut open) = (true, None);
    let (mut start, mut is_quoted) = (0, false);
    let mut bytes = text.iter().copied().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (open, byte) {
            (Some(quote), _) if quote == byte => open = None,
            (Some(b'\''), _) => {}
            (_, b'\\') => {
                is_quoted = true;
                bytes.next();
            }
            (None, b'\'' | b'"') => {
                is_quoted = true;
                open = Some(byte);
            }
            (None, b' ' | b'\t') => {
                are_passed_over &= is_quoted || start == at;
                start = at + 1;
                is_quoted = false;
            }
            _ => {}
        }
    }
    are_passed_over &= open.is_none() && start == text.len();
    Words {
        are_passed_over,
        open,
    }
}
