//! Assignments.

use super::{Target, discard, position};
use crate::shell::Shell;
use crate::shell::ast::{
    AssignedValue, Assignment, Index, Operation, Part, Subject, Subscript, Text, Word,
};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::SetOption;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Attributes, Indexed, Value};

impl Shell {
    /// Gives a variable a value; of an array, its element 0.
    pub fn assign(&mut self, name: Symbol, value: impl Into<Text>) -> Flow<()> {
        let value = value.into();
        if !name.is_special()
            && let Some(variable) = self.state.variables.get(name)
            && variable.attributes == Attributes::default()
            && let Value::Scalar(_) = variable.value
            && !self.is_set(SetOption::AllExport)
        {
            self.state.variables.edit(name).value = Value::Scalar(value);
            return Flow::Continue(());
        }
        self.assign_slowly(name, value)
    }

    fn assign_slowly(&mut self, name: Symbol, value: Text) -> Flow<()> {
        let name = match self.target(name) {
            Some(Target::Variable(name)) => name,
            Some(Target::Element(name, subscript)) => {
                return self.assign_at(name, &subscript, value, false);
            }
            None => {
                let text = [&name.name()[..], b": circular name reference"].concat();
                self.complain(text);
                return discard();
            }
        };
        let attributes = match self.state.variables.get(name) {
            Some(variable) => variable.attributes,
            None => Attributes::default(),
        };
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        if attributes.nameref && !value.is_empty() && parser::parameter_name(&value).is_none() {
            self.invalid_identifier(&value);
            return discard();
        }
        let value = self.converted(attributes, value)?;
        if self.assign_computed(name, &value) {
            return Flow::Continue(());
        }
        let variable = self.state.variables.edit(name);
        match &mut variable.value {
            Value::Indexed(array) => array.set(0, value),
            Value::Associative(array) => array.set(b"0".to_vec(), value),
            other => *other = Value::Scalar(value),
        }
        self.assigned(name);
        Flow::Continue(())
    }

    pub(super) fn refuse_readonly<T>(&mut self, name: Symbol) -> Flow<T> {
        self.complain([&name.name()[..], b": readonly variable"].concat());
        discard()
    }

    /// What follows an assignment.
    pub(super) fn assigned(&mut self, name: Symbol) {
        if self.is_set(SetOption::AllExport) {
            self.state.variables.set_exported(name, true);
        }
        if name.is_special() {
            self.variable_assigned(name);
        }
    }

    /// A value as the attributes of its variable make it.
    pub fn converted(&mut self, attributes: Attributes, value: Text) -> Flow<Text> {
        if attributes.integer {
            let number = self.evaluate_text(&value)?;
            return Flow::Continue(number.to_string().into_bytes());
        }
        Flow::Continue(if attributes.uppercase {
            super::super::expand::uppercase(&value)
        } else if attributes.lowercase {
            super::super::expand::lowercase(&value)
        } else if attributes.capitalized {
            super::super::expand::capitalized(&value)
        } else {
            value
        })
    }

    /// Likewise for builtins: an error is said, and the answer is whether there was none.
    pub fn try_assign(&mut self, name: Symbol, value: impl Into<Text>) -> bool {
        matches!(self.assign(name, value), Flow::Continue(()))
    }

    /// Assigns to what a text names: `name` or `name[subscript]`. False, after it was said, if it names nothing.
    pub fn assign_text(&mut self, target: &[u8], value: impl Into<Text>) -> Flow<bool> {
        let assigned = match parser::parameter_name(target) {
            Some(Subject::Variable(name)) => self.assign(name, value),
            Some(Subject::Element(name, Subscript::Index(index))) => {
                self.assign_element(name, &index, value.into())
            }
            _ => {
                self.invalid_identifier(target);
                return Flow::Continue(false);
            }
        };
        match assigned {
            Flow::Continue(()) => Flow::Continue(true),
            Flow::Break(Jump::Discard(_)) => Flow::Continue(false),
            Flow::Break(jump) => Flow::Break(jump),
        }
    }

    pub fn assign_element(&mut self, name: Symbol, index: &Index, value: Text) -> Flow<()> {
        self.put_element(name, index, value, false)
    }

    /// `name[index]=value` or `+=`.
    pub fn put_element(
        &mut self,
        name: Symbol,
        index: &Index,
        value: Text,
        append: bool,
    ) -> Flow<()> {
        let name = self.resolved(name);
        let variable = self.state.variables.get(name);
        if variable.is_some_and(|variable| matches!(variable.value, Value::Associative(_))) {
            let key = self.key(index)?;
            if key.is_empty() {
                let text = [
                    &name.name()[..],
                    b"[",
                    &index.word.source,
                    b"]: bad array subscript",
                ];
                self.complain(text.concat());
                return discard();
            }
            return self.put_key(name, key, value, append);
        }
        if index.word.source.trim_ascii().is_empty() {
            let text = [
                &name.name()[..],
                b"[",
                &index.word.source,
                b"]: bad array subscript",
            ];
            self.complain(text.concat());
            return discard();
        }
        let number = self.evaluate(&index.arithmetic)?;
        self.put_at(name, number, &index.word.source, value, append)
    }

    /// An element whose subscript is a text.
    pub fn assign_at(
        &mut self,
        name: Symbol,
        subscript: &[u8],
        value: Text,
        append: bool,
    ) -> Flow<()> {
        let subscript = &self.expanded_subscript(subscript);
        let variable = self.state.variables.get(name);
        if variable.is_some_and(|variable| matches!(variable.value, Value::Associative(_))) {
            return self.put_key(name, subscript.clone(), value, append);
        }
        let number = self.evaluate_text(subscript)?;
        self.put_at(name, number, subscript, value, append)
    }

    pub(super) fn put_key(
        &mut self,
        name: Symbol,
        key: Text,
        value: Text,
        append: bool,
    ) -> Flow<()> {
        let attributes = self.attributes(name);
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        let before = match self
            .state
            .variables
            .get(name)
            .map(|variable| &variable.value)
        {
            Some(Value::Associative(array)) if append => array.get(&key).cloned(),
            _ => None,
        };
        let value = self.appended(attributes, before, value)?;
        if let Value::Associative(array) = &mut self.state.variables.edit(name).value {
            array.set(key, value);
        }
        self.assigned(name);
        Flow::Continue(())
    }

    fn put_at(
        &mut self,
        name: Symbol,
        number: i64,
        source: &[u8],
        value: Text,
        append: bool,
    ) -> Flow<()> {
        let attributes = self.attributes(name);
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        let (end, before) = match self
            .state
            .variables
            .get(name)
            .map(|variable| &variable.value)
        {
            Some(Value::Indexed(array)) => {
                let end = array.end();
                let at = position(number, end).filter(|_| append);
                (end, at.and_then(|at| array.get(at).cloned()))
            }
            Some(Value::Scalar(text)) => (1, (append && number == 0).then(|| text.clone())),
            _ => (0, None),
        };
        let Some(at) = position(number, end) else {
            let text = [&name.name()[..], b"[", source, b"]: bad array subscript"].concat();
            self.complain(text);
            return discard();
        };
        let value = self.appended(attributes, before, value)?;
        if self.assign_computed_element(name, at, &value) {
            return Flow::Continue(());
        }
        let variable = self.state.variables.edit(name);
        into_indexed(&mut variable.value).set(at, value);
        self.assigned(name);
        Flow::Continue(())
    }

    /// What `+=` makes of a value and the one before.
    pub(super) fn appended(
        &mut self,
        attributes: Attributes,
        before: Option<Text>,
        value: Text,
    ) -> Flow<Text> {
        let Some(before) = before else {
            return self.converted(attributes, value);
        };
        if attributes.integer {
            let sum = self.evaluate_text(&before)?;
            let sum = sum.wrapping_add(self.evaluate_text(&value)?);
            return Flow::Continue(sum.to_string().into_bytes());
        }
        self.converted(attributes, [before, value].concat())
    }

    pub fn attributes(&self, name: Symbol) -> Attributes {
        let variable = self.state.variables.get(name);
        variable
            .map(|variable| variable.attributes)
            .unwrap_or_default()
    }

    /// Carries out an assignment of a simple command.
    pub fn execute_assignment(&mut self, assignment: &Assignment) -> Flow<()> {
        let name = assignment.name;
        match (&assignment.value, &assignment.subscript) {
            (AssignedValue::Scalar(word), Some(index)) => {
                let value = self.expand_text(word)?;
                self.put_element(name, index, value, assignment.append)
            }
            (AssignedValue::Scalar(word), None) if assignment.append => self.append(name, word),
            (AssignedValue::Scalar(word), None) => {
                if let Some(rest) = self.appended_to_itself(name, word) {
                    let more = self.expand_parts(rest)?;
                    return self.append_text(name, &more);
                }
                let value = self.expand_text(word)?;
                self.assign(name, value)
            }
            (AssignedValue::Array(elements), None) => {
                self.assign_array(name, elements, assignment.append)
            }
            (AssignedValue::Array(_), Some(index)) => {
                let text = [&name.name()[..], b"[", &index.word.source];
                let problem = b"]: cannot assign list to array member";
                self.complain([text.concat().as_slice(), problem].concat());
                discard()
            }
        }
    }

    /// The rest of a word that begins with the plain value of the variable it is assigned to (`s="$s…"`): such an assignment
    /// appends. What follows must not look at the variable.
    fn appended_to_itself<'w>(&self, name: Symbol, word: &'w Word) -> Option<&'w [Part]> {
        let [Part::DoubleQuoted(parts)] = word.parts.as_slice() else {
            return self.plain_rest(name, &word.parts);
        };
        self.plain_rest(name, parts)
    }

    fn plain_rest<'w>(&self, name: Symbol, parts: &'w [Part]) -> Option<&'w [Part]> {
        let (first, rest) = parts.split_first()?;
        let is_value_of = |part: &Part, wanted: Option<Symbol>| match part {
            Part::Parameter(parameter)
                if !parameter.indirect && parameter.operation == Operation::Value =>
            {
                match parameter.subject {
                    Subject::Variable(found) => wanted.is_none_or(|wanted| wanted == found),
                    Subject::Positional(_) => wanted.is_none(),
                    _ => false,
                }
            }
            _ => false,
        };
        let is_other = |part: &Part| match part {
            Part::Literal(_) | Part::Quoted(_) => true,
            part => is_value_of(part, None) && !is_value_of(part, Some(name)),
        };
        let attributes = self.attributes(name);
        let is_plain = !name.is_special()
            && attributes
                == Attributes {
                    exported: attributes.exported,
                    ..Attributes::default()
                }
            && matches!(self.state.variables.get(name)?.value, Value::Scalar(_));
        (is_plain
            && !rest.is_empty()
            && is_value_of(first, Some(name))
            && rest.iter().all(is_other))
        .then_some(rest)
    }

    fn append_text(&mut self, name: Symbol, more: &[u8]) -> Flow<()> {
        if let Value::Scalar(text) = &mut self.state.variables.edit(name).value {
            text.extend_from_slice(more);
        }
        Flow::Continue(())
    }

    fn append(&mut self, name: Symbol, word: &Word) -> Flow<()> {
        let more = self.expand_text(word)?;
        let name = match self.target(name) {
            Some(Target::Element(name, subscript)) => {
                return self.assign_at(name, &subscript, more, true);
            }
            Some(Target::Variable(name)) => name,
            None => name,
        };
        let attributes = self.attributes(name);
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        if attributes == Attributes::default()
            && !name.is_special()
            && self.state.variables.get(name).is_some()
        {
            let variable = self.state.variables.edit(name);
            match &mut variable.value {
                Value::Scalar(text) => text.extend_from_slice(&more),
                Value::Unset => variable.value = Value::Scalar(more),
                Value::Indexed(array) => match array.get_mut(0) {
                    Some(text) => text.extend_from_slice(&more),
                    None => array.set(0, more),
                },
                Value::Associative(array) => match array.get_mut(b"0") {
                    Some(text) => text.extend_from_slice(&more),
                    None => array.set(b"0".to_vec(), more),
                },
            }
            self.assigned(name);
            return Flow::Continue(());
        }
        let before = self.value(name);
        let value = self.appended(attributes, before, more)?;
        self.assign(name, value)
    }
}

/// A value as an indexed array: a scalar becomes element 0.
pub(super) fn into_indexed(value: &mut Value) -> &mut Indexed {
    if !matches!(value, Value::Indexed(_)) {
        let mut array = Indexed::default();
        if let Value::Scalar(text) = std::mem::take(value) {
            array.set(0, text);
        }
        *value = Value::Indexed(array);
    }
    match value {
        Value::Indexed(array) => array,
        _ => unreachable!("it was made one"),
    }
}
