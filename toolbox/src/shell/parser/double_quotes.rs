//! Text in which only `$`, `` ` `` and some backslashes mean something: double quotes, here-documents, and words of
//! expansions that stand in double quotes.

use super::error::Parsed;
use super::parts::Parts;
use super::word::QUOTED;
use super::{Reader, What};
use crate::shell::ast::{Part, Text, Word};

/// What quoted text stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    DoubleQuotes,
    HereDocument,
    /// The word of `${…}` in double quotes.
    Operand,
    /// Double quotes in such a word: any character may be escaped.
    OperandQuotes,
}

impl Reader<'_, '_> {
    /// `"…"`
    pub(super) fn double_quotes(&mut self) -> Parsed<Part> {
        self.quotes(Inside::DoubleQuotes)
    }

    #[inline(never)]
    fn quotes(&mut self, inside: Inside) -> Parsed<Part> {
        let start = self.input.at;
        self.bump();
        let mut parts = Parts::default();
        self.quoted_parts(inside, &mut parts)?;
        match self.take(b'"') {
            true => Ok(Part::DoubleQuoted(parts.finish())),
            false => Err(self.unclosed(start, '"')),
        }
    }

    /// The whole text as the body of a here-document.
    pub(super) fn here_parts(&mut self) -> Parsed<Vec<Part>> {
        let mut parts = Parts::default();
        self.quoted_parts(Inside::HereDocument, &mut parts)?;
        Ok(parts.finish())
    }

    /// Likewise, of a here-document that is a part of the script: what cannot be read ends it, and is an error when it is
    /// expanded.
    pub(super) fn here_document_parts(&mut self) -> Vec<Part> {
        let mut parts = Parts::default();
        if let Err(error) = self.quoted_parts(Inside::HereDocument, &mut parts) {
            let part = self.wrong_part(&error);
            parts.push(part);
        }
        parts.finish()
    }

    /// The word of `${…}` in double quotes, up to the `}`.
    #[inline(never)]
    pub(super) fn quoted_operand(&mut self) -> Parsed<Word> {
        let start = self.input.at;
        let mut parts = Parts::default();
        self.quoted_parts(Inside::Operand, &mut parts)?;
        Ok(Word {
            source: self.input.since(start).to_vec(),
            parts: parts.finish(),
            assignment: None,
        })
    }

    #[inline(never)]
    fn quoted_parts(&mut self, inside: Inside, parts: &mut Parts) -> Parsed<()> {
        // In an operand, single quotes stand for themselves, but nothing ends it between two of them.
        let mut shielded = 0;
        loop {
            let text = self.run(QUOTED);
            if !text.is_empty() {
                parts.quoted(text);
            }
            let Some(byte) = self.peek() else {
                return Ok(());
            };
            let is_shielded = self.input.at < shielded;
            match byte {
                b'"' if matches!(inside, Inside::DoubleQuotes | Inside::OperandQuotes) => {
                    return Ok(());
                }
                b'}' if inside == Inside::Operand && !is_shielded => return Ok(()),
                b'"' if inside == Inside::Operand && !is_shielded => {
                    let part = self.quotes(Inside::OperandQuotes)?;
                    parts.push(part);
                }
                b'\'' if inside == Inside::Operand && !is_shielded => {
                    let start = self.input.at;
                    self.bump();
                    match self.end_of_quote() {
                        Some(end) => shielded = end + 1,
                        None => return Err(self.unclosed(start, '\'')),
                    }
                    parts.quoted(b"'");
                }
                b'\\' => self.quoted_escape(inside, parts),
                b'$' if inside == Inside::Operand && !self.is_body && self.is_dollar_quote() => {
                    self.quoted_dollar_quote(parts)?;
                }
                b'$' | b'`' => {
                    let start = self.input.at;
                    let read = self.quoted_expansion(byte, parts);
                    if read.is_err() && inside == Inside::HereDocument {
                        self.input.at = start;
                    }
                    read?;
                }
                _ => {
                    self.bump();
                    parts.quoted(&[byte]);
                }
            }
        }
    }

    fn quoted_expansion(&mut self, byte: u8, parts: &mut Parts) -> Parsed<()> {
        match byte {
            b'`' => {
                let part = self.backquotes(true)?;
                parts.push(part);
                Ok(())
            }
            _ => self.quoted_dollar(parts),
        }
    }

    fn is_dollar_quote(&mut self) -> bool {
        matches!(self.peek_second(), Some(b'\'' | b'"'))
    }

    /// `$'…'` or `$"…"` in an operand.
    fn quoted_dollar_quote(&mut self, parts: &mut Parts) -> Parsed<()> {
        let start = self.input.at;
        self.bump();
        let text = match self.peek() {
            Some(b'\'') => self.ansi_quotes()?,
            // The `$` means nothing.
            _ => Text::new(),
        };
        if self.input.at > start + 1 {
            parts.quoted(&text);
        }
        self.show(start, || What::Text(text));
        Ok(())
    }

    /// A backslash keeps its meaning only before a few characters.
    fn quoted_escape(&mut self, inside: Inside, parts: &mut Parts) {
        self.bump();
        match self.input.raw(self.input.at) {
            Some(byte @ (b'$' | b'`' | b'\\')) => self.escaped(byte, parts),
            Some(b'"') if inside != Inside::HereDocument => self.escaped(b'"', parts),
            Some(b'}') if inside == Inside::Operand => self.escaped(b'}', parts),
            Some(byte) if inside == Inside::OperandQuotes => self.escaped(byte, parts),
            // It begins nothing then.
            Some(b'\'') if inside == Inside::Operand => {
                parts.quoted(b"\\");
                self.escaped(b'\'', parts);
            }
            _ => parts.quoted(b"\\"),
        }
    }

    fn escaped(&mut self, byte: u8, parts: &mut Parts) {
        self.bump();
        parts.quoted(&[byte]);
    }
}
