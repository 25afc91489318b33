//! Quotes that keep text as it stands: `\x`, `'…'` and `$'…'`.

use super::Reader;
use super::error::Parsed;
use super::parts::Parts;
use crate::shell::ast::Text;

impl Reader<'_, '_> {
    /// `\x`; at the end of the script, a backslash stands for itself.
    pub(super) fn escape(&mut self, parts: &mut Parts) {
        self.bump();
        match self.input.raw(self.input.at) {
            Some(byte) => {
                self.bump();
                parts.quoted(&[byte]);
            }
            None => parts.quoted(b"\\"),
        }
    }

    /// `'…'`
    #[inline(never)]
    pub(super) fn single_quotes(&mut self, parts: &mut Parts) -> Parsed<()> {
        let start = self.input.at;
        self.bump();
        match self.end_of_quote() {
            Some(end) => {
                self.input.at = end;
                parts.quoted(self.input.since(start + 1));
                self.bump();
                Ok(())
            }
            None => Err(self.unclosed(start, '\'')),
        }
    }

    /// Where the next single quote is.
    pub(super) fn end_of_quote(&mut self) -> Option<usize> {
        let mut from = self.input.at;
        loop {
            let rest = self.input.text.get(from..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\'', rest) {
                return Some(from + end);
            }
            from += rest.len();
            self.input.raw(from)?;
        }
    }

    /// `$'…'`, behind the `$`: the escapes of the bash manual, "ANSI-C Quoting".
    #[inline(never)]
    pub(super) fn ansi_quotes(&mut self) -> Parsed<Text> {
        let start = self.input.at;
        self.bump();
        let mut text = Text::new();
        loop {
            let at = self.input.at;
            let Some(byte) = self.input.raw(at) else {
                return Err(self.unclosed(start, '\''));
            };
            self.bump();
            match byte {
                b'\'' => break,
                b'\\' => self.ansi_escape(&mut text),
                _ => text.push(byte),
            }
        }
        // A NUL ends the text.
        let end = memchr::memchr(0, &text).unwrap_or(text.len());
        text.truncate(end);
        Ok(text)
    }

    fn ansi_escape(&mut self, text: &mut Text) {
        let Some(byte) = self.input.raw(self.input.at) else {
            return;
        };
        self.bump();
        match byte {
            b'a' => text.push(7),
            b'b' => text.push(8),
            b'e' | b'E' => text.push(27),
            b'f' => text.push(12),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'v' => text.push(11),
            b'\\' | b'\'' | b'"' | b'?' => text.push(byte),
            b'0'..=b'7' => {
                let value = self
                    .digits(8, 2, u32::from(byte - b'0'))
                    .unwrap_or_default();
                text.push((value & 0xff) as u8);
            }
            b'x' => self.hex_escape(text),
            b'u' | b'U' => match self.digits(16, if byte == b'u' { 4 } else { 8 }, 0) {
                Some(value) => push_code_point(text, value),
                None => text.extend_from_slice(&[b'\\', byte]),
            },
            b'c' => self.control_escape(text),
            _ => text.extend_from_slice(&[b'\\', byte]),
        }
    }

    /// `\xH`, `\xHH` or `\x{H…}`
    fn hex_escape(&mut self, text: &mut Text) {
        let is_braced = self.input.raw(self.input.at) == Some(b'{');
        self.input.at += usize::from(is_braced);
        let value = self.digits(16, if is_braced { usize::MAX } else { 2 }, 0);
        let is_closed = is_braced && self.input.raw(self.input.at) == Some(b'}');
        match value {
            Some(value) => text.push((value & 0xff) as u8),
            // Without digits, a brace is a NUL.
            None if is_braced => text.push(0),
            None => text.extend_from_slice(b"\\x"),
        }
        self.input.at += usize::from(is_closed);
    }

    /// `\cX`
    fn control_escape(&mut self, text: &mut Text) {
        match self.input.raw(self.input.at) {
            None | Some(b'\'') => text.extend_from_slice(b"\\c"),
            Some(b'\\') => {
                // What follows is escaped, whatever it is.
                self.bump();
                text.push(b'\\' & 0x1f);
                let next = self.input.raw(self.input.at);
                self.bump();
                text.extend(next.filter(|byte| *byte != b'\\'));
            }
            Some(byte) => {
                self.bump();
                text.push(match byte {
                    b'?' => 0x7f,
                    _ => byte.to_ascii_uppercase() & 0x1f,
                });
            }
        }
    }

    /// A number in that base, of at most so many more digits; none if there is no digit.
    fn digits(&mut self, base: u32, most: usize, first: u32) -> Option<u32> {
        let mut value = (base == 8).then_some(first);
        for _ in 0..most {
            let digit = self
                .input
                .raw(self.input.at)
                .and_then(|byte| char::from(byte).to_digit(base));
            let Some(digit) = digit else {
                break;
            };
            value = Some(value.unwrap_or_default().wrapping_mul(base) | digit);
            self.bump();
        }
        value
    }
}

/// A code point in UTF-8; those beyond Unicode in the longer forms that bash writes.
fn push_code_point(text: &mut Text, value: u32) {
    let tail = |shift: u32| 0x80 | (value >> shift & 0x3f) as u8;
    match value {
        0..=0x7f => text.push(value as u8),
        0x80..=0x7ff => text.extend([0xc0 | (value >> 6) as u8, tail(0)]),
        0x800..=0xffff => text.extend([0xe0 | (value >> 12) as u8, tail(6), tail(0)]),
        0x1_0000..=0x1f_ffff => {
            text.extend([0xf0 | (value >> 18) as u8, tail(12), tail(6), tail(0)])
        }
        0x20_0000..=0x3ff_ffff => {
            text.extend([
                0xf8 | (value >> 24) as u8,
                tail(18),
                tail(12),
                tail(6),
                tail(0),
            ]);
        }
        0x400_0000..=0x7fff_ffff => {
            let first = 0xfc | (value >> 30) as u8;
            text.extend([first, tail(24), tail(18), tail(12), tail(6), tail(0)]);
        }
        _ => {}
    }
}
