//! Expansions: what words become (bash manual, "Shell Expansions").

mod brace;
mod case;
mod names;
mod operation;
mod output;
mod parameter;
mod prompt;
mod tilde;
pub mod transform;

use super::Shell;
use super::ast::{HereDocument, Parameter, Part, Text, Word};
use super::flow::{Flow, Jump};
use super::options::SetOption;
use super::symbol::Symbol;

pub use case::{capitalized, lowercase, uppercase};
use output::{Kind, Output};

/// Where a part stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// In double quotes.
    quoted: bool,
    /// In the word of a parameter expansion: unquoted text is split.
    inner: bool,
}

impl Shell {
    /// The fields that words expand to, with everything that bash does to arguments.
    pub fn expand_words(&mut self, words: &[Word]) -> Flow<Vec<Text>> {
        let mut fields = Vec::with_capacity(words.len());
        for word in words {
            self.expand_word(word, &mut fields)?;
        }
        Flow::Continue(fields)
    }

    fn expand_word(&mut self, word: &Word, fields: &mut Vec<Text>) -> Flow<()> {
        match word.parts.as_slice() {
            [Part::Literal(text)] if !output::may_match(text) => {
                fields.push(text.clone());
                return Flow::Continue(());
            }
            [Part::Quoted(text)] => {
                fields.push(text.clone());
                return Flow::Continue(());
            }
            parts if parts.iter().any(|part| matches!(part, Part::Brace(_))) => {
                if self.is_set(SetOption::BraceExpand) {
                    return brace::each(parts, &mut |parts| self.expand_parts_to_fields(parts, fields));
                }
                let plain = brace::without(parts);
                return self.expand_parts_to_fields(&plain, fields);
            }
            _ => {}
        }
        self.expand_parts_to_fields(&word.parts, fields)
    }

    fn expand_parts_to_fields(&mut self, parts: &[Part], fields: &mut Vec<Text>) -> Flow<()> {
        let separators = self.separators();
        let mut output = Output::new(Kind::Fields, separators);
        for part in parts {
            self.expand_part(part, Place::default(), &mut output)?;
        }
        for field in output.finish() {
            match field.pattern() {
                Some(pattern) if !self.is_set(SetOption::NoGlob) => self.expand_pathname(field.text, &pattern, fields)?,
                _ => fields.push(field.text),
            }
        }
        Flow::Continue(())
    }

    /// One text: nothing is split, and no file names are looked for.
    pub fn expand_text(&mut self, word: &Word) -> Flow<Text> {
        match word.parts.as_slice() {
            [] => Flow::Continue(Text::new()),
            [Part::Literal(text) | Part::Quoted(text)] => Flow::Continue(text.clone()),
            parts => self.expand_parts(parts),
        }
    }

    pub(super) fn expand_parts(&mut self, parts: &[Part]) -> Flow<Text> {
        self.expand_as(parts, Kind::Text)
    }

    fn expand_as(&mut self, parts: &[Part], kind: Kind) -> Flow<Text> {
        let mut output = Output::new(kind, self.separators());
        for part in parts {
            self.expand_part(part, Place::default(), &mut output)?;
        }
        Flow::Continue(output.into_text())
    }

    /// The source of a pattern, in which quoted characters stand for themselves.
    pub fn expand_pattern(&mut self, word: &Word) -> Flow<Text> {
        self.expand_as(&word.parts, Kind::Pattern)
    }

    /// The source of an extended regular expression, in which quoted characters stand for themselves.
    pub fn expand_regex(&mut self, word: &Word) -> Flow<Text> {
        self.expand_as(&word.parts, Kind::Regex)
    }

    /// The one field that the target of a redirection is; none when there are none or several.
    pub fn expand_redirection(&mut self, word: &Word) -> Flow<Option<Text>> {
        let mut fields = Vec::new();
        self.expand_word(word, &mut fields)?;
        let field = fields.pop();
        Flow::Continue(field.filter(|_| fields.is_empty()))
    }

    pub fn expand_here_document(&mut self, document: &HereDocument) -> Flow<Text> {
        let Some(body) = document.body.get() else {
            return Flow::Continue(Text::new());
        };
        match body.parts.as_slice() {
            [Part::Quoted(text)] => Flow::Continue(text.clone()),
            parts => self.expand_quoted(parts),
        }
    }

    /// The text of an expression, before it is read.
    pub(super) fn expand_arithmetic_word(&mut self, word: &Word) -> Flow<Text> {
        self.expand_quoted(&word.parts)
    }

    /// Parts as in double quotes.
    fn expand_quoted(&mut self, parts: &[Part]) -> Flow<Text> {
        let mut output = Output::new(Kind::Text, self.separators());
        let place = Place { quoted: true, inner: false };
        for part in parts {
            self.expand_part(part, place, &mut output)?;
        }
        Flow::Continue(output.into_text())
    }

    /// A parameter in double quotes, as text.
    pub(super) fn expand_parameter_text(&mut self, parameter: &Parameter) -> Flow<Text> {
        let mut output = Output::new(Kind::Text, self.separators());
        let place = Place { quoted: true, inner: false };
        self.expand_parameter(parameter, place, &mut output)?;
        Flow::Continue(output.into_text())
    }

    fn expand_part(&mut self, part: &Part, place: Place, output: &mut Output) -> Flow<()> {
        match part {
            Part::Literal(text) if place.quoted => output.quoted(text),
            Part::Literal(text) if place.inner => output.split(text),
            Part::Literal(text) => output.literal(text),
            Part::Quoted(text) => output.quoted(text),
            Part::DoubleQuoted(parts) => {
                let before = output.mark();
                let place = Place { quoted: true, inner: false };
                for part in parts {
                    self.expand_part(part, place, output)?;
                }
                // `""` is an empty field, but `"$@"` without parameters is none.
                if output.mark() == before {
                    output.quoted(b"");
                }
            }
            Part::Tilde(name) => {
                let home = self.expand_tilde(name);
                output.quoted(&home);
            }
            Part::Parameter(parameter) => self.expand_parameter(parameter, place, output)?,
            Part::Command(command) => {
                let text = self.substitute(command)?;
                output.expanded(&text, place.quoted);
            }
            Part::Arithmetic(arithmetic) => {
                let number = self.evaluate(arithmetic)?;
                output.expanded(&super::arithmetic::number_text(number), place.quoted);
            }
            Part::Process(process) => {
                let path = self.substitute_process(process)?;
                output.quoted(&path);
            }
            Part::Brace(brace) => {
                for part in &brace.plain {
                    self.expand_part(part, place, output)?;
                }
            }
        }
        Flow::Continue(())
    }

    /// The characters that fields are separated by.
    fn separators(&mut self) -> Text {
        let variable = self.state.variables.get(Symbol::IFS);
        match variable.and_then(|variable| variable.text()) {
            Some(text) => text.clone(),
            None => match self.value(Symbol::IFS) {
                Some(text) => text,
                None => b" \t\n".to_vec(),
            },
        }
    }
}

/// The jump of an error that ends a shell that is not interactive.
fn exit<T>(status: i32) -> Flow<T> {
    Flow::Break(Jump::Exit(status))
}
