//! Arithmetic expressions (bash manual, "Shell Arithmetic").

use super::input::{continues_name, starts_name};
use super::{Parsed, Parser};
use crate::shell::ast::{
    Arithmetic, BinaryOperator, Expression, Index, Operation, Parameter, Part, Place, Subject,
    Text, UnaryOperator, Word,
};
use crate::shell::symbol::Symbol;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArithmeticError {
    /// `syntax error: operand expected`
    pub message: String,
    /// The rest of the text that the error begins at.
    pub token: Text,
}

type Read<T> = Result<T, ArithmeticError>;

/// Stands for a parameter in a text that is read before it is expanded.
const MARK: u8 = 1;
/// How deep parentheses and operators may be inside each other.
const MAX_DEPTH: usize = 200;

impl Parser<'_> {
    /// An expression whose text is known.
    pub(super) fn arithmetic(&mut self, text: Text) -> Parsed<Arithmetic> {
        let parts = self.deeper(|parser| parser.part(without_quotes(&text)).here_parts())?;
        let (expression, expanded) = read_beforehand(&parts).unwrap_or_default();
        Ok(Arithmetic {
            word: Word {
                source: text,
                parts,
                assignment: None,
            },
            expression,
            expanded,
        })
    }
}

/// The expression that a word says, whose quotes mean nothing in it.
pub(super) fn arithmetic_of(word: &Word) -> Arithmetic {
    fn flatten(parts: &[Part], flat: &mut Vec<Part>) {
        for part in parts {
            match part {
                Part::Literal(text) | Part::Quoted(text) => match flat.last_mut() {
                    Some(Part::Quoted(before)) => before.extend_from_slice(text),
                    _ => flat.push(Part::Quoted(text.clone())),
                },
                Part::DoubleQuoted(parts) => flatten(parts, flat),
                Part::Tilde(name) => flat.push(Part::Quoted([b"~", name.as_slice()].concat())),
                part => flat.push(part.clone()),
            }
        }
    }
    let mut parts = Vec::new();
    flatten(&word.parts, &mut parts);
    let (expression, expanded) = read_beforehand(&parts).unwrap_or_default();
    Arithmetic {
        word: Word {
            source: word.source.clone(),
            parts,
            assignment: None,
        },
        expression,
        expanded,
    }
}

/// Double quotes have no meaning in an expression.
fn without_quotes(text: &[u8]) -> Text {
    if !text.contains(&b'"') {
        return text.to_vec();
    }
    let mut bare = Text::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {}
            b'\\' => {
                bare.push(byte);
                bare.extend(bytes.next());
            }
            _ => bare.push(byte),
        }
    }
    bare
}

/// Reads an expression before its parameters are expanded; none when it has other expansions, or is not right.
fn read_beforehand(parts: &[Part]) -> Option<(Option<Expression>, Vec<Parameter>)> {
    let mut text = Text::new();
    let mut parameters = Vec::new();
    for part in parts {
        match part {
            Part::Quoted(literal) if !literal.contains(&MARK) => text.extend_from_slice(literal),
            Part::Parameter(parameter) if is_single(parameter) => {
                // Beside a name or number it would be a part of that.
                if text.last().is_some_and(|byte| {
                    continues_name(*byte) || matches!(byte, b'#' | b'@' | b'$' | &MARK)
                }) {
                    return None;
                }
                text.push(MARK);
                parameters.push((**parameter).clone());
            }
            _ => return None,
        }
    }
    let joins = |pair: &[u8]| {
        pair[0] == MARK && (continues_name(pair[1]) || matches!(pair[1], b'#' | b'[' | b'(' | MARK))
    };
    if text.windows(2).any(joins) {
        return None;
    }
    let mut reader = Reader::new(&text);
    reader.parameters = &parameters;
    let expression = reader.whole().ok()?;
    let expanded = reader.used;
    Some((Some(expression), expanded))
}

/// Whether a parameter is one value: of `$@` and the like nobody knows.
fn is_single(parameter: &Parameter) -> bool {
    let is_plain = !matches!(
        parameter.operation,
        Operation::Bad | Operation::Names { .. } | Operation::Keys { .. }
    );
    is_plain && !matches!(parameter.subject, Subject::Special(b'@' | b'*'))
}

/// An expression whose text is known only when it runs: it has no expansions any more, except in subscripts.
pub fn arithmetic_text(text: &[u8]) -> Result<Expression, ArithmeticError> {
    Reader::new(text).whole()
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    parameters: &'t [Parameter],
    /// The marks that were read.
    marks: usize,
    used: Vec<Parameter>,
}

/// Binary operators, longest first at each place, with how tightly they bind.
const OPERATORS: &[(&str, u8, BinaryOperator)] = &[
    ("**", 13, BinaryOperator::Power),
    ("*", 12, BinaryOperator::Multiply),
    ("/", 12, BinaryOperator::Divide),
    ("%", 12, BinaryOperator::Remainder),
    ("+", 11, BinaryOperator::Add),
    ("-", 11, BinaryOperator::Subtract),
    ("<<", 10, BinaryOperator::ShiftLeft),
    (">>", 10, BinaryOperator::ShiftRight),
    ("<=", 9, BinaryOperator::AtMost),
    (">=", 9, BinaryOperator::AtLeast),
    ("<", 9, BinaryOperator::Less),
    (">", 9, BinaryOperator::Greater),
    ("==", 8, BinaryOperator::Equal),
    ("!=", 8, BinaryOperator::NotEqual),
    ("&", 7, BinaryOperator::BitAnd),
    ("^", 6, BinaryOperator::BitXor),
    ("|", 5, BinaryOperator::BitOr),
];
const POWER: u8 = 13;

impl<'t> Reader<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            parameters: &[],
            marks: 0,
            used: Vec::new(),
        }
    }

    /// The whole text; an empty one is 0.
    fn whole(&mut self) -> Read<Expression> {
        self.skip_blanks();
        if self.at == self.text.len() {
            return Ok(Expression::Number(0));
        }
        let expression = self.comma()?;
        self.skip_blanks();
        match self.peek() {
            None => Ok(expression),
            Some(_) => Err(self.error(if self.stands_after_assignment() {
                "attempted assignment to non-variable"
            } else {
                "syntax error in expression"
            })),
        }
    }

    fn stands_after_assignment(&self) -> bool {
        self.text[self.at..].starts_with(b"=") && !self.text[self.at..].starts_with(b"==")
    }

    fn error(&self, message: &str) -> ArithmeticError {
        ArithmeticError {
            message: message.to_owned(),
            token: self.text[self.at.min(self.text.len())..].to_vec(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn looks_at(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text.as_bytes())
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("expression recursion level exceeded"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn comma(&mut self) -> Read<Expression> {
        let mut expression = self.assignment()?;
        loop {
            self.skip_blanks();
            if self.peek() != Some(b',') {
                return Ok(expression);
            }
            self.at += 1;
            let next = self.assignment()?;
            expression = Expression::Comma(Box::new(expression), Box::new(next));
        }
    }

    /// An assignment, which is read from the right, or what binds more tightly.
    fn assignment(&mut self) -> Read<Expression> {
        self.deeper(|reader| {
            let expression = reader.conditional()?;
            reader.skip_blanks();
            let Some((operator, len)) = reader.assignment_operator() else {
                return Ok(expression);
            };
            let Expression::Place(place) = expression else {
                return Err(reader.error("attempted assignment to non-variable"));
            };
            reader.at += len;
            let value = reader.assignment()?;
            Ok(Expression::Assign(place, operator, Box::new(value)))
        })
    }

    fn assignment_operator(&self) -> Option<(Option<BinaryOperator>, usize)> {
        if self.looks_at("=") {
            return (!self.looks_at("==")).then_some((None, 1));
        }
        let assigns = |(text, _, _): &&(&str, u8, BinaryOperator)| {
            !matches!(*text, "**" | "<=" | ">=" | "<" | ">" | "==" | "!=")
                && self.looks_at(text)
                && self.text.get(self.at + text.len()) == Some(&b'=')
        };
        let (text, _, operator) = OPERATORS.iter().find(assigns)?;
        Some((Some(*operator), text.len() + 1))
    }

    fn conditional(&mut self) -> Read<Expression> {
        let condition = self.or()?;
        self.skip_blanks();
        if self.peek() != Some(b'?') {
            return Ok(condition);
        }
        self.at += 1;
        self.deeper(|reader| {
            reader.skip_blanks();
            if matches!(reader.peek(), None | Some(b':')) {
                return Err(reader.error("expression expected"));
            }
            let one = reader.comma()?;
            reader.skip_blanks();
            if reader.peek() != Some(b':') {
                return Err(reader.error("`:' expected for conditional expression"));
            }
            reader.at += 1;
            reader.skip_blanks();
            if reader.peek().is_none() {
                return Err(reader.error("expression expected"));
            }
            let other = reader.conditional()?;
            Ok(Expression::Conditional(
                Box::new(condition),
                Box::new(one),
                Box::new(other),
            ))
        })
    }

    fn or(&mut self) -> Read<Expression> {
        let mut left = self.and()?;
        loop {
            self.skip_blanks();
            if !self.looks_at("||") {
                return Ok(left);
            }
            self.at += 2;
            let right = self.and()?;
            left = Expression::Or(Box::new(left), Box::new(right));
        }
    }

    fn and(&mut self) -> Read<Expression> {
        let mut left = self.binary(0)?;
        loop {
            self.skip_blanks();
            if !self.looks_at("&&") {
                return Ok(left);
            }
            self.at += 2;
            let right = self.binary(0)?;
            left = Expression::And(Box::new(left), Box::new(right));
        }
    }

    /// Operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Read<Expression> {
        let mut left = self.unary()?;
        loop {
            self.skip_blanks();
            let Some((text, binding, operator)) = self.operator() else {
                return Ok(left);
            };
            if binding < least {
                return Ok(left);
            }
            self.at += text.len();
            // Powers are read from the right.
            let right_least = if binding == POWER {
                binding
            } else {
                binding + 1
            };
            let right = self.deeper(|reader| reader.binary(right_least))?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn operator(&self) -> Option<(&'static str, u8, BinaryOperator)> {
        if self.looks_at("&&") || self.looks_at("||") || self.assignment_operator().is_some() {
            return None;
        }
        OPERATORS
            .iter()
            .copied()
            .find(|(text, _, _)| self.looks_at(text))
    }

    fn unary(&mut self) -> Read<Expression> {
        self.skip_blanks();
        for (text, is_increment) in [("++", true), ("--", false)] {
            if !self.looks_at(text) {
                continue;
            }
            let start = self.at;
            self.at += 2;
            self.skip_blanks();
            if self.peek().is_some_and(starts_name) {
                let place = self.place()?;
                return Ok(Expression::Step {
                    place,
                    is_increment,
                    is_prefix: true,
                });
            }
            // Two signs before a number.
            self.at = start;
            break;
        }
        let operator = match self.peek() {
            Some(b'!') if !self.looks_at("!=") => UnaryOperator::Not,
            Some(b'~') => UnaryOperator::Complement,
            Some(b'-') => UnaryOperator::Minus,
            Some(b'+') => UnaryOperator::Plus,
            _ => return self.primary(),
        };
        self.at += 1;
        let operand = self.deeper(Self::unary)?;
        Ok(Expression::Unary(operator, Box::new(operand)))
    }

    fn primary(&mut self) -> Read<Expression> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let inner = self.deeper(Self::comma)?;
                self.skip_blanks();
                if self.peek() != Some(b')') {
                    return Err(self.error("missing `)'"));
                }
                self.at += 1;
                // A place in parentheses is no place any more.
                Ok(match inner {
                    Expression::Place(_) => Expression::Unary(UnaryOperator::Plus, Box::new(inner)),
                    inner => inner,
                })
            }
            Some(MARK) if !self.parameters.is_empty() => {
                self.at += 1;
                let parameter = self.parameters.get(self.marks).cloned();
                self.marks += 1;
                let index = self.used.len();
                self.used.extend(parameter);
                Ok(Expression::Expanded(index))
            }
            Some(byte) if byte.is_ascii_digit() => self.number(),
            Some(byte) if starts_name(byte) => {
                let place = self.place()?;
                let end = self.at;
                self.skip_blanks();
                for (text, is_increment) in [("++", true), ("--", false)] {
                    if self.looks_at(text) {
                        self.at += 2;
                        return Ok(Expression::Step {
                            place,
                            is_increment,
                            is_prefix: false,
                        });
                    }
                }
                self.at = end;
                Ok(Expression::Place(place))
            }
            _ => Err(self.error("syntax error: operand expected")),
        }
    }

    fn place(&mut self) -> Read<Place> {
        let start = self.at;
        while self.peek().is_some_and(continues_name) {
            self.at += 1;
        }
        let name = Symbol::new(&self.text[start..self.at]);
        if self.peek() != Some(b'[') {
            return Ok(Place { name, index: None });
        }
        let opening = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'\\' => self.at += 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        if depth > 0 {
            self.at = opening;
            return Err(self.error("bad array subscript"));
        }
        let text = self.with_sources(opening + 1, self.at - 1);
        let index = self.deeper(|reader| {
            let mut parser = Parser::new(text, 1);
            parser.depth = reader.depth;
            let text = std::mem::take(&mut parser.text);
            let index: Result<Index, _> = parser.index(text);
            index.map_err(|_| reader.error("bad array subscript"))
        })?;
        Ok(Place {
            name,
            index: Some(Box::new(index)),
        })
    }

    /// A part of the text, with the parameters as they were written.
    fn with_sources(&mut self, from: usize, to: usize) -> Text {
        let mut text = Text::new();
        for byte in &self.text[from.min(to)..to] {
            match self.parameters.get(self.marks) {
                Some(parameter) if *byte == MARK => {
                    text.extend_from_slice(&parameter.source);
                    self.marks += 1;
                }
                _ => text.push(*byte),
            }
        }
        text
    }

    /// A number: decimal, `0` octal, `0x` hexadecimal or `base#digits`.
    fn number(&mut self) -> Read<Expression> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| continues_name(byte) || matches!(byte, b'#' | b'@'))
        {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        number_of(text)
            .map(Expression::Number)
            .map_err(|message| ArithmeticError {
                message: message.to_owned(),
                token: self.text[start..].to_vec(),
            })
    }
}

/// The value of a number's text; it wraps around, as in bash.
fn number_of(text: &[u8]) -> Result<i64, &'static str> {
    let (base, digits) = match text {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        [b'0', digits @ ..] if !text.contains(&b'#') => (8, digits),
        [b'0', _, ..] if text.contains(&b'#') => return Err("invalid number"),
        _ => match text.iter().position(|byte| *byte == b'#') {
            Some(at) => {
                let base = text[..at].iter().try_fold(0_i64, |base, byte| match byte {
                    b'0'..=b'9' => Some(
                        base.saturating_mul(10)
                            .saturating_add(i64::from(byte - b'0')),
                    ),
                    _ => None,
                });
                let base = base
                    .filter(|base| (2..=64).contains(base))
                    .ok_or("invalid arithmetic base")?;
                let digits = &text[at + 1..];
                if digits.is_empty() {
                    return Err("invalid integer constant");
                }
                if digits.contains(&b'#') {
                    return Err("invalid number");
                }
                (base, digits)
            }
            None => (10, text),
        },
    };
    let mut value = 0_i64;
    for byte in digits {
        let digit = match byte {
            b'0'..=b'9' => i64::from(byte - b'0'),
            b'a'..=b'z' => i64::from(byte - b'a') + 10,
            b'A'..=b'Z' if base <= 36 => i64::from(byte - b'A') + 10,
            b'A'..=b'Z' => i64::from(byte - b'A') + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return Err("syntax error: invalid arithmetic operator"),
        };
        if digit >= base {
            return Err("value too great for base");
        }
        value = value.wrapping_mul(base).wrapping_add(digit);
    }
    Ok(value)
}
