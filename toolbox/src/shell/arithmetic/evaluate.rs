//! Values of expressions.

use crate::shell::Shell;
use crate::shell::ast::{BinaryOperator, Expression, Place, Text, UnaryOperator};
use crate::shell::flow::Jump;

/// The numbers that the parameters of an expression expanded to.
pub type Values<'a> = &'a [i64];

/// Why an expression has no value.
pub enum Fault {
    /// What is wrong, with the expression's text.
    Message(Text),
    /// What is wrong with the second operand of an operator, which is known by its node in the tree.
    At {
        node: *const Expression,
        message: &'static str,
    },
    /// It was said already.
    Jump(Jump),
}

impl Shell {
    pub(super) fn run(
        &mut self,
        expression: &Expression,
        values: Values<'_>,
    ) -> Result<i64, Fault> {
        match expression {
            Expression::Number(number) => Ok(*number),
            // The parser numbers them in the order of `expanded`.
            Expression::Expanded(index) => Ok(values.get(*index).copied().unwrap_or_default()),
            Expression::Place(place) => self.place_value(place),
            Expression::Unary(operator, operand) => {
                let value = self.run(operand, values)?;
                Ok(unary(*operator, value))
            }
            Expression::Binary(operator, left, right) => {
                let left = self.run(left, values)?;
                let right = self.run(right, values)?;
                binary(*operator, left, right, expression)
            }
            Expression::And(left, right) => {
                let both = self.run(left, values)? != 0 && self.run(right, values)? != 0;
                Ok(i64::from(both))
            }
            Expression::Or(left, right) => {
                let any = self.run(left, values)? != 0 || self.run(right, values)? != 0;
                Ok(i64::from(any))
            }
            Expression::Conditional(condition, one, other) => {
                if self.run(condition, values)? != 0 {
                    self.run(one, values)
                } else {
                    self.run(other, values)
                }
            }
            Expression::Comma(first, second) => {
                self.run(first, values)?;
                self.run(second, values)
            }
            Expression::Assign(place, operator, right) => {
                self.run_assignment(expression, place, *operator, right, values)
            }
            Expression::Step {
                place,
                is_increment,
                is_prefix,
            } => self.run_step(place, *is_increment, *is_prefix),
        }
    }

    fn run_assignment(
        &mut self,
        node: &Expression,
        place: &Place,
        operator: Option<BinaryOperator>,
        right: &Expression,
        values: Values<'_>,
    ) -> Result<i64, Fault> {
        let (value, at) = match operator {
            None => {
                let value = self.run(right, values)?;
                (value, self.place_key(place, true)?)
            }
            Some(operator) => {
                let (old, at) = self.value_and_key(place)?;
                let right = self.run(right, values)?;
                (binary(operator, old, right, node)?, at)
            }
        };
        self.assign_place(place, at, value)?;
        Ok(value)
    }

    fn run_step(
        &mut self,
        place: &Place,
        is_increment: bool,
        is_prefix: bool,
    ) -> Result<i64, Fault> {
        let (old, at) = self.value_and_key(place)?;
        let value = old.wrapping_add(if is_increment { 1 } else { -1 });
        self.assign_place(place, at, value)?;
        Ok(if is_prefix { value } else { old })
    }
}

fn unary(operator: UnaryOperator, value: i64) -> i64 {
    match operator {
        UnaryOperator::Plus => value,
        UnaryOperator::Minus => value.wrapping_neg(),
        UnaryOperator::Not => i64::from(value == 0),
        UnaryOperator::Complement => !value,
    }
}

fn binary(
    operator: BinaryOperator,
    left: i64,
    right: i64,
    node: &Expression,
) -> Result<i64, Fault> {
    let by_zero = Fault::At {
        node,
        message: "division by 0",
    };
    // Only six bits of a shift count, as on the machines that bash runs on.
    let shift = (right & 63) as u32;
    Ok(match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide if right == 0 => return Err(by_zero),
        BinaryOperator::Divide => left.wrapping_div(right),
        BinaryOperator::Remainder if right == 0 => return Err(by_zero),
        BinaryOperator::Remainder => left.wrapping_rem(right),
        BinaryOperator::Power if right < 0 => {
            return Err(Fault::At {
                node,
                message: "exponent less than 0",
            });
        }
        BinaryOperator::Power => power(left, right.cast_unsigned()),
        BinaryOperator::ShiftLeft => left.wrapping_shl(shift),
        BinaryOperator::ShiftRight => left.wrapping_shr(shift),
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

fn power(base: i64, exponent: u64) -> i64 {
    let (mut result, mut base, mut rest) = (1_i64, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        rest >>= 1;
    }
    result
}

impl Fault {
    /// The fault with its message, in the text that the expression was read from.
    pub fn located(self, expression: &Expression, text: &[u8]) -> Self {
        let Self::At { node, message } = self else {
            return self;
        };
        let is_power = message.starts_with("exponent");
        let mut before = 0;
        count_before(expression, node, is_power, &mut before);
        let mut token = behind_operator(text, before, is_power);
        if matches!(expression, Expression::Assign(..)) && std::ptr::eq(expression, node) {
            token = last_operand(token);
        }
        let shown = text.trim_ascii_start();
        let message = [
            shown,
            b": ",
            message.as_bytes(),
            b" (error token is \"",
            token,
            b"\")",
        ];
        Self::Message(message.concat())
    }
}

/// Counts the operators of a kind in front of a node, in the order of the text. Says whether the node was found.
fn count_before(
    expression: &Expression,
    node: *const Expression,
    is_power: bool,
    count: &mut usize,
) -> bool {
    let mut look = |inner: &Expression| count_before(inner, node, is_power, count);
    let is_counted = |operator: BinaryOperator| match operator {
        BinaryOperator::Divide | BinaryOperator::Remainder => !is_power,
        BinaryOperator::Power => is_power,
        _ => false,
    };
    match expression {
        Expression::Number(_)
        | Expression::Expanded(_)
        | Expression::Place(_)
        | Expression::Step { .. } => false,
        Expression::Unary(_, operand) | Expression::Assign(_, None, operand) => look(operand),
        Expression::Binary(operator, left, right) => {
            if look(left) || std::ptr::eq(expression, node) {
                return true;
            }
            *count += usize::from(is_counted(*operator));
            count_before(right, node, is_power, count)
        }
        Expression::Assign(_, Some(operator), right) => {
            if std::ptr::eq(expression, node) {
                return true;
            }
            *count += usize::from(is_counted(*operator));
            count_before(right, node, is_power, count)
        }
        Expression::And(left, right)
        | Expression::Or(left, right)
        | Expression::Comma(left, right) => look(left) || look(right),
        Expression::Conditional(condition, one, other) => {
            look(condition) || look(one) || look(other)
        }
    }
}

/// The text behind the operator with a number: of a division its whole right side, of a power what follows its exponent's
/// sign.
fn behind_operator(text: &[u8], number: usize, is_power: bool) -> &[u8] {
    let mut depth = 0_usize;
    let mut left = number;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let is_double = byte == b'*' && text.get(at + 1) == Some(&b'*');
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'/' | b'%' if depth == 0 && !is_power => {
                if left == 0 {
                    let rest = &text[at + 1..];
                    return rest.strip_prefix(b"=").unwrap_or(rest).trim_ascii_start();
                }
                left -= 1;
            }
            b'*' if is_double && depth == 0 => {
                if left == 0 && is_power {
                    return last_token(text[at + 2..].trim_ascii_start());
                }
                left -= usize::from(is_power);
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    b""
}

/// The last name or number of a text, and what is behind it.
fn last_operand(text: &[u8]) -> &[u8] {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = text.iter().rposition(is_word).map_or(0, |at| at + 1);
    let start = text[..end].iter().rposition(|byte| !is_word(byte));
    &text[start.map_or(0, |at| at + 1)..]
}

/// What bash shows of a negative exponent: the token behind it, or the last one of its own.
fn last_token(text: &[u8]) -> &[u8] {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let start = text.iter().position(is_word).unwrap_or(0);
    let operand = &text[start..];
    let end = operand
        .iter()
        .position(|byte| !is_word(byte))
        .unwrap_or(operand.len());
    let rest = operand[end..].trim_ascii_start();
    if rest.is_empty() { operand } else { rest }
}
