//! The tokens of arithmetic expressions.

use super::arithmetic::MARK;
use super::input::{continues_name, starts_name};
use crate::shell::ast::{BinaryOperator, Text};

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArithmeticError {
    /// All of the text, from its first character that is no blank.
    pub text: Text,
    /// `syntax error: operand expected`
    pub message: &'static str,
    /// The rest of the text that the error begins at.
    pub token: Text,
}

impl ArithmeticError {
    /// What bash prints: `1+: syntax error: operand expected (error token is "+")`.
    pub fn full_message(&self) -> Text {
        let message = self.message.as_bytes();
        [
            &self.text,
            &b": "[..],
            message,
            b" (error token is \"",
            &self.token,
            b"\")",
        ]
        .concat()
    }
}

pub(super) type Read<T> = Result<T, ArithmeticError>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Number(i64),
    /// From here to there in the text: the name, and the end of its subscript.
    Name(usize, usize, usize),
    /// A parameter that is not expanded yet.
    Mark,
    Binary(BinaryOperator),
    /// `=`, or an operator with one.
    Assign(Option<BinaryOperator>),
    And,
    Or,
    Not,
    Complement,
    Question,
    Colon,
    Comma,
    Open,
    Close,
    /// `++` or `--` before a name.
    Before(bool),
    /// Likewise, behind one.
    Behind(bool),
}

/// Reads tokens, one ahead.
pub(super) struct Tokens<'t> {
    pub(super) text: &'t [u8],
    at: usize,
    pub(super) token: Token,
    /// Where the token begins; at the end of the text, where the one before does.
    pub(super) start: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            token: Token::End,
            start: 0,
        }
    }

    pub(super) fn error(&self, message: &'static str) -> ArithmeticError {
        let start = self
            .text
            .iter()
            .position(|byte| !is_blank(*byte))
            .unwrap_or_default();
        ArithmeticError {
            text: self.text[start..].to_vec(),
            message,
            token: self.text.get(self.start..).unwrap_or_default().to_vec(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Goes to the next token.
    pub(super) fn advance(&mut self) -> Read<()> {
        let before = self.token;
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
        let Some(byte) = self.peek() else {
            self.token = Token::End;
            return Ok(());
        };
        self.start = self.at;
        self.token = match byte {
            b'0'..=b'9' => self.number()?,
            _ if starts_name(byte) => self.name()?,
            _ => {
                self.at += 1;
                match self.operator(byte, before) {
                    Some(token) => token,
                    None => {
                        let expects_operand = !matches!(
                            before,
                            Token::Number(_)
                                | Token::Name(..)
                                | Token::Mark
                                | Token::Close
                                | Token::Behind(_)
                        );
                        return Err(self.error(match expects_operand {
                            true => "syntax error: operand expected",
                            false => "syntax error: invalid arithmetic operator",
                        }));
                    }
                }
            }
        };
        Ok(())
    }

    fn operator(&mut self, byte: u8, before: Token) -> Option<Token> {
        use BinaryOperator as B;
        let assigned = |tokens: &mut Self, operator| match tokens.take(b'=') {
            true => Token::Assign(Some(operator)),
            false => Token::Binary(operator),
        };
        Some(match byte {
            MARK => Token::Mark,
            b'(' => Token::Open,
            b')' => Token::Close,
            b',' => Token::Comma,
            b'?' => Token::Question,
            b':' => Token::Colon,
            b'~' => Token::Complement,
            b'=' if self.take(b'=') => Token::Binary(B::Equal),
            b'=' => Token::Assign(None),
            b'!' if self.take(b'=') => Token::Binary(B::NotEqual),
            b'!' => Token::Not,
            b'&' if self.take(b'&') => Token::And,
            b'|' if self.take(b'|') => Token::Or,
            b'*' if self.take(b'*') => Token::Binary(B::Power),
            b'<' if self.take(b'<') => assigned(self, B::ShiftLeft),
            b'>' if self.take(b'>') => assigned(self, B::ShiftRight),
            b'<' if self.take(b'=') => Token::Binary(B::AtMost),
            b'>' if self.take(b'=') => Token::Binary(B::AtLeast),
            b'<' => Token::Binary(B::Less),
            b'>' => Token::Binary(B::Greater),
            b'+' | b'-' if self.peek() == Some(byte) && self.is_step(before) => {
                self.at += 1;
                let is_increment = byte == b'+';
                match before {
                    Token::Name(..) => Token::Behind(is_increment),
                    _ => Token::Before(is_increment),
                }
            }
            b'+' => assigned(self, B::Add),
            b'-' => assigned(self, B::Subtract),
            b'*' => assigned(self, B::Multiply),
            b'/' => assigned(self, B::Divide),
            b'%' => assigned(self, B::Remainder),
            b'&' => assigned(self, B::BitAnd),
            b'^' => assigned(self, B::BitXor),
            b'|' => assigned(self, B::BitOr),
            _ => return None,
        })
    }

    /// Whether two signs change a variable: it stands before them or behind them.
    fn is_step(&self, before: Token) -> bool {
        let behind = self.text[self.at + 1..]
            .iter()
            .copied()
            .find(|byte| !is_blank(*byte));
        matches!(before, Token::Name(..)) || behind.is_some_and(starts_name)
    }

    fn name(&mut self) -> Read<Token> {
        let start = self.at;
        while self.peek().is_some_and(continues_name) {
            self.at += 1;
        }
        let end = self.at;
        if self.peek() == Some(b'[') {
            match end_of_subscript(self.text, self.at) {
                Some(behind) => self.at = behind,
                None => return Err(self.error("bad array subscript")),
            }
        }
        Ok(Token::Name(start, end, self.at))
    }

    fn number(&mut self) -> Read<Token> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| continues_name(byte) || matches!(byte, b'#' | b'@'))
        {
            self.at += 1;
        }
        match number(&self.text[start..self.at]) {
            Ok(number) => Ok(Token::Number(number)),
            Err(message) => {
                // Bash does not see beyond the number then.
                let text = &self.text[..self.at];
                let tokens = Tokens { text, ..*self };
                Err(tokens.error(message))
            }
        }
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The place behind the `]` of the subscript that begins at some place.
fn end_of_subscript(text: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match (byte, quote) {
            (b'\\', None | Some(b'"')) => at += 1,
            (_, Some(closing)) if byte == closing => quote = None,
            (_, Some(_)) => {}
            (b'\'' | b'"' | b'`', None) => quote = Some(byte),
            (b'[', None) => depth += 1,
            (b']', None) => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// A number: decimal, `0` octal, `0x` hexadecimal, or `base#digits`.
fn number(text: &[u8]) -> Result<i64, &'static str> {
    let (base, digits, has_base) = match text {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits, false),
        [b'0', digits @ ..] => (8, digits, false),
        _ => match text.iter().position(|byte| *byte == b'#') {
            Some(end) => {
                let base = value(&text[..end], 10)?;
                if !(2..=64).contains(&base) {
                    return Err("invalid arithmetic base");
                }
                (base, &text[end + 1..], true)
            }
            None => (10, text, false),
        },
    };
    if has_base && digits.is_empty() {
        return Err("invalid integer constant");
    }
    value(digits, base)
}

fn value(digits: &[u8], base: i64) -> Result<i64, &'static str> {
    let mut value = 0_i64;
    for &byte in digits {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return Err("invalid number"),
        };
        if i64::from(digit) >= base {
            return Err("value too great for base");
        }
        value = value.wrapping_mul(base).wrapping_add(i64::from(digit));
    }
    Ok(value)
}
