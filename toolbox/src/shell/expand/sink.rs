//! Where expansions put their text: into fields, or into one text.

use super::found::Joined;
use super::ifs::Ifs;
use crate::shell::Shell;
use crate::shell::arithmetic::put_number;
use crate::shell::ast::Text;
use crate::shell::pattern;

/// What becomes of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Fields: unquoted results are split, and patterns among them name files.
    Fields,
    /// One text.
    Text,
    /// The source of a pattern: quoted text stands for itself in it.
    Pattern,
    /// The source of a regular expression, likewise.
    Regex,
    /// What `${x/…/…}` puts in the place of a match: `&` has a meaning where it is not quoted.
    Replacement,
}

pub struct Sink {
    pub kind: Kind,
    /// The text is compared with others (`case`, `[[ ]]`), and not the value of an assignment or the like.
    pub is_compared: bool,
    /// In here-documents, bash joins `$*` and the like with a space whatever `IFS` says.
    pub joins_with_blanks: bool,
    /// The field that is being made.
    pub text: Text,
    /// The field is there, even if it stays empty: something in it was quoted.
    is_begun: bool,
    before: Before,
    fields: Vec<Text>,
    /// Fields that may name files, by their numbers, with the patterns.
    patterns: Vec<(usize, Text)>,
    /// The unquoted parts of the field, from the first that has a pattern's character on.
    active: Vec<(usize, usize)>,
    ifs: Option<Ifs>,
    bracket: Bracket,
    /// Lists without elements, as `"$@"` may be one.
    empty_lists: usize,
}

/// How far a sink was.
#[derive(Clone, Copy)]
pub struct Mark {
    fields: usize,
    length: usize,
    is_begun: bool,
    empty_lists: usize,
}

/// What stands before a field that is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    /// White space that ended a field: a separator of another kind belongs to it.
    Space,
    Separator,
}

/// Whether a regular expression is inside of `[…]`, where quotes have nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Outside,
    /// Behind the `[` or `[^`, where a `]` is a character.
    First,
    Inside,
    /// In `[:alpha:]`: what it ends with.
    Class(u8),
}

impl Sink {
    /// How values that an operation has changed are joined where they become one text: what is assigned, with the first
    /// character of IFS, also those of `$@`.
    pub fn joined_when_changed(&self, joined: Joined, applies: bool) -> Joined {
        let is_assigned = self.kind == Kind::Text && !self.is_compared && !self.joins_with_blanks;
        match is_assigned && applies {
            true => Joined::Yes,
            false => joined,
        }
    }

    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            is_compared: false,
            joins_with_blanks: false,
            text: Text::new(),
            is_begun: false,
            before: Before::Nothing,
            fields: Vec::new(),
            patterns: Vec::new(),
            active: Vec::new(),
            ifs: None,
            bracket: Bracket::Outside,
            empty_lists: 0,
        }
    }

    pub fn fields(room: usize) -> Self {
        let mut sink = Self::new(Kind::Fields);
        sink.fields.reserve(room);
        sink
    }

    /// A whole field, with nothing in it that has a meaning.
    pub fn push_field(&mut self, text: Text) {
        self.fields.push(text);
    }

    /// Quoted text.
    pub fn put_quoted(&mut self, text: &[u8]) {
        self.is_begun = true;
        match self.kind {
            Kind::Fields | Kind::Text => self.text.extend_from_slice(text),
            Kind::Pattern => pattern::push_escaped(text, &mut self.text),
            Kind::Regex if self.bracket != Bracket::Outside => self.put_regex(text),
            Kind::Regex => push_regex_escaped(text, &mut self.text),
            Kind::Replacement => {
                for &byte in text {
                    if matches!(byte, b'&' | b'\\') {
                        self.text.push(b'\\');
                    }
                    self.text.push(byte);
                }
            }
        }
    }

    /// Text of the script without quotes: it is not split.
    pub fn put_literal(&mut self, text: &[u8]) {
        match self.kind {
            Kind::Fields => self.put_active(text),
            Kind::Regex => self.put_regex(text),
            _ => self.text.extend_from_slice(text),
        }
    }

    /// What an expansion gives.
    pub fn put(&mut self, shell: &mut Shell, text: &[u8], is_quoted: bool) {
        if is_quoted {
            self.put_quoted(text);
        } else if self.kind == Kind::Fields {
            self.need_ifs(shell);
            self.split(text);
        } else {
            self.put_literal(text);
        }
    }

    /// Reads `IFS`, before `put_with_ifs`.
    pub fn need_ifs(&mut self, shell: &mut Shell) {
        if self.ifs.is_none() && self.kind == Kind::Fields {
            self.ifs = Some(Ifs::of(shell));
        }
    }

    /// What an expansion gives, when `IFS` has been read.
    pub fn put_with_ifs(&mut self, text: &[u8], is_quoted: bool) {
        if is_quoted {
            self.put_quoted(text);
        } else if self.kind == Kind::Fields {
            self.split(text);
        } else {
            self.put_literal(text);
        }
    }

    pub fn put_number(&mut self, shell: &mut Shell, number: i64, is_quoted: bool) {
        if self.kind == Kind::Fields && !is_quoted {
            self.need_ifs(shell);
            if !matches!(self.ifs, Some(Ifs::Default)) {
                return self.split(number.to_string().as_bytes());
            }
        }
        self.is_begun |= is_quoted;
        put_number(number, &mut self.text);
    }

    /// A list without elements, in double quotes.
    pub fn note_empty_list(&mut self) {
        self.empty_lists += 1;
    }

    pub fn mark(&self) -> Mark {
        Mark {
            fields: self.fields.len(),
            length: self.text.len(),
            is_begun: self.is_begun,
            empty_lists: self.empty_lists,
        }
    }

    fn has_text_since(&self, mark: Mark) -> bool {
        self.fields.len() > mark.fields || self.text.len() > mark.length
    }

    /// Double quotes in which there was nothing but a list without elements are nothing.
    pub fn drop_empty(&mut self, mark: Mark) {
        if self.empty_lists > mark.empty_lists && !self.has_text_since(mark) {
            self.is_begun = mark.is_begun;
        }
    }

    /// Makes nothing that was put since the mark an empty field.
    pub fn put_if_empty(&mut self, mark: Mark) {
        if !self.has_text_since(mark) {
            self.is_begun = true;
            self.empty_lists = mark.empty_lists;
        }
    }

    /// The field ends here, if there is one.
    pub fn end_field(&mut self) {
        if self.is_begun || !self.text.is_empty() {
            self.finish_field();
        }
        self.before = Before::Nothing;
    }

    fn finish_field(&mut self) {
        if !self.active.is_empty() {
            let pattern = self.pattern();
            self.patterns.push((self.fields.len(), pattern));
            self.active.clear();
        }
        self.fields.push(std::mem::take(&mut self.text));
        self.is_begun = false;
    }

    fn split(&mut self, text: &[u8]) {
        let mut at = 0;
        while at < text.len() {
            let separator = self.ifs.as_ref().and_then(|ifs| ifs.find(text, at));
            let end = separator
                .as_ref()
                .map_or(text.len(), |separator| separator.start);
            if end > at {
                self.put_active(&text[at..end]);
            }
            let Some(separator) = separator else {
                return;
            };
            at = separator.end;
            let has_field = self.is_begun || !self.text.is_empty();
            if has_field {
                self.finish_field();
            }
            self.before = match (separator.is_space, has_field, self.before) {
                (true, true, _) => Before::Space,
                (true, false, before) => before,
                (false, true, _) | (false, false, Before::Space) => Before::Separator,
                (false, false, _) => {
                    self.finish_field();
                    Before::Separator
                }
            };
        }
    }

    /// Text in which pattern characters have their meaning.
    fn put_active(&mut self, text: &[u8]) {
        if !self.active.is_empty() || pattern::has_special(text) {
            let start = self.text.len();
            self.active.push((start, start + text.len()));
        }
        self.text.extend_from_slice(text);
    }

    /// The source of the pattern that the field is.
    fn pattern(&self) -> Text {
        let mut source = Text::with_capacity(self.text.len() + 8);
        let mut at = 0;
        for &(start, end) in &self.active {
            pattern::push_escaped(&self.text[at..start], &mut source);
            source.extend_from_slice(&self.text[start..end]);
            at = end;
        }
        pattern::push_escaped(&self.text[at..], &mut source);
        source
    }

    fn put_regex(&mut self, text: &[u8]) {
        for (at, &byte) in text.iter().enumerate() {
            self.bracket = match (self.bracket, byte) {
                (Bracket::Outside, b'[') => Bracket::First,
                (Bracket::Outside, _) => Bracket::Outside,
                (Bracket::First, b'^') => Bracket::First,
                (Bracket::First | Bracket::Inside, b'[')
                    if matches!(text.get(at + 1), Some(b':' | b'.' | b'=')) =>
                {
                    Bracket::Class(text[at + 1])
                }
                (Bracket::Inside, b']') => Bracket::Outside,
                (Bracket::Class(mark), b']') if at > 0 && text[at - 1] == mark => Bracket::Inside,
                (Bracket::Class(mark), _) => Bracket::Class(mark),
                (Bracket::First | Bracket::Inside, _) => Bracket::Inside,
            };
            self.text.push(byte);
        }
    }

    /// All fields, and the patterns of those that may name files.
    pub fn into_fields(mut self) -> (Vec<Text>, Vec<(usize, Text)>) {
        self.end_field();
        (self.fields, self.patterns)
    }
}

fn push_regex_escaped(text: &[u8], source: &mut Text) {
    for &byte in text {
        if matches!(
            byte,
            b'\\'
                | b'.'
                | b'['
                | b']'
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b'?'
                | b'{'
                | b'}'
                | b'|'
                | b'^'
                | b'$'
        ) {
            source.push(b'\\');
        }
        source.push(byte);
    }
}
