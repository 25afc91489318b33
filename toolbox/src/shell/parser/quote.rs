//! Quotes: `'…'`, `"…"`, `$'…'` and backquotes.

use super::word::Parts;
use super::{Parsed, Parser};
use crate::shell::ast::{CommandSubstitution, Part, Text};
use std::rc::Rc;

impl Parser<'_> {
    /// `'…'`
    pub(super) fn single_quoted(&mut self) -> Parsed<Text> {
        let line = self.line;
        self.bump();
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte == b'\'' {
                let text = self.text[start..self.at].to_vec();
                self.bump();
                return Ok(text);
            }
            self.bump();
        }
        Err(self.unclosed(line, "'"))
    }

    /// `"…"`
    pub(super) fn double_quotes(&mut self) -> Parsed<Vec<Part>> {
        let line = self.line;
        self.bump();
        let parts = self.deeper(|parser| parser.quoted_parts(Some(b'"')))?;
        if self.peek().is_none() {
            return Err(self.unclosed(line, "\""));
        }
        self.bump();
        Ok(parts)
    }

    /// All of the text as the body of a here-document.
    pub(super) fn here_parts(&mut self) -> Parsed<Vec<Part>> {
        self.quoted_parts(None)
    }

    /// Parts as in double quotes, up to the closing quote; without one, up to the end.
    fn quoted_parts(&mut self, closing: Option<u8>) -> Parsed<Vec<Part>> {
        let mut parts = Parts::default();
        let mut text = Text::new();
        while let Some(byte) = self.peek() {
            if Some(byte) == closing {
                break;
            }
            let part = match byte {
                b'\\' => {
                    self.bump();
                    match self.peek() {
                        Some(b'\n') => self.bump(),
                        Some(next @ (b'$' | b'`' | b'\\')) => {
                            text.push(next);
                            self.bump();
                        }
                        Some(b'"') if closing.is_some() => {
                            text.push(b'"');
                            self.bump();
                        }
                        _ => text.push(b'\\'),
                    }
                    continue;
                }
                b'$' => self.dollar(true)?,
                b'`' => Some(self.backquote(true)?),
                _ => {
                    text.push(byte);
                    self.bump();
                    continue;
                }
            };
            match part {
                Some(part) => {
                    if !text.is_empty() {
                        parts.push(Part::Quoted(std::mem::take(&mut text)));
                    }
                    parts.push(part);
                }
                None => text.push(b'$'),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Quoted(text));
        }
        Ok(parts.finish())
    }

    /// `` `…` ``: a backslash keeps its meaning only before `$`, `` ` `` and `\`, and before `"` inside of double quotes.
    pub(super) fn backquote(&mut self, is_quoted: bool) -> Parsed<Part> {
        let line = self.line;
        self.bump();
        let mut text = Text::new();
        loop {
            match self.peek() {
                None => return Err(self.unclosed(line, "`")),
                Some(b'`') => break,
                Some(b'\\') => {
                    self.bump();
                    match self.peek() {
                        Some(next @ (b'$' | b'`' | b'\\')) => {
                            text.push(next);
                            self.bump();
                        }
                        Some(b'"') if is_quoted => {
                            text.push(b'"');
                            self.bump();
                        }
                        Some(b'\n') => self.bump(),
                        _ => text.push(b'\\'),
                    }
                }
                Some(byte) => {
                    text.push(byte);
                    self.bump();
                }
            }
        }
        self.bump();
        let substitution = self.deeper(|parser| {
            let mut inner = parser.part(text);
            inner.line = line;
            inner.settings.aliases = Rc::clone(&parser.settings.aliases);
            let body = inner.whole_list()?;
            Ok(CommandSubstitution {
                file: super::dollar::file_of(&body),
                body,
            })
        })?;
        Ok(Part::Command(Rc::new(substitution)))
    }

    /// `$'…'`, behind the `$`: the escapes of the bash manual, "ANSI-C Quoting".
    pub(super) fn ansi_quoted(&mut self) -> Parsed<Text> {
        let line = self.line;
        self.bump();
        let mut text = Text::new();
        loop {
            match self.peek() {
                None => return Err(self.unclosed(line, "'")),
                Some(b'\'') => {
                    self.bump();
                    // A NUL ends the text.
                    let end = text
                        .iter()
                        .position(|byte| *byte == 0)
                        .unwrap_or(text.len());
                    text.truncate(end);
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.bump();
                    self.ansi_escape(&mut text);
                }
                Some(byte) => {
                    text.push(byte);
                    self.bump();
                }
            }
        }
    }

    fn ansi_escape(&mut self, text: &mut Text) {
        let Some(byte) = self.peek() else {
            text.push(b'\\');
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
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    self.bump();
                }
                text.push((value & 0xff) as u8);
            }
            b'x' => {
                let braced = self.peek() == Some(b'{');
                if braced {
                    self.bump();
                }
                let most = if braced { 8 } else { 2 };
                match self.hex(most) {
                    Some(value) => text.push((value & 0xff) as u8),
                    None => text.extend_from_slice(if braced { b"\\x{" } else { b"\\x" }),
                }
                if braced && self.peek() == Some(b'}') {
                    self.bump();
                }
            }
            b'u' | b'U' => {
                let most = if byte == b'u' { 4 } else { 8 };
                match self.hex(most) {
                    Some(value) => push_code_point(text, value),
                    None => text.extend_from_slice(&[b'\\', byte]),
                }
            }
            b'c' => match self.peek() {
                Some(b'\\') if self.peek_at(1) == Some(b'\\') => {
                    self.bump_by(2);
                    text.push(b'\\' & 0x1f);
                }
                Some(control) => {
                    self.bump();
                    text.push(match control {
                        b'?' => 0x7f,
                        _ => control.to_ascii_uppercase() & 0x1f,
                    });
                }
                None => text.extend_from_slice(b"\\c"),
            },
            _ => text.extend_from_slice(&[b'\\', byte]),
        }
    }

    fn hex(&mut self, most: usize) -> Option<u32> {
        let mut value = None;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                break;
            };
            value = Some(value.unwrap_or(0_u32) << 4 | digit);
            self.bump();
        }
        value
    }
}

/// A code point in UTF-8; those beyond Unicode in the longer forms that bash writes.
fn push_code_point(text: &mut Text, value: u32) {
    match char::from_u32(value) {
        Some(character) => {
            let mut buffer = [0; 4];
            text.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        None => {
            let tail = |shift: u32| 0x80 | (value >> shift & 0x3f) as u8;
            match value {
                0..=0xffff => text.extend([0xe0 | (value >> 12) as u8, tail(6), tail(0)]),
                0x1_0000..=0x1f_ffff => {
                    text.extend([0xf0 | (value >> 18) as u8, tail(12), tail(6), tail(0)]);
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
    }
}
