//! The characters of the script.

use super::Parser;

impl Parser<'_> {
    /// The byte at this place; none at the end of the script.
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.text.get(self.at) {
            Some(byte) => Some(*byte),
            None => self.refill().then(|| self.text[self.at]),
        }
    }

    /// The byte that many places on.
    pub(super) fn peek_at(&mut self, offset: usize) -> Option<u8> {
        while self.at + offset >= self.text.len() {
            if !self.refill() {
                return None;
            }
        }
        Some(self.text[self.at + offset])
    }

    #[cold]
    fn refill(&mut self) -> bool {
        let Some(more) = &mut self.more else {
            return false;
        };
        match more() {
            Some(text) if !text.is_empty() => {
                self.text.extend_from_slice(&text);
                true
            }
            _ => {
                self.more = None;
                false
            }
        }
    }

    /// Drops text that was read, of a script that comes line by line.
    pub(super) fn forget_consumed(&mut self) {
        if self.more.is_some() && self.aliases.is_empty() {
            self.text.drain(..self.at);
            self.at = 0;
            self.alias_follows = None;
        }
    }

    /// Steps over the byte at this place.
    pub(super) fn bump(&mut self) {
        if self.text.get(self.at) == Some(&b'\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    pub(super) fn bump_by(&mut self, count: usize) {
        for _ in 0..count {
            self.bump();
        }
    }

    /// Whether this text stands here.
    pub(super) fn looks_at(&mut self, text: &str) -> bool {
        text.bytes()
            .enumerate()
            .all(|(offset, byte)| self.peek_at(offset) == Some(byte))
    }

    /// Steps over this text, if it stands here.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.looks_at(text);
        if found {
            self.bump_by(text.len());
        }
        found
    }

    /// Steps over blanks, continued lines and a comment, to where the next token begins.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.bump_by(2),
                Some(b'#') => {
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Steps over continued lines only.
    pub(super) fn skip_continuations(&mut self) {
        while self.peek() == Some(b'\\') && self.peek_at(1) == Some(b'\n') {
            self.bump_by(2);
        }
    }

    /// Whether the word that stands here is exactly this one, without quotes.
    pub(super) fn looks_at_word(&mut self, word: &str) -> bool {
        self.looks_at(word) && self.peek_at(word.len()).is_none_or(ends_word)
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.looks_at_word(word);
        if found {
            self.bump_by(word.len());
        }
        found
    }
}

/// Whether a byte ends a word when it has no quotes (bash manual, "metacharacter").
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
    )
}

pub(super) fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
