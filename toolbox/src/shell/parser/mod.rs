//! The parser: text in, syntax trees out, one complete command at a time.
//!
//! It reads bytes and keeps no tokens: what a character means depends on where it stands, and each function knows where it
//! is. Words come out with all their expansions parsed. Nothing is read twice, but for what begins with `((`.

mod alias;
mod arithmetic;
mod arithmetic_text;
mod arithmetic_tokens;
mod assignment;
mod brace;
mod command;
mod compound;
mod dollar;
mod double_quotes;
mod error;
mod here_document;
mod input;
mod loops;
mod operation;
mod parameter;
mod parts;
mod quote;
mod redirection;
mod shown;
mod simple;
mod skip;
mod subscript;
mod substitution;
mod test;
#[cfg(test)]
mod tests;
mod word;

use std::rc::Rc;

use super::ast::{ArrayElement, HereDocument, List, Subject, Text, Word};
use error::Parsed;
use input::Input;
use substitution::Meaning;

pub use arithmetic_text::{ArithmeticError, arithmetic_text, division_token};
pub use error::{ErrorKind, SyntaxError};
pub use input::{More, is_name};
pub use shown::{Shown, What, shown};

/// Gives the text of an alias.
pub type Aliases<'s> = &'s dyn Fn(&[u8]) -> Option<Text>;

/// What the state of the shell says about the next command.
#[derive(Clone, Copy, Default)]
pub struct Settings<'s> {
    /// None where aliases are not expanded.
    pub alias: Option<Aliases<'s>>,
    pub extglob: bool,
    pub posix: bool,
    pub brace_expansion: bool,
}

/// How deep commands and expansions may be inside each other: what the stack has room for.
const MAX_DEPTH: usize = 500;

/// A script that is read command by command.
pub struct Parser<'a> {
    input: Input<'a>,
    warnings: Vec<(u32, Text)>,
}

impl<'a> Parser<'a> {
    pub fn new(script: Text, first_line: u32) -> Self {
        Self {
            input: Input::of_script(script, first_line),
            warnings: Vec::new(),
        }
    }

    /// A parser of a script that is a file.
    pub fn of_file(script: Text) -> Self {
        let mut parser = Self::new(script, 1);
        parser.input.is_file = true;
        parser
    }

    /// A parser of what `more` gives. It is asked for more only when a command is not complete yet.
    pub fn with_input(more: More<'a>) -> Self {
        let mut parser = Self::new(Text::new(), 1);
        parser.input.set_more(more);
        parser
    }

    /// The next complete command: the list up to the end of its line. None at the end of the script.
    ///
    /// After an error of `ErrorKind::Array` the next line can be read; after others a script is at its end.
    pub fn next(&mut self, settings: &Settings<'_>) -> Result<Option<List>, SyntaxError> {
        self.input.begin();
        let mut reader = Reader::new(std::mem::take(&mut self.input), *settings);
        let next = reader.complete_command();
        self.warnings.append(&mut reader.warnings);
        self.input = reader.input;
        if next.is_err() {
            self.input.skip_line();
        }
        next.map_err(|error| *error)
    }

    /// The lines that the last call of `next` read, for `set -v`.
    pub fn consumed(&self) -> &[u8] {
        self.input.consumed()
    }

    /// The number of the line that the next command is looked for in.
    pub fn line(&mut self) -> u32 {
        self.input.line()
    }

    /// What bash warns of, with line numbers: here-documents without an end.
    pub fn take_warnings(&mut self) -> Vec<(u32, Text)> {
        std::mem::take(&mut self.warnings)
    }
}

/// What reads one command: the input, and where in the grammar it is.
struct Reader<'a, 's> {
    input: Input<'a>,
    settings: Settings<'s>,
    depth: usize,
    /// Here-documents whose bodies stand behind the line.
    pending: Vec<Rc<HereDocument>>,
    /// What was found out about places where `((` stands.
    double_parentheses: Vec<(usize, Meaning)>,
    /// How many subscripts this place is inside of.
    subscripts: usize,
    /// How many brace expansions this place is inside of.
    braces: usize,
    /// The text is the body of a here-document, which bash reads when it expands it.
    is_body: bool,
    /// What bash shows otherwise than it stands, where that is asked for.
    shown: Option<Vec<Shown>>,
    warnings: Vec<(u32, Text)>,
}

impl<'a, 's> Reader<'a, 's> {
    fn new(input: Input<'a>, settings: Settings<'s>) -> Self {
        Self {
            input,
            settings,
            depth: 0,
            pending: Vec::new(),
            double_parentheses: Vec::new(),
            subscripts: 0,
            braces: 0,
            is_body: false,
            shown: None,
            warnings: Vec::new(),
        }
    }

    /// A reader of text that is not a part of the script as it stands.
    fn inner(&self, text: Text, line: u32) -> Reader<'static, 's> {
        let mut inner = Reader::new(Input::new(text, line), self.settings);
        inner.depth = self.depth;
        inner.subscripts = self.subscripts;
        inner.braces = self.braces;
        inner
    }

    /// Goes one level deeper; `self.depth` has to be taken back behind it.
    fn enter(&mut self) -> Parsed<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(error::TOO_DEEP));
        }
        self.depth += 1;
        Ok(())
    }
}

fn reader_of(text: &[u8]) -> Reader<'static, 'static> {
    let settings = Settings {
        brace_expansion: true,
        extglob: true,
        ..Settings::default()
    };
    Reader::new(Input::new(text.to_vec(), 1), settings)
}

/// A whole script at once.
pub fn parse_script(text: &[u8]) -> Result<List, SyntaxError> {
    let settings = Settings {
        brace_expansion: true,
        ..Settings::default()
    };
    parse_with(text, &settings)
}

/// A whole script at once.
pub fn parse_with(text: &[u8], settings: &Settings<'_>) -> Result<List, SyntaxError> {
    let mut parser = Parser::new(text.to_vec(), 1);
    let mut list = List::default();
    while let Some(mut command) = parser.next(settings)? {
        list.items.append(&mut command.items);
    }
    Ok(list)
}

/// Text as the inside of double quotes, in which `"` is a character like others.
pub fn double_quoted(text: &[u8]) -> Result<Word, SyntaxError> {
    let parts = reader_of(text).here_parts().map_err(|error| *error)?;
    Ok(Word {
        source: text.to_vec(),
        parts,
        assignment: None,
    })
}

/// A word that is given as text; blanks in it are characters like others.
pub fn word_text(text: &[u8]) -> Result<Word, SyntaxError> {
    reader_of(text).rest_as_word().map_err(|error| *error)
}

/// `(a [1]=b c)` as text, the parentheses included: the value of an array.
pub fn array_text(text: &[u8]) -> Result<Vec<ArrayElement>, SyntaxError> {
    let mut reader = reader_of(text);
    reader.array_elements().map_err(|error| *error)
}

/// What a text names: a variable, an element, a positional or special parameter.
pub fn parameter_name(text: &[u8]) -> Option<Subject> {
    let mut reader = reader_of(text);
    let subject = reader.subject().ok()??;
    reader.peek().is_none().then_some(subject)
}
