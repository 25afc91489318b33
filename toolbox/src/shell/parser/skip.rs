//! Where quotes and expansions end, without reading what is in them: that is done once, by who needs it.

use super::{Parsed, Parser};

impl Parser<'_> {
    /// Steps over a quote, an escaped character or an expansion that begins with this byte; says whether one does.
    pub(super) fn skip_quoted(&mut self, byte: u8) -> Parsed<bool> {
        match byte {
            b'\\' => {
                self.bump();
                if self.peek().is_some() {
                    self.bump();
                }
            }
            b'\'' => self.skip_to(b'\'', false)?,
            b'"' => self.skip_to(b'"', true)?,
            b'`' => self.skip_to(b'`', true)?,
            b'$' => match self.peek_at(1) {
                Some(b'(') => self.skip_brackets(b'(', b')')?,
                Some(b'{') => self.skip_brackets(b'{', b'}')?,
                Some(b'\'') => {
                    self.bump();
                    self.skip_to(b'\'', true)?;
                }
                _ => return Ok(false),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A quote, up to the character that closes it.
    fn skip_to(&mut self, closing: u8, has_escapes: bool) -> Parsed<()> {
        let line = self.line;
        self.bump();
        while let Some(byte) = self.peek() {
            self.bump();
            if byte == closing {
                return Ok(());
            }
            if byte == b'\\' && has_escapes && self.peek().is_some() {
                self.bump();
            }
        }
        Err(self.unclosed(line, &char::from(closing).to_string()))
    }

    /// `$(…)` or `${…}` with all that is inside of it.
    fn skip_brackets(&mut self, opening: u8, closing: u8) -> Parsed<()> {
        let line = self.line;
        self.bump_by(2);
        // What has to be closed, the innermost last.
        let mut open = vec![(opening, closing)];
        while let Some((opening, closing)) = open.last().copied() {
            let Some(byte) = self.peek() else {
                return Err(self.unclosed(line, &char::from(closing).to_string()));
            };
            let inner = match (byte, self.peek_at(1)) {
                (b'$', Some(b'(')) => Some((b'(', b')')),
                (b'$', Some(b'{')) => Some((b'{', b'}')),
                _ => None,
            };
            if let Some(inner) = inner {
                self.bump_by(2);
                open.push(inner);
            } else if byte == closing {
                self.bump();
                open.pop();
            } else if byte == opening && opening == b'(' {
                self.bump();
                open.push((opening, closing));
            } else if !self.skip_quoted(byte)? {
                self.bump();
            }
        }
        Ok(())
    }
}
