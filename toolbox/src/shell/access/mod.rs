//! Variables as scripts see them: namerefs are followed, special ones are computed.

mod array;
mod assign;
mod name;
mod startup;
mod unset;

use std::ops::ControlFlow;
use std::rc::Rc;

use super::Shell;
use super::ast::{Index, Subject, Subscript, Text};
use super::flow::{Error, Flow, Jump};
use super::symbol::Symbol;
use super::value::{Attributes, Value, Variable};

pub use self::assign::survived;
pub(super) use self::name::subject;
pub use self::name::{is_name, is_target};
pub use self::startup::is_seen_by_scripts;

/// The number of the user that the shell runs as.
pub(super) fn user_number() -> String {
    startup::user_ids().0.to_string()
}

/// Which element of an array is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Number(u64),
    Text(Text),
}

/// What a name stands for when namerefs are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Variable(Symbol),
    /// A nameref to an element: the array and the text of the subscript.
    Element(Symbol, Text),
}

/// Likewise, with the subscript read.
pub(super) enum Referent {
    Variable(Symbol),
    /// The variable that is seen outside of functions: a local nameref has its own name as value.
    Global(Symbol),
    /// A nameref with a subscript.
    Element(Symbol, Subscript),
    /// Namerefs that lead back to themselves, or to what is no name.
    Nothing,
}

/// How many namerefs may lead to each other.
const LONGEST_CHAIN: usize = 8;

impl Shell {
    /// What `$name` gives.
    pub fn value(&mut self, name: Symbol) -> Option<Text> {
        match self.resolve(name) {
            Referent::Variable(name) => self.seen(name)?.text().cloned(),
            Referent::Global(name) => self.state.variables.global(name)?.text().cloned(),
            Referent::Element(name, Subscript::Index(index)) => match self.element(name, &index) {
                ControlFlow::Continue(text) => text,
                ControlFlow::Break(_) => None,
            },
            Referent::Element(name, _) => {
                let variable = self.seen(name)?;
                let elements = variable.elements();
                let mut text = Text::new();
                for (number, element) in elements.into_iter().enumerate() {
                    if number > 0 {
                        text.push(b' ');
                    }
                    text.extend_from_slice(element);
                }
                Some(text)
            }
            Referent::Nothing => None,
        }
    }

    /// The value of a variable that is no special one and no nameref, without a copy.
    pub(super) fn plain_value(&self, name: Symbol) -> Option<&Text> {
        let variable = self.state.variables.get(name)?;
        if variable.attributes.nameref || name.is_special() && self.is_computed(name) {
            return None;
        }
        variable.text()
    }

    /// The variable of a name; that of the name at the end of namerefs. A special one has the value that it has now.
    pub fn variable(&mut self, name: Symbol) -> Option<Rc<Variable>> {
        match self.resolve(name) {
            Referent::Variable(name) => self.seen(name),
            Referent::Global(name) => self.state.variables.global(name).cloned().map(Rc::new),
            Referent::Element(..) | Referent::Nothing => None,
        }
    }

    /// The variable of the name itself, be it a nameref. A special one has the value that it has now.
    pub fn seen(&mut self, name: Symbol) -> Option<Rc<Variable>> {
        if name.is_special()
            && let Some(computed) = self.compute(name)
        {
            return Some(Rc::new(computed));
        }
        self.state.variables.shared(name).cloned()
    }

    /// Whether `$name` has a value.
    pub fn is_name_set(&mut self, name: Symbol) -> bool {
        match self.resolve(name) {
            Referent::Variable(name) if !name.is_special() => {
                let variable = self.state.variables.get(name);
                variable.is_some_and(|variable| variable.text().is_some())
            }
            _ => self.value(name).is_some(),
        }
    }

    /// The name at the end of namerefs: where `declare` and the like go.
    pub fn follow(&mut self, name: Symbol) -> Symbol {
        match self.resolve(name) {
            Referent::Variable(end) | Referent::Global(end) | Referent::Element(end, _) => end,
            Referent::Nothing => name,
        }
    }

    /// Follows namerefs, without a word of what is wrong with them. A loop of them is no variable at all.
    pub fn target(&self, name: Symbol) -> Option<Target> {
        let mut at = name;
        for _ in 0..=LONGEST_CHAIN {
            let Some(text) = self.reference(at) else {
                return Some(Target::Variable(at));
            };
            if let Some(bracket) = text.iter().position(|&byte| byte == b'[') {
                let (array, subscript) = text.split_at(bracket);
                let subscript = subscript.strip_prefix(b"[")?.strip_suffix(b"]")?;
                return Some(Target::Element(Symbol::new(array), subscript.to_vec()));
            }
            at = Symbol::new(text);
        }
        None
    }

    /// The variable that a name stands for.
    pub fn resolved(&self, name: Symbol) -> Symbol {
        if self.reference(name).is_none() {
            return name;
        }
        match self.target(name) {
            Some(Target::Variable(end) | Target::Element(end, _)) => end,
            None => name,
        }
    }

    /// What a nameref names; none of other variables, and of one without a value.
    fn reference(&self, name: Symbol) -> Option<&Text> {
        let variable = self.state.variables.get(name)?;
        let is_reference = variable.attributes.nameref;
        variable
            .text()
            .filter(|text| is_reference && !text.is_empty())
    }

    /// The value of a nameref; of several that lead to each other, that of the last one. None for too many, and for one
    /// without a value.
    pub fn nameref_text(&self, name: Symbol) -> Option<Text> {
        let mut text = self.reference(name)?;
        for _ in 0..LONGEST_CHAIN {
            let next = Symbol::new(text);
            if !self.attributes(next).nameref {
                return Some(text.clone());
            }
            text = self.reference(next)?;
        }
        None
    }

    pub fn attributes(&self, name: Symbol) -> Attributes {
        let variable = self.state.variables.get(name);
        variable.map_or_else(Attributes::default, |variable| variable.attributes)
    }

    pub(super) fn resolve(&mut self, name: Symbol) -> Referent {
        let Some(variable) = self.state.variables.get(name) else {
            return Referent::Variable(name);
        };
        if !variable.attributes.nameref {
            return Referent::Variable(name);
        }
        self.resolve_nameref(name)
    }

    fn resolve_nameref(&mut self, name: Symbol) -> Referent {
        let mut at = name;
        for _ in 0..=LONGEST_CHAIN {
            let Some(variable) = self.state.variables.get(at) else {
                return Referent::Variable(at);
            };
            if !variable.attributes.nameref {
                return Referent::Variable(at);
            }
            let Some(text) = variable.text() else {
                // Without a value it stands for itself: the first assignment says whose name it is.
                return match at == name {
                    true => Referent::Variable(at),
                    false => Referent::Nothing,
                };
            };
            let next = match name::subject(text) {
                Some(Subject::Variable(next)) => next,
                Some(Subject::Element(next, subscript)) => {
                    return Referent::Element(next, subscript);
                }
                _ => return Referent::Nothing,
            };
            if next == name {
                self.complain(
                    [b"warning: ", &name.name()[..], b": circular name reference"].concat(),
                );
                return match self.state.variables.is_local(at) && at == name {
                    true => Referent::Global(name),
                    false => Referent::Nothing,
                };
            }
            at = next;
        }
        Referent::Nothing
    }

    /// `${name[subscript]}`
    pub fn element(&mut self, name: Symbol, index: &Index) -> Flow<Option<Text>> {
        let name = self.follow(name);
        let variable = self.seen(name);
        let Some(key) = self.key_to_read(variable.as_deref(), index)? else {
            self.complain_of_subscript(name);
            return Flow::Continue(None);
        };
        let text = variable.and_then(|variable| variable.element(&key).cloned());
        Flow::Continue(text)
    }

    /// The key that a subscript means in what is there: none when it is before the first element.
    pub(super) fn key_to_read(
        &mut self,
        variable: Option<&Variable>,
        index: &Index,
    ) -> Flow<Option<Key>> {
        if let Some(Value::Associative(_)) = variable.map(|variable| &variable.value) {
            return Flow::Continue(Some(Key::Text(self.expand_text(&index.word)?)));
        }
        let number = self.evaluate_subscript(&index.arithmetic)?;
        let end = variable.map_or(0, Variable::end_to_read);
        Flow::Continue(position(number, end).map(Key::Number))
    }

    /// Refuses to take what a nameref with a subscript stands for as an array.
    pub(super) fn array_of(&mut self, name: Symbol) -> Flow<Symbol> {
        if let Some(element) = self.named_element(name) {
            self.invalid_identifier(&element);
            return discard();
        }
        Flow::Continue(self.follow(name))
    }

    /// The element that a nameref leads to, as text; none of other names.
    pub fn named_element(&self, name: Symbol) -> Option<Text> {
        if !self.attributes(name).nameref {
            return None;
        }
        match self.target(name)? {
            Target::Element(array, subscript) => {
                Some([&array.name()[..], b"[", &subscript, b"]"].concat())
            }
            Target::Variable(_) => None,
        }
    }

    pub(super) fn complain_of_subscript(&mut self, name: Symbol) {
        self.complain([&name.name()[..], b": bad array subscript"].concat());
    }

    /// The key that a subscript means for an assignment; it is refused when it is before the first element.
    pub(super) fn key_to_write(&mut self, name: Symbol, index: &Index) -> Flow<Key> {
        let variable = self.seen(name);
        let value = variable.as_ref().map(|variable| &variable.value);
        if let Some(Value::Associative(_)) = value {
            let key = self.expand_text(&index.word)?;
            if key.is_empty() {
                return self.bad_subscript(name, index);
            }
            return Flow::Continue(Key::Text(key));
        }
        if index.word.source.is_empty() {
            return self.bad_subscript(name, index);
        }
        let end = variable.as_deref().map_or(0, Variable::end);
        drop(variable);
        let number = self.evaluate_subscript(&index.arithmetic)?;
        match position(number, end) {
            Some(number) => Flow::Continue(Key::Number(number)),
            None => self.bad_subscript(name, index),
        }
    }

    fn bad_subscript<T>(&mut self, name: Symbol, index: &Index) -> Flow<T> {
        let name = name.name();
        let shown = [
            &name[..],
            b"[",
            &index.word.source,
            b"]: bad array subscript",
        ]
        .concat();
        self.complain(shown);
        discard()
    }

    /// Whether a text names a nameref that refers to something (`[[ -R name ]]`).
    pub fn is_nameref(&self, text: &[u8]) -> bool {
        let variable = self.state.variables.get(Symbol::new(text));
        variable.is_some_and(|variable| variable.attributes.nameref && variable.text().is_some())
    }

    /// Whether a variable has a value (`[[ -v name ]]`).
    pub fn is_variable_set(&mut self, text: &[u8]) -> Flow<bool> {
        Flow::Continue(match subject(text) {
            // What a nameref with a subscript stands for is no name.
            Some(Subject::Variable(name) | Subject::Element(name, _))
                if self.named_element(name).is_some() =>
            {
                false
            }
            Some(Subject::Variable(name)) => self.is_name_set(name),
            Some(Subject::Element(name, Subscript::Index(index))) => {
                self.element(name, &index)?.is_some()
            }
            Some(Subject::Element(name, subscript)) => match self.variable(name) {
                Some(variable) => match &variable.value {
                    // These are keys like others.
                    Value::Associative(array) => {
                        let key: &[u8] = match subscript {
                            Subscript::Each => b"@",
                            _ => b"*",
                        };
                        array.get(key).is_some()
                    }
                    _ => !variable.elements().is_empty(),
                },
                None => false,
            },
            Some(Subject::Positional(0)) => true,
            Some(Subject::Positional(number)) => self.state.positional.len() >= number,
            _ => false,
        })
    }

    /// Says that a text names nothing.
    pub fn invalid_identifier(&mut self, text: &[u8]) {
        self.complain([b"`", text, b"': not a valid identifier"].concat());
    }

    /// The keys of an array, as text: of a scalar, `0`.
    pub fn array_indices(&mut self, name: Symbol) -> Vec<Text> {
        let Some(variable) = self.variable(name) else {
            return Vec::new();
        };
        variable.keys()
    }
}

/// The jump of an error that ends the command which was read last.
pub fn discard<T>() -> Flow<T> {
    Flow::Break(Jump::Discard(Error::Command, 1))
}

/// The place of a subscript; a negative one counts from the end. None when that is before the start.
pub fn position(number: i64, end: u64) -> Option<u64> {
    match u64::try_from(number) {
        Ok(number) => Some(number),
        Err(_) => end.checked_add_signed(number),
    }
}

impl Variable {
    /// One more than the highest index that is set: what negative subscripts count from.
    pub(super) fn end(&self) -> u64 {
        match &self.value {
            Value::Unset | Value::Associative(_) => 0,
            Value::Scalar(_) => 1,
            Value::Indexed(array) => array.end(),
        }
    }

    /// Likewise for a look: a scalar has no negative subscripts then.
    pub(super) fn end_to_read(&self) -> u64 {
        match &self.value {
            Value::Indexed(array) => array.end(),
            _ => 0,
        }
    }

    pub(super) fn element(&self, key: &Key) -> Option<&Text> {
        match (&self.value, key) {
            (Value::Scalar(text), Key::Number(0)) => Some(text),
            (Value::Indexed(array), Key::Number(index)) => array.get(*index),
            (Value::Associative(array), Key::Text(key)) => array.get(key),
            _ => None,
        }
    }

    /// Whether it was never given a value, be it an empty array.
    pub(super) fn is_declared_only(&self) -> bool {
        match &self.value {
            Value::Unset => true,
            Value::Scalar(_) => false,
            Value::Indexed(array) => array.is_declared_only(),
            Value::Associative(array) => array.is_declared_only(),
        }
    }

    pub(super) fn keys(&self) -> Vec<Text> {
        match &self.value {
            Value::Unset => Vec::new(),
            Value::Scalar(_) => vec![b"0".to_vec()],
            Value::Indexed(array) => array
                .iter()
                .map(|(index, _)| index.to_string().into_bytes())
                .collect(),
            Value::Associative(array) => array
                .iter()
                .into_iter()
                .map(|(key, _)| key.clone())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
