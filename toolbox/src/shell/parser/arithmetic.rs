//! Arithmetic in the script: its text as a word, and its expression as far as that can be read beforehand.

use super::arithmetic_text::read_marked;
use super::error::Parsed;
use super::parts::Parts;
use super::word::ARITHMETIC;
use super::{Reader, What};
use crate::shell::ast::{
    Arithmetic, Expression, Operation, Parameter, Part, Subject, Subscript, Text, Word,
};

/// What an expression ends at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// A `)` that it did not open.
    Parenthesis,
    /// A `]` likewise.
    Bracket,
    /// A `;`, or a `)` that it did not open.
    Semicolon,
    /// The `:` or `}` behind an offset.
    Colon,
    /// The `}` of a parameter expansion.
    Brace,
}

/// Stands for a parameter in text that is read before it is expanded. No text has it.
pub(super) const MARK: u8 = 0;

impl Reader<'_, '_> {
    /// `$((…))`, behind the `$`; none if no `))` closes it.
    #[inline(never)]
    pub(super) fn arithmetic_expansion(&mut self) -> Parsed<Option<Part>> {
        let arithmetic = self.double_parenthesised()?;
        Ok(arithmetic.map(|arithmetic| Part::Arithmetic(Box::new(arithmetic))))
    }

    /// `((…))`; none if no `))` closes it.
    #[inline(never)]
    pub(super) fn double_parenthesised(&mut self) -> Parsed<Option<Arithmetic>> {
        self.take_text(b"((");
        let start = self.input.at;
        let arithmetic = self.arithmetic(Until::Parenthesis)?;
        if !self.take(b')') {
            return Err(self.unclosed(start, ')'));
        }
        Ok(self.take(b')').then_some(arithmetic))
    }

    /// `$[…]`, behind the `$`.
    #[inline(never)]
    pub(super) fn old_arithmetic(&mut self) -> Parsed<Part> {
        let start = self.input.at;
        self.bump();
        let arithmetic = self.arithmetic(Until::Bracket)?;
        match self.take(b']') {
            true => Ok(Part::Arithmetic(Box::new(arithmetic))),
            false => Err(self.unclosed(start, ']')),
        }
    }

    /// An expression, up to what it ends at.
    #[inline(never)]
    pub(super) fn arithmetic(&mut self, until: Until) -> Parsed<Arithmetic> {
        self.enter()?;
        let start = self.input.at;
        let mut parts = Parts::default();
        self.arithmetic_parts(until, &mut parts)?;
        let arithmetic = arithmetic(self.input.since(start).to_vec(), parts.finish(), self.depth);
        self.depth -= 1;
        Ok(arithmetic)
    }

    #[inline(never)]
    fn arithmetic_parts(&mut self, until: Until, parts: &mut Parts) -> Parsed<()> {
        // How many of these have to be closed, or answered by a colon.
        let (mut parentheses, mut brackets, mut conditions) = (0_usize, 0_usize, 0_usize);
        let mut quote = None;
        loop {
            let text = self.run(ARITHMETIC);
            if !text.is_empty() {
                parts.quoted(text);
            }
            let Some(byte) = self.peek() else {
                return match quote {
                    Some(start) => Err(self.unclosed(start, '"')),
                    None => Ok(()),
                };
            };
            let is_quoted = quote.is_some();
            match byte {
                b'\\' => {
                    self.arithmetic_escape(parts);
                    continue;
                }
                b'"' => {
                    quote = match quote {
                        None => Some(self.input.at),
                        Some(_) => None,
                    };
                    self.bump();
                    continue;
                }
                // Quotes mean the same with it and without.
                b'$' if matches!(self.peek_second(), Some(b'"' | b'\'')) => {
                    self.bump();
                    self.show(self.input.at - 1, || What::Text(Text::new()));
                    continue;
                }
                b'$' => {
                    self.quoted_dollar(parts)?;
                    continue;
                }
                b'`' => {
                    let part = self.backquotes(true)?;
                    parts.push(part);
                    continue;
                }
                b'\'' if !is_quoted => {
                    // The quotes stay, and nothing between them closes anything.
                    let start = self.input.at;
                    self.bump();
                    let Some(end) = self.end_of_quote() else {
                        return Err(self.unclosed(start, '\''));
                    };
                    self.input.at = end + 1;
                    parts.quoted(self.input.since(start));
                    continue;
                }
                _ if is_quoted => {}
                b'}' if matches!(until, Until::Colon | Until::Brace) => return Ok(()),
                b':' if until == Until::Colon && parentheses == 0 => {
                    if conditions == 0 {
                        return Ok(());
                    }
                    conditions -= 1;
                }
                b'?' if parentheses == 0 => conditions += 1,
                b';' if until == Until::Semicolon && parentheses == 0 => return Ok(()),
                b'(' => parentheses += 1,
                b')' if parentheses > 0 => parentheses -= 1,
                b')' if matches!(until, Until::Parenthesis | Until::Semicolon) => return Ok(()),
                b'[' => brackets += 1,
                b']' if brackets > 0 => brackets -= 1,
                b']' if until == Until::Bracket => return Ok(()),
                _ => {}
            }
            self.bump();
            parts.quoted(&[byte]);
        }
    }

    fn arithmetic_escape(&mut self, parts: &mut Parts) {
        self.bump();
        match self.input.raw(self.input.at) {
            Some(byte @ (b'$' | b'`' | b'\\' | b'"')) => {
                self.bump();
                parts.quoted(&[byte]);
            }
            _ => parts.quoted(b"\\"),
        }
    }
}

/// The expression that a word says, whose quotes mean nothing in it.
pub(super) fn arithmetic_of(word: &Word, depth: usize) -> Arithmetic {
    fn flatten(parts: &[Part], flat: &mut Parts) {
        for part in parts {
            match part {
                Part::Literal(text) | Part::Quoted(text) => flat.quoted(text),
                Part::DoubleQuoted(parts) => flatten(parts, flat),
                part => flat.push(part.clone()),
            }
        }
    }
    let mut parts = Parts::default();
    flatten(&word.parts, &mut parts);
    arithmetic(word.source.clone(), parts.finish(), depth)
}

fn arithmetic(source: Text, parts: Vec<Part>, depth: usize) -> Arithmetic {
    let (expression, expanded) = read_beforehand(&parts, depth).unwrap_or_default();
    Arithmetic {
        word: Word {
            source,
            parts,
            assignment: None,
        },
        expression,
        expanded,
    }
}

/// Reads an expression before its parameters are expanded; none when it has other expansions, or is not right.
fn read_beforehand(parts: &[Part], depth: usize) -> Option<(Option<Expression>, Vec<Parameter>)> {
    if let [Part::Quoted(text)] = parts {
        return Some((Some(read_marked(text, &[], depth).ok()?.0), Vec::new()));
    }
    let mut text = Text::new();
    let mut parameters = Vec::new();
    for part in parts {
        match part {
            Part::Quoted(quoted) => {
                if text.last() == Some(&MARK)
                    && quoted
                        .first()
                        .is_some_and(|byte| joins(*byte) || *byte == b'[')
                {
                    return None;
                }
                text.extend_from_slice(quoted);
            }
            // Beside a name or number it would be a part of that.
            Part::Parameter(parameter)
                if is_one_value(parameter) && !text.last().is_some_and(|byte| joins(*byte)) =>
            {
                text.push(MARK);
                parameters.push(&**parameter);
            }
            _ => return None,
        }
    }
    let (expression, expanded) = read_marked(&text, &parameters, depth).ok()?;
    Some((Some(expression), expanded))
}

/// Whether a byte would be one token with a number beside it.
fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#' | b'@' | b'$' | b'\'' | b'\\' | MARK)
}

/// Whether a parameter is one value, and expanding it does nothing else: when that value is no number, it is expanded again.
fn is_one_value(parameter: &Parameter) -> bool {
    let is_one = match &parameter.subject {
        Subject::Variable(_) | Subject::Positional(_) => true,
        Subject::Special(byte) => {
            !matches!(byte, b'@' | b'*') || parameter.operation == Operation::Length
        }
        Subject::Element(_, Subscript::Each | Subscript::Joined) => {
            parameter.operation == Operation::Length
        }
        Subject::Element(_, Subscript::Index(index)) => {
            index.arithmetic.expression.as_ref().is_some_and(is_pure)
        }
    };
    let is_text = |word: &Word| {
        word.parts
            .iter()
            .all(|part| matches!(part, Part::Literal(_) | Part::Quoted(_)))
    };
    let is_plain = match &parameter.operation {
        Operation::Value | Operation::Length => true,
        Operation::Default { word, .. }
        | Operation::Alternative { word, .. }
        | Operation::RemovePrefix { pattern: word, .. }
        | Operation::RemoveSuffix { pattern: word, .. } => is_text(word),
        Operation::Replace {
            pattern,
            replacement,
            ..
        } => is_text(pattern) && is_text(replacement),
        _ => false,
    };
    is_one && is_plain && !parameter.indirect
}

/// Whether an expression changes no variable, as far as that can be seen.
fn is_pure(expression: &Expression) -> bool {
    match expression {
        Expression::Number(_) | Expression::Expanded(_) => true,
        Expression::Place(place) => place.index.is_none(),
        Expression::Unary(_, operand) => is_pure(operand),
        Expression::Binary(_, left, right) => is_pure(left) && is_pure(right),
        _ => false,
    }
}
