//! `unset` of variables and elements.

use super::{Key, Referent, position};
use crate::shell::Shell;
use crate::shell::ast::{Subject, Subscript};
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};

impl Shell {
    /// Takes away what a text names: a variable, that at the end of namerefs, or an element. Says whether it was done; it
    /// has complained, as `unset`, if not.
    pub fn unset_named(&mut self, text: &[u8]) -> Flow<bool> {
        if let Some((name, key)) = self.key_as_written(text) {
            let name = self.follow(name);
            if let Value::Associative(array) = &mut self.state.variables.edit(name).value {
                array.remove(&key);
            }
            return Flow::Continue(true);
        }
        match super::name::subject(text) {
            Some(Subject::Variable(name)) => self.unset_referent(name),
            Some(Subject::Element(name, subscript)) => self.unset_element(name, &subscript),
            _ => {
                self.complain_as("unset", [b"`", text, b"': not a valid identifier"].concat());
                Flow::Continue(false)
            }
        }
    }

    /// The element of an associative array that `name[key]` names when the key is not expanded once more. A readonly array
    /// has none here.
    pub fn key_as_written(&mut self, text: &[u8]) -> Option<(Symbol, Vec<u8>)> {
        let bracket = text.iter().position(|byte| *byte == b'[')?;
        let (name, rest) = text.split_at(bracket);
        let key = rest.strip_prefix(b"[")?.strip_suffix(b"]")?;
        // A bracket too many is a mistake.
        if key.ends_with(b"]") {
            return None;
        }
        let name = super::is_name(name).then(|| Symbol::new(name))?;
        let variable = self.variable(name)?;
        match &variable.value {
            Value::Associative(array) if !variable.attributes.readonly => {
                array.get(key).map(|_| (name, key.to_vec()))
            }
            _ => None,
        }
    }

    fn unset_referent(&mut self, name: Symbol) -> Flow<bool> {
        match self.resolve(name) {
            Referent::Variable(name) | Referent::Global(name) => {
                Flow::Continue(self.unset_variable(name))
            }
            Referent::Element(name, subscript) => self.unset_subscript(name, &subscript),
            Referent::Nothing => Flow::Continue(true),
        }
    }

    /// Takes the variable of the name itself away, be it a nameref (`unset -n`).
    pub fn unset_variable(&mut self, name: Symbol) -> bool {
        let is_readonly = self
            .state
            .variables
            .get(name)
            .is_some_and(|variable| variable.attributes.readonly);
        if is_readonly {
            let name = name.name();
            self.complain_as(
                "unset",
                [&name[..], b": cannot unset: readonly variable"].concat(),
            );
            return false;
        }
        match self.has_shopt(Shopt::LocalVarUnset) {
            true => self.state.variables.unset_locally(name),
            false => self.state.variables.unset(name),
        }
        if name.is_special() {
            self.variable_unset(name);
        }
        true
    }

    /// Takes an element away; with `[@]`, all of an indexed array.
    pub fn unset_element(&mut self, name: Symbol, subscript: &Subscript) -> Flow<bool> {
        let name = self.follow(name);
        self.unset_subscript(name, subscript)
    }

    fn unset_subscript(&mut self, name: Symbol, subscript: &Subscript) -> Flow<bool> {
        let Some(variable) = self.state.variables.shared(name).cloned() else {
            return Flow::Continue(true);
        };
        if variable.attributes.readonly {
            let name = name.name();
            self.complain_as(
                "unset",
                [&name[..], b": cannot unset: readonly variable"].concat(),
            );
            return Flow::Continue(false);
        }
        let key = match (&variable.value, subscript) {
            (Value::Associative(_), Subscript::Each) => Key::Text(b"@".to_vec()),
            (Value::Associative(_), Subscript::Joined) => Key::Text(b"*".to_vec()),
            (Value::Associative(_), Subscript::Index(index)) => {
                Key::Text(self.expand_text(&index.word)?)
            }
            (Value::Indexed(_), Subscript::Each | Subscript::Joined) => {
                drop(variable);
                self.state.variables.edit(name).value = Value::Indexed(Indexed::default());
                return Flow::Continue(true);
            }
            (Value::Unset | Value::Scalar(_), Subscript::Each | Subscript::Joined) => {
                return self.is_no_array(name);
            }
            (_, Subscript::Index(index)) => {
                let number = self.evaluate_subscript(&index.arithmetic)?;
                match position(number, variable.end()) {
                    Some(number) => Key::Number(number),
                    None => {
                        let source = &index.word.source;
                        self.complain_as(
                            "unset",
                            [b"[", &source[..], b"]: bad array subscript"].concat(),
                        );
                        return Flow::Continue(false);
                    }
                }
            }
        };
        if !variable.is_array() {
            if key != Key::Number(0) {
                return self.is_no_array(name);
            }
            drop(variable);
            return Flow::Continue(self.unset_variable(name));
        }
        drop(variable);
        match (&mut self.state.variables.edit(name).value, key) {
            (Value::Indexed(array), Key::Number(index)) => {
                array.remove(index);
            }
            (Value::Associative(array), Key::Text(key)) => {
                array.remove(&key);
            }
            _ => {}
        }
        Flow::Continue(true)
    }

    fn is_no_array(&mut self, name: Symbol) -> Flow<bool> {
        let name = name.name();
        self.complain_as("unset", [&name[..], b": not an array variable"].concat());
        Flow::Continue(false)
    }
}
