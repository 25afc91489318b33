//! Expansions: what words become when they are used.

mod brace;
mod found;
mod ifs;
mod list;
mod operation;
mod parameter;
mod prompt;
mod replace;
mod sink;
mod tilde;
pub mod transform;

use self::sink::{Kind, Sink};
use super::Shell;
use super::ast::{HereDocument, Part, Text, Word};
use super::flow::Flow;
use super::options::SetOption;

impl Shell {
    /// The fields that the words of a command become.
    pub fn expand_words(&mut self, words: &[Word]) -> Flow<Vec<Text>> {
        let mut sink = Sink::fields(words.len());
        for word in words {
            self.expand_fields(word, &mut sink)?;
        }
        let (fields, patterns) = sink.into_fields();
        if patterns.is_empty() || self.is_set(SetOption::NoGlob) {
            return Flow::Continue(fields);
        }
        self.expand_paths(fields, patterns)
    }

    fn expand_fields(&mut self, word: &Word, sink: &mut Sink) -> Flow<()> {
        if let [Part::Literal(text)] = word.parts.as_slice()
            // A bracket alone is the commonest command of loops, and no pattern.
            && (text == b"[" || !super::pattern::has_special(text))
        {
            sink.push_field(text.clone());
            return Flow::Continue(());
        }
        if self.has_braces(word) {
            return self.expand_braces(word, sink);
        }
        for part in &word.parts {
            self.expand_part(part, false, sink)?;
        }
        sink.end_field();
        Flow::Continue(())
    }

    /// One text, which is neither split nor taken for a pattern: of an assignment, a here-string, after `case`.
    pub fn expand_text(&mut self, word: &Word) -> Flow<Text> {
        match word.parts.as_slice() {
            [] => Flow::Continue(Text::new()),
            [Part::Literal(text) | Part::Quoted(text)] => Flow::Continue(text.clone()),
            parts => self.expand_parts(parts, Kind::Text),
        }
    }

    /// Likewise, for what is compared with others.
    pub fn expand_compared(&mut self, word: &Word) -> Flow<Text> {
        match word.parts.as_slice() {
            [Part::Literal(text) | Part::Quoted(text)] => Flow::Continue(text.clone()),
            parts => {
                let mut sink = Sink::new(Kind::Text);
                sink.is_compared = true;
                for part in parts {
                    self.expand_part(part, false, &mut sink)?;
                }
                Flow::Continue(sink.text)
            }
        }
    }

    /// The file of a redirection; none when the word becomes no field, or several.
    pub fn expand_redirection(&mut self, word: &Word) -> Flow<Option<Text>> {
        let mut fields = self.expand_words(std::slice::from_ref(word))?;
        let field = fields.pop();
        Flow::Continue(field.filter(|_| fields.is_empty()))
    }

    /// The source of a pattern, in which quoted characters stand behind backslashes.
    pub fn expand_pattern(&mut self, word: &Word) -> Flow<Text> {
        match word.parts.as_slice() {
            [Part::Literal(text)] => Flow::Continue(text.clone()),
            parts => self.expand_parts(parts, Kind::Pattern),
        }
    }

    /// The source of a regular expression, in which quoted characters stand behind backslashes.
    pub fn expand_regex(&mut self, word: &Word) -> Flow<Text> {
        self.expand_parts(&word.parts, Kind::Regex)
    }

    /// The body of a here-document.
    pub fn expand_here_document(&mut self, document: &HereDocument) -> Flow<Text> {
        let mut sink = Sink::new(Kind::Text);
        sink.joins_with_blanks = true;
        if let Some(body) = document.body.get() {
            for part in &body.parts {
                self.expand_part(part, true, &mut sink)?;
            }
        }
        Flow::Continue(sink.text)
    }

    /// One text, as if the word stood in double quotes.
    pub(super) fn expand_quoted(&mut self, word: &Word) -> Flow<Text> {
        if let [Part::Quoted(text)] = word.parts.as_slice() {
            return Flow::Continue(text.clone());
        }
        let mut sink = Sink::new(Kind::Text);
        for part in &word.parts {
            self.expand_part(part, true, &mut sink)?;
        }
        Flow::Continue(sink.text)
    }

    /// Parts of a word as one text.
    pub(super) fn expand_parts_as_text(&mut self, parts: &[&Part]) -> Flow<Text> {
        let mut sink = Sink::new(Kind::Text);
        for part in parts {
            self.expand_part(part, false, &mut sink)?;
        }
        Flow::Continue(sink.text)
    }

    fn expand_parts(&mut self, parts: &[Part], kind: Kind) -> Flow<Text> {
        let mut sink = Sink::new(kind);
        for part in parts {
            self.expand_part(part, false, &mut sink)?;
        }
        Flow::Continue(sink.text)
    }

    fn expand_part(&mut self, part: &Part, is_quoted: bool, sink: &mut Sink) -> Flow<()> {
        match part {
            Part::Literal(text) if !is_quoted => sink.put_literal(text),
            Part::Literal(text) | Part::Quoted(text) => sink.put_quoted(text),
            Part::DoubleQuoted(parts) => {
                let before = sink.mark();
                if parts.is_empty() {
                    sink.put_quoted(b"");
                }
                for part in parts {
                    self.expand_part(part, true, sink)?;
                }
                sink.drop_empty(before);
            }
            Part::Tilde(name) => {
                let directory = self.home_of(name);
                sink.put_quoted(&directory);
            }
            Part::Parameter(parameter) => self.expand_parameter(parameter, is_quoted, sink)?,
            Part::Command(command) => {
                let text = self.substitute(command)?;
                sink.put(self, &text, is_quoted);
            }
            Part::Arithmetic(arithmetic) => {
                let number = self.evaluate(arithmetic)?;
                sink.put_number(self, number, is_quoted);
            }
            Part::Process(process) => {
                let path = self.substitute_process(process)?;
                sink.put_quoted(&path);
            }
            Part::Brace(brace) => {
                for part in &brace.plain {
                    self.expand_part(part, is_quoted, sink)?;
                }
            }
        }
        Flow::Continue(())
    }

    /// The word of an operation like `${x:-word}`: without quotes around the whole, its text is split like a value.
    fn expand_inner(&mut self, word: &Word, is_quoted: bool, sink: &mut Sink) -> Flow<()> {
        let before = sink.mark();
        for part in &word.parts {
            match part {
                Part::Literal(text) if !is_quoted => sink.put(self, text, false),
                part => self.expand_part(part, is_quoted, sink)?,
            }
        }
        if is_quoted {
            sink.put_if_empty(before);
        }
        Flow::Continue(())
    }
}

#[cfg(test)]
pub(super) mod tests;
