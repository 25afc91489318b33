//! The characters of the script, and the numbers of its lines.

use super::Reader;
use super::alias::Region;
use crate::shell::ast::Text;

/// Gives more of the script, or none at its end: for a script that comes line by line.
pub type More<'a> = Box<dyn FnMut() -> Option<Text> + 'a>;

/// The script, and the lines of it that the current command is made of.
#[derive(Default)]
pub(super) struct Input<'a> {
    script: Text,
    /// What of the script is in `text`.
    fed: usize,
    /// Where in the script the lines of the current command begin.
    start: usize,
    more: Option<More<'a>>,
    /// Whether the last line gets an end where it has none, as bash does it with what it reads commands from.
    completes_line: bool,
    /// Whether the script is a file or standard input, and no text of a command line, of `eval` and the like.
    pub(super) is_file: bool,
    /// Lines of the script, in which continued lines are joined and aliases replaced as they are met.
    pub(super) text: Text,
    pub(super) at: usize,
    /// A place in the text whose line is known.
    mark: usize,
    mark_line: u32,
    /// Where continued lines were joined.
    joins: Vec<usize>,
    /// Texts of aliases.
    pub(super) regions: Vec<Region>,
}

impl<'a> Input<'a> {
    pub(super) fn new(script: Text, first_line: u32) -> Self {
        Self {
            script,
            mark_line: first_line,
            ..Self::default()
        }
    }

    /// The text of a script, whose last line gets an end where it has none.
    pub(super) fn of_script(script: Text, first_line: u32) -> Self {
        Self {
            completes_line: true,
            ..Self::new(script, first_line)
        }
    }

    pub(super) fn set_more(&mut self, more: More<'a>) {
        self.more = Some(more);
        self.is_file = true;
    }

    /// Makes ready for the next command.
    pub(super) fn begin(&mut self) {
        let line = self.line();
        let at = self.at.min(self.text.len());
        if at == self.text.len() {
            self.text.clear();
        } else {
            self.text.drain(..at);
        }
        self.regions.retain_mut(|region| region.move_back(at));
        (self.at, self.mark, self.mark_line) = (0, 0, line);
        self.joins.clear();
        if self.more.is_some() && self.fed == self.script.len() {
            self.script.clear();
            self.fed = 0;
        }
        self.start = self.fed;
    }

    pub(super) fn consumed(&self) -> &[u8] {
        self.script.get(self.start..self.fed).unwrap_or_default()
    }

    /// The script as it was given.
    pub(super) fn whole_text(self) -> Text {
        self.script
    }

    /// Drops the rest of the line, after an error.
    pub(super) fn skip_line(&mut self) {
        self.at = match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
        {
            // The error is at the end of a line that was read already.
            Some(end) => self.at + end + 1,
            None => self.text.len(),
        };
    }

    /// The byte at this place, behind continued lines; none at the end of the script.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.text.get(self.at) {
            Some(&byte) if byte != b'\\' => Some(byte),
            _ => self.peek_slowly(),
        }
    }

    fn peek_slowly(&mut self) -> Option<u8> {
        loop {
            match self.raw(self.at) {
                Some(b'\\') if self.raw(self.at + 1) == Some(b'\n') => {
                    self.mark_line = self.line() + 1;
                    self.joins.push(self.at);
                    self.text.drain(self.at..self.at + 2);
                    self.regions
                        .iter_mut()
                        .for_each(|region| region.grow(self.at, 2, 0));
                }
                byte => return byte,
            }
        }
    }

    /// The byte at some place, where a backslash means nothing.
    #[inline]
    pub(super) fn raw(&mut self, at: usize) -> Option<u8> {
        while at >= self.text.len() {
            if !self.feed() {
                return None;
            }
        }
        Some(self.text[at])
    }

    /// Adds a line of the script to the text.
    #[cold]
    fn feed(&mut self) -> bool {
        if self.fed == self.script.len() {
            let more = self.more.as_mut().and_then(|more| more());
            match more {
                Some(text) if !text.is_empty() => self.script.extend_from_slice(&text),
                _ => {
                    self.more = None;
                    return self.complete_line();
                }
            }
        }
        let rest = &self.script[self.fed..];
        let line = &rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)];
        self.fed += line.len();
        if memchr::memchr(0, line).is_some() {
            // As bash does it.
            self.text.extend(line.iter().filter(|byte| **byte != 0));
        } else {
            self.text.extend_from_slice(line);
        }
        true
    }

    /// Adds the end of the last line, where it is missing; a backslash at the end of a script continues nothing.
    fn complete_line(&mut self) -> bool {
        let lacks_end = self.completes_line
            && self
                .text
                .last()
                .is_some_and(|byte| !matches!(byte, b'\n' | b'\\'));
        if lacks_end {
            self.text.push(b'\n');
        }
        lacks_end
    }

    /// The line of this place.
    pub(super) fn line(&mut self) -> u32 {
        let at = self.at.min(self.text.len());
        let line = self.line_at(at);
        (self.mark, self.mark_line) = (at, line);
        line
    }

    pub(super) fn line_at(&self, at: usize) -> u32 {
        let count = |from: usize, to: usize| {
            let lines =
                memchr::memchr_iter(b'\n', self.text.get(from..to).unwrap_or_default()).count();
            u32::try_from(lines).unwrap_or(u32::MAX)
        };
        match at >= self.mark {
            true => self.mark_line.saturating_add(count(self.mark, at)),
            false => {
                let joins = self
                    .joins
                    .iter()
                    .rev()
                    .take_while(|join| **join > at)
                    .count();
                let joins = u32::try_from(joins).unwrap_or(u32::MAX);
                self.mark_line
                    .saturating_sub(count(at, self.mark))
                    .saturating_sub(joins)
            }
        }
    }

    /// The line in which the script ends, as bash counts: behind the last line's end, which it adds where there is none.
    pub(super) fn last_line(&mut self) -> u32 {
        while self.feed() {}
        let has_end = self.text.last().is_none_or(|byte| *byte == b'\n');
        self.line_at(self.text.len())
            .saturating_add(u32::from(!has_end))
    }

    /// The whole line that this place is in.
    pub(super) fn current_line(&self) -> Text {
        let at = self.at.min(self.text.len());
        let (before, behind) = self.text.split_at(at);
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        // Of continued lines, the last one.
        let start = self
            .joins
            .iter()
            .rev()
            .find(|join| **join <= at)
            .map_or(start, |join| start.max(*join));
        let end = memchr::memchr(b'\n', behind).map_or(self.text.len(), |end| at + end);
        self.text[start..end].to_vec()
    }

    /// The text from some place to this one.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &[u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }
}

impl Reader<'_, '_> {
    /// The byte at this place, behind continued lines; none at the end of the script.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.input.peek()
    }

    /// The byte behind the one at this place.
    pub(super) fn peek_second(&mut self) -> Option<u8> {
        self.input.at += 1;
        let second = self.input.peek();
        self.input.at -= 1;
        second
    }

    /// Steps over the byte at this place, which was looked at.
    #[inline]
    pub(super) fn bump(&mut self) {
        self.input.at += 1;
    }

    pub(super) fn line(&mut self) -> u32 {
        self.input.line()
    }

    /// Steps over this byte, if it stands here.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.input.at += usize::from(found);
        found
    }

    /// Whether this text stands here.
    pub(super) fn looks_at(&mut self, text: &[u8]) -> bool {
        let start = self.input.at;
        let found = text.iter().all(|byte| self.take(*byte));
        self.input.at = start;
        found
    }

    /// Steps over this text, if it stands here.
    pub(super) fn take_text(&mut self, text: &[u8]) -> bool {
        let start = self.input.at;
        let found = text.iter().all(|byte| self.take(*byte));
        if !found {
            self.input.at = start;
        }
        found
    }

    /// Steps over blanks and a comment, to where the next token begins.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.bump(),
                Some(b'#') => {
                    // A backslash at its end continues nothing.
                    while self
                        .input
                        .raw(self.input.at)
                        .is_some_and(|byte| byte != b'\n')
                    {
                        self.bump();
                    }
                    return;
                }
                _ if self.input.regions.is_empty() || !self.expand_following_alias() => return,
                _ => {}
            }
        }
    }

    /// The name at this place, which a character of names begins.
    pub(super) fn name(&mut self) -> &[u8] {
        let start = self.input.at;
        while self.peek().is_some_and(continues_name) {
            self.bump();
        }
        self.input.since(start)
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

/// Whether a text is a name of a variable.
pub fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| starts_name(*byte))
        && text.iter().all(|byte| continues_name(*byte))
}
