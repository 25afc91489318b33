//! The parser: text in, syntax trees out, one complete command at a time.
//!
//! It reads bytes and keeps no tokens: what a character means depends on where it stands, and each function knows where it
//! is. Words come out with all their expansions parsed.

mod alias;
mod arithmetic;
mod brace;
mod command;
mod compound;
mod dollar;
mod error;
mod here_document;
mod input;
mod parameter;
mod quote;
mod redirection;
mod simple;
mod skip;
mod subscript;
mod test;
#[cfg(test)]
mod tests;
mod word;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{ArrayElement, List, Subject, Text, Word};

pub use arithmetic::{ArithmeticError, arithmetic_text};
pub use error::SyntaxError;

/// What parsing gives.
type Parsed<T> = Result<T, SyntaxError>;

/// Gives more of the script, or none at its end: for a script that comes line by line.
pub type More<'a> = Box<dyn FnMut() -> Option<Text> + 'a>;

/// What the state of the shell says about the next command.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Empty where aliases are not expanded.
    pub aliases: Rc<BTreeMap<Text, Text>>,
    pub extglob: bool,
    pub posix: bool,
    pub brace_expansion: bool,
}

/// How deep commands and expansions may be inside each other: what the stack has room for.
const MAX_DEPTH: usize = 400;

pub struct Parser<'a> {
    text: Text,
    at: usize,
    line: u32,
    more: Option<More<'a>>,
    settings: Settings,
    /// Where the command that was read last begins.
    start: usize,
    depth: usize,
    /// Here-documents whose bodies stand behind the line.
    pending: Vec<Rc<super::ast::HereDocument>>,
    /// Aliases whose texts are being read, with the ends of these.
    aliases: Vec<(Text, usize)>,
    /// An alias that ends in a blank was read up to here: the next word may be one, too.
    alias_follows: Option<usize>,
    /// Patterns like `@(a|b)` are read whatever the option says.
    always_extglob: bool,
}

impl<'a> Parser<'a> {
    pub fn new(script: Text, first_line: u32) -> Self {
        Self {
            text: script,
            at: 0,
            line: first_line,
            more: None,
            settings: Settings::default(),
            start: 0,
            depth: 0,
            pending: Vec::new(),
            aliases: Vec::new(),
            alias_follows: None,
            always_extglob: false,
        }
    }

    /// A parser of what `more` gives.
    pub fn with_input(more: More<'a>) -> Self {
        let mut parser = Self::new(Text::new(), 1);
        parser.more = Some(more);
        parser
    }

    /// The next complete command: the list up to the end of its line. None at the end of the script.
    pub fn next(&mut self, settings: &Settings) -> Result<Option<List>, SyntaxError> {
        self.settings = settings.clone();
        self.forget_consumed();
        self.start = self.at;
        let next = self.complete_command();
        if next.is_err() {
            // The rest of the line is not read again.
            self.pending.clear();
        }
        next
    }

    /// The text of the command that was read last, for `set -v`.
    pub fn consumed(&self) -> &[u8] {
        self.text.get(self.start..self.at).unwrap_or_default()
    }

    /// A parser of a part of the script.
    fn part(&self, text: Text) -> Parser<'static> {
        let mut part = Parser::new(text, self.line);
        part.settings = self.settings.clone();
        part.depth = self.depth;
        part.always_extglob = self.always_extglob;
        part
    }

    /// Goes one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("syntax error: nesting too deep"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }
}

/// A whole script at once.
pub fn parse_script(text: &[u8]) -> Result<List, SyntaxError> {
    let settings = Settings {
        brace_expansion: true,
        ..Settings::default()
    };
    parse_with(text, &settings)
}

fn parse_with(text: &[u8], settings: &Settings) -> Result<List, SyntaxError> {
    let mut parser = Parser::new(text.to_vec(), 1);
    let mut list = List::default();
    while let Some(mut command) = parser.next(settings)? {
        list.items.append(&mut command.items);
    }
    Ok(list)
}

/// Text as the inside of double quotes, in which `"` is a character like others.
pub fn double_quoted(text: &[u8]) -> Result<Word, SyntaxError> {
    let mut parser = Parser::new(text.to_vec(), 1);
    let parts = parser.here_parts()?;
    Ok(Word {
        source: text.to_vec(),
        parts,
        assignment: None,
    })
}

/// A word that is given as text.
pub fn word_text(text: &[u8]) -> Result<Word, SyntaxError> {
    Parser::new(text.to_vec(), 1).rest_as_word()
}

/// `(a [1]=b c)` as text, the parentheses included: the value of an array.
pub fn array_text(text: &[u8]) -> Result<Vec<ArrayElement>, SyntaxError> {
    let mut parser = Parser::new(text.to_vec(), 1);
    parser.array_elements()
}

/// What a text names: a variable, an element, a positional or special parameter.
pub fn parameter_name(text: &[u8]) -> Option<Subject> {
    let mut parser = Parser::new(text.to_vec(), 1);
    let subject = parser.subject().ok()??;
    (parser.at == parser.text.len()).then_some(subject)
}
