//! Variables as scripts see them: namerefs are followed, special ones computed, attributes applied.

mod array;
mod assign;
mod initial;
mod unset;

use std::borrow::Cow;

use super::Shell;
use super::ast::{Index, Text};
use super::flow::{Flow, Jump};
use super::symbol::Symbol;
use super::value::{Value, Variable};

/// How many namerefs may lead to one another.
const MAX_REFERENCES: usize = 8;

/// What a name stands for, with namerefs followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Variable(Symbol),
    /// A nameref to an element: the array and the text of the subscript.
    Element(Symbol, Text),
}

impl Shell {
    /// Follows namerefs. A loop of them is no variable at all.
    pub fn target(&self, name: Symbol) -> Option<Target> {
        let mut name = name;
        for _ in 0..=MAX_REFERENCES {
            let Some(variable) = self.state.variables.get(name) else {
                return Some(Target::Variable(name));
            };
            if !variable.attributes.nameref {
                return Some(Target::Variable(name));
            }
            let Value::Scalar(text) = &variable.value else {
                return Some(Target::Variable(name));
            };
            if let Some(at) = text.iter().position(|byte| *byte == b'[')
                && let Some(subscript) = text[at + 1..].strip_suffix(b"]")
            {
                return Some(Target::Element(
                    Symbol::new(&text[..at]),
                    subscript.to_vec(),
                ));
            }
            if text.is_empty() {
                return Some(Target::Variable(name));
            }
            name = Symbol::new(text);
        }
        None
    }

    /// The variable that a name stands for.
    pub fn resolved(&self, name: Symbol) -> Symbol {
        let is_reference = |variable: &Variable| variable.attributes.nameref;
        if !self.state.variables.get(name).is_some_and(is_reference) {
            return name;
        }
        match self.target(name) {
            Some(Target::Variable(name) | Target::Element(name, _)) => name,
            None => name,
        }
    }

    /// The variable of a name, computed if it is special.
    pub fn variable(&mut self, name: Symbol) -> Option<Cow<'_, Variable>> {
        let name = self.resolved(name);
        if name.is_special()
            && let Some(computed) = self.compute(name)
        {
            return Some(Cow::Owned(computed));
        }
        self.state.variables.get(name).map(Cow::Borrowed)
    }

    /// What `$name` gives; none when it is not set.
    pub fn value(&mut self, name: Symbol) -> Option<Text> {
        if !name.is_special()
            && let Some(variable) = self.state.variables.get(name)
            && !variable.attributes.nameref
        {
            return variable.text().cloned();
        }
        match self.target(name)? {
            Target::Variable(name) => self.variable(name)?.text().cloned(),
            Target::Element(name, subscript) => self.element_of_text(name, &subscript),
        }
    }

    /// The value of an element.
    pub fn element(&mut self, name: Symbol, index: &Index) -> Flow<Option<Text>> {
        let name = self.resolved(name);
        let Some(variable) = self.variable(name) else {
            return self.missing_element(name, index);
        };
        match &variable.value {
            Value::Associative(_) => {
                let key = self.key(index)?;
                let variable = self.variable(name);
                Flow::Continue(variable.and_then(|variable| match &variable.value {
                    Value::Associative(array) => array.get(&key).cloned(),
                    _ => None,
                }))
            }
            Value::Unset => self.missing_element(name, index),
            _ => {
                let number = self.evaluate(&index.arithmetic)?;
                let variable = self.variable(name);
                let (value, end) = match variable.as_deref().map(|variable| &variable.value) {
                    Some(Value::Indexed(array)) => {
                        let end = array.end();
                        let at = position(number, end);
                        (at.map(|at| array.get(at).cloned()), end)
                    }
                    Some(Value::Scalar(text)) => (
                        position(number, 1).map(|at| (at == 0).then(|| text.clone())),
                        1,
                    ),
                    _ => (Some(None), 0),
                };
                let _ = end;
                match value {
                    Some(value) => Flow::Continue(value),
                    None => {
                        self.bad_subscript(name, index);
                        Flow::Continue(None)
                    }
                }
            }
        }
    }

    /// A subscript is evaluated also when there is no array.
    fn missing_element(&mut self, _name: Symbol, index: &Index) -> Flow<Option<Text>> {
        self.evaluate(&index.arithmetic)?;
        Flow::Continue(None)
    }

    fn bad_subscript(&mut self, name: Symbol, index: &Index) {
        let name = name.name();
        self.complain([&name[..], b": bad array subscript"].concat());
        let _ = index;
    }

    /// The key of an associative array that a subscript means.
    pub fn key(&mut self, index: &Index) -> Flow<Text> {
        self.expand_text(&index.word)
    }

    /// An element whose subscript is a text.
    pub fn element_of_text(&mut self, name: Symbol, subscript: &[u8]) -> Option<Text> {
        if matches!(subscript, b"@" | b"*") {
            let items: Vec<Text> = self
                .variable(name)?
                .elements()
                .into_iter()
                .cloned()
                .collect();
            return Some(items.join(&b' '));
        }
        let subscript = &self.expanded_subscript(subscript);
        let variable = self.variable(name)?;
        match &variable.value {
            Value::Associative(array) => array.get(subscript.as_slice()).cloned(),
            value => {
                let end = match value {
                    Value::Indexed(array) => array.end(),
                    Value::Scalar(_) => 1,
                    _ => 0,
                };
                let number = match self.evaluate_text(subscript) {
                    Flow::Continue(number) => number,
                    Flow::Break(_) => return None,
                };
                let at = position(number, end)?;
                match &self.variable(name)?.value {
                    Value::Indexed(array) => array.get(at).cloned(),
                    Value::Scalar(text) if at == 0 => Some(text.clone()),
                    _ => None,
                }
            }
        }
    }

    /// The text of a subscript in a nameref, whose quotes and expansions have their meaning.
    pub(super) fn expanded_subscript(&mut self, subscript: &[u8]) -> Text {
        let is_plain = subscript
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !is_plain
            && let Ok(word) = super::parser::word_text(subscript)
            && let Flow::Continue(text) = self.expand_text(&word)
        {
            return text;
        }
        subscript.to_vec()
    }

    /// Whether a text names a nameref (`[[ -R name ]]`).
    pub fn is_nameref(&self, text: &[u8]) -> bool {
        self.attributes(Symbol::new(text)).nameref
    }

    /// Whether a variable has a value (`[[ -v name ]]`).
    pub fn is_variable_set(&mut self, text: &[u8]) -> Flow<bool> {
        use super::ast::{Subject, Subscript};

        Flow::Continue(match super::parser::parameter_name(text) {
            Some(Subject::Variable(name)) => self.value(name).is_some(),
            Some(Subject::Element(name, Subscript::Index(index))) => {
                self.element(name, &index)?.is_some()
            }
            Some(Subject::Element(name, _)) => self
                .variable(name)
                .is_some_and(|variable| !variable.elements().is_empty()),
            Some(Subject::Positional(0)) => true,
            Some(Subject::Positional(number)) => self.state.positional.len() >= number,
            _ => false,
        })
    }

    /// A text that names nothing.
    pub fn invalid_identifier(&mut self, text: &[u8]) {
        self.complain([b"`", text, b"': not a valid identifier"].concat());
    }
}

/// The place of a subscript; a negative one counts from the end. None when that is before the start.
pub fn position(number: i64, end: u64) -> Option<u64> {
    match u64::try_from(number) {
        Ok(at) => Some(at),
        Err(_) => end.checked_sub(number.unsigned_abs()),
    }
}

/// The jump of an error that ends the command which was read last.
pub fn discard<T>() -> Flow<T> {
    Flow::Break(Jump::Discard(1))
}
