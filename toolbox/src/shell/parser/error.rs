//! What is wrong with a script, in bash's words.

use super::Parser;
use crate::shell::ast::Text;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: u32,
    pub message: Text,
    /// The line that the error is in, where bash shows it.
    pub source_line: Option<Text>,
    /// The script ended too early.
    pub is_eof: bool,
    /// It is in `[[ … ]]`: bash ends with the status of the command before.
    pub keeps_status: bool,
}

impl Parser<'_> {
    pub(super) fn error(&self, message: impl Into<Text>) -> SyntaxError {
        SyntaxError {
            line: self.line,
            message: message.into(),
            source_line: None,
            is_eof: false,
            keeps_status: false,
        }
    }

    /// The token at this place has no business there.
    pub(super) fn unexpected(&mut self) -> SyntaxError {
        let Some(byte) = self.peek() else {
            return self.unexpected_end();
        };
        let line = self.line;
        let source_line = self.current_line();
        let token = match byte {
            b'\n' => b"newline".to_vec(),
            _ => self.token_text(),
        };
        SyntaxError {
            line,
            message: [
                b"syntax error near unexpected token `",
                token.as_slice(),
                b"'",
            ]
            .concat(),
            source_line: Some(source_line),
            is_eof: false,
            keeps_status: false,
        }
    }

    pub(super) fn unexpected_end(&self) -> SyntaxError {
        let ends_in_line = !self.text.is_empty() && self.text.last() != Some(&b'\n');
        SyntaxError {
            line: self.line + u32::from(ends_in_line),
            message: b"syntax error: unexpected end of file".to_vec(),
            source_line: None,
            is_eof: true,
            keeps_status: false,
        }
    }

    /// A quote or bracket that began on `line` was not closed.
    pub(super) fn unclosed(&self, line: u32, closing: &str) -> SyntaxError {
        SyntaxError {
            line,
            message: format!("unexpected EOF while looking for matching `{closing}'").into_bytes(),
            source_line: None,
            is_eof: true,
            keeps_status: false,
        }
    }

    /// The whole line that the parser is in.
    fn current_line(&self) -> Text {
        let before = &self.text[..self.at];
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let rest = &self.text[self.at..];
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.text.len(), |at| self.at + at);
        self.text[start..end].to_vec()
    }

    /// The operator or word at this place.
    fn token_text(&mut self) -> Text {
        for operator in OPERATORS {
            if self.looks_at(operator) {
                return operator.as_bytes().to_vec();
            }
        }
        let start = self.at;
        match self.word() {
            Ok(_) if self.at > start => self.text[start..self.at].to_vec(),
            _ => self.text[start..=start].to_vec(),
        }
    }
}

/// Longest first.
const OPERATORS: &[&str] = &[
    ";;&", "&>>", "<<<", "<<-", "&&", "||", ";;", ";&", "|&", "&>", ">>", "<<", ">&", "<&", "<>",
    ">|", "(", ")", ";", "&", "|", "<", ">",
];
