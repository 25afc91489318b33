//! What an expansion makes: fields, one text, or the source of a pattern.

use crate::shell::ast::Text;
use crate::shell::pattern;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Fields,
    Text,
    /// The source of a shell pattern.
    Pattern,
    /// The source of a regular expression.
    Regex,
}

/// A field, and which of its bytes were quoted.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) text: Text,
    /// Ranges of quoted bytes.
    quoted: Vec<(usize, usize)>,
    /// Unquoted text in it may be a pattern.
    may_match: bool,
}

impl Field {
    /// The source of the pattern that the field is; none if it is only text.
    pub(super) fn pattern(&self) -> Option<Text> {
        if !self.may_match {
            return None;
        }
        let mut source = Text::with_capacity(self.text.len() + 8);
        let mut at = 0;
        for (from, to) in &self.quoted {
            source.extend_from_slice(&self.text[at..*from]);
            pattern::push_escaped(&self.text[*from..*to], &mut source);
            at = *to;
        }
        source.extend_from_slice(&self.text[at..]);
        Some(source)
    }
}

pub(super) struct Output {
    kind: Kind,
    separators: Text,
    fields: Vec<Field>,
    current: Option<Field>,
    /// White space has ended a field, and nothing came since: another separator belongs to it.
    after_space: bool,
    /// How often something was added.
    added: usize,
}

/// Whether unquoted text may be a pattern.
pub(super) fn may_match(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'('))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

impl Output {
    pub(super) fn new(kind: Kind, separators: Text) -> Self {
        Self {
            kind,
            separators,
            fields: Vec::new(),
            current: None,
            after_space: false,
            added: 0,
        }
    }

    pub(super) fn mark(&self) -> usize {
        self.added
    }

    /// A list without items: it makes no field, and no empty one either.
    pub(super) fn note_empty_list(&mut self) {
        self.added += 1;
    }

    pub(super) fn splits(&self) -> bool {
        self.kind == Kind::Fields
    }

    fn field(&mut self) -> &mut Field {
        self.added += 1;
        self.after_space = false;
        self.current.get_or_insert_default()
    }

    /// Text that stands for itself; an empty one makes a field, too.
    pub(super) fn quoted(&mut self, text: &[u8]) {
        let kind = self.kind;
        let field = self.field();
        match kind {
            Kind::Fields => {
                let start = field.text.len();
                field.text.extend_from_slice(text);
                if !text.is_empty() {
                    field.quoted.push((start, start + text.len()));
                }
            }
            Kind::Text => field.text.extend_from_slice(text),
            Kind::Pattern => pattern::push_escaped(text, &mut field.text),
            Kind::Regex => push_regex_escaped(text, &mut field.text),
        }
    }

    /// Text of the script without quotes: it is not split.
    pub(super) fn literal(&mut self, text: &[u8]) {
        let kind = self.kind;
        let field = self.field();
        field.text.extend_from_slice(text);
        field.may_match |= kind == Kind::Fields && may_match(text);
    }

    /// What an expansion gave.
    pub(super) fn expanded(&mut self, text: &[u8], quoted: bool) {
        match quoted {
            true => self.quoted(text),
            false => self.split(text),
        }
    }

    /// Text that is split at separators.
    pub(super) fn split(&mut self, text: &[u8]) {
        if self.kind != Kind::Fields {
            if !text.is_empty() {
                self.literal(text);
            }
            return;
        }
        let mut start = 0;
        for (at, byte) in text.iter().enumerate() {
            if !self.separators.contains(byte) {
                continue;
            }
            if start < at {
                self.literal(&text[start..at]);
            }
            start = at + 1;
            self.separate(*byte);
        }
        if start < text.len() {
            self.literal(&text[start..]);
        }
    }

    fn separate(&mut self, separator: u8) {
        if is_space(separator) {
            if self.current.is_some() {
                self.end_field();
                self.after_space = true;
            }
            return;
        }
        match self.current {
            Some(_) => self.end_field(),
            None if self.after_space => {}
            None => {
                self.added += 1;
                self.fields.push(Field::default());
            }
        }
        self.after_space = false;
    }

    /// Ends the field that is being made; what comes next is another one.
    pub(super) fn end_field(&mut self) {
        self.fields.extend(self.current.take());
    }

    /// Items that are fields of their own.
    pub(super) fn list(&mut self, items: &[Text], joined: bool, quoted: bool) {
        match self.kind {
            Kind::Fields if quoted && joined => {
                let text = self.joined(items);
                self.quoted(&text);
            }
            Kind::Fields => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.end_field();
                        self.after_space = false;
                    }
                    self.expanded(item, quoted);
                }
            }
            _ => {
                let text = match joined {
                    true => self.joined(items),
                    false => items.join(&b' '),
                };
                self.expanded(&text, quoted);
            }
        }
    }

    /// Items with the first separator between them.
    fn joined(&self, items: &[Text]) -> Text {
        let first = self.separators.utf8_chunks().next();
        let len = match first.as_ref().and_then(|chunk| chunk.valid().chars().next()) {
            Some(character) => character.len_utf8(),
            None => self.separators.len().min(1),
        };
        items.join(&self.separators[..len])
    }

    pub(super) fn finish(mut self) -> Vec<Field> {
        self.end_field();
        self.fields
    }

    pub(super) fn into_text(mut self) -> Text {
        self.current.take().map(|field| field.text).unwrap_or_default()
    }
}

/// Text that a regular expression takes for itself.
fn push_regex_escaped(text: &[u8], source: &mut Text) {
    for byte in text {
        if matches!(byte, b'\\' | b'^' | b'$' | b'.' | b'[' | b']' | b'|' | b'(' | b')' | b'*' | b'+' | b'?' | b'{' | b'}') {
            source.push(b'\\');
        }
        source.push(*byte);
    }
}
