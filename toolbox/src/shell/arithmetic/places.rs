//! Variables and elements in expressions.

use super::evaluate::Fault;
use super::{plain_number, put_number};
use crate::shell::Shell;
use crate::shell::access::{Key, position};
use crate::shell::ast::{Index, Place, Text};
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Value, Variable};

/// Where a place's value stands.
pub(super) enum At {
    /// In the variable.
    Whole,
    Element(Symbol, Key),
    /// The subscript is none of the array's: it was said.
    Nowhere,
}

impl Shell {
    pub(super) fn place_value(&mut self, place: &Place) -> Result<i64, Fault> {
        if place.index.is_some() {
            return Ok(self.value_and_key(place)?.0);
        }
        self.variable_number(place.name)
    }

    /// The number that a variable's value is, or says as an expression.
    fn variable_number(&mut self, name: Symbol) -> Result<i64, Fault> {
        if !name.is_special()
            && let Some(text) = self.plain_value(name)
        {
            if let Some(number) = plain_number(text) {
                return Ok(number);
            }
            let text = text.clone();
            return self.text_value(&text);
        }
        match self.value(name) {
            Some(text) => self.text_value(&text),
            None => self.unset_number(name),
        }
    }

    fn unset_number(&mut self, name: Symbol) -> Result<i64, Fault> {
        if self.is_set(SetOption::NoUnset) {
            let name = name.name();
            let jump = self.refuse_unset(&name);
            return Err(Fault::Jump(jump));
        }
        Ok(0)
    }

    pub(super) fn value_and_key(&mut self, place: &Place) -> Result<(i64, At), Fault> {
        if place.index.is_none() {
            return Ok((self.variable_number(place.name)?, At::Whole));
        }
        let at = self.place_key(place, false)?;
        let number = match &at {
            At::Element(name, key) => self.element_number(*name, key)?,
            At::Whole | At::Nowhere => 0,
        };
        Ok((number, at))
    }

    fn element_number(&mut self, name: Symbol, key: &Key) -> Result<i64, Fault> {
        let Some(variable) = self.seen(name) else {
            return self.unset_number(name);
        };
        match variable.element(key) {
            Some(text) => match plain_number(text) {
                Some(number) => Ok(number),
                None => self.text_value(text),
            },
            // Only an array without any element is unset.
            None if is_empty(&variable) => self.unset_number(name),
            None => Ok(0),
        }
    }

    /// Where a place stands.
    pub(super) fn place_key(&mut self, place: &Place, is_assigned: bool) -> Result<At, Fault> {
        let Some(index) = &place.index else {
            return Ok(At::Whole);
        };
        let name = self.follow(place.name);
        let variable = self.seen(name);
        if let Some(Value::Associative(_)) = variable.as_deref().map(|variable| &variable.value) {
            let key = passed(self.expand_key(index))?;
            return Ok(At::Element(name, Key::Text(key)));
        }
        let end = variable.as_deref().map_or(0, |variable| match is_assigned {
            true => variable.end(),
            false => variable.end_to_read(),
        });
        drop(variable);
        let number = passed(self.evaluate_subscript(&index.arithmetic))?;
        if let Some(number) = position(number, end) {
            return Ok(At::Element(name, Key::Number(number)));
        }
        let name = name.name();
        let shown = match is_assigned {
            true => [&name[..], b"[", &index.word.source, b"]"].concat(),
            false => name.to_vec(),
        };
        self.complain([&shown[..], b": bad array subscript"].concat());
        Ok(At::Nowhere)
    }

    /// The key of an element of an associative array.
    fn expand_key(&mut self, index: &Index) -> Flow<Text> {
        self.expand_text(&index.word)
    }

    pub(super) fn assign_place(&mut self, place: &Place, at: At, value: i64) -> Result<(), Fault> {
        match at {
            At::Nowhere => Ok(()),
            At::Whole => passed(self.assign_number(place.name, value)),
            At::Element(name, key) => {
                let text = value.to_string().into_bytes();
                passed(self.store(name, Some(key), text, false))
            }
        }
    }
}

fn is_empty(variable: &Variable) -> bool {
    match &variable.value {
        Value::Indexed(array) => array.is_empty(),
        Value::Associative(array) => array.is_empty(),
        Value::Unset => true,
        Value::Scalar(_) => false,
    }
}

fn passed<T>(flow: Flow<T>) -> Result<T, Fault> {
    match flow {
        Flow::Continue(value) => Ok(value),
        Flow::Break(jump) => Err(Fault::Jump(jump)),
    }
}

/// Writes a number in the place of a text.
pub(in crate::shell) fn write_number(number: i64, text: &mut Text) {
    text.clear();
    put_number(number, text);
}
