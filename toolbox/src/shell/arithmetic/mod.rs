//! Arithmetic: `$((…))`, `((…))`, subscripts, integer variables.

mod evaluate;
mod number;
mod places;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use self::evaluate::{Fault, Values};
use super::Shell;
use super::ast::{Arithmetic, Expression, Operation, Parameter, Part, Subject, Subscript, Text};
use super::flow::{Error, Flow, Jump};
use super::parser;
use super::value::Value;

pub use self::number::{plain_number, put_number};
pub(super) use self::places::write_number;

thread_local! {
    /// Texts that were read last, with what they say: loops evaluate the same ones.
    static READ: RefCell<HashMap<Text, Rc<Expression>>> = RefCell::default();
}

const MOST_READ: usize = 64;
const DEEPEST: usize = 1024;
/// Longer texts are not kept.
const LONGEST_READ: usize = 256;

impl Shell {
    /// The value of `$((…))`, of an offset and the like.
    pub fn evaluate(&mut self, arithmetic: &Arithmetic) -> Flow<i64> {
        self.evaluate_as(Error::Expansion, b"", arithmetic)
    }

    /// Likewise for a subscript.
    pub fn evaluate_subscript(&mut self, arithmetic: &Arithmetic) -> Flow<i64> {
        self.evaluate_as(Error::Text, b"", arithmetic)
    }

    /// Likewise for an offset or a length, with the parameter in messages.
    pub(super) fn evaluate_of(&mut self, label: &[u8], arithmetic: &Arithmetic) -> Flow<i64> {
        match self.arithmetic_value(arithmetic) {
            Ok(value) => Flow::Continue(value),
            fault => self.told(Error::Expansion, &[label, b": "].concat(), fault),
        }
    }

    fn evaluate_as(
        &mut self,
        error: Error,
        prefix: &'static [u8],
        arithmetic: &Arithmetic,
    ) -> Flow<i64> {
        let before = std::mem::replace(&mut self.arithmetic_prefix, b"");
        let value = self.arithmetic_value(arithmetic);
        self.arithmetic_prefix = before;
        self.told(error, prefix, value)
    }

    /// Likewise for `((…))`, whose name is in messages. The jump of an error is the command's alone.
    pub fn evaluate_command(&mut self, arithmetic: &Arithmetic) -> Flow<i64> {
        self.evaluate_as(Error::Command, b"((: ", arithmetic)
    }

    /// The value of a text that needs no expansion.
    pub fn evaluate_text(&mut self, text: &[u8]) -> Flow<i64> {
        let value = self.text_value(text);
        self.told(Error::Command, self.arithmetic_prefix, value)
    }

    /// Likewise for the value of a variable that is a number.
    pub fn evaluate_number(&mut self, text: &[u8]) -> Flow<i64> {
        let value = self.text_value(text);
        self.told(Error::Text, self.arithmetic_prefix, value)
    }

    /// The value of an operand of `[[`; none, with a message, for a text that has none.
    pub(super) fn evaluate_operand(&mut self, text: &[u8]) -> Flow<Option<i64>> {
        match self.text_value(text) {
            Err(Fault::Message(message)) => {
                self.complain([b"[[: ", &message[..]].concat());
                Flow::Continue(None)
            }
            // Bash goes on after an assignment in it that is refused.
            Err(Fault::Jump(Jump::Discard(Error::Command, _))) => Flow::Continue(None),
            value => self.told(Error::Expansion, b"", value).map_continue(Some),
        }
    }

    /// Says what is wrong, if something is.
    fn told(&mut self, error: Error, prefix: &[u8], value: Result<i64, Fault>) -> Flow<i64> {
        match value {
            Ok(value) => Flow::Continue(value),
            Err(Fault::Jump(jump)) => Flow::Break(jump),
            Err(Fault::Message(message)) => {
                self.complain([prefix, &message].concat());
                Flow::Break(Jump::Discard(error, 1))
            }
            Err(Fault::At { .. }) => Flow::Break(Jump::Discard(error, 1)),
        }
    }

    fn arithmetic_value(&mut self, arithmetic: &Arithmetic) -> Result<i64, Fault> {
        let Some(expression) = &arithmetic.expression else {
            let text = self.expanded_text(arithmetic)?;
            return self.text_value(&text);
        };
        let value = if arithmetic.expanded.is_empty() {
            self.run(expression, &[])
        } else {
            let mut room = [0; 8];
            let Some(values) = self.plain_values(arithmetic, &mut room) else {
                let text = self.expanded_text(arithmetic)?;
                return self.text_value(&text);
            };
            self.run(expression, values)
        };
        match value {
            Err(fault @ Fault::At { .. }) => {
                let text = self.expanded_text(arithmetic)?;
                Err(fault.located(expression, &text))
            }
            value => value,
        }
    }

    fn expanded_text(&mut self, arithmetic: &Arithmetic) -> Result<Text, Fault> {
        match self.expand_quoted(&arithmetic.word) {
            Flow::Continue(text) => Ok(text),
            Flow::Break(jump) => Err(Fault::Jump(jump)),
        }
    }

    /// The value of a text.
    fn text_value(&mut self, text: &[u8]) -> Result<i64, Fault> {
        if let Some(number) = plain_number(text) {
            return Ok(number);
        }
        if self.arithmetic_depth >= DEEPEST {
            let message = b": expression recursion level exceeded (error token is \"";
            return Err(Fault::Message([text, message, text, b"\")"].concat()));
        }
        let expression = read(text)?;
        self.arithmetic_depth += 1;
        let value = self.run(&expression, &[]);
        self.arithmetic_depth -= 1;
        value.map_err(|fault| fault.located(&expression, text))
    }

    /// The values of an expression's parameters, if all are plain numbers.
    fn plain_values<'r>(
        &mut self,
        arithmetic: &Arithmetic,
        room: &'r mut [i64; 8],
    ) -> Option<Values<'r>> {
        let values = room.get_mut(..arithmetic.expanded.len())?;
        for (value, parameter) in values.iter_mut().zip(&arithmetic.expanded) {
            *value = self.plain_parameter(parameter)?;
        }
        let values: &[i64] = values;
        if values.iter().any(|value| *value < 0) && joins_signs(arithmetic, values) {
            return None;
        }
        Some(values)
    }

    /// The value of a parameter, if it can be told without side effects that it is a plain number.
    fn plain_parameter(&mut self, parameter: &Parameter) -> Option<i64> {
        if parameter.indirect {
            return None;
        }
        let text = match (&parameter.subject, &parameter.operation) {
            (Subject::Variable(name), Operation::Value) if name.is_special() => {
                return plain_number(&self.value(*name)?);
            }
            (Subject::Variable(name), Operation::Value) => self.plain_value(*name)?,
            (Subject::Positional(0), _) => return None,
            (Subject::Positional(number), Operation::Value) => {
                self.state.positional.get(number - 1)?
            }
            (Subject::Special(b'#'), Operation::Value) => {
                return i64::try_from(self.state.positional.len()).ok();
            }
            (Subject::Special(b'?'), Operation::Value) => {
                return Some(i64::from(self.state.status));
            }
            // What is stored of a computed array is not its value.
            (Subject::Element(name, _), _) if name.is_special() => return None,
            (Subject::Element(name, Subscript::Each | Subscript::Joined), Operation::Length) => {
                let variable = self.state.variables.get(*name)?;
                return match &variable.value {
                    Value::Indexed(array) => i64::try_from(array.len()).ok(),
                    Value::Associative(array) => i64::try_from(array.len()).ok(),
                    Value::Unset | Value::Scalar(_) => None,
                };
            }
            (Subject::Element(name, Subscript::Index(index)), Operation::Value) => {
                let expression = index.arithmetic.expression.as_ref()?;
                if !is_harmless(expression) || !index.arithmetic.expanded.iter().all(is_value) {
                    return None;
                }
                let is_indexed = |value: &Value| matches!(value, Value::Indexed(_));
                if !is_indexed(&self.state.variables.get(*name)?.value) {
                    return None;
                }
                let mut room = [0; 8];
                let values = self.plain_values(&index.arithmetic, &mut room)?;
                let at = self.run(expression, values).ok()?;
                match &self.state.variables.get(*name)?.value {
                    Value::Indexed(array) => array.get(u64::try_from(at).ok()?)?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        plain_number(text)
    }
}

fn is_value(parameter: &Parameter) -> bool {
    !parameter.indirect
        && parameter.operation == Operation::Value
        && matches!(
            parameter.subject,
            Subject::Variable(_) | Subject::Positional(_)
        )
}

/// Whether an expression changes nothing and cannot fail, so that it may be evaluated twice.
fn is_harmless(expression: &Expression) -> bool {
    match expression {
        Expression::Number(_) | Expression::Expanded(_) => true,
        Expression::Place(place) => place.index.is_none() && !place.name.is_special(),
        Expression::Unary(_, operand) => is_harmless(operand),
        Expression::Binary(_, left, right) => is_harmless(left) && is_harmless(right),
        _ => false,
    }
}

/// Whether a negative number comes right behind a minus sign in the text: the two would be read as `--`.
fn joins_signs(arithmetic: &Arithmetic, values: &[i64]) -> bool {
    let mut values = values.iter();
    let mut before: &[u8] = b"";
    for part in &arithmetic.word.parts {
        match part {
            Part::Quoted(text) | Part::Literal(text) => before = text,
            Part::Parameter(_) => {
                // Parameters in subscripts are no values of the expression.
                let value = values.next().copied().unwrap_or(-1);
                if value < 0 && before.last() == Some(&b'-') {
                    return true;
                }
                before = b"";
            }
            _ => before = b"",
        }
    }
    false
}

/// What a text says.
fn read(text: &[u8]) -> Result<Rc<Expression>, Fault> {
    if let Some(expression) = READ.with_borrow(|read| read.get(text).cloned()) {
        return Ok(expression);
    }
    let expression =
        parser::arithmetic_text(text).map_err(|error| Fault::Message(error.full_message()))?;
    let expression = Rc::new(expression);
    if text.len() <= LONGEST_READ {
        READ.with_borrow_mut(|read| {
            if read.len() >= MOST_READ {
                read.clear();
            }
            read.insert(text.to_vec(), Rc::clone(&expression));
        });
    }
    Ok(expression)
}

#[cfg(test)]
mod tests;
