//! Assignments: attributes are applied, readonly variables refused, and special ones do what they do.

use super::{Key, Referent, discard};
use crate::shell::Shell;
use crate::shell::arithmetic::write_number;
use crate::shell::ast::{
    AssignedValue, Assignment, Index, Operation, Parameter, Part, Subject, Subscript, Text, Word,
};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::SetOption;
use crate::shell::pattern::characters;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Attributes, Indexed, Value, Variable};

impl Attributes {
    /// Whether a value is stored as it is.
    fn takes_any_value(self) -> bool {
        let Self {
            exported: _,
            readonly,
            integer,
            lowercase,
            uppercase,
            capitalized,
            nameref,
            traced: _,
        } = self;
        !(readonly || integer || lowercase || uppercase || capitalized || nameref)
    }

    fn takes_numbers(self) -> bool {
        Self {
            integer: false,
            ..self
        }
        .takes_any_value()
    }

    fn changes_case(self) -> bool {
        self.lowercase || self.uppercase || self.capitalized
    }
}

impl Value {
    /// The text that `$name` gives, to be changed; it is made when there is none.
    pub(in crate::shell) fn text_mut(&mut self) -> &mut Text {
        if matches!(self, Self::Unset) {
            *self = Self::Scalar(Text::new());
        }
        match self {
            Self::Unset => unreachable!("it was made a scalar"),
            Self::Scalar(text) => text,
            Self::Indexed(array) => {
                if array.get(0).is_none() {
                    array.set(0, Text::new());
                }
                array.get_mut(0).expect("it was made")
            }
            Self::Associative(array) => {
                if array.get(b"0").is_none() {
                    array.set(b"0".to_vec(), Text::new());
                }
                array.get_mut(b"0").expect("it was made")
            }
        }
    }

    pub(super) fn set(&mut self, key: Key, text: Text) {
        match (&mut *self, key) {
            (Self::Associative(array), Key::Text(key)) => array.set(key, text),
            (Self::Associative(array), Key::Number(index)) => {
                array.set(index.to_string().into_bytes(), text);
            }
            (value, Key::Number(index)) => value.indexed().set(index, text),
            // No text is a key of an indexed array.
            (value, Key::Text(_)) => value.indexed().set(0, text),
        }
    }

    /// The value as an indexed array: a scalar becomes its element 0.
    pub(super) fn indexed(&mut self) -> &mut Indexed {
        if !matches!(self, Self::Indexed(_)) {
            let mut array = Indexed::default();
            if let Self::Scalar(text) = std::mem::take(self) {
                array.set(0, text);
            }
            *self = Self::Indexed(array);
        }
        match self {
            Self::Indexed(array) => array,
            _ => unreachable!("it was made an array"),
        }
    }
}

impl Shell {
    /// `name=value`; of an array, element 0 is set.
    pub fn assign(&mut self, name: Symbol, value: impl Into<Text>) -> Flow<()> {
        let value = value.into();
        let variable = self.state.variables.get(name);
        let is_plain = match variable {
            Some(variable) => variable.attributes.takes_any_value(),
            None => true,
        };
        if is_plain && !name.is_special() && !self.is_set(SetOption::AllExport) {
            *self.state.variables.edit(name).value.text_mut() = value;
            return Flow::Continue(());
        }
        self.assign_with_effects(name, value, false)
    }

    /// `name+=value`, in place.
    pub(crate) fn append(&mut self, name: Symbol, value: &[u8]) -> Flow<()> {
        let variable = self.state.variables.get(name);
        let is_plain = match variable {
            Some(variable) => variable.attributes.takes_any_value(),
            None => true,
        };
        if is_plain && !name.is_special() && !self.is_set(SetOption::AllExport) {
            let variable = self.state.variables.edit(name);
            variable.value.text_mut().extend_from_slice(value);
            return Flow::Continue(());
        }
        self.assign_with_effects(name, value.to_vec(), true)
    }

    /// Sets a variable to a number, in place.
    pub(in crate::shell) fn assign_number(&mut self, name: Symbol, number: i64) -> Flow<()> {
        let is_plain = match self.state.variables.get(name) {
            Some(variable) => variable.attributes.takes_numbers(),
            None => true,
        };
        if is_plain && !name.is_special() && !self.is_set(SetOption::AllExport) {
            let variable = self.state.variables.edit(name);
            write_number(number, variable.value.text_mut());
            return Flow::Continue(());
        }
        self.assign_with_effects(name, number.to_string().into_bytes(), false)
    }

    /// Likewise for builtins: says whether it was done; it has complained if not.
    pub fn try_assign(&mut self, name: Symbol, value: impl Into<Text>) -> Flow<bool> {
        survived(self.assign(name, value))
    }

    /// Assigns to `name` or `name[subscript]`. Says whether it was done; it has complained if not.
    pub fn assign_text(&mut self, target: &[u8], value: impl Into<Text>) -> Flow<bool> {
        let assigned = match super::name::subject(target) {
            Some(Subject::Variable(name)) => self.assign(name, value),
            Some(Subject::Element(name, Subscript::Index(index))) => {
                self.assign_element(name, &index, value)
            }
            Some(Subject::Element(..)) => {
                self.complain([target, b": bad array subscript"].concat());
                return Flow::Continue(false);
            }
            _ => {
                self.invalid_identifier(target);
                return Flow::Continue(false);
            }
        };
        survived(assigned)
    }

    fn assign_with_effects(&mut self, name: Symbol, value: Text, appends: bool) -> Flow<()> {
        let name = match self.resolve(name) {
            Referent::Variable(name) => name,
            Referent::Global(name) => {
                let old = self
                    .state
                    .variables
                    .global(name)
                    .cloned()
                    .unwrap_or_default();
                let value = self.combined(old.attributes, old.text(), value, appends)?;
                *self.state.variables.edit_global(name).value.text_mut() = value;
                return Flow::Continue(());
            }
            Referent::Element(name, Subscript::Index(index)) => {
                let key = self.key_to_write(name, &index)?;
                return self.store(name, Some(key), value, appends);
            }
            Referent::Element(name, _) => {
                self.complain([&name.name()[..], b": bad array subscript"].concat());
                return discard();
            }
            Referent::Nothing => return discard(),
        };
        self.store(name, None, value, appends)
    }

    /// `name[subscript]=value`
    pub fn assign_element(
        &mut self,
        name: Symbol,
        index: &Index,
        value: impl Into<Text>,
    ) -> Flow<()> {
        let name = self.array_of(name)?;
        let key = self.key_to_write(name, index)?;
        self.store(name, Some(key), value.into(), false)
    }

    /// `name[subscript]=value` or `+=`.
    pub fn put_element(
        &mut self,
        name: Symbol,
        index: &Index,
        value: Text,
        appends: bool,
    ) -> Flow<()> {
        let name = self.array_of(name)?;
        let key = self.key_to_write(name, index)?;
        self.store(name, Some(key), value, appends)
    }

    /// Stores a value in a variable, or in an element of it, that is no nameref with a value.
    pub(in crate::shell) fn store(
        &mut self,
        name: Symbol,
        key: Option<Key>,
        value: Text,
        appends: bool,
    ) -> Flow<()> {
        let attributes = match self.state.variables.get(name) {
            Some(variable) => variable.attributes,
            None => Attributes::default(),
        };
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        if attributes.nameref && super::name::subject(&value).is_none() {
            self.invalid_identifier(&value);
            return discard();
        }
        if name.is_special() && self.is_computed(name) {
            let old = appends.then(|| self.seen(name)).flatten();
            let value = match old.as_deref().and_then(Variable::text) {
                Some(old) if key.is_none() => {
                    let attributes = self.attributes(name);
                    self.combined(attributes, Some(old), value.clone(), true)?
                }
                _ => value.clone(),
            };
            if self.assign_special(name, key.as_ref(), &value)? {
                return Flow::Continue(());
            }
        }
        let needs_old = appends || attributes.integer;
        let value = if attributes.takes_any_value() && !appends {
            value
        } else if needs_old || attributes.changes_case() {
            let variable = self.state.variables.shared(name).cloned();
            let old = variable.as_deref().and_then(|variable| match &key {
                Some(key) => variable.element(key),
                None => variable.text(),
            });
            let old = old.cloned();
            drop(variable);
            self.combined(attributes, old.as_ref(), value, appends)?
        } else {
            value
        };
        let all_export = self.is_set(SetOption::AllExport);
        let variable = self.state.variables.edit(name);
        match key {
            Some(key) => variable.value.set(key, value),
            None => *variable.value.text_mut() = value,
        }
        let is_array = variable.is_array();
        if all_export && !attributes.exported && !is_array {
            self.state.variables.set_exported(name, true);
        }
        if name.is_special() {
            self.variable_assigned(name);
        }
        Flow::Continue(())
    }

    pub(super) fn refuse_readonly<T>(&mut self, name: Symbol) -> Flow<T> {
        self.complain([&name.name()[..], b": readonly variable"].concat());
        discard()
    }

    /// A value as the attributes of its variable make it.
    pub fn converted(&mut self, attributes: Attributes, value: Text) -> Flow<Text> {
        self.combined(attributes, None, value, false)
    }

    /// Likewise, with the value of before if the new one is appended to it.
    pub(super) fn combined(
        &mut self,
        attributes: Attributes,
        old: Option<&Text>,
        value: Text,
        appends: bool,
    ) -> Flow<Text> {
        if attributes.integer {
            let mut number = self.evaluate_number(&value)?;
            if appends && let Some(old) = old {
                number = self.evaluate_number(old)?.wrapping_add(number);
            }
            return Flow::Continue(number.to_string().into_bytes());
        }
        let value = match old {
            Some(old) if appends => [&old[..], &value].concat(),
            _ => value,
        };
        Flow::Continue(match attributes.changes_case() {
            true => with_case(attributes, &value),
            false => value,
        })
    }

    /// An assignment that stands before a command or alone.
    pub fn execute_assignment(&mut self, assignment: &Assignment) -> Flow<()> {
        let name = assignment.name;
        match (&assignment.value, &assignment.subscript) {
            (AssignedValue::Scalar(word), None) => {
                if assignment.append {
                    let value = self.expand_text(word)?;
                    return self.append(name, &value);
                }
                if let Some(rest) = continued(name, word)
                    && self.plain_value(name).is_some()
                {
                    let value = self.expand_parts_as_text(&rest)?;
                    return self.append(name, &value);
                }
                let value = self.expand_text(word)?;
                self.assign(name, value)
            }
            (AssignedValue::Scalar(word), Some(index)) => {
                let value = self.expand_text(word)?;
                self.put_element(name, index, value, assignment.append)
            }
            (AssignedValue::Array(elements), None) => {
                self.assign_array(name, elements, assignment.append)
            }
            (AssignedValue::Array(_), Some(index)) => {
                let name = name.name();
                let source = &index.word.source;
                self.complain(
                    [
                        &name[..],
                        b"[",
                        source,
                        b"]: cannot assign list to array member",
                    ]
                    .concat(),
                );
                discard()
            }
        }
    }
}

/// What is behind the value of a variable in what is assigned to it (`s="$s…"`), if that cannot change the variable: it is
/// appended then, and the value not copied.
fn continued(name: Symbol, word: &Word) -> Option<Vec<&Part>> {
    let is_value = |part: &Part| match part {
        Part::Parameter(parameter) => is_plain_value(parameter, Some(name)),
        _ => false,
    };
    let parts: Vec<&Part> = match word.parts.as_slice() {
        [Part::DoubleQuoted(inner), rest @ ..] if inner.first().is_some_and(is_value) => {
            inner[1..].iter().chain(rest).collect()
        }
        [first, rest @ ..] if is_value(first) => rest.iter().collect(),
        _ => return None,
    };
    let is_harmless = |part: &&Part| match part {
        Part::Literal(_) | Part::Quoted(_) => true,
        Part::Parameter(parameter) => is_plain_value(parameter, None),
        Part::DoubleQuoted(inner) => inner.iter().all(|part| match part {
            Part::Quoted(_) => true,
            Part::Parameter(parameter) => is_plain_value(parameter, None),
            _ => false,
        }),
        _ => false,
    };
    parts.iter().all(is_harmless).then_some(parts)
}

/// Whether a parameter is a variable's value as it is.
fn is_plain_value(parameter: &Parameter, of: Option<Symbol>) -> bool {
    let is_meant = match (&parameter.subject, of) {
        (Subject::Variable(name), Some(of)) => *name == of,
        (Subject::Variable(_) | Subject::Positional(_), None) => true,
        _ => false,
    };
    is_meant && !parameter.indirect && parameter.operation == Operation::Value
}

/// A text in the case that the attributes ask for.
fn with_case(attributes: Attributes, text: &[u8]) -> Text {
    let mut out = Text::with_capacity(text.len());
    let mut at = 0;
    while let Some((character, width)) = characters::at(text, at) {
        let is_first = at == 0;
        let changed = if attributes.uppercase || attributes.capitalized && is_first {
            character.uppercase()
        } else {
            character.lowercase()
        };
        match changed.to_char() {
            Some(changed) => {
                out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes());
            }
            None => out.extend_from_slice(&text[at..at + width]),
        }
        at += width;
    }
    out
}

impl Variable {
    /// Puts a text in the place of the value, or of element 0.
    pub fn put(&mut self, text: Text) {
        *self.value.text_mut() = text;
    }
}

/// Whether an assignment was made, for a command that goes on without it.
pub fn survived(assigned: Flow<()>) -> Flow<bool> {
    match assigned {
        Flow::Continue(()) => Flow::Continue(true),
        Flow::Break(Jump::Discard(Error::Command, _)) => Flow::Continue(false),
        Flow::Break(jump) => Flow::Break(jump),
    }
}
