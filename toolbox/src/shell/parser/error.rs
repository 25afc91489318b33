//! What is wrong with a script, in bash's words.

use super::Reader;
use super::input::ends_word;
use super::word::Kind;
use crate::shell::ast::Text;

/// What reading gives. The error is boxed, as it is large and rare.
pub(super) type Parsed<T> = Result<T, Box<SyntaxError>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Messages before this one, with their lines.
    pub earlier: Vec<(u32, Text)>,
    pub line: u32,
    /// Empty where bash says nothing.
    pub message: Text,
    /// The line that the error is in, where bash shows it in a message of its own.
    pub source_line: Option<Text>,
    /// The script ended too early.
    pub is_eof: bool,
    pub kind: ErrorKind,
}

/// What follows from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The script ends with status 2.
    Syntax,
    /// It is inside of `[[ ]]`: a script ends with the status of its last command, `eval` with 2.
    Test,
    /// It is inside of `$( )` or `<( )`: the shell ends, also when it is `eval` that has read it.
    Substitution,
    /// `$( )` or `<( )` lacks its end: the script ends with status 2, other than where a quote does.
    OpenSubstitution,
    /// It is between the parentheses of an array: status 1, and the script goes on with the next line.
    Array,
}

impl SyntaxError {
    /// What bash prints, with the line number of each message.
    pub fn messages(&self) -> Vec<(u32, Text)> {
        let mut messages = self.earlier.clone();
        if !self.message.is_empty() {
            messages.push((self.line, self.message.clone()));
        }
        if let Some(source) = &self.source_line {
            messages.push((self.line, [b"`", source.as_slice(), b"'"].concat()));
        }
        messages
    }
}

/// A token as messages name it.
pub(super) enum Token {
    End,
    Text(Text),
}

const END_OF_FILE: &str = "syntax error: unexpected end of file";

impl SyntaxError {
    /// Where the script ended inside of a substitution, what is missing is its parenthesis.
    pub(super) fn name_parenthesis(&mut self) {
        if self.message == END_OF_FILE.as_bytes() {
            self.message = lacks(')').into_bytes();
            self.kind = ErrorKind::OpenSubstitution;
        }
    }

    /// A quote or an expansion lacks its end.
    pub fn lacks_end(&self) -> bool {
        self.is_eof
            && self
                .message
                .starts_with(b"unexpected EOF while looking for matching")
    }

    /// What was read as arithmetic would be wrong as commands, too: nothing closes it, or a substitution in it is wrong.
    pub(super) fn holds_for_commands(&self) -> bool {
        self.is_eof || self.is_too_deep() || self.kind == ErrorKind::Substitution
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.message == TOO_DEEP.as_bytes()
    }
}

pub(super) const TOO_DEEP: &str = "syntax error: nesting too deep";

impl Reader<'_, '_> {
    pub(super) fn error(&mut self, message: impl Into<Text>) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            earlier: Vec::new(),
            line: self.line(),
            message: message.into(),
            source_line: None,
            is_eof: false,
            kind: ErrorKind::Syntax,
        })
    }

    /// The token at this place has no business there.
    #[cold]
    pub(super) fn unexpected(&mut self) -> Box<SyntaxError> {
        let (line, source_line) = (self.line(), self.input.current_line());
        match self.token() {
            Token::End => self.unexpected_end(),
            Token::Text(token) => {
                let mut error = self.error(
                    [
                        b"syntax error near unexpected token `",
                        token.as_slice(),
                        b"'",
                    ]
                    .concat(),
                );
                error.line = line;
                error.source_line = Some(source_line);
                error
            }
        }
    }

    /// What bash says where the line of a text ends behind the one `)` of a `((`, if that is no subshell, either.
    pub(super) fn end_of_line_in_arithmetic(&mut self) -> Option<Box<SyntaxError>> {
        if self.input.is_file || self.peek() != Some(b'\n') {
            return None;
        }
        let source_line = self.input.current_line();
        let read = self.input.since(0);
        let blank = read.iter().rposition(|byte| byte.is_ascii_whitespace());
        let token = read.get(blank.map_or(0, |at| at + 1)..).unwrap_or_default();
        let mut error = self.error([b"syntax error near `", token, b"'"].concat());
        error.source_line = Some(source_line);
        Some(error)
    }

    #[cold]
    pub(super) fn unexpected_end(&mut self) -> Box<SyntaxError> {
        let mut error = self.error(END_OF_FILE);
        error.line = self.input.last_line();
        error.is_eof = true;
        error
    }

    /// A quote or bracket that began at `start` was not closed.
    #[cold]
    pub(super) fn unclosed(&mut self, start: usize, closing: char) -> Box<SyntaxError> {
        let mut error = self.error(lacks(closing));
        error.line = self.input.line_at(start);
        error.is_eof = true;
        error
    }

    /// The operator or word at this place.
    pub(super) fn token(&mut self) -> Token {
        self.skip_blanks();
        let Some(byte) = self.peek() else {
            return Token::End;
        };
        if byte == b'\n' {
            return Token::Text(b"newline".to_vec());
        }
        let start = self.input.at;
        if ends_word(byte) {
            let is_substitution = matches!(byte, b'<' | b'>') && self.peek_second() == Some(b'(');
            let operator = OPERATORS
                .iter()
                .find(|operator| self.looks_at(operator.as_bytes()));
            if let Some(operator) = operator.filter(|_| !is_substitution) {
                return Token::Text(operator.as_bytes().to_vec());
            }
        }
        let word = self.word(Kind::Plain).ok().flatten();
        self.input.at = start;
        match word {
            Some(word) => Token::Text(word.source),
            None => Token::Text(vec![byte]),
        }
    }
}

/// What is said of something that this quote or bracket has to close.
fn lacks(closing: char) -> String {
    format!("unexpected EOF while looking for matching `{closing}'")
}

/// Longest first.
const OPERATORS: &[&str] = &[
    ";;&", "&>>", "<<<", "<<-", "&&", "||", ";;", ";&", "|&", "&>", ">>", "<<", ">&", "<&", "<>",
    ">|", "(", ")", ";", "&", "|", "<", ">",
];
