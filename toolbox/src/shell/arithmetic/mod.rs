//! Arithmetic: 64-bit numbers that wrap around (bash manual, "Shell Arithmetic").

use super::Shell;
use super::access::discard;
use super::ast::{Arithmetic, BinaryOperator, Expression, Parameter, Place, Text, UnaryOperator};
use super::flow::{Flow, Jump};
use super::options::SetOption;
use super::parser;
use super::symbol::Symbol;
use super::value::{Attributes, Value};

/// How many values may be expressions of one another.
const MAX_RECURSION: usize = 1024;

impl Shell {
    /// The value of an expression. An error in it is said.
    pub fn evaluate(&mut self, arithmetic: &Arithmetic) -> Flow<i64> {
        if let Some(expression) = &arithmetic.expression {
            if arithmetic.expanded.is_empty() {
                return self.compute_number(expression, &[], &arithmetic.word.source);
            }
            if let Some(numbers) = self.numbers(&arithmetic.expanded)? {
                return self.compute_number(expression, &numbers, &arithmetic.word.source);
            }
        }
        let text = self.expand_arithmetic_word(&arithmetic.word)?;
        self.evaluate_text(&text)
    }

    /// The value of `((…))` and the like, whose messages begin with the command.
    pub fn evaluate_command(&mut self, arithmetic: &Arithmetic) -> Flow<i64> {
        let outer = std::mem::replace(&mut self.arithmetic_prefix, b"((: ");
        let value = self.evaluate(arithmetic);
        self.arithmetic_prefix = outer;
        value
    }

    /// The values of parameters, if all are decimal numbers.
    fn numbers(&mut self, parameters: &[Parameter]) -> Flow<Option<Vec<i64>>> {
        let mut numbers = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let text = self.expand_parameter_text(parameter)?;
            match plain_number(&text) {
                Some(number) => numbers.push(number),
                None => return Flow::Continue(None),
            }
        }
        Flow::Continue(Some(numbers))
    }

    /// The value of a text.
    pub fn evaluate_text(&mut self, text: &[u8]) -> Flow<i64> {
        if let Some(number) = plain_number(text) {
            return Flow::Continue(number);
        }
        match parser::arithmetic_text(text) {
            Ok(expression) => self.compute_number(&expression, &[], text),
            Err(error) => {
                self.arithmetic_error(&error.text, error.message, &error.token);
                discard()
            }
        }
    }

    fn arithmetic_error(&mut self, source: &[u8], message: &str, token: &[u8]) {
        let text = [
            self.arithmetic_prefix,
            source.trim_ascii_start(),
            b": ",
            message.as_bytes(),
            b" (error token is \"",
            token,
            b"\")",
        ];
        self.complain(text.concat());
    }

    fn compute_number(
        &mut self,
        expression: &Expression,
        numbers: &[i64],
        source: &[u8],
    ) -> Flow<i64> {
        Computation {
            shell: self,
            numbers,
            source,
        }
        .value(expression)
    }

    /// The number that a variable holds: its value is an expression, too.
    fn number_of_value(&mut self, text: &[u8], source: &[u8]) -> Flow<i64> {
        if let Some(number) = plain_number(text) {
            return Flow::Continue(number);
        }
        if self.arithmetic_depth >= MAX_RECURSION || self.depth + self.arithmetic_depth / 4 > 1500 {
            self.arithmetic_error(source, "expression recursion level exceeded", text);
            return discard();
        }
        self.arithmetic_depth += 1;
        let value = self.evaluate_text(text);
        self.arithmetic_depth -= 1;
        value
    }
}

/// A text that is nothing but a decimal number.
fn plain_number(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [] => None,
        [b'0', _, ..] => None,
        _ if digits.len() > 18 => None,
        _ => {
            let mut value = 0_i64;
            for digit in digits {
                if !digit.is_ascii_digit() {
                    return None;
                }
                value = value * 10 + i64::from(digit - b'0');
            }
            Some(if negative { -value } else { value })
        }
    }
}

/// The text of a number.
pub fn number_text(number: i64) -> Text {
    let mut buffer = [0; 20];
    let mut at = buffer.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut text = Text::with_capacity(21 - at);
    if number < 0 {
        text.push(b'-');
    }
    text.extend_from_slice(&buffer[at..]);
    text
}

struct Computation<'s> {
    shell: &'s mut Shell,
    numbers: &'s [i64],
    /// For messages.
    source: &'s [u8],
}

impl Computation<'_> {
    fn value(&mut self, expression: &Expression) -> Flow<i64> {
        Flow::Continue(match expression {
            Expression::Number(number) => *number,
            Expression::Expanded(index) => self.numbers.get(*index).copied().unwrap_or(0),
            Expression::Place(place) => self.read(place)?,
            Expression::Unary(operator, operand) => {
                let value = self.value(operand)?;
                match operator {
                    UnaryOperator::Plus => value,
                    UnaryOperator::Minus => value.wrapping_neg(),
                    UnaryOperator::Not => i64::from(value == 0),
                    UnaryOperator::Complement => !value,
                }
            }
            Expression::Binary(operator, left, right) => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                self.binary(*operator, left, right)?
            }
            Expression::And(left, right) => {
                i64::from(self.value(left)? != 0 && self.value(right)? != 0)
            }
            Expression::Or(left, right) => {
                i64::from(self.value(left)? != 0 || self.value(right)? != 0)
            }
            Expression::Conditional(condition, one, other) => match self.value(condition)? {
                0 => self.value(other)?,
                _ => self.value(one)?,
            },
            Expression::Comma(first, second) => {
                self.value(first)?;
                self.value(second)?
            }
            Expression::Assign(place, operator, value) => {
                let value = match operator {
                    None => self.value(value)?,
                    Some(operator) => {
                        let before = self.read(place)?;
                        let value = self.value(value)?;
                        self.binary(*operator, before, value)?
                    }
                };
                self.write(place, value)?;
                value
            }
            Expression::Step {
                place,
                is_increment,
                is_prefix,
            } => {
                let before = self.read(place)?;
                let after = before.wrapping_add(if *is_increment { 1 } else { -1 });
                self.write(place, after)?;
                if *is_prefix { after } else { before }
            }
        })
    }

    fn read(&mut self, place: &Place) -> Flow<i64> {
        let shell = &mut *self.shell;
        let value = match &place.index {
            None => {
                if !place.name.is_special()
                    && let Some(variable) = shell.state.variables.get(place.name)
                    && !variable.attributes.nameref
                    && let Value::Scalar(text) = &variable.value
                    && let Some(number) = plain_number(text)
                {
                    return Flow::Continue(number);
                }
                shell.value(place.name)
            }
            Some(index) => shell.element(place.name, index)?,
        };
        match value {
            Some(text) if text.is_empty() => Flow::Continue(0),
            Some(text) => shell.number_of_value(&text, self.source),
            None if shell.is_set(SetOption::NoUnset) => {
                shell.complain([&place.name.name()[..], b": unbound variable"].concat());
                Flow::Break(Jump::Exit(shell.unset_status()))
            }
            None => Flow::Continue(0),
        }
    }

    fn write(&mut self, place: &Place, value: i64) -> Flow<()> {
        match &place.index {
            None => self.shell.assign_number(place.name, value),
            Some(index) => self
                .shell
                .put_element(place.name, index, number_text(value), false),
        }
    }

    fn binary(&mut self, operator: BinaryOperator, left: i64, right: i64) -> Flow<i64> {
        Flow::Continue(match operator {
            BinaryOperator::Add => left.wrapping_add(right),
            BinaryOperator::Subtract => left.wrapping_sub(right),
            BinaryOperator::Multiply => left.wrapping_mul(right),
            BinaryOperator::Divide | BinaryOperator::Remainder if right == 0 => {
                let source = self.source.to_vec();
                let token = source.iter().rposition(|byte| matches!(byte, b'/' | b'%'));
                let token = token.map_or(&b"0"[..], |at| source[at + 1..].trim_ascii_start());
                self.shell.arithmetic_error(&source, "division by 0", token);
                return discard();
            }
            BinaryOperator::Divide => left.wrapping_div(right),
            BinaryOperator::Remainder => left.wrapping_rem(right),
            BinaryOperator::Power if right < 0 => {
                let source = self.source.to_vec();
                self.shell.arithmetic_error(
                    &source,
                    "exponent less than 0",
                    right.to_string().as_bytes(),
                );
                return discard();
            }
            BinaryOperator::Power => power(left, right),
            // The processor takes shifts modulo 64, and bash what it gives.
            BinaryOperator::ShiftLeft => left.wrapping_shl(right as u32),
            BinaryOperator::ShiftRight => left.wrapping_shr(right as u32),
            BinaryOperator::BitAnd => left & right,
            BinaryOperator::BitOr => left | right,
            BinaryOperator::BitXor => left ^ right,
            BinaryOperator::Less => i64::from(left < right),
            BinaryOperator::AtMost => i64::from(left <= right),
            BinaryOperator::Greater => i64::from(left > right),
            BinaryOperator::AtLeast => i64::from(left >= right),
            BinaryOperator::Equal => i64::from(left == right),
            BinaryOperator::NotEqual => i64::from(left != right),
        })
    }
}

fn power(base: i64, exponent: i64) -> i64 {
    let (mut base, mut exponent, mut result) = (base, exponent, 1_i64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

impl Shell {
    /// Assigns a number; a plain variable's text is written over in place.
    fn assign_number(&mut self, name: Symbol, value: i64) -> Flow<()> {
        if !name.is_special()
            && let Some(variable) = self.state.variables.get(name)
            && variable.attributes == Attributes::default()
            && let Value::Scalar(_) = variable.value
            && !self.is_set(SetOption::AllExport)
        {
            self.state.variables.edit(name).value = Value::Scalar(number_text(value));
            return Flow::Continue(());
        }
        self.assign(name, number_text(value))
    }
}
