//! Aliases: the word is replaced by its text, which is then read in its place.

use super::Parser;
use super::input::ends_word;

impl Parser<'_> {
    /// Replaces the word at this place, where a command's name stands, if it is an alias that is not being read already.
    /// Says whether it did.
    pub(super) fn expand_alias(&mut self) -> bool {
        if self.settings.aliases.is_empty() {
            return false;
        }
        self.leave_aliases();
        let mut len = 0;
        while let Some(byte) = self.peek_at(len) {
            if ends_word(byte) {
                break;
            }
            // A word with quotes or expansions is no alias.
            if matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`') {
                return false;
            }
            len += 1;
        }
        let name = self.text[self.at..self.at + len].to_vec();
        if len == 0 || self.aliases.iter().any(|(active, _)| *active == name) {
            return false;
        }
        let Some(text) = self.settings.aliases.get(&name).cloned() else {
            return false;
        };
        let grown = text.len();
        self.text
            .splice(self.at..self.at + len, text.iter().copied());
        for (_, end) in &mut self.aliases {
            *end = *end + grown - len;
        }
        let end = self.at + grown;
        self.aliases.push((name, end));
        if text.last().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            self.alias_follows = Some(end);
        }
        true
    }

    /// Forgets the aliases whose texts were read to their ends.
    fn leave_aliases(&mut self) {
        let at = self.at;
        self.aliases.retain(|(_, end)| at < *end);
    }

    /// The word at this place follows an alias that ends in a blank: it may be one itself.
    pub(super) fn expand_following_alias(&mut self) {
        while let Some(end) = self.alias_follows {
            if self.at < end {
                return;
            }
            self.alias_follows = None;
            if !self.expand_alias() {
                return;
            }
            self.skip_blanks();
        }
    }
}
