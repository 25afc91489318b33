//! Words: literal text, quotes and expansions in a row.

use super::error::Parsed;
use super::input::{ends_word, is_name};
use super::parts::Parts;
use super::{Reader, brace};
use crate::shell::ast::{Part, Text, Word};

/// What a word is for, which says what is special in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An argument: braces are expanded, and tildes also where it looks like an assignment.
    Argument,
    /// A word in which braces mean nothing.
    Plain,
    /// The value of an assignment: tildes are also expanded behind colons.
    Value,
    /// A pattern in `[[ ]]`: extended ones are read whatever the option says.
    Pattern,
    /// A regular expression: parentheses and `|` are a part of it, and so are blanks in parentheses.
    Regex,
}

/// Ends a word.
const BREAK: u8 = 1;
/// May be more than itself in a word.
const WORD: u8 = 2;
/// May be more than itself in the word of a parameter expansion.
const OPERAND: u8 = 4;
/// May be more than itself in double quotes.
pub(super) const QUOTED: u8 = 8;
/// May be more than itself in arithmetic.
pub(super) const ARITHMETIC: u8 = 16;

/// What each byte may be.
pub(super) static CLASS: [u8; 256] = {
    const fn add(classes: &mut [u8; 256], bytes: &[u8], class: u8) {
        let mut at = 0;
        while at < bytes.len() {
            classes[bytes[at] as usize] |= class;
            at += 1;
        }
    }
    let mut classes = [0; 256];
    add(&mut classes, b" \t\n;&|()<>", BREAK);
    add(&mut classes, b"\\'\"`${~", WORD);
    add(&mut classes, b"\\'\"`$~}/<>", OPERAND);
    add(&mut classes, b"\\\"`$'}", QUOTED);
    add(&mut classes, b"\\\"`$'()[];:?}", ARITHMETIC);
    classes
};

impl Word {
    /// A word that is nothing but literal text.
    pub fn literal(text: &[u8]) -> Self {
        Self {
            source: text.to_vec(),
            parts: vec![Part::Literal(text.to_vec())],
            assignment: None,
        }
    }

    /// A word that stands for a text as it is.
    pub fn quoted(text: Text) -> Self {
        Self {
            source: text.clone(),
            parts: vec![Part::Quoted(text)],
            assignment: None,
        }
    }
}

impl Reader<'_, '_> {
    /// The text at this place up to the next byte of these classes.
    #[inline]
    pub(super) fn run(&mut self, classes: u8) -> &[u8] {
        let start = self.input.at;
        let rest = self.input.text.get(start..).unwrap_or_default();
        let len = rest
            .iter()
            .position(|byte| CLASS[usize::from(*byte)] & classes != 0)
            .unwrap_or(rest.len());
        self.input.at = start + len;
        self.input.since(start)
    }

    /// The word at this place; none if another token stands here.
    pub(super) fn word(&mut self, kind: Kind) -> Parsed<Option<Word>> {
        self.word_from(kind, 0)
    }

    /// Likewise; up to `inside`, nothing ends it.
    #[inline(never)]
    pub(super) fn word_from(&mut self, kind: Kind, inside: usize) -> Parsed<Option<Word>> {
        let start = self.input.at;
        let mut parts = Parts::default();
        let has_braces = self.word_parts(kind, inside, &mut parts)?;
        if self.input.at == start {
            return Ok(None);
        }
        let mut parts = parts.finish();
        if has_braces && self.settings.brace_expansion {
            parts = self.braced(parts)?;
        }
        Ok(Some(Word {
            source: self.input.since(start).to_vec(),
            parts,
            assignment: None,
        }))
    }

    #[inline(never)]
    pub(super) fn braced(&mut self, parts: Vec<Part>) -> Parsed<Vec<Part>> {
        match brace::expand(parts, self.braces < 3) {
            Some(parts) => Ok(parts),
            None => Err(self.error(super::error::TOO_DEEP)),
        }
    }

    /// The word at this place; there has to be one.
    pub(super) fn expect_word(&mut self, kind: Kind) -> Parsed<Word> {
        match self.word(kind)? {
            Some(word) => Ok(word),
            None => Err(self.unexpected()),
        }
    }

    /// All of the text as one word, in which nothing ends it.
    pub(super) fn rest_as_word(&mut self) -> Parsed<Word> {
        let mut parts = Parts::default();
        self.word_parts(Kind::Plain, usize::MAX, &mut parts)?;
        Ok(Word {
            source: self.input.since(0).to_vec(),
            parts: parts.finish(),
            assignment: None,
        })
    }

    /// Reads parts up to the end of the word; says whether there may be a brace expansion in it.
    #[inline(never)]
    fn word_parts(&mut self, kind: Kind, inside: usize, parts: &mut Parts) -> Parsed<bool> {
        let start = self.input.at;
        let mut has_braces = false;
        // Parentheses that are open, and where the first one is.
        let (mut open, mut first_open) = (0_usize, start);
        loop {
            let text = self.run(BREAK | WORD);
            if !text.is_empty() {
                parts.literal(text);
            }
            let Some(byte) = self.peek() else {
                break;
            };
            match byte {
                b'(' | b')' | b'|' if open > 0 || kind == Kind::Regex => {
                    match byte {
                        b'(' => {
                            if open == 0 {
                                first_open = self.input.at;
                            }
                            open += 1;
                        }
                        // One that was not opened ends the word.
                        b')' if open == 0 => break,
                        b')' => open -= 1,
                        _ => {}
                    }
                    self.bump();
                    parts.literal(&[byte]);
                }
                b'(' if self.begins_group(kind, parts) => {
                    first_open = self.input.at;
                    open = 1;
                    self.bump();
                    parts.literal(b"(");
                }
                b'<' | b'>' if self.peek_second() == Some(b'(') => {
                    let part = self.process_substitution()?;
                    parts.push(part);
                }
                b'{' => {
                    has_braces |= kind == Kind::Argument;
                    self.bump();
                    parts.literal(b"{");
                }
                b'~' => self.tilde(kind, parts),
                _ if !ends_word(byte) => self.special(byte, parts)?,
                _ if open > 0 || self.input.at < inside => {
                    self.bump();
                    parts.literal(&[byte]);
                }
                _ => break,
            }
        }
        if open > 0 {
            return Err(self.unclosed(first_open, ')'));
        }
        Ok(has_braces)
    }

    /// Whether the `(` at this place belongs to a pattern like `@(a|b)`.
    fn begins_group(&self, kind: Kind, parts: &Parts) -> bool {
        let is_behind_mark = matches!(parts.last_literal(), Some(b'?' | b'*' | b'+' | b'@' | b'!'));
        is_behind_mark && (self.settings.extglob || kind == Kind::Pattern)
    }

    /// A tilde, and the name behind it where it is expanded.
    fn tilde(&mut self, kind: Kind, parts: &mut Parts) {
        let is_here = match parts.last_literal() {
            _ if parts.is_empty() => true,
            Some(b':') => {
                kind == Kind::Value || kind == Kind::Argument && looks_like_assignment(parts)
            }
            Some(b'=') => {
                kind == Kind::Argument
                    && !parts.has_parts()
                    && is_assignment_start(parts.beginning())
            }
            _ => false,
        };
        self.bump();
        match self.tilde_name().filter(|_| is_here) {
            Some(len) => {
                let start = self.input.at;
                self.input.at += len;
                parts.push(Part::Tilde(self.input.since(start).to_vec()));
            }
            None => parts.literal(b"~"),
        }
    }

    /// How long the name behind a tilde is; none if it is no name.
    pub(super) fn tilde_name(&mut self) -> Option<usize> {
        let start = self.input.at;
        let ends = loop {
            match self.peek() {
                Some(byte)
                    if byte.is_ascii_alphanumeric()
                        || matches!(byte, b'_' | b'.' | b'+' | b'-')
                        || byte >= 0x80 =>
                {
                    self.bump();
                }
                None | Some(b'/' | b':' | b'}') => break true,
                Some(byte) => break ends_word(byte),
            }
        };
        let len = self.input.at - start;
        self.input.at = start;
        ends.then_some(len)
    }

    /// What a character begins that means something in text without quotes.
    #[inline(never)]
    pub(super) fn special(&mut self, byte: u8, parts: &mut Parts) -> Parsed<()> {
        match byte {
            b'\\' => self.escape(parts),
            b'\'' => self.single_quotes(parts)?,
            b'"' => {
                let part = self.double_quotes()?;
                parts.push(part);
            }
            b'`' => {
                let part = self.backquotes(false)?;
                parts.push(part);
            }
            b'$' => self.dollar(parts)?,
            _ => {
                self.bump();
                parts.literal(&[byte]);
            }
        }
        Ok(())
    }

    /// The word of a parameter expansion, up to the `}` that closes it, or to a `/` that stands for itself.
    #[inline(never)]
    pub(super) fn operand(&mut self, ends_at_slash: bool) -> Parsed<Word> {
        let start = self.input.at;
        let mut parts = Parts::default();
        loop {
            let text = self.run(OPERAND);
            if !text.is_empty() {
                parts.literal(text);
            }
            let Some(byte) = self.peek() else {
                break;
            };
            match byte {
                b'}' => break,
                b'/' if ends_at_slash => break,
                b'<' | b'>' if self.peek_second() == Some(b'(') => {
                    let part = self.process_substitution()?;
                    parts.push(part);
                }
                b'~' if parts.is_empty() => self.tilde(Kind::Plain, &mut parts),
                _ => self.special(byte, &mut parts)?,
            }
        }
        Ok(Word {
            source: self.input.since(start).to_vec(),
            parts: parts.finish(),
            assignment: None,
        })
    }
}

/// Whether a word begins like `name=`.
fn looks_like_assignment(parts: &Parts) -> bool {
    let beginning = parts.beginning();
    let end = beginning.iter().position(|byte| *byte == b'=');
    end.is_some_and(|end| is_assignment_start(&beginning[..=end]))
}

/// Whether a text is `name=`, `name+=` or `name[…]=`.
fn is_assignment_start(text: &[u8]) -> bool {
    let Some(name) = text.strip_suffix(b"=") else {
        return false;
    };
    let name = name.strip_suffix(b"+").unwrap_or(name);
    let name = match name.iter().position(|byte| *byte == b'[') {
        Some(bracket) if name.ends_with(b"]") => &name[..bracket],
        _ => name,
    };
    is_name(name)
}
