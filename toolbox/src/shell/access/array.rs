//! Assignments of whole arrays: `name=(…)`.

use super::assign::into_indexed;
use super::{discard, position};
use crate::shell::Shell;
use crate::shell::ast::{ArrayElement, Index, Text};
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Attributes, Indexed, Value};

impl Shell {
    pub fn assign_array(
        &mut self,
        name: Symbol,
        elements: &[ArrayElement],
        append: bool,
    ) -> Flow<()> {
        let name = self.resolved(name);
        let attributes = self.attributes(name);
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        let value = self
            .state
            .variables
            .get(name)
            .map(|variable| &variable.value);
        if matches!(value, Some(Value::Associative(_))) {
            self.assign_associative(name, elements, append)?;
        } else {
            self.assign_indexed(name, elements, append)?;
        }
        self.assigned(name);
        Flow::Continue(())
    }

    fn assign_indexed(
        &mut self,
        name: Symbol,
        elements: &[ArrayElement],
        append: bool,
    ) -> Flow<()> {
        let attributes = self.attributes(name);
        // All values are expanded before the array changes; the subscripts see the elements before them.
        let mut values: Vec<(Option<&Index>, bool, Text)> = Vec::with_capacity(elements.len());
        for element in elements {
            match &element.subscript {
                None => {
                    let fields = self.expand_words(std::slice::from_ref(&element.value))?;
                    values.extend(fields.into_iter().map(|field| (None, false, field)));
                }
                Some(index) => {
                    let text = self.expand_text(&element.value)?;
                    values.push((Some(index), element.append, text));
                }
            }
        }
        let variable = self.state.variables.edit(name);
        if append {
            into_indexed(&mut variable.value);
        } else {
            variable.value = Value::Indexed(Indexed::default());
        }
        let is_plain = attributes
            == Attributes {
                exported: attributes.exported,
                ..Attributes::default()
            };
        if is_plain && values.iter().all(|(index, _, _)| index.is_none()) {
            if let Value::Indexed(array) = &mut self.state.variables.edit(name).value {
                let next = array.end();
                for (at, (_, _, text)) in (next..).zip(values) {
                    array.set(at, text);
                }
            }
            return Flow::Continue(());
        }
        let end = |shell: &Self| match shell
            .state
            .variables
            .get(name)
            .map(|variable| &variable.value)
        {
            Some(Value::Indexed(array)) => array.end(),
            _ => 0,
        };
        let mut next = end(self);
        for (index, appends, text) in values {
            let mut at = next;
            if let Some(index) = index {
                let number = self.evaluate(&index.arithmetic)?;
                let Some(place) = position(number, end(self)) else {
                    let text = [
                        b"[",
                        index.word.source.as_slice(),
                        b"]: bad array subscript",
                    ]
                    .concat();
                    self.complain(text);
                    continue;
                };
                at = place;
            }
            let before = match self
                .state
                .variables
                .get(name)
                .map(|variable| &variable.value)
            {
                Some(Value::Indexed(array)) if appends => array.get(at).cloned(),
                _ => None,
            };
            let text = self.appended(attributes, before, text)?;
            if let Value::Indexed(array) = &mut self.state.variables.edit(name).value {
                array.set(at, text);
            }
            next = at + 1;
        }
        Flow::Continue(())
    }

    fn assign_associative(
        &mut self,
        name: Symbol,
        elements: &[ArrayElement],
        append: bool,
    ) -> Flow<()> {
        let attributes = self.attributes(name);
        let mut array = Associative::default();
        if append && let Value::Associative(before) = &mut self.state.variables.edit(name).value {
            array = std::mem::take(before);
        }
        let with_keys = elements
            .first()
            .is_some_and(|element| element.subscript.is_some());
        if with_keys {
            for element in elements {
                let Some(index) = &element.subscript else {
                    let text = self.expand_text(&element.value)?;
                    let message = b": must use subscript when assigning associative array";
                    let text = [&name.name()[..], b": ", &text, message].concat();
                    self.complain(text);
                    continue;
                };
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
                let text = self.expand_text(&element.value)?;
                let before = array.get(&key).cloned().filter(|_| element.append);
                let text = match before {
                    Some(before) if attributes.integer => {
                        let sum = self.evaluate_text(&before)?;
                        let sum = sum.wrapping_add(self.evaluate_text(&text)?);
                        sum.to_string().into_bytes()
                    }
                    Some(before) => self.converted(attributes, [before, text].concat())?,
                    None => self.converted(attributes, text)?,
                };
                array.set(key, text);
            }
        } else {
            // Keys and values in turn.
            let mut words: Vec<Text> = Vec::new();
            for element in elements {
                words.push(self.expand_text(&element.value)?);
            }
            let mut words = words.into_iter();
            while let Some(key) = words.next() {
                let value = words.next().unwrap_or_default();
                if key.is_empty() {
                    let text = [&name.name()[..], b": bad array subscript"].concat();
                    self.complain(text);
                    continue;
                }
                let value = self.converted(attributes, value)?;
                array.set(key, value);
            }
        }
        self.state.variables.edit(name).value = Value::Associative(array);
        Flow::Continue(())
    }
}
