//! Arithmetic expressions (bash manual, "Shell Arithmetic").

use super::arithmetic::{MARK, arithmetic_of};
pub use super::arithmetic_tokens::ArithmeticError;
use super::arithmetic_tokens::{Read, Token, Tokens};
use super::reader_of;
use super::subscript::arithmetic_with_quotes;
use crate::shell::ast::{
    BinaryOperator, Expression, Index, Parameter, Part, Place, Text, UnaryOperator, Word,
};
use crate::shell::symbol::Symbol;

/// How deep parentheses and operators may be inside each other.
const MAX_DEPTH: usize = 250;
/// How many operators in a row are read without making the tree flat.
const MAX_ROW: usize = 50;
/// How many groups there may be in a row of operators that cannot be grouped in any way.
const MAX_GROUPS: usize = 1000;

/// An expression whose text is known only when it runs: it has no expansions any more, except in subscripts.
pub fn arithmetic_text(text: &[u8]) -> Result<Expression, ArithmeticError> {
    Expressions::new(text, &[], 0).whole()
}

/// Likewise, where marks stand for parameters; gives those that the expression has outside of subscripts.
pub(super) fn read_marked(
    text: &[u8],
    parameters: &[&Parameter],
    depth: usize,
) -> Read<(Expression, Vec<Parameter>)> {
    let mut expressions = Expressions::new(text, parameters, depth);
    let expression = expressions.whole()?;
    Ok((expression, expressions.expanded))
}

/// How tightly a binary operator binds.
fn binding(operator: BinaryOperator) -> u8 {
    use BinaryOperator as B;
    match operator {
        B::BitOr => 1,
        B::BitXor => 2,
        B::BitAnd => 3,
        B::Equal | B::NotEqual => 4,
        B::Less | B::AtMost | B::Greater | B::AtLeast => 5,
        B::ShiftLeft | B::ShiftRight => 6,
        B::Add | B::Subtract => 7,
        B::Multiply | B::Divide | B::Remainder => POWER - 1,
        B::Power => POWER,
    }
}
const POWER: u8 = 9;

struct Expressions<'t> {
    tokens: Tokens<'t>,
    depth: usize,
    parameters: &'t [&'t Parameter],
    /// The marks that were read.
    marks: usize,
    expanded: Vec<Parameter>,
}

impl<'t> Expressions<'t> {
    fn new(text: &'t [u8], parameters: &'t [&'t Parameter], depth: usize) -> Self {
        Self {
            tokens: Tokens::new(text),
            depth,
            parameters,
            marks: 0,
            expanded: Vec::new(),
        }
    }

    /// The whole text; an empty one is 0.
    fn whole(&mut self) -> Read<Expression> {
        self.tokens.advance()?;
        if self.tokens.token == Token::End {
            return Ok(Expression::Number(0));
        }
        let expression = self.comma()?;
        match self.tokens.token {
            Token::End => Ok(expression),
            _ => Err(self.tokens.error("syntax error in expression")),
        }
    }

    fn enter(&mut self) -> Read<()> {
        self.depth += 1;
        match self.depth > MAX_DEPTH {
            true => Err(self.tokens.error("expression recursion level exceeded")),
            false => Ok(()),
        }
    }

    /// Steps over this token, if it is the next one.
    fn take(&mut self, token: Token) -> Read<bool> {
        let found = self.tokens.token == token;
        if found {
            self.tokens.advance()?;
        }
        Ok(found)
    }

    fn comma(&mut self) -> Read<Expression> {
        let first = self.assignment()?;
        if self.tokens.token != Token::Comma {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take(Token::Comma)? {
            all.push(self.assignment()?);
        }
        Ok(balanced(all, &|left, right| {
            Expression::Comma(Box::new(left), Box::new(right))
        }))
    }

    /// An assignment, which is read from the right, or what binds more tightly.
    fn assignment(&mut self) -> Read<Expression> {
        self.enter()?;
        let begins_with_name = matches!(self.tokens.token, Token::Name(..));
        let mut expression = self.conditional()?;
        if let Token::Assign(operator) = self.tokens.token {
            let place = match expression {
                Expression::Place(place) if begins_with_name => place,
                _ => return Err(self.tokens.error("attempted assignment to non-variable")),
            };
            self.tokens.advance()?;
            let value = self.assignment()?;
            expression = Expression::Assign(place, operator, Box::new(value));
        }
        self.depth -= 1;
        Ok(expression)
    }

    fn conditional(&mut self) -> Read<Expression> {
        let condition = self.or()?;
        if !self.take(Token::Question)? {
            return Ok(condition);
        }
        self.enter()?;
        if matches!(self.tokens.token, Token::End | Token::Colon) {
            return Err(self.tokens.error("expression expected"));
        }
        let one = self.comma()?;
        if !self.take(Token::Colon)? {
            return Err(self.tokens.error("`:' expected for conditional expression"));
        }
        if self.tokens.token == Token::End {
            return Err(self.tokens.error("expression expected"));
        }
        let other = self.conditional()?;
        self.depth -= 1;
        Ok(Expression::Conditional(
            Box::new(condition),
            Box::new(one),
            Box::new(other),
        ))
    }

    fn or(&mut self) -> Read<Expression> {
        let first = self.and()?;
        if self.tokens.token != Token::Or {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take(Token::Or)? {
            all.push(self.and()?);
        }
        Ok(balanced(all, &|left, right| {
            Expression::Or(Box::new(left), Box::new(right))
        }))
    }

    fn and(&mut self) -> Read<Expression> {
        let first = self.binary(0)?;
        if self.tokens.token != Token::And {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take(Token::And)? {
            all.push(self.binary(0)?);
        }
        Ok(balanced(all, &|left, right| {
            Expression::And(Box::new(left), Box::new(right))
        }))
    }

    /// Operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Read<Expression> {
        let mut left = self.unary()?;
        let mut row = 0;
        while let Token::Binary(operator) = self.tokens.token {
            let tightness = binding(operator);
            if tightness < least {
                break;
            }
            if row == MAX_ROW {
                left = self.long_row(left, tightness)?;
                row = 0;
                continue;
            }
            row += 1;
            let right = self.right_side(operator)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    /// What stands behind the operator at this place.
    fn right_side(&mut self, operator: BinaryOperator) -> Read<Expression> {
        self.tokens.advance()?;
        self.enter()?;
        let tightness = binding(operator);
        // Powers are read from the right.
        let right = self.binary(if tightness == POWER {
            POWER
        } else {
            tightness + 1
        })?;
        self.depth -= 1;
        Ok(right)
    }

    /// The rest of a long row of operators that bind equally: a tree that is as deep as the row is long could not be
    /// evaluated. What may be grouped in any way is, without a change of the order.
    fn long_row(&mut self, first: Expression, tightness: u8) -> Read<Expression> {
        use BinaryOperator as B;
        let mut left = first;
        let mut groups = 0;
        while let Token::Binary(operator) = self.tokens.token {
            if binding(operator) != tightness {
                break;
            }
            groups += 1;
            if groups > MAX_GROUPS {
                return Err(self.tokens.error("expression recursion level exceeded"));
            }
            let joined = match operator {
                B::Add | B::Subtract => B::Add,
                B::Multiply | B::BitAnd | B::BitOr | B::BitXor => operator,
                // These are what they are, one inside of the other.
                _ => {
                    let right = self.right_side(operator)?;
                    left = Expression::Binary(operator, Box::new(left), Box::new(right));
                    continue;
                }
            };
            let mut all = vec![left];
            while let Token::Binary(next) = self.tokens.token {
                match (next, joined) {
                    (B::Add, B::Add) => all.push(self.right_side(next)?),
                    (B::Subtract, B::Add) => {
                        let right = self.right_side(next)?;
                        all.push(Expression::Unary(UnaryOperator::Minus, Box::new(right)));
                    }
                    _ if next == joined => all.push(self.right_side(next)?),
                    _ => break,
                }
            }
            left = balanced(all, &|left, right| {
                Expression::Binary(joined, Box::new(left), Box::new(right))
            });
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read<Expression> {
        let operator = match self.tokens.token {
            Token::Not => UnaryOperator::Not,
            Token::Complement => UnaryOperator::Complement,
            Token::Binary(BinaryOperator::Subtract) => UnaryOperator::Minus,
            Token::Binary(BinaryOperator::Add) => UnaryOperator::Plus,
            _ => return self.primary(),
        };
        self.enter()?;
        self.tokens.advance()?;
        let operand = self.unary()?;
        self.depth -= 1;
        Ok(Expression::Unary(operator, Box::new(operand)))
    }

    fn primary(&mut self) -> Read<Expression> {
        match self.tokens.token {
            Token::Open => {
                self.tokens.advance()?;
                let inner = self.comma()?;
                match self.take(Token::Close)? {
                    true => Ok(inner),
                    false => Err(self.tokens.error("missing `)'")),
                }
            }
            Token::Number(number) => {
                self.tokens.advance()?;
                Ok(Expression::Number(number))
            }
            Token::Mark => {
                let parameter = self
                    .parameters
                    .get(self.marks)
                    .map(|parameter| (*parameter).clone());
                self.marks += 1;
                self.expanded.extend(parameter);
                self.tokens.advance()?;
                Ok(Expression::Expanded(self.expanded.len().saturating_sub(1)))
            }
            Token::Name(..) => {
                let place = self.variable()?;
                let Token::Behind(is_increment) = self.tokens.token else {
                    return Ok(Expression::Place(place));
                };
                self.tokens.advance()?;
                Ok(Expression::Step {
                    place,
                    is_increment,
                    is_prefix: false,
                })
            }
            Token::Before(is_increment) => {
                self.tokens.advance()?;
                let place = self.variable()?;
                Ok(Expression::Step {
                    place,
                    is_increment,
                    is_prefix: true,
                })
            }
            _ => Err(self.tokens.error("syntax error: operand expected")),
        }
    }

    /// The variable or element that the token names.
    fn variable(&mut self) -> Read<Place> {
        let Token::Name(start, end, behind) = self.tokens.token else {
            return Err(self
                .tokens
                .error("identifier expected after pre-increment or pre-decrement"));
        };
        let text = self.tokens.text;
        let name = Symbol::new(&text[start..end]);
        let index = match behind > end {
            true => Some(Box::new(self.index(&text[end + 1..behind - 1])?)),
            false => None,
        };
        self.tokens.advance()?;
        Ok(Place { name, index })
    }

    fn index(&mut self, text: &'t [u8]) -> Read<Index> {
        self.enter()?;
        let has_quotes = text
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`' | b'\\' | b'\'' | b'"'));
        let has_marks = text.contains(&MARK);
        let word = if has_quotes {
            let mut reader = reader_of(text);
            reader.depth = self.depth;
            match reader.rest_as_word() {
                Ok(word) if !has_marks => word,
                _ => return Err(self.tokens.error("bad array subscript")),
            }
        } else if has_marks {
            self.marked_word(text)
        } else {
            Word::literal(text)
        };
        let arithmetic = match text.contains(&b'\'') {
            true => arithmetic_with_quotes(&word, self.depth),
            false => arithmetic_of(&word, self.depth),
        };
        self.depth -= 1;
        Ok(Index { word, arithmetic })
    }

    /// A subscript with parameters in it.
    fn marked_word(&mut self, text: &[u8]) -> Word {
        let mut parts = Vec::new();
        let mut source = Text::new();
        for (at, piece) in text.split(|byte| *byte == MARK).enumerate() {
            if at > 0 {
                if let Some(parameter) = self.parameters.get(self.marks) {
                    source.extend_from_slice(&parameter.source);
                    parts.push(Part::Parameter(Box::new((*parameter).clone())));
                }
                self.marks += 1;
            }
            if !piece.is_empty() {
                source.extend_from_slice(piece);
                parts.push(Part::Quoted(piece.to_vec()));
            }
        }
        Word {
            source,
            parts,
            assignment: None,
        }
    }
}

/// Expressions in a row as a tree that is as flat as can be.
fn balanced(
    all: Vec<Expression>,
    join: &dyn Fn(Expression, Expression) -> Expression,
) -> Expression {
    let mut row = all;
    while row.len() > 1 {
        let mut next = Vec::with_capacity(row.len().div_ceil(2));
        let mut rest = row.into_iter();
        while let Some(left) = rest.next() {
            next.push(match rest.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        row = next;
    }
    row.into_iter().next().unwrap_or(Expression::Number(0))
}

/// The rest of the text from the divisor of a division on: the token that bash names when that is 0.
pub fn division_token<'t>(
    text: &'t [u8],
    expression: &Expression,
    division: &Expression,
) -> Option<&'t [u8]> {
    let mut before = 0;
    if !count_divisions(expression, division, &mut before) {
        return None;
    }
    let is_division = |token: Token| {
        use BinaryOperator::{Divide, Remainder};
        matches!(
            token,
            Token::Binary(Divide | Remainder) | Token::Assign(Some(Divide | Remainder))
        )
    };
    let mut tokens = Tokens::new(text);
    loop {
        tokens.advance().ok()?;
        if tokens.token == Token::End {
            return None;
        }
        if !is_division(tokens.token) {
            continue;
        }
        if before == 0 {
            tokens.advance().ok()?;
            return text.get(tokens.start..);
        }
        before -= 1;
    }
}

/// Counts the divisions of an expression up to one of them; says whether it was found.
fn count_divisions(expression: &Expression, sought: &Expression, count: &mut usize) -> bool {
    use BinaryOperator::{Divide, Remainder};
    let mut visit = |parts: &[&Expression], divides: Option<usize>| {
        for (at, part) in parts.iter().enumerate() {
            if divides == Some(at) {
                if std::ptr::eq(expression, sought) {
                    return true;
                }
                *count += 1;
            }
            if count_divisions(part, sought, count) {
                return true;
            }
        }
        false
    };
    match expression {
        Expression::Number(_)
        | Expression::Place(_)
        | Expression::Expanded(_)
        | Expression::Step { .. } => false,
        Expression::Unary(_, operand) => visit(&[operand], None),
        Expression::Binary(operator, left, right) => visit(
            &[left, right],
            matches!(operator, Divide | Remainder).then_some(1),
        ),
        Expression::And(left, right)
        | Expression::Or(left, right)
        | Expression::Comma(left, right) => visit(&[left, right], None),
        Expression::Conditional(condition, one, other) => visit(&[condition, one, other], None),
        Expression::Assign(_, operator, value) => visit(
            &[value],
            matches!(operator, Some(Divide | Remainder)).then_some(0),
        ),
    }
}
