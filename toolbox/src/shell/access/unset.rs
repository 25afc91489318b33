//! `unset`

use super::{Target, position};
use crate::shell::Shell;
use crate::shell::ast::{Subject, Subscript, Text};
use crate::shell::flow::Flow;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

impl Shell {
    /// Takes away what a text names: a variable or an element. False, after it was said, when that cannot be.
    pub fn unset_named(&mut self, text: &[u8]) -> bool {
        match parser::parameter_name(text) {
            Some(Subject::Variable(name)) => match self.target(name) {
                Some(Target::Element(name, subscript)) => self.unset_at(name, &subscript),
                Some(Target::Variable(name)) => self.unset_variable(name),
                None => self.unset_variable(name),
            },
            Some(Subject::Element(name, subscript)) => {
                let name = self.resolved(name);
                match subscript {
                    Subscript::Each | Subscript::Joined => {
                        let is_associative = self.state.variables.get(name).is_some_and(|variable| {
                            matches!(variable.value, Value::Associative(_))
                        });
                        if is_associative {
                            let key: &[u8] = match subscript {
                                Subscript::Each => b"@",
                                _ => b"*",
                            };
                            return self.unset_at(name, key);
                        }
                        self.unset_variable(name)
                    }
                    Subscript::Index(index) => {
                        let is_associative = self.state.variables.get(name).is_some_and(|variable| {
                            matches!(variable.value, Value::Associative(_))
                        });
                        if is_associative {
                            return match self.key(&index) {
                                Flow::Continue(key) => self.unset_at(name, &key),
                                Flow::Break(_) => false,
                            };
                        }
                        match self.evaluate(&index.arithmetic) {
                            Flow::Continue(number) => self.unset_index(name, number, &index.word.source),
                            Flow::Break(_) => false,
                        }
                    }
                }
            }
            _ => false,
        }
    }

    pub fn unset_variable(&mut self, name: Symbol) -> bool {
        if self.attributes(name).readonly {
            let text = [&name.name()[..], b": cannot unset: readonly variable"].concat();
            self.complain_as("unset", text);
            return false;
        }
        self.state.variables.unset(name);
        if name.is_special() {
            self.variable_unset(name);
        }
        true
    }

    fn unset_at(&mut self, name: Symbol, subscript: &[u8]) -> bool {
        if self.refuses_unset(name) {
            return false;
        }
        if self.state.variables.get(name).is_some_and(|variable| matches!(variable.value, Value::Associative(_))) {
            if let Value::Associative(array) = &mut self.state.variables.edit(name).value {
                array.remove(subscript);
            }
            return true;
        }
        match self.evaluate_text(subscript) {
            Flow::Continue(number) => self.unset_index(name, number, subscript),
            Flow::Break(_) => false,
        }
    }

    fn refuses_unset(&mut self, name: Symbol) -> bool {
        let readonly = self.attributes(name).readonly;
        if readonly {
            let text = [&name.name()[..], b": cannot unset: readonly variable"].concat();
            self.complain_as("unset", text);
        }
        readonly
    }

    fn unset_index(&mut self, name: Symbol, number: i64, source: &[u8]) -> bool {
        if self.refuses_unset(name) || self.state.variables.get(name).is_none() {
            return self.state.variables.get(name).is_none();
        }
        let variable = self.state.variables.edit(name);
        let problem: Text = match &mut variable.value {
            Value::Indexed(array) => match position(number, array.end()) {
                Some(at) => {
                    array.remove(at);
                    return true;
                }
                None => [b"[", source, b"]: bad array subscript"].concat(),
            },
            Value::Scalar(_) if number == 0 => {
                self.state.variables.unset(name);
                return true;
            }
            Value::Unset => return true,
            _ => [&name.name()[..], b": not an array variable"].concat(),
        };
        self.complain_as("unset", problem);
        false
    }
}
