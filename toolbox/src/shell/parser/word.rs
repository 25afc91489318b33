//! Words: literal text, quotes and expansions in a row.

use super::input::ends_word;
use super::{Parsed, Parser, brace};
use crate::shell::ast::{Part, Text, Word};

/// Where the parts of a word end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a metacharacter.
    Word,
    /// At the `}` of a parameter expansion.
    Brace,
    /// Likewise, inside of double quotes: single quotes are characters like others.
    QuotedBrace,
    /// At the `/` or `}` behind the pattern of a replacement.
    Slash,
    /// At the end of the text.
    End,
    /// A regular expression behind `=~`: at a blank that is not in parentheses.
    Regex,
    /// In an extended pattern: at the `)` that closes it.
    Group,
}

impl Word {
    /// A word that is nothing but literal text.
    pub fn literal(text: &[u8]) -> Self {
        Self {
            source: text.to_vec(),
            parts: vec![Part::Literal(text.to_vec())],
            assignment: None,
        }
    }
}

/// Parts as they come: literal text is gathered.
#[derive(Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    literal: Text,
}

impl Parts {
    pub(super) fn push_byte(&mut self, byte: u8) {
        self.literal.push(byte);
    }

    pub(super) fn push(&mut self, part: Part) {
        self.flush();
        // Quoted text in a row is one part.
        if let (Some(Part::Quoted(before)), Part::Quoted(text)) = (self.parts.last_mut(), &part) {
            before.extend_from_slice(text);
            return;
        }
        self.parts.push(part);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts
                .push(Part::Literal(std::mem::take(&mut self.literal)));
        }
    }

    pub(super) fn finish(mut self) -> Vec<Part> {
        self.flush();
        self.parts
    }
}

impl Parser<'_> {
    /// The word at this place, with braces and a tilde expanded as in arguments.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let mut word = self.plain_word()?;
        if self.settings.brace_expansion {
            brace::expand(&mut word.parts);
        }
        Ok(word)
    }

    /// A word in which braces mean nothing.
    pub(super) fn plain_word(&mut self) -> Parsed<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        self.tilde(&mut parts, false);
        self.parts(Stop::Word, &mut parts)?;
        Ok(self.finish_word(start, parts))
    }

    /// The value of an assignment: a tilde is also expanded behind a colon.
    pub(super) fn value_word(&mut self) -> Parsed<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        self.tilde(&mut parts, true);
        loop {
            match self.peek() {
                Some(b':') => {
                    self.bump();
                    parts.push_byte(b':');
                    self.tilde(&mut parts, true);
                }
                Some(byte) if !ends_word(byte) || self.starts_process_substitution() => {
                    self.one_part(Stop::Word, &mut parts)?;
                }
                _ => break,
            }
        }
        Ok(self.finish_word(start, parts))
    }

    /// All of the text as one word; blanks in it are characters like others.
    pub(super) fn rest_as_word(&mut self) -> Parsed<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        self.tilde(&mut parts, false);
        self.parts(Stop::End, &mut parts)?;
        Ok(self.finish_word(start, parts))
    }

    /// A word inside of an expansion, up to what ends it.
    pub(super) fn inner_word(&mut self, stop: Stop) -> Parsed<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        if stop != Stop::QuotedBrace {
            self.tilde(&mut parts, false);
        }
        self.parts(stop, &mut parts)?;
        Ok(self.finish_word(start, parts))
    }

    pub(super) fn finish_word(&self, start: usize, parts: Parts) -> Word {
        Word {
            source: self.text[start..self.at].to_vec(),
            parts: parts.finish(),
            assignment: None,
        }
    }

    /// A tilde at this place and the name behind it, if it is to be expanded.
    pub(super) fn tilde(&mut self, parts: &mut Parts, in_assignment: bool) {
        if self.peek() != Some(b'~') {
            return;
        }
        let mut len = 1;
        while let Some(byte) = self.peek_at(len) {
            let ends =
                byte == b'/' || byte == b':' && in_assignment || ends_word(byte) || byte == b'}';
            if ends {
                break;
            }
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.')) {
                return;
            }
            len += 1;
        }
        let name = self.text[self.at + 1..self.at + len].to_vec();
        self.bump_by(len);
        parts.push(Part::Tilde(name));
    }

    fn starts_process_substitution(&mut self) -> bool {
        matches!(self.peek(), Some(b'<' | b'>')) && self.peek_at(1) == Some(b'(')
    }

    /// Parts up to where the word ends.
    pub(super) fn parts(&mut self, stop: Stop, parts: &mut Parts) -> Parsed<()> {
        while let Some(byte) = self.peek() {
            let ends = match stop {
                Stop::Word => ends_word(byte) && !self.starts_process_substitution(),
                Stop::Brace | Stop::QuotedBrace => byte == b'}',
                Stop::Slash => matches!(byte, b'/' | b'}'),
                Stop::End => false,
                Stop::Regex => matches!(byte, b' ' | b'\t' | b'\n'),
                Stop::Group => byte == b')',
            };
            if ends {
                break;
            }
            self.one_part(stop, parts)?;
        }
        Ok(())
    }

    /// What begins at this place: a character or a whole quote or expansion.
    pub(super) fn one_part(&mut self, stop: Stop, parts: &mut Parts) -> Parsed<()> {
        let Some(byte) = self.peek() else {
            return Ok(());
        };
        let is_quoted = stop == Stop::QuotedBrace;
        match byte {
            b'\\' => self.backslash(is_quoted, parts),
            b'\'' if !is_quoted => {
                let text = self.single_quoted()?;
                parts.push(Part::Quoted(text));
            }
            b'"' => {
                let inner = self.double_quotes()?;
                parts.push(Part::DoubleQuoted(inner));
            }
            b'$' => match self.dollar(is_quoted)? {
                Some(part) => parts.push(part),
                None if is_quoted => parts.push(Part::Quoted(b"$".to_vec())),
                None => parts.push_byte(b'$'),
            },
            b'`' => {
                let part = self.backquote(is_quoted)?;
                parts.push(part);
            }
            b'<' | b'>'
                if !is_quoted && stop != Stop::Regex && self.starts_process_substitution() =>
            {
                let part = self.process_substitution()?;
                parts.push(part);
            }
            b'(' if stop == Stop::Regex => self.group(Stop::Regex, parts)?,
            b'?' | b'*' | b'+' | b'@' | b'!'
                if !is_quoted
                    && stop != Stop::Regex
                    && (self.settings.extglob || self.always_extglob)
                    && self.peek_at(1) == Some(b'(') =>
            {
                self.bump();
                parts.push_byte(byte);
                self.group(Stop::Group, parts)?;
            }
            _ if is_quoted => {
                self.bump();
                parts.push(Part::Quoted(vec![byte]));
            }
            _ => {
                self.bump();
                parts.push_byte(byte);
            }
        }
        Ok(())
    }

    /// A parenthesis and all up to the one that closes it, as literal text with its expansions.
    fn group(&mut self, stop: Stop, parts: &mut Parts) -> Parsed<()> {
        let line = self.line;
        self.bump();
        parts.push_byte(b'(');
        self.deeper(|parser| {
            loop {
                match parser.peek() {
                    None => return Err(parser.unclosed(line, ")")),
                    Some(b')') => break,
                    Some(b'(') => parser.group(stop, parts)?,
                    Some(b' ' | b'\t' | b'\n') => {
                        parts.push_byte(parser.text[parser.at]);
                        parser.bump();
                    }
                    Some(_) => parser.one_part(Stop::Group, parts)?,
                }
            }
            Ok(())
        })?;
        self.bump();
        parts.push_byte(b')');
        Ok(())
    }

    /// A backslash and the character behind it.
    fn backslash(&mut self, is_quoted: bool, parts: &mut Parts) {
        self.bump();
        match self.peek() {
            Some(b'\n') => self.bump(),
            None => parts.push_byte(b'\\'),
            Some(byte) if is_quoted && !matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'}') => {
                self.bump();
                parts.push(Part::Quoted(vec![b'\\', byte]));
            }
            Some(byte) => {
                self.bump();
                parts.push(Part::Quoted(vec![byte]));
            }
        }
    }
}
